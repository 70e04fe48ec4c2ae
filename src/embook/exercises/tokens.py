"""Exercises of chapters/tokens.ipynb."""

import numpy as np

from embook import tokens
from embook.check import Exercise, Mistake

# --- lines: all rows of one word ------------------------------------------


def lines(words, word):
    """Return the rows that spell a word, with any capitals, or a space."""
    bare = word.lower()
    return [i for i, w in enumerate(words) if w.lstrip(" ").lower() == bare]


def _case_kept(words, word):
    return [i for i, w in enumerate(words) if w.lstrip(" ") == word]


def _question_kept(words, word):
    return [i for i, w in enumerate(words) if w.lstrip(" ").lower() == word]


def _space_kept(words, word):
    return [i for i, w in enumerate(words) if w.lower() == word.lower()]


def _one_space_off(words, word):
    bare = word.lower()
    return [
        i for i, w in enumerate(words) if w.removeprefix(" ").lower() == bare
    ]


def _space_only(words, word):
    bare = f" {word.lower()}"
    return [i for i, w in enumerate(words) if w.lower() == bare]


def _inside(words, word):
    return [i for i, w in enumerate(words) if word.lower() in w.lower()]


def _begins(words, word):
    bare = word.lower()
    return [
        i
        for i, w in enumerate(words)
        if w.lstrip(" ").lower().startswith(bare)
    ]


def _all_blanks(words, word):
    bare = word.lower()
    return [i for i, w in enumerate(words) if w.strip().lower() == bare]


def _signs_out(words, word):
    bare = word.lower()
    return [
        i
        for i, w in enumerate(words)
        if "".join(filter(str.isalpha, w)).lower() == bare
    ]


def _first(words, word):
    return lines(words, word)[:1]


def _spelt(words, word):
    return [words[i] for i in lines(words, word)]


def _from_one(words, word):
    return [i + 1 for i in lines(words, word)]


def _how_many(words, word):
    return len(lines(words, word))


_SOME = [" dog", "Dog", " cat", "dog", " DOG", "dogs", " hotdog", "dog."]

LINES = Exercise(
    reference=lines,
    cases=(
        (_SOME, "dog"),
        (_SOME, "Cat"),
        ([" us", " US", "us\n", "Us", "used", "bus", "u.s"], "US"),
        (["É", " é", "e", "  É"], "é"),
        (["ing", " ing", "Ing", " sing", "-ing"], "ing"),
        (["cat", " Cats"], "dog"),
        ([" May", "may", "MAY", " maybe", "may "], "may"),
    ),
    mistakes=(
        Mistake(
            _case_kept,
            "Dog is a line of dog as well: compare in lower case.",
        ),
        Mistake(
            _question_kept,
            "The tokens are made lower case, and the word that is asked for "
            "is not: asked for US, you find nothing.",
        ),
        Mistake(
            _space_kept,
            "' dog' is a line of dog as well: take the spaces in front off "
            "the token.",
        ),
        Mistake(
            _one_space_off,
            "removeprefix takes one space off. There can be more in front: "
            "lstrip(' ').",
        ),
        Mistake(
            _space_only,
            "You found the tokens with a space alone. Those without belong "
            "to the word too.",
        ),
        Mistake(
            _inside,
            "You found every token that *contains* the letters: hotdog is "
            "another word. The whole token must agree.",
        ),
        Mistake(
            _begins,
            "You found every token that *begins* so: dogs is another word. "
            "The whole token must agree.",
        ),
        Mistake(
            _all_blanks,
            "strip() also takes off line breaks, and blanks at the end. Only "
            "spaces in front count: lstrip(' ').",
        ),
        Mistake(
            _signs_out,
            "You threw signs out of the token: 'dog.' is another piece of "
            "text. The whole token must agree.",
        ),
        Mistake(_first, "This is the first row: all of them are wanted."),
        Mistake(_spelt, "These are the tokens: their rows are wanted."),
        Mistake(_from_one, "Rows are counted from 0, not from 1."),
        Mistake(_how_many, "This is how many there are: return the rows."),
    ),
    hints=(
        "enumerate gives the row with each token.",
        "token.lstrip(' ') takes the spaces in front off.",
        "Keep a row if token.lstrip(' ').lower() == word.lower().",
    ),
)

