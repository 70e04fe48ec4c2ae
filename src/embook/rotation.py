"""Rotation: can a model be told how far apart, instead of where?

Chapter: chapters/rotation.ipynb
Source:  Su et al. (2021), arXiv:2104.09864; Press et al. (2022),
         arXiv:2108.12409; Raffel et al. (2020), arXiv:1910.10683
Shapes:  T = positions, H = heads, W = numbers of a head, N = distances,
         B = buckets
"""

import numpy as np

from embook.position import Order, frequencies
from embook.refuse import between, finite, rank, rows


def turned(x: np.ndarray, base=1e4, interleaved=False, start=0):
    """Return x (T, W), row t turned by the angles of place start + t.

    There may be axes before. A pair is number i with i + W / 2 (split-half,
    as in transformers' Llama), or 2i with 2i + 1. Raises ValueError where x
    has rank 1, W is odd, or start is no whole number from 0.

    >>> turned(np.array([[3.0, 4.0], [3.0, 4.0]]), start=1).round(2)
    array([[-1.74,  4.69],
           [-4.89,  1.06]])
    """
    x = finite(x)
    if x.ndim < 2:
        raise ValueError(f"x has shape {x.shape}: (..., T, W) is needed")
    places = between(start, 0, name="start") + np.arange(x.shape[-2])
    angles = np.outer(places, frequencies(x.shape[-1], base))  # (T, W / 2)
    cos, sin, half = np.cos(angles), np.sin(angles), angles.shape[1]
    one, two = slice(half), slice(half, None)
    if interleaved:
        one, two = slice(0, None, 2), slice(1, None, 2)
    a, b, y = x[..., one], x[..., two], np.empty(x.shape)
    y[..., one], y[..., two] = a * cos - b * sin, a * sin + b * cos
    return y


def rotary(base=1e4, interleaved=False, start=0) -> Order:
    """Return the order that turns queries and keys: RoPE.

    >>> rotary(start=1).turn(np.array([[3.0, 4.0]])).round(2)
    array([[-1.74,  4.69]])
    """
    return Order(turn=lambda x: turned(x, base, interleaved, start))


def regroup(width: int) -> np.ndarray:
    """Return the places (W,) that bring interleaved numbers to split-half.

    Raises ValueError where width is odd or below 2.

    >>> regroup(6)
    array([0, 2, 4, 1, 3, 5])
    """
    places = np.arange(2 * len(frequencies(width)))
    return np.concatenate([places[::2], places[1::2]])


def agreement(distances: np.ndarray, width: int, base=1e4) -> np.ndarray:
    """Return the dot products (N,) of turned rows of ones, so far apart.

    Raises ValueError where distances are empty or NaN, or width is odd.

    >>> agreement(np.array([0.0, np.pi]), 2)
    array([ 2., -2.])
    """
    apart = finite(rank(distances, 1, "distances"), "distances")
    angles = np.outer(apart, frequencies(width, base))  # (N, W / 2)
    return 2 * np.cos(angles).sum(axis=1)


def steepness(heads: int) -> np.ndarray:
    """Return what each head (H,) of ALiBi takes off for one place.

    Published code has another rule where H is no power of 2. Raises
    ValueError where heads is below 1.

    >>> steepness(4)
    array([0.25      , 0.0625    , 0.015625  , 0.00390625])
    """
    ratio = 2.0 ** (-8 / between(heads, 1, name="heads"))
    return ratio ** np.arange(1, heads + 1)


def apart(length: int) -> np.ndarray:
    """Return how many places (T, T) key j stands before query i: i - j.

    Raises ValueError where length is below 1.

    >>> apart(2)
    array([[ 0, -1],
           [ 1,  0]])
    """
    places = np.arange(between(length, 1, name="length"))
    return places[:, None] - places


def alibi(heads: int) -> Order:
    """Return the order that lowers a score by the distance: ALiBi.

    Raises ValueError as `steepness` does.

    >>> alibi(4).bias(3)[0, 2, :2]
    array([-0.5 , -0.25])
    """
    slopes = steepness(heads)[:, None, None]
    return Order(bias=lambda length: -slopes * np.abs(apart(length)))


def buckets(distances: np.ndarray, count=32, longest=128, causal=True):
    """Return the bucket of each distance (N,), or (T, T) of them, as in T5.

    Half of the buckets hold one distance each. The others grow; the last
    begins shortly before the longest and holds all beyond. If not causal,
    half of all are for keys that come later. Raises ValueError where a
    number is too small for this.

    >>> buckets(np.array([0, 1, 3, 4, 7, 8, 11, 12, 99]), 8, 16)
    array([0, 1, 3, 4, 5, 6, 6, 7, 7])
    """
    d, later = finite(distances, "distances"), 0
    count = between(count, 2 if causal else 4, name="count")
    if not causal:
        count, d, later = count // 2, np.abs(d), (d < 0) * (count // 2)
    near = count // 2
    grow = np.log(between(longest, near + 1, name="longest") / near)
    far = np.log(np.maximum(d, near) / near) / grow * (count - near)
    far = np.minimum(near + far.astype(int), count - 1)
    return later + np.where(d < near, np.maximum(d, 0), far).astype(int)


def relative(table: np.ndarray, longest=128, causal=True) -> Order:
    """Return the order that adds a learned number (B, H) for each bucket.

    Raises ValueError where the table is none, as `buckets` does.

    >>> relative(np.array([[5.0], [7.0]]), longest=2).bias(2)[0]
    array([[5., 5.],
           [7., 5.]])
    """
    table = rows(table, "table")

    def _bias(length):
        place = buckets(apart(length), len(table), longest, causal)
        return np.moveaxis(table[place], 2, 0)  # (H, T, T)

    return Order(bias=_bias)
