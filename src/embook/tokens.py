"""Tokens: what stands in the rows of a language model's table?

Chapter: chapters/tokens.ipynb
Source:  Press & Wolf (2017), arXiv:1608.05859; Land & Bartolo (2024)
Shapes:  V = rows of the table, D = numbers a row, N = any other rows
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from embook.norms import unit
from embook.refuse import between, finite, positive, rank, rows, token_ids
from embook.similarity import dot
from embook.sources import tool
from embook.space import without


def gpt2(v=50_257, d=768, layers=12, longest=1024, tied=True, bias=True):
    """Return how many numbers a GPT-2 with v tokens and width d learns.

    Not tied, it has a second table, for the output. The bias is that of
    queries, keys and values. Raises ValueError where a size is below 1.

    >>> f"{gpt2():,}"
    '124,439,808'
    """
    for size in (v, d, layers, longest):
        between(size, 1, name="a size")
    attention = 4 * d * d + d + 3 * d * bool(bias)
    network = (d * 4 * d + 4 * d) + (4 * d * d + d)
    tables = v * d + longest * d + (not tied) * v * d
    return tables + layers * (attention + network + 4 * d) + 2 * d  # norms


def mean_cosine(x: np.ndarray) -> float:
    """Return the mean cosine of all pairs of different rows of x (N, D).

    Raises ValueError where a row is zero, or there are fewer than 2.

    >>> round(mean_cosine(np.array([[2.0, 0.0], [0.0, 3.0], [5.0, 0.0]])), 3)
    0.333
    """
    n = between(len(rows(x)), 2, name="the number of rows")
    total = unit(x).sum(axis=0, dtype=float)
    # Its square holds each pair twice, and each row once with itself.
    return float((total @ total - n) / (n * (n - 1)))


def suspicion(x: np.ndarray, unused: Sequence[int]) -> np.ndarray:
    """Return how much each row of x (V, D) is like the unused ones (V,).

    The cosine with their mean, without the shadows on the direction that all
    rows share most. Raises ValueError where an id has no row.

    >>> x = np.array([[9.0, 1, 0], [9, -1, 0], [9, 0, 1], [9, 0, -1]])
    >>> suspicion(x, [0]).round(3) + 0
    array([ 1., -1.,  0.,  0.])
    """
    x, unused = rows(x), token_ids(unused, len(x), "unused")
    rest = without(x, np.linalg.eigh(x.T @ x)[1][:, -1])
    return unit(rest) @ unit(rest[unused].mean(axis=0)[None])[0]


class Bigram(NamedTuple):
    """A model that sees one token. Without an output table it is tied."""

    table: np.ndarray  # (V, D)
    turn: np.ndarray | None = None  # (D, D), for the rows of the table
    output: np.ndarray | None = None  # (V, D)


def _both(table, turn, output) -> tuple[np.ndarray, np.ndarray]:
    seen = table if turn is None else table @ turn
    return seen, table if output is None else output


def scores(model: Bigram) -> np.ndarray:
    """Return the score (V, V) of each token after each token.

    >>> scores(Bigram(np.array([[2.0, 0.0], [1.0, 1.0]])))
    array([[4., 2.],
           [2., 2.]])
    """
    return dot(*_both(*model))


def _log_p(model: Bigram, counts: np.ndarray) -> tuple:
    z = scores(model)
    counts = finite(rank(counts, 2, "counts"), "counts", least=0)
    if counts.shape != z.shape:
        raise ValueError(f"counts is {counts.shape}: {z.shape} is needed")
    z = z - z.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return log_p, counts / positive(counts.sum(), "the sum of counts")


def surprise(model: Bigram, counts: np.ndarray) -> float:
    """Return the mean surprise, in nats, at pairs counted in (V, V).

    Row i, column j counts how often token j came after token i. Raises
    ValueError where nothing was counted, or shapes do not fit.

    >>> round(surprise(Bigram(np.zeros((2, 3))), np.eye(2)), 3)  # ln 2
    0.693
    """
    log_p, share = _log_p(model, counts)
    return float(-(share * log_p).sum())


def gradients(model: Bigram, counts: np.ndarray) -> Bigram:
    """Return the slopes of `surprise` at counts (V, V), in a model's shape.

    A tied table gets those of both its jobs. Raises ValueError likewise.

    >>> gradients(Bigram(np.ones((2, 1))), np.eye(2, k=1)).table.ravel()
    array([ 0.5, -0.5])
    """
    log_p, share = _log_p(model, counts)
    (table, turn, output), (seen, compared) = model, _both(*model)
    error = np.exp(log_p) * share.sum(axis=1, keepdims=True) - share
    inner, outer = error @ compared, error.T @ seen
    if turn is not None:
        inner, turn = inner @ turn.T, table.T @ inner
    if output is None:
        return Bigram(inner + outer, turn)
    return Bigram(inner, turn, outer)


def train(model: Bigram, counts, steps=150, rate=0.05, decay=0.0) -> Iterator:
    """Return this model, and after each step of AdamW the next one.

    Raises ValueError as `surprise`, and where rate is not above 0.

    >>> [*train(Bigram(np.ones((2, 1))), np.eye(2, k=1), 1, 0.25)][1].table.T
    array([[0.75, 1.25]])
    """
    yield model
    torch, given = tool("torch"), model._asdict().items()
    x = {k: torch.tensor(part) for k, part in given if part is not None}
    rate = positive(rate, "rate")
    rule = torch.optim.AdamW(x.values(), rate, weight_decay=decay)
    for _ in range(between(steps, 1, name="steps")):
        slopes = gradients(model, counts)._asdict()
        for name, part in x.items():
            part.grad = torch.from_numpy(slopes[name])
        rule.step()
        model = Bigram(**{k: p.numpy().copy() for k, p in x.items()})
        yield model