# --- parameters: count a GPT-2 -------------------------------------------


def parameters(vocabulary, width, layers, places, tied):
    """Return how many numbers a GPT-2 of this shape learns."""
    return tokens.gpt2(vocabulary, width, layers, places, tied)


def _always_tied(vocabulary, width, layers, places, tied):
    return tokens.gpt2(vocabulary, width, layers, places)


def _always_untied(vocabulary, width, layers, places, tied):
    return tokens.gpt2(vocabulary, width, layers, places, False)


def _upside_down(vocabulary, width, layers, places, tied):
    return tokens.gpt2(vocabulary, width, layers, places, not tied)


def _no_bias(vocabulary, width, layers, places, tied):
    return tokens.gpt2(vocabulary, width, layers, places, tied, False)


def _no_places(vocabulary, width, layers, places, tied):
    whole = tokens.gpt2(vocabulary, width, layers, places, tied)
    return whole - places * width


def _no_last_norm(vocabulary, width, layers, places, tied):
    whole = tokens.gpt2(vocabulary, width, layers, places, tied)
    return whole - 2 * width


def _one_norm_vector(vocabulary, width, layers, places, tied):
    whole = tokens.gpt2(vocabulary, width, layers, places, tied)
    return whole - (2 * layers + 1) * width


def _one_norm_a_layer(vocabulary, width, layers, places, tied):
    whole = tokens.gpt2(vocabulary, width, layers, places, tied)
    return whole - 2 * layers * width


def _no_way_back(vocabulary, width, layers, places, tied):
    whole = tokens.gpt2(vocabulary, width, layers, places, tied)
    return whole - layers * (width * width + width)


def _no_biases(vocabulary, width, layers, places, tied):
    whole = tokens.gpt2(vocabulary, width, layers, places, tied)
    return whole - layers * 9 * width


def _output_bias(vocabulary, width, layers, places, tied):
    whole = tokens.gpt2(vocabulary, width, layers, places, tied)
    return whole + vocabulary


def _both_tables_doubled(vocabulary, width, layers, places, tied):
    whole = tokens.gpt2(vocabulary, width, layers, places, tied)
    return whole + (not tied) * places * width


def _one_layer(vocabulary, width, layers, places, tied):
    return tokens.gpt2(vocabulary, width, 1, places, tied)


PARAMETERS = Exercise(
    reference=parameters,
    cases=(
        (50_257, 768, 12, 1024, True),
        (50_257, 768, 12, 1024, False),
        (10, 2, 1, 3, True),
        (10, 2, 1, 3, False),
        (7, 5, 4, 11, True),
        (1, 1, 1, 1, False),
        (100, 3, 2, 1, True),
    ),
    mistakes=(
        Mistake(
            _always_tied,
            "Right while the tables are tied. Not tied, there is a second "
            "one, as large as the first.",
        ),
        Mistake(
            _always_untied,
            "You always count two token tables: a tied model has one.",
        ),
        Mistake(
            _upside_down,
            "The two cases are exchanged: tied means one table.",
        ),
        Mistake(
            _no_bias,
            "The biases of queries, keys and values are missing: three "
            "vectors of the width in each layer. Many courses leave them "
            "out; the published GPT-2 has them.",
        ),
        Mistake(
            _no_biases,
            "Every product with a matrix has a bias here: three and one in "
            "the attention, of the width each, and in the small network one "
            "of four times the width and one of the width.",
        ),
        Mistake(
            _no_places,
            "The table of places is missing: a row of the width for each.",
        ),
        Mistake(
            _no_last_norm,
            "The norm after the last layer is missing.",
        ),
        Mistake(
            _one_norm_vector,
            "A norm has two vectors: one multiplies, one is added.",
        ),
        Mistake(
            _one_norm_a_layer,
            "There are two norms in a layer: before the attention and "
            "before the small network.",
        ),
        Mistake(
            _no_way_back,
            "The attention has a fourth matrix, with its bias: the way back "
            "from the heads.",
        ),
        Mistake(
            _output_bias,
            "You gave the output a bias for each token: GPT-2 has none.",
        ),
        Mistake(
            _both_tables_doubled,
            "You counted the places twice as well: not tied, only the table "
            "of tokens is there twice.",
        ),
        Mistake(
            _one_layer,
            "This is a model of one layer: multiply by their number.",
        ),
    ),
    hints=(
        "Add up: tables, layers, and one norm. Write d for the width.",
        "A layer: 4 matrices of d × d with a bias each; the small network "
        "d to 4d and back, with biases; two norms of 2d.",
        "That makes 12 d² + 13 d in a layer. Tables: d for each token (twice "
        "if not tied) and for each place. The last norm: 2d.",
    ),
)

