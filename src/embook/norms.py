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
