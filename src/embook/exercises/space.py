"""Exercises of chapters/space.ipynb."""

import numpy as np

from embook import space
from embook.check import Exercise, Mistake

# --- remove: take one direction out of every row -------------------------


def remove(x, direction):
    """Return the rows of x (N, D), each less its shadow on direction (D,)."""
    return space.without(x, direction)


def _shadow(x, direction):
    return space.project(x, direction)


def _subtracted(x, direction):
    return remove(x, direction) * 0 + x - direction


def _length_forgotten(x, direction):
    remove(x, direction)
    return x - (x @ direction)[:, None] * direction


def _length_and_zeros_forgotten(x, direction):
    return x - (x @ direction)[:, None] * direction


def _length_not_squared(x, direction):
    remove(x, direction)
    size = np.sqrt(direction @ direction)
    return x - (x @ direction / size)[:, None] * direction


def _added(x, direction):
    return x + space.project(x, direction)


def _first_row_only(x, direction):
    return x - space.project(x[:1], direction)


def _places_zeroed(x, direction):
    remove(x, direction)
    return np.where(direction != 0, 0.0, x)


def _no_column(x, direction):
    remove(x, direction)
    return x - (x @ direction) / (direction @ direction) * direction


def _row_lengths(x, direction):
    remove(x, direction)
    sizes = (x * x).sum(axis=1)
    return x - (x @ direction / sizes)[:, None] * direction


def _nan_for_zero(x, direction):
    if not np.any(direction):
        return np.full(x.shape, np.nan)
    return remove(x, direction)


def _unchanged_for_zero(x, direction):
    return remove(x, direction) if np.any(direction) else x


REMOVE = Exercise(
    reference=remove,
    cases=(
        (np.array([[3.0, 4.0], [0.0, 2.0]]), np.array([2.0, 2.0])),
        (
            np.array([[1.0, 2.0, 3.0], [4.0, 0.0, -1.0]]),
            np.array([0, 0, 2.0]),
        ),
        (np.array([[1.0, -1.0], [2.0, 5.0]]), np.array([-0.6, 0.8])),
        (np.array([[2.0, 1.0, 0.0, 1.0]]), np.array([1.0, 3.0, -2.0, 0.5])),
        (np.array([[1.0, 2.0]]), np.array([0.0, 0.0])),
    ),
    mistakes=(
        Mistake(
            _shadow,
            "This is the shadow itself: take it off the row.",
        ),
        Mistake(
            _subtracted,
            "You took the whole direction off every row: take off only the "
            "shadow of each row, which differs from row to row.",
        ),
        Mistake(
            _length_forgotten,
            "Right only for a direction of length 1: divide x · direction "
            "by direction · direction.",
        ),
        Mistake(
            _length_and_zeros_forgotten,
            "Right only for a direction of length 1: divide x · direction "
            "by direction · direction, and raise a ValueError where that "
            "is 0.",
        ),
        Mistake(
            _length_not_squared,
            "You divided by the length of the direction once: the direction "
            "stands in the product twice, so divide by "
            "direction · direction, without the root.",
        ),
        Mistake(
            _added,
            "The shadow is added: that doubles the direction. Subtract it.",
        ),
        Mistake(
            _first_row_only,
            "Every row loses the shadow of the first one: work out a shadow "
            "for each row.",
        ),
        Mistake(
            _places_zeroed,
            "You set places to 0: that removes axes, and a direction can "
            "lie between them.",
        ),
        Mistake(
            _no_column,
            "You have one number for each row, but they lie along the "
            "columns: make them a column with [:, None] before you "
            "multiply.",
        ),
        Mistake(
            _row_lengths,
            "You divided by each row · itself: the shadow falls on the "
            "direction, so divide by direction · direction.",
        ),
        Mistake(
            _nan_for_zero,
            "Right, but for a direction of zeros: it returns NaN, which "
            "spreads in silence. Raise a ValueError.",
        ),
        Mistake(
            _unchanged_for_zero,
            "Right, but for a direction of zeros: to return x would claim "
            "that something was removed. Raise a ValueError.",
        ),
    ),
    hints=(
        "Each row is its shadow plus a rest at a right angle. You want the "
        "rest.",
        "The shadow is (x · direction) / (direction · direction) times the "
        "direction.",
        "x - (x @ direction / (direction @ direction))[:, None] * direction, "
        "after a check of direction.any().",
    ),
)

