"""Exercises of chapters/similarity.ipynb."""

import numpy as np

from embook import similarity
from embook.check import Exercise, Mistake
from embook.norms import length

# --- cosine: two single vectors, D numbers each -------------------------


def cosine(a, b):
    """Return the cosine of two vectors (D,), refusing a zero vector."""
    return similarity.cosine(np.array([a]), np.array([b])).item()


def _dot(a, b):
    return np.dot(a, b)


def _by_one_length(a, b):
    return np.dot(a, b) / np.linalg.norm(a)


def _by_squared_lengths(a, b):
    return np.dot(a, b) / (np.dot(a, a) * np.dot(b, b))


def _by_sum_of_lengths(a, b):
    return np.dot(a, b) / (np.linalg.norm(a) + np.linalg.norm(b))


def _angle(a, b):
    return np.arccos(np.clip(cosine(a, b), -1, 1))


def _distance(a, b):
    return 1 - cosine(a, b)


def _zero_gives_nan(a, b):
    if not (np.any(a) and np.any(b)):
        return np.nan
    return cosine(a, b)


def _zero_gives_zero(a, b):
    if not (np.any(a) and np.any(b)):
        return 0.0
    return cosine(a, b)


COSINE = Exercise(
    reference=cosine,
    cases=(
        (np.array([3.0, 4.0]), np.array([4.0, 3.0])),
        (np.array([3.0, 4.0]), np.array([6.0, 8.0])),
        (np.array([1.0, 0.0, 2.0]), np.array([-4.0, 5.0, 2.0])),
        (np.array([1.0, 2.0]), np.array([-3.0, -6.0])),
        (np.array([0.1, -0.2, 0.3, 0.4]), np.array([5.0, 1.0, 0.0, -2.0])),
        (np.array([1.0, 2.0]), np.array([0.0, 0.0])),
    ),
    mistakes=(
        Mistake(
            _dot,
            "This is the dot product: divide it by both lengths.",
        ),
        Mistake(
            _by_one_length,
            "You divided by the length of a alone: this is how far b "
            "reaches along a. Divide by the length of b too.",
        ),
        Mistake(
            _by_squared_lengths,
            "You divided by the squared lengths: the square roots are "
            "missing.",
        ),
        Mistake(
            _by_sum_of_lengths,
            "You added the two lengths: multiply them.",
        ),
        Mistake(
            _angle,
            "This is the angle in radians: the cosine is wanted, without "
            "arccos.",
        ),
        Mistake(
            _distance,
            "This is one minus the cosine: 0 for the same direction. The "
            "cosine itself is 1 there.",
        ),
        Mistake(
            _zero_gives_nan,
            "Right, but for a zero vector: it returns NaN, which spreads "
            "in silence. Raise a ValueError.",
        ),
        Mistake(
            _zero_gives_zero,
            "Right, but for a zero vector: 0 would claim a right angle, "
            "and a zero vector has no direction. Raise a ValueError.",
        ),
    ),
    hints=(
        "You need three numbers: one dot product and two lengths.",
        "A length is the square root of a vector's dot product with itself.",
        "If either length is 0, raise ValueError; else return "
        "dot / (length of a * length of b).",
    ),
)

# --- top_k: one row of scores --------------------------------------------


def top_k(scores, k):
    """Return the places (K,) of the K highest scores (V,), best first."""
    (places,) = similarity.top_k(np.array([scores]), k)
    return places


def _lowest(scores, k):
    return np.argsort(scores, kind="stable")[:k]


def _worst_first(scores, k):
    return top_k(scores, k)[::-1]


def _ties_reversed(scores, k):
    return np.argsort(scores, kind="stable")[::-1][:k]


def _values(scores, k):
    return np.asarray(scores)[top_k(scores, k)]


def _in_place_order(scores, k):
    return np.sort(top_k(scores, k))


def _any_k(scores, k):
    return np.argsort(-np.asarray(scores), kind="stable")[:k]


