"""Distance: how far apart are two vectors?

Chapter: chapters/distance.ipynb
Source:  Deza & Deza (2016), Encyclopedia of Distances, chapters 1 and 5,
         doi:10.1007/978-3-662-52844-0; Mahalanobis (1936)
Shapes:  N = rows compared, V = rows of the table, D = numbers a row
"""

from collections.abc import Callable

import numpy as np

from embook.norms import norm
from embook.refuse import rows, same_width


def _lengths(a: np.ndarray, b: np.ndarray, length: Callable) -> np.ndarray:
    a, b = same_width(a, b)
    columns = np.ascontiguousarray(b.T)  # (D, V): V sums grow side by side
    # One row of a at a time: all differences, (N, V, D), fill the memory.
    return np.array([length(columns - row[:, None]) for row in a])


def euclidean(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the straight-line distances (N, V) of a (N, D) and b (V, D).

    Raises ValueError where widths differ or a number is NaN or infinite.

    >>> euclidean(np.array([[1.0, 1.0]]), np.array([[4.0, 5.0], [1.0, 1.0]]))
    array([[5., 0.]])
    """
    return _lengths(a, b, lambda d: np.sqrt((d * d).sum(axis=0)))


def manhattan(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the distances (N, V) along the axes: differences, added up.

    Raises ValueError as `euclidean` does.

    >>> manhattan(np.array([[1.0, 1.0]]), np.array([[4.0, 5.0]]))
    array([[7.]])
    """
    return _lengths(a, b, lambda d: np.abs(d).sum(axis=0))


def chebyshev(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the distances (N, V) by the largest difference alone.

    Raises ValueError as `euclidean` does.

    >>> chebyshev(np.array([[1.0, 1.0]]), np.array([[4.0, 5.0]]))
    array([[4.]])
    """
    return _lengths(a, b, lambda d: np.abs(d).max(axis=0))


def minkowski(a: np.ndarray, b: np.ndarray, p: float) -> np.ndarray:
    """Return the distances (N, V) by the p-norm; p may be np.inf.

    Raises ValueError as `euclidean` does, and where p is below 1.

    >>> minkowski(np.array([[0.0, 0.0, 0.0]]), np.array([[3.0, 4.0, 5.0]]), 3)
    array([[6.]])
    """
    if not p >= 1:
        raise ValueError(
            f"p is {p}: from 1 to infinity is allowed; below 1 a detour can "
            "be shorter, which makes it no metric"
        )
    return _lengths(a, b, lambda d: norm(d.T, p))


def euclidean_expanded(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return what `euclidean` does (N, V), from a·a − 2 a·b + b·b.

    One matrix product makes it fast. It loses digits where the rows are far
    from the origin and near each other: take a common point off both first.
    Raises ValueError as `euclidean` does.

    >>> euclidean_expanded(np.array([[1.0, 1.0]]), np.array([[4.0, 5.0]]))
    array([[5.]])
    """
    a, b = same_width(a, b)
    squares = (a * a).sum(axis=1)[:, None] + (b * b).sum(axis=1)
    # Rounding can leave a square below zero, and the root would be NaN.
    return np.sqrt(np.maximum(squares - 2 * (a @ b.T), 0))


def whiten(x: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Return x (N, D) in axes where the covariance (D, D) is the identity.

    Raises ValueError where the covariance is not (D, D), not symmetric, or
    has a direction without variance.

    >>> whiten(np.array([[6.0, 6.0]]), np.array([[4.0, 0.0], [0.0, 9.0]]))
    array([[3., 2.]])
    """
    x, c = rows(x), rows(covariance, "covariance").astype(float)
    width = x.shape[1]
    if c.shape != (width, width):
        raise ValueError(
            f"covariance has shape {c.shape}: rows of {width} numbers need "
            f"({width}, {width})"
        )
    far = np.abs(c - c.T)
    if far.max() > 1e-6 * np.abs(c).max():
        i, j = (int(n) for n in np.unravel_index(far.argmax(), c.shape))
        raise ValueError(
            f"covariance holds {c[i, j]:.6g} at ({i}, {j}) and "
            f"{c[j, i]:.6g} at ({j}, {i}): it must be symmetric"
        )
    variances = np.linalg.eigvalsh(c)  # the smallest first
    if variances[0] <= width * np.finfo(float).eps * variances[-1]:
        raise ValueError(
            f"covariance has variance {variances[0]:.3g} in one direction "
            f"and {variances[-1]:.3g} in another: each must be above 0"
        )
    return np.linalg.solve(np.linalg.cholesky(c), x.T).T


def mahalanobis(
    a: np.ndarray, b: np.ndarray, covariance: np.ndarray
) -> np.ndarray:
    """Return the distances (N, V), in deviations along the heap and across.

    It is `euclidean` after `whiten`. Raises ValueError as both do.

    >>> c = np.array([[4.0, 0.0], [0.0, 9.0]])
    >>> mahalanobis(np.array([[0.0, 0.0]]), np.array([[6.0, 12.0]]), c)
    array([[5.]])
    """
    a, b = same_width(a, b)
    return euclidean(whiten(a, covariance), whiten(b, covariance))
