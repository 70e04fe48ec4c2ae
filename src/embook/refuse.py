"""Refuse: the checks that every public function makes on its arguments.

Each returns its argument in the form the caller works with, or raises a
ValueError that names the number that was wrong and what is allowed.
"""

import numpy as np


def finite(x: np.ndarray, name: str = "x") -> np.ndarray:
    """Return x as floats: 32 bits if that holds its type, else 64.

    Raises ValueError where x is empty, no real numbers, NaN or infinite.

    >>> finite(np.array([1.0, float("nan")]), "a")
    Traceback (most recent call last):
    ValueError: a holds NaN or infinity at index (1,): only finite numbers
    """
    x = np.asarray(x)
    if x.dtype.kind not in "iuf":
        raise ValueError(
            f"{name} has dtype {x.dtype}: only real numbers are allowed"
        )
    if x.size == 0:
        raise ValueError(f"{name} is empty: its shape is {x.shape}")
    bad = np.argwhere(~np.isfinite(x))
    if len(bad):
        where = tuple(int(i) for i in bad[0])
        raise ValueError(
            f"{name} holds NaN or infinity at index {where}: "
            "only finite numbers"
        )
    # int8 and float16 rows would overflow when squared.
    return x.astype(np.result_type(x, np.float32), copy=False)


def rank(x: np.ndarray, allowed: int, name: str = "x") -> np.ndarray:
    """Return x as an array, which must have the allowed number of axes.

    >>> rank(np.array([1.0, 2.0]), 2, "a")
    Traceback (most recent call last):
    ValueError: a has rank 1 (shape (2,)): rank 2 is needed
    """
    x = np.asarray(x)
    if x.ndim != allowed:
        raise ValueError(
            f"{name} has rank {x.ndim} (shape {x.shape}): "
            f"rank {allowed} is needed"
        )
    return x


def rows(x: np.ndarray, name: str = "x") -> np.ndarray:
    """Return x (N, D) as finite floats.

    >>> rows(np.array([[1, 2], [3, 4]])).dtype
    dtype('float64')
    """
    return finite(rank(x, 2, name), name)


def same_width(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a (N, D) and b (V, D) as finite floats of one width D.

    >>> same_width(np.ones((2, 3)), np.ones((5, 4)))
    Traceback (most recent call last):
    ValueError: rows of a have 3 numbers, rows of b have 4: widths must agree
    """
    a, b = rows(a, "a"), rows(b, "b")
    if a.shape[1] != b.shape[1]:
        raise ValueError(
            f"rows of a have {a.shape[1]} numbers, "
            f"rows of b have {b.shape[1]}: widths must agree"
        )
    return a, b


def nonzero(lengths: np.ndarray, name: str = "x") -> np.ndarray:
    """Return the lengths (N,) of the rows of x; none of them may be zero.

    >>> nonzero(np.array([5.0, 0.0]), "a")
    Traceback (most recent call last):
    ValueError: row 1 of a has length 0: a zero vector has no direction
    """
    bad = np.flatnonzero(lengths == 0)
    if len(bad):
        raise ValueError(
            f"row {bad[0]} of {name} has length 0: "
            "a zero vector has no direction"
        )
    return lengths


def between(value: int, low: int, high: int, name: str = "k") -> int:
    """Return value, which must be a whole number from low to high.

    >>> between(9, 1, 5)
    Traceback (most recent call last):
    ValueError: k is 9: a whole number from 1 to 5 is allowed
    """
    whole = isinstance(value, int | np.integer) and not isinstance(
        value, bool
    )
    if not whole or not low <= value <= high:
        raise ValueError(
            f"{name} is {value}: a whole number from {low} to {high} "
            "is allowed"
        )
    return int(value)
