"""Similarity: how alike are two vectors?

Chapter: chapters/similarity.ipynb
Source:  Salton, Wong & Yang (1975), doi:10.1145/361219.361220
Shapes:  N = rows compared, V = rows of the table, D = numbers a row,
         K = neighbours
"""

import numpy as np

from embook.norms import unit
from embook.refuse import between, rows, same_width


def dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the dot products (N, V) of the rows of a (N, D) and b (V, D).

    Raises ValueError where widths differ or a number is NaN or infinite.

    >>> dot(np.array([[3.0, 4.0]]), np.array([[4.0, 3.0], [6.0, 8.0]]))
    array([[24., 50.]])
    """
    a, b = same_width(a, b)
    return a @ b.T


def cosine(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the cosines (N, V) of the rows of a (N, D) and b (V, D).

    Raises ValueError as `dot` does, and where a row is zero.

    >>> cosine(np.array([[3.0, 4.0]]), np.array([[4.0, 3.0], [6.0, 8.0]]))
    array([[0.96, 1.  ]])
    """
    a, b = same_width(a, b)
    return unit(a, "a") @ unit(b, "b").T


def angle(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the angles (N, V), in radians, between rows of a and of b.

    Raises ValueError as `cosine` does.

    >>> angle(np.array([[1.0, 0.0]]), np.array([[0.0, 2.0], [-3.0, 0.0]]))
    array([[1.57079633, 3.14159265]])
    """
    # Rounding can push a cosine to 1.0000000000000002, and arccos to NaN.
    return np.arccos(np.clip(cosine(a, b), -1.0, 1.0))


def pearson(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return Pearson's r (N, V): the cosine of rows less their own mean.

    Raises ValueError as `dot` does, and where a row is constant.

    >>> pearson(np.array([[1.0, 2.0, 3.0]]), np.array([[5.0, 7.0, 9.0]]))
    array([[1.]])
    """
    a, b = same_width(a, b)
    for x, name in ((a, "a"), (b, "b")):
        constant = np.flatnonzero(x.max(axis=1) == x.min(axis=1))
        if len(constant):
            raise ValueError(
                f"row {constant[0]} of {name} is constant: "
                "Pearson's r needs numbers that differ"
            )
    return cosine(
        a - a.mean(axis=1, keepdims=True), b - b.mean(axis=1, keepdims=True)
    )


def top_k(scores: np.ndarray, k: int) -> np.ndarray:
    """Return the columns (N, K) of the K highest scores (N, V), best first.

    Equal scores keep the order of their columns, so the answer is the same
    on every machine. Raises ValueError where k is not from 1 to V.

    >>> top_k(np.array([[0.2, 0.9, 0.2, 0.5]]), 3)
    array([[1, 3, 0]])
    """
    scores = rows(scores, "scores")
    between(k, 1, scores.shape[1])
    best = []
    for row in scores:
        kept = np.flatnonzero(row >= np.partition(row, -k)[-k])
        # Minus and stable, not reversed: reversing would flip the ties.
        best.append(kept[np.argsort(-row[kept], kind="stable")[:k]])
    return np.array(best)
