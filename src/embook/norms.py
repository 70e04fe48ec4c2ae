"""Norms: how long is a vector?

Chapter: chapters/norms.ipynb
Source:  Horn & Johnson (2013), Matrix Analysis, chapter 5
Shapes:  N = rows, D = numbers a row
"""

import numpy as np

from embook.refuse import nonzero, rows


def length(x: np.ndarray) -> np.ndarray:
    """Return the Euclidean lengths (N,) of the rows of x (N, D).

    Raises ValueError where x is not of rank 2, or is empty, or holds NaN.

    >>> length(np.array([[3.0, 4.0], [6.0, 8.0]]))
    array([ 5., 10.])
    """
    x = rows(x)
    return np.sqrt((x * x).sum(axis=1))


def norm(x: np.ndarray, p: float) -> np.ndarray:
    """Return the p-norms (N,) of the rows of x (N, D); p may be np.inf.

    Below p = 1 the formula still gives a number, but no norm: a detour can
    be shorter than the straight way. Raises ValueError as `length` does, and
    where p is not above 0.

    >>> norm(np.array([[3.0, -4.0]]), 1), norm(np.array([[3, -4]]), np.inf)
    (array([7.]), array([4.]))
    """
    if not p > 0:
        raise ValueError(f"p is {p}: a number above 0 is allowed")
    x = np.abs(rows(x))
    largest = x.max(axis=1)
    if p == np.inf:
        return largest
    # Divided first: the p-th power of a large number would be infinite.
    scale = np.where(largest == 0, 1, largest)
    return largest * ((x / scale[:, None]) ** p).sum(axis=1) ** (1 / p)


def unit(x: np.ndarray, name: str = "x") -> np.ndarray:
    """Return the rows of x (N, D), each divided by its own length.

    Raises ValueError as `length` does, and where a row is zero; the message
    calls x by the name given.

    >>> unit(np.array([[3.0, 4.0], [6.0, 8.0]]))
    array([[0.6, 0.8],
           [0.6, 0.8]])
    """
    x = rows(x, name)
    return x / nonzero(length(x), name)[:, None]
