"""Exercises of chapters/distance.ipynb."""

import operator

import numpy as np

from embook import distance
from embook.check import Exercise, Mistake

# --- minkowski: two single vectors, D numbers each ----------------------


def minkowski(a, b, p):
    """Return the p-distance of two vectors (D,); p below 1 is refused."""
    return distance.minkowski(np.array([a]), np.array([b]), p).item()


def _no_absolute_values(a, b, p):
    d = a - b
    return d.max() if p == np.inf else (d**p).sum() ** (1 / p)


def _no_root(a, b, p):
    d = np.abs(a - b)
    return d.max() if p == np.inf else (d**p).sum()


def _always_two(a, b, p):
    return np.sqrt(((a - b) ** 2).sum())


def _square_root(a, b, p):
    d = np.abs(a - b)
    return d.max() if p == np.inf else np.sqrt((d**p).sum())


def _infinite_power(a, b, p):
    return (np.abs(a - b) ** p).sum() ** (1 / p)


def _smallest(a, b, p):
    return np.abs(a - b).min() if p == np.inf else minkowski(a, b, p)


def _mean(a, b, p):
    d = np.abs(a - b)
    return d.max() if p == np.inf else (d**p).mean() ** (1 / p)


def _of_lengths(a, b, p):
    zero = np.zeros_like(a)
    return abs(minkowski(a, zero, p) - minkowski(b, zero, p))


def _precedence(a, b, p):
    d = np.abs(a - b)
    return d.max() if p == np.inf else (d**p).sum() ** 1 / p


def _any_p(a, b, p):
    d = np.abs(a - b)
    return d.max() if p == np.inf else (d**p).sum() ** (1 / p)


MINKOWSKI = Exercise(
    reference=minkowski,
    cases=(
        (np.array([1.0, 1.0]), np.array([4.0, 5.0]), 2),
        (np.array([1.0, 1.0]), np.array([4.0, 5.0]), 1),
        (np.array([1.0, 5.0]), np.array([4.0, -2.0]), np.inf),
        (np.array([1.0, 1.0]), np.array([4.0, 5.0]), np.inf),
        (np.array([0.0, 0.0, 0.0]), np.array([3.0, -4.0, 5.0]), 3),
        (
            np.array([2.0, -1.0, 0.5, 7.0]),
            np.array([0.0, 1.0, 0.5, 3.0]),
            1.5,
        ),
        (np.array([9.0, -9.0]), np.array([9.0, -9.0]), 4),
        (np.array([6.0, 8.0]), np.array([-8.0, 6.0]), 2),
        (np.array([1.0, 0.0]), np.array([0.0, 1.0]), 0.5),
        (np.array([1.0, 0.0]), np.array([0.0, 1.0]), 0.999),
    ),
    mistakes=(
        Mistake(
            _no_absolute_values,
            "A negative difference slips through: take absolute values "
            "before the power, and before the largest.",
        ),
        Mistake(
            _no_root,
            "This is the sum of the powers: the p-th root is missing.",
        ),
        Mistake(
            _always_two,
            "This is the Euclidean distance whatever p says.",
        ),
        Mistake(
            _square_root,
            "You took the square root: the p-th root is x ** (1 / p).",
        ),
        Mistake(
            _infinite_power,
            "At p = infinity no power will do: it is the largest difference.",
        ),
        Mistake(
            _smallest,
            "At p = infinity the largest difference counts, not the "
            "smallest.",
        ),
        Mistake(
            _mean,
            "You took the mean of the powers: add them up.",
        ),
        Mistake(
            _of_lengths,
            "You compared two lengths. Two posts can be equally far from "
            "you and far from each other: subtract the vectors first.",
        ),
        Mistake(
            _precedence,
            "x ** 1 / p is (x ** 1) / p: put 1 / p in brackets.",
        ),
        Mistake(
            _any_p,
            "Right from p = 1 on. Below 1 a detour can be shorter than the "
            "straight way: raise a ValueError.",
        ),
    ),
    hints=(
        "First the differences, place by place, without their signs.",
        "For a finite p: power, sum, root. For np.inf: the largest.",
        "if p < 1: raise ValueError. d = np.abs(a - b); return d.max() if "
        "p == np.inf else (d**p).sum() ** (1 / p).",
    ),
)

