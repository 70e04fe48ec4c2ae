"""Drills: made-up tasks that test one thing, the memory of a network.

Each function returns a task: draw(rng, batch) brings what is read and what
should be written, ids (B, T) and (B, S).

Shapes:  B = examples, T = ids read, S = ids written
"""

from collections.abc import Callable
from functools import partial
from itertools import count

import numpy as np

from embook.refuse import between
from embook.sources import SOURCES, tool


def copying(longest: int, least=1, symbols=8, turned=False) -> Callable:
    """Return a task: write the random symbols that were read, or backwards.

    All texts of one draw have one length, from `least` to `longest`. Raises
    ValueError where least is below 1 or above longest.
    """
    between(least, 1, longest, "least")
    return partial(_copy, least, longest, symbols, turned)


def _copy(least, longest, symbols, turned, rng, batch) -> tuple:
    shape = batch, rng.integers(least, longest, endpoint=True)
    x = tool("torch").from_numpy(rng.integers(symbols, size=shape))  # (B, T)
    return x, x.flip(1) if turned else x


def recall(distance: int, symbols: int = 8) -> Callable:
    """Return a task: name the first symbol, `distance` blanks later.

    The blank has the id 0 where it is read; symbols have 1 to 8. Raises
    ValueError where distance is below 0.
    """
    return partial(_recall, between(distance, 0, name="distance"), symbols)


def _recall(distance, symbols, rng, batch) -> tuple:
    x = np.zeros((batch, 1 + distance), np.int64)
    x[:, 0] = 1 + rng.integers(symbols, size=batch)
    x = tool("torch").from_numpy(x)  # (B, 1 + distance)
    return x, x[:, :1] - 1


def lessons(distance: int, steps: int) -> Callable:
    """Return recall that begins near: the distance grows with each draw.

    It is full after three quarters of the steps.
    """
    drawn = count(1)

    def _draw(rng: np.random.Generator, batch: int) -> tuple:
        part = min(1, next(drawn) / (0.75 * steps))
        return recall(max(1, round(part * distance)))(rng, batch)

    return _draw


def races() -> dict[str, np.ndarray]:
    """Return what artefacts/evolution.py measured, five starts of each.

    `right` (9, 5, 12): the share of symbols copied, for nine networks at the
    lengths `length` (12,); `numbers` (9,): their sizes. `recall` (6, 5, 5):
    the share of first symbols named, for six ways to train, at the distances
    `distance` (5,).
    """
    with SOURCES["evolution"].reading("evolution.npz") as path:
        with np.load(path) as file:
            return {key: file[key] for key in file}
