"""Exercises of chapters/tokenization.ipynb: a ladder of five, and Viterbi."""

import math
from collections import Counter
from itertools import pairwise

from embook.check import Exercise, Mistake
from embook.pairs import joined

# --- pair_counts: what stands beside what, and how often ------------------


def pair_counts(words, weights):
    """Return rows (left, right, count), sorted; a word counts by weight."""
    counts = Counter()
    for i, word in enumerate(words):
        for pair in pairwise(word):
            counts[pair] += weights[i]
    return [[*pair, n] for pair, n in sorted(counts.items())]


def _unweighted(words, weights):
    return pair_counts(words, [1 for _ in words])


def _without_overlap(words, weights):
    counts = Counter()
    for word, weight in zip(words, weights, strict=True):
        last, at = None, -2
        for i, pair in enumerate(pairwise(word)):
            if pair != last or i > at + 1:
                counts[pair] += weight
                last, at = pair, i
            else:
                last = None
    return [[*pair, n] for pair, n in sorted(counts.items())]


def _across_words(words, weights):
    inside = Counter()
    for left, right, n in pair_counts(words, weights):
        inside[left, right] = n
    for (a, b), weight in zip(pairwise(words), weights, strict=False):
        inside[a[-1], b[0]] += weight
    return [[*pair, n] for pair, n in sorted(inside.items())]


def _either_order(words, weights):
    counts = Counter()
    for left, right, n in pair_counts(words, weights):
        counts[min(left, right), max(left, right)] += n
    return [[*pair, n] for pair, n in sorted(counts.items())]


def _once_a_word(words, weights):
    counts = Counter()
    for word, weight in zip(words, weights, strict=True):
        for pair in set(pairwise(word)):
            counts[pair] += weight
    return [[*pair, n] for pair, n in sorted(counts.items())]


def _by_count(words, weights):
    return sorted(pair_counts(words, weights), key=lambda row: -row[2])


PAIR_COUNTS = Exercise(
    reference=pair_counts,
    cases=(
        ([[7, 20, 6], [15, 20, 6]], [10, 5]),
        ([[1, 1, 1, 2]], [3]),
        ([[5, 4], [4, 5], [5, 4, 5]], [1, 2, 4]),
        ([[3, 9, 3, 9], [9]], [2, 8]),
        ([[1, 2, 2, 1, 1, 1, 1]], [1]),
        ([[6, 1], [2, 6, 1, 2, 6, 1]], [7, 1]),
    ),
    mistakes=(
        Mistake(
            _unweighted,
            "Each word counts once here: a word that occurs ten times gives "
            "each of its pairs ten.",
        ),
        Mistake(
            _without_overlap,
            "Of three equal ids you count one pair: there are two, since "
            "the middle one has two neighbours.",
        ),
        Mistake(
            _across_words,
            "You pair the end of a word with the beginning of the next one: "
            "no token crosses that cut.",
        ),
        Mistake(
            _either_order,
            "You count (a, b) and (b, a) together: the order matters, un is "
            "not nu.",
        ),
        Mistake(
            _once_a_word,
            "A pair that stands twice in one word counts twice.",
        ),
        Mistake(
            _by_count,
            "The right rows, in the order of their counts: sort them by "
            "left and right id.",
        ),
    ),
    hints=(
        "zip(word, word[1:]) gives the neighbours of one word.",
        "A dictionary from (left, right) to a number, and += weight.",
        "At the end: [[a, b, n] for (a, b), n in sorted(counts.items())].",
    ),
)

# --- best_pair: the next merge, the same on every machine -----------------


def best_pair(rows):
    """Return [left, right] of the highest count; of equals the smallest."""
    left, right, _ = min(rows, key=lambda row: (-row[2], row[0], row[1]))
    return [left, right]


def _last_of_equals(rows):
    left, right, _ = max(rows, key=lambda row: (row[2], row[0], row[1]))
    return [left, right]


def _first_met(rows):
    left, right, _ = max(rows, key=lambda row: row[2])
    return [left, right]


def _rarest(rows):
    left, right, _ = min(rows, key=lambda row: (row[2], row[0], row[1]))
    return [left, right]


def _whole_row(rows):
    return min(rows, key=lambda row: (-row[2], row[0], row[1]))


def _right_first(rows):
    left, right, _ = min(rows, key=lambda row: (-row[2], row[1], row[0]))
    return [left, right]


def _smallest_ids(rows):
    return [*min(rows)[:2]]