# --- coordinates: one place, two streets ----------------------------------


def coordinates(place, first, second):
    """Return (2,) how often to walk the streets first, second to the place.

    All three are (2,). Raises ValueError where the streets are parallel.
    """
    area = first[0] * second[1] - first[1] * second[0]
    if area == 0:
        raise ValueError("the streets are parallel: they are no basis")
    along = place[0] * second[1] - place[1] * second[0]
    across = first[0] * place[1] - first[1] * place[0]
    return np.array([along / area, across / area])


def _walked(place, first, second):
    coordinates(place, first, second)
    return place[0] * first + place[1] * second


def _walked_unchecked(place, first, second):
    return place[0] * first + place[1] * second


def _dot_products(place, first, second):
    coordinates(place, first, second)
    return np.array([place @ first, place @ second])


def _dot_products_unchecked(place, first, second):
    return np.array([place @ first, place @ second])


def _shadows(place, first, second):
    coordinates(place, first, second)
    return _shadows_unchecked(place, first, second)


def _shadows_unchecked(place, first, second):
    sizes = np.array([first @ first, second @ second])
    return np.array([place @ first, place @ second]) / sizes


def _columns_for_rows(place, first, second):
    coordinates(place, first, second)
    return np.linalg.solve(np.array([first, second]), place)


def _columns_for_rows_unchecked(place, first, second):
    return np.linalg.solve(np.array([first, second]), place)


def _parallel_unchecked(place, first, second):
    return np.linalg.solve(np.array([first, second]).T, place)


def _exchanged(place, first, second):
    return coordinates(place, first, second)[::-1]


def _divided_by_place(place, first, second):
    coordinates(place, first, second)
    return place / (first + second)


def _divided_by_one_number(place, first, second):
    coordinates(place, first, second)
    slope = first[1] / first[0]
    t = (place[1] - slope * place[0]) / (second[1] - slope * second[0])
    return np.array([(place[0] - t * second[0]) / first[0], t])


def _whole_blocks(place, first, second):
    return np.round(coordinates(place, first, second))


def _nearest_anyway(place, first, second):
    streets = np.array([first, second])
    return np.linalg.lstsq(streets.T, place)[0]


def _zero_for_parallel(place, first, second):
    try:
        return coordinates(place, first, second)
    except ValueError:
        return np.zeros(2)


