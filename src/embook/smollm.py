"""SmolLM2: the book's real language model, from text to logits.

Until the book has built its own forward pass, transformers multiplies the
numbers, and this room is the only one that knows. data.py reads the weights,
in two seconds; transformers' own reader of GGUF takes ten times as long.

Source:  Ben Allal et al. (2025), arXiv:2502.02737
Shapes:  T = ids in a row, V = tokens of the vocabulary
"""

import warnings
from collections.abc import Sequence
from functools import cache

import numpy as np

from embook import data
from embook.refuse import token_ids
from embook.sources import tool


@cache
def load() -> "SmolLM2":
    """Return the model. It is read once, and runs on one thread."""
    return SmolLM2()


class SmolLM2:
    """A network and its tokenizer, and the ids that it saw last."""

    def __init__(self) -> None:
        """Return a model with all its weights in memory (0.5 GB)."""
        self._facts = data.smollm_fields()
        self.size: int = self._facts["llama.vocab_size"]
        self.longest: int = self._facts["llama.context_length"]
        self.end: int = self._facts["tokenizer.ggml.eos_token_id"]
        self._tokenizer = _tokenizer(self._facts)
        self._network = _network(self._facts)
        self._seen, self._memory = [], None

    def encode(self, text: str) -> list[int]:
        """Return the ids (T,) of a text's tokens."""
        return self._tokenizer.encode(text).ids

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text that the ids stand for.

        Raises ValueError as `logits` does.
        """
        ids = token_ids(ids, self.size).tolist()
        return self._tokenizer.decode(ids, skip_special_tokens=False)

    def chat(self, message: str) -> list[int]:
        """Return the ids (T,) of a chat in which a reply is due.

        The file's own template adds a system message and the marks of who
        speaks.
        """
        template = tool("jinja2").Template(
            self._facts["tokenizer.chat_template"]
        )
        turns = [{"role": "user", "content": message}]
        chat = template.render(messages=turns, add_generation_prompt=True)
        return self.encode(chat)

    def logits(self, ids: Sequence[int]) -> np.ndarray:
        """Return the scores (T, V) of every token after each of the ids.

        Raises ValueError where ids is empty, or longer than the model can
        read, or holds a number that is no token's.
        """
        return self._run(self._fit(ids), use_cache=False).logits[0].numpy()

    def next(self, ids: Sequence[int]) -> np.ndarray:
        """Return the scores (V,) of every token after the last of the ids.

        What ids share with the last call is not computed again. Raises
        ValueError as `logits` does.
        """
        ids = self._fit(ids)
        same = 0
        for before, now in zip(self._seen, ids[:-1], strict=False):
            if before != now:
                break
            same += 1
        if same < len(self._seen):
            self._memory.crop(same - len(self._seen))
        done = self._run(
            ids[same:],
            past_key_values=self._memory,
            use_cache=True,
            logits_to_keep=1,
        )
        self._seen, self._memory = ids, done.past_key_values
        return done.logits[0, -1].numpy()

    def _fit(self, ids: Sequence[int]) -> list[int]:
        ids = token_ids(ids, self.size).tolist()
        if len(ids) > self.longest:
            raise ValueError(
                f"ids has {len(ids)} entries: SmolLM2 reads at most "
                f"{self.longest}"
            )
        return ids

    def _run(self, ids: list[int], **how):
        torch = tool("torch")
        with torch.inference_mode():
            return self._network(torch.tensor([ids]), **how)


def _tokenizer(facts: dict):
    made = tool("tokenizers")
    tokens = facts["tokenizer.ggml.tokens"]
    ids = {token: n for n, token in enumerate(tokens)}
    merges = [tuple(m.split(" ")) for m in facts["tokenizer.ggml.merges"]]
    split = made.pre_tokenizers
    tokenizer = made.Tokenizer(made.models.BPE(ids, merges))
    tokenizer.pre_tokenizer = split.Sequence(
        [split.Digits(True), split.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = made.decoders.ByteLevel()
    kinds = zip(tokens, facts["tokenizer.ggml.token_type"], strict=True)
    tokenizer.add_special_tokens([t for t, kind in kinds if kind == 3])
    return tokenizer


def _network(facts: dict):
    torch, gguf = tool("torch"), tool("gguf")
    with warnings.catch_warnings():
        # In a notebook tqdm asks for widgets, though nothing here shows any.
        warnings.simplefilter("ignore")
        llama = tool("transformers.models.llama.modeling_llama")
    torch.set_num_threads(1)
    config = _config(facts)
    with torch.device("meta"):
        network = llama.LlamaForCausalLM(config)
    names = gguf.get_tensor_name_map(
        gguf.MODEL_ARCH.LLAMA, config.num_hidden_layers
    )
    weights, state = data.smollm_weights(), {}
    for name in network.state_dict():
        if name != "lm_head.weight":  # the token table once more
            stored = weights.pop(names.get_name(name, (".weight",)))
            if "q_proj" in name or "k_proj" in name:
                stored = _halves(stored, config.head_dim)
            state[name] = torch.tensor(stored)
    network.load_state_dict(state, strict=False, assign=True)
    network.tie_weights()
    network.model.rotary_emb = llama.LlamaRotaryEmbedding(config)
    return network.eval()


def _config(facts: dict):
    llama = {k[6:]: v for k, v in facts.items() if k.startswith("llama.")}
    return tool("transformers").LlamaConfig(
        vocab_size=llama["vocab_size"],
        hidden_size=llama["embedding_length"],
        intermediate_size=llama["feed_forward_length"],
        num_hidden_layers=llama["block_count"],
        num_attention_heads=llama["attention.head_count"],
        num_key_value_heads=llama["attention.head_count_kv"],
        max_position_embeddings=llama["context_length"],
        rms_norm_eps=llama["attention.layer_norm_rms_epsilon"],
        rope_parameters={
            "rope_type": "default",
            "rope_theta": llama["rope.freq_base"],
        },
        tie_word_embeddings=True,
    )


def _halves(rows: np.ndarray, head: int) -> np.ndarray:
    # GGUF turns row 0 with row 1 of a head; transformers with row head / 2.
    pairs = rows.reshape(-1, head // 2, 2, rows.shape[1])
    return pairs.swapaxes(1, 2).reshape(rows.shape)