BEST_PAIR = Exercise(
    reference=best_pair,
    cases=(
        ([[7, 20, 15], [20, 6, 20], [15, 20, 17]],),
        ([[9, 1, 4], [3, 8, 4], [3, 5, 4], [1, 1, 2]],),
        ([[2, 9, 5], [4, 1, 5], [7, 3, 5]],),
        ([[6, 6, 1]],),
        ([[8, 1, 5], [1, 2, 3], [2, 2, 1]],),
        ([[8, 2, 3], [1, 2, 1], [8, 1, 3], [9, 0, 3]],),
    ),
    mistakes=(
        Mistake(
            _last_of_equals,
            "Of equal counts you take the largest ids: take the smallest.",
        ),
        Mistake(
            _first_met,
            "Of equal counts you take the one that stands first: the rows "
            "come in any order, so compare the ids.",
        ),
        Mistake(_rarest, "This is the rarest pair: take the most frequent."),
        Mistake(
            _whole_row,
            "The right row: return its two ids, without the count.",
        ),
        Mistake(
            _right_first,
            "Of equal counts compare the left ids first, then the right.",
        ),
        Mistake(
            _smallest_ids,
            "You look at the ids alone: the count comes first.",
        ),
    ),
    hints=(
        "min can take a key: min(rows, key=lambda row: ...).",
        "A key may be a tuple: the second entry decides only between equals.",
        "The key is (-count, left, right): the minus turns most into least.",
    ),
)

# --- join: replace a pair by its new id ------------------------------------


def join(word, pair, new):
    """Return the word with `new` for each occurrence of the pair."""
    return joined(word, tuple(pair), new)


def _first_only(word, pair, new):
    for i in range(len(word) - 1):
        if word[i : i + 2] == pair:
            return [*word[:i], new, *word[i + 2 :]]
    return [*word]


def _from_the_right(word, pair, new):
    return join(word[::-1], pair[::-1], new)[::-1]


def _either_way(word, pair, new):
    return join(join(word, pair, new), pair[::-1], new)


def _overlapping(word, pair, new):
    out = []
    for i, token in enumerate(word):
        if word[i : i + 2] == pair:
            out.append(new)
        elif i == 0 or word[i - 1 : i + 1] != pair:
            out.append(token)
    return out


def _kept_beside(word, pair, new):
    out, i = [], 0
    while i < len(word):
        here = word[i : i + 2] == pair
        out += [word[i], new] if here else [word[i]]
        i += 1 + here
    return out


def _last_lost(word, pair, new):
    out, i = [], 0
    while i < len(word) - 1:
        here = word[i : i + 2] == pair
        out.append(new if here else word[i])
        i += 1 + here
    return out


JOIN = Exercise(
    reference=join,
    cases=(
        ([7, 20, 6], [20, 6], 256),
        ([7, 7, 7, 8], [7, 7], 256),
        ([1, 2, 1, 2, 3], [1, 2], 300),
        ([2, 1, 2], [1, 2], 256),
        ([5, 5, 5, 5], [5, 5], 260),
        ([4, 9, 4], [4, 4], 256),
        ([3], [3, 3], 256),
        ([2, 1, 3], [1, 2], 256),
        ([8, 8, 8, 8, 8], [8, 8], 256),
        ([], [1, 2], 256),
    ),
    mistakes=(
        Mistake(
            _first_only,
            "Only the first occurrence is replaced: go on to the end.",
        ),
        Mistake(
            _from_the_right,
            "You go from the right: of 7 7 7 the first two are joined, not "
            "the last two.",
        ),
        Mistake(
            _either_way,
            "You also replace the pair turned round: the order matters.",
        ),
        Mistake(
            _overlapping,
            "An id is used twice: once it is joined, go on after the pair.",
        ),
        Mistake(
            _kept_beside,
            "The left id is still there: the new id replaces both.",
        ),
        Mistake(
            _last_lost,
            "The last id gets lost where it is in no pair.",
        ),
    ),
    hints=(
        "Walk with while, since a step is sometimes two places long.",
        "word[i : i + 2] is the pair at place i, and no error at the end.",
        "If it is the pair, append new and add 2 to i; else append word[i] "
        "and add 1.",
    ),
)

# --- learn: the merges ------------------------------------------------------


