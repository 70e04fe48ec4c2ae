"""Maps: words as dots on paper, for the figure that doubts them.

The words have rows of 50 numbers; a map has two. Four maps of the same rows
stand in artefacts/maps.npz, so that all readers see the same dots: t-SNE
starts from random places, and on another processor it may end elsewhere.

Shapes:  N = 240 words, D = 50 numbers a word
"""

import numpy as np

from embook.norms import unit
from embook.play import words
from embook.refuse import positive, rows
from embook.sources import SOURCES, tool
from embook.space import pca
from embook.table import Table

WORDS, LETTERS = 240, 6
# From one edge of the paper to the other, in whole steps.
STEPS = 1000
MAPS = {
    "pca": "PCA",
    "seed-1": "t-SNE, seed 1",
    "seed-2": "t-SNE, seed 2",
    "perplexity-5": "t-SNE, perplexity 5",
}


def chosen() -> Table:
    """Return the words of the maps, and their vectors (240, 50).

    They are the most frequent ones with six letters or more, of the words
    that a page can hold.

    >>> chosen().words[:3]
    ('people', 'percent', 'government')
    """
    table = words()
    long = [word for word in table.words if len(word) >= LETTERS][:WORDS]
    return Table(tuple(long), table.vectors[table.rows(long)])


def on_paper(y: np.ndarray) -> np.ndarray:
    """Return places y (N, 2) in whole steps, as large as the paper allows.

    Both axes keep one scale, and 0 is the middle of each. Raises ValueError
    where all places are the same, or a number is NaN or infinite.

    >>> on_paper(np.array([[0.0, 5.0], [4.0, 5.0], [2.0, 7.0]]))
    array([[-500, -250],
           [ 500, -250],
           [   0,  250]])
    """
    y = rows(y, "y").astype(float)
    low, high = y.min(axis=0), y.max(axis=0)
    wide = positive((high - low).max(), "the width of the map")
    return np.rint(STEPS * (y - (low + high) / 2) / wide).astype(int)


def draw_all() -> dict[str, np.ndarray]:
    """Return the four maps (N, 2), drawn anew, in some ten seconds.

    Every row is brought to length 1 first: then the nearest in a straight
    line are those of the highest cosine, and each map has its fair chance.
    Raises MissingData where scikit-learn is not installed.
    """
    x = unit(chosen().vectors)
    flat = (x - x.mean(axis=0)) @ pca(x, 2)[0].T
    made = (flat, _tsne(x, 1, 30), _tsne(x, 2, 30), _tsne(x, 1, 5))
    return {name: on_paper(y) for name, y in zip(MAPS, made, strict=True)}


def _tsne(x: np.ndarray, seed: int, perplexity: int) -> np.ndarray:
    way = {"init": "random", "method": "exact", "random_state": seed}
    make = tool("sklearn.manifold").TSNE(perplexity=perplexity, **way)
    return make.fit_transform(x)


def places() -> dict[str, np.ndarray]:
    """Return where each word stands (N, 2) on each of the four maps.

    Raises BrokenData or MissingData, in one line.
    """
    with SOURCES["maps"].reading("maps.npz") as path:
        with np.load(path) as file:
            return {name: file[name].astype(float) for name in MAPS}
