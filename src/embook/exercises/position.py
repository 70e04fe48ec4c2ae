"""Exercises of chapters/position.ipynb."""

from collections import Counter

import numpy as np

from embook import position
from embook.check import Exercise, Mistake

# --- entrance: ids (T,), tokens (V, D), places (P, D), kind (D,) -----------


def entrance(ids, tokens, places, kind):
    """Return the rows (T, D) that enter a BERT, before the layer norm."""
    added = position.learned(places).add(len(ids), len(kind))
    return tokens[list(ids)] + added + kind


def _by_id(ids, tokens, places, kind):
    entrance(ids, tokens, places, kind)
    return tokens[list(ids)] + places[np.array(ids) % len(places)] + kind


def _from_one(ids, tokens, places, kind):
    entrance(ids, tokens, places, kind)
    later = np.roll(places, -1, axis=0)
    return tokens[list(ids)] + later[: len(ids)] + kind


def _backwards(ids, tokens, places, kind):
    return entrance(ids[::-1], tokens, places, kind)[::-1]


def _by_order_of_ids(ids, tokens, places, kind):
    entrance(ids, tokens, places, kind)
    return tokens[list(ids)] + places[np.argsort(np.argsort(ids))] + kind


def _times(ids, tokens, places, kind):
    entrance(ids, tokens, places, kind)
    return tokens[list(ids)] * places[: len(ids)] + kind


def _side_by_side(ids, tokens, places, kind):
    rows = entrance(ids, tokens, places, kind)
    return np.hstack([tokens[list(ids)] + kind, places[: len(rows)]])


def _no_kind(ids, tokens, places, kind):
    return entrance(ids, tokens, places, kind) - kind


def _kind_first_only(ids, tokens, places, kind):
    rows = entrance(ids, tokens, places, 0 * kind)
    rows[0] += kind
    return rows


def _normed(ids, tokens, places, kind):
    rows = entrance(ids, tokens, places, kind)
    rows = rows - rows.mean(axis=1, keepdims=True)
    return rows / rows.std(axis=1, keepdims=True)


def _last_repeated(ids, tokens, places, kind):
    p = np.minimum(np.arange(len(ids)), len(places) - 1)
    return tokens[list(ids)] + places[p] + kind


def _round_again(ids, tokens, places, kind):
    p = np.arange(len(ids)) % len(places)
    return tokens[list(ids)] + places[p] + kind


def _cut(ids, tokens, places, kind):
    return entrance(ids[: len(places)], tokens, places, kind)


def _one_for_all(ids, tokens, places, kind):
    return tokens[list(ids)] + places[: len(ids)] + kind


def _index_error(ids, tokens, places, kind):
    return tokens[list(ids)] + places[np.arange(len(ids))] + kind


_TOKENS = np.array(
    [[1.0, 0.0, 2.0], [3.0, 1.0, 0.0], [0.0, 5.0, 1.0], [2.0, 2.0, 7.0]]
)
_PLACES = np.array(
    [[0.5, 0.0, 0.1], [0.2, 0.3, 0.0], [0.0, 0.7, 0.4], [0.9, 0.1, 0.6]]
)
_KIND = np.array([0.01, 0.02, 0.03])

