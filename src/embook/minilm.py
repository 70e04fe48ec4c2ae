"""MiniLM: the book's real encoder, from texts to vectors.

bert.py does the arithmetic, tokenization.py cuts the words. This room puts
them together: texts of like length go through the network side by side, and
the mean of what comes out, brought to length 1, is a text's vector.

Source:  Wang et al. (2020), arXiv:2002.10957; Reimers and Gurevych (2019),
         arXiv:1908.10084
Shapes:  N = texts, B = texts side by side, T = tokens, D = width, H = heads
"""

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np

from embook import bert, data
from embook.norms import unit
from embook.refuse import between, token_ids, words
from embook.tokenization import wordpiece
from embook.vocabulary import cut, utf8

PLACES = 512  # B times T: more would not stay in the processor's cache
MARKS = re.compile(r"(\[(?:PAD|UNK|CLS|SEP|MASK)\])")


@cache
def load() -> "MiniLM":
    """Return the model. It is read once.

    Raises MissingData or BrokenData where its files are not whole.
    """
    data.minilm_folder()
    return MiniLM()


class MiniLM:
    """A network and its tokenizer."""

    def __init__(self) -> None:
        """Return a model with all its weights in memory (0.2 GB)."""
        self.tokens = data.minilm_tokens()
        self.net = bert.read(data.minilm_weights(), heads=12)
        self.size: int = len(self.tokens.words)
        self.longest: int = len(self.net.positions)
        ids = {word: i for i, word in enumerate(self.tokens.words)}
        self._ids = cache(lambda word: [ids[p] for p in wordpiece(word, ids)])
        self._marks = {m: ids[m] for m in ids if MARKS.fullmatch(m)}

    def encode(self, text: str) -> list[int]:
        """Return the ids (T,) of a text, between those of [CLS] and [SEP].

        Raises ValueError as `cut` does.
        """
        utf8(text)
        ids = [self._marks["[CLS]"]]
        for part in MARKS.split(text):
            if part in self._marks:
                ids.append(self._marks[part])
                continue
            for word in cut(part, "bert"):
                ids += self._ids(word)
        return [*ids, self._marks["[SEP]"]]

    def vectors(
        self,
        texts: Sequence[str],
        most: int | None = None,
        positions: bool = True,
        workers: int = 1,
    ) -> np.ndarray:
        """Return the vectors (N, D) of texts, each of length 1.

        Of a text that is longer than `most` ids the beginning is read.
        Raises ValueError where texts is empty or one str, where a text has
        no word, or more ids than the model can read and `most` is not given.
        """
        texts = words(texts, "texts")
        rows = [self._row(n, text, most) for n, text in enumerate(texts)]
        found = np.empty((len(rows), self.net.tokens.shape[1]), np.float32)

        def _work(batch: list[int]) -> None:
            ids, mask = side_by_side([rows[n] for n in batch])  # (B, T)
            *_, (x, _) = bert.states(self.net, ids, mask, positions)
            found[batch] = unit(bert.mean(x, mask))  # (B, D)

        with ThreadPoolExecutor(between(workers, 1, name="workers")) as pool:
            list(pool.map(_work, batches([len(row) for row in rows])))
        return found

    def states(
        self, ids: Sequence[int], positions: bool = True
    ) -> list[np.ndarray]:
        """Return x (T, D) as it enters the layers, and as each leaves it.

        Raises ValueError where ids is empty, or longer than the model can
        read, or holds a number that is no token's.
        """
        return [x[0] for x, _ in self._run(ids, positions)]

    def maps(
        self, ids: Sequence[int], positions: bool = True
    ) -> list[np.ndarray]:
        """Return what share (H, T, T) of each token each token fetches.

        There is one array for each layer. Raises ValueError as `states` does.
        """
        _, *layers = self._run(ids, positions)
        return [shares[0] for _, shares in layers]

    def _run(self, ids: Sequence[int], positions: bool) -> Iterator:
        row = token_ids(ids, self.size).tolist()
        if len(row) > self.longest:
            raise ValueError(
                f"ids has {len(row)} entries: MiniLM reads at most "
                f"{self.longest}"
            )
        return bert.states(self.net, *side_by_side([row]), positions)

    def _row(self, n: int, text: str, most: int | None) -> list[int]:
        row = self.encode(text)
        if len(row) == 2:
            raise ValueError(f"text {n} has no word: {text!r:.40}")
        if most is not None:
            most = between(most, 3, self.longest, "most")
            row[most - 1 : -1] = []
        if len(row) > self.longest:
            raise ValueError(
                f"text {n} has {len(row)} ids: MiniLM reads at most "
                f"{self.longest}; most={self.longest} reads its beginning"
            )
        return row


def side_by_side(rows: Sequence[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    """Return ids (B, T) filled up with 0, and a mask (B, T) of what is text.

    >>> side_by_side([[5, 6], [7]])[1]
    array([[ True,  True],
           [ True, False]])
    """
    sizes = np.array([len(row) for row in rows])  # (B,)
    mask = np.arange(sizes.max()) < sizes[:, None]  # (B, T)
    ids = np.zeros(mask.shape, int)  # (B, T)
    ids[mask] = np.concatenate(rows)
    return ids, mask


def batches(
    sizes: Sequence[int], places: int = PLACES
) -> Iterator[list[int]]:
    """Return an iterator of lists of texts that go side by side, by number.

    They are of like sizes; filled up, they have at most so many places.

    >>> [*batches([3, 1, 2, 9], places=6)]
    [[1, 2], [0], [3]]
    """
    batch: list[int] = []
    for n in sorted(range(len(sizes)), key=sizes.__getitem__):
        if batch and (len(batch) + 1) * sizes[n] > places:
            yield batch
            batch = []
        batch.append(n)
    yield batch