COORDINATES = Exercise(
    reference=coordinates,
    cases=(
        (np.array([4.0, 5.0]), np.array([2.0, 1.0]), np.array([-1.0, 1.0])),
        (np.array([1.0, 0.0]), np.array([2.0, 3.0]), np.array([1.0, 1.0])),
        (np.array([3.0, 4.0]), np.array([1.0, 0.0]), np.array([0.0, 2.0])),
        (np.array([5.0, 1.0]), np.array([0.0, -2.0]), np.array([2.0, 3.0])),
        (np.array([0.0, 0.0]), np.array([3.0, 1.0]), np.array([1.0, 2.0])),
        (np.array([1.0, 2.0]), np.array([1.0, 2.0]), np.array([-2.0, -4.0])),
        (np.array([1.0, 2.0]), np.array([0.0, 0.0]), np.array([1.0, 3.0])),
    ),
    mistakes=(
        Mistake(
            _walked,
            "You walked: this is the place that the numbers would lead to. "
            "Go the other way: find the numbers that lead to the place.",
        ),
        Mistake(
            _walked_unchecked,
            "You walked: this is the place that the numbers would lead to. "
            "Find the numbers that lead to the place, and refuse parallel "
            "streets.",
        ),
        Mistake(
            _dot_products,
            "These are dot products with the streets: they are the "
            "coordinates only if the streets have length 1 and meet at a "
            "right angle.",
        ),
        Mistake(
            _shadows,
            "These are the shadows on the two streets: they add up to the "
            "place only if the streets meet at a right angle. Solve the two "
            "equations instead.",
        ),
        Mistake(
            _dot_products_unchecked,
            "These are dot products with the streets: they are the "
            "coordinates only if the streets have length 1 and meet at a "
            "right angle. And parallel streets want a ValueError.",
        ),
        Mistake(
            _shadows_unchecked,
            "These are the shadows on the two streets: they add up to the "
            "place only if the streets meet at a right angle. Solve the two "
            "equations instead, and refuse parallel streets.",
        ),
        Mistake(
            _columns_for_rows,
            "The streets stand the wrong way round in your equations: the "
            "first equation has the first number of each street.",
        ),
        Mistake(
            _columns_for_rows_unchecked,
            "The streets stand the wrong way round in your equations: the "
            "first equation has the first number of each street. And ask "
            "before you solve whether the streets are parallel.",
        ),
        Mistake(
            _parallel_unchecked,
            "Right while the streets differ. For parallel streets NumPy "
            "complains of a matrix: look first, and raise a ValueError of "
            "your own that speaks of streets.",
        ),
        Mistake(
            _exchanged,
            "The right numbers in the wrong order: the first street comes "
            "first.",
        ),
        Mistake(
            _divided_by_place,
            "You divided place by place: a walk along one street changes "
            "both numbers of the place, so the equations belong together.",
        ),
        Mistake(
            _divided_by_one_number,
            "Right, but for a street that runs due north: you divide by its "
            "first number, and that may be 0. Cross-multiply instead.",
        ),
        Mistake(
            _whole_blocks,
            "You rounded: half a street is allowed, and so is walking "
            "backwards.",
        ),
        Mistake(
            _nearest_anyway,
            "Right while the streets differ. Parallel streets reach one "
            "line only, and have no single answer even there: raise a "
            "ValueError.",
        ),
        Mistake(
            _zero_for_parallel,
            "Right while the streets differ. For parallel streets, 0 and 0 "
            "would claim that you need not walk: raise a ValueError.",
        ),
    ),
    hints=(
        "You look for s and t with s × first + t × second = place. That is "
        "one equation for each of the two numbers.",
        "Multiply the equations so that t falls out when you subtract one "
        "from the other. What s is multiplied by must not be 0.",
        "area = first[0] * second[1] - first[1] * second[0]; then s is "
        "(place[0] * second[1] - place[1] * second[0]) / area, and t is "
        "(first[0] * place[1] - first[1] * place[0]) / area.",
    ),
)

# --- in_span: can the streets reach it? -----------------------------------


def in_span(place, streets):
    """Return whether rows of streets (K, D) combine to the place (D,)."""
    weights, *_ = np.linalg.lstsq(streets.T, place)
    return bool(np.abs(weights @ streets - place).max() < 1e-6)


def _is_a_street(place, streets):
    return bool(np.abs(streets - place).sum(axis=1).min() < 1e-6)


def _multiple_of_one(place, streets):
    return any(in_span(place, street[None]) for street in streets)


def _no_right_angle(place, streets):
    return bool(np.abs(streets @ place).max() > 1e-6)


def _enough_streets(place, streets):
    return len(streets) >= len(place)


def _shadows_added(place, streets):
    kept = streets[(streets != 0).any(axis=1)]
    if not len(kept):
        return in_span(place, streets)
    shadows = [space.project(place[None], s)[0] for s in kept]
    return bool(np.abs(sum(shadows) - place).max() < 1e-6)


def _exactly(place, streets):
    weights, *_ = np.linalg.lstsq(streets.T, place)
    return bool((weights @ streets == place).all())


def _independent_only(place, streets):
    try:
        space.gram_schmidt(streets)
    except ValueError:
        return False
    return in_span(place, streets)


def _dependent_refused(place, streets):
    space.gram_schmidt(streets)
    return in_span(place, streets)


def _zero_is_nowhere(place, streets):
    return in_span(place, streets) and bool(place.any())


_PLANE = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])
_THIRDS = np.array([[1.0, 1.0, 3.0], [1.0, -1.0, 0.7]]) / 3

