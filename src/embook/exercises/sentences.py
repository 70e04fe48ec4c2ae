"""Exercises of chapters/sentences.ipynb."""

import numpy as np

from embook import sentences
from embook.check import Exercise, Mistake
from embook.norms import unit

# --- mean: the rows that hold a token, and no others -----------------------


def masked_mean(x, mask):
    """Return the mean (N, D) of the rows of x (N, T, D) under the mask.

    As `sentences.pool` does it.
    """
    if not mask.any(axis=1).all():
        raise ValueError("a text has no token")
    held = mask[:, :, None]
    return (x * held).sum(axis=1) / held.sum(axis=1)


def _padding_too(x, mask):
    return x.mean(axis=1)


def _by_all_places(x, mask):
    return (x * mask[:, :, None]).mean(axis=1)


def _sum(x, mask):
    return (x * mask[:, :, None]).sum(axis=1)


def _by_longest(x, mask):
    return _sum(x, mask) / mask.sum(axis=1).max()


def _by_all_tokens(x, mask):
    return _sum(x, mask) / mask.sum()


def _first(x, mask):
    return x[:, 0]


def _largest(x, mask):
    return sentences.pool(x, mask, "max")


def _the_padding(x, mask):
    return sentences.pool(x, ~np.asarray(mask, bool))


def _no_zeros(x, mask):
    return _sum(x, mask) / (x * mask[:, :, None] != 0).sum(axis=1)


def _nan(x, mask):
    return _sum(x, mask) / mask.sum(axis=1, keepdims=True)


def _zeros(x, mask):
    return _sum(x, mask) / np.maximum(mask.sum(axis=1, keepdims=True), 1)


def _texts(seed, *lengths, width=3):
    rng = np.random.default_rng(seed)
    mask = np.arange(max(lengths)) < np.array(lengths)[:, None]
    return rng.normal(2, 3, (*mask.shape, width)), mask


MEAN = Exercise(
    reference=masked_mean,
    cases=(
        (np.array([[[4.0], [2.0], [9.0]]]), np.array([[True, True, False]])),
        (
            np.array([[[0.0, 6.0], [4.0, 0.0]], [[1.0, 1.0], [8.0, 8.0]]]),
            np.array([[True, True], [True, False]]),
        ),
        _texts(0, 5, 2, 3),
        _texts(1, 1, 7),
        _texts(2, 4, 4),
        (np.ones((1, 3, 2)), np.array([[False, True, True]])),
        (np.ones((2, 2, 1)), np.array([[True, True], [False, False]])),
    ),
    mistakes=(
        Mistake(
            _padding_too,
            "The padding is in your mean. Use the mask: those rows count for "
            "nothing.",
        ),
        Mistake(
            _by_all_places,
            "You left the padding out of the sum and counted it in the "
            "division. Divide by the number of tokens.",
        ),
        Mistake(_sum, "This is the sum: divide by the number of tokens."),
        Mistake(
            _by_longest,
            "You divided by the tokens of the longest text. Each text has "
            "its own number.",
        ),
        Mistake(
            _by_all_tokens,
            "You divided by the tokens of all texts together. Count along "
            "each line of the mask.",
        ),
        Mistake(_first, "This is the first row, the spoon called cls."),
        Mistake(_largest, "This is the largest number: take the mean."),
        Mistake(
            _the_padding,
            "You kept the padding and left the text out: the mask is true "
            "where a token stands.",
        ),
        Mistake(
            _no_zeros,
            "A token's row may hold a 0, and it counts. Count the tokens by "
            "the mask, not by what is zero.",
        ),
        Mistake(
            _nan,
            "Right, but for a text without a token: 0 / 0 gives NaN. Raise a "
            "ValueError.",
        ),
        Mistake(
            _zeros,
            "Right, but for a text without a token: zeros would be a vector "
            "like any other. Raise a ValueError.",
        ),
    ),
    hints=(
        "Multiply the rows by the mask, and only then add up.",
        "mask[:, :, None] has a third axis, so that it fits x.",
        "(x * mask[:, :, None]).sum(axis=1) / "
        "mask.sum(axis=1, keepdims=True), after a check of mask.any(axis=1).",
    ),
)

# --- spoon: a text's vector with SIF weights -----------------------


def spoon(table, ids, counts, a):
    """Return the SIF mean (D,) of the rows of ids (T,), of length 1."""
    v = sentences.average(table, [ids], sentences.sif(counts, a))
    return unit(v).ravel()


def _one(v):
    return v / np.linalg.norm(v)


def _weighted(table, ids, weight):
    if not len(ids):
        raise ValueError("no word")
    return _one(weight[ids] @ table[ids])


def _counted(table, ids, counts, a):
    return _weighted(table, ids, a / (a + counts))


def _upside_down(table, ids, counts, a):
    p = counts / counts.sum()
    return _weighted(table, ids, p / (a + p))


def _one_over(table, ids, counts, a):
    return _weighted(table, ids, counts.sum() / np.maximum(counts, 1e-9))