TOP_K = Exercise(
    reference=top_k,
    cases=(
        (np.array([0.2, 0.9, 0.5, 0.7]), 2),
        (np.array([0.3, 0.8, 0.3, 0.8, 0.1]), 4),
        (np.array([0.5, 0.5, 0.5]), 3),
        (np.array([-1.0, -0.2, -0.9]), 1),
        (np.arange(40.0) % 3, 9),
        (np.array([0.4, 0.6]), 3),
        (np.array([0.4, 0.6]), 0),
    ),
    mistakes=(
        Mistake(
            _lowest,
            "These are the lowest scores: argsort goes upward.",
        ),
        Mistake(
            _worst_first,
            "The right places, the worst of them first: turn them round.",
        ),
        Mistake(
            _ties_reversed,
            "Ties come out backwards: turning a sorted list round turns "
            "its ties round too. Sort the negated scores instead.",
        ),
        Mistake(
            _values,
            "These are the scores: their places are wanted.",
        ),
        Mistake(
            _in_place_order,
            "The right places, in the order of the table: put the best "
            "first.",
        ),
        Mistake(
            _any_k,
            "Right while k fits. A slice forgives any k in silence: "
            "raise a ValueError where k is not from 1 to the number of "
            "scores.",
        ),
    ),
    hints=(
        "np.argsort gives places, in rising order of score.",
        "Sort the negated scores, and think of equal ones.",
        'Check k, then np.argsort(-scores, kind="stable")[:k].',
    ),
)

# --- axiom: which rule of a metric does a table of distances break? ------


def axiom(d):
    """Return the first axiom that distances d (N, N) break, or "none".

    They are asked in the order "identity", "symmetry", "triangle".
    """
    off = ~np.eye(len(d), dtype=bool)
    if np.any(np.diag(d) != 0) or np.any(d[off] <= 0):
        return "identity"
    if not np.allclose(d, d.T):
        return "symmetry"
    # d[i, k] <= d[i, j] + d[j, k], with j on the middle axis
    detour = d[:, :, None] + d[None, :, :]
    if np.any(d[:, None, :] > detour + 1e-9):
        return "triangle"
    return "none"


def _neighbours_only(d):
    if axiom(d) != "triangle":
        return axiom(d)
    i = np.arange(len(d) - 2)
    broken = d[i, i + 2] > d[i, i + 1] + d[i + 1, i + 2] + 1e-9
    return "triangle" if np.any(broken) else "none"


def _strict_triangle(d):
    if axiom(d) != "none":
        return axiom(d)
    n = len(d)
    for i in range(n):
        for j in range(n):
            for k in range(n):
                if len({i, j, k}) == 3 and d[i, k] >= d[i, j] + d[j, k]:
                    return "triangle"
    return "none"


def _zeros_on_diagonal_only(d):
    if np.any(np.diag(d) != 0):
        return "identity"
    patched = np.where((d <= 0) & ~np.eye(len(d), dtype=bool), 1e-12, d)
    return axiom(patched)


def _no_symmetry(d):
    if axiom(d) == "symmetry":
        upper = np.triu(d) + np.triu(d).T
        return axiom(upper)
    return axiom(d)


def _says_metric(d):
    return "none" if axiom(d) == "triangle" else axiom(d)


_FAN = np.deg2rad([0.0, 45.0, 90.0])
_COSINES = np.cos(_FAN[:, None] - _FAN[None, :])

AXIOM = Exercise(
    reference=axiom,
    cases=(
        (np.array([[0.0, 3.0, 4.0], [3.0, 0.0, 5.0], [4.0, 5.0, 0.0]]),),
        (1 - _COSINES,),
        (np.abs(_FAN[:, None] - _FAN[None, :]),),
        (np.array([[0.0, 2.0], [3.0, 0.0]]),),
        (np.array([[0.5, 2.0], [2.0, 0.0]]),),
        (np.array([[0.0, 0.0, 1.0], [0.0, 0.0, 1.0], [1.0, 1.0, 0.0]]),),
        (np.array([[0.0, 1.0, 1.0], [1.0, 0.0, 9.0], [1.0, 9.0, 0.0]]),),
        (np.array([[0.0, -1.0], [-1.0, 0.0]]),),
    ),
    mistakes=(
        Mistake(
            _says_metric,
            "No detour is ever compared: ask of every i, j, k whether "
            "d[i, k] is more than d[i, j] + d[j, k].",
        ),
        Mistake(
            _neighbours_only,
            "Only detours over the row in between are tried: any third "
            "point can be the shortcut. Try every i, j, k.",
        ),
        Mistake(
            _strict_triangle,
            "A detour of equal length is allowed: three points on a line "
            "are a metric. Report only a detour that is shorter.",
        ),
        Mistake(
            _zeros_on_diagonal_only,
            "Two different points may not be at distance 0 or less: look "
            "off the diagonal too.",
        ),
        Mistake(
            _no_symmetry,
            "The way back is never compared with the way there: d must "
            "equal d.T.",
        ),
    ),
    hints=(
        "Three questions in a fixed order: zeros, d against d.T, detours.",
        "For the detours, three nested loops over i, j, k are enough.",
        "Rounding can make a straight line look bent: allow 1e-9.",
    ),
)

