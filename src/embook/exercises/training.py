"""Exercises of chapters/training.ipynb."""

import numpy as np

from embook import training, windows
from embook.check import Exercise, Mistake

# --- slope: ∂L/∂v, for one word and its questions --------------------------


def slope(v, u, wanted):
    """Return the slope (D,) of the loss for v (D,), asked about u (K, D)."""
    return training.gradients(v[None], u, wanted, 1)[0][0]


def _answers(v, u):
    return training.sigmoid(u @ v)


def _uphill(v, u, wanted):
    return (wanted - _answers(v, u)) @ u


def _no_sigmoid(v, u, wanted):
    return (u @ v - wanted) @ u


def _only_answers(v, u, wanted):
    return _answers(v, u) @ u


def _not_multiplied(v, u, wanted):
    return _answers(v, u) - wanted


def _by_itself(v, u, wanted):
    return (_answers(v, u) - wanted).sum() * v


def _mean(v, u, wanted):
    return slope(v, u, wanted) / len(u)


def _only_yes(v, u, wanted):
    return ((_answers(v, u) - wanted) * (np.asarray(wanted) == 1)) @ u


def _only_no(v, u, wanted):
    return ((_answers(v, u) - wanted) * (np.asarray(wanted) == 0)) @ u


def _squared(v, u, wanted):
    p = _answers(v, u)
    return ((p - wanted) * p * (1 - p)) @ u


def _of_the_others(v, u, wanted):
    return np.outer(_answers(v, u) - wanted, v)


_V = np.array([1.0, 0.5])
_U = np.array([[-0.5, 1.0], [1.0, 0.5]])

SLOPE = Exercise(
    reference=slope,
    cases=(
        (_V, _U, np.array([1, 0])),
        (_V, _U[:1], np.array([1])),
        (_V, _U, np.array([0, 0])),
        (np.array([0.0, 0.0]), _U, np.array([1, 0])),
        (np.array([2.0, -1.0, 3.0]), np.eye(3), np.array([1, 1, 0])),
        (
            np.array([0.3, -0.2, 0.9, 0.0]),
            np.array([[1.0, 2, 0, 1], [0, -1, 1, 1], [2, 0, -1, 0]]),
            np.array([0, 1, 0]),
        ),
        (np.array([1.0, 2.0, 3.0]), _U, np.array([1, 0])),
    ),
    mistakes=(
        Mistake(
            _uphill,
            "The sign is turned: this points down the loss. The slope is "
            "answer less wanted; the minus comes with the step.",
        ),
        Mistake(
            _no_sigmoid,
            "You compare the score itself with the wanted 1 or 0: make it "
            "an answer first, by the sigmoid.",
        ),
        Mistake(
            _only_answers,
            "Every question counts as if no were wanted: take off `wanted`.",
        ),
        Mistake(
            _not_multiplied,
            "These are the errors, one for each question: multiply each by "
            "the row of u that it was about, and add up.",
        ),
        Mistake(
            _by_itself,
            "You multiplied the errors by v: that is for the slope of u. "
            "v moves along the rows of u.",
        ),
        Mistake(
            _mean,
            "You took the mean over the questions: the loss is their sum.",
        ),
        Mistake(
            _only_yes,
            "The questions that want a no are left out: their slopes are "
            "what keeps the words apart.",
        ),
        Mistake(
            _only_no,
            "The questions that want a yes are left out.",
        ),
        Mistake(
            _squared,
            "This is the slope of a squared error. For the surprise, the "
            "factor p (1 − p) of the sigmoid cancels.",
        ),
        Mistake(
            _of_the_others,
            "This is the slope for u, a row for each question. One row is "
            "wanted, for v.",
        ),
    ),
    hints=(
        "Answer every question first: the sigmoid of a dot product.",
        "The error is the answer less the wanted one. Each error pulls v "
        "along its own row of u.",
        "(1 / (1 + np.exp(-u @ v)) - wanted) @ u",
    ),
)

# --- noise: whom do the blind questions ask? -------------------------------

_WEIGHTS = np.array([16.0, 1.0])


def _share(counts):
    return np.asarray(counts, float) / np.sum(counts)


def _no_power(counts, power):
    return _share(counts)


def _power_last(counts, power):
    return _share(counts) ** power


def _not_shared(counts, power):
    return np.asarray(counts, float) ** power


def _root(counts, power):
    weight = np.asarray(counts, float) ** (1 / power if power else 0)
    return weight / weight.sum()


