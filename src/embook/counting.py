"""Counting: what does a word's company tell about the word?

Chapter: chapters/counting.ipynb
Source:  Church & Hanks (1990), Deerwester et al. (1990), Levy et al. (2015)
Shapes:  T = places in all texts, V = words, N = texts, K = axes kept

Tables are arrays or SciPy's sparse ones; what comes back is of that kind.
"""

from collections.abc import Sequence
from itertools import chain, repeat

import numpy as np

from embook.refuse import between, finite, positive, rank, token_ids, words


def encode(texts: Sequence, known: Sequence[str]) -> tuple:
    """Return ids (T,), V for a word not known, and each place's text (T,).

    Raises ValueError where there is no text, or no word is known.

    >>> encode([["a", "b"], ["c", "a"]], ["a", "b"])
    (array([0, 1, 2, 0]), array([0, 0, 1, 1]))
    """
    row = {word: i for i, word in enumerate(words(known, "known"))}
    lengths = [len(text) for text in words(texts, "texts")]
    every = map(row.get, chain.from_iterable(texts), repeat(len(row)))
    ids = np.fromiter(every, np.int64, sum(lengths))
    return ids, np.repeat(np.arange(len(lengths)), lengths)


def _sparse(x, i, j, shape):
    from scipy.sparse import coo_array

    return coo_array((x, (i, j)), shape=shape).tocsr()  # repeats are added


def cooccurrence(ids: np.ndarray, owner: np.ndarray, size: int, window: int):
    """Return how often words stand near each other, a sparse table (V, V).

    Two places of one text at distance d, at most `window`, count 1/d. An id
    of V, the size, is no word, but takes a place. Raises ValueError where
    window or size is below 1, or an id too large.

    >>> cooccurrence([0, 1, 1], [0, 0, 0], size=2, window=2).toarray()
    array([[0. , 1.5],
           [1.5, 2. ]])
    """
    window = between(window, 1, name="window")
    size, owner = between(size, 1, name="size"), np.asarray(owner)
    ids = token_ids(ids, size + 1, rows=len(owner)).astype(np.int32)
    table, word = _sparse([], [], [], (size, size)), ids < size
    for d in range(1, min(window + 1, len(ids))):
        pair = (owner[:-d] == owner[d:]) & word[:-d] & word[d:]
        near = np.full(pair.sum(), 1 / d)
        table += _sparse(near, ids[:-d][pair], ids[d:][pair], table.shape)
    return table + table.T


def _cells(counts):
    if hasattr(counts, "tocoo"):
        (i, j), x = counts.tocoo().coords, counts.tocoo().data
    else:
        i, j = np.indices(rank(counts, 2, "counts").shape).reshape(2, -1)
        x = np.ravel(counts)
    if len(x) == 0 or not finite(x, "counts", least=0).any():
        raise ValueError("counts is all zeros: nothing was counted")
    some = x > 0
    return x[some].astype(float), i[some], j[some]


def _like(counts, x, i, j, elsewhere=0.0):
    if hasattr(counts, "tocoo"):
        return _sparse(x, i, j, counts.shape)
    table = np.full(np.shape(counts), elsewhere)
    table[i, j] = x
    return table


def pmi(counts: np.ndarray, power: float = 1.0) -> np.ndarray:
    """Return ln p(x, y) / (p(x) p(y)) of counts (N, V): 0 is mere chance.

    The totals of the columns are raised to `power`, at most 1, which makes
    rare ones less rare. What was never counted is -inf, or not stored.
    Raises ValueError where all is zero, or something negative or NaN.

    >>> pmi(np.array([[3.0, 1.0], [1.0, 3.0]])).round(3)
    array([[ 0.405, -0.693],
           [-0.693,  0.405]])
    """
    x, i, j = _cells(counts)
    row = np.bincount(i, x)
    column = np.bincount(j, x) ** positive(power, "power", most=1)
    value = np.log(x * column.sum() / (row[i] * column[j]))
    return _like(counts, value, i, j, -np.inf)


def ppmi(counts: np.ndarray, power: float = 1.0, shift=0.0) -> np.ndarray:
    """Return the PMI (N, V) of counts less a shift, or 0 if that is more.

    Raises ValueError as `pmi` does.

    >>> ppmi(np.array([[3.0, 1.0], [1.0, 3.0]])).round(3)
    array([[0.405, 0.   ],
           [0.   , 0.405]])
    """
    value = pmi(counts, power)
    if hasattr(value, "tocoo"):
        value.data -= shift
        return value.maximum(0)
    return np.maximum(value - shift, 0)


def tfidf(counts: np.ndarray) -> np.ndarray:
    """Return (1 + ln count) ln(N / texts with the word) of counts (N, V).

    Raises ValueError as `pmi` does.

    >>> tfidf(np.array([[1.0, 2.0], [1.0, 0.0]])).round(3)
    array([[0.   , 1.174],
           [0.   , 0.   ]])
    """
    x, i, j = _cells(counts)
    rarity = np.log(counts.shape[0] / np.bincount(j)[j])
    return _like(counts, (1 + np.log(x)) * rarity, i, j)


def svd(table: np.ndarray, k: int) -> tuple[np.ndarray, ...]:
    """Return u (N, K), sizes (K,), axes (K, V): table ≈ u * sizes @ axes.

    The largest comes first; each axis's entry furthest from 0 is positive.
    Raises ValueError where k is above the rank, or something is NaN.

    >>> svd(np.array([[3.0, 0.0], [0.0, -2.0]]), 2)[1]
    array([3., 2.])
    """
    sparse, most = hasattr(table, "tocoo"), min(table.shape)
    finite(table.data if sparse else rank(table, 2, "table"), "table")
    if between(k, 1, most - sparse) and sparse:
        from scipy.sparse.linalg import svds

        found = svds(table, k, v0=np.ones(most, table.dtype))
        u, sizes, axes = found[0][:, ::-1], found[1][::-1], found[2][::-1]
    else:
        u, sizes, axes = np.linalg.svd(table, full_matrices=False)
    if sizes[k - 1] <= 1e-12 * sizes[0]:
        raise ValueError(f"k is {k}: the rank of table is lower")
    sign = np.where(axes.max(axis=1) >= -axes.min(axis=1), 1, -1)
    return (u * sign)[:, :k], sizes[:k], (axes.T * sign).T[:k]
