"""Sentences: how does a whole text become one vector?

Chapter: chapters/sentences.ipynb
Source:  Arora et al. (2017), SIF; Reimers & Gurevych (2019); van den Oord
         et al. (2018), arXiv:1807.03748; Wang & Isola (2020)
Shapes:  N = texts or pairs, M = texts searched, T = tokens, V = words,
         D = numbers a row
"""

import numpy as np

from embook import retrieval
from embook.counting import svd
from embook.prediction import surprisal
from embook.refuse import between, finite, positive, rank, rows, token_ids
from embook.similarity import cosine, dot


def pool(x: np.ndarray, mask: np.ndarray, how: str = "mean") -> np.ndarray:
    """Return one vector (N, D) for each text of x (N, T, D).

    Of the rows under the mask (N, T) the mean or each column's max, or the
    row at place 0. Raises ValueError for another word or an empty text.

    >>> pool(np.array([[[4.0], [2.0], [9.0]]]), np.array([[1, 1, 0]]))
    array([[3.]])
    """
    x, mask = finite(rank(x, 3)), rank(mask, 2, "mask").astype(bool)
    if mask.shape != x.shape[:2]:
        raise ValueError(f"mask is {mask.shape}, x is {x.shape}")
    if not mask.any(axis=1).all():
        raise ValueError(f"text {mask.any(axis=1).argmin()} has no token")
    if how == "cls":
        return x[:, 0]
    held = mask[:, :, None]
    if how == "max":
        return np.where(held, x, -np.inf).max(axis=1)
    if how != "mean":
        raise ValueError(f"how is {how!r}: mean, max or cls is allowed")
    return (x * held).sum(axis=1) / held.sum(axis=1)


def average(
    table: np.ndarray, texts: list, weight: np.ndarray | None = None
) -> np.ndarray:
    """Return the mean row (N, D) of each text, whose words are ids (T,).

    A word counts as its weight (V,) says, or 1. Raises ValueError where an
    id has no row, or the weights of a text add up to 0.

    >>> average(np.array([[4.0], [1.0]]), [[0, 1, 1]], np.array([2.0, 0.5]))
    array([[3.]])
    """
    table, means = rank(table, 2, "table"), []
    weight = np.ones(len(table)) if weight is None else weight
    weight = finite(rank(weight, 1, "weight"), "weight", least=0)
    for n, text in enumerate(texts):
        ids = token_ids(text, len(table), f"text {n}")
        share = weight[ids]
        whole = positive(share.sum(), f"the weight of text {n}")
        means.append(share.astype(table.dtype) @ table[ids] / whole)
    return np.array(means)


def sif(counts: np.ndarray, a: float = 1e-3) -> np.ndarray:
    """Return a / (a + p) for words of shares p in counts (V,).

    Raises ValueError where a is not above 0, or all counts are 0.

    >>> sif(np.array([9.0, 1.0, 0.0]), a=0.1).round(2)
    array([0.1, 0.5, 1. ])
    """
    counts = finite(rank(counts, 1, "counts"), "counts", least=0)
    return positive(a, "a") / (a + counts / positive(counts.sum(), "sum"))


def common(x: np.ndarray) -> np.ndarray:
    """Return the direction (D,) on which rows x (N, D) lie longest.

    Nothing is centred: what all share is wanted. Raises ValueError as `svd`.

    >>> common(np.array([[3.0, 1.0], [3.0, -1.0]])).round(3) + 0
    array([1., 0.])
    """
    return svd(rows(x), 1)[2][0]


def places(asked: np.ndarray, items: np.ndarray, own) -> np.ndarray:
    """Return the place (N,) of its own item for each vector asked (N, D).

    Items (M, D) are ranked by dot product, 1 is first; of equals the first
    comes first. Raises ValueError where own (N,) names no item.

    >>> places(np.array([[1.0, 0]]), np.array([[2.0, 1], [1, 0]]), [1])
    array([2])
    """
    return retrieval.places(dot(asked, items), own)


def infonce(a: np.ndarray, b: np.ndarray, temperature: float) -> float:
    """Return the mean surprise at the right one of b (N, D) for each of a.

    Row i of a belongs to row i of b, the others are wrong. Raises
    ValueError where the rows differ in number, or one is zero.

    >>> round(infonce(np.eye(2), np.eye(2), 1.0), 3)  # ln(1 + 1/e)
    0.313
    """
    scores = paired(a, b) / positive(temperature, "temperature")
    return float(surprisal(scores, np.arange(len(a))).mean())


def paired(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the cosines (N, N) of pairs: those of partners are diagonal.

    Raises ValueError as `infonce` does.

    >>> paired(np.array([[3.0, 4.0]]), np.array([[0.0, 2.0]]))
    array([[0.8]])
    """
    if len(a) != len(b):
        raise ValueError(f"a has {len(a)} rows, b has {len(b)}: pairs needed")
    return cosine(a, b)


def alignment(a: np.ndarray, b: np.ndarray) -> float:
    """Return the mean squared distance of row i of a (N, D) and of b.

    Rows count as of length 1. Raises ValueError as `infonce` does.

    >>> round(alignment(np.array([[3.0, 4]]), np.array([[0.0, 2]])), 9)
    0.4
    """
    return float(2 - 2 * paired(a, b).diagonal().mean())


def uniformity(x: np.ndarray) -> float:
    """Return ln of the mean of exp(-2 squared distance) of rows x (N, D).

    Rows count as of length 1. It is 0 where all are one, and lower the more
    they spread. Raises ValueError where there is only one.

    >>> round(uniformity(np.array([[1.0, 0.0], [-3.0, 0.0]])), 9)
    -8.0
    """
    between(len(rows(x)), 2, name="the number of rows")
    cosines = cosine(x, x)[np.triu_indices(len(x), 1)]  # each pair once
    return float(np.log(np.exp(4 * cosines - 4).mean()))