# --- mean_cosine: all pairs without all pairs -----------------------------


def mean_cosine(x):
    """Return the mean cosine of all pairs of different rows of x (N, D)."""
    return tokens.mean_cosine(x)


def _unit(x):
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def _own_pairs(x):
    middle = _unit(x).mean(axis=0)
    return middle @ middle


def _dot_products(x):
    total = np.sum(x, axis=0)
    n = len(x)
    return (total @ total - np.sum(x * x)) / (n * (n - 1))


def _cosine_of_means(x):
    middle = np.mean(x, axis=0)
    return (_unit(x) @ middle / np.linalg.norm(middle)).mean()


def _neighbours(x):
    u = _unit(x)
    return (u[:-1] * u[1:]).sum() / max(len(u) - 1, 1)


def _absolute(x):
    table = np.abs(_unit(x) @ _unit(x).T)
    n = len(x)
    return (table.sum() - n) / (n * (n - 1))


def _over_all(x):
    total = _unit(x).sum(axis=0)
    n = len(x)
    return (total @ total - n) / n**2


def _each_once(x):
    total = _unit(x).sum(axis=0)
    n = len(x)
    return (total @ total - n) / (n * (n - 1) / 2)


def _kept(x):
    total = _unit(x).sum(axis=0)
    return total @ total / (len(x) * (len(x) - 1))


def _no_refusal(x):
    with np.errstate(invalid="ignore"):
        total = np.sum(x / np.linalg.norm(x, axis=1, keepdims=True), axis=0)
        n = np.float64(len(x))
        return (total @ total - n) / (n * (n - 1))


def _zero_refused(x):
    if not np.all(np.any(x, axis=1)):
        raise ValueError("a row is zero")
    return _no_refusal(x)


def _nan_passes(x):
    x = np.asarray(x)
    if len(x) > 1 and not np.all(np.any(x, axis=1)):
        return np.nan
    return tokens.mean_cosine(x)


def _zero_skipped(x):
    x = np.asarray(x)
    return tokens.mean_cosine(x[np.any(x, axis=1)])


def _one_is_alike(x):
    return 1.0 if len(x) == 1 else tokens.mean_cosine(x)


def _arrows(seed, n, d, shift):
    rng = np.random.default_rng(seed)
    return (rng.normal(size=(n, d)) + shift) * rng.uniform(0.2, 4, (n, 1))