def _plain(table, ids, counts, a):
    return _weighted(table, ids, np.ones(len(table)))


def _once(table, ids, counts, a):
    return spoon(table, sorted(set(ids)), counts, a)


def _of_this_text(table, ids, counts, a):
    here = np.bincount(np.array(ids, int), minlength=len(table))
    return _weighted(table, ids, sentences.sif(np.maximum(here, 1e-9), a))


def _long(table, ids, counts, a):
    return sentences.average(table, [ids], sentences.sif(counts, a))[0]


def _unit_rows(table, ids, counts, a):
    rows = table / np.linalg.norm(table, axis=1, keepdims=True)
    return spoon(rows, ids, counts, a)


def _by_most(table, ids, counts, a):
    return _weighted(table, ids, a / (a + counts / counts.max()))


def _nan_spoon(table, ids, counts, a):
    weight = sentences.sif(counts, a)
    return _one((weight[:, None] * table)[np.array(ids, int)].sum(axis=0))


def _nothing(table, ids, counts, a):
    if not len(ids):
        return np.zeros(table.shape[1])
    return spoon(table, ids, counts, a)


def _larder(seed, size, width, ids):
    rng = np.random.default_rng(seed)
    counts = np.floor(1000 / np.arange(1, size + 1.0))
    return rng.normal(size=(size, width)), ids, counts


SPOON = Exercise(
    reference=spoon,
    cases=(
        (np.array([[1.0, 0], [0, 1]]), [0, 1], np.array([9.0, 1.0]), 0.1),
        (*_larder(0, 5, 3, [0, 1, 4]), 0.01),
        (*_larder(1, 6, 2, [2, 2, 2, 5]), 0.001),
        (*_larder(2, 4, 4, [3]), 0.1),
        (*_larder(3, 8, 3, [7, 0, 0, 1, 6]), 1.0),
        (np.array([[3.0, 4], [0, 9]]), [0, 1], np.array([1.0, 0]), 0.5),
        (*_larder(4, 3, 2, []), 0.1),
    ),
    mistakes=(
        Mistake(
            _counted,
            "You put the count where the share belongs: p is the count "
            "divided by the sum of all counts.",
        ),
        Mistake(
            _by_most,
            "You divided by the largest count: p is a share of all words, "
            "so divide by the sum.",
        ),
        Mistake(
            _upside_down,
            "Your weight grows with the frequency: a stands above, a / (a "
            "+ p).",
        ),
        Mistake(
            _one_over,
            "This is 1 / p. It lets one rare word shout down all others: a "
            "in the formula holds it back.",
        ),
        Mistake(_plain, "This is the plain mean: the weights are missing."),
        Mistake(
            _once,
            "A word that stands twice in the text counts twice: do not make "
            "a set of the ids.",
        ),
        Mistake(
            _of_this_text,
            "You counted in this one text. The shares are those of the whole "
            "corpus, in counts.",
        ),
        Mistake(_long, "The direction is right: bring it to length 1."),
        Mistake(
            _unit_rows,
            "You brought each row to length 1 first. Only the sum is.",
        ),
        Mistake(
            _nan_spoon,
            "Right, but for a text without a word: 0 / 0 gives NaN. Raise a "
            "ValueError.",
        ),
        Mistake(
            _nothing,
            "Right, but for a text without a word: zeros have no direction. "
            "Raise a ValueError.",
        ),
    ),
    hints=(
        "First the weights of all words, then those of the text's words.",
        "weight[ids] @ table[ids] is the weighted sum. What does a division "
        "by the sum of the weights change, if the length becomes 1?",
        "p = counts / counts.sum(); v = (a / (a + p))[ids] @ table[ids]; "
        "v / np.linalg.norm(v), after a check of len(ids).",
    ),
)

# --- fair: InfoNCE that calls no right answer wrong -----------------------


def fair(a, b, labels, temperature):
    """Return InfoNCE of a (N, D), b (N, D) without equal labels as wrong.

    The steps are those of `sentences.infonce`.
    """
    labels = np.asarray(labels)
    twins = (labels[:, None] == labels) & ~np.eye(len(labels), dtype=bool)
    return _loss(np.where(twins, -np.inf, _scores(a, b, temperature)))


def _scores(a, b, temperature):
    return sentences.paired(a, b) / temperature


def _loss(scores):
    top = scores.max(axis=1)
    whole = top + np.log(np.exp(scores - top[:, None]).sum(axis=1))
    return float((whole - scores.diagonal()).mean())


def _unfair(a, b, labels, temperature):
    return sentences.infonce(a, b, temperature)


def _zeroed(a, b, labels, temperature):
    labels = np.asarray(labels)
    twins = (labels[:, None] == labels) & ~np.eye(len(labels), dtype=bool)
    return _loss(np.where(twins, 0, _scores(a, b, temperature)))