ENTRANCE = Exercise(
    reference=entrance,
    cases=(
        ([2, 0], _TOKENS, _PLACES, _KIND),
        ([3, 1, 3, 0], _TOKENS, _PLACES, _KIND),
        ([1], _TOKENS, _PLACES[:1], _KIND),
        ([0, 0, 2], _TOKENS, _PLACES, 10 * _KIND),
        ([3, 2], _TOKENS[:, :2], _PLACES[:2, :2], _KIND[:2]),
        ([1, 2, 3], _TOKENS, _PLACES[:2], _KIND),
        ([0, 1, 2, 3, 0], _TOKENS, _PLACES, _KIND),
        ([0, 1, 2], _TOKENS, _PLACES[:1], _KIND),
    ),
    mistakes=(
        Mistake(
            _one_for_all,
            "Right, but you leave the refusal to NumPy: if there is a single "
            "position, it gives that one to every token and says nothing. "
            "Compare the two lengths, and raise a ValueError.",
        ),
        Mistake(
            _index_error,
            "Right, but a text with more tokens than positions ends in an "
            "IndexError: compare the two lengths first, and raise a "
            "ValueError.",
        ),
        Mistake(
            _last_repeated,
            "Right, but a text with more tokens than positions gets the "
            "last stamp again and again: raise a ValueError.",
        ),
        Mistake(
            _round_again,
            "Right, but in a text with more tokens than positions you begin "
            "the table again: raise a ValueError.",
        ),
        Mistake(
            _cut,
            "Right, but you cut a text with more tokens than positions, and "
            "nobody would notice: raise a ValueError.",
        ),
        Mistake(
            _by_id,
            "You took the row of positions by the token's id: a stamp "
            "depends on where the word stands, never on which word it is.",
        ),
        Mistake(
            _from_one,
            "You began with row 1 of the positions: the first token stands "
            "at place 0.",
        ),
        Mistake(
            _backwards,
            "The stamps run backwards: the first token gets row 0.",
        ),
        Mistake(
            _by_order_of_ids,
            "You stamped the tokens in the order of their ids: stamp them "
            "in the order of the text.",
        ),
        Mistake(_times, "You multiplied token and position: add them."),
        Mistake(
            _side_by_side,
            "You put token and position side by side: add them, so that a "
            "row stays as wide as it was.",
        ),
        Mistake(
            _no_kind,
            "Token and position are right: the row of the token type is "
            "missing, and it is added to every token.",
        ),
        Mistake(
            _kind_first_only,
            "The token type is added to every token, not to the first alone.",
        ),
        Mistake(
            _normed,
            "This is normed already: return the sum, before the layer norm.",
        ),
    ),
    hints=(
        "Three rows for each token: one by its id, one by its place, one "
        "that is the same for all.",
        "tokens[ids] has a row for each token; places[: len(ids)] has a row "
        "for each place. Add them, and kind: it is added to every row.",
        "First of all, raise ValueError if len(ids) > len(places).",
    ),
)

# --- clock: length T, width D, base ----------------------------------------


def clock(length, width, base):
    """Return the sinusoids (T, D): sine, cosine of each hand in turn."""
    p = np.arange(length)[:, None]
    angles = p * base ** (-np.arange(0, width, 2) / width)
    return _woven(np.sin(angles), np.cos(angles))


def _woven(a, b):
    return np.stack([a, b], axis=2).reshape(len(a), -1)