def learn(words, weights, new, steps):
    """Return the merged pairs in order; the first of them gets the id new."""
    merges = []
    for step in range(steps):
        rows = pair_counts(words, weights)
        if not rows:
            break
        merges.append(best_pair(rows))
        words = [join(word, merges[-1], new + step) for word in words]
    return merges


def _counted_once(words, weights, new, steps):
    rows = sorted(pair_counts(words, weights), key=lambda r: (-r[2], *r[:2]))
    return [row[:2] for row in rows[:steps]]


def _stops_at_once(words, weights, new, steps):
    merges = []
    while len(merges) < steps:
        rows = pair_counts(words, weights)
        if not rows or best_pair(rows) in _rare(rows):
            break
        merges.append(best_pair(rows))
        words = [join(w, merges[-1], new + len(merges) - 1) for w in words]
    return merges


def _rare(rows):
    return [[a, b] for a, b, n in rows if n < 2]


def _one_id_for_all(words, weights, new, steps):
    merges = []
    while len(merges) < steps and (rows := pair_counts(words, weights)):
        merges.append(best_pair(rows))
        words = [join(word, merges[-1], new) for word in words]
    return merges


def _ties_to_the_last(words, weights, new, steps):
    merges = []
    while len(merges) < steps and (rows := pair_counts(words, weights)):
        merges.append(_last_of_equals(rows))
        words = [join(w, merges[-1], new + len(merges) - 1) for w in words]
    return merges


def _unweighted_merges(words, weights, new, steps):
    return learn(words, [1 for _ in words], new, steps)


def _never_stops(words, weights, new, steps):
    merges = []
    for step in range(steps):
        merges.append(best_pair(pair_counts(words, weights)))
        words = [join(word, merges[-1], new + step) for word in words]
    return merges


def _one_step_too_many(words, weights, new, steps):
    return learn(words, weights, new, steps + 1)


HUGS = ([[7, 20, 6], [15, 20, 6], [15, 20, 13], [1, 20, 13], [7, 20, 6, 18]],)

LEARN = Exercise(
    reference=learn,
    cases=(
        (*HUGS, [10, 5, 12, 4, 5], 256, 4),
        (*HUGS, [10, 5, 12, 4, 5], 256, 99),
        ([[1, 1, 1, 1, 1]], [1], 9, 2),
        ([[3, 2], [2, 3], [1, 9]], [4, 4, 4], 50, 2),
        ([[1, 2, 1, 2, 1, 2]], [2], 30, 3),
        ([[4, 5, 6], [4, 5, 7]], [1, 3], 20, 1),
        ([[4]], [6], 20, 3),
    ),
    mistakes=(
        Mistake(
            _stops_at_once,
            "You stop at pairs that occur once: they are merged too. Stop "
            "when there is no pair at all.",
        ),
        Mistake(
            _counted_once,
            "You count the pairs once and take the most frequent: after "
            "each merge other pairs stand side by side. Count anew.",
        ),
        Mistake(
            _one_id_for_all,
            "All merges get the same new id: the second merge gets new + 1, "
            "and so on.",
        ),
        Mistake(
            _ties_to_the_last,
            "Of equal counts the smallest ids win: that is what makes two "
            "programs agree.",
        ),
        Mistake(
            _unweighted_merges,
            "The weights do nothing: a word that occurs ten times counts "
            "ten.",
        ),
        Mistake(
            _never_stops,
            "Right while there are pairs. Stop when every word is one token.",
        ),
        Mistake(
            _one_step_too_many,
            "One merge too many: stop after the given number of steps.",
        ),
    ),
    hints=(
        "You have the three parts: count, choose, join. Repeat them.",
        "Count inside the loop, from the words as they are now.",
        "The new id of step 0 is new, of step 1 new + 1; stop early where "
        "the list of counts is empty.",
    ),
)

# --- encode: merges by rank, then ids ---------------------------------------


def encode(piece, ranks):
    """Return the ids of bytes; a token's rank is its id."""
    parts = [bytes([byte]) for byte in piece]
    if any(part not in ranks for part in parts):
        raise ValueError(f"a byte of {piece} has no rank")
    for _ in piece:  # no text merges more often than it has bytes
        both = [a + b for a, b in pairwise(parts)]
        found = [(ranks[t], i) for i, t in enumerate(both) if t in ranks]
        if found:
            _, i = min(found)
            parts = [*parts[:i], both[i], *parts[i + 2 :]]
    return [ranks[part] for part in parts]


