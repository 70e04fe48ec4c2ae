"""Position: how is a Transformer told which word stands where?

Chapter: chapters/position.ipynb
Source:  Vaswani et al. (2017), arXiv:1706.03762
Shapes:  T = positions, D = width, H = heads, W = width of a head, F = D / 2
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from embook.prediction import softmax
from embook.refuse import between, finite, positive, rank, rows


class Order(NamedTuple):
    """What an attention layer is told about order. None tells nothing."""

    add: Callable[[int, int], np.ndarray] | None = None  # T, D -> (T, D)
    turn: Callable[[np.ndarray], np.ndarray] | None = None  # (H, T, W), same
    bias: Callable[[int], np.ndarray] | None = None  # T -> (T, T), (H, T, T)


NONE = Order()


def attention(
    x: np.ndarray, weights: np.ndarray, order: Order = NONE, causal=False
) -> np.ndarray:
    """Return the rows (T, D) that attention makes of the rows x (T, D).

    The weights (4, H, D, W) hold a query, key, value and output matrix for
    each head. A layer above this one must not add positions again: it takes
    order._replace(add=None). Raises ValueError as `shares` does.

    >>> attention(np.array([[1.0], [3.0]]), np.ones((4, 1, 1, 1))).round(2)
    array([[2.76],
           [3.  ]])
    """
    w = shares(x, weights, order, causal)  # (H, T, T)
    values = _enter(x, weights, order) @ weights[2]  # (H, T, W)
    return (w @ values @ weights[3].swapaxes(1, 2)).sum(axis=0)  # (T, D)


def shares(
    x: np.ndarray, weights: np.ndarray, order: Order = NONE, causal=False
) -> np.ndarray:
    """Return which share (H, T, T) of each row of x (T, D) each row fetches.

    If causal, a row fetches only from itself and rows before it. Raises
    ValueError where weights (4, H, D, W) or the order's shape do not fit x.

    >>> shares(np.zeros((2, 4)), np.ones((4, 1, 4, 4)), causal=True)
    array([[[1. , 0. ],
            [0.5, 0.5]]])
    """
    x = _enter(x, weights, order)
    q, k = x @ weights[0], x @ weights[1]  # (H, T, W)
    if order.turn is not None:
        q, k = (_shaped(order.turn(y), y.shape) for y in (q, k))
    scores = q @ k.swapaxes(1, 2) / q.shape[2] ** 0.5  # (H, T, T)
    if order.bias is not None:
        bias = order.bias(len(x))
        scores = scores + _shaped(bias, scores.shape[3 - np.ndim(bias) :])
    if causal:  # e to this power is 0
        scores = np.where(np.tri(len(x)), scores, -1e9)
    return softmax(scores)


def frequencies(width: int, base: float = 10_000.0) -> np.ndarray:
    """Return the angles (F,) by which the hands of a clock turn in a step.

    The first turns by 1 radian, each by the same part of the one before.
    Raises ValueError unless width is 2, 4, 6, … and base is above 0.

    >>> frequencies(4, base=100.0)
    array([1. , 0.1])
    """
    if between(width, 2, name="width") % 2:
        raise ValueError(f"width is {width}: an even number is needed")
    return positive(base, "base") ** -(np.arange(0, width, 2) / width)


def waves(length: int, width: int, base: float = 10_000.0) -> np.ndarray:
    """Return rows (T, D): the sine and the cosine of each hand's angle.

    Raises ValueError as `frequencies` does, or where length is below 1.

    >>> waves(3, 2).round(2)
    array([[ 0.  ,  1.  ],
           [ 0.84,  0.54],
           [ 0.91, -0.42]])
    """
    p = np.arange(between(length, 1, name="length"))
    angles = p[:, None] * frequencies(width, base)  # (T, F)
    return np.stack([np.sin(angles), np.cos(angles)], 2).reshape(length, -1)


def shift(k: float, width: int, base: float = 10_000.0) -> np.ndarray:
    """Return the matrix (D, D) that takes each row of waves k places on.

    Raises ValueError as `frequencies` does, or where k is not finite.

    >>> (waves(1, 2) @ shift(2, 2)).round(2)
    array([[ 0.91, -0.42]])
    """
    angles = finite(k, "k") * frequencies(width, base)  # (F,)
    sines = np.arange(0, width, 2)  # their columns
    moves = np.diag(np.cos(angles).repeat(2))
    moves[sines + 1, sines] = np.sin(angles)
    moves[sines, sines + 1] = -np.sin(angles)
    return moves


def sinusoid(base: float = 10_000.0) -> Order:
    """Return the order that adds waves to the rows of tokens.

    >>> sinusoid().add(1, 4)
    array([[0., 1., 0., 1.]])
    """
    return Order(add=lambda length, width: waves(length, width, base))


def learned(table: np.ndarray) -> Order:
    """Return the order that adds row p of a table (P, D) at position p.

    Its `add` raises ValueError where a text has more than P tokens.

    >>> learned(np.array([[5.0], [7.0]])).add(3, 1)
    Traceback (most recent call last):
    ValueError: length is 3: a whole number from 1 to 2 is allowed
    """
    table, name = rows(table, "table"), "length"
    return Order(add=lambda t, _: table[: between(t, 1, len(table), name)])


def _enter(x: np.ndarray, weights: np.ndarray, order: Order) -> np.ndarray:
    x = rows(x).astype(float)
    needed = (4, rank(weights, 4, "weights").shape[1], x.shape[1])
    _shaped(weights, (*needed, weights.shape[3]), "weights")
    if order.add is None:
        return x
    return x + _shaped(order.add(*x.shape), x.shape)


def _shaped(x: np.ndarray, shape: tuple, name: str = "order") -> np.ndarray:
    if np.shape(x) != shape:
        raise ValueError(f"{name} has shape {np.shape(x)}: {shape} is needed")
    return finite(x, name)