MEAN_COSINE = Exercise(
    reference=mean_cosine,
    cases=(
        (np.array([[2.0, 0.0], [0.0, 3.0], [5.0, 0.0]]),),
        (np.array([[1.0, 1.0], [-2.0, -2.0]]),),
        (_arrows(0, 7, 3, 0.5),),
        (_arrows(1, 20, 5, 0.0),),
        (_arrows(2, 2, 4, 1.0),),
        (_arrows(3, 30, 4, -2.0),),
        (np.array([[1.0, 0.0], [0.0, 0.0], [0.0, 1.0]]),),
        (np.array([[1.0, 2.0]]),),
    ),
    mistakes=(
        Mistake(
            _own_pairs,
            "Each row is also compared with itself, which adds a 1 for each: "
            "take those N off, and divide by N (N - 1).",
        ),
        Mistake(
            _dot_products,
            "These are dot products: divide each row by its length first.",
        ),
        Mistake(
            _cosine_of_means,
            "This is the mean cosine of each row with the mean row. The "
            "pairs of rows are wanted.",
        ),
        Mistake(
            _neighbours,
            "Only rows that follow each other are compared: take all pairs.",
        ),
        Mistake(
            _absolute,
            "Negative cosines count as negative: take the absolute value "
            "away.",
        ),
        Mistake(
            _over_all,
            "You took the rows with themselves out of the sum, but divided "
            "by N²: there are N (N - 1) pairs left, both ways.",
        ),
        Mistake(
            _each_once,
            "The sum holds each pair twice, once each way. Divide by "
            "N (N - 1), not by half of it.",
        ),
        Mistake(
            _kept,
            "You divided by N (N - 1), and the N rows with themselves are "
            "still in the sum: take N off.",
        ),
        Mistake(
            _no_refusal,
            "Right where there is an answer. A zero row and a single row "
            "have none: raise a ValueError.",
        ),
        Mistake(
            _zero_refused,
            "Right, but for fewer than two rows: raise a ValueError.",
        ),
        Mistake(
            _nan_passes,
            "Right, but for a zero row: NaN spreads in silence. Raise a "
            "ValueError.",
        ),
        Mistake(
            _zero_skipped,
            "Right, but a zero row is left out in silence: it has no "
            "direction. Raise a ValueError.",
        ),
        Mistake(
            _one_is_alike,
            "Right, but one row has no pair: raise a ValueError.",
        ),
    ),
    hints=(
        "Give every row the length 1 and add them all up: one vector.",
        "The dot product of that sum with itself holds every pair, twice, "
        "and every row with itself, which is 1.",
        "(total @ total - n) / (n * (n - 1))",
    ),
)

# --- suspects: rows like the unused ones ----------------------------------


def suspects(x, unused, k):
    """Return the k rows (K,) most like the unused, which are left out."""
    likeness = tokens.suspicion(x, unused)
    likeness[list(unused)] = -np.inf
    return np.argsort(-likeness, kind="stable")[:k]


def _shadowless(x, direction):
    direction = direction / np.linalg.norm(direction)
    return x - np.outer(x @ direction, direction)


def _shared(x):
    return np.linalg.svd(x, full_matrices=False)[2][0]


def _rank(rest, unused, k, centre=None, cosines=True):
    centre = rest[list(unused)].mean(axis=0) if centre is None else centre
    likeness = rest @ centre
    if cosines:
        likeness = likeness / np.linalg.norm(rest, axis=1)
    likeness[list(unused)] = -np.inf
    return np.argsort(-likeness, kind="stable")[:k]


def _nothing_off(x, unused, k):
    return _rank(np.array(x), unused, k)


def _mean_off(x, unused, k):
    return _rank(x - np.mean(x, axis=0), unused, k)


def _centred_axis(x, unused, k):
    return _rank(_shadowless(x, _shared(x - np.mean(x, axis=0))), unused, k)


def _mean_axis(x, unused, k):
    return _rank(_shadowless(x, np.mean(x, axis=0)), unused, k)


def _last_axis(x, unused, k):
    last = np.linalg.svd(x, full_matrices=False)[2][-1]
    return _rank(_shadowless(x, last), unused, k)


def _dots(x, unused, k):
    return _rank(_shadowless(x, _shared(x)), unused, k, cosines=False)


