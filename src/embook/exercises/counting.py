"""Exercises of chapters/counting.ipynb."""

import numpy as np

from embook import counting
from embook.check import Exercise, Mistake

# --- bits: the PMI of one cell, in bits -----------------------------------


def bits(counts, i, j):
    """Return the PMI of row i and column j of counts (N, V), in bits."""
    chance = counts[i].sum() * counts[:, j].sum()
    return np.log2(counts[i, j] * counts.sum() / chance)


def _ratio(counts, i, j):
    c = np.asarray(counts, float)
    return c[i, j] * c.sum() / (c[i].sum() * c[:, j].sum())


def _nats(counts, i, j):
    return np.log(_ratio(counts, i, j))


def _no_total(counts, i, j):
    return np.log2(_ratio(counts, i, j) / np.sum(counts))


def _given_row(counts, i, j):
    return np.log2(counts[i, j] / np.sum(counts[i]))


def _joint(counts, i, j):
    return np.log2(counts[i, j] / np.sum(counts))


def _swapped(counts, i, j):
    c = np.asarray(counts)
    return bits(c, j, i)


def _weighted(counts, i, j):
    if counts[i, j] == 0:
        return 0.0
    return counts[i, j] / np.sum(counts) * bits(counts, i, j)


def _sum_of_the_row_twice(counts, i, j):
    c = np.asarray(counts)
    return np.log2(c[i, j] * c.sum() / (c[i].sum() * c[j].sum()))


def _no_minus_infinity(counts, i, j):
    return bits(counts, i, j) if counts[i, j] else 0.0


def _positive(counts, i, j):
    return max(bits(counts, i, j), 0.0)


_TOY = np.array([[4.0, 0.0, 4.0], [4.0, 4.0, 16.0]])

BITS = Exercise(
    reference=bits,
    cases=(
        (_TOY, 0, 0),
        (_TOY, 1, 1),
        (_TOY, 0, 2),
        (_TOY, 0, 1),
        (np.array([[1.0, 2.0], [3.0, 4.0]]), 1, 0),
        (np.array([[0.5, 0.25], [0.25, 1.0], [2.0, 4.0]]), 2, 1),
        (np.array([[5.0, 5.0], [5.0, 5.0]]), 0, 1),
    ),
    mistakes=(
        Mistake(
            _ratio,
            "This is how many times more often than by chance: take its "
            "logarithm to base 2.",
        ),
        Mistake(
            _nats,
            "Right, in nats: for bits take the logarithm to base 2.",
        ),
        Mistake(
            _no_total,
            "You divided counts by counts: make all three of them "
            "probabilities first, so that one total stays in the formula.",
        ),
        Mistake(
            _given_row,
            "This is the logarithm of p(column | row): divide by "
            "p(column) too, or a frequent column looks like a friend.",
        ),
        Mistake(
            _joint,
            "This is the logarithm of p(row, column) alone: divide by "
            "p(row) p(column).",
        ),
        Mistake(
            _swapped,
            "Row and column are exchanged: counts[i, j] stands in row i.",
        ),
        Mistake(
            _sum_of_the_row_twice,
            "counts[j].sum() is the total of a row. A table need not be "
            "the same from both sides: a column's is counts[:, j].sum().",
        ),
        Mistake(
            _weighted,
            "You weighed the PMI by p(row, column): that is its part of "
            "the mutual information. The PMI itself is wanted.",
        ),
        Mistake(
            _no_minus_infinity,
            "Right, but for a cell that was never counted: 0 would say "
            "“as often as by chance”. It is minus infinity.",
        ),
        Mistake(
            _positive,
            "This is the positive PMI: less than chance is a negative "
            "number here.",
        ),
    ),
    hints=(
        "Three probabilities: of the cell, of its row, of its column.",
        "Each is a sum of counts divided by the sum of the whole table.",
        "np.log2(cell * total / (row sum * column sum)).",
    ),
)

# --- windows: who stands near whom ----------------------------------------


