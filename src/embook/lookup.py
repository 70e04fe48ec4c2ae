"""Lookup: how does an id become a row, and how does the row learn?

Chapter: chapters/lookup.ipynb
Source:  Bengio et al. (2003); Kingma & Ba (2015), arXiv:1412.6980;
         Loshchilov & Hutter (2019), arXiv:1711.05101
Shapes:  N = ids looked up, V = rows, D = numbers a row, T = steps
"""

from collections.abc import Callable, Sequence

import numpy as np

from embook.refuse import between, finite, positive, rank, rows, token_ids


def lookup(table: np.ndarray, ids: Sequence[int]) -> np.ndarray:
    """Return the rows (N, D) of the table (V, D) that the ids (N,) name.

    Raises ValueError where an id names no row. NumPy alone would read -1 as
    the last row.

    >>> lookup(np.array([[1.0, 2.0], [3.0, 4.0]]), [1, 0, 1])
    array([[3., 4.],
           [1., 2.],
           [3., 4.]])
    """
    ids = token_ids(ids, len(rank(table, 2, "table")))
    return finite(np.asarray(table)[ids], "table[ids]")  # no other is read


def one_hot(ids: Sequence[int], size: int) -> np.ndarray:
    """Return rows (N, V) of zeros, with a one in the column of each id.

    Raises ValueError where an id is not from 0 to V - 1.

    >>> one_hot([2, 0], 3)
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    ids = token_ids(ids, between(size, 1, name="size"))
    hot = np.zeros((len(ids), size))
    hot[np.arange(len(ids)), ids] = 1
    return hot


def scatter_add(
    ids: Sequence[int], x: np.ndarray, size: int, padding: int | None = None
) -> np.ndarray:
    """Return sums (V, D): row i adds up the rows of x (N, D) with id i.

    This is the gradient of a table of V rows, if x is the gradient of the
    rows looked up. The row of the id `padding` stays zero. Raises ValueError
    where ids and x differ in length or an id is not from 0 to V - 1.

    >>> scatter_add([2, 0, 2], np.array([[1.0], [2.0], [10.0]]), 3)
    array([[ 2.],
           [ 0.],
           [11.]])
    """
    x, size = rows(x), between(size, 1, name="size")
    ids = token_ids(ids, size, rows=len(x))
    if padding is not None:
        between(padding, 0, size - 1, "padding")
    sums = np.zeros((size, x.shape[1]), x.dtype)
    # Not sums[ids] += x: that writes a row once, however often it occurs.
    np.add.at(sums, ids, x)
    if padding is not None:
        sums[padding] = 0
    return sums


def slopes(
    f: Callable[[np.ndarray], float], x: np.ndarray, step: float = 1e-5
) -> np.ndarray:
    """Return the slope of f for each number of x, of any shape: (V, D) say.

    Each number is moved by a step up and a step down. Raises ValueError
    where x is empty or not finite, or the step is not above 0.

    >>> slopes(lambda x: x[0] * x[1], np.array([3.0, 5.0])).round(6)
    array([5., 3.])
    """
    x, step = finite(x).astype(float), positive(step, "step")
    slope = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        moved = np.zeros_like(x)
        moved[place] = step
        slope[place] = (f(x + moved) - f(x - moved)) / (2 * step)
    return slope


def sgd(
    table: np.ndarray, gradients: np.ndarray, rate: float, keep: float = 0.0
) -> np.ndarray:
    """Return the tables (T + 1, V, D): the first, and one after each step.

    The gradients (T, V, D) are those of the steps; each step goes `rate`
    times downhill, and goes on with the part `keep` of the one before.
    Raises ValueError where shapes differ or rate is not above 0.

    >>> sgd(np.array([[1.0]]), np.array([[[2.0]], [[0.0]]]), 0.1).ravel()
    array([1. , 0.8, 0.8])
    >>> sgd(np.ones((1, 1)), np.array([[[2.0]], [[0]]]), 0.1, 0.5).ravel()
    array([1. , 0.8, 0.7])
    """
    table, gradients = _same_shape(table, gradients)
    tables, speed = [table], np.zeros_like(table)
    positive(rate, "rate")
    for gradient in gradients:
        speed = keep * speed + gradient
        tables.append(tables[-1] - rate * speed)
    return np.array(tables)


def adam(
    table: np.ndarray, gradients: np.ndarray, rate: float, decay: float = 0.0
) -> np.ndarray:
    """Return the tables that gradients (T, V, D) lead to by Adam's steps.

    Two running means, of the gradient and of its square, set the step of
    each number. With a decay it is AdamW: before each step, every number
    shrinks by the part rate * decay. Raises ValueError as `sgd` does.

    >>> adam(np.ones((1, 1)), np.array([[[2.0]]]), 0.1).ravel().round(6)
    array([1. , 0.9])
    """
    table, gradients = _same_shape(table, gradients)
    tables, mean, square = [table], 0 * table, 0 * table
    positive(rate, "rate")
    for t, gradient in enumerate(gradients, 1):
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.999 * square + 0.001 * gradient**2
        # Both began at zero, which pulls them down in the first steps.
        size = np.sqrt(square / (1 - 0.999**t)) + 1e-8
        step = rate * mean / (1 - 0.9**t) / size
        tables.append((1 - rate * decay) * tables[-1] - step)
    return np.array(tables)


def _same_shape(
    table: np.ndarray, gradients: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    table = rows(table, "table")
    gradients = finite(rank(gradients, 3, "gradients"), "gradients")
    if gradients.shape[1:] != table.shape:
        raise ValueError(
            f"gradients have shape {gradients.shape}: steps of "
            f"{table.shape} are needed, the shape of the table"
        )
    return table, gradients