def _in_the_order_of_the_dictionary(piece, ranks):
    encode(piece, ranks)
    row = [piece[i : i + 1] for i in range(len(piece))]
    for token in ranks:
        i = 0
        while i + 1 < len(row):
            if row[i] + row[i + 1] == token:
                row[i : i + 2] = [token]
            i += 1
    return [ranks[token] for token in row]


def _longest_first(piece, ranks):
    encode(piece, ranks)
    ids = []
    while piece:
        size = max(n for n in range(len(piece) + 1) if piece[:n] in ranks)
        ids.append(ranks[piece[:size]])
        piece = piece[size:]
    return ids


def _stepwise(piece, ranks, choose):
    encode(piece, ranks)
    parts = [piece[i : i + 1] for i in range(len(piece))]
    while True:
        found = [
            (ranks[a + b], i)
            for i, (a, b) in enumerate(pairwise(parts))
            if a + b in ranks
        ]
        if not found:
            return [ranks[part] for part in parts]
        _, i = choose(found)
        parts[i : i + 2] = [parts[i] + parts[i + 1]]


def _left_to_right(piece, ranks):
    return _stepwise(piece, ranks, lambda found: found[0])


def _highest_rank(piece, ranks):
    return _stepwise(piece, ranks, max)


def _rightmost(piece, ranks):
    return _stepwise(
        piece, ranks, lambda f: min(f, key=lambda r: (r[0], -r[1]))
    )


def _bytes_only(piece, ranks):
    encode(piece, ranks)
    return [ranks[piece[i : i + 1]] for i in range(len(piece))]


def _one_merge(piece, ranks):
    encode(piece, ranks)
    parts = [piece[i : i + 1] for i in range(len(piece))]
    found = [
        (ranks.get(a + b, 1e9), i) for i, (a, b) in enumerate(pairwise(parts))
    ]
    if found and min(found)[0] < 1e9:
        i = min(found)[1]
        parts[i : i + 2] = [parts[i] + parts[i + 1]]
    return [ranks[part] for part in parts]


def _skips_unknown(piece, ranks):
    known = [bytes([byte]) for byte in piece if bytes([byte]) in ranks]
    return encode(b"".join(known), ranks)


_LETTERS = {bytes([c]): i for i, c in enumerate(b"abcghnpsu")}
_TOY = _LETTERS | {b"ug": 9, b"un": 10, b"hug": 11, b"hu": 12, b"gs": 13}
# Not in the order of the ranks: "gs" stands last and goes before "ug".
_EARLY = _LETTERS | {b"ug": 10, b"un": 11, b"hug": 12, b"hu": 13, b"gs": 9}
_RUN = _LETTERS | {b"aa": 9, b"aaaa": 10, b"ab": 11, b"aab": 12, b"bc": 13}
_LONG = _LETTERS | {b"bc": 9, b"bcg": 10, b"ab": 11, b"abcg": 12}

ENCODE = Exercise(
    reference=encode,
    cases=(
        (b"hugs", _TOY),
        (b"ugs", _EARLY),
        (b"bun", _TOY),
        (b"aaaaa", _RUN),
        (b"aaab", _RUN),
        (b"abc", _RUN | {b"ab": 13, b"bc": 11}),
        (b"abc", _LETTERS | {b"bc": 10, b"ab": 9}),
        (b"aaaabcaab", _RUN),
        (b"aaa", _RUN),
        (b"abcg", _LONG),
        (b"", _TOY),
        (b"s", _TOY),
        (b"hug!", _TOY),
        (b"!", _TOY),
    ),
    mistakes=(
        Mistake(
            _in_the_order_of_the_dictionary,
            "You go through the dictionary in its own order: it need not be "
            "sorted by rank.",
        ),
        Mistake(
            _longest_first,
            "You take the longest token that fits: that is WordPiece's "
            "rule. BPE merges the neighbours of the lowest rank.",
        ),
        Mistake(
            _left_to_right,
            "You merge the first pair that can merge: look at all pairs and "
            "take the one of the lowest rank.",
        ),
        Mistake(
            _highest_rank,
            "You merge the highest rank first: the lowest was learned first.",
        ),
        Mistake(
            _rightmost,
            "Of equal ranks the leftmost pair merges first.",
        ),
        Mistake(
            _bytes_only,
            "These are single bytes: merge them.",
        ),
        Mistake(
            _one_merge,
            "One merge is made: go on until no two neighbours can merge.",
        ),
        Mistake(
            _skips_unknown,
            "A byte without a rank is dropped in silence: the text could "
            "not come back. Raise a ValueError.",
        ),
    ),
    hints=(
        "Begin with single bytes: piece[i : i + 1] is one of them, as bytes.",
        "In each step, look up the rank of every two neighbours joined.",
        "Merge at min((rank, place)), until no joined neighbours are in "
        "ranks; then look up the ids.",
    ),
)

