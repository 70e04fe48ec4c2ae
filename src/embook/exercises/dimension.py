"""Exercises of chapters/dimension.ipynb."""

import numpy as np

from embook.check import Exercise, Mistake
from embook.norms import length

# --- contrast: farthest over nearest, for one query -----------------------


def contrast(query, rows):
    """Return farthest / nearest distance of rows (V, D) from query (D,).

    A row at distance 0 is refused.
    """
    distances = length(rows - query)
    if distances.min() == 0:
        raise ValueError("a row is the query itself: its distance is 0")
    return distances.max() / distances.min()


def _upside_down(query, rows):
    return 1 / contrast(query, rows)


def _difference(query, rows):
    d = length(rows - query)
    return contrast(query, rows) * d.min() - d.min()


def _relative(query, rows):
    return contrast(query, rows) - 1


def _squared(query, rows):
    return contrast(query, rows) ** 2


def _from_zero(query, rows):
    contrast(query, rows)
    return length(rows).max() / length(rows).min()


def _steps(query, rows):
    contrast(query, rows)
    d = np.abs(rows - query).sum(axis=1)
    return d.max() / d.min()


def _first_and_last(query, rows):
    contrast(query, rows)
    d = length(rows - query)
    return d[-1] / d[0]


def _infinite(query, rows):
    d = length(rows - query)
    return d.max() / d.min()


_PLANE = np.array([[3.0, 4.0], [0.0, 2.0], [6.0, 8.0]])

CONTRAST = Exercise(
    reference=contrast,
    cases=(
        (np.array([0.0, 0.0]), _PLANE),
        (np.array([1.0, 1.0]), _PLANE),
        (np.array([1.0, -2.0, 0.5]), np.arange(12.0).reshape(4, 3) % 5),
        (np.array([1.0, 2.0]), np.array([[1.0, 3.0], [0.0, 2.0]])),
        (np.array([2.0, 0.0]), np.array([[2.0, 0.5], [9.0, 9.0], [4.0, 0]])),
        (np.array([0.0, 2.0]), _PLANE),
    ),
    mistakes=(
        Mistake(
            _upside_down,
            "This is nearest over farthest: turn the fraction over.",
        ),
        Mistake(
            _difference,
            "You subtracted: the contrast asks how many times as far, so "
            "divide.",
        ),
        Mistake(
            _relative,
            "This is (farthest - nearest) / nearest, which some papers use: "
            "it is 1 less than farthest / nearest.",
        ),
        Mistake(
            _squared,
            "These are squared distances: take the roots before you divide.",
        ),
        Mistake(
            _from_zero,
            "You measured from zero: subtract the query from the rows first.",
        ),
        Mistake(
            _steps,
            "You added up absolute differences: that is the Manhattan "
            "distance. Square, add, take the root.",
        ),
        Mistake(
            _first_and_last,
            "You took the first and the last row: look for the smallest and "
            "the largest distance.",
        ),
        Mistake(
            _infinite,
            "A row that equals the query has distance 0, and nothing may be "
            "divided by it: raise a ValueError.",
        ),
    ),
    hints=(
        "Distances first: rows - query, then a length for each row.",
        "If the smallest distance is 0, raise a ValueError.",
        "Otherwise return the largest distance over the smallest.",
    ),
)

# --- distortion: what a projection does to the distances ------------------


def distortion(x, directions):
    """Return the least and the largest ratio (2,) of squared distances.

    After the projection over before, for all pairs of rows of x (N, D);
    directions is (D, K).
    """
    squeezed = x @ directions / np.sqrt(directions.shape[1])
    i, j = np.triu_indices(len(x), 1)
    before = ((x[i] - x[j]) ** 2).sum(axis=1)
    ratios = ((squeezed[i] - squeezed[j]) ** 2).sum(axis=1) / before
    return np.array([ratios.min(), ratios.max()])


def _not_scaled(x, directions):
    return distortion(x, directions) * directions.shape[1]


def _scaled_by_k(x, directions):
    return distortion(x, directions) / directions.shape[1]


def _scaled_by_width(x, directions):
    return distortion(x, directions) * directions.shape[1] / len(directions)


def _not_squared(x, directions):
    return np.sqrt(distortion(x, directions))


def _ratio_turned(x, directions):
    return 1 / distortion(x, directions)[::-1]


def _largest_first(x, directions):
    return distortion(x, directions)[::-1]


def _lengths_only(x, directions):
    squeezed = x @ directions / np.sqrt(directions.shape[1])
    ratios = length(squeezed) ** 2 / length(x) ** 2
    return np.array([ratios.min(), ratios.max()])


