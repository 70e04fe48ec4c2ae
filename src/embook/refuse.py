"""Refuse: the checks that every public function makes on its arguments.

Each returns its argument in the form the caller works with, or raises a
ValueError that names the number that was wrong and what is allowed.
"""

from collections.abc import Sequence

import numpy as np


def finite(
    x: np.ndarray, name: str = "x", least: float = -np.inf
) -> np.ndarray:
    """Return x as floats: 32 bits if that holds its type, else 64.

    Raises ValueError where x is empty, no real numbers, NaN, infinite, or
    below `least`.

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
    fine = np.isfinite(x)
    if not fine.all():
        where = tuple(int(i) for i in np.argwhere(~fine)[0])
        raise ValueError(
            f"{name} holds NaN or infinity at index {where}: "
            "only finite numbers"
        )
    if x.min() < least:
        raise ValueError(
            f"{name} holds {x.min():.6g}: at least {least} is needed"
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


def same_width(a: np.ndarray, b: np.ndarray, names: str = "ab") -> tuple:
    """Return a (N, D) and b (V, D), by these names, as finite floats.

    >>> same_width(np.ones((2, 3)), np.ones((5, 4)))
    Traceback (most recent call last):
    ValueError: rows of a have 3 numbers, rows of b have 4: widths must agree
    """
    a, b = rows(a, names[0]), rows(b, names[1])
    if a.shape[1] != b.shape[1]:
        raise ValueError(
            f"rows of {names[0]} have {a.shape[1]} numbers, "
            f"rows of {names[1]} have {b.shape[1]}: widths must agree"
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


def between(
    value: int, low: int, high: float = np.inf, name: str = "k"
) -> int:
    """Return value, which must be a whole number from low to high.

    >>> between(9, 1, 5)
    Traceback (most recent call last):
    ValueError: k is 9: a whole number from 1 to 5 is allowed
    """
    whole = isinstance(value, int | np.integer) and not isinstance(
        value, bool
    )
    if not whole or not low <= value <= high:
        end = f"to {high}" if high < np.inf else "on"
        raise ValueError(
            f"{name} is {value}: a whole number from {low} {end} is allowed"
        )
    return int(value)


def positive(value: float, name: str = "k", most: float = np.inf) -> float:
    """Return value, which must be a finite number above 0, at most `most`.

    >>> positive(0, "temperature")
    Traceback (most recent call last):
    ValueError: temperature is 0: a finite number above 0 is allowed
    """
    number = isinstance(value, int | float | np.integer | np.floating)
    if isinstance(value, bool) or not (number and 0 < value < np.inf):
        raise ValueError(
            f"{name} is {value}: a finite number above 0 is allowed"
        )
    if value > most:
        raise ValueError(f"{name} is {value}: at most {most} is allowed")
    return float(value)


def words(x: Sequence[str], name: str = "words", least: int = 1) -> list[str]:
    """Return x as a list of at least `least` words; one str is no list.

    >>> words("to be")
    Traceback (most recent call last):
    ValueError: words is the str 'to be': a list of words is needed
    """
    if isinstance(x, str):
        raise ValueError(
            f"{name} is the str {x!r}: a list of words is needed"
        )
    if len(x) < least:
        raise ValueError(f"{name} has {len(x)} entries: {least} are needed")
    return list(x)


def token_ids(
    x: Sequence[int], size: int, name: str = "ids", rows: int | None = None
) -> np.ndarray:
    """Return x (T,) as whole numbers, each the id of one of `size` tokens.

    Where rows is given, there must be one id for each row.

    >>> token_ids([504, 49152], 49152)
    Traceback (most recent call last):
    ValueError: ids holds 49152 at place 1: ids from 0 to 49151 are allowed
    """
    x = rank(x, 1, name)
    if x.size == 0:
        raise ValueError(f"{name} is empty: at least one id is needed")
    if x.dtype.kind not in "iu":
        raise ValueError(
            f"{name} has dtype {x.dtype}: only whole numbers are allowed"
        )
    bad = np.flatnonzero((x < 0) | (x >= size))
    if len(bad):
        raise ValueError(
            f"{name} holds {x[bad[0]]} at place {bad[0]}: "
            f"ids from 0 to {size - 1} are allowed"
        )
    if rows not in (None, len(x)):
        raise ValueError(
            f"{name} has {len(x)} entries for {rows} rows: one for each row"
        )
    return x


def probabilities(p: np.ndarray, name: str = "p") -> np.ndarray:
    """Return p (V,) as floats, none below 0, which add up to 1.

    >>> probabilities(np.array([0.5, 0.4]))
    Traceback (most recent call last):
    ValueError: p adds up to 0.9: probabilities add up to 1
    """
    p = finite(rank(p, 1, name), name, least=0)
    # A vocabulary of 32-bit floats adds up to 1 within about 1e-6.
    if abs(p.sum() - 1) > 1e-4:
        raise ValueError(
            f"{name} adds up to {p.sum():.6g}: probabilities add up to 1"
        )
    return p