def windows(ids, size, window):
    """Return the counts (V, V) of one text: 1/d for a pair at distance d."""
    near = np.zeros((size, size))  # the page has no SciPy: not the library
    for d in range(1, window + 1):
        np.add.at(near, (ids[:-d], ids[d:]), 1 / d)
    return near + near.T


def _pairs(ids, size, window, both=True, weigh=lambda d: 1 / d, itself=True):
    near = np.zeros((size, size))
    for i in range(len(ids)):
        for j in range(i + 1, min(i + window + 1, len(ids))):
            if itself or ids[i] != ids[j]:
                near[ids[i], ids[j]] += weigh(j - i)
                if both:
                    near[ids[j], ids[i]] += weigh(j - i)
    return near


def _ahead(ids, size, window):
    return _pairs(ids, size, window, both=False)


def _behind(ids, size, window):
    return _pairs(ids, size, window, both=False).T


def _flat(ids, size, window):
    return _pairs(ids, size, window, weigh=lambda d: 1)


def _linear(ids, size, window):
    return _pairs(
        ids, size, window, weigh=lambda d: (window + 1 - d) / window
    )


def _short(ids, size, window):
    return _pairs(ids, size, window - 1)


def _long(ids, size, window):
    return _pairs(ids, size, window + 1)


def _no_self(ids, size, window):
    return _pairs(ids, size, window, itself=False)


def _round(ids, size, window):
    near = np.zeros((size, size))
    for d in range(1, window + 1):
        np.add.at(near, (ids, np.roll(ids, d)), 1 / d)
    return near + near.T


def _last_writes(ids, size, window):
    near, ids = np.zeros((size, size)), np.asarray(ids)
    for d in range(1, min(window, len(ids) - 1) + 1):
        near[ids[:-d], ids[d:]] += 1 / d
    return near + near.T


def _itself_once(ids, size, window):
    near = np.zeros((size, size))
    for i, a in enumerate(ids):
        for d, b in enumerate(ids[i + 1 : i + 1 + window], 1):
            near[[a, b], [b, a]] += 1 / d
    return near


WINDOWS = Exercise(
    reference=windows,
    cases=(
        (np.array([0, 1, 2, 1]), 3, 2),
        (np.array([0, 1, 2]), 3, 1),
        (np.array([2, 2, 2, 0]), 3, 2),
        (np.array([0, 1, 0, 1, 0, 2]), 4, 3),
        (np.array([1, 0]), 2, 5),
        (np.array([0, 1, 2, 3, 4, 0]), 5, 4),
    ),
    mistakes=(
        Mistake(
            _itself_once,
            "Right, but for a word near itself: then both cells are the same "
            "one, and it gets 1/d twice.",
        ),
        Mistake(
            _ahead,
            "You count the words behind, not those in front: a pair counts "
            "in both cells, [a, b] and [b, a].",
        ),
        Mistake(
            _behind,
            "You count the words in front, not those behind: a pair counts "
            "in both cells, [a, b] and [b, a].",
        ),
        Mistake(_flat, "Every pair counts 1: divide by its distance."),
        Mistake(
            _linear,
            "Your weight falls in equal steps: 1/d falls fast at first.",
        ),
        Mistake(
            _short,
            "The window is one place too short: a distance equal to it "
            "still counts.",
        ),
        Mistake(_long, "The window is one place too long."),
        Mistake(
            _no_self,
            "A word can stand near itself, as in “very very”: count it.",
        ),
        Mistake(
            _round,
            "The end of your text is followed by its beginning: np.roll "
            "goes round. Cut both ends off instead.",
        ),
        Mistake(
            _last_writes,
            "A pair that comes twice at one distance is added only once: "
            "this is the one-liner of the chapter on lookup.",
        ),
    ),
    hints=(
        "Two loops over places, i and a later j, are enough.",
        "Stop where j - i is above the window, or at the end of the text.",
        "Add 1 / (j - i) to [ids[i], ids[j]] and to [ids[j], ids[i]].",
    ),
)

# --- ranking: which text does a query mean? -------------------------------


def _best_first(scores):
    return np.argsort(-scores, kind="stable")