def _all_right(a, b, labels, temperature):
    s, labels = _scores(a, b, temperature), np.asarray(labels)
    p = np.exp(s - s.max(axis=1, keepdims=True))
    same = labels[:, None] == labels
    return float(-np.log((p * same).sum(axis=1) / p.sum(axis=1)).mean())


def _times(a, b, labels, temperature):
    return fair(a, b, labels, 1 / temperature)


def _lengths(a, b, labels, temperature):
    labels = np.asarray(labels)
    twins = (labels[:, None] == labels) & ~np.eye(len(labels), dtype=bool)
    return _loss(np.where(twins, -np.inf, a @ b.T / temperature))


def _turned(a, b, labels, temperature):
    return fair(b, a, labels, temperature)


def _added_up(a, b, labels, temperature):
    return fair(a, b, labels, temperature) * len(a)


def _shares(a, b, labels, temperature):
    return float(np.exp(-fair(a, b, labels, temperature)))


def _without_self(a, b, labels, temperature):
    s, labels = _scores(a, b, temperature), np.asarray(labels)
    rest = np.exp(np.where(labels[:, None] == labels, -np.inf, s)).sum(axis=1)
    return float((np.log(rest) - s.diagonal()).mean())


def _overflows(a, b, labels, temperature):
    labels = np.asarray(labels)
    twins = (labels[:, None] == labels) & ~np.eye(len(labels), dtype=bool)
    e = np.exp(np.where(twins, -np.inf, _scores(a, b, temperature)))
    return float(-np.log(e.diagonal() / e.sum(axis=1)).mean())


def _careless(a, b, labels, temperature):
    e = np.exp(_scores(a, b, temperature))
    return float(-np.log(e.diagonal() / e.sum(axis=1)).mean())


def _divided(a, b, labels, temperature):
    labels = np.asarray(labels)
    twins = (labels[:, None] == labels) & ~np.eye(len(labels), dtype=bool)
    s = np.where(twins, -np.inf, _scores(a, b, temperature))
    p = np.exp(s - s.max(axis=1, keepdims=True))
    return float(-np.log(p.diagonal() / p.sum(axis=1)).mean())


def _pairs(seed, labels, temperature, width=3):
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(len(labels), width))
    return a, a + rng.normal(size=a.shape), labels, temperature


FAIR = Exercise(
    reference=fair,
    cases=(
        (np.eye(2), np.eye(2), [0, 1], 1.0),
        (np.eye(3), np.eye(3), [7, 8, 7], 0.5),
        _pairs(0, [0, 1, 2, 3], 0.2),
        _pairs(1, [0, 0, 1, 2, 1], 0.5),
        _pairs(2, [4, 4, 4, 9], 2.0),
        _pairs(3, [0, 1, 1, 0, 2, 3], 0.1),
        _pairs(2, [0, 1, 2, 0], 0.0005),
    ),
    mistakes=(
        Mistake(
            _unfair,
            "This is InfoNCE as it stands: a row with the same label still "
            "counts as wrong. Leave it out.",
        ),
        Mistake(
            _careless,
            "This is InfoNCE as it stands: a row with the same label still "
            "counts as wrong. And e to the 1000 is infinite.",
        ),
        Mistake(
            _zeroed,
            "A score of 0 is still an answer, with the power e^0 = 1. Minus "
            "infinity leaves it out.",
        ),
        Mistake(
            _all_right,
            "You count all rows with the label as right. They are to be left "
            "out: only the partner is right.",
        ),
        Mistake(_times, "Divide the cosines by the temperature."),
        Mistake(
            _lengths,
            "These are dot products: bring the rows to length 1 first.",
        ),
        Mistake(
            _turned,
            "You asked for each of b which of a is right. Softmax goes along "
            "the rows: one row for each of a.",
        ),
        Mistake(_added_up, "This is the sum over the pairs: take the mean."),
        Mistake(
            _shares,
            "This is a share between 0 and 1: the loss is minus its "
            "logarithm.",
        ),
        Mistake(
            _without_self,
            "You left the partner out of the sum below the line, too. It has "
            "the same label, and it stays.",
        ),
        Mistake(
            _overflows,
            "Right, until the temperature is very low: e to the 1000 is "
            "infinite. Take each row's highest score off first, and "
            "logarithms in place of shares.",
        ),
        Mistake(
            _divided,
            "Right, until the temperature is very low: a share becomes 0, "
            "and its logarithm is infinite. Do not divide: the loss is the "
            "logarithm of the sum, less the partner's score.",
        ),
    ),
    hints=(
        "Start with the table of cosines divided by the temperature.",
        "labels = np.asarray(labels); then labels[:, None] == labels is the "
        "table of equal labels. The diagonal must stay.",
        "Set those scores to -np.inf and take each row's highest off. A "
        "row's loss is np.log(np.exp(row).sum()) less its diagonal score: no "
        "division, so nothing becomes 0. Then the mean.",
    ),
)

EXERCISES = {"mean": MEAN, "spoon": SPOON, "fair": FAIR}
