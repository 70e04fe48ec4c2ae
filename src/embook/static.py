"""Static: MiniLM's word pieces as one table, for vectors without a network.

Each piece went through MiniLM once, alone. What came out was brought to 128
columns and rounded to 8 bits. To read a text: cut it into MiniLM's pieces,
add up their rows, bring the sum to length 1. No more is done.

Source:  Model2Vec (Minish Lab); Arora et al. (2017), SIF
Shapes:  N = texts, V = pieces, D = 384, K = 128 columns
"""

from collections.abc import Sequence
from functools import cache

import numpy as np

from embook import bert, data
from embook.minilm import MiniLM
from embook.norms import length
from embook.refuse import token_ids, words
from embook.sources import SOURCES
from embook.space import pca
from embook.tokenization import wordpiece
from embook.vocabulary import cut

FIRST = 999  # the pieces before it are marks and places never used
CLS, SEP, BATCH = 101, 102, 170


@cache
def load() -> "Static":
    """Return the table and its tokenizer. It is read once.

    Raises MissingData or BrokenData where a file is not whole.
    """
    return Static()


class Static:
    """A table of word pieces, each row times the weight of its piece."""

    def __init__(self) -> None:
        """Return the table, with rows (V, K) for all pieces of MiniLM."""
        with SOURCES["static"].reading("static.npz") as path:
            with np.load(path) as file:
                self.packed, self.scale = file["rows"], file["scale"]
                self.centre, self.map = file["centre"], file["map"]
        pieces = data.minilm_tokens().words
        self.rows = np.zeros((len(pieces), self.packed.shape[1]), np.float32)
        self.rows[FIRST:] = (
            self.packed * self.scale.astype(np.float32)[:, None]
        )
        ids = {piece: i for i, piece in enumerate(pieces)}
        self._ids = cache(lambda word: [ids[p] for p in wordpiece(word, ids)])

    def encode(self, text: str) -> list[int]:
        """Return the ids (T,) of a text's pieces, without any marks.

        Raises ValueError where text is no str, or has a lone surrogate.
        """
        return [i for word in cut(text, "bert") for i in self._ids(word)]

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """Return the vectors (N, K) of texts, each of length 1.

        Raises ValueError where texts is empty or one str, or where no piece
        of a text is known.
        """
        sums = np.empty((len(words(texts, "texts")), self.rows.shape[1]))
        for n, text in enumerate(texts):
            sums[n] = self.rows[self.encode(text)].sum(axis=0)
            if not sums[n].any():
                raise ValueError(f"text {n} has no known word: {text!r:.40}")
        return sums / length(sums)[:, None]


def alone(
    model: MiniLM, ids: Sequence[int], mean: bool = False
) -> np.ndarray:
    """Return what [CLS] becomes (N, D) beside each of these pieces (N,).

    The text is [CLS], one piece, [SEP]; if `mean`, the three rows' mean is
    returned. Raises ValueError where an id is no piece of the model.
    """
    ids, found = token_ids(ids, model.size), []
    for some in np.array_split(ids, -(-len(ids) // BATCH)):
        three = np.pad(some[:, None], ((0, 0), (1, 1)))  # (B, 3)
        three[:, 0], three[:, 2] = CLS, SEP
        *_, (x, _) = bert.states(model.net, three, np.ones(three.shape, bool))
        found.append(x.mean(axis=1) if mean else x[:, 0])
    return np.concatenate(found)


def narrow(x: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean (D,) of rows x (N, D) and a map (D, K) to K columns.

    (x - mean) @ map lies along the axes of widest spread, each divided by
    the root of its standard deviation: some of the difference stays.
    Raises ValueError as `pca` does.

    >>> narrow(np.array([[0.0, 1.0], [4.0, 1.0], [8.0, 1.0]]), 1)[1]
    array([[0.5],
           [0. ]])
    """
    axes, variances = pca(x, k)
    return x.mean(axis=0), axes.T / variances**0.25


def kept() -> dict[str, np.ndarray]:
    """Return the places that minutes of computing gave, by name.

    For each question (2000,), or paragraph (2156,) where the name begins
    with "rest", the place of the right text: 1 is first.
    """
    with SOURCES["sentences"].reading("sentences.npz") as path:
        with np.load(path) as file:
            return {name: x.astype(int) for name, x in file.items()}
