"""Seq2seq: five small networks that read rows and write ids.

The chapter on evolution builds their parts and lets them race.

Source:  Cho et al. (2014), arXiv:1406.1078; Sutskever et al. (2014),
         arXiv:1409.3215; Bahdanau et al. (2015), arXiv:1409.0473
Shapes:  B = texts, T = rows read, S = ids written, V = ids to choose from,
         D = width, E = numbers a row that enters
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from embook.evolution import Block, Cell, attend, block, lstm, rnn
from embook.position import waves
from embook.refuse import between
from embook.rotation import regroup
from embook.sources import tool

if TYPE_CHECKING:
    from torch import Tensor

KINDS = "rnn", "lstm", "two lstms", "attention", "transformer"
HEADS = 4
Draw = Callable[["np.random.Generator", int], tuple["Tensor", "Tensor"]]


class Net(NamedTuple):
    """The numbers of one network; those that its kind lacks are None."""

    kind: str
    source: "Tensor"  # (E, D): a table of ids, or what turns rows of E to D
    target: "Tensor"  # (V + 1, D): a table of ids; the last says "begin"
    reader: Cell | Block
    writer: Cell | Block | None
    ask: "Tensor | None"  # (D, D): makes a query of a state
    mix: "Tensor | None"  # (2D, D): state and what was fetched
    out: "Tensor"  # (D, V)


def start(kind: str, reads: int, writes: int, width=32, seed=0) -> Net:
    """Return a network with random numbers, of one of the five kinds.

    It reads ids below `reads`, or rows of so many numbers, and writes ids
    below `writes`. Raises ValueError for another kind, or a size below 1.
    """
    if kind not in KINDS:
        raise ValueError(f"kind is {kind!r}: one of {KINDS} is allowed")
    between(reads, 1, name="reads"), between(writes, 1, name="writes")
    rng, D = np.random.default_rng(seed), between(width, 1, name="width")

    def _part(asks: bool) -> Cell | Block:
        if kind == "transformer":
            return _layer(rng, D, asks)
        return _cell(rng, D, gates=1 if kind == "rnn" else 4)

    return Net(
        kind,
        source=_some(rng, reads, D, size=1),
        target=_some(rng, writes + 1, D, size=1),
        reader=_part(False),
        writer=None if kind in ("rnn", "lstm") else _part(True),
        ask=_some(rng, D, D) if kind == "attention" else None,
        mix=_some(rng, 2 * D, D) if kind == "attention" else None,
        out=_some(rng, D, writes),
    )


def _some(rng, *shape: int, size: float | None = None) -> "Tensor":
    random = (size or shape[-2] ** -0.5) * rng.normal(size=shape)
    return tool("torch").from_numpy(random).requires_grad_()


def _cell(rng, D: int, gates: int) -> Cell:
    bias = tool("torch").zeros(gates * D, dtype=tool("torch").double)
    if gates == 4:
        bias[D : 2 * D] = 1  # at the start, keep most
    x, h = (_some(rng, D, gates * D) for _ in "xh")
    return Cell(x, h, bias.requires_grad_())


def _layer(rng, D: int, asks: bool) -> Block:
    cross = _some(rng, 4, D, D) if asks else None
    own, grow = _some(rng, 4, D, D), _some(rng, D, 2 * D)
    return Block(own, grow, _some(rng, 2 * D, D), cross)


def numbers(net: Net) -> list["Tensor"]:
    """Return all arrays of a network that training may change."""
    parts = (p if isinstance(p, Cell | Block) else [p] for p in net[1:])
    return [x for part in parts for x in part if x is not None]


def places(length: int, width: int) -> "Tensor":
    """Return the waves (T, D) of positions: all sines, then all cosines."""
    rows = waves(length, width)[:, regroup(width)]  # (T, D)
    return tool("torch").from_numpy(rows)


def vectors(net: Net, x: "Tensor") -> "Tensor":
    """Return the vectors (B, T, D) of ids (B, T), or of rows (B, T, E)."""
    return x @ net.source if x.is_floating_point() else net.source[x]


def scores(net: Net, x: "Tensor", y: "Tensor") -> tuple:
    """Return scores (B, S, V) of each next id, and the shares or None.

    At each place of y (B, S) the network has read all of x, ids (B, T) or
    rows (B, T, E), and the ids of y before that place.
    """
    x = vectors(net, x)  # (B, T, D)
    begin = y.new_full((len(y), 1), len(net.target) - 1)  # (B, 1)
    y = net.target[tool("torch").cat([begin, y[:, :-1]], 1)]  # (B, S, D)
    zero = x.new_zeros(x[:, 0].shape)  # (B, D)
    if net.writer is None:
        both = tool("torch").cat([x, y], 1)  # (B, T + S, D)
        if net.kind == "rnn":
            states = rnn(both, net.reader, zero)  # (B, T + S, D)
        else:
            states, _ = lstm(both, net.reader, zero, zero)
        return states[:, x.shape[1] :] @ net.out, None  # (B, S, V)
    if net.kind == "transformer":
        x = x + places(*x.shape[1:])  # (B, T, D)
        y = y + places(*y.shape[1:])  # (B, S, D)
        x, _ = block(x, net.reader, HEADS)  # (B, T, D)
        y, shares = block(y, net.writer, HEADS, x, causal=True)
        return y @ net.out, shares  # (B, S, V), (B, H, S, T)
    read, memory = lstm(x, net.reader, zero, zero)  # (B, T, D), (B, D)
    y, _ = lstm(y, net.writer, read[:, -1], memory)  # (B, S, D)
    if net.kind == "two lstms":
        return y @ net.out, None  # (B, S, V)
    fetched, shares = attend(y @ net.ask, read, read)  # (B, S, D)
    y = (tool("torch").cat([y, fetched], 2) @ net.mix).tanh()  # (B, S, D)
    return y @ net.out, shares  # (B, S, V), (B, S, T)


def train(net: Net, draw: Draw, steps: int, rate=0.01, batch=32, seed=0):
    """Return the loss (steps,) of each step; the network changes in place.

    draw(rng, batch) brings x and y; the loss is the mean surprise at y.
    Long gradients are clipped to 1; the rate of Adam sinks evenly to zero.
    """
    torch, rng = tool("torch"), np.random.default_rng([seed, 1])
    judge = torch.nn.CrossEntropyLoss()
    rule = torch.optim.Adam(numbers(net), lr=rate, fused=True)
    sink = torch.optim.lr_scheduler.LambdaLR(rule, lambda n: 1 - n / steps)
    losses = []
    for _ in range(steps):
        x, y = draw(rng, batch)
        guess, _ = scores(net, x, y)  # (B, S, V)
        wrong = judge(guess.flatten(0, 1), y.flatten())  # ()
        rule.zero_grad()
        wrong.backward()
        torch.nn.utils.clip_grad_norm_(numbers(net), 1.0)
        rule.step()
        sink.step()
        losses.append(wrong.item())
    return np.array(losses)


def write(net: Net, x: "Tensor", length: int) -> "Tensor":
    """Return the ids (B, S) that the network writes, each the likeliest.

    It sees the ids that it has written itself, not the right ones.
    """
    torch = tool("torch")
    y = torch.zeros(len(x), length, dtype=torch.long)
    with torch.no_grad():
        for n in range(length):
            guess, _ = scores(net, x, y[:, : n + 1])  # (B, n + 1, V)
            y[:, n] = guess[:, n].argmax(1)  # (B,)
    return y


def right(net: Net, draw: Draw, count: int = 100, seed: int = 0) -> float:
    """Return the share of ids that the network writes as they should be."""
    x, y = draw(np.random.default_rng([seed, 2]), count)
    return (write(net, x, y.shape[1]) == y).double().mean().item()


def chain(y: "Tensor") -> int:
    """Return the longest chain of operations, each waiting for the last.

    It is counted in operations, however many processors help.
    """
    longest, stack = {None: 0}, [y.grad_fn]
    while stack:
        node = stack[-1]
        before = [f for f, _ in node.next_functions]
        waiting = [f for f in before if f not in longest]
        if waiting:
            stack += waiting
        else:
            longest[stack.pop()] = 1 + max(
                (longest[f] for f in before), default=0
            )
    return longest[y.grad_fn]
