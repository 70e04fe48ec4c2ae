"""Exercises of chapters/indexes.ipynb."""

import numpy as np

from embook import indexes
from embook.check import Exercise, Mistake

# --- agreement: lists of ids found, lists of exact ids ---------------------


def agreement(ids, exact):
    """Return the share of the exact ids that were found, over all queries."""
    pairs = zip(ids, exact, strict=True)  # a ValueError if one is longer
    hits = sum(row in i for i, wanted in pairs for row in wanted)
    return hits / sum(len(wanted) for wanted in exact)


def _same_places(ids, exact):
    pairs = zip(ids, exact, strict=True)
    hits = sum(a == b for i, e in pairs for a, b in zip(i, e, strict=False))
    return hits / sum(len(e) for e in exact)


def _of_what_was_found(ids, exact):
    hits = agreement(ids, exact) * sum(len(e) for e in exact)
    return hits / max(sum(len([x for x in i if x >= 0]) for i in ids), 1)


def _of_all_places(ids, exact):
    hits = agreement(ids, exact) * sum(len(e) for e in exact)
    return hits / sum(len(i) for i in ids)


def _only_the_first(ids, exact):
    pairs = zip(ids, exact, strict=True)
    return sum(e[0] in i for i, e in pairs) / len(exact)


def _any_is_enough(ids, exact):
    pairs = zip(ids, exact, strict=True)
    return sum(bool({*i} & {*e}) for i, e in pairs) / len(exact)


def _all_or_nothing(ids, exact):
    pairs = zip(ids, exact, strict=True)
    return sum({*e} <= {*i} for i, e in pairs) / len(exact)


def _counts(ids, exact):
    return agreement(ids, exact) * sum(len(e) for e in exact)


def _mean_of_shares(ids, exact):
    if len(ids) != len(exact):
        raise ValueError("as many queries are needed")
    pairs = zip(ids, exact, strict=True)
    return float(np.mean([len({*i} & {*e}) / len(e) for i, e in pairs]))


def _queries_mixed(ids, exact):
    if len(ids) != len(exact):
        raise ValueError("as many queries are needed")
    known = {x for i in ids for x in i}
    wanted = [x for e in exact for x in e]
    return sum(x in known for x in wanted) / len(wanted)


def _shorter_cut(ids, exact):
    n = min(len(ids), len(exact))
    return agreement(ids[:n], exact[:n])


AGREEMENT = Exercise(
    reference=agreement,
    cases=(
        ([[4, 2], [0, 7]], [[2, 3], [7, 0]]),
        ([[1, 2, 3]], [[1, 2, 3]]),
        ([[5, -1, -1], [6, 8, 9]], [[5, 6, 7], [9, 5, 8]]),
        ([[1, 2, 3, 4, 5, 6]], [[6, 9]]),
        ([[1], [2, 3, 4]], [[2], [4, 3, 2]]),
        ([[3, 4], [8, 6]], [[9, 3], [7, 8]]),
        ([[3, 1], [5, 9], [7, 8]], [[1, 3, 9, 2], [5], [8, 7]]),
        ([[1, 2]], [[1, 2], [3, 4]]),
        ([[1], [2]], [[1]]),
    ),
    mistakes=(
        Mistake(
            _shorter_cut,
            "Right, but different numbers of queries pass in silence: raise "
            "a ValueError.",
        ),
        Mistake(
            _same_places,
            "You compare place by place: a neighbour in another place was "
            "found all the same.",
        ),
        Mistake(
            _of_what_was_found,
            "You divided by the number found: that is precision. Divide by "
            "the number there was to find.",
        ),
        Mistake(
            _of_all_places,
            "You divided by the places the index filled or left empty: "
            "divide by the number of exact neighbours.",
        ),
        Mistake(
            _only_the_first,
            "You ask for the nearest alone: count every exact neighbour.",
        ),
        Mistake(
            _any_is_enough,
            "One hit does not make a query right: count how many of its "
            "neighbours were found.",
        ),
        Mistake(
            _all_or_nothing,
            "One miss does not make a query worthless: count how many of "
            "its neighbours were found.",
        ),
        Mistake(
            _counts, "This is a number of hits: divide by all there were."
        ),
        Mistake(
            _mean_of_shares,
            "You took the mean of the queries' shares: here every neighbour "
            "counts alike, over all queries. Add up first, then divide.",
        ),
        Mistake(
            _queries_mixed,
            "A neighbour found for another query does not count: go query "
            "by query.",
        ),
    ),
    hints=(
        "Go through ids and exact together, query by query.",
        "Count the exact neighbours that stand anywhere in the query's ids.",
        "Divide the sum of the hits by the sum of the lengths in exact.",
    ),
)

