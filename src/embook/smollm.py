"""SmolLM2: the book's real language model, from text to scores.

llama.py does the arithmetic, tokenization.py cuts the text, weights.py reads
the numbers. This room puts them together, and remembers what was read.

Source:  Ben Allal et al. (2025), arXiv:2502.02737
Shapes:  T = ids in a row, V = tokens, D = width, H = heads
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from embook import data, llama, tokenization, vocabulary, weights
from embook.refuse import between, token_ids
from embook.sources import tool

PIECE = 512  # ids at once: 8,192 would need 2.4 GB to look at each other


@cache
def load(path: Path | None = None) -> "SmolLM2":
    """Return the model. It is read once, and runs on one thread.

    Raises MissingData or BrokenData where the book's own file is not whole,
    ValueError where another path is no SmolLM2's.
    """
    tool("torch").set_num_threads(1)
    return SmolLM2(path or data.smollm_file())


class SmolLM2:
    """A network and its tokenizer, and the ids that it saw last."""

    def __init__(self, path: Path) -> None:
        """Return a model with all its weights in memory (0.5 GB)."""
        head = weights.header(path)
        self._facts = facts = head.fields
        self.net = llama.read(path, head)
        self.size: int = facts["llama.vocab_size"]
        self.longest: int = facts["llama.context_length"]
        self.end: int = facts["tokenizer.ggml.eos_token_id"]
        self._bpe, self._marks = vocabulary.from_gguf(facts)
        # Keys and values of the longest text. What stays empty costs nothing.
        groups = facts["llama.attention.head_count_kv"]
        room = len(self.net.layers), 2, groups, *self.net.turns.shape[1:]
        self._memory, self._seen = tool("torch").empty(room), []

    def encode(self, text: str) -> list[int]:
        """Return the ids (T,) of a text; marks like `<|im_end|>` are one.

        Raises ValueError as `tokenization.encode` does.
        """
        vocabulary.utf8(text)
        ids = []
        for n, part in enumerate(self._marks.split(text)):
            if n % 2:  # between two texts stands a mark
                ids.append(self._bpe.ids[part.encode()])
            else:
                ids += tokenization.encode(part, self._bpe)
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text that the ids stand for.

        Raises ValueError as `logits` does.
        """
        return tokenization.decode(token_ids(ids, self.size), self._bpe)

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
        last = self._read(self._fit(ids), 0)
        return np.concatenate([self.scores(x) for x in last])

    def next(self, ids: Sequence[int]) -> np.ndarray:
        """Return the scores (V,) of every token after the last of the ids.

        What ids share with the last call is not computed again. Raises
        ValueError as `logits` does.
        """
        ids, same = self._fit(ids), 0
        for before, now in zip(self._seen, ids[:-1], strict=False):
            if before != now:
                break
            same += 1
        *_, x = self._read(ids, same)
        return self.scores(x[-1:])[0]

    def stream(
        self,
        ids: Sequence[int],
        limit: int = 100,
        choose: Callable[[np.ndarray], int] = np.argmax,
    ) -> Iterator[int]:
        """Return an iterator of the ids that follow, up to `end` or limit.

        choose takes scores (V,) and returns an id: the best, or one drawn.
        Raises ValueError as `logits` does, and for a limit below 1.
        """
        ids = self._fit(ids)
        for _ in range(between(limit, 1, name="limit")):
            ids.append(int(choose(self.next(ids))))
            yield ids[-1]
            if ids[-1] == self.end:
                break

    def states(self, ids: Sequence[int]) -> list[np.ndarray]:
        """Return x (T, D) as it enters the layers, and as each leaves it.

        Raises ValueError as `logits` does.
        """
        return [x.numpy() for x, _ in self._run(self._fit(ids), 0)]

    def together(self, rows: Sequence[Sequence[int]]) -> list[list]:
        """Return the states of each row of ids, as `states` does.

        They run side by side, the shorter filled up at the end, where no
        token looks. Raises ValueError as `logits` does, or without a row.
        """
        torch, rows = tool("torch"), [self._fit(ids) for ids in rows]
        between(len(rows), 1, name="the number of rows")
        most = max(map(len, rows))
        filled = torch.tensor([ids + [0] * (most - len(ids)) for ids in rows])
        room = [*self._memory.shape]  # layers, 2, G, longest, W
        memory = torch.empty(len(rows), *room[:3], most, room[4])

        def _run(ids, memory):
            return [x for x, _ in llama.states(self.net, ids, memory)]

        depths = torch.func.vmap(_run)(filled, memory)  # of (B, T, D)
        cut = [(n, slice(len(ids))) for n, ids in enumerate(rows)]
        return [[x[place].numpy() for x in depths] for place in cut]

    def maps(self, ids: Sequence[int]) -> list[np.ndarray]:
        """Return what share (H, T, T) of each token each token fetches.

        There is one array for each layer. Raises ValueError as `logits` does.
        """
        _, *layers = self._run(self._fit(ids), 0)
        return [shares.numpy() for _, shares in layers]

    def scores(self, x: np.ndarray) -> np.ndarray:
        """Return the scores (T, V) that rows x (T, D) of any state give."""
        return llama.scores(self.net, tool("torch").as_tensor(x)).numpy()

    def _fit(self, ids: Sequence[int]) -> list[int]:
        ids = token_ids(ids, self.size).tolist()
        if len(ids) > self.longest:
            raise ValueError(
                f"ids has {len(ids)} entries: SmolLM2 reads at most "
                f"{self.longest}"
            )
        return ids

    def _read(self, ids: list[int], start: int) -> Iterator:
        # Yields what leaves the last layer, one piece of ids after another.
        for at in range(start, len(ids), PIECE):
            states = self._run(ids[: at + PIECE], at)
            yield deque(states, maxlen=1).pop()[0]

    def _run(self, ids: list[int], start: int) -> Iterator:
        del self._seen[start:]  # from here on the memory is written over
        memory = self._memory[..., : len(ids), :]
        yield from llama.states(self.net, ids[start:], memory)
        self._seen = ids