def _half_exponent(length, width, base):
    p = np.arange(length)[:, None]
    angles = p * base ** (-np.arange(width // 2) / width)
    return _woven(np.sin(angles), np.cos(angles))


def _twos_doubled(length, width, base):
    p = np.arange(length)[:, None]
    angles = p * base ** (-2 * np.arange(0, width, 2) / width)
    return _woven(np.sin(angles), np.cos(angles))


def _each_number_a_hand(length, width, base):
    p = np.arange(length)[:, None]
    angles = p * base ** (-np.arange(width) / width)
    return np.where(np.arange(width) % 2, np.cos(angles), np.sin(angles))


def _authors_code(length, width, base):
    p, half = np.arange(length)[:, None], width // 2
    angles = p * base ** (-np.arange(half) / max(half - 1, 1))
    return _woven(np.sin(angles), np.cos(angles))


def _halves(length, width, base):
    table = clock(length, width, base)
    return np.hstack([table[:, ::2], table[:, 1::2]])


def _cosine_first(length, width, base):
    table = clock(length, width, base)
    return _woven(table[:, 1::2], table[:, ::2])


def _clock_from_one(length, width, base):
    return clock(length + 1, width, base)[1:]


def _faster_and_faster(length, width, base):
    return clock(length, width, 1 / base)


def _degrees(length, width, base):
    p = np.arange(length)[:, None]
    angles = p * base ** (-np.arange(0, width, 2) / width) * np.pi / 180
    return _woven(np.sin(angles), np.cos(angles))


def _only_sines(length, width, base):
    table = clock(length, width, base)
    return _woven(table[:, ::2], table[:, ::2])


def _one_hand(length, width, base):
    p = np.arange(length)[:, None] + np.zeros(width // 2)
    return _woven(np.sin(p), np.cos(p))


def _always_ten_thousand(length, width, base):
    return clock(length, width, 10_000.0)


def _columns_as_rows(length, width, base):
    return clock(length, width, base).T


CLOCK = Exercise(
    reference=clock,
    cases=(
        (4, 4, 100.0),
        (3, 2, 10_000.0),
        (6, 8, 10_000.0),
        (1, 6, 50.0),
        (5, 6, 8.0),
        (9, 10, 500.0),
    ),
    mistakes=(
        Mistake(
            _half_exponent,
            "The hands slow down too little: the exponent is -2i/D, so the "
            "hands have steps of 2, not of 1.",
        ),
        Mistake(
            _twos_doubled,
            "The hands slow down too much: if your i counts in twos, 0, 2, "
            "4, …, the exponent is -i/D.",
        ),
        Mistake(
            _each_number_a_hand,
            "Each number has a speed of its own: sine and cosine of one "
            "hand belong together, with the same angle.",
        ),
        Mistake(
            _authors_code,
            "This is the other dialect, of tensor2tensor, whose last hand "
            "turns by exactly 1/base: divide by D, not by D - 2.",
        ),
        Mistake(
            _halves,
            "The numbers are right, the layout is not: here sine and cosine "
            "of each hand stand side by side.",
        ),
        Mistake(_cosine_first, "Sine and cosine are exchanged: sine first."),
        Mistake(
            _clock_from_one,
            "Your first place is 1: the first clock is that of place 0, "
            "with all hands at twelve.",
        ),
        Mistake(
            _faster_and_faster,
            "Your hands get faster from one to the next: mind the minus in "
            "the exponent.",
        ),
        Mistake(
            _degrees,
            "You turned the angles from degrees into radians: they are "
            "radians already.",
        ),
        Mistake(
            _only_sines,
            "Two sines for each hand: with the sine alone you cannot tell "
            "an angle from its mirror image. The second number is a cosine.",
        ),
        Mistake(
            _one_hand,
            "All hands turn alike: then places 0 and 44 look nearly the "
            "same. Each hand has its own speed.",
        ),
        Mistake(
            _always_ten_thousand,
            "The base is given: it is not always 10,000.",
        ),
        Mistake(
            _columns_as_rows,
            "Rows and columns are exchanged: one row for each place.",
        ),
    ),
    hints=(
        "Work out one angle for each place p and each hand i: p times the "
        "hand's speed. There are width // 2 hands.",
        "The speeds are base ** (-2 * i / width), for i = 0, 1, 2, …",
        "Fill a table of zeros: columns 0, 2, 4, … (`[:, 0::2]`) are the "
        "sines, columns 1, 3, 5, … (`[:, 1::2]`) the cosines.",
    ),
)

# --- twins: ids of one text, ids of another --------------------------------


def twins(one, other):
    """Return whether attention without order pools both texts alike."""
    a, b = Counter(one), Counter(other)
    return all(a[i] * len(other) == b[i] * len(one) for i in {*a, *b})


def _same_list(one, other):
    return list(one) == list(other)


def _same_counts(one, other):
    return sorted(one) == sorted(other)


def _same_set(one, other):
    return {*one} == {*other}


def _same_length(one, other):
    return len(one) == len(other)


def _same_mean_id(one, other):
    return sum(one) * len(other) == sum(other) * len(one)


def _always(one, other):
    return True


def _never(one, other):
    return False


def _one_way(one, other):
    a, b = Counter(one), Counter(other)
    return all(b[i] >= n for i, n in a.items())


def _whole_times(one, other):
    a, b = Counter(one), Counter(other)
    times = {b[i] / a[i] if a[i] else 0 for i in {*a, *b}}
    return len(times) == 1 and times.pop() % 1 == 0


TWINS = Exercise(
    reference=twins,
    cases=(
        ([3, 1, 2], [1, 2, 3]),
        ([4, 2], [4, 2]),
        ([1, 2], [1, 3]),
        ([1, 1, 2], [1, 2, 2]),
        ([1, 2], [1, 2, 1, 2]),
        ([2, 3], [1, 4]),
        ([1, 2], [2, 1, 3]),
        ([5, 5, 5], [5]),
        ([7, 8, 8, 8, 7, 8], [8, 7, 8]),
        ([1, 1, 2, 2], [1, 2, 1, 2, 1, 2]),
        ([1, 2, 3], [2, 3]),
    ),
    mistakes=(
        Mistake(
            _same_list,
            "You ask for the same order: without positions the order makes "
            "no difference. (Or do you compare means with ==? They are equal "
            "but for rounding.)",
        ),
        Mistake(
            _same_counts,
            "Nearly. Say a text twice: each row then has two copies, which "
            "share what it had. What counts is the proportion of the words.",
        ),
        Mistake(
            _same_set,
            "How often a word occurs does make a difference: two copies of "
            "one word count double beside a single one of another.",
        ),
        Mistake(_same_length, "Texts of one length may hold other words."),
        Mistake(
            _same_mean_id,
            "You averaged the ids: they are labels, and with random rows "
            "their sum says nothing.",
        ),
        Mistake(
            _always,
            "Not every pair: the order is lost, the words are not.",
        ),
        Mistake(
            _never,
            "Some pairs are pooled alike under any weights: those that "
            "differ in order alone, for a start.",
        ),
        Mistake(
            _one_way,
            "You check that the second text holds all of the first: it may "
            "hold more besides, or one word more often than another.",
        ),
        Mistake(
            _whole_times,
            "Nearly. The second text need not be the first one so many "
            "times: it may be the shorter one, or two to three. Compare "
            "proportions.",
        ),
    ),
    hints=(
        "Softmax shares: if a row occurs twice, its two copies get equal "
        "shares. What if *every* row occurs twice?",
        "The mean that comes out depends on one thing alone: which part of "
        "the text each word makes up.",
        "Count the words of both texts (`collections.Counter`), and compare "
        "count divided by length for every word of either.",
    ),
)

# --- glance: k places, width D, base ---------------------------------------


def glance(k, width, base):
    """Return the matrix (D, D) that moves sines-first rows by k places."""
    turns = k * base ** (-np.arange(0, width, 2) / width)
    c, s = np.diag(np.cos(turns)), np.diag(np.sin(turns))
    return np.block([[c, -s], [s, c]])


def _woven_layout(k, width, base):
    return position.shift(k, width, base)


def _backwards_in_time(k, width, base):
    return glance(-k, width, base)


def _columns_only(k, width, base):
    order = np.arange(width).reshape(-1, 2).T.ravel()
    return position.shift(k, width, base)[:, order]


def _rows_only(k, width, base):
    order = np.arange(width).reshape(-1, 2).T.ravel()
    return position.shift(k, width, base)[order]


def _ten_thousand(k, width, base):
    return glance(k, width, 10_000.0)


def _one_step(k, width, base):
    return glance(1, width, base)


def _times_k(k, width, base):
    return k * glance(1, width, base)


def _same_speed(k, width, base):
    return glance(k, width, 1.0)


def _slows_half(k, width, base):
    return glance(k, width, base**0.5)


def _mirror(k, width, base):
    matrix = glance(k, width, base).copy()
    matrix[:, width // 2 :] *= -1
    return matrix


def _no_minus(k, width, base):
    matrix = glance(k, width, base).copy()
    matrix[: width // 2, width // 2 :] *= -1
    return matrix


def _diagonal(k, width, base):
    return np.diag(np.diag(glance(k, width, base)))


GLANCE = Exercise(
    reference=glance,
    cases=(
        (1, 2, 10_000.0),
        (2, 4, 100.0),
        (-3, 6, 10_000.0),
        (5, 8, 50.0),
        (0, 4, 10.0),
        (7, 6, 20.0),
    ),
    mistakes=(
        Mistake(
            _woven_layout,
            "This is the matrix for sine and cosine side by side, as `shift` "
            "gives it: here hand i has its sine in place i and its cosine "
            "in place i + D/2.",
        ),
        Mistake(
            _backwards_in_time,
            "This moves the clocks back by k places: either the minus "
            "stands before the wrong sine, or you wrote the matrix for "
            "`M @ row`. Here the row comes first.",
        ),
        Mistake(
            _columns_only,
            "You put the columns in the new order, not the rows: what comes "
            "in is sines first, too.",
        ),
        Mistake(
            _rows_only,
            "You put the rows in the new order, not the columns: what comes "
            "out is to be sines first, too.",
        ),
        Mistake(
            _ten_thousand,
            "The base is given: it is not always 10,000.",
        ),
        Mistake(
            _one_step,
            "This moves by one place, whatever k is: turn k times as far.",
        ),
        Mistake(
            _times_k,
            "You multiplied the matrix by k, which makes rows k times as "
            "long: the *angle* is to be k times as large.",
        ),
        Mistake(
            _same_speed,
            "You turned all hands by the same angle: each hand has its own "
            "speed.",
        ),
        Mistake(
            _slows_half,
            "The hands slow down too little from one to the next: the "
            "exponent is -2i/D.",
        ),
        Mistake(
            _mirror,
            "The cosines come out with the wrong sign: this matrix mirrors, "
            "it does not turn.",
        ),
        Mistake(
            _no_minus,
            "A minus is missing: the cosine of a sum is cos·cos minus "
            "sin·sin.",
        ),
        Mistake(
            _diagonal,
            "You only shrink each number: a turn mixes the sine and the "
            "cosine of a hand.",
        ),
    ),
    hints=(
        "Write down the rules for sin(a + b) and cos(a + b). Here a is the "
        "hand's angle at place p and b what it turns in k places.",
        "The new sine of hand i is made of its old sine (row i of M) and its "
        "old cosine (row i + D/2). The same for its new cosine.",
        "With C and S the diagonal matrices of the cosines and sines of all "
        "b: np.block([[C, -S], [S, C]]).",
    ),
)

EXERCISES = {
    "entrance": ENTRANCE,
    "clock": CLOCK,
    "twins": TWINS,
    "glance": GLANCE,
}