# --- nearest: points (N, D), centres (C, D) --------------------------------

nearest = indexes.nearest


def _largest_dot(x, centres):
    return (x @ centres.T).argmax(axis=1)


def _largest_cosine(x, centres):
    lengths = np.linalg.norm(centres, axis=1)
    return (x @ centres.T / np.where(lengths, lengths, 1)).argmax(axis=1)


def _whole_square(x, centres):
    return (x @ centres.T - (centres**2).sum(axis=1)).argmax(axis=1)


def _length_not_squared(x, centres):
    half = np.linalg.norm(centres, axis=1) / 2
    return (x @ centres.T - half).argmax(axis=1)


def _farthest(x, centres):
    return _squares(x, centres).argmax(axis=1)


def _squares(x, centres):
    return ((x[:, None] - centres) ** 2).sum(axis=2)


def _per_centre(x, centres):
    return _squares(x, centres).argmin(axis=0)


def _the_distance(x, centres):
    return np.sqrt(_squares(x, centres).min(axis=1))


def _the_centre(x, centres):
    return centres[nearest(x, centres)]


def _last_of_equals(x, centres):
    backwards = nearest(x, centres[::-1])
    return len(centres) - 1 - backwards


def _manhattan(x, centres):
    return np.abs(x[:, None] - centres).sum(axis=2).argmin(axis=1)


def _points(seed, n, c, d):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, d)).round(2)
    return x, (rng.normal(size=(c, d)) * rng.uniform(0.3, 3, (c, 1))).round(2)


NEAREST = Exercise(
    reference=nearest,
    cases=(
        (np.array([[0.0], [4.0]]), np.array([[5.0], [1.0]])),
        (np.array([[1.0, 1.0]]), np.array([[10.0, 10.0], [1.0, 0.0]])),
        (np.array([[0.0, 0.0], [3.0, 0.0]]), np.array([[1.0, 0], [-1, 0]])),
        (np.array([[2.0, 2.0]]), np.array([[2.0, 5.0], [4.1, 4.1]])),
        _points(0, 30, 6, 3),
        _points(1, 12, 9, 2),
        _points(2, 25, 4, 8),
    ),
    mistakes=(
        Mistake(
            _largest_dot,
            "The largest dot product favours long offices: a far one wins "
            "if it is long enough. |x − c|² also holds |c|².",
        ),
        Mistake(
            _largest_cosine,
            "This is the office in the most similar direction: it may be "
            "far away on the same line.",
        ),
        Mistake(
            _whole_square,
            "Nearly: |x − c|² = |x|² − 2 x·c + |c|². Beside one x·c stands "
            "half of |c|².",
        ),
        Mistake(
            _length_not_squared,
            "You took the length of the office: its square belongs there.",
        ),
        Mistake(_farthest, "This is the farthest office: take the smallest."),
        Mistake(
            _per_centre,
            "This has one number for each office, the nearest point: one "
            "for each point is asked.",
        ),
        Mistake(
            _the_distance, "These are distances: return the office's number."
        ),
        Mistake(_the_centre, "These are offices: return their numbers."),
        Mistake(
            _last_of_equals,
            "Right, but of equally near offices the first wins.",
        ),
        Mistake(
            _manhattan,
            "You added the gaps along the axes: the squared gaps are asked.",
        ),
    ),
    hints=(
        "|x − c|² = |x|² − 2 x·c + |c|². Which part is the same for all "
        "offices?",
        "Work out x @ centres.T once, and |c|² for each office.",
        "The smallest |c|² − 2 x·c is the nearest: argmin along axis 1.",
    ),
)

# --- merge: lists of (score, id) from shards, k -----------------------------


def merge(shards, k):
    """Return the ids of the k best pairs, each id once, best first."""
    known = {i: s for shard in shards for s, i in shard}
    if len(known) < k:
        raise ValueError(f"{len(known)} different rows for k = {k}")
    return sorted(known, key=lambda i: (-known[i], i))[:k]