IN_SPAN = Exercise(
    reference=in_span,
    cases=(
        (np.array([2.0, 3.0, 5.0]), _PLANE),
        (np.array([2.0, 3.0, 4.0]), _PLANE),
        (np.array([1.0, 0.0, 1.0]), _PLANE),
        (np.array([2.0, 0.0, 2.0]), _PLANE),
        (np.array([1.0, 1.0, -1.0]), _PLANE),
        (np.array([1.0, 5.0]), np.array([[1.0, 2.0], [2.0, 4.0]])),
        (np.array([-2.0, -4.0]), np.array([[1.0, 2.0], [2.0, 4.0]])),
        (np.array([0.0, 0.0, 0.0]), _PLANE),
        (np.array([1.0, 3.0]), np.array([[0.0, 0.0], [2.0, 0.0]])),
        (np.array([7.0, 1.0]), np.array([[3.0, 0.0], [1.0, 1.0]])),
        (0.1 * _THIRDS[0] + 0.7 * _THIRDS[1], _THIRDS),
        (np.array([1.0, 1.0, 1.0]), np.array([[1.0, 2.0, 4.0]])),
        (np.array([0.0, 0.0, 1.0]), np.eye(3)[[0, 1, 1]]),
        (np.array([2.0, 3.0, 5.00001]), _PLANE),
        (np.array([2.0, 3.0, 4.99999]), _PLANE),
    ),
    mistakes=(
        Mistake(
            _is_a_street,
            "You looked for the place among the streets: streets may also "
            "be stretched and added.",
        ),
        Mistake(
            _multiple_of_one,
            "You tried each street alone: a walk may use several.",
        ),
        Mistake(
            _no_right_angle,
            "To stand at no right angle is not enough: a place can lean "
            "towards the streets and still lie outside their span. Ask what "
            "is left of it.",
        ),
        Mistake(
            _enough_streets,
            "You counted streets: two parallel streets reach no more than "
            "one, and a single street reaches what lies on it.",
        ),
        Mistake(
            _shadows_added,
            "The shadows on the streets add up to the place only if the "
            "streets meet at right angles. Make them so first.",
        ),
        Mistake(
            _exactly,
            "Right but for rounding: let what is left be smaller than a "
            "millionth, rather than exactly 0.",
        ),
        Mistake(
            _independent_only,
            "Dependent streets still have a span: skip a street that adds "
            "nothing, and go on.",
        ),
        Mistake(
            _dependent_refused,
            "gram_schmidt refuses dependent streets, and yet they have a "
            "span: skip a street that adds nothing, and go on.",
        ),
        Mistake(
            _zero_is_nowhere,
            "The place of zeros lies in every span: walk no street at all.",
        ),
    ),
    hints=(
        "Take off the place all that the streets can reach. Is anything "
        "left?",
        "With streets at right angles you can take off one shadow after "
        "the other. Gram–Schmidt makes them so.",
        "For each street: take off it its shadows on the ones kept; if "
        "anything above 1e-9 is left, keep that, and take off the place its "
        "shadow on it.",
    ),
)

# --- recover: two tables, some known pairs, one hidden rotation -----------


def recover(ours, theirs, pairs):
    """Return theirs (N, D), turned back into the coordinates of ours (V, D).

    Each of pairs is (i, j): row i of ours is row j of theirs.
    """
    here, there = np.array(pairs).T
    return theirs @ space.procrustes(theirs[there], ours[here])


def _as_they_are(ours, theirs, pairs):
    return np.array(theirs)


def _turned_twice(ours, theirs, pairs):
    here, there = np.array(pairs).T
    return theirs @ space.procrustes(ours[here], theirs[there])


def _ours_turned(ours, theirs, pairs):
    here, there = np.array(pairs).T
    return ours @ space.procrustes(ours[here], theirs[there])


def _pairs_only(ours, theirs, pairs):
    return recover(ours, theirs, pairs)[np.array(pairs)[:, 1]]


def _in_the_order_of_ours(ours, theirs, pairs):
    there = [j for _, j in sorted(pairs)]
    return recover(ours, theirs, pairs)[there]


def _in_the_places_of_ours(ours, theirs, pairs):
    here, there = np.array(pairs).T
    out = np.zeros_like(ours)
    out[here] = recover(ours, theirs, pairs)[there]
    return out


def _pairs_ignored(ours, theirs, pairs):
    n = min(len(ours), len(theirs))
    return theirs @ space.procrustes(theirs[:n], ours[:n])


def _pairs_exchanged(ours, theirs, pairs):
    there, here = np.array(pairs).T % [len(theirs), len(ours)]
    return theirs @ space.procrustes(theirs[there], ours[here])


def _pairs_exchanged_plainly(ours, theirs, pairs):
    there, here = np.array(pairs).T
    return theirs @ space.procrustes(theirs[there], ours[here])


