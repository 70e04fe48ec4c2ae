"""Tensors: how do you find one number among millions, and what does it cost?

Chapter: chapters/tensors.ipynb
Source:  Harris et al. (2020), doi:10.1038/s41586-020-2649-2; Higham (2002)
Shapes:  B = texts, T = positions, V = rows of a table, D = numbers a row,
         N = rows; the dots in (..., D) stand for any axes before the last
"""

import math
from collections.abc import Sequence

import numpy as np

from embook import refuse

# Bytes of one number. NumPy has no bfloat16: see to_bfloat16.
BYTES = {"float64": 8, "float32": 4, "float16": 2, "bfloat16": 2}
BYTES |= {"int64": 8, "int32": 4, "int8": 1}


def _sizes(shape: Sequence[int], name: str) -> tuple[int, ...]:
    refuse.rank(shape, 1, name)
    return tuple(
        refuse.between(n, 0, name=f"axis {axis} of {name}")
        for axis, n in enumerate(shape)
    )


def size(shape: Sequence[int]) -> int:
    """Return how many numbers a tensor holds: the product of its sizes.

    Raises ValueError where a size is no whole number from 0 on.

    >>> size((2, 3, 4)), size(())
    (24, 1)
    """
    return math.prod(_sizes(shape, "shape"))


def nbytes(shape: Sequence[int], dtype: str) -> int:
    """Return the bytes of a tensor's numbers; dtype is a name in BYTES.

    Raises ValueError as `size` does, and on any other dtype.

    >>> nbytes((2, 3, 4), "float16")
    48
    """
    if not isinstance(dtype, str) or dtype not in BYTES:
        allowed = ", ".join(BYTES)
        raise ValueError(f"dtype is {dtype!r}: allowed are {allowed}")
    return size(shape) * BYTES[dtype]


def broadcast(a: Sequence[int], b: Sequence[int]) -> tuple[int, ...]:
    """Return the shape that a sum of tensors of shapes a and b has.

    Raises ValueError that names the axis, counted from the end, whose two
    sizes differ while neither is 1.

    >>> broadcast((5, 3), (3,)), broadcast((3,), (3, 1))
    ((5, 3), (3, 3))
    """
    a, b = _sizes(a, "a"), _sizes(b, "b")
    rank = max(len(a), len(b))
    a, b = (1,) * (rank - len(a)) + a, (1,) * (rank - len(b)) + b
    out = []
    for axis in range(-rank, 0):
        m, n = a[axis], b[axis]
        if m != n and 1 not in (m, n):
            raise ValueError(
                f"axis {axis}: {m} in a, {n} in b: "
                "sizes must be equal, or one of them 1"
            )
        out.append(n if m == 1 else m)
    return tuple(out)


def contract(x: np.ndarray, table: np.ndarray) -> np.ndarray:
    """Return x (..., D) against each row of table (V, D), as (..., V).

    The two numbers at each place d are multiplied, and the products added
    up: axis D is gone. Raises ValueError where the two D differ, and on
    empty, NaN or infinity.

    >>> contract(np.array([1.0, 2.0]), np.array([[3.0, 4.0], [5.0, 6.0]]))
    array([11., 17.])
    """
    x, table = refuse.finite(x, "x"), refuse.rows(table, "table")
    if x.shape[-1:] != table.shape[1:]:
        raise ValueError(
            f"x has shape {x.shape}, table has shape {table.shape}: "
            "their last axes must have one size"
        )
    out = np.zeros((*x.shape[:-1], len(table)), np.result_type(x, table))
    for *front, v in np.ndindex(out.shape):
        for d in range(table.shape[1]):
            out[*front, v] += x[*front, d] * table[v, d]
    return out


def to_bfloat16(x: np.ndarray) -> np.ndarray:
    """Return x, of any shape (N,), (N, D) …, rounded to bfloat16.

    Its numbers are float32. Of two neighbours equally near, the one whose
    last bit is 0 is taken; from 3.3962e38 on, infinity. Raises ValueError
    on NaN, and on more than float32 can hold.

    >>> to_bfloat16(np.array([1.01, 257.0, 259.0]))
    array([  1.0078125, 256.       , 260.       ], dtype=float32)
    """
    with np.errstate(over="ignore"):
        x = refuse.finite(refuse.finite(x).astype(np.float32), "float32(x)")
    bits = x.view(np.uint32)
    odd = (bits >> 16) & 1  # the last bit that stays
    # Adding almost half of a step, or half if odd, and cutting is rounding.
    return ((bits + 0x7FFF + odd) & 0xFFFF0000).view(np.float32)


def to_int8(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return x (N, D) as whole numbers (N, D) and a scale a row (N, 1).

    Unless a row is (nearly) all zeros, its number furthest from zero becomes
    127 or −127. Raises ValueError where x is empty, not (N, D) or not finite.

    >>> to_int8(np.array([[0.5, -1.27]]))
    (array([[  50, -127]], dtype=int8), array([[0.01]]))
    """
    x = refuse.rows(x)
    largest = np.abs(x).max(axis=1, keepdims=True)
    # A row of zeros needs a scale too: 0 / 0 would be NaN.
    scale = np.maximum(largest, np.finfo(x.dtype).tiny) / 127
    return np.rint(x / scale).astype(np.int8), scale


def from_int8(whole: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Return the rows (N, D) that to_int8 packed, but for the rounding.

    Raises ValueError where whole is not int8 or there is not one scale a row.

    >>> from_int8(np.array([[50, -127]], dtype=np.int8), np.array([[0.01]]))
    array([[ 0.5 , -1.27]])
    """
    whole, scale = refuse.rank(whole, 2, "whole"), refuse.rows(scale, "scale")
    if whole.dtype != np.int8:
        raise ValueError(f"whole has dtype {whole.dtype}: int8 is needed")
    if scale.shape != (len(whole), 1):
        raise ValueError(
            f"scale has shape {scale.shape}: ({len(whole)}, 1) is needed"
        )
    return whole * scale