def _softmax(counts, power):
    scores = power * np.asarray(counts, float)
    weight = np.exp(scores - scores.max())
    return weight / weight.sum()


def _length(counts, power):
    weight = np.asarray(counts, float) ** power
    return weight / np.sqrt((weight**2).sum())


def _rare_first(counts, power):
    weight = np.maximum(counts, 1e-9) ** -power
    return weight / weight.sum()


def _logarithm(counts, power):
    weight = np.log1p(counts) * power
    return weight / weight.sum() if weight.any() else weight


def _times(counts, power):
    weight = np.asarray(counts, float) * power
    return weight / weight.sum() if weight.any() else weight


def _zero_power(counts, power):
    weight = np.asarray(counts, float) ** power
    return weight / weight.sum()


NOISE = Exercise(
    reference=windows.noise,
    cases=(
        (_WEIGHTS, 0.75),
        (np.array([81.0, 16.0, 1.0]), 0.75),
        (np.array([81.0, 16.0, 1.0]), 0.5),
        (np.array([3.0, 1.0]), 1.0),
        (np.array([500.0, 20.0, 5.0]), 0.0),
        (np.array([7.0, 7.0]), 0.75),
        (np.array([81.0, 0.0, 16.0]), 0.75),
        (np.array([9.0, 0.0, 1.0]), 0.0),
    ),
    mistakes=(
        Mistake(
            _no_power,
            "These are the shares of the text: raise the counts to the "
            "power before you make shares of them.",
        ),
        Mistake(
            _power_last,
            "You raised the shares to the power last: they no longer add "
            "up to 1. Divide by the sum after the power.",
        ),
        Mistake(
            _not_shared,
            "These are weights, not chances: divide them by their sum.",
        ),
        Mistake(
            _root,
            "You raised to 1/power: that makes frequent words more "
            "frequent. A power below 1 levels them.",
        ),
        Mistake(
            _softmax,
            "This is a softmax: it grows with e to the count. Counts are "
            "weights already.",
        ),
        Mistake(
            _length,
            "You divided by the length of the weights: chances are divided "
            "by their sum.",
        ),
        Mistake(
            _rare_first,
            "The power has the wrong sign: rare words would be drawn most.",
        ),
        Mistake(
            _logarithm,
            "You took the logarithm of the counts: it levels far more than "
            "a power does.",
        ),
        Mistake(
            _times,
            "You multiplied by the power: that cancels in the sum. Raise "
            "the counts to it.",
        ),
        Mistake(
            _zero_power,
            "Right, but for a word that never occurs: 0 to the power 0 is "
            "1, and it would be drawn.",
        ),
    ),
    hints=(
        "Two steps: level the counts, then make chances of them.",
        "Levelled: counts ** power. Chances add up to 1.",
        "weight = counts ** power * (counts > 0); weight / weight.sum()",
    ),
)

# --- kept: how often is a frequent word read? ------------------------------


def _rare(counts, sample):
    return sample * np.sum(counts) / np.asarray(counts, float)


def _paper(counts, sample):
    return np.minimum(1, np.sqrt(_rare(counts, sample)))


def _dropped(counts, sample):
    return 1 - windows.kept(counts, sample)


def _above_one(counts, sample):
    rare = _rare(counts, sample)
    return np.sqrt(rare) + rare


def _of_counts(counts, sample):
    rare = sample / np.asarray(counts, float)
    return np.minimum(1, np.sqrt(rare) + rare)


def _upside_down(counts, sample):
    often = 1 / _rare(counts, sample)
    return np.minimum(1, np.sqrt(often) + often)


def _no_root(counts, sample):
    return np.minimum(1, _rare(counts, sample))


def _all_or_nothing(counts, sample):
    return np.where(_rare(counts, sample) >= 1, 1.0, 0.0)


def _product(counts, sample):
    rare = _rare(counts, sample)
    return np.minimum(1, np.sqrt(rare) * rare)


