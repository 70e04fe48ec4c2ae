"""Norms: how long is a vector?

Chapter: chapters/norms.ipynb
Source:  Horn & Johnson (2013), Matrix Analysis, chapter 5
Shapes:  N = rows, D = numbers a row
"""

import numpy as np

from embook.refuse import finite, nonzero, positive, rank, rows


def length(x: np.ndarray) -> np.ndarray:
    """Return the Euclidean lengths (N,) of the rows of x (N, D).

    Raises ValueError where x is not of rank 2, or is empty, or holds NaN.
    Numbers beyond about 1e154 or below 1e-154 (in float32 1e19 and 1e-19)
    can leave its range when squared: `norm` has no such limit.

    >>> length(np.array([[3.0, 4.0], [6.0, 8.0]]))
    array([ 5., 10.])
    """
    x = rows(x)
    return np.sqrt((x * x).sum(axis=1))


def p_formula(x: np.ndarray, p: float) -> np.ndarray:
    """Return the p-th root (N,) of a sum, for each row of x (N, D).

    A row's absolute values are added up, each to the power p. From p = 1
    on that is a norm: call `norm`. Below 1 it is none, a detour can be
    shorter than the straight way. Raises ValueError where x is not of rank
    2, is empty or holds NaN, and where p is not above 0; np.inf is allowed.

    >>> p_formula(np.array([[1.0, 1.0], [1.0, 0.0]]), 0.5)
    array([4., 1.])
    """
    x = np.abs(rows(x))
    largest = x.max(axis=1)
    if p == np.inf:
        return largest
    p = positive(p, "p")
    # Divided first: the p-th power of a large number would be infinite.
    scale = np.where(largest == 0, 1, largest)
    return largest * ((x / scale[:, None]) ** p).sum(axis=1) ** (1 / p)


def norm(x: np.ndarray, p: float) -> np.ndarray:
    """Return the p-norms (N,) of the rows of x (N, D); p may be np.inf.

    Raises ValueError as `p_formula` does, and where p is not a number from 1
    on. The norms of a matrix as a whole are in `matrix_norm`.

    >>> norm(np.array([[3.0, -4.0]]), 1), norm(np.array([[3, -4]]), np.inf)
    (array([7.]), array([4.]))
    """
    if isinstance(p, str):
        raise ValueError(f"p is {p!r}: for a whole matrix call matrix_norm")
    if not p >= 1:
        raise ValueError(
            f"p is {p}: from 1 to infinity is allowed; below 1 a detour can "
            "be shorter, which makes it no norm (p_formula computes it)"
        )
    return p_formula(x, p)


def dual_norm(x: np.ndarray, p: float) -> np.ndarray:
    """Return each row's (N,) largest dot product with a y of p-norm 1.

    It is the q-norm of the rows of x (N, D), where 1/p + 1/q = 1. Raises
    ValueError as `norm` does.

    >>> dual_norm(np.array([[3.0, 4.0]]), 1)  # y = (0, 1)
    array([4.])
    """
    norm(x, p)  # it refuses what is no norm
    share = 1 - 1 / p
    return norm(x, 1 / share if share else np.inf)


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


def clip(x: np.ndarray, most: float) -> np.ndarray:
    """Return the rows of x (N, D); those longer than `most` cut to it.

    Directions stay. Raises ValueError as `length` does, and where most is
    not above 0.

    >>> clip(np.array([[6.0, 8.0], [0.3, 0.4]]), 5)
    array([[3. , 4. ],
           [0.3, 0.4]])
    """
    most = positive(most, "most")
    return rows(x) * (most / np.maximum(length(x), most))[:, None]


def soft_threshold(w: np.ndarray, amount: float) -> np.ndarray:
    """Return w (D,), each number moved towards 0 by amount, never past it.

    Raises ValueError where amount is below 0 or a number is not finite.

    >>> soft_threshold(np.array([3.0, -1.5, 0.5]), 1) + 0
    array([ 2. , -0.5,  0. ])
    """
    w = finite(rank(w, 1, "w"), "w")
    amount = finite(amount, "amount", least=0)
    return np.sign(w) * np.maximum(np.abs(w) - amount, 0)


def matrix_norm(a: np.ndarray, kind: str) -> float:
    """Return one number for the whole matrix a (N, D): a norm by its name.

    "frobenius" is the length of all entries as one vector. The others say
    how many times as long as x a @ x can be: "columns", the largest column
    sum of absolute values, by the 1-norm; "rows", the largest row sum, by
    the largest entry; "spectral" by the Euclidean length. Raises ValueError
    for another kind, and where a is not of rank 2, empty or not finite.

    >>> matrix_norm(np.array([[1.0, -2.0], [3.0, 4.0]]), "columns")
    6.0
    """
    a = rows(a, "a")
    if kind == "frobenius":
        return float(length(a.reshape(1, -1))[0])
    if kind == "columns":
        return float(norm(a.T, 1).max())
    if kind == "rows":
        return float(norm(a, 1).max())
    if kind == "spectral":
        return float(np.linalg.svd(a, compute_uv=False)[0])
    raise ValueError(
        f"kind is {kind!r}: frobenius, columns, rows or spectral is allowed; "
        "for the rows one by one call norm"
    )
