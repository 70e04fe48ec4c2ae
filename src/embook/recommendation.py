"""Recommendation: what goes with what is in the basket?

Chapter: chapters/recommendation.ipynb
Source:  Sarwar et al. (2001); Hu, Koren & Volinsky (2008); Steck (2019),
         arXiv:1905.03375; Barkan & Koenigstein (2016), arXiv:1603.04259
Shapes:  N = baskets, V = things on sale, D = numbers a thing
"""

from collections.abc import Sequence

import numpy as np

from embook.refuse import between, finite, positive, rank, token_ids, words
from embook.training import start, train
from embook.windows import blocks


def held(baskets: Sequence[Sequence[int]], size: int):
    """Return the sparse table (N, V) with a 1 for each thing in each basket.

    Raises ValueError where one is empty, or a number is not below V = size.

    >>> held([[2, 0], [1]], size=3).toarray()
    array([[1., 0., 1.],
           [0., 1., 0.]])
    """
    from scipy.sparse import csr_array

    baskets = words(baskets, "baskets")
    rows = [np.unique(token_ids(b, size, "basket")) for b in baskets]
    ends = np.cumsum([0, *map(len, rows)])
    cells = np.ones(ends[-1]), np.concatenate(rows), ends
    return csr_array(cells, shape=(len(rows), size))


def together(table, power: float = 0.5) -> np.ndarray:
    """Return how often two things share a basket, for their counts (V, V).

    The number with both, over the product of the two counts to a power: at
    1/2 the cosine of two columns of the table (N, V). The diagonal is 0.
    Raises ValueError where power is below 0 or NaN.

    >>> together(held([[0, 1], [0, 1], [0]], size=2)).round(3)
    array([[0.   , 0.816],
           [0.816, 0.   ]])
    """
    power = float(finite(np.array([power]), "power", least=0)[0])
    both = (table.T @ table).toarray()
    count = np.maximum(both.diagonal(), 1) ** power  # nobody has it: 0 / 1
    np.fill_diagonal(both, 0)
    return both / count / count[:, None]


def ease(table, penalty: float) -> np.ndarray:
    """Return the weights (V, V) that best add up each thing from the others.

    Column j is the ridge regression of thing j's column on all others':
    squared error plus penalty times squared weights. Raises ValueError where
    the penalty is not above 0.

    >>> ease(held([[0, 1], [0, 1], [0]], size=2), penalty=1.0).round(3)
    array([[0.   , 0.5  ],
           [0.667, 0.   ]])
    """
    gram = (table.T @ table).toarray()
    gram[np.diag_indices_from(gram)] += positive(penalty, "penalty")
    inverse = np.linalg.inv(gram)
    weights = inverse / -inverse.diagonal()
    np.fill_diagonal(weights, 0)
    return weights


def fold(table, y: np.ndarray, alpha=20.0, penalty=5.0) -> np.ndarray:
    """Return the rows x (N, D) that fit baskets (N, V), with y (V, D) fixed.

    Each minimises the sum over V of c (p - x · y)², plus penalty times x².
    p is 1 and c is 1 + alpha for what the basket holds; elsewhere p is 0 and
    c is 1. Raises ValueError where shapes do not fit.

    >>> fold(held([[0], [1]], 2), np.array([[1.0], [2.0]]), 1.0, 1.0)
    array([[0.28571429],
           [0.4       ]])
    """
    y, table = finite(rank(y, 2, "y"), "y"), table.tocsr()
    if table.shape[1] != len(y):
        raise ValueError(f"baskets of {table.shape[1]} things, y of {len(y)}")
    A = y.T @ y + positive(penalty, "penalty") * np.eye(y.shape[1])
    alpha = positive(alpha, "alpha")
    x, sizes = np.zeros((table.shape[0], len(A))), np.diff(table.indptr)
    for size in np.unique(sizes):  # all baskets of S things at once
        some = np.flatnonzero(sizes == size)
        things = table.indices[table.indptr[some, None] + np.arange(size)]
        own = y[things]  # (B, S, D)
        wanted = (1 + alpha) * own.sum(axis=1)[..., None]  # (B, D, 1)
        x[some] = np.linalg.solve(A + alpha * own.mT @ own, wanted)[..., 0]
    return x


def factors(table, width=50, alpha=20.0, penalty=5.0, rounds=5, seed=0):
    """Return x (N, D) and y (V, D) whose products x · y fit baskets (N, V).

    Alternating least squares: each is solved for with the other fixed, in
    turns. Raises ValueError as `fold` does.

    >>> x, y = factors(held([[0, 1], [2]], size=3), width=2)
    >>> (x @ y.T > 0.5).astype(int).tolist()
    [[1, 1, 0], [0, 0, 1]]
    """
    shape = table.shape[1], between(width, 1, name="width")
    y = np.random.default_rng(seed).normal(0, 0.1, shape)
    for _ in range(between(rounds, 1, name="rounds")):
        x = fold(table, y, alpha, penalty)
        y = fold(table.T, x, alpha, penalty)
    return x, y


def item2vec(table, width=50, epochs=8, power=0.75, seed=0) -> tuple:
    """Return tables v and u (V, D) of SGNS, with a basket for a sentence.

    Its things are neighbours in any order, and none is skipped. Noise is
    drawn by count to a power. Raises ValueError as `blocks` does.

    >>> item2vec(held([[0, 1], [2, 1]], size=3), width=4)[0].shape
    (3, 4)
    """
    sizes, count = np.diff(table.indptr), table.sum(axis=0)
    owner = np.repeat(np.arange(len(sizes)), sizes)
    lots = np.random.default_rng(seed).random(len(owner))
    ids = table.indices[np.lexsort((lots, owner))]
    given = ids, owner, count, epochs, seed, int(sizes.max()), 1.0, power
    v, u = start(len(count), width, seed, np.float32)
    for _ in train(v, u, blocks(*given), rate=0.1):
        pass
    return v, u


def offer(scores: np.ndarray, table) -> np.ndarray:
    """Return scores (N, V), with what baskets (N, V) hold below all others.

    Raises ValueError where shapes differ, or a score is NaN.

    >>> offer(np.array([[0.9, 0.2, 0.5]]), held([[0]], size=3))
    array([[-0.8,  0.2,  0.5]])
    """
    scores = finite(rank(scores, 2, "scores"), "scores").copy()
    if scores.shape != table.shape:
        raise ValueError(f"scores {scores.shape}, baskets {table.shape}")
    scores[table.nonzero()] = scores.min() - 1
    return scores