def _no_mirror(ours, theirs, pairs):
    here, there = np.array(pairs).T
    left, _, right = np.linalg.svd(theirs[there].T @ ours[here])
    left[:, -1] *= np.sign(np.linalg.det(left @ right))
    return theirs @ left @ right


def _any_matrix(ours, theirs, pairs):
    here, there = np.array(pairs).T
    return theirs @ np.linalg.lstsq(theirs[there], ours[here])[0]


def _matrix_itself(ours, theirs, pairs):
    here, there = np.array(pairs).T
    return space.procrustes(theirs[there], ours[here])


_OURS = np.random.default_rng(3).integers(-5, 6, size=(9, 3)).astype(float)
_TURN = space.rotation(3, 4)
_MIRROR = np.diag([1.0, 1.0, -1.0])
_NOISE = np.random.default_rng(5).normal(size=(9, 3))

RECOVER = Exercise(
    reference=recover,
    cases=(
        (
            np.array([[2.0, 0.0], [0.0, 1.0], [3.0, 3.0]]),
            np.array([[0.0, 2.0], [5.0, 7.0], [-1.0, 0.0], [-3.0, 3.0]]),
            [(0, 0), (1, 2), (2, 3)],
        ),
        (
            _OURS,
            (_OURS @ _TURN)[::-1],
            [(0, 8), (2, 6), (3, 5), (7, 1), (8, 0)],
        ),
        (
            _OURS,
            (_OURS @ _TURN @ _MIRROR)[[4, 2, 0, 1, 3, 5]],
            [(4, 0), (2, 1), (0, 2), (1, 3)],
        ),
        (
            _OURS,
            _OURS @ _TURN + 0.3 * _NOISE,
            [(i, i) for i in range(6)],
        ),
        (
            _OURS[:5],
            3 * _OURS @ _TURN + _NOISE,
            [(4, 4), (3, 3), (2, 2), (0, 0)],
        ),
    ),
    mistakes=(
        Mistake(
            _as_they_are,
            "Nothing was turned: find the rotation from the pairs, and turn "
            "theirs by it.",
        ),
        Mistake(
            _turned_twice,
            "You found the way there and walked it again: the rotation back "
            "takes theirs to ours, so theirs stands on the left.",
        ),
        Mistake(
            _ours_turned,
            "You turned ours into their coordinates: theirs are to be "
            "turned into ours.",
        ),
        Mistake(
            _pairs_only,
            "Only the rows with a partner came back: find the rotation from "
            "the pairs, then turn all rows of theirs.",
        ),
        Mistake(
            _in_the_order_of_ours,
            "You put the rows into the order of ours, and only those with a "
            "partner came back: return all of theirs, in their own order.",
        ),
        Mistake(
            _in_the_places_of_ours,
            "You filled a table like ours: some rows of theirs have no place "
            "in it. Return all of theirs, in their own order.",
        ),
        Mistake(
            _pairs_ignored,
            "You compared row 0 with row 0: a pair (i, j) says that row i "
            "of ours is row j of theirs.",
        ),
        Mistake(
            _pairs_exchanged,
            "You read the pairs the wrong way round: in (i, j), i is a row "
            "of ours and j a row of theirs.",
        ),
        Mistake(
            _pairs_exchanged_plainly,
            "You took i for a row of theirs: in (i, j), i is a row of ours "
            "and j a row of theirs.",
        ),
        Mistake(
            _no_mirror,
            "Right for rotations. The colleague's grid may also be a mirror "
            "image of yours: let the determinant be.",
        ),
        Mistake(
            _any_matrix,
            "Your matrix may stretch as well as turn, so it fits the noise "
            "of the pairs: allow rotations and mirror images only.",
        ),
        Mistake(
            _matrix_itself,
            "This is the rotation: the rows of theirs, turned by it, are "
            "wanted.",
        ),
    ),
    hints=(
        "Two tables are needed in which the partners stand in the same "
        "row: pick the rows by the pairs.",
        "procrustes(a, b) turns a to fit b. Which of your two tables is a?",
        "here, there = np.array(pairs).T, then "
        "theirs @ procrustes(theirs[there], ours[here]).",
    ),
)

EXERCISES = {
    "remove": REMOVE,
    "coordinates": COORDINATES,
    "in_span": IN_SPAN,
    "recover": RECOVER,
}
