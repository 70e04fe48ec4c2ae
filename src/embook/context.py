"""Context: how does one row of a table become many meanings?

Chapter: chapters/context.ipynb
Source:  Ethayarajh (2019), arXiv:1909.00512; Timkey & van Schijndel (2021),
         arXiv:2109.04404; Meng et al. (2022), arXiv:2202.05262
Shapes:  N = rows compared, D = numbers a row, T = tokens of a text,
         V = tokens known, L = depths: 0 is before the first layer
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from embook import llama
from embook.norms import unit
from embook.refuse import between, rows
from embook.sources import tool

if TYPE_CHECKING:
    from embook.llama import Llama
    from embook.smollm import SmolLM2


def gap(x: np.ndarray, labels: Sequence[int]) -> float:
    """Return how much more alike rows x (N, D) of one label are than others.

    It is the mean cosine of pairs that share a label, less the mean cosine
    of the other pairs. Raises ValueError where there are no such pairs, or
    a row is zero, or labels and rows differ in number.

    >>> gap(np.array([[1.0, 0], [2, 0], [0, 3]]), [7, 7, 8])
    1.0
    """
    same = _same(x, labels)
    pairs = np.triu(np.ones(same.shape, bool), 1)  # each pair once
    alike, other = pairs & same, pairs & ~same
    if not (alike.any() and other.any()):
        raise ValueError(
            f"labels {list(labels)!r:.60}: one pair must share a label, and "
            "one pair must not"
        )
    cosines = unit(x) @ unit(x).T
    return float(cosines[alike].mean() - cosines[other].mean())


def nearest(x: np.ndarray, labels: Sequence[int]) -> float:
    """Return for what share of rows x (N, D) the nearest has their label.

    The nearest is the other row with the highest cosine; of equals, the
    first. Raises ValueError where there is one row only, or a row is zero,
    or labels and rows differ in number.

    >>> nearest(np.array([[1.0, 0], [2, 1], [0, 3], [1, 4]]), [0, 0, 1, 0])
    0.5
    """
    same = _same(x, labels)
    between(len(same), 2, name="the number of rows")
    cosines = unit(x) @ unit(x).T
    np.fill_diagonal(cosines, -np.inf)  # a row is not its own neighbour
    return float(same[np.arange(len(same)), cosines.argmax(axis=1)].mean())


def _same(x: np.ndarray, labels: Sequence[int]) -> np.ndarray:
    x, labels = rows(x), np.asarray(labels)
    if labels.shape != (len(x),):
        raise ValueError(
            f"labels has shape {labels.shape} for {len(x)} rows: one label "
            "for each row is needed"
        )
    return labels[:, None] == labels


def contributions(x: np.ndarray) -> np.ndarray:
    """Return what each number (D,) adds to the mean cosine of rows x (N, D).

    They add up to the mean cosine of two different rows. Raises ValueError
    where there is one row only, or a row is zero.

    >>> contributions(np.array([[3.0, 4.0], [3.0, -4.0]])).round(2)
    array([ 0.36, -0.64])
    """
    x = unit(rows(x).astype(float))
    n = between(len(x), 2, name="the number of rows")
    # The square of a sum holds each pair twice, and each row with itself.
    return (x.sum(axis=0) ** 2 - (x * x).sum(axis=0)) / (n * (n - 1))


def lens(model: "SmolLM2", ids: Sequence[int]) -> np.ndarray:
    """Return the scores (L, V) that the last id's row gives at each depth.

    The model's own end, its norm and its table, is put before the first
    layer and after each. Raises ValueError where ids is empty, or holds a
    number that is no token's.

    >>> from types import SimpleNamespace
    >>> way = [np.array([[9.0, 9.0], [1.0, 2.0]]), np.array([[9, 9], [3, 4]])]
    >>> toy = SimpleNamespace(states=lambda _: way, scores=lambda x: 10 * x)
    >>> lens(toy, [0, 1])
    array([[10., 20.],
           [30., 40.]])
    """
    return model.scores(np.array([x[-1] for x in model.states(ids)]))


def onward(net: "Llama", x: np.ndarray, depth: int) -> np.ndarray:
    """Return what rows x (T, D) become that enter after `depth` layers.

    x may be what no text would have made: rows of two texts, or changed
    ones. Raises ValueError where x is not of rank 2, or holds NaN, or depth
    is not from 0 to the number of layers.

    >>> from types import SimpleNamespace
    >>> onward(SimpleNamespace(layers=[]), np.array([[1.0, 2.0]]), 0)
    array([[1., 2.]])
    """
    x, most = rows(x), len(net.layers)
    layers = net.layers[between(depth, 0, most, "depth") :]
    if not layers:
        return x
    torch, width = tool("torch"), net.turns.shape[2]
    asks, both = layers[0].attn_output.shape[0], layers[0].attn_qkv.shape[1]
    # Keys and values of all tokens: a network with its first layers off
    # takes the rows x for its table, and reads token 0, 1, 2 and so on.
    room = len(layers), 2, (both - asks) // 2 // width, len(x), width
    table = torch.as_tensor(x, dtype=net.table.dtype)
    rest = net._replace(table=table, layers=layers)
    *_, (x, _) = llama.states(rest, [*range(len(x))], torch.empty(room))
    return x.numpy()