# --- pairwise: all distances of two tables -------------------------------


def pairwise(a, b):
    """Return the Euclidean distances (N, V) of a (N, D) and b (V, D)."""
    return distance.euclidean(a, b)


def _expanded(a, b):
    return distance.euclidean_expanded(a, b)


def _unclipped(a, b):
    squares = (a * a).sum(axis=1)[:, None] + (b * b).sum(axis=1)
    return np.sqrt(squares - 2 * a @ b.T)


def _expanded_in_double(a, b):
    return _expanded(a.astype(float), b.astype(float))


def _squared(a, b):
    return pairwise(a, b) ** 2


def _row_by_row(a, b):
    return np.sqrt(((a - b) ** 2).sum(axis=1))


def _turned(a, b):
    return pairwise(b, a)


def _absolute(a, b):
    return distance.manhattan(a, b)


def _wrong_axis(a, b):
    return np.sqrt(((a[:, None] - b) ** 2).sum(axis=1))


def _within(a, b):
    return pairwise(a, a)


def _each_centred(a, b):
    return pairwise(a - a.mean(axis=0), b - b.mean(axis=0))


def _one_moved(a, b):
    return pairwise(a - a[0], b)


_POSTS = np.array([[0, 0], [3, 4], [8, 15], [20, 21]], np.float32)
_FAR = np.array([600_000, 200_000], np.float32)

PAIRWISE = Exercise(
    reference=pairwise,
    cases=(
        (np.array([[1.0, 1.0]]), np.array([[4.0, 5.0], [1.0, 1.0]])),
        (
            np.array([[1.0, 0.0, 2.0], [0.0, -1.0, 5.0]]),
            np.array([[0.0, 0.0, 0.0], [2.0, 2.0, 1.0], [1.0, 0.0, 2.5]]),
        ),
        (_POSTS[:2], _POSTS[2:]),
        (_POSTS + _FAR, _POSTS[1:] + _FAR),
        (_POSTS.astype(float) + 1e9, _POSTS[:3].astype(float) + 1e9),
        (np.arange(12.0).reshape(6, 2), np.ones((6, 2))),
    ),
    mistakes=(
        Mistake(
            _expanded,
            "Right near the origin. Far out, a·a − 2 a·b + b·b subtracts "
            "huge numbers that agree in almost every digit. Subtract the "
            "rows first, or take one common point off both tables.",
        ),
        Mistake(
            _unclipped,
            "a·a − 2 a·b + b·b came out below zero, and the root is NaN. "
            "Setting it to 0 would hide that: subtract the rows first.",
        ),
        Mistake(
            _expanded_in_double,
            "64 bits move the limit and do not remove it: one case lies "
            "farther out. Subtract the rows first.",
        ),
        Mistake(_squared, "These are the squares: take the root."),
        Mistake(
            _row_by_row,
            "a - b pairs row 0 with row 0, or stops. Every row of a is to "
            "meet every row of b: give a an axis more, a[:, None].",
        ),
        Mistake(
            _turned,
            "Rows and columns are exchanged: row i of the answer belongs "
            "to row i of a.",
        ),
        Mistake(
            _absolute,
            "These are sums of absolute differences, the taxi's way: "
            "square, add, take the root.",
        ),
        Mistake(
            _wrong_axis,
            "You added up along the wrong axis: the differences have shape "
            "(N, V, D), and the numbers of one pair lie on the last.",
        ),
        Mistake(_within, "You compared a with itself: b does not count."),
        Mistake(
            _each_centred,
            "You took a mean of its own off each table, which moves one "
            "against the other. Take the same point off both.",
        ),
        Mistake(
            _one_moved,
            "You moved a alone. After a = a - a[0] the new a[0] is zero, "
            "and takes nothing off b: keep the point under a name first.",
        ),
    ),
    hints=(
        "a[:, None] has shape (N, 1, D): what does a[:, None] - b have?",
        "The differences are (N, V, D). Square them, add along the last "
        "axis, take the root.",
        "np.sqrt(((a[:, None] - b) ** 2).sum(axis=2))",
    ),
)