def _next_rows_only(x, directions):
    squeezed = np.diff(x, axis=0) @ directions
    ratios = length(squeezed) ** 2 / length(np.diff(x, axis=0)) ** 2
    return np.array([ratios.min(), ratios.max()]) / directions.shape[1]


def _cloud(n, d, k, seed):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)) + 3, rng.normal(size=(d, k))


DISTORTION = Exercise(
    reference=distortion,
    cases=(
        (np.array([[0.0, 0.0], [3.0, 4.0]]), np.array([[1.0, 1], [1, -1]])),
        _cloud(6, 5, 2, 0),
        _cloud(7, 4, 4, 1),
        _cloud(5, 8, 3, 2),
        _cloud(9, 3, 1, 3),
    ),
    mistakes=(
        Mistake(
            _not_scaled,
            "Adding up k squares makes every distance too long: divide the "
            "projection by the root of k.",
        ),
        Mistake(
            _scaled_by_k,
            "You divided the rows by k: the squares are divided twice then. "
            "Divide by the root of k.",
        ),
        Mistake(
            _scaled_by_width,
            "You divided by the root of D, the width before: divide by the "
            "root of k, the width after.",
        ),
        Mistake(
            _not_squared,
            "These are ratios of distances: compare their squares.",
        ),
        Mistake(
            _ratio_turned,
            "This is before over after: turn the fraction over.",
        ),
        Mistake(
            _largest_first,
            "The smallest ratio comes first, the largest second.",
        ),
        Mistake(
            _lengths_only,
            "You compared the lengths of the rows: compare the distances "
            "between all pairs of rows.",
        ),
        Mistake(
            _next_rows_only,
            "Only neighbouring rows were compared: take every pair.",
        ),
    ),
    hints=(
        "Project all rows at once: x @ directions, divided by the root of "
        "the number of directions.",
        "np.triu_indices(len(x), 1) gives every pair of row numbers once.",
        "For each pair: the squared length of the difference after, divided "
        "by the one before. Return the smallest and the largest.",
    ),
)

# --- axes: how many of them hold a share of the variance? -----------------


def axes(variances, share):
    """Return the least number of axes that hold a share of the variance.

    Variances (D,) come in any order; a share not above 0 and at most 1 is
    refused.
    """
    if not 0 < share <= 1:
        raise ValueError(f"share is {share}: above 0, at most 1 is allowed")
    held = np.cumsum(np.sort(variances)[::-1])
    # A billionth of slack: sums carry rounding.
    return int((held < (share - 1e-9) * held[-1]).sum()) + 1


def _unsorted(variances, share):
    axes(variances, share)
    held = np.cumsum(variances)
    return int((held < (share - 1e-9) * held[-1]).sum()) + 1


def _smallest_first(variances, share):
    axes(variances, share)
    held = np.cumsum(np.sort(variances))
    return int((held < (share - 1e-9) * held[-1]).sum()) + 1


def _no_slack(variances, share):
    axes(variances, share)
    largest_first = np.sort(variances)[::-1]
    held = np.cumsum(largest_first)
    parts = np.cumsum(largest_first / variances.sum())
    # Readers divide before, after or not at all; each rounds elsewhere.
    below = (held < share * held[-1]) | (held / held[-1] < share)
    return int((below | (parts < share)).sum()) + 1


def _one_short(variances, share):
    return axes(variances, share) - 1


def _more_than(variances, share):
    axes(variances, share)
    held = np.cumsum(np.sort(variances)[::-1])
    return int((held <= (share + 1e-9) * held[-1]).sum()) + 1


def _deviations(variances, share):
    return axes(np.sqrt(variances), share)


def _squares(variances, share):
    return axes(np.square(variances), share)


def _of_the_largest(variances, share):
    axes(variances, share)
    return int((variances >= share * variances.max()).sum())


def _any_share(variances, share):
    try:
        return axes(variances, share)
    except ValueError:
        return len(variances)


