"""Exercises of chapters/similarity.ipynb."""

import numpy as np

from embook import similarity
from embook.check import Exercise, Mistake
from embook.norms import length

# --- cosine: two single vectors, D numbers each -------------------------


def cosine(a, b):
    """Return the cosine of two vectors (D,); a zero vector is refused."""
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


def _precedence(a, b):
    return np.dot(a, b) / np.sqrt(np.dot(a, a)) * np.sqrt(np.dot(b, b))


def _city_block(a, b):
    return np.dot(a, b) / (np.abs(a).sum() * np.abs(b).sum())


def _centred(a, b):
    return cosine(a - a.mean(), b - b.mean())


def _two_entries(a, b):
    return cosine(a[:2], b[:2])


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
        (np.array([1.0, 0.0, 2.0]), np.array([-4.0, 5.0, 3.0])),
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
            _precedence,
            "You divided by one length and multiplied by the other: "
            "x / y * z is (x / y) * z. Put the product of the lengths in "
            "brackets.",
        ),
        Mistake(
            _city_block,
            "These lengths are sums of absolute values: square the "
            "entries, add, and take the root.",
        ),
        Mistake(
            _centred,
            "You took the means off first: that is Pearson's r. The cosine "
            "takes the vectors as they are.",
        ),
        Mistake(
            _two_entries,
            "Only the first two entries are used: vectors can have any "
            "width.",
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


def _best_last(scores, k):
    return np.argsort(scores, kind="stable")[-k:]


def _zeroed(scores, k):
    left, places = np.array(scores), []
    for _ in range(k):
        places.append(int(left.argmax()))
        left[places[-1]] = 0.0
    return places


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
        (np.array([-1.0, -2.0, -3.0, -0.5]), 3),
        (np.arange(40.0) % 3, 9),
        (np.array([0.4, 0.6]), 1),
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
            _best_last,
            "The right places, the best of them last, and ties cut off at "
            "the wrong end: sort the negated scores and take the front.",
        ),
        Mistake(
            _zeroed,
            "A score that was used is set to 0, and 0 beats every negative "
            "score: use -np.inf, on a copy.",
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


TINY = 1e-6  # rounding: less is nothing


def axiom(d):
    """Return the first axiom that distances d (N, N) break, or "none".

    They are asked in the order "identity", "symmetry", "triangle".
    """
    if np.any((d > TINY) == np.eye(len(d), dtype=bool)):
        return "identity"
    if np.any(np.abs(d - d.T) > TINY):
        return "symmetry"
    # d[i, k] <= d[i, j] + d[j, k], with j on the middle axis
    detour = d[:, :, None] + d[None, :, :]
    if np.any(d[:, None, :] - detour > TINY):
        return "triangle"
    return "none"


def _neighbours_only(d):
    if axiom(d) != "triangle":
        return axiom(d)
    i = np.arange(len(d) - 2)
    broken = d[i, i + 2] > d[i, i + 1] + d[i + 1, i + 2] + TINY
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


def _diagonal_only(d):
    if np.any(np.abs(np.diag(d)) > TINY):
        return "identity"
    apart = np.where((d <= TINY) & ~np.eye(len(d), dtype=bool), 1e-3, d)
    return axiom(apart)


def _no_rounding(d):
    return "identity" if np.any(np.diag(d) != 0) else axiom(d)


def _no_symmetry(d):
    if axiom(d) == "symmetry":
        upper = np.triu(d) + np.triu(d).T
        return axiom(upper)
    return axiom(d)


def _says_metric(d):
    return "none" if axiom(d) == "triangle" else axiom(d)


_FAN = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])

AXIOM = Exercise(
    reference=axiom,
    cases=(
        (np.array([[0.0, 3.0, 4.0], [3.0, 0.0, 5.0], [4.0, 5.0, 0.0]]),),
        (1 - similarity.cosine(_FAN, _FAN),),
        (similarity.angle(_FAN, _FAN),),
        (np.array([[0.0, 2.0], [3.0, 0.0]]),),
        (np.array([[0.5, 2.0], [2.0, 0.0]]),),
        (np.array([[0.0, 0.0, 1.0], [0.0, 0.0, 1.0], [1.0, 1.0, 0.0]]),),
        (np.array([[0.0, 1.0, 1.0], [1.0, 0.0, 9.0], [1.0, 9.0, 0.0]]),),
        (np.array([[0.0, -1.0], [-1.0, 0.0]]),),
        (np.array([[0.0, 1.0, 2.0], [1.0, 0.0, 1.0], [2.0, 1.0, 0.0]]),),
        (np.array([[0.0, 1.0], [1.0 + 1e-8, -1e-8]]),),
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
            _diagonal_only,
            "Two different points may not be at distance 0 or less: look "
            "off the diagonal too.",
        ),
        Mistake(
            _no_rounding,
            "A distance of 0.00000001 from a point to itself is rounding: "
            "compare with 1e-6, not with 0.",
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
        "Identity has two halves: about 0 on the diagonal, and above 1e-6 "
        "everywhere else.",
    ),
)

