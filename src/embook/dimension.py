"""Dimension: how many numbers does a vector need?

Chapter: chapters/dimension.ipynb
Source:  Johnson & Lindenstrauss (1984), doi:10.1090/conm/026/737400;
         Dasgupta & Gupta (2003), doi:10.1002/rsa.10073;
         Beyer and others (1999), doi:10.1007/3-540-49257-7_15;
         Radovanović, Nanopoulos & Ivanović (2010), JMLR 11
Shapes:  N = rows, V = rows compared with, D = numbers a row,
         K = numbers a row is squeezed into, or neighbours in a list
"""

import numpy as np

from embook.norms import unit
from embook.refuse import between, finite, positive, rank, rows, token_ids


def contrast(distances: np.ndarray) -> np.ndarray:
    """Return farthest / nearest (N,) for each row of distances (N, V).

    At 1 all are equally far, and "nearest" says nothing. Raises ValueError
    where a distance is below 0, where V is below 2, or where the nearest is
    0, as it is if a row was compared with itself.

    >>> contrast(np.array([[4.0, 3.0, 6.0], [5.0, 5.0, 5.0]]))
    array([2., 1.])
    """
    d = finite(rank(distances, 2, "distances"), "distances", least=0)
    between(d.shape[1], 2, name="distances per row")
    nearest = d.min(axis=1)
    zero = np.flatnonzero(nearest == 0)
    if len(zero):
        raise ValueError(
            f"row {zero[0]} of distances holds 0: farthest / nearest needs "
            "distances above 0; leave out the row itself and its copies"
        )
    return d.max(axis=1) / nearest


def effective_dimension(x: np.ndarray) -> float:
    """Return 1 / the mean squared cosine of all pairs of rows of x (N, D).

    Many more than D arrows of random direction come near D, rows on one line
    to 1. Subtract the mean row first, or it counts in every cosine. Raises
    ValueError where a row is zero or there are fewer than 2 rows.

    >>> effective_dimension(np.array([[3.0, 0.0], [0.0, 2.0]]))
    2.0
    """
    x = rows(x)
    between(len(x), 2, name="the number of rows")
    u = unit(x)
    # (a · b)² adds up a_d a_e · b_d b_e over all d and e. Add up over rows
    # a and b first: each (d, e) leaves the square of one entry of u.T @ u,
    # and no table (N, N) is needed.
    return float(1 / ((u.T @ u / len(u)) ** 2).sum())


def random_projection(x: np.ndarray, k: int, seed: int) -> np.ndarray:
    """Return x (N, D) in K numbers a row (N, K), distances roughly kept.

    Each is the dot product with a direction drawn from the bell curve; their
    common factor makes the mean of the squared distances right. Raises
    ValueError where k is not from 1 to D.

    >>> random_projection(np.array([[3.0, 4.0, 0.0]]), 2, seed=0).shape
    (1, 2)
    """
    x = rows(x)
    k = between(k, 1, x.shape[1])
    rng = np.random.default_rng(between(seed, 0, name="seed"))
    directions = rng.normal(size=(x.shape[1], k)).astype(x.dtype)
    return x @ directions / x.dtype.type(np.sqrt(k))


def enough_dimensions(n: int, eps: float) -> int:
    """Return how many numbers a row are enough for n rows, whatever D is.

    With so many, one random projection in n, or more, changes no squared
    distance by a factor outside 1 − eps to 1 + eps. It is the bound of
    Dasgupta & Gupta (2003), rounded down as scikit-learn does; the theorem
    wants it rounded up. Raises ValueError where n is below 2, or eps is not
    above 0 and below 1.

    >>> enough_dimensions(1000, 0.5)  # 4 × 6.907… / (0.125 − 0.041666…)
    331
    """
    n = between(n, 2, name="n")
    eps = positive(eps, "eps")
    if eps >= 1:
        raise ValueError(f"eps is {eps}: a number below 1 is allowed")
    return int(4 * np.log(n) / (eps**2 / 2 - eps**3 / 3))


def occurrences(neighbours: np.ndarray, n: int) -> np.ndarray:
    """Return how often each of n rows stands in the lists (N, K), as (n,).

    That is in how many lists, if none names a row twice. Raises ValueError
    where an entry is not a row number from 0 to n - 1.

    >>> occurrences(np.array([[1, 2], [2, 0], [1, 0], [2, 1]]), 4)
    array([2, 3, 3, 0])
    """
    neighbours = rank(neighbours, 2, "neighbours")
    n = between(n, 1, name="n")
    return np.bincount(
        token_ids(neighbours.ravel(), n, "neighbours"), minlength=n
    )


def skewness(x: np.ndarray) -> float:
    """Return how lopsided the numbers x (N,) are: the mean of z cubed.

    z is x less its mean, in standard deviations. A long tail of large
    numbers gives a positive value, symmetry gives 0. Raises ValueError where
    x has fewer than 2 numbers or all are equal.

    >>> round(skewness(np.array([0, 0, 0, 4])), 3)  # 6 / 3 ** 1.5
    1.155
    """
    x = finite(rank(x, 1)).astype(float)
    between(len(x), 2, name="the number of values")
    if x.max() == x.min():
        raise ValueError(f"x holds {x[0]:g} alone: values must differ")
    z = (x - x.mean()) / x.std()
    return float((z**3).mean())