AXES = Exercise(
    reference=axes,
    cases=(
        (np.array([4.0, 3.0, 2.0, 1.0]), 0.7),
        (np.array([1.0, 4.0, 2.0, 3.0]), 0.9),
        (np.array([5.0, 1.0, 1.0, 1.0, 1.0, 1.0]), 0.5),
        (np.array([9.0, 1.0]), 0.05),
        (np.full(10, 0.1), 0.3),
        (np.array([0.7, 0.2, 0.05, 0.05]), 1.0),
        (np.array([1.0, 9.0, 16.0, 4.0, 25.0]), 0.8),
        (np.array([2.0, 1.0, 7.0]), 0.95),
        (np.array([0.2, 0.1, 0.5, 0.7]), 0.8),
        (np.array([3.0, 1.0]), 0.0),
        (np.array([3.0, 1.0]), 1.5),
    ),
    mistakes=(
        Mistake(
            _unsorted,
            "You took the axes as they come: begin with the largest "
            "variance, and they are fewest.",
        ),
        Mistake(
            _smallest_first,
            "You began with the smallest variances: begin with the largest.",
        ),
        Mistake(
            _no_slack,
            "You are right up to rounding: a share reached exactly can come "
            "out as 0.8999… Allow a billionth.",
        ),
        Mistake(
            _one_short,
            "One short: count the axis that reaches the share too.",
        ),
        Mistake(
            _more_than,
            "Exactly the share is enough: do not wait until it is exceeded.",
        ),
        Mistake(
            _deviations,
            "You added up standard deviations: variances add up, their "
            "roots do not.",
        ),
        Mistake(
            _squares,
            "You squared the variances: they are squares already.",
        ),
        Mistake(
            _of_the_largest,
            "You kept the axes that reach a share of the largest variance: "
            "compare the running sum with the total.",
        ),
        Mistake(
            _any_share,
            "A share of 0 or below, or above 1, makes no sense: raise a "
            "ValueError.",
        ),
    ),
    hints=(
        "Sort the variances, the largest first, and add up as you go: "
        "np.cumsum.",
        "The last of these running sums is the total.",
        "Count the running sums that stay below (share - 1e-9) times the "
        "total, and add the one axis that gets there.",
    ),
)

# --- mutual: which neighbours return the favour? --------------------------


def mutual(neighbours):
    """Return whether each neighbour (N, K) lists the row back, (N, K)."""
    theirs = neighbours[neighbours]  # (N, K, K): the lists of those listed
    here = np.arange(len(neighbours))[:, None, None]
    return (theirs == here).any(axis=2)


def _same_place(neighbours):
    places = np.arange(neighbours.shape[1])
    here = np.arange(len(neighbours))[:, None]
    return neighbours[neighbours, places] == here


def _first_only(neighbours):
    here = np.arange(len(neighbours))[:, None]
    return neighbours[neighbours, 0] == here


def _friend_of_a_friend(neighbours):
    theirs = neighbours[neighbours][..., None]
    return (theirs == neighbours[:, None, None]).any(axis=(2, 3))


def _listed_by_anyone(neighbours):
    listed = np.isin(np.arange(len(neighbours)), neighbours)
    return np.repeat(listed[:, None], neighbours.shape[1], axis=1)


def _one_way(neighbours):
    return ~mutual(neighbours)


def _how_many(neighbours):
    return mutual(neighbours).sum(axis=1)


def _all_must(neighbours):
    return np.repeat(
        mutual(neighbours).all(axis=1)[:, None], neighbours.shape[1], axis=1
    )


MUTUAL = Exercise(
    reference=mutual,
    cases=(
        (np.array([[1, 2], [2, 0], [1, 0], [2, 1]]),),
        (np.array([[1], [0], [1], [2]]),),
        (np.array([[1, 2], [3, 2], [0, 3], [4, 1], [3, 0]]),),
        (np.array([[4, 1], [4, 2], [4, 3], [4, 0], [0, 1]]),),
        (np.array([[3, 1], [0, 2], [5, 1], [4, 5], [3, 1], [2, 0]]),),
    ),
    mistakes=(
        Mistake(
            _same_place,
            "The row may stand anywhere in the neighbour's list: look at all "
            "of its places.",
        ),
        Mistake(
            _first_only,
            "You looked at the nearest neighbour of each neighbour: look at "
            "its whole list.",
        ),
        Mistake(
            _friend_of_a_friend,
            "You asked whether two rows have a neighbour in common: ask "
            "whether the neighbour lists this very row.",
        ),
        Mistake(
            _listed_by_anyone,
            "You asked whether anybody lists the row: ask this neighbour's "
            "list.",
        ),
        Mistake(
            _one_way,
            "True and False are exchanged: True means listed back.",
        ),
        Mistake(
            _how_many,
            "You counted: return True or False for each entry of each list.",
        ),
        Mistake(
            _all_must,
            "One answer for the whole list: give each neighbour its own.",
        ),
    ),
    hints=(
        "For row i and its neighbour n: does i stand in neighbours[n]?",
        "Two loops are enough: over the rows, and over each list.",
        "Without loops, neighbours[neighbours] has shape (N, K, K): compare "
        "it with the row numbers, and ask any along the last axis.",
    ),
)

EXERCISES = {
    "contrast": CONTRAST,
    "distortion": DISTORTION,
    "axes": AXES,
    "mutual": MUTUAL,
}
