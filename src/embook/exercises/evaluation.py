"""Exercises of chapters/evaluation.ipynb."""

from itertools import combinations

import numpy as np

from embook import evaluation
from embook.check import Exercise, Mistake

# --- ranks: equal numbers share a rank ------------------------------------


def _above(x):
    x = np.asarray(x)
    return (x[None] < x[:, None]).sum(axis=1)


def _level(x):
    x = np.asarray(x)
    return (x[None] == x[:, None]).sum(axis=1)


def _order(x):
    return np.argsort(x, kind="stable") + 1


def _in_turn(x):
    return np.argsort(np.argsort(x, kind="stable"), kind="stable") + 1


def _lowest(x):
    return _above(x) + 1


def _highest(x):
    return _above(x) + _level(x)


def _dense(x):
    return np.unique(x, return_inverse=True)[1] + 1


def _downwards(x):
    return evaluation.ranks(-np.asarray(x))


def _from_zero(x):
    return evaluation.ranks(x) - 1


RANKS = Exercise(
    reference=evaluation.ranks,
    cases=(
        (np.array([7.0, 5.0, 9.0, 7.0]),),
        (np.array([3.0, 1.0, 2.0]),),
        (np.array([2.0, 2.0, 2.0]),),
        (np.array([0.5, -1.0, 0.5, 8.0, 0.5, -1.0]),),
        (np.array([4.0, 3.0, 2.0, 1.0]),),
        (np.array([6.0]),),
    ),
    mistakes=(
        Mistake(
            _order,
            "argsort says which number comes first, second and so on. A rank "
            "says for each number how far up it stands.",
        ),
        Mistake(
            _in_turn,
            "Right where no two are equal. Equal numbers must share the mean "
            "of the ranks that they fill together.",
        ),
        Mistake(
            _lowest,
            "Equal numbers all get the lowest of the ranks that they fill: "
            "give them the mean of those ranks.",
        ),
        Mistake(
            _highest,
            "Equal numbers all get the highest of the ranks that they fill: "
            "give them the mean of those ranks.",
        ),
        Mistake(
            _dense,
            "You number the different values. After two equal numbers the "
            "next rank must skip one: ranks count numbers, not values.",
        ),
        Mistake(_downwards, "Rank 1 goes to the smallest, not the largest."),
        Mistake(_from_zero, "Ranks are counted from 1."),
    ),
    hints=(
        "How many numbers are smaller than x, and how many equal to it?",
        "With s smaller and e equal ones, itself included, the ranks s + 1 "
        "to s + e are shared.",
        "The mean of those is s + (e + 1) / 2. Compare x[:, None] with x.",
    ),
)

# --- lead: an interval for a difference -----------------------------------


def lead(one, other, draws):
    """Return the middle 95% of the lead of one over other, over the draws."""
    leads = [np.mean(one[draw]) - np.mean(other[draw]) for draw in draws]
    return np.quantile(leads, [0.025, 0.975])


def _two_intervals(one, other, draws):
    a, b = one[draws].mean(axis=1), other[draws].mean(axis=1)
    a, b = np.quantile(a, [0.025, 0.975]), np.quantile(b, [0.025, 0.975])
    return np.array([a[0] - b[1], a[1] - b[0]])


def _same_ends(one, other, draws):
    a, b = one[draws].mean(axis=1), other[draws].mean(axis=1)
    return np.quantile(a, [0.025, 0.975]) - np.quantile(b, [0.025, 0.975])


def _own_draws(one, other, draws):
    leads = one[draws].mean(axis=1) - other[draws[::-1]].mean(axis=1)
    return np.quantile(leads, [0.025, 0.975])


def _ninety(one, other, draws):
    leads = (one[draws] - other[draws]).mean(axis=1)
    return np.quantile(leads, [0.05, 0.95])


def _other_way(one, other, draws):
    return lead(other, one, draws)


def _counts(one, other, draws):
    return lead(one, other, draws) * draws.shape[1]


def _extremes(one, other, draws):
    leads = (one[draws] - other[draws]).mean(axis=1)
    return np.array([leads.min(), leads.max()])


def _by_question(one, other, draws):
    return np.quantile(
        (one[draws] - other[draws]).mean(axis=0), [0.025, 0.975]
    )


def _no_draws(one, other, draws):
    return np.quantile(one - other, [0.025, 0.975])


