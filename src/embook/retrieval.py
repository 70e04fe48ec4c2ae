"""Retrieval: what a search found: how good, how sure, how near, which piece?

Chapter: chapters/search.ipynb
Source:  Järvelin & Kekäläinen (2002), Burges et al. (2005), Efron (1979),
         Khattab & Zaharia (2020)
Shapes:  Q = questions, V = texts, K = texts found, T = tokens of a text,
         D = numbers a token
"""

import re
from collections.abc import Sequence
from functools import cache

import numpy as np

from embook.refuse import between, finite, rank, token_ids
from embook.similarity import cosine
from embook.sources import SOURCES

# Behind a small letter, a digit or a mark: the W. of D. W. ends nothing.
END = re.compile(r"(?<=[a-z0-9)\"'’”][.!?])\s+(?=[A-Z\"'(“])")
# How the texts of search.npz were cut: so many of these a piece.
WAYS = (
    (1, "sentences"),
    (2, "sentences"),
    (3, "sentences"),
    (20, "words"),
    (40, "words"),
)
NEAR = 20  # texts a question whose MaxSim search.npz holds


def places(scores: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Return the place (Q,), from 1, of text own (Q,) in each row (Q, V).

    Of equals the first comes first, as in `search.top`. Raises ValueError
    where a score is NaN, or own names no text.

    >>> places(np.array([[0.2, 0.9, 0.2], [0.0, 0.0, 0.0]]), [2, 0])
    array([3, 1])
    """
    scores = finite(rank(scores, 2, "scores"), "scores")
    own = token_ids(own, scores.shape[1], "own", rows=len(scores))
    count, found = np.count_nonzero, []
    for row, n in zip(scores, own, strict=True):  # a row fits in the cache
        found.append(1 + count(row > row[n]) + count(row[:n] == row[n]))
    return np.array(found)


def dcg(grades: np.ndarray, gain: str = "linear") -> float:
    """Return the sum of gain / log2(1 + place) over grades (K,) as found.

    The gain of a grade is itself, or 2 to its power, less 1: "exponential".
    Raises ValueError where gain is neither, or a grade is below 0 or NaN.

    >>> dcg([3, 0, 1])
    3.5
    """
    if gain not in ("linear", "exponential"):
        raise ValueError(f"gain is {gain!r}: linear, exponential are allowed")
    grades = finite(rank(grades, 1, "grades"), "grades", least=0)
    worth = grades if gain == "linear" else 2**grades - 1
    return float((worth / np.log2(2 + np.arange(len(worth)))).sum())


def ndcg(found: Sequence, judged: Sequence, k: int, gain="linear") -> float:
    """Return the dcg of the first k found, over the best that k could have.

    `judged` are the grades above 0 of all texts, found or not. Raises
    ValueError as `dcg`, where there is none, or found has grades beyond them.

    >>> round(ndcg([0, 2], judged=[2, 1], k=2), 3)
    0.48
    """
    best = np.sort(finite(rank(judged, 1, "judged"), "judged", least=0))[::-1]
    if best[0] == 0:
        raise ValueError("judged holds no grade above 0: nothing to find")
    hits = np.sort(np.asarray(found))[::-1]
    hits = hits[hits > 0]
    if len(hits) > len(best) or (hits > best[: len(hits)]).any():
        raise ValueError(f"found holds {hits} and judged only {best}")
    k = between(k, 1)
    return dcg(found[:k], gain) / dcg(best[:k], gain)


def interval(values: np.ndarray, draws=1000, seed=0) -> tuple[float, float]:
    """Return between which means 95 of 100 draws of questions lie.

    Each draw takes as many of values (Q,) anew, some of them twice. Raises
    ValueError where values is empty or holds NaN.

    >>> interval(np.array([1.0, 1.0, 1.0]))
    (1.0, 1.0)
    """
    values = finite(rank(values, 1, "values"), "values").astype(float)
    rng, size = np.random.default_rng(seed), len(values)
    means = [
        values[rng.integers(size, size=size)].mean()
        for _ in range(between(draws, 1, name="draws"))
    ]
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def maxsim(asked: np.ndarray, text: np.ndarray) -> float:
    """Return the mean over rows of asked (T, D) of its best cosine in text.

    Raises ValueError where widths differ, or a row is zero or NaN.

    >>> maxsim(np.eye(2), np.array([[5.0, 0.0], [0.6, 0.8]]))
    0.9
    """
    return float(cosine(asked, text).max(axis=1).mean())


def cut(text: str, size: int, by: str = "sentences") -> list[str]:
    """Return the text in pieces of `size` sentences or words, in order.

    The last piece may be shorter. Raises ValueError where size is below 1,
    by is neither word, or the text is empty.

    >>> cut("To be. Or not. That is it.", 2)
    ['To be. Or not.', 'That is it.']
    """
    size = between(size, 1, name="size")
    if by not in ("sentences", "words"):
        raise ValueError(f"by is {by!r}: sentences, words are allowed")
    if not text.strip():
        raise ValueError(f"text is {text!r}: there is nothing to cut")
    parts = END.split(text.strip()) if by == "sentences" else text.split()
    starts = range(0, len(parts), size)
    return [" ".join(parts[i : i + size]) for i in starts]


@cache
def record() -> dict[str, np.ndarray]:
    """Return what artefacts/search.py computed of the benchmark's questions.

    `near` (Q, 20): the articles that the equal mix of BM25 and MiniLM puts
    first; `alike` (Q, 20): their `maxsim`. `pieces` (6, Q): the place of the
    right article by MiniLM, as near as its nearest piece, cut in the five
    WAYS, and reduced to its first sentence. `word_pieces` (5, Q): by BM25.
    """
    with SOURCES["search"].reading("search.npz") as path:
        with np.load(path) as file:
            return {key: file[key] for key in file}
