"""Indexes: how do you find the nearest rows without reading every row?

Chapter: chapters/indexes.ipynb
Source:  Jégou, Douze & Schmid (2011), doi:10.1109/TPAMI.2010.57
Shapes:  N = rows, Q = queries, D = numbers a row, K = neighbours, C = cells
"""

from typing import NamedTuple

import numpy as np

from embook.refuse import between, rank, rows, same_width

STREETS, GROUP = 64, 16  # rows behind a champion; queries at a time


class Found(NamedTuple):
    """The rows found (Q, K), their scores (Q, K), and rows read a query."""

    ids: np.ndarray
    scores: np.ndarray
    read: float


class Cells(NamedTuple):
    """Rows sorted by cell: cell c owns places starts[c] to starts[c + 1]."""

    centres: np.ndarray
    starts: np.ndarray
    ids: np.ndarray
    rows: np.ndarray


def best(scores: np.ndarray, k: int) -> np.ndarray:
    """Return the places (K,) of the largest of scores (N,), largest first.

    Of equals the first comes first. Raises ValueError if k is not 1 to N.

    >>> best(np.array([0.2, 0.9, 0.2, 0.5]), 3)
    array([1, 3, 0])
    """
    between(k, 1, len(scores))
    few, champions = len(scores) // STREETS, scores
    if few >= k:
        # k champions of k different groups: the k-th best is no worse.
        champions = scores[: STREETS * few].reshape(STREETS, few).max(axis=0)
    kept = np.flatnonzero(scores >= np.partition(champions, -k)[-k])
    return kept[np.argsort(-scores[kept], kind="stable")[:k]]


def flat(queries: np.ndarray, table: np.ndarray, k: int) -> Found:
    """Return the K best rows of table (N, D) for queries (Q, D): all read.

    Raises ValueError where widths differ or k is not from 1 to N.

    >>> flat(np.array([[1.0, 0]]), np.array([[0, 1], [0.8, 0.6]]), 1).ids
    array([[1]])
    """
    queries, table = same_width(queries, table)
    ids, scores = [], []
    for start in range(0, len(queries), GROUP):
        for row in queries[start : start + GROUP] @ table.T:
            ids.append(best(row, k))
            scores.append(row[ids[-1]])
    return Found(np.array(ids), np.array(scores), len(table))


def agreement(ids: np.ndarray, exact: np.ndarray) -> float:
    """Return which share of the exact rows (Q, K) stands in ids (Q, R).

    Raises ValueError where a rank is not 2.

    >>> agreement(np.array([[4, 2], [0, 7]]), np.array([[2, 3], [7, 0]]))
    0.75
    """
    ids, exact = rank(ids, 2, "ids"), rank(exact, 2, "exact")
    pairs = zip(ids, exact, strict=True)
    return float(np.mean([np.isin(e, i).mean() for i, e in pairs]))


def nearest(x: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Return the number (N,) of the centre (C, D) nearest to each row x.

    Raises ValueError where widths differ.

    >>> nearest(np.array([[0.0], [4.0]]), np.array([[5.0], [1.0]]))
    array([1, 0])
    """
    x, centres = same_width(x, centres)
    half = (centres**2).sum(axis=1) / 2  # |x - c|² = |x|² - 2 (x·c - |c|²/2)
    parts = (x[i : i + 4096] for i in range(0, len(x), 4096))
    return np.hstack([(p @ centres.T - half).argmax(axis=1) for p in parts])


def kmeans(x: np.ndarray, cells: int, steps: int = 10, seed: int = 0):
    """Return centres (C, D): each moved to the mean of its rows, in steps.

    They start on rows of x (N, D); one that loses all its rows stays. Raises
    ValueError where there are more cells than rows.

    >>> np.sort(kmeans(np.array([[0.0], [2.0], [9.0], [11.0]]), 2), 0).T
    array([[ 1., 10.]])
    """
    x = rows(x).astype(float)
    between(cells, 1, len(x), "cells")
    drawn = np.random.default_rng(seed).choice(len(x), cells, replace=False)
    centres = x[drawn]
    for _ in range(steps):
        owner = nearest(x, centres)
        order, sizes = owner.argsort(), np.bincount(owner, minlength=cells)
        full = np.flatnonzero(sizes)
        sums = np.add.reduceat(x[order], (sizes.cumsum() - sizes)[full])
        centres[full] = sums / sizes[full, None]
    return centres


def divide(table: np.ndarray, centres: np.ndarray) -> Cells:
    """Return the rows of table (N, D), sorted by the nearest centre (C, D).

    >>> divide(np.array([[9.0], [1.0]]), np.array([[0.0], [8.0]])).ids
    array([1, 0])
    """
    owner = nearest(table, centres)
    ids = owner.argsort(kind="stable")
    starts = np.searchsorted(owner[ids], np.arange(len(centres) + 1))
    return Cells(centres.astype(table.dtype), starts, ids, table[ids])


def probe(cells: Cells, queries: np.ndarray, k: int, nprobe: int) -> Found:
    """Return the K best for queries (Q, D) in the nprobe nearest cells.

    Places left empty are -1. Raises ValueError if nprobe is not 1 to C.

    >>> halves = divide(np.array([[9.0], [1.0]]), np.array([[0.0], [8.0]]))
    >>> probe(halves, np.array([[7.0]]), 2, nprobe=1).ids
    array([[ 0, -1]])
    """
    queries, centres = same_width(queries, cells.centres)
    between(nprobe, 1, len(centres), "nprobe")
    ids = np.full((len(queries), between(k, 1, len(cells.ids))), -1)
    scores, read = np.full(ids.shape, -np.inf), 0
    near = queries @ centres.T - (centres**2).sum(axis=1) / 2
    for q, row in enumerate(near):
        spans = [slice(*cells.starts[c : c + 2]) for c in best(row, nprobe)]
        got = np.concatenate([cells.rows[s] @ queries[q] for s in spans])
        names = np.concatenate([cells.ids[s] for s in spans])
        top = best(got, min(k, len(got))) if len(got) else []
        ids[q, : len(top)], scores[q, : len(top)] = names[top], got[top]
        read += len(centres) + len(got)
    return Found(ids, scores, read / len(queries))
