"""Watch: how far have words of one kind come together, and when?

The record of a training (data.sgns_runs) and what is to be seen in it: for
the chapter on training, and for the figure that its readers play with.

Shapes:  N = words, D = numbers a word, S = moments
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from embook.data import sgns_runs
from embook.refuse import nonzero, rows
from embook.texts import groups

NEAREST = 5


def cosines(x: np.ndarray) -> np.ndarray:
    """Return the cosines (N, N) of the rows of x (N, D).

    Raises ValueError where a row is zero or NaN.
    """
    x = rows(x).astype(float)
    x = x / nonzero(np.sqrt((x * x).sum(axis=1)))[:, None]
    return x @ x.T


def pairs(x: np.ndarray, group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the cosines of pairs in one group, and of pairs in two.

    The rows of x (N, D) are in the groups (N,). Raises ValueError where
    there is no pair of one of the kinds, or the lengths differ.
    """
    group = np.asarray(group)
    if len(group) != len(x):
        raise ValueError(
            f"group has {len(group)} entries for {len(x)} rows: one for each"
        )
    one, other = np.triu_indices(len(group), 1)
    same = group[one] == group[other]
    if same.all() or not same.any():
        kind = "two groups" if same.all() else "one group"
        raise ValueError(f"group holds no pair of {kind}")
    cosine = cosines(x)[one, other]
    return cosine[same], cosine[~same]


def separation(x: np.ndarray, group: np.ndarray) -> float:
    """Return how often a pair of one group has the higher cosine, 0 to 1.

    Each is compared with each pair of two groups; a tie counts one half, so
    chance gives 0.5. Raises ValueError as `pairs` does.

    >>> two = np.array([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0], [0.1, 1.0]])
    >>> separation(two, [0, 0, 1, 1]), separation(two, [0, 1, 0, 1])
    (1.0, 0.25)
    """
    alike, apart = pairs(x, group)
    wins = (alike[:, None] > apart).mean()
    return float(wins + (alike[:, None] == apart).mean() / 2)


@dataclass(frozen=True, eq=False)
class Run:
    """A training at S moments: `done` (S,) of it, `loss` (S,) of a pair.

    `alike` and `apart` (S,) are the mean cosines of pairs in one group and
    in two, `separation` (S,) how often the first is higher. `places`
    (S, N, 2) are the words' directions on the two axes along which the
    groups lie farthest apart at the end. `cosines` (S, N, N) are those of
    all words, `nearest` (S, N, 5) each word's nearest.
    """

    words: tuple[str, ...]
    group: np.ndarray
    done: np.ndarray
    loss: np.ndarray
    alike: np.ndarray
    apart: np.ndarray
    separation: np.ndarray
    places: np.ndarray
    cosines: np.ndarray
    nearest: np.ndarray


@cache
def run() -> Run:
    """Return the recorded training, with what is seen at each moment."""
    record, kinds = sgns_runs(), groups()
    x = record["steps"].astype(float)
    x /= np.sqrt((x * x).sum(axis=2, keepdims=True))
    group = np.repeat(np.arange(len(kinds)), [*map(len, kinds.values())])
    means = np.array([x[-1][group == g].mean(axis=0) for g in set(group)])
    _, _, axes = np.linalg.svd(means - means.mean(axis=0))
    furthest = np.abs(axes).argmax(axis=1)
    axes *= np.sign(axes[np.arange(len(axes)), furthest])[:, None]
    near = x @ x.transpose(0, 2, 1)
    others = near - 2 * np.eye(len(group))
    nearest = np.argsort(-others, axis=2, kind="stable")[:, :, :NEAREST]
    return Run(
        words=tuple(word for some in kinds.values() for word in some),
        group=group,
        done=record["done"].astype(float),
        loss=record["loss"].astype(float),
        alike=np.array([pairs(y, group)[0].mean() for y in x]),
        apart=np.array([pairs(y, group)[1].mean() for y in x]),
        separation=np.array([separation(y, group) for y in x]),
        places=x @ axes[:2].T,
        cosines=near,
        nearest=nearest,
    )