# --- nearest: an exact search that skips rows ------------------------------


def nearest(query, table, pivot):
    """Return the place of the row nearest to query (D,), and what it took.

    Rows of table (V, D) are measured in the order of |d(query, pivot) −
    d(row, pivot)|, below which no distance can fall. The second number is
    how many distances from the query to a row were worked out.
    """
    to_pivot = distance.euclidean(np.array([pivot]), table).ravel()
    here = distance.euclidean(np.array([pivot]), np.array([query])).item()
    least = np.abs(to_pivot - here)
    best, place, measured = np.inf, None, 0
    for i in np.argsort(least, kind="stable"):
        if least[i] >= best:
            break
        row = np.array([table[i]])
        d = distance.euclidean(np.array([query]), row).item()
        measured += 1
        if d < best:
            best, place = d, int(i)
    return place, measured


def _far(a, b):
    return np.sqrt(((a - b) ** 2).sum(axis=-1))


def _by_bound(least):
    return np.argsort(least, kind="stable")


def _search(
    query,
    table,
    pivot,
    bound,
    order=_by_bound,
    goes_on=False,
    far=_far,
    stop=operator.ge,
    better=operator.lt,
):
    least = bound(far(table, pivot), far(query, pivot))
    best, place, measured = np.inf, -1, 0
    for i in order(least):
        if stop(least[i], best):
            if goes_on:
                continue
            break
        measured += 1
        if better(far(query, table[i]), best):
            best, place = far(query, table[i]), int(i)
    return place, measured


def _apart(to_pivot, here):
    return np.abs(to_pivot - here)


def _every_row(query, table, pivot):
    return nearest(query, table, pivot)[0], len(table)


def _signed(query, table, pivot):
    return _search(query, table, pivot, lambda to, here: to - here)


def _added(query, table, pivot):
    return _search(query, table, pivot, lambda to, here: to + here)


def _in_table_order(query, table, pivot):
    rows = range(len(table))
    return _search(query, table, pivot, _apart, lambda _: rows, goes_on=True)


def _goes_on_at_equal(query, table, pivot):
    return _search(query, table, pivot, _apart, stop=operator.gt)


def _later_of_equals(query, table, pivot):
    return _search(query, table, pivot, _apart, better=operator.le)


def _largest_first(query, table, pivot):
    def order(least):
        return np.argsort(-least, kind="stable")

    return _search(query, table, pivot, _apart, order)


def _all_squared(query, table, pivot):
    return _search(
        query, table, pivot, _apart, far=lambda a, b: _far(a, b) ** 2
    )


def _bound_squared(query, table, pivot):
    return _search(
        query, table, pivot, lambda to, here: np.abs(to**2 - here**2)
    )


def _best_squared(query, table, pivot):
    def bound(to, here):
        return np.abs(np.sqrt(to) - np.sqrt(here))

    return _search(
        query, table, pivot, bound, far=lambda a, b: _far(a, b) ** 2
    )


def _first_only(query, table, pivot):
    least = np.abs(
        np.linalg.norm(table - pivot, axis=1) - np.linalg.norm(query - pivot)
    )
    return int(least.argmin()), 1


def _counts_the_pivot(query, table, pivot):
    place, measured = nearest(query, table, pivot)
    return place, measured + 1


def _how_far(query, table, pivot):
    place, measured = nearest(query, table, pivot)
    return np.linalg.norm(table[place] - query), measured


def _how_many_skipped(query, table, pivot):
    place, measured = nearest(query, table, pivot)
    return place, len(table) - measured


def _nearest_to_pivot(query, table, pivot):
    return _search(query, table, pivot, lambda to, _: to)