def _smallest_first(shards, k):
    known = {i: s for shard in shards for s, i in shard}
    if len(known) < k:
        raise ValueError("too few")
    return sorted(known, key=lambda i: (known[i], i))[:k]


def _twice(shards, k):
    pairs = [pair for shard in shards for pair in shard]
    if len({i for _, i in pairs}) < k:
        raise ValueError("too few")
    return [i for _, i in sorted(pairs, key=lambda p: (-p[0], p[1]))][:k]


def _in_turns(shards, k):
    merge(shards, k)
    longest = max(len(s) for s in shards)
    turns = [s[n][1] for n in range(longest) for s in shards if n < len(s)]
    return list(dict.fromkeys(turns))[:k]


def _one_after_the_other(shards, k):
    merge(shards, k)
    return list(dict.fromkeys(i for s in shards for _, i in s))[:k]


def _k_over_shards(shards, k):
    merge(shards, k)
    each = -(-k // len(shards))
    cut = [s[:each] for s in shards]
    known = {i: s for shard in cut for s, i in shard}
    return sorted(known, key=lambda i: (-known[i], i))[:k]


def _larger_id_first(shards, k):
    known = {i: s for shard in shards for s, i in shard}
    if len(known) < k:
        raise ValueError("too few")
    return sorted(known, key=lambda i: (-known[i], -i))[:k]


def _too_few_in_silence(shards, k):
    known = {i: s for shard in shards for s, i in shard}
    return sorted(known, key=lambda i: (-known[i], i))[:k]


def _pairs(shards, k):
    known = {i: s for shard in shards for s, i in shard}
    return [(known[i], i) for i in merge(shards, k)]


MERGE = Exercise(
    reference=merge,
    cases=(
        ([[(0.9, 4), (0.2, 1)], [(0.8, 7), (0.7, 9)]], 3),
        ([[(0.9, 4), (0.8, 5), (0.7, 6)], [(0.1, 2)]], 3),
        ([[(0.5, 8)], [(0.5, 3)], [(0.6, 9)]], 3),
        ([[(0.9, 4), (0.3, 1)], [(0.9, 4), (0.5, 2)]], 2),
        ([[], [(0.4, 3), (-0.2, 6)]], 2),
        ([[(0.9, 4)], [(0.8, 7)]], 3),
        ([[(0.9, 4)], [(0.9, 4)]], 2),
        ([[(0.9, 1), (0.8, 2)], [(0.95, 11), (0.1, 12)]], 1),
    ),
    mistakes=(
        Mistake(
            _smallest_first,
            "The smallest scores came first: here a large score is good.",
        ),
        Mistake(
            _twice,
            "A row that lives on two shards stands twice in your answer: it "
            "counts once.",
        ),
        Mistake(
            _in_turns,
            "You took the shards in turns: the second best of one may be "
            "better than the best of another. Compare scores.",
        ),
        Mistake(
            _one_after_the_other,
            "You joined the lists as they came: the scores decide.",
        ),
        Mistake(
            _k_over_shards,
            "You took equally many of each shard: all of the best may live "
            "on one. That is why every shard sends k.",
        ),
        Mistake(
            _larger_id_first,
            "Right, but of equal scores the smaller id comes first.",
        ),
        Mistake(
            _too_few_in_silence,
            "Right, but too few rows pass in silence: raise a ValueError.",
        ),
        Mistake(_pairs, "These are pairs: return the ids alone."),
    ),
    hints=(
        "Collect all pairs of all shards, each id once: a dict does that.",
        "Sort by minus the score, and by the id where scores are equal.",
        "Count the different ids first: fewer than k is a ValueError.",
    ),
)

# --- tables: a query (D,), codes (N, M), books (M, pages, D/M) --------------


def tables(query, codes, books):
    """Return the dot products (N,) with the rows that the codes stand for."""
    if codes.min() < 0 or codes.max() >= books.shape[1]:
        raise ValueError("a code names a page that is not there")
    cut = np.split(query, len(books))  # a ValueError where it cannot be cut
    table = [book @ part for book, part in zip(books, cut, strict=True)]
    return sum(t[c] for t, c in zip(table, codes.T, strict=True))


def _first_book_only(query, codes, books):
    same = np.repeat(books[:1], len(books), axis=0)
    return tables(query, codes, same)


def _whole_query_everywhere(query, codes, books):
    tables(query, codes, books)
    width = books.shape[2]
    return tables(np.tile(query[:width], len(books)), codes, books)


def _one_part(query, codes, books):
    tables(query, codes, books)
    return (books[0] @ query[: books.shape[2]])[codes[:, 0]]


def _parts_not_added(query, codes, books):
    parts = np.split(query, len(books))
    table = [b @ q for b, q in zip(books, parts, strict=True)]
    return np.array([t[c] for t, c in zip(table, codes.T, strict=True)]).T


def _distances(query, codes, books):
    tables(query, codes, books)
    rows = np.hstack([b[c] for b, c in zip(books, codes.T, strict=True)])
    return ((rows - query) ** 2).sum(axis=1)


def _interleaved(query, codes, books):
    tables(query, codes, books)
    return tables(query.reshape(-1, len(books)).T.ravel(), codes, books)


def _query_coded_too(query, codes, books):
    tables(query, codes, books)
    parts = np.split(query, len(books))
    near = [
        b[((b - q) ** 2).sum(axis=1).argmin()]
        for b, q in zip(books, parts, strict=True)
    ]
    return tables(np.concatenate(near), codes, books)


def _negative_pages(query, codes, books):
    if codes.max() >= books.shape[1]:
        raise ValueError("no such page")
    return tables(query, codes % books.shape[1], books)


def _short_query(query, codes, books):
    size = books.shape[0] * books.shape[2]
    return tables(np.resize(query, size), codes, books)


def _coded(seed, n, m, pages, part):
    rng = np.random.default_rng(seed)
    return (
        rng.normal(size=m * part).round(2),
        rng.integers(pages, size=(n, m)),
        rng.normal(size=(m, pages, part)).round(2),
    )


_Q, _C, _B = _coded(0, 5, 2, 3, 2)
TABLES = Exercise(
    reference=tables,
    cases=(
        (
            np.array([0.5, 0.5, 0.1, 0.7]),
            np.array([[1, 0], [0, 0]]),
            np.array([[[0.0, 1.0], [1.0, 0.0]]] * 2),
        ),
        (_Q, _C, _B),
        _coded(1, 8, 3, 4, 2),
        _coded(2, 6, 4, 5, 1),
        _coded(3, 1, 2, 2, 3),
        (_Q[:3], _C, _B),
        (_Q, _C + 1, _B),
        (_Q, np.array([[0, -1], [2, 1]]), _B),
        (np.append(_Q, 1.0), _C, _B),
    ),
    mistakes=(
        Mistake(
            _short_query,
            "Right, but a query of another width passes in silence: raise a "
            "ValueError.",
        ),
        Mistake(
            _negative_pages,
            "Right, but a negative page counts from the end: raise a "
            "ValueError.",
        ),
        Mistake(
            _first_book_only,
            "Every part has a book of its own: you opened the first each "
            "time.",
        ),
        Mistake(
            _whole_query_everywhere,
            "Every part of the query meets its own book: you took the first "
            "part each time.",
        ),
        Mistake(_one_part, "This is the first part alone: add up all parts."),
        Mistake(
            _parts_not_added,
            "One column for each part: add the parts of a row up.",
        ),
        Mistake(
            _distances,
            "These are squared distances: dot products are asked.",
        ),
        Mistake(
            _interleaved,
            "The query is cut into runs of neighbours: numbers 0, 1, … go to "
            "the first book, not every M-th.",
        ),
        Mistake(
            _query_coded_too,
            "You rounded the query to pages as well: it stays exact, only "
            "the rows are coded.",
        ),
    ),
    hints=(
        "Cut the query into M parts of neighbouring numbers.",
        "For each part multiply its book (pages, D/M) with its piece of the "
        "query: a table of one number for each page.",
        "The score of a row adds table[m][codes[row, m]] over the parts. "
        "Check widths and pages first: NumPy takes −1 for the last.",
    ),
)

EXERCISES = {
    "agreement": AGREEMENT,
    "nearest": NEAREST,
    "merge": MERGE,
    "tables": TABLES,
}