# --- best_score: let the answers choose the score -------------------------


def hits(scores, answers):
    """Return how many rows of scores (N, V) put their answer first."""
    return int((scores.argmax(axis=1) == answers).sum())


def minus_distance(queries, items):
    """Return minus the Euclidean distances (N, V), so that more is nearer."""
    return -np.stack([length(items - q) for q in queries])


def best_score(queries, items, answers):
    """Return "dot", "cosine" or "distance": most answers in first place.

    Of equals, the first of that list.
    """
    tables = {
        "dot": similarity.dot(queries, items),
        "cosine": similarity.cosine(queries, items),
        "distance": minus_distance(queries, items),
    }
    return max(tables, key=lambda name: hits(tables[name], answers))


def _always_cosine(queries, items, answers):
    return "cosine"


def _far_is_near(queries, items, answers):
    tables = {
        "dot": similarity.dot(queries, items),
        "cosine": similarity.cosine(queries, items),
        "distance": -minus_distance(queries, items),
    }
    return max(tables, key=lambda name: hits(tables[name], answers))


def _highest_number(queries, items, answers):
    tables = {
        "dot": similarity.dot(queries, items),
        "cosine": similarity.cosine(queries, items),
        "distance": minus_distance(queries, items),
    }
    return max(tables, key=lambda name: tables[name].max())


def _model(kind):
    """Return (queries, items, answers) of a model made for one score."""
    rng = np.random.default_rng(7)
    items = rng.normal(size=(60, 8))
    lengths = np.exp(rng.normal(size=(60, 1)))
    answers = np.arange(40)
    noise = rng.normal(size=(40, 8))
    if kind == "cosine":
        queries = items[answers] + 0.3 * noise
        return queries, items * lengths, answers
    if kind == "distance":
        items = np.concatenate([items[:20], 2 * items[:20], 3 * items[:20]])
        return items[answers] + 0.1 * noise, items, answers
    if kind == "dot":
        queries = noise
        return (
            queries,
            items * lengths,
            np.argmax(queries @ (items * lengths).T, axis=1),
        )
    items = items / np.linalg.norm(items, axis=1, keepdims=True)
    return items[answers] + 0.05 * noise, items, answers


BEST_SCORE = Exercise(
    reference=best_score,
    cases=tuple(
        _model(kind) for kind in ("cosine", "distance", "dot", "unit")
    ),
    mistakes=(
        Mistake(
            _always_cosine,
            "You always take the cosine. Measure: one of these models "
            "says something with its lengths.",
        ),
        Mistake(
            _far_is_near,
            "The distance has the wrong sign: near means a small distance, "
            "so rank by minus the distance.",
        ),
        Mistake(
            _highest_number,
            "You compared the sizes of the numbers: scores of different "
            "kinds share no scale. Count how often the answer comes first.",
        ),
    ),
    hints=(
        "Compute three tables of scores, each (queries, items).",
        "For each, count the queries whose highest score is their answer.",
        "Return the name with the highest count; on a tie the first of "
        "dot, cosine, distance.",
    ),
)

EXERCISES = {
    "cosine": COSINE,
    "top_k": TOP_K,
    "axiom": AXIOM,
    "best_score": BEST_SCORE,
}