def _unused_kept(x, unused, k):
    rest = _shadowless(x, _shared(x))
    likeness = rest @ rest[list(unused)].mean(axis=0)
    likeness = likeness / np.linalg.norm(rest, axis=1)
    return np.argsort(-likeness, kind="stable")[:k]


def _first_only(x, unused, k):
    rest = _shadowless(x, _shared(x))
    return _rank(rest, unused, k, rest[unused[0]])


def _least(x, unused, k):
    rest = _shadowless(x, _shared(x))
    return _rank(rest, unused, k, -rest[list(unused)].mean(axis=0))


def _worst_first(x, unused, k):
    return suspects(x, unused, k)[::-1]


def _shortest(x, unused, k):
    lengths = np.linalg.norm(x, axis=1)
    lengths[list(unused)] = np.inf
    return np.argsort(lengths, kind="stable")[:k]


def _nearest(x, unused, k):
    far = np.linalg.norm(x - np.mean(x[list(unused)], axis=0), axis=1)
    far[list(unused)] = np.inf
    return np.argsort(far, kind="stable")[:k]


def _register(seed, n=40, d=6):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, d)) * rng.uniform(0.5, 2, (n, 1))
    # A common part, in different amounts, and a mean of another direction.
    x += np.outer(rng.uniform(0.5, 4, n), rng.normal(size=d))
    return x + rng.normal(size=d)


SUSPECTS = Exercise(
    reference=suspects,
    cases=(
        (np.array([[9.0, 1, 0], [9, -1, 0], [5, 0, 1], [9, 3, 1]]), [0], 2),
        (_register(0), [3, 7, 20], 5),
        (_register(1), [0, 39], 4),
        (_register(2), [11], 6),
        (_register(3, 60, 8), [5, 6, 7, 8], 7),
        (_register(4, 25, 4), [24, 1], 3),
    ),
    mistakes=(
        Mistake(
            _nothing_off,
            "What all rows share is still in: take each row's shadow on the "
            "shared direction off first.",
        ),
        Mistake(
            _mean_off,
            "You took the same mean row off every row. Take off each row's "
            "own shadow on the shared direction.",
        ),
        Mistake(
            _centred_axis,
            "You looked for the direction after taking the mean off. Here "
            "the mean is part of what is shared: use the table as it is.",
        ),
        Mistake(
            _mean_axis,
            "This is the shadow on the mean row. The one on the first row "
            "of vh is wanted.",
        ),
        Mistake(
            _last_axis,
            "This is the last row of vh, which the rows share least: take "
            "the first.",
        ),
        Mistake(
            _dots,
            "These are dot products: long rows win. Divide by the length "
            "that each row has left.",
        ),
        Mistake(
            _unused_kept,
            "The unused rows themselves are among the answers: give them "
            "-np.inf.",
        ),
        Mistake(
            _first_only,
            "You compared with the first unused row alone: take the mean of "
            "all of them.",
        ),
        Mistake(_least, "These are the rows that are *least* like them."),
        Mistake(
            _worst_first,
            "The right rows, the least suspicious first: turn them round.",
        ),
        Mistake(
            _shortest,
            "These are the shortest rows. In a tied table unused rows need "
            "not be short: compare directions.",
        ),
        Mistake(
            _nearest,
            "You took the distance to the mean of the unused rows, with "
            "the shared part still in. Take that off, and compare cosines.",
        ),
    ),
    hints=(
        "shared = np.linalg.svd(x, full_matrices=False)[2][0] has length 1.",
        "The shadow of all rows: np.outer(x @ shared, shared). Take it off.",
        "Cosines with the mean of the rows `unused` that are left; give the "
        "unused ones -np.inf; np.argsort(-cosines)[:k].",
    ),
)

EXERCISES = {
    "lines": LINES,
    "parameters": PARAMETERS,
    "mean_cosine": MEAN_COSINE,
    "suspects": SUSPECTS,
}
