"""Exercises of chapters/norms.ipynb."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np

from embook import norms
from embook.check import Exercise, Mistake

# --- clip: one vector, and the most that it may measure -------------------


def clip(x, most):
    """Return x (D,), cut to the length `most` where it is longer."""
    (row,) = norms.clip(np.array([x]), most)
    return row


def _each_number(x, most):
    clip(x, most)
    return np.clip(x, -most, most)


def _always(x, most):
    clip(x, most)
    return x * most / np.linalg.norm(x) if x.any() else x


def _to_one(x, most):
    clip(x, most)
    return x / np.linalg.norm(x) if np.linalg.norm(x) > most else x


def _by_taxi(x, most):
    clip(x, most)
    return x * most / max(np.abs(x).sum(), most)


def _by_square(x, most):
    clip(x, most)
    squared = x @ x
    return x * most / squared if squared > most * most else x


def _takes_off(x, most):
    clip(x, most)
    over = max(np.linalg.norm(x) - most, 0)
    return np.sign(x) * np.maximum(np.abs(x) - over, 0)


def _any_most(x, most):
    return x * most / max(np.linalg.norm(x), most)


CLIP = Exercise(
    reference=clip,
    cases=(
        (np.array([6.0, 8.0]), 5.0),
        (np.array([0.3, -0.4]), 5.0),
        (np.array([3.0, 4.0]), 5.0),
        (np.array([-4.0, 4.0, 2.0]), 0.5),
        (np.array([0.0, 0.0]), 2.0),
        (np.array([2.0, -3.0, 6.0, 0.0]), 3.5),
        (np.array([3.0, 4.0]), 0.0),
        (np.array([3.0, 4.0]), -1.0),
    ),
    mistakes=(
        Mistake(
            _each_number,
            "You cut number by number, and that turns the arrow: multiply "
            "all of it by one factor.",
        ),
        Mistake(
            _always,
            "A short vector became longer: leave it as it is, and cut only "
            "what is longer than most.",
        ),
        Mistake(
            _to_one,
            "A long vector came out with length 1: it should have the length "
            "most.",
        ),
        Mistake(
            _by_taxi,
            "You measured as the taxi does: the length here is the crow's, "
            "the root of the sum of squares.",
        ),
        Mistake(
            _by_square,
            "You divided by the squared length: the square root is missing.",
        ),
        Mistake(
            _takes_off,
            "You took something off each number: that turns the arrow. "
            "Multiply all numbers by most / length.",
        ),
        Mistake(
            _any_most,
            "Right, but for a limit of 0 or less, which leaves no direction "
            "as it was: raise a ValueError.",
        ),
    ),
    hints=(
        "Direction stays, so all numbers are multiplied by one factor.",
        "The factor is 1 for a vector that is short enough.",
        "Else it is most / length. Refuse a most that is not above 0.",
    ),
)

# --- shrink: soft thresholding ---------------------------------------------


def shrink(w, amount):
    """Return w (D,), each number moved towards 0 by amount, never past it."""
    return norms.soft_threshold(w, amount)


def _past_zero(w, amount):
    shrink(w, amount)
    return w - np.sign(w) * amount


def _hard(w, amount):
    shrink(w, amount)
    return np.where(np.abs(w) > amount, w, 0.0)


def _negative_lost(w, amount):
    shrink(w, amount)
    return np.maximum(w - amount, 0)


def _sign_lost(w, amount):
    shrink(w, amount)
    return np.maximum(np.abs(w) - amount, 0)


def _divided(w, amount):
    shrink(w, amount)
    return w / (1 + amount)


def _capped(w, amount):
    shrink(w, amount)
    return np.clip(w, -amount, amount)


def _any_amount(w, amount):
    return np.sign(w) * np.maximum(np.abs(w) - amount, 0)


SHRINK = Exercise(
    reference=shrink,
    cases=(
        (np.array([3.0, 1.5, 0.5]), 1.0),
        (np.array([-3.0, -0.5, 2.0, 0.0]), 1.0),
        (np.array([0.25, -0.25, 1.0]), 0.25),
        (np.array([4.0, -7.0, 0.1]), 2.5),
        (np.array([0.3, -2.0]), 0.0),
        (np.array([1.0, 2.0]), -0.5),
    ),
    mistakes=(
        Mistake(
            _past_zero,
            "A small number went past 0 and changed its sign: it must stop "
            "at 0.",
        ),
        Mistake(
            _hard,
            "Small numbers went to 0 and the others stayed (a hard "
            "threshold): every other number moves by amount too.",
        ),
        Mistake(
            _negative_lost,
            "Negative numbers came out as 0: they move up towards 0, by the "
            "same amount.",
        ),
        Mistake(
            _sign_lost,
            "The signs are gone: put the sign of w back.",
        ),
        Mistake(
            _divided,
            "This divides, as the crow's fine does, and nothing becomes "
            "0: subtract the amount instead.",
        ),
        Mistake(
            _capped,
            "This cuts large numbers down to amount: it is the amount that "
            "must come off.",
        ),
        Mistake(
            _any_amount,
            "Right, but a negative amount pushes numbers away from 0: raise "
            "a ValueError.",
        ),
    ),
    hints=(
        "Work with the size, np.abs(w), and put the sign back at the end.",
        "Take the amount off every size; a size below 0 becomes 0.",
        "np.sign(w) * np.maximum(np.abs(w) - amount, 0), and refuse a "
        "negative amount.",
    ),
)

# --- dual: the best dot product with a vector of p-norm 1 ------------------


def dual(x, p):
    """Return the largest dot product of x (D,) with a vector of p-norm 1."""
    return norms.dual_norm(np.array([x]), p).item()


def _own(x, p):
    dual(x, p)
    return np.linalg.norm(x, p)


def _always_crow(x, p):
    dual(x, p)
    return np.linalg.norm(x)


def _upside_down(x, p):
    dual(x, p)
    q = {1: np.inf, np.inf: 1}.get(p, (p - 1) / p)
    return np.linalg.norm(x, q)


def _one_less(x, p):
    dual(x, p)
    q = {1: np.inf, np.inf: 1}.get(p, p - 1)
    return np.linalg.norm(x, q)


def _between_only(x, p):
    dual(x, p)
    q = p / (p - 1)
    return np.linalg.norm(x, q)


def _no_signs(x, p):
    return dual(np.maximum(x, 0), p)


def _no_root(x, p):
    if p in (1, np.inf):
        return dual(x, p)
    return dual(x, p) ** (p / (p - 1))


def _any_p(x, p):
    q = np.inf if p == 1 else 1 if p == np.inf else p / (p - 1)
    return np.linalg.norm(x, q)


DUAL = Exercise(
    reference=dual,
    cases=(
        (np.array([3.0, -4.0]), 1),
        (np.array([3.0, -4.0]), np.inf),
        (np.array([3.0, 4.0, -12.0]), 2),
        (np.array([3.0, -4.0, 5.0]), 1.5),
        (np.array([1.0, -2.0, 0.0, 2.0]), 3),
        (np.array([-1.0, -1.0]), 4.0),
        (np.array([0.0, 0.0]), 1.5),
        (np.array([3.0, 4.0]), 0.5),
    ),
    mistakes=(
        Mistake(
            _own,
            "This is the p-norm itself. The partner has p-norm 1; x is "
            "measured by the other ruler, with 1/p + 1/q = 1.",
        ),
        Mistake(
            _always_crow,
            "This is the crow's length whatever p is. Only p = 2 is its own "
            "partner.",
        ),
        Mistake(
            _upside_down,
            "You took 1 - 1/p for q: that is 1/q. Turn it over.",
        ),
        Mistake(
            _one_less,
            "You took q = p - 1: it is p / (p - 1).",
        ),
        Mistake(
            _between_only,
            "Right in between, but p / (p - 1) breaks at both ends: p = 1 "
            "goes with infinity, and infinity with 1.",
        ),
        Mistake(
            _no_signs,
            "The best partner takes the sign of each number of x, so "
            "negative numbers add as much: use absolute values.",
        ),
        Mistake(
            _no_root,
            "The q-th root is missing at the end.",
        ),
        Mistake(
            _any_p,
            "Right, but for p below 1, where there is no norm: raise a "
            "ValueError.",
        ),
    ),
    hints=(
        "Start with p = 1: put all on the number of the largest size, with "
        "its sign. For infinity every number of the partner may be 1 or -1.",
        "In between it is the q-norm of x, where 1/p + 1/q = 1.",
        "q = p / (p - 1); p = 1 gives the largest |x|, infinity the sum of "
        "|x|. Refuse p below 1.",
    ),
)

# --- promise: which promise does this ruler break? --------------------------

TINY = 1e-6  # rounding: less is nothing


@dataclass(frozen=True)
class Ruler:
    """A candidate: a function from one vector (D,) to a number."""

    name: str
    formula: Callable

    def __call__(self, x):
        """Return the length that this ruler gives x (D,)."""
        return float(self.formula(np.asarray(x, dtype=float)))

    def __repr__(self):
        """Return the name, for a verdict."""
        return self.name


def exceeds(one, other):
    """Return whether one number is more than the other, by a millionth."""
    return one - other > TINY


def promise(ruler, vectors):
    """Return the first promise that ruler breaks on the vectors (N, D).

    "zero", "scale", "triangle", or "none" if it keeps all three.
    """
    nothing = vectors[0] - vectors[0]
    if exceeds(abs(ruler(nothing)), 0):
        return "zero"
    if not all(exceeds(ruler(x), 0) for x in vectors):
        return "zero"
    for x in vectors:
        if exceeds(abs(ruler(2 * x) - 2 * ruler(x)), 0):
            return "scale"
        if exceeds(abs(ruler(-x) - ruler(x)), 0):
            return "scale"
    for x, y in product(vectors, vectors):
        if exceeds(ruler(x + y), ruler(x) + ruler(y)):
            return "triangle"
    return "none"


def _no_triangle(ruler, vectors):
    found = promise(ruler, vectors)
    return "none" if found == "triangle" else found


def _next_row_only(ruler, vectors):
    if promise(ruler, vectors) != "triangle":
        return promise(ruler, vectors)
    for x, y in pairwise(vectors):
        if exceeds(ruler(x + y), ruler(x) + ruler(y)):
            return "triangle"
    return "none"


def _strict(ruler, vectors):
    if promise(ruler, vectors) != "none":
        return promise(ruler, vectors)
    for x, y in product(vectors, vectors):
        if not exceeds(ruler(x) + ruler(y), ruler(x + y)):
            return "triangle"
    return "none"


def _positive_only(ruler, vectors):
    return promise(lambda x: max(ruler(x), ruler(-x)), vectors)


def _any_triangle(ruler, vectors):
    pairs = product(vectors, vectors)
    return any(exceeds(ruler(x + y), ruler(x) + ruler(y)) for x, y in pairs)


def _no_doubling(ruler, vectors):
    if promise(ruler, vectors) != "scale":
        return promise(ruler, vectors)
    if any(exceeds(abs(ruler(-x) - ruler(x)), 0) for x in vectors):
        return "scale"
    return "triangle" if _any_triangle(ruler, vectors) else "none"


def _zero_alone(ruler, vectors):
    if exceeds(abs(ruler(0 * vectors[0])), 0):
        return "zero"
    kept = [x for x in vectors if exceeds(ruler(x), 0)]
    return promise(ruler, np.array(kept))


def _zero_forgotten(ruler, vectors):
    def patched(x):
        return ruler(x) if np.any(x) else 0.0

    return promise(patched, vectors)


def _exact(ruler, vectors):
    for x in vectors:
        if ruler(2 * x) != 2 * ruler(x) or ruler(-x) != ruler(x):
            found = promise(ruler, vectors)
            return "scale" if found != "zero" else found
    return promise(ruler, vectors)


def _triangle_first(ruler, vectors):
    if _any_triangle(ruler, vectors):
        return "triangle"
    return promise(ruler, vectors)


def _half(x):
    """Return the formula at p = 0.5 of a vector x (D,)."""
    return np.sqrt(np.abs(x)).sum() ** 2


_PLANE = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [-2.0, 1.0]])
# At p = 0.5 neighbours in this list keep the promise, and first with last
# break it; their difference does not.
_APART = np.array([[3.0, 1.0], [-1.0, 3.0], [1.0, 3.0]])
_LINE = np.array([[1.0, 2.0, 2.0], [2.0, 4.0, 4.0], [-3.0, 0.0, 4.0]])

PROMISE = Exercise(
    reference=promise,
    cases=(
        (Ruler("the crow", np.linalg.norm), _LINE),
        (Ruler("p = 0.5", _half), _PLANE),
        (Ruler("numbers that are not 0", np.count_nonzero), _PLANE),
        (Ruler("largest minus smallest", np.ptp), _PLANE),
        (Ruler("sideways 1, upwards 3", lambda x: abs(x) @ [1, 3]), _PLANE),
        (Ruler("the squared crow", lambda x: x @ x), _PLANE / 4),
        (Ruler("the taxi", lambda x: abs(x).sum()), _APART),
        (Ruler("p = 0.5", _half), _APART),
        (
            Ruler("uphill", lambda x: abs(x).sum() + 0.5 * x.sum()),
            _PLANE / 4,
        ),
        (Ruler("the taxi and 1", lambda x: 1 + abs(x).sum()), _PLANE),
        (
            Ruler("the king to 9 digits", lambda x: round(abs(x).max(), 9)),
            np.array([[1 / 3, 1 / 7], [2 / 3, 1 / 9]]),
        ),
        (
            Ruler("root of the taxi", lambda x: abs(x).sum() ** 0.5),
            _PLANE,
        ),
    ),
    mistakes=(
        Mistake(
            _no_triangle,
            "No sum is ever measured: ask of every two vectors whether "
            "ruler(x + y) is more than ruler(x) + ruler(y).",
        ),
        Mistake(
            _next_row_only,
            "Only neighbours in the list are added: try every two vectors.",
        ),
        Mistake(
            _strict,
            "A detour of equal length is allowed: report only a sum that "
            "is longer than both together.",
        ),
        Mistake(
            _positive_only,
            "You tried no negative factor: pointed the opposite way, a "
            "vector must be as long as before.",
        ),
        Mistake(
            _no_doubling,
            "You did not double: twice the vector must be twice as long.",
        ),
        Mistake(
            _zero_alone,
            "A vector that is not zero may not measure 0 either: look at "
            "the vectors of the list too.",
        ),
        Mistake(
            _zero_forgotten,
            "The zero vector itself was not measured: it must have length 0.",
        ),
        Mistake(
            _exact,
            "Computed lengths carry rounding: compare with a millionth, not "
            "exactly.",
        ),
        Mistake(
            _triangle_first,
            "Right promises, wrong order: report zero before scale, and "
            "scale before triangle.",
        ),
    ),
    hints=(
        "Three questions in a fixed order; return at the first that fails.",
        "zero: ruler(0 * x) is 0, and every vector of the list measures "
        "more. scale: try 2 * x and -x.",
        "triangle: two nested loops over the vectors, and "
        "ruler(x + y) > ruler(x) + ruler(y) + 1e-6.",
    ),
)

EXERCISES = {
    "clip": CLIP,
    "shrink": SHRINK,
    "dual": DUAL,
    "promise": PROMISE,
}