KEPT = Exercise(
    reference=windows.kept,
    cases=(
        (np.array([96.0, 4.0]), 0.06),
        (np.array([90.0, 10.0]), 0.1),
        (np.array([256735.0, 1154.0, 31.0]), 1e-3),
        (np.array([5.0, 5.0]), 0.02),
        (np.array([70.0, 20.0, 10.0]), 0.001),
        (np.array([1.0, 3.0]), 1.0),
        (np.array([0.5, 3.5]), 0.06),
    ),
    mistakes=(
        Mistake(
            _paper,
            "This is √(t/f), the formula of the paper: the program, and "
            "the exercise, add t/f to it.",
        ),
        Mistake(
            _dropped,
            "This is the chance to be left out: 1 less it is wanted.",
        ),
        Mistake(
            _above_one,
            "A chance above 1: a rare word is always read, so cut at 1.",
        ),
        Mistake(
            _of_counts,
            "f is a share of the text: divide the counts by their sum.",
        ),
        Mistake(
            _upside_down,
            "You have f/t in place of t/f: now the frequent words are "
            "always read.",
        ),
        Mistake(
            _no_root,
            "The root is missing: √(t/f) + t/f.",
        ),
        Mistake(
            _all_or_nothing,
            "A word above the limit is not banned: it is read with the "
            "chance √(t/f) + t/f.",
        ),
        Mistake(
            _product,
            "The two terms are added: √(t/f) + t/f.",
        ),
    ),
    hints=(
        "Make shares of the counts: f = counts / counts.sum().",
        "With r = t/f, the chance is √r + r, and never more than 1.",
        "np.minimum(1, np.sqrt(r) + r)",
    ),
)

# --- bag: the slopes of CBOW ------------------------------------------------


def bag(v, u, wanted):
    """Return the slopes (N, D) of v (N, D): their mean is asked about u."""
    (pull,), _ = training.gradients(v.mean(axis=0)[None], u, wanted, 1)
    return np.tile(pull / len(v), (len(v), 1))


def _whole_pull(v, u, wanted):
    return bag(v, u, wanted) * len(v)


def _one_by_one(v, u, wanted):
    return training.gradients(v, u, wanted, 1)[0]


def _one_by_one_shared(v, u, wanted):
    return training.gradients(v, u, wanted, 1)[0] / len(v)


def _summed(v, u, wanted):
    (pull,), _ = training.gradients(v.sum(axis=0)[None], u, wanted, 1)
    return np.tile(pull, (len(v), 1))


def _one_row(v, u, wanted):
    return bag(v, u, wanted)[0]


def _bag_uphill(v, u, wanted):
    return -bag(v, u, wanted)


def _per_question(v, u, wanted):
    return bag(v, u, wanted) * len(v) / len(u)


_BAG = np.array([[1.0, 0.0], [0.0, 1.0], [2.0, -1.0]])

BAG = Exercise(
    reference=bag,
    cases=(
        (_BAG, _U, np.array([1, 0])),
        (_BAG[:2], _U, np.array([1, 0])),
        (_BAG[:2], _U[:1], np.array([0])),
        (np.array([[0.5, 0.5], [-1.0, 2.0]]), _U, np.array([1, 1])),
        (
            np.array([[0.2, 1.0, -1.0], [0.4, -2.0, 0.0]]),
            np.array([[1.0, 1, 1], [0, 3, -1], [1, 0, 0], [2, -1, 1]]),
            np.array([0, 1, 0, 0]),
        ),
        (_BAG[[0, 0, 0, 2]], _U, np.array([0, 1])),
        (np.eye(3), _U, np.array([0, 1])),
    ),
    mistakes=(
        Mistake(
            _whole_pull,
            "Every word gets the whole pull. A mean of N rows gives each "
            "1/N of it; word2vec's own program forgot that.",
        ),
        Mistake(
            _one_by_one,
            "Each word answers for itself: that is skip-gram. Here their "
            "mean answers, once.",
        ),
        Mistake(
            _one_by_one_shared,
            "Each word answers for itself, and gets a share: but one mean "
            "is asked, so all get the same slope.",
        ),
        Mistake(
            _summed,
            "You asked the sum of the rows: their mean is asked.",
        ),
        Mistake(
            _one_row,
            "One row is not enough: return a row for each word of the bag.",
        ),
        Mistake(
            _bag_uphill,
            "The sign is turned: the slope is answer less wanted.",
        ),
        Mistake(
            _per_question,
            "You divided by the number of questions: divide by the number "
            "of words in the bag.",
        ),
    ),
    hints=(
        "Take the mean of the rows, and find its slope as in the first "
        "exercise.",
        "Each row is 1/N of the mean: so is its slope.",
        "h = v.mean(axis=0), g = its slope; np.tile(g / len(v), (len(v), 1))",
    ),
)

EXERCISES = {"slope": SLOPE, "noise": NOISE, "kept": KEPT, "bag": BAG}
