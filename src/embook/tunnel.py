"""Tunnel: train small networks on short texts, and test them on long ones.

A network is a table of tokens, one layer of causal attention or two, and a
matrix that makes scores. Whatever it knows about order, an Order tells it.
Several networks are trained side by side: they differ by their first numbers
and by the texts that they see.

Source:  Press et al. (2022), arXiv:2108.12409
Shapes:  N = networks, B = texts, T = places, V = tokens, D = width,
         L = layers, H = heads, W = numbers of a head
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from embook.position import Order
from embook.refuse import between
from embook.sources import tool

if TYPE_CHECKING:
    from torch import Tensor

SHORT, LONG, LETTERS = 16, 64, 8  # places trained, tested; tokens 1 to 8
WIDTH, HEADS, EACH = 16, 4, 8  # D, H, W
BATCH, UNASKED = 8, -1


class Nets(NamedTuple):
    """The numbers of N networks."""

    tokens: Tensor  # (N, V, D)
    layers: Tensor  # (N, L, 4, H, D, W), as position.attention takes them
    out: Tensor  # (N, D, V)
    learned: Tensor  # (N, ...): what an order learns, or nothing


class Slots(NamedTuple):
    """What an order says to texts of T places, as arrays."""

    add: Tensor | None  # (T, D), or for each network
    turn: Tensor | None  # (T, W, W)
    bias: Tensor  # (T, T), (H, T, T) or (N, H, T, T); later keys at -1e9


def back(rng: np.random.Generator, size: tuple) -> tuple:
    """Return texts (..., T) of letters; asked: the one three places back."""
    x = rng.integers(1, LETTERS + 1, size)
    y = np.roll(x, 3, axis=-1)
    y[..., :3] = UNASKED
    return x, y


def latest(rng: np.random.Generator, size: tuple) -> tuple:
    """Return texts (..., T), blanks and letters; asked: the last letter."""
    x = rng.integers(1, LETTERS + 1, size)
    x[rng.random(size) < 0.75] = 0
    places = np.where(x > 0, np.arange(size[-1]), -1)
    last = np.maximum.accumulate(places, axis=-1)
    y = np.take_along_axis(x, np.maximum(last, 0), axis=-1)
    return x, np.where(last < 0, UNASKED, y)


def start(shape: tuple, nets: int, layers: int, seed: int) -> Nets:
    """Return networks with random numbers; shape is of what an order learns.

    Raises ValueError where nets or layers is below 1.
    """
    rng, nets = np.random.default_rng(seed), between(nets, 1, name="nets")
    layers, v = between(layers, 1, name="layers"), LETTERS + 1

    def _random(*shape, spread=1.0):
        numbers = spread * rng.normal(size=(nets, *shape))
        return tool("torch").tensor(numbers, requires_grad=True)

    return Nets(
        tokens=_random(v, WIDTH),
        layers=_random(layers, 4, HEADS, WIDTH, EACH, spread=WIDTH**-0.5),
        out=_random(WIDTH, v, spread=WIDTH**-0.5),
        learned=_random(*shape),
    )


def slots(order: Order | Callable, learned: Tensor, length: int) -> Slots:
    """Return what an order says to texts of this length.

    An order that learns is a function: of a table, such as each of learned
    (N, ...), it makes an Order. Where that reads its table is found by
    giving it a table of numbered cells.
    """
    torch, cells = tool("torch"), learned[0].numel()
    flat, said = learned.flatten(1), order
    if not isinstance(order, Order):
        said = order(np.arange(cells).reshape(learned.shape[1:]))

    def _read(x):
        x = torch.as_tensor(np.asarray(x))
        return x.double() if said is order else flat[:, x.long()]

    add = turn = None
    if said.add is not None:
        add = _read(said.add(length, WIDTH))
    if said.turn is not None:  # where each axis goes, at each place
        axes = np.broadcast_to(np.eye(EACH)[:, None], (EACH, length, EACH))
        turn = torch.as_tensor(said.turn(axes)).transpose(0, 1)
    later = torch.full((length, length), -1e9).double().triu(1)
    bias = later if said.bias is None else _read(said.bias(length)) + later
    return Slots(add, turn, bias)


def scores(nets: Nets, slots: Slots, x: Tensor) -> Tensor:
    """Return the scores (N, B, T, V) of texts x (N, B, T)."""
    einsum = tool("torch").einsum
    rows = nets.tokens[tool("torch").arange(len(x))[:, None, None], x]
    if slots.add is not None:
        add = slots.add if slots.add.dim() == 2 else slots.add[:, None]
        rows = rows + add  # (N, B, T, D)
    bias = slots.bias[:, None] if slots.bias.dim() == 4 else slots.bias
    for w in nets.layers.unbind(1):
        q, k, v = einsum("nbtd,nchdw->cnbhtw", rows, w[:, :3])
        if slots.turn is not None:
            q, k = (einsum("nbhtw,twu->nbhtu", y, slots.turn) for y in (q, k))
        shares = (q @ k.transpose(3, 4) / EACH**0.5 + bias).softmax(dim=4)
        rows = rows + einsum("nbhtw,nhdw->nbtd", shares @ v, w[:, 3])
    return rows @ nets.out[:, None]


def train(
    order: Order | Callable, task: Callable, shape: tuple = (0,), **how
) -> Nets:
    """Return networks trained on short texts: nets, layers, steps, seed."""
    how = dict(nets=5, layers=1, steps=200, seed=0) | how
    nets = start(shape, how["nets"], how["layers"], how["seed"])
    torch, rng = tool("torch"), np.random.default_rng(how["seed"] + 1)
    rule = torch.optim.Adam(nets, lr=0.02, betas=(0.9, 0.99))
    for _ in range(how["steps"]):
        x, y = map(torch.tensor, task(rng, (how["nets"], BATCH, SHORT)))
        said = scores(nets, slots(order, nets.learned, SHORT), x)
        loss = torch.nn.functional.cross_entropy(
            said.flatten(0, 2), y.flatten(), ignore_index=UNASKED
        )
        rule.zero_grad()
        (how["nets"] * loss).backward()  # the mean of each network
        rule.step()
    return Nets(*(w.detach() for w in nets))


def right(
    order: Order | Callable, nets: Nets, task: Callable, seed: int = 99
) -> np.ndarray:
    """Return which share (N, T) of 64 long texts is right at each place.

    A place at which nothing is asked gives NaN.
    """
    torch, rng = tool("torch"), np.random.default_rng(seed)
    x, y = map(torch.tensor, task(rng, (len(nets.tokens), 64, LONG)))
    said = scores(nets, slots(order, nets.learned, LONG), x).argmax(dim=3)
    fine = (said == y).double().where(y != UNASKED, torch.nan)
    return fine.nanmean(dim=1).numpy()
