"""Town: 200,000 real rows, and others that ask for their neighbours.

Chapter: chapters/indexes.ipynb
Shapes:  N = rows, Q = queries, D = numbers a row
"""

import json
from functools import cache

import numpy as np

from embook import data
from embook.norms import unit
from embook.refuse import between
from embook.sources import SOURCES

SIZE, SEED = 200_000, 0


def town(asked: int = 500) -> tuple[np.ndarray, np.ndarray]:
    """Return GloVe's first 200,000 rows, and `asked` (Q, D) of the others.

    All have length 1. Raises ValueError where asked is not 1 to 200,000.
    """
    between(asked, 1, SIZE, "asked")
    table = data.glove().vectors
    drawn = np.random.default_rng(SEED).permutation(SIZE)[:asked]
    return unit(table[:SIZE]), unit(table[SIZE + drawn])


@cache
def recorded() -> dict:
    """Return what artefacts/indexes.py measured: curves, growth, small."""
    with SOURCES["indexes"].reading("indexes.json") as path:
        return json.loads(path.read_text("utf-8"))
