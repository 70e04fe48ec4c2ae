"""Evolution: how did networks that read become Transformers?

Chapter: chapters/evolution.ipynb
Source:  Elman (1990); Hochreiter & Schmidhuber (1997); Bahdanau et al.
         (2015), arXiv:1409.0473; Vaswani et al. (2017), arXiv:1706.03762
Shapes:  B = texts, T = rows read, S = rows that ask, D = width, H = heads,
         E = numbers a row that enters, F = width of the small network
"""

from typing import TYPE_CHECKING, NamedTuple

from embook.refuse import between
from embook.sources import tool

if TYPE_CHECKING:
    from torch import Tensor


class Cell(NamedTuple):
    """The numbers of a recurrent cell: C is D in an RNN, 4 D in an LSTM."""

    x: "Tensor"  # (E, C)
    h: "Tensor"  # (D, C)
    b: "Tensor"  # (C,)


class Block(NamedTuple):
    """The numbers of a Transformer block; `cross` if it asks a memory."""

    own: "Tensor"  # (4, D, D): for queries, keys, values and the output
    grow: "Tensor"  # (D, F)
    shrink: "Tensor"  # (F, D)
    cross: "Tensor | None" = None  # (4, D, D)


def _fits(x: "Tensor", width: int, name: str = "x") -> None:
    if x.ndim != 3 or x.shape[2] != width:
        raise ValueError(f"{name} is {tuple(x.shape)}, not (B, T, {width})")


def rnn(x: "Tensor", w: Cell, h: "Tensor") -> "Tensor":
    """Return the states (B, T, D) of an RNN that reads x (B, T, E).

    It starts from h (B, D). Raises ValueError where x is not E numbers wide.

    >>> one = tool("torch").ones(1, 1)
    >>> rnn(one[None], Cell(one, 0 * one, 0 * one[0]), one)
    tensor([[[0.7616]]])
    """
    _fits(x, len(w.x))
    states = []
    for step in (x @ w.x + w.b).unbind(1):  # T times (B, D)
        h = (step + h @ w.h).tanh()  # (B, D)
        states.append(h[:, None])
    return tool("torch").cat(states, 1)  # (B, T, D)


def lstm(x: "Tensor", w: Cell, h: "Tensor", c: "Tensor") -> tuple:
    """Return the states (B, T, D) of an LSTM, and its last memory (B, D).

    It reads x (B, T, E) from the state h and the memory c (B, D). Raises
    ValueError where x is not E numbers wide.

    >>> one, none = tool("torch").ones(1, 1), tool("torch").zeros(1, 4)
    >>> lstm(one[None], Cell(none, none, none[0]), one, one)[1]
    tensor([[0.5000]])
    """
    _fits(x, len(w.x))
    states = []
    for step in (x @ w.x + w.b).unbind(1):  # T times (B, 4D)
        write, keep, new, show = (step + h @ w.h).chunk(4, 1)  # as in torch
        # The old memory is multiplied and added to: no matrix, no tanh.
        c = keep.sigmoid() * c + write.sigmoid() * new.tanh()  # (B, D)
        h = show.sigmoid() * c.tanh()  # (B, D)
        states.append(h[:, None])
    return tool("torch").cat(states, 1), c  # (B, T, D), (B, D)


def additive(q: "Tensor", k: "Tensor", wq, wk, v) -> "Tensor":
    """Return the scores (B, S, T) of a small network for each pair of rows.

    q is (B, S, D), k (B, T, D), wq and wk (D, F), v (F,). Raises ValueError
    where q has another width.

    >>> one = tool("torch").ones(1, 1)
    >>> additive(one[None], -one[None], one, 0 * one, one[0])
    tensor([[[0.7616]]])
    """
    _fits(q, len(wq), "q")
    return ((q @ wq)[:, :, None] + (k @ wk)[:, None]).tanh() @ v  # (B, S, T)


def attend(q: "Tensor", k: "Tensor", v: "Tensor", later=0) -> tuple:
    """Return what rows q (..., S, D) fetch (..., S, D), and their shares.

    The shares (..., S, T) of the values v (..., T, D) come from the keys k
    (..., T, D). Where `later` (S, T) is minus infinity, nobody looks.

    >>> from torch import tensor
    >>> attend(tensor([[0.0]]), tensor([[1.0], [1.0]]), tensor([[1.0], [3]]))
    (tensor([[2.]]), tensor([[0.5000, 0.5000]]))
    """
    scores = q @ k.transpose(-1, -2) / k.shape[-1] ** 0.5  # (..., S, T)
    shares = (scores + later).softmax(-1)  # (..., S, T)
    return shares @ v, shares  # (..., S, D), (..., S, T)


def multihead(x, memory, w: "Tensor", heads: int, later=0) -> tuple:
    """Return what x (B, S, D) fetches from memory (B, T, D), and the shares.

    Each of H heads has D / H columns of w (4, D, D); shares are (B, H, S, T).
    Raises ValueError where a width is not D, or H does not divide it.

    >>> x, same = tool("torch").ones(1, 1, 2), tool("torch").eye(2)
    >>> multihead(x, x, same.expand(4, 2, 2), heads=2)[0]
    tensor([[[1., 1.]]])
    """
    _fits(x, w.shape[2])
    _fits(memory, w.shape[2], "memory")
    if w.shape[2] % between(heads, 1, name="heads"):
        raise ValueError(f"heads is {heads}: it must divide {w.shape[2]}")
    q, k, v = x @ w[0], memory @ w[1], memory @ w[2]  # (B, S or T, D)
    cut = [y.unflatten(2, (heads, -1)).transpose(1, 2) for y in (q, k, v)]
    fetched, shares = attend(*cut, later)  # (B, H, S, D / H)
    return fetched.transpose(1, 2).flatten(2) @ w[3], shares  # (B, S, D)


def _normed(x: "Tensor") -> "Tensor":
    spread = x.var(-1, keepdim=True, correction=0)  # (..., 1)
    return (x - x.mean(-1, keepdim=True)) / (spread + 1e-5).sqrt()  # (..., D)


def block(x, w: Block, heads: int, memory=None, causal=False) -> tuple:
    """Return what a Transformer block makes of x (B, S, D), as large.

    The rows ask each other (if causal, no later ones), then a memory, if any.
    The last shares come along. Raises ValueError as `multihead` does.

    >>> none = tool("torch").zeros(4, 2, 2)
    >>> w = Block(none, none[0], none[0])
    >>> block(none[:1, :1] + none.new([1, 3]), w, heads=1)[0].round()
    tensor([[[-1.,  1.]]])
    """
    later = x.new_full((x.shape[1],) * 2, float("-inf")).triu(1)  # (S, S)
    fetched, shares = multihead(x, x, w.own, heads, later if causal else 0)
    x = _normed(x + fetched)  # (B, S, D)
    if memory is not None:
        fetched, shares = multihead(x, memory, w.cross, heads)
        x = _normed(x + fetched)  # (B, S, D)
    return _normed(x + (x @ w.grow).relu() @ w.shrink), shares  # (B, S, D)
