"""Llama: the parts, and a tiny whole, beside transformers' own."""

from types import SimpleNamespace

import gguf
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from embook import llama, smollm, weights
from embook.data import BYTE_OF

SIZE, WIDTH, HEADS, GROUPS, HEAD, INNER, LAYERS = 259, 24, 6, 2, 8, 40, 3
LONGEST, BASE, TINY = 32, 10_000.0, 1e-5


def arrays() -> dict[str, np.ndarray]:
    """Return random weights; a matrix is (outputs, inputs), as in GGUF."""
    rng = np.random.default_rng(0)
    shapes = {"token_embd": (SIZE, WIDTH), "output_norm": (WIDTH,)}
    for i in range(LAYERS):
        shapes |= {
            f"blk.{i}.attn_norm": (WIDTH,),
            f"blk.{i}.attn_q": (HEADS * HEAD, WIDTH),
            f"blk.{i}.attn_k": (GROUPS * HEAD, WIDTH),
            f"blk.{i}.attn_v": (GROUPS * HEAD, WIDTH),
            f"blk.{i}.attn_output": (WIDTH, HEADS * HEAD),
            f"blk.{i}.ffn_norm": (WIDTH,),
            f"blk.{i}.ffn_gate": (INNER, WIDTH),
            f"blk.{i}.ffn_up": (INNER, WIDTH),
            f"blk.{i}.ffn_down": (WIDTH, INNER),
        }
    return {
        f"{name}.weight": rng.normal(0, 0.5, shape).astype(np.float32)
        for name, shape in shapes.items()
    }


def write(path, kind="llama", cuts="smollm", **changed):
    """Return the path, after writing a tiny GGUF file there."""
    file = gguf.GGUFWriter(path, kind)
    file.add_vocab_size(SIZE)
    file.add_context_length(LONGEST)
    file.add_embedding_length(WIDTH)
    file.add_feed_forward_length(INNER)
    file.add_block_count(LAYERS)
    file.add_head_count(HEADS)
    file.add_head_count_kv(GROUPS)
    file.add_rope_dimension_count(HEAD)
    file.add_rope_freq_base(BASE)
    file.add_layer_norm_rms_eps(TINY)
    file.add_tokenizer_model("gpt2")
    file.add_tokenizer_pre(cuts)
    tokens = [*sorted(BYTE_OF), "hi", "<|end|>", "<|end|>!"]
    file.add_token_list(tokens)
    file.add_token_types([1] * 257 + [3, 3])
    file.add_token_merges(["h i"])
    file.add_eos_token_id(257)
    for name, array in (arrays() | changed).items():
        if array is not None:
            file.add_tensor(name, array)
    file.write_header_to_file()
    file.write_kv_data_to_file()
    file.write_tensors_to_file()
    file.close()
    return path


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write(tmp_path_factory.mktemp("tiny") / "tiny.gguf")


@pytest.fixture(scope="module")
def model(path):
    return smollm.SmolLM2(path)


def halves(rows: np.ndarray) -> np.ndarray:
    """Return the rows of q or k in the order that transformers gives them."""
    pairs = rows.reshape(-1, HEAD // 2, 2, *rows.shape[1:])
    return pairs.swapaxes(1, 2).reshape(rows.shape)


@pytest.fixture(scope="module")
def peer():
    """Return transformers' network with the same weights."""
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=SIZE,
        hidden_size=WIDTH,
        intermediate_size=INNER,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        num_key_value_heads=GROUPS,
        head_dim=HEAD,
        max_position_embeddings=LONGEST,
        rms_norm_eps=TINY,
        rope_parameters={"rope_type": "default", "rope_theta": BASE},
        tie_word_embeddings=True,
        attn_implementation="eager",
    )
    network = LlamaForCausalLM(config)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, LAYERS)
    ours, state = arrays(), network.state_dict()
    for name in state:
        if name != "lm_head.weight":  # the token table once more
            rows = ours.pop(names.get_name(name, (".weight",)))
            turned = "q_proj" in name or "k_proj" in name
            state[name] = torch.tensor(halves(rows) if turned else rows)
    del state["lm_head.weight"]
    assert not ours
    network.load_state_dict(state, strict=False)
    network.tie_weights()
    return network.eval()


ids_of = st.lists(st.integers(0, SIZE - 1), min_size=1, max_size=LONGEST)
IDS = np.random.default_rng(1).integers(0, SIZE, LONGEST).tolist()


# --- by hand ----------------------------------------------------------------


def test_rms_norm_by_hand():
    # The mean square of 1 and 7 is 25.
    x = llama.rms_norm(torch.tensor([[1.0, 7.0]]), torch.tensor([1.0, 10]), 0)
    np.testing.assert_allclose(x, [[0.2, 14]], rtol=1e-6)