_TOWN = np.random.default_rng(5).uniform(0, 10, (60, 2)).round(2)
_ROOM = np.random.default_rng(6).normal(size=(40, 6)).round(2)
_TIED = np.array([[9.0, 9.0], [3.0, 4.0], [3.0, -4.0], [-6.0, 0.0]])
_LINE = np.array([[9.0], [2.0], [7.0], [4.0], [0.0]])

NEAREST = Exercise(
    reference=nearest,
    cases=(
        (np.array([5.0]), _LINE, np.array([0.0])),
        (np.array([1.0]), _LINE, np.array([1.0])),
        (np.array([4.0]), _LINE, np.array([9.0])),
        (np.array([5.0, 5.0]), _TOWN, np.array([0.0, 0.0])),
        (np.array([1.0, 9.0]), _TOWN, np.array([5.0, 5.0])),
        (np.array([8.0, 2.5]), _TOWN, np.array([-20.0, 3.0])),
        (np.zeros(2), _TIED, np.array([-10.0, 0.0])),
        (np.zeros(6), _ROOM, np.ones(6)),
        (np.ones(6), _ROOM, np.zeros(6)),
        (_ROOM[7], _ROOM, np.array([3.0, 0.0, 0.0, -1.0, 0.0, 0.0])),
    ),
    mistakes=(
        Mistake(
            _every_row,
            "The right row, and no row was skipped. Stop as soon as the "
            "bound says that no row still to come can be nearer.",
        ),
        Mistake(
            _signed,
            "The bound lacks its absolute value: a row much nearer to the "
            "pivot than the query is far from the query too.",
        ),
        Mistake(
            _added,
            "A sum of two sides says how far a row can be at most. The "
            "difference says how far it is at least.",
        ),
        Mistake(
            _in_table_order,
            "You skip rows, and take them as the table has them. Take the "
            "smallest bound first: near rows come early, and you can stop.",
        ),
        Mistake(
            _goes_on_at_equal,
            "You go on when a bound equals the best distance. Such a row "
            "cannot be nearer: stop at the first bound not below it.",
        ),
        Mistake(
            _later_of_equals,
            "Of equally near rows you keep the last one visited: a row "
            "takes the place only if it is nearer.",
        ),
        Mistake(
            _largest_first,
            "You take the largest bound first. No row so far was nearer "
            "than its bound, so you never stop: sort the other way.",
        ),
        Mistake(
            _all_squared,
            "You measure in squares. The triangle inequality does not hold "
            "for them: take the roots first.",
        ),
        Mistake(
            _bound_squared,
            "Your bound is a difference of squares. The triangle inequality "
            "does not hold for squares: take the roots first.",
        ),
        Mistake(
            _best_squared,
            "You compare a bound with a squared distance: take the root of "
            "the distance to the row as well.",
        ),
        Mistake(
            _first_only,
            "The row with the smallest bound need not be the nearest: the "
            "bound says 'at least', not 'exactly'. Go on until it is safe.",
        ),
        Mistake(
            _counts_the_pivot,
            "Count distances from the query to rows alone; the one to the "
            "pivot is not counted.",
        ),
        Mistake(
            _how_far,
            "That is how far the nearest row is: its place is wanted.",
        ),
        Mistake(
            _how_many_skipped,
            "You counted the rows that you skipped: the others are wanted.",
        ),
        Mistake(
            _nearest_to_pivot,
            "You go by the distance to the pivot alone. Compare it with "
            "the query's own distance to the pivot.",
        ),
    ),
    hints=(
        "Put all distances to the pivot into one array, and take the "
        "query's own off it: without their signs, these are the bounds.",
        "Go through np.argsort(bounds, kind='stable'), and remember the "
        "best distance so far.",
        "Stop at the first row whose bound is not below the best distance; "
        "else measure it, count it, and keep it if it is nearer.",
    ),
)

EXERCISES = {
    "minkowski": MINKOWSKI,
    "pairwise": PAIRWISE,
    "nearest": NEAREST,
}