def _scored(texts, query, count=np.log):
    rarity = np.log(len(texts) / np.maximum((texts > 0).sum(axis=0), 1))
    a, b = ((x > 0) * (1 + count(x + (x == 0))) for x in (texts, query))
    return (a * rarity) @ (b * rarity), np.linalg.norm(a * rarity, axis=1)


def ranking(texts, query):
    """Return the rows of texts (N, V), the one most like query (V,) first.

    Alike is the cosine of their TF-IDF; of equals the first comes first.
    """
    dots, lengths = _scored(texts, query)
    return _best_first(dots / (lengths + (lengths == 0)))


def _no_length(texts, query):
    return _best_first(_scored(texts, query)[0])


def _plain_counts(texts, query):
    length = np.sqrt((texts * texts).sum(axis=1))
    return _best_first(texts @ query / np.where(length, length, 1))


def _no_log(texts, query):
    dots, lengths = _scored(texts, query, lambda x: x - 1)
    return _best_first(dots / (lengths + (lengths == 0)))


def _log_of_one_more(texts, query):
    rarity = np.log(len(texts) / np.maximum((texts > 0).sum(axis=0), 1))
    a, b = np.log1p(texts) * rarity, np.log1p(query) * rarity
    lengths = np.linalg.norm(a, axis=1)
    return _best_first(a @ b / (lengths + (lengths == 0)))


def _log_of_none(texts, query):
    rarity = np.log(len(texts) / np.maximum((texts > 0).sum(axis=0), 1))
    a, b = ((1 + np.log(x)) * rarity for x in (texts, query))
    return _best_first(a @ b / np.linalg.norm(a, axis=1))


def _question_as_a_text(texts, query):
    rows = counting.tfidf(np.vstack([texts, query]))
    lengths = np.linalg.norm(rows[:-1], axis=1)
    return _best_first(rows[:-1] @ rows[-1] / (lengths + (lengths == 0)))


def _worst_first(texts, query):
    dots, lengths = _scored(texts, query)
    scores = dots / (lengths + (lengths == 0))
    return np.argsort(scores, kind="stable")


def _shared_words(texts, query):
    return _best_first((texts > 0) @ (query > 0).astype(float))


def _scores(texts, query):
    dots, lengths = _scored(texts, query)
    return dots / (lengths + (lengths == 0))


def _distance(texts, query):
    dots, lengths = _scored(texts, query)
    return _best_first(2 * dots - lengths**2)


_TEXTS = np.array(
    [
        [3.0, 0.0, 1.0, 0.0, 2.0],
        [9.0, 1.0, 0.0, 0.0, 0.0],
        [1.0, 0.0, 4.0, 1.0, 0.0],
        [2.0, 1.0, 2.0, 0.0, 6.0],
    ]
)
_RNG = np.random.default_rng(3)

RANKING = Exercise(
    reference=ranking,
    cases=(
        (_TEXTS, np.array([1.0, 0.0, 1.0, 0.0, 0.0])),
        (_TEXTS, np.array([2.0, 1.0, 0.0, 0.0, 1.0])),
        (_TEXTS, np.array([5.0, 0.0, 0.0, 0.0, 0.0])),
        (_RNG.poisson(0.7, (12, 9)).astype(float), np.arange(9.0) % 3),
        (_RNG.poisson(1.5, (15, 6)).astype(float), np.arange(6.0) % 4),
        (_RNG.poisson(0.4, (10, 12)).astype(float), np.arange(12.0) % 2),
        (_RNG.poisson(0.15, (30, 40)).astype(float), np.arange(40.0) % 3),
        (np.eye(4, 5), np.array([0.0, 0.0, 0.0, 1.0, 9.0])),
        (np.eye(4, 3)[::-1], np.array([0.0, 1.0, 0.0])),
    ),
    mistakes=(
        Mistake(
            _no_length,
            "This is the dot product: long texts win. Divide by the length "
            "of each text's row.",
        ),
        Mistake(
            _plain_counts,
            "These are plain counts: weigh each word by ln(N / texts that "
            "hold it), in the texts and in the query.",
        ),
        Mistake(
            _no_log,
            "The count itself is used: ten times the word is not ten times "
            "the evidence. Take 1 + ln(count) where it is not 0.",
        ),
        Mistake(
            _log_of_one_more,
            "Your weight of a count is ln(1 + count): this chapter's is 1 + "
            "ln(count), and 0 where the count is 0.",
        ),
        Mistake(
            _log_of_none,
            "You took the logarithm of a count of 0: a word that does not "
            "occur weighs 0.",
        ),
        Mistake(
            _question_as_a_text,
            "You counted the question among the texts: a word's rarity comes "
            "from the texts alone.",
        ),
        Mistake(_worst_first, "The worst comes first: turn the order round."),
        Mistake(
            _shared_words,
            "You count shared words: a shared rare word says more than a "
            "shared frequent one.",
        ),
        Mistake(_scores, "These are the scores: the rows' order is wanted."),
        Mistake(
            _distance,
            "You sorted by distance, which punishes a text for its length: "
            "take the cosine.",
        ),
    ),
    hints=(
        "Weigh texts and query alike: (1 + ln count) times rarity where the "
        "count is above 0, else 0. Then take cosines. A text without any "
        "word scores 0.",
        "The rarity of a word comes from the texts alone, not the query.",
        "The query's own length changes no order. Sort the negated "
        "scores with kind='stable'.",
    ),
)