def _normal(one, other, draws):
    leads = (one[draws] - other[draws]).mean(axis=1)
    return leads.mean() + leads.std() * np.array([-1.96, 1.96])


def _answers(n, many, seed):
    rng = np.random.default_rng(seed)
    hard = rng.random(n)
    one = (rng.random(n) > hard * 0.8).astype(float)
    other = (rng.random(n) > hard).astype(float)
    return one, other, rng.integers(n, size=(many, n))


LEAD = Exercise(
    reference=lead,
    cases=(
        (
            np.array([1.0, 1.0, 0.0]),
            np.array([1.0, 0.0, 0.0]),
            np.array([[0, 1, 2], [1, 1, 2], [0, 0, 2], [1, 1, 1], [2, 0, 1]]),
        ),
        _answers(12, 50, 0),
        _answers(40, 80, 1),
        _answers(25, 41, 2),
        _answers(60, 99, 3),
        (np.ones(4), np.ones(4), np.array([[0, 1, 2, 3], [3, 3, 1, 0]])),
    ),
    mistakes=(
        Mistake(
            _two_intervals,
            "You subtracted the far ends of two intervals. Both judges "
            "answered the same questions: take the lead in each draw first, "
            "then its quantiles.",
        ),
        Mistake(
            _same_ends,
            "You subtracted quantile from quantile. The draw in which one "
            "is low need not be the draw in which the other is low: take "
            "the lead in each draw first.",
        ),
        Mistake(
            _own_draws,
            "Each judge got draws of its own. Use the same draw for both, "
            "or hard questions meet one of them only.",
        ),
        Mistake(
            _ninety,
            "This is the middle 90%: leave out 2.5% on each side, not 5%.",
        ),
        Mistake(_other_way, "This is the lead of the other over the one."),
        Mistake(
            _counts,
            "You counted right answers: divide by the number of questions.",
        ),
        Mistake(
            _extremes,
            "These are the lowest and the highest lead. One odd draw sets "
            "them: cut off 2.5% on each side.",
        ),
        Mistake(
            _by_question,
            "You took the mean over the draws, for each question. Take it "
            "over the questions, for each draw.",
        ),
        Mistake(
            _no_draws,
            "You asked how single questions differ. Take the mean over each "
            "draw of questions first.",
        ),
        Mistake(
            _normal,
            "You assumed that the leads lie in a bell curve. The quantiles "
            "of the draws need no such thing.",
        ),
    ),
    hints=(
        "A draw is a list of places. one[draw] is what one scored on it.",
        "For each draw: mean of one[draw] less mean of other[draw].",
        "np.quantile(leads, [0.025, 0.975]) on the list of all leads.",
    ),
)

# --- p_value: all deals -----------------------------------------------------


def p_value(one, other):
    """Return the share of all deals in which one gets at least its sum."""
    every = np.concatenate([one, other])
    deals = combinations(range(len(every)), len(one))
    sums = np.array([every[list(deal)].sum() for deal in deals])
    return (sums >= one.sum() - 1e-9).mean()


def _deals(one, other, size=None):
    every = np.concatenate([one, other])
    found = combinations(range(len(every)), size or len(one))
    return np.array([every[list(i)].sum() for i in found])


def _strictly(one, other):
    return (_deals(one, other) > np.sum(one) + 1e-9).mean()


def _below(one, other):
    return (_deals(one, other) <= np.sum(one) + 1e-9).mean()


def _both_sides(one, other):
    every = np.concatenate([one, other])
    fair = len(one) * every.mean()
    far = np.abs(_deals(one, other) - fair)
    return (far >= abs(np.sum(one) - fair) - 1e-9).mean()


def _plain_abs(one, other):
    far = np.abs(_deals(one, other))
    return (far >= abs(np.sum(one)) - 1e-9).mean()


def _how_many(one, other):
    return int((_deals(one, other) >= np.sum(one) - 1e-9).sum())


def _single(one, other):
    every = np.concatenate([one, other])
    return (every >= np.mean(one) - 1e-9).mean()


def _pairs(one, other):
    one, other = np.asarray(one), np.asarray(other)
    return (one[:, None] <= other[None]).mean()