# --- best_score: let the answers choose the score -------------------------


def hits(scores, answers):
    """Return how many rows of scores (N, V) put their answer first."""
    return int((scores.argmax(axis=1) == answers).sum())


def minus_distance(queries, items):
    """Return minus the Euclidean distances (N, V), so that more is nearer."""
    return -np.stack([length(items - q) for q in queries])


def score_tables(queries, items):
    """Return the three tables of scores (N, V), by name."""
    return {
        "dot": similarity.dot(queries, items),
        "cosine": similarity.cosine(queries, items),
        "distance": minus_distance(queries, items),
    }


def most_hits(tables, answers):
    """Return the name of the table that puts most answers first."""
    return max(tables, key=lambda name: hits(tables[name], answers))


def best_score(queries, items, answers):
    """Return "dot", "cosine" or "distance": most answers in first place.

    Of equals, the first of that list.
    """
    return most_hits(score_tables(queries, items), answers)


def _always_cosine(queries, items, answers):
    return "cosine"


def _always_dot(queries, items, answers):
    return "dot"


def _always_distance(queries, items, answers):
    return "distance"


def _first_query_only(queries, items, answers):
    return best_score(queries[:1], items, answers[:1])


def _lengths_forgotten(queries, items, answers):
    tables = score_tables(queries, items)
    tables["cosine"] = tables["dot"] / length(queries)[:, None]
    return most_hits(tables, answers)


def _far_is_near(queries, items, answers):
    tables = score_tables(queries, items)
    tables["distance"] = -tables["distance"]
    return most_hits(tables, answers)


def _highest_number(queries, items, answers):
    tables = score_tables(queries, items)
    return max(tables, key=lambda name: tables[name].max())


def _model(kind, seed, scale=1.0):
    """Return (queries, items, answers) of a model made for one score."""
    rng = np.random.default_rng(seed)
    items = rng.normal(size=(60, 8))
    lengths = np.exp(rng.normal(size=(60, 1)))
    answers = np.arange(40)
    noise = rng.normal(size=(40, 8))
    queries = items[answers] + 0.3 * noise
    if kind == "cosine":
        items = items * lengths
    elif kind == "distance":
        items = np.concatenate([items[:20], 2 * items[:20], 3 * items[:20]])
        # Parallel rows would tie, and rounding would choose among them.
        items += 0.05 * rng.normal(size=items.shape)
        queries = items[answers] + 0.1 * noise
    elif kind == "dot":
        items, queries = items * lengths, noise
        answers = np.argmax(queries @ items.T, axis=1)
    else:
        items = items / np.linalg.norm(items, axis=1, keepdims=True)
    return queries * scale, items * scale, answers


BEST_SCORE = Exercise(
    reference=best_score,
    cases=(
        _model("cosine", 1),
        _model("distance", 2),
        _model("dot", 3),
        _model("unit", 4),
        _model("cosine", 5, 0.1),
        _model("distance", 11, 0.1),
        _model("dot", 7, 0.1),
    ),
    mistakes=(
        Mistake(
            _always_cosine,
            "You seem to take the cosine whatever the model. Some of these "
            "models say something with their lengths: count the hits.",
        ),
        Mistake(
            _always_dot,
            "You seem to take the dot product whatever the model: count "
            "the hits of all three.",
        ),
        Mistake(
            _always_distance,
            "You seem to take the distance whatever the model: count the "
            "hits of all three.",
        ),
        Mistake(
            _first_query_only,
            "It looks as if one query decides: count the hits of all of "
            "them.",
        ),
        Mistake(
            _lengths_forgotten,
            "The cosine must divide by the lengths of the items: dividing "
            "by the length of the query alone changes no ranking.",
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