# --- fold: a new row in an old space --------------------------------------


def fold(row, sizes, axes, power):
    """Return the vector (K,) of a new row (V,): u times sizes ** power."""
    return axes @ row / sizes * sizes**power


def _undivided(row, sizes, axes, power):
    return axes @ row * sizes**power


def _only_projected(row, sizes, axes, power):
    return axes @ row


def _only_u(row, sizes, axes, power):
    return axes @ row / sizes


def _twice(row, sizes, axes, power):
    return axes @ row / sizes**2 * sizes**power


def _minus(row, sizes, axes, power):
    return axes @ row / sizes ** (1 + power)


def _unit(row, sizes, axes, power):
    x = fold(row, sizes, axes, power)
    return x / np.linalg.norm(x)


def _back(row, sizes, axes, power):
    return (axes @ row) @ axes


_OLD = _RNG.poisson(1.0, (8, 6)).astype(float)
_, _SIZES, _AXES = counting.svd(_OLD, 3)

FOLD = Exercise(
    reference=fold,
    cases=(
        (np.array([3.0, 4.0]), np.array([2.0, 0.5]), np.eye(2), 0.5),
        (np.array([3.0, 4.0]), np.array([2.0, 0.5]), np.eye(2), 0.0),
        (_OLD[2], _SIZES, _AXES, 0.5),
        (_OLD[5], _SIZES, _AXES, 1.0),
        (np.array([0.0, 2.0, 0.0, 1.0, 0.0, 5.0]), _SIZES, _AXES, 0.5),
        (np.array([1.0, 0.0, 7.0, 1.0, 0.0, 0.0]), _SIZES, _AXES, 0.0),
    ),
    mistakes=(
        Mistake(
            _undivided,
            "axes @ row already holds the sizes once: row is about "
            "(u * sizes) @ axes. Divide by them to get u.",
        ),
        Mistake(
            _only_projected,
            "This is u * sizes, right for power 1 alone.",
        ),
        Mistake(_only_u, "This is u, right for power 0 alone."),
        Mistake(
            _twice,
            "You divided by the sizes twice: once is enough, the axes have "
            "length 1.",
        ),
        Mistake(
            _minus,
            "You divided by sizes ** power: multiply.",
        ),
        Mistake(
            _unit,
            "The direction is right, but leave the length as it is.",
        ),
        Mistake(
            _back,
            "You went back to the words: the vector has one number for "
            "each axis.",
        ),
    ),
    hints=(
        "Start from row = (u * sizes) @ axes and solve for u.",
        "The axes are at right angles and have length 1, so axes @ axes.T "
        "is the identity.",
        "axes @ row / sizes is u; multiply it by sizes ** power.",
    ),
)

EXERCISES = {
    "bits": BITS,
    "windows": WINDOWS,
    "ranking": RANKING,
    "fold": FOLD,
}
