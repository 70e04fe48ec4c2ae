"""Play: a figure that stands still in a notebook and moves on the website.

A chapter draws a figure as always, and hands it over with a function that
says what must be seen in any state. The site's tests bring the moving figure
into the same states and compare: readers play with what Python computes.

Shapes:  V = words, D = numbers a word
"""

from __future__ import annotations

import io
import math
from base64 import b64encode
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from embook.data import glove_small
from embook.table import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Neither JupyterLab nor a plain notebook knows it: both show the PNG.
MIME = "application/vnd.embook.play+json"
WORDS = 5000
# Steps from 0 to 1. At 28, the largest of GloVe's numbers still fits a byte.
STEPS = 28


def figure(
    fig: Figure, kind: str, numbers: Callable[..., dict], states: list[dict]
) -> None:
    """Return nothing; show fig, with what its moving twin must show.

    `numbers` is called with the entries of each state by name; it returns
    the numbers and words to be seen, by name. A reader starts in the first
    state. Raises ValueError where there is no state, nothing to be seen, or
    a number that is not finite.
    """
    from IPython.display import display
    from matplotlib import pyplot as plt

    payload = {"kind": kind, "golden": golden(numbers, states)}
    png = io.BytesIO()
    fig.savefig(png, format="png", pil_kwargs={"optimize": True})
    plt.close(fig)
    image = b64encode(png.getvalue()).decode()
    display({"image/png": image, MIME: payload}, raw=True)


def golden(
    numbers: Callable[..., dict], states: Sequence[dict]
) -> list[dict]:
    """Return each state, beside what must be seen in it.

    Raises ValueError as `figure` does.

    >>> golden(lambda x: {"square": x * x}, [{"x": 3}])
    [{'state': {'x': 3}, 'shows': {'square': 9.0}}]
    """
    if not states:
        raise ValueError("states is empty: a figure starts in one")
    return [
        {"state": state, "shows": _plain(numbers(**state), state)}
        for state in states
    ]


def _plain(shows: dict, state: dict) -> dict[str, float | str]:
    if not shows:
        raise ValueError(f"numbers has nothing to show in state {state}")
    plain = {}
    for name, value in shows.items():
        value = np.asarray(value).item()
        if not isinstance(value, str):
            if not math.isfinite(value):
                raise ValueError(f"{name} is {value} in state {state}")
            # The last digits of a float differ between processors.
            value = round(float(f"{value:.10g}"), 9) + 0.0
        plain[name] = value
    return plain


def words() -> Table:
    """Return the words (5000, 50) that a page can hold, and their vectors.

    GloVe's most frequent words of the letters a to z, their numbers rounded
    to a 28th.
    """
    table = glove_small()
    plain = [w for w in table.words if w.isascii() and w.isalpha()][:WORDS]
    vectors = table.vectors[table.rows(plain)].astype(float)
    return Table(tuple(plain), np.rint(vectors * STEPS) / STEPS)
