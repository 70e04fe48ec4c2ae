"""Training: how do random vectors learn?

Chapter: chapters/training.ipynb
Source:  Mikolov et al. (2013), arXiv:1301.3781 and arXiv:1310.4546;
         Goldberg & Levy (2014), arXiv:1402.3722
Shapes:  N = words that guess, K = words guessed at, V = words, D = numbers
"""

from collections.abc import Iterable, Iterator

import numpy as np

from embook.counting import encode
from embook.refuse import between, same_width, words
from embook.windows import Block, blocks, questions

LONGEST = 1.0  # no row moves farther in one step


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + e^-x), a probability for any score, of x's shape (N,).

    >>> sigmoid(np.array([-2.0, 0.0, 2.0])).round(3)
    array([0.119, 0.5  , 0.881])
    """
    return (1 + np.tanh(x / 2)) / 2  # e^-x overflows where x is -1000


def loss(v: np.ndarray, u: np.ndarray, wanted, weight) -> float:
    """Return the surprise at the wanted answers, 1 or 0, times their weights.

    Row i of v (N, D) says yes to row j of u (K, D) with the probability
    sigmoid(v_i · u_j). Wanted and weight are (N, K), or fit it. Raises
    ValueError where widths differ, or a number is NaN.

    >>> print(f"{loss([[1.0]], [[2.0], [2.0]], [1, 0], 1):.3f}")
    2.254
    """
    v, u = same_width(v, u, "vu")
    scores = np.where(np.array(wanted, bool), 1, -1) * (v @ u.T)
    return float((weight * np.logaddexp(0, -scores)).sum())


def gradients(v: np.ndarray, u: np.ndarray, wanted, weight) -> tuple:
    """Return the slopes of `loss` for v (N, D) and for u (K, D).

    The error, answer less wanted, times the other vector. Raises ValueError
    as `loss` does.

    >>> [g.round(3) for g in gradients([[1.0]], [[2.0], [2.0]], [1, 0], 1)]
    [array([[1.523]]), array([[-0.119],
           [ 0.881]])]
    """
    v, u = same_width(v, u, "vu")
    error = weight * (sigmoid(v @ u.T) - wanted)
    return error @ u, error.T @ v


def start(size: int, width: int, seed: int = 0, dtype=np.float64) -> tuple:
    """Return tables v, small random numbers, and u, zeros, both (V, D).

    Raises ValueError where size or width is below 1.

    >>> v, u = start(1000, 4)
    >>> bool(np.abs(v).max() < 1 / 8), bool(u.any())
    (True, False)
    """
    shape = between(size, 1, name="size"), between(width, 1, name="width")
    v = (np.random.default_rng(seed).random(shape) - 0.5) / width
    return v.astype(dtype), np.zeros(shape, dtype)


def add(table: np.ndarray, ids: np.ndarray, x: np.ndarray, most=np.inf):
    """Return nothing; add each row of x (N, D) to the row that ids (N,) name.

    A row that is named twice gets both, as by np.add.at, but faster. No row
    of the table moves farther than `most`.

    >>> table = np.zeros((2, 1))
    >>> add(table, np.array([1, 0, 1]), np.array([[1.0], [2.0], [4.0]]))
    >>> table.ravel()
    array([2., 5.])
    """
    from scipy.sparse import csr_array

    order = np.argsort(ids, kind="stable")
    runs = np.flatnonzero(np.diff(ids[order], prepend=-1))
    cells = np.ones(len(ids), x.dtype), order, np.append(runs, len(ids))
    moves = csr_array(cells, shape=(len(runs), len(ids))) @ x
    if most < np.inf:
        far = np.linalg.norm(moves, axis=1, keepdims=True)
        moves *= most / np.maximum(far, most)
    table[ids[order[runs]]] += moves


def skipgram(v: np.ndarray, u: np.ndarray, block: Block, rate: float) -> None:
    """Return nothing; take one step, in v and u (V, D), down the loss.

    >>> v, u = start(3, 2)
    >>> ids = np.array([0, 1, 2, 0, 1, 2])
    >>> one = next(blocks(ids, 0 * ids, np.ones(3), sample=1.0))
    >>> skipgram(v, u, one, 0.1)
    >>> bool(u.any())
    True
    """
    others, wanted, weight = questions(block)
    dv, du = gradients(v[block.centre], u[others], wanted, weight)
    # A word that fills a block, as in a table, would overshoot its aim.
    add(v, block.centre, -rate * dv, LONGEST)
    add(u, others, -rate * du, LONGEST)


def train(v, u, reading: Iterable, step=skipgram, rate=0.05) -> Iterator:
    """Return the blocks of a reading; after each, v and u take a step.

    The rate sinks evenly to zero.

    >>> ids, (v, u) = np.arange(300) % 3, start(3, 2)
    >>> reading = blocks(ids, 0 * ids, np.ones(3), epochs=2, sample=1.0)
    >>> [bool(u.any()) for block in train(v, u, reading)]
    [False, True, True, True, True, True]
    """
    for block in reading:
        yield block
        step(v, u, block, rate * (1 - block.done))


def sgns(lists: list[list[str]], epochs: int = 10, seed: int = 0, watch=None):
    """Return the words that occur five times, and their v and u (V, 100).

    Before each step, watch(block, v, u) is called, if it is given. Raises
    ValueError where no word occurs five times.

    >>> known, v, u = sgns([["to", "be"] * 5], epochs=1)
    >>> known, v.shape, u.shape
    (['to', 'be'], (2, 100), (2, 100))
    """
    from embook.texts import frequent

    often = frequent(lists)
    known = words(list(often), "words that occur 5 times")
    counts = np.array([*often.values()])
    v, u = start(len(known), 100, seed, np.float32)
    reading = blocks(*encode(lists, known), counts, epochs, seed)
    for block in train(v, u, reading):
        if watch:
            watch(block, v, u)
    return known, v, u
