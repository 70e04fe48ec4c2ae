"""Evaluation: are these vectors any good, and how sure is the answer?

Chapter: chapters/evaluation.ipynb
Source:  Efron (1979), Caliskan et al. (2017), Mu & Viswanath (2018)
Shapes:  N = things asked about, V = rows of a table, D = numbers a row
"""

from collections.abc import Sequence
from itertools import combinations
from math import comb

import numpy as np

from embook.norms import unit
from embook.refuse import between, finite, positive, rank, rows, token_ids
from embook.similarity import cosine, pearson
from embook.space import pca


def ranks(x: np.ndarray) -> np.ndarray:
    """Return the ranks (N,) of x (N,), 1 for the smallest; equals share one.

    Raises ValueError where x is empty or holds NaN.

    >>> ranks(np.array([7.0, 5.0, 9.0, 7.0]))
    array([2.5, 1. , 4. , 2.5])
    """
    x = finite(rank(x, 1))
    _, place, count = np.unique(x, return_inverse=True, return_counts=True)
    return (np.cumsum(count) - (count - 1) / 2)[place]


def spearman(x: np.ndarray, y: np.ndarray) -> float:
    """Return Spearman's ρ of x (N,) and y (N,): Pearson's r of their ranks.

    Raises ValueError where lengths differ or all numbers are equal.

    >>> round(spearman(np.array([1, 2, 3]), np.array([10, 90, 80])), 9)
    0.5
    """
    return float(pearson(ranks(x)[None], ranks(y)[None])[0, 0])


def bootstrap(x: np.ndarray, y: np.ndarray, draws=1000, seed=0):
    """Return Spearman's ρ (draws,) of N pairs drawn anew from x, y (N,).

    A seed draws the same pairs for all. Raises ValueError as `spearman`.

    >>> bootstrap(np.arange(9.0), -np.arange(9.0), draws=2).round(9)
    array([-1., -1.])
    """
    spearman(x, y)  # refuses what no draw could answer
    size, rng = (between(draws, 1), len(x)), np.random.default_rng(seed)
    drawn = rng.integers(len(x), size=size)
    both = ([ranks(np.asarray(v)[i]) for i in drawn] for v in (x, y))
    a, b = (unit(np.array(v) - np.mean(v, axis=1)[:, None]) for v in both)
    return (a * b).sum(axis=1)


def known(among: Sequence[str], asked: Sequence[Sequence]) -> tuple:
    """Return the ids of the questions with all words known, and places (N,).

    Only strings count, in lower case. Raises ValueError where none is known.

    >>> known(["cat", "tea"], [("cat", "dog", 7.0), ("Tea", "cat", 1.5)])
    (array([[1, 0]]), array([1]))
    """
    row = {word: i for i, word in enumerate(among)}
    low = [[w.lower() for w in q if isinstance(w, str)] for q in asked]
    kept = [i for i, q in enumerate(low) if row.keys() >= set(q)]
    if not kept:
        raise ValueError(f"of {len(low)} questions none has all words known")
    return np.array([[row[w] for w in low[i]] for i in kept]), np.array(kept)


def analogies(x: np.ndarray, questions: np.ndarray, inputs=False):
    """Return the row (N,) of x (V, D) nearest to b - a + c, for each a, b, c.

    Rows count as of length 1; the questions are ids (N, 3). Their own three
    rows may win only if `inputs`. Raises ValueError where an id has no row.

    >>> analogies(np.array([[1.0, 0], [1, 1], [0, 1]]), [[0, 1, 0]], True)
    array([1])
    """
    x, questions, best = unit(x), rank(questions, 2, "questions"), []
    asked = np.unique(token_ids(questions.ravel(), len(x), "questions"))
    cosines = x[asked] @ x.T
    for some in np.array_split(questions, len(questions) // 32 + 1):
        a, b, c = np.searchsorted(asked, some).T
        score = cosines[b] - cosines[a] + cosines[c]
        if not inputs:
            np.put_along_axis(score, some, -np.inf, axis=1)
        best.append(score.argmax(axis=1))
    return np.concatenate(best)


def all_but_the_top(x: np.ndarray, k: int) -> np.ndarray:
    """Return x (N, D) less its mean row and its shadow on its k widest axes.

    Raises ValueError where k is below 0, D or more, or above N - 1.

    >>> all_but_the_top(np.array([[0.0, 1], [4, 1], [2, 3], [2, -1]]), 0)[0]
    array([-2.,  0.])
    """
    centred = rows(x) - np.mean(x, axis=0)
    axes = pca(x, k)[0] if between(k, 0, x.shape[1] - 1) else x[:0]
    return centred - centred @ axes.T @ axes


def associations(x: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the mean cosines (N,) of x (N, D) with a's rows, less with b's.

    Raises ValueError as `cosine` does.

    >>> associations(np.eye(2), np.array([[1.0, 0]]), np.array([[0.0, 1]]))
    array([ 1., -1.])
    """
    return cosine(x, a).mean(axis=1) - cosine(x, b).mean(axis=1)


def effect(one: np.ndarray, other: np.ndarray) -> float:
    """Return d: how many spreads the means of one (N,) and other lie apart.

    Raises ValueError where all numbers are equal: they have no spread.

    >>> round(effect(np.array([3.0, 5.0]), np.array([-1.0, 1.0])), 3)
    1.549
    """
    spread = finite(np.concatenate([one, other])).std(ddof=1)
    return float((np.mean(one) - np.mean(other)) / positive(spread, "spread"))


def permutation(one: np.ndarray, other: np.ndarray, most=20_000) -> float:
    """Return p: the share of deals of all numbers that favour one as much.

    A deal hands as many to one (N,) as it had. All deals are tried, or
    `most` random ones. Raises ValueError where a number is NaN.

    >>> round(permutation(np.array([3.0, 5.0]), np.array([-1.0, 1.0])), 3)
    0.167
    """
    every, n = finite(np.concatenate([one, other])), len(one)
    extra = comb(len(every), n) > between(most, 1, name="most")
    deals = combinations(range(len(every)), n)
    if extra:
        rng = np.random.default_rng(0)
        deals = (rng.permutation(len(every))[:n] for _ in range(most))
    sums = np.array([every[list(deal)].sum() for deal in deals])
    hits = (sums >= np.sum(one) - 1e-12).sum()  # rounding parts equal sums
    return float((hits + extra) / (len(sums) + extra))