# --- viterbi: the most probable chain of tokens -----------------------------


def viterbi(text, log_p):
    """Return the tokens of the highest total ln p that spell the text."""
    best = [(0.0, [])]  # up to each place: the highest total, its tokens
    for end in range(1, len(text) + 1):
        rows = [
            (total + log_p[text[start:end]], [*tokens, text[start:end]])
            for start, (total, tokens) in enumerate(best)
            if text[start:end] in log_p
        ]
        best.append(max(rows, default=(-math.inf, [])))
    total, tokens = best[-1]
    if total == -math.inf:
        raise ValueError(f"no tokens spell {text!r}")
    return tokens


def _greedy(text, log_p):
    viterbi(text, log_p)
    tokens = []
    while text:
        size = max(n for n in range(len(text) + 1) if text[:n] in log_p)
        tokens.append(text[:size])
        text = text[size:]
    return tokens


def _fewest(text, log_p):
    viterbi(text, log_p)
    return viterbi(
        text, {token: -1.0 + log_p[token] / 1e6 for token in log_p}
    )


def _letters(text, log_p):
    viterbi(text, log_p)
    return [*text]


def _backwards(text, log_p):
    return viterbi(text, log_p)[::-1]


def _best_token_first(text, log_p):
    viterbi(text, log_p)
    tokens = []
    while text:
        fits = [t for t in log_p if text.startswith(t)]
        tokens.append(max(fits, key=log_p.get))
        text = text[len(tokens[-1]) :]
    return tokens


def _adds_probabilities(text, log_p):
    return viterbi(text, {t: math.exp(x) for t, x in log_p.items()})


def _one_token_if_stuck(text, log_p):
    try:
        return viterbi(text, log_p)
    except ValueError:
        return [text]


_PUG = {"p": -2.5, "u": -1.75, "g": -2.25, "pu": -2.0, "ug": -3.0, "h": -2.75}
_PUG |= {"hug": -3.0, "hu": -4.0, "s": -3.75, "gs": -3.5, "ugs": -4.5}

VITERBI = Exercise(
    reference=viterbi,
    cases=(
        ("pug", _PUG),
        ("hugs", _PUG),
        ("hugs", _PUG | {"gs": -1.0, "hu": -1.5}),
        ("pugs", _PUG | {"pug": -9.0}),
        ("aaaa", {"a": -1.0, "aa": -3.0, "aaaa": -5.0}),
        ("abc", {"a": -1.0, "ab": -2.0, "bc": -1.5, "c": -4.0, "b": -1.0}),
        ("pug", {"pug": -20.0, "p": -1.0, "u": -1.0, "g": -1.0}),
        ("", _PUG),
        ("bug", _PUG),
    ),
    mistakes=(
        Mistake(
            _greedy,
            "You take the longest token each time: compare the totals of "
            "whole rows.",
        ),
        Mistake(
            _fewest,
            "You take the fewest tokens: take the highest total of ln p.",
        ),
        Mistake(
            _letters,
            "These are single letters: longer tokens may be more probable.",
        ),
        Mistake(
            _backwards,
            "The right tokens, the last one first: turn them round.",
        ),
        Mistake(
            _best_token_first,
            "You take the most probable next token: it can leave a rest "
            "that is improbable. Keep the best chain up to each place.",
        ),
        Mistake(
            _adds_probabilities,
            "You add probabilities: they multiply, so add their logarithms.",
        ),
        Mistake(
            _one_token_if_stuck,
            "Right where tokens spell the text: raise a ValueError where "
            "none do.",
        ),
    ),
    hints=(
        "Solve it for the first letter, then for the first two, and so on.",
        "best[end] is the highest best[start] + log_p[text[start:end]].",
        "Keep the tokens beside each total: best = [(0.0, [])], and append "
        "the best (total, tokens) for each end.",
    ),
)

EXERCISES = {
    "pair_counts": PAIR_COUNTS,
    "best_pair": BEST_PAIR,
    "join": JOIN,
    "learn": LEARN,
    "encode": ENCODE,
    "viterbi": VITERBI,
}