def test_a_turn_by_hand():
    # Pair 0 turns by the position itself, pair 1 by a hundredth of it.
    turns = llama.angles(3, 4, 10_000.0)
    x = torch.tensor([[[1.0, 0, 0, 2]] * 3])
    at_2 = [np.cos(2), np.sin(2), -2 * np.sin(0.02), 2 * np.cos(0.02)]
    ours = llama.turn(x, turns)[0]
    np.testing.assert_allclose(ours[0], x[0, 0])
    np.testing.assert_allclose(ours[2], at_2, rtol=1e-6)


def test_swiglu_by_hand():
    layer = SimpleNamespace(
        ffn_gate_up=torch.tensor([[1.0, 2.0]]), ffn_down=torch.tensor([[5.0]])
    )
    # gate 3, up 6: 3 / (1 + e^-3) times 6, times 5
    ours = llama.swiglu(torch.tensor([[3.0]]), layer)
    np.testing.assert_allclose(ours, [[90 / (1 + np.exp(-3))]], rtol=1e-6)


# --- parity -----------------------------------------------------------------


def test_parity_of_the_parts(parity, model, peer):
    from transformers.models.llama.modeling_llama import apply_rotary_pos_emb

    x = torch.tensor(
        np.random.default_rng(2).normal(0, 1, (9, WIDTH)), dtype=torch.float32
    )
    layer, theirs = model.net.layers[0], peer.model.layers[0]
    norm = llama.rms_norm(x, layer.attn_norm, model.net.tiny)
    with torch.inference_mode():
        parity(
            "llama.rms_norm",
            "transformers LlamaRMSNorm",
            norm,
            theirs.input_layernorm(x),
            atol=1e-6,
        )
        ours = llama.swiglu(norm, layer)
        them = theirs.mlp(norm)
        parity("llama.swiglu", "transformers LlamaMLP", ours, them, atol=1e-5)
        cos, sin = peer.model.rotary_emb(x, torch.arange(9)[None])
        q = torch.randn(HEADS, 9, HEAD, generator=torch.manual_seed(0))
        split = q.unflatten(2, (-1, 2)).transpose(2, 3).flatten(2)
        them, _ = apply_rotary_pos_emb(split[None], split[None], cos, sin)
        ours = llama.turn(q, model.net.turns[:, :9])
        ours = ours.unflatten(2, (-1, 2)).transpose(2, 3).flatten(2)
        parity(
            "llama.turn",
            "transformers apply_rotary_pos_emb",
            ours,
            them[0],
            atol=1e-6,
        )
        both = torch.cat((cos, sin))[:, :, : HEAD // 2]
        sign = torch.tensor([1.0, -1.0])[:, None, None]
        ours = model.net.turns[:, :9, ::2] * sign
        parity(
            "llama.angles",
            "transformers LlamaRotaryEmbedding",
            ours,
            both,
            atol=1e-6,
        )


def test_parity_of_the_whole(parity, model, peer):
    with torch.inference_mode():
        theirs = peer(
            torch.tensor([IDS]),
            output_hidden_states=True,
            output_attentions=True,
        )
    name = "transformers LlamaForCausalLM"
    # Their last state is normed already.
    states, them = model.states(IDS), theirs.hidden_states
    ours = np.array(states[:-1])
    them = torch.cat(them[:-1])
    parity("llama.states", f"{name}, states", ours, them, atol=1e-4)
    ours, them = np.array(model.maps(IDS)), torch.cat(theirs.attentions)
    parity("llama.attention", f"{name}, attentions", ours, them, atol=1e-5)
    ours, them = model.logits(IDS), theirs.logits[0]
    parity("llama.scores", f"{name}, logits", ours, them, atol=1e-4)
    np.testing.assert_allclose(model.scores(states[-1]), ours)


def test_parity_of_reading(parity, model, path):
    theirs = {t.name: t.data for t in gguf.GGUFReader(path).tensors}
    peer, net = "gguf GGUFReader", model.net
    them = theirs["token_embd.weight"]
    parity("llama.read", peer, net.table, them, atol=0, on="table")
    for i, layer in enumerate(net.layers):
        parts = [theirs[f"blk.{i}.attn_{n}.weight"].T for n in "qkv"]
        them, on = np.concatenate(parts, axis=1), f"qkv {i}"
        parity("llama.read", peer, layer.attn_qkv, them, atol=0, on=on)


# --- laws -------------------------------------------------------------------


@given(ids_of, st.data())
@settings(deadline=None, max_examples=50)
def test_what_comes_later_changes_nothing_before(model, ids, drawn):
    at = drawn.draw(st.integers(0, len(ids) - 1))
    other = [*ids[:at], *drawn.draw(st.permutations(ids[at:]))]
    before = model.logits(ids)[:at]
    np.testing.assert_allclose(model.logits(other)[:at], before, atol=1e-4)


@given(st.lists(ids_of, min_size=1, max_size=6))
@settings(deadline=None, max_examples=50)
def test_the_memory_changes_no_score(model, texts):
    for ids in [text[:n] for text in texts for n in (3, 4, len(text))]:
        np.testing.assert_allclose(
            model.next(ids), model.logits(ids)[-1], atol=1e-4
        )


def test_the_memory_is_used(model, monkeypatch):
    asked = []
    states = llama.states

    def spy(net, ids, memory):
        asked.append(ids)
        return states(net, ids, memory)

    monkeypatch.setattr(llama, "states", spy)
    model.next([1, 2, 3])
    for ids in ([1, 2, 3, 4], [1, 2, 5, 6], [1, 2, 5, 6], [1, 2, 5]):
        model.next(ids)
    assert asked == [[1, 2, 3], [4], [5, 6], [6], [5]]


def test_what_is_interrupted_is_not_remembered(model, monkeypatch):
    model.next([1, 2, 3, 4])
    with monkeypatch.context() as broken:
        broken.setattr(llama, "swiglu", None)
        with pytest.raises(TypeError):
            model.next([1, 2, 5, 6])
    ids = [1, 2, 3, 4, 7]
    ours = model.next(ids)
    np.testing.assert_allclose(ours, model.logits(ids)[-1], atol=1e-4)


def test_a_long_text_is_read_in_pieces(model, monkeypatch):
    whole, last = model.logits(IDS), model.next(IDS)
    monkeypatch.setattr(smollm, "PIECE", 5)
    np.testing.assert_allclose(model.logits(IDS), whole, atol=1e-4)
    model.next([0])
    np.testing.assert_allclose(model.next(IDS), last, atol=1e-4)


@given(st.integers(0, LONGEST - 1), st.integers(0, LONGEST - 1))
def test_a_turned_pair_of_rows_knows_only_its_distance(m, n):
    q, k = np.random.default_rng(3).normal(0, 1, (2, 1, 1, HEAD))
    turns = llama.angles(LONGEST, HEAD, BASE).double()

    def score(m, n):
        a = llama.turn(torch.tensor(q), turns[:, m : m + 1])
        b = llama.turn(torch.tensor(k), turns[:, n : n + 1])
        return float((a * b).sum())

    near = min(m, n)
    np.testing.assert_allclose(
        score(m, n), score(m - near, n - near), atol=1e-5
    )


@given(ids_of)
@settings(deadline=None, max_examples=30)
def test_shares_add_up_to_one_and_none_is_of_the_future(model, ids):
    for shares in model.maps(ids):
        assert shares.shape == (HEADS, len(ids), len(ids))
        np.testing.assert_allclose(shares.sum(axis=2), 1, rtol=1e-5)
        np.testing.assert_array_equal(np.triu(shares, 1), 0)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"])))
def test_every_text_comes_back(model, text):
    assert model.decode(model.encode(f"{text}.")) == f"{text}."


def test_the_longest_mark_is_found(model):
    assert model.encode("hi<|end|>!hi<|end|>")[1:] == [258, 256, 257]


# --- refusals ---------------------------------------------------------------

q, norm = "blk.1.attn_q.weight", "output_norm.weight"
REFUSED = {
    "gpt2": ({"kind": "gpt2"}, "a network of kind gpt2, not llama"),
    "less": ({q: None}, f"lacks {q}: this is another network"),
    "more": (
        {"output.weight": np.zeros((SIZE, WIDTH), np.float32)},
        "also holds output.weight: this is another network",
    ),
    "cuts": ({"cuts": "llama-bpe"}, "cuts text as llama-bpe: smollm is"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_another_network_is_refused(case, tmp_path):
    changed, message = REFUSED[case]
    path = write(tmp_path / "other.gguf", **changed)
    with pytest.raises(ValueError, match=message):
        smollm.load(path)


@pytest.mark.parametrize("share", [0.01, 0.3, 0.6, 0.99])
def test_a_truncated_file_is_refused(share, path, tmp_path):
    whole, cut = path.read_bytes(), tmp_path / "cut.gguf"
    cut.write_bytes(whole[: int(share * len(whole))])
    inside = rf"{cut} (ends inside its header|has \d+ bytes: an array ends)"
    with pytest.raises(ValueError, match=inside):
        smollm.load(cut)


def test_what_is_no_gguf_is_refused(tmp_path):
    text = tmp_path / "text.gguf"
    text.write_text("What is this?", encoding="utf-8")
    with pytest.raises(ValueError, match="does not begin with the letters"):
        weights.header(text)