def _half(one, other):
    every = np.concatenate([one, other])
    sums = _deals(one, other, len(every) // 2)
    return (sums >= np.sum(one) - 1e-9).mean()


def _complement(one, other):
    return 1 - p_value(np.asarray(one), np.asarray(other))


def _plus_one(one, other):
    sums = _deals(one, other)
    return ((sums >= np.sum(one) - 1e-9).sum() + 1) / (len(sums) + 1)


P_VALUE = Exercise(
    reference=p_value,
    cases=(
        (np.array([3.0, 5.0]), np.array([-1.0, 1.0])),
        (np.array([5.0, 1.0]), np.array([3.0, 2.0])),
        (np.array([2.0, 2.0, 1.0]), np.array([2.0, 0.0])),
        (np.array([0.1, 0.2, 0.3]), np.array([0.3, 0.0, 0.25, 0.15])),
        (np.array([-1.0]), np.array([2.0, 0.5, 1.0])),
        (np.array([1.5, 0.5, 2.5, 4.0]), np.array([0.0, 1.0, 3.0, 2.0])),
        (np.array([1.0, 1.0]), np.array([1.0, 1.0, 1.0])),
    ),
    mistakes=(
        Mistake(
            _strictly,
            "A deal that does as well as the real one counts too, and so "
            "does the real one itself: at least, not more than. (Allow for "
            "rounding: 0.1 + 0.2 is not 0.3.)",
        ),
        Mistake(
            _below,
            "You counted the deals that do as badly or worse. Count those "
            "that favour the first list as much.",
        ),
        Mistake(
            _plain_abs,
            "You counted large sums on the other side too: take the absolute "
            "value away. This test asks about the side named in advance.",
        ),
        Mistake(
            _both_sides,
            "You counted deals that are as far off on either side. This "
            "test asks about one side only, the one named in advance.",
        ),
        Mistake(
            _how_many,
            "This is the number of deals: divide by the number of all deals.",
        ),
        Mistake(
            _single,
            "You compared single numbers with a mean. Compare the sum of a "
            "whole deal with the sum of the first list.",
        ),
        Mistake(
            _pairs,
            "You compared number with number. Deal all of them anew, and "
            "compare sums.",
        ),
        Mistake(
            _half,
            "A deal must give the first list as many numbers as it had: it "
            "need not be half of them.",
        ),
        Mistake(
            _complement,
            "This is the share of deals that do worse: p is the rest.",
        ),
        Mistake(
            _plus_one,
            "The extra 1 is for random draws, in which the real deal may be "
            "missing. Here all deals are tried, and it is among them.",
        ),
    ),
    hints=(
        "Put all numbers on one heap. How many ways are there to deal them?",
        "itertools.combinations(range(len(heap)), len(one)) names the "
        "places that go to the first list, one deal at a time.",
        "Count the deals whose sum is at least one.sum(), less a hair such "
        "as 1e-9 for rounding, and divide by the number of deals.",
    ),
)

# --- cosmul: the product in place of the sum --------------------------------


def cosmul(x, a, b, c):
    """Return the 3CosMul scores (V,) of rows of x (V, D) for a : b :: c : ?.

    The inputs a, b and c get -inf.
    """
    x = x / np.linalg.norm(x, axis=1, keepdims=True)
    to_a, to_b, to_c = (1 + x[[a, b, c]] @ x.T) / 2
    score = to_b * to_c / (to_a + 0.001)
    score[[a, b, c]] = -np.inf
    return score


def _cosines(x, a, b, c):
    x = np.asarray(x) / np.linalg.norm(x, axis=1, keepdims=True)
    return x[[a, b, c]] @ x.T


def _bar(score, *barred):
    score = np.array(score)
    score[list(barred)] = -np.inf
    return score


def _cosadd(x, a, b, c):
    to_a, to_b, to_c = _cosines(x, a, b, c)
    return _bar(to_b - to_a + to_c, a, b, c)


def _with_inputs(x, a, b, c):
    to_a, to_b, to_c = (1 + _cosines(x, a, b, c)) / 2
    return to_b * to_c / (to_a + 0.001)


def _zero(x, a, b, c):
    score = _with_inputs(x, a, b, c)
    score[[a, b, c]] = 0
    return score


def _answer(x, a, b, c):
    return int(cosmul(np.asarray(x), a, b, c).argmax())


def _no_crumb(x, a, b, c):
    to_a, to_b, to_c = (1 + _cosines(x, a, b, c)) / 2
    return _bar(to_b * to_c / to_a, a, b, c)


def _bar_c(x, a, b, c):
    to_a, to_b, to_c = (1 + _cosines(x, a, b, c)) / 2
    return _bar(to_b * to_c / (to_a + 0.001), c)


def _not_moved(x, a, b, c):
    to_a, to_b, to_c = _cosines(x, a, b, c)
    return _bar(to_b * to_c / (to_a + 0.001), a, b, c)


def _as_dots(x, a, b, c):
    x = np.asarray(x)
    to_a, to_b, to_c = (1 + x[[a, b, c]] @ x.T) / 2
    return _bar(to_b * to_c / (to_a + 0.001), a, b, c)


def _swapped(x, a, b, c):
    to_a, to_b, to_c = (1 + _cosines(x, a, b, c)) / 2
    return _bar(to_a * to_c / (to_b + 0.001), a, b, c)


def _no_a(x, a, b, c):
    _, to_b, to_c = (1 + _cosines(x, a, b, c)) / 2
    return _bar(to_b * to_c, a, b, c)


def _all_three(x, a, b, c):
    to_a, to_b, to_c = (1 + _cosines(x, a, b, c)) / 2
    return _bar(to_b * to_c * to_a, a, b, c)


def _less(x, a, b, c):
    to_a, to_b, to_c = (1 + _cosines(x, a, b, c)) / 2
    return _bar(to_b * to_c - to_a, a, b, c)


def _only_c(x, a, b, c):
    return _bar(_cosines(x, a, b, c)[2], a, b, c)


def _rows(seed, n=12, d=3):
    x = np.random.default_rng(seed).normal(size=(n, d))
    return x * np.random.default_rng(seed + 1).uniform(0.3, 3, (n, 1))


COSMUL = Exercise(
    reference=cosmul,
    cases=(
        (
            np.array([[1.0, 0], [0, 1], [1, 1], [1, 3], [3, -1], [-1, 1]]),
            0,
            1,
            2,
        ),
        *((_rows(seed), seed, seed + 5, 3) for seed in (0, 2, 4)),
        (_rows(40, 20, 4), 0, 1, 2),
        (_rows(41, 20, 4), 7, 19, 11),
    ),
    mistakes=(
        Mistake(
            _cosadd,
            "This is the sum of three cosines, 3CosAdd. Here they are "
            "multiplied and divided.",
        ),
        Mistake(
            _with_inputs,
            "The three inputs may not win: give them the score -np.inf.",
        ),
        Mistake(
            _zero,
            "Nothing is barred by a 0: scores can be that low. Give the "
            "inputs -np.inf.",
        ),
        Mistake(
            _answer,
            "This is the answer. Return the scores of all rows.",
        ),
        Mistake(
            _no_crumb,
            "Add 0.001 before you divide: an opposite of a has the moved "
            "cosine 0.",
        ),
        Mistake(
            _bar_c,
            "You barred c only. The other two inputs may not win either.",
        ),
        Mistake(
            _not_moved,
            "A cosine can be negative, and a product of two negative ones "
            "is positive: move each to (1 + cosine) / 2 first.",
        ),
        Mistake(
            _as_dots,
            "These are dot products: divide each row by its length first.",
        ),
        Mistake(
            _swapped,
            "a and b are exchanged: the answer should be near b and c, and "
            "far from a.",
        ),
        Mistake(_no_a, "You left out a: divide by its cosine plus 0.001."),
        Mistake(
            _all_three,
            "You multiplied by the cosine with a. The answer should be far "
            "from a: divide.",
        ),
        Mistake(
            _less,
            "You took the cosine with a off the product: divide by it.",
        ),
        Mistake(
            _only_c,
            "This is the nearest neighbour of c. Use a and b as well.",
        ),
    ),
    hints=(
        "Start from three rows of cosines: with a, with b, with c.",
        "Move each to (1 + cosine) / 2, so that nothing is negative.",
        "score = to_b * to_c / (to_a + 0.001), and then "
        "score[[a, b, c]] = -np.inf.",
    ),
)

EXERCISES = {
    "ranks": RANKS,
    "lead": LEAD,
    "p_value": P_VALUE,
    "cosmul": COSMUL,
}
