"""Exercises of chapters/lookup.ipynb."""

import numpy as np

from embook import lookup
from embook.check import Exercise, Mistake

# --- scatter_add: ids (N,), slopes (N, D), number of rows V, padding ------

scatter_add = lookup.scatter_add


def _written_once(ids, slopes, size, padding=None):
    gradient = np.zeros((size, slopes.shape[1]))
    gradient[ids] += slopes
    return _padded(gradient, padding)


def _padded(gradient, padding):
    if padding is not None:
        gradient[padding] = 0
    return gradient


def _first_of_each(ids, slopes, size, padding=None):
    gradient = np.zeros((size, slopes.shape[1]))
    gradient[ids[::-1]] = slopes[::-1]
    return _padded(gradient, padding)


def _averaged(ids, slopes, size, padding=None):
    counts = np.maximum(np.bincount(ids, minlength=size), 1)
    return scatter_add(ids, slopes, size, padding) / counts[:, None]


def _as_fetched(ids, slopes, size, padding=None):
    return scatter_add(ids, slopes, size, padding)[ids]


def _in_order_of_ids(ids, slopes, size, padding=None):
    return scatter_add(np.sort(ids), slopes, size, padding)


def _used_rows_only(ids, slopes, size, padding=None):
    return scatter_add(ids, slopes, size, padding)[np.unique(ids)]


def _turned(ids, slopes, size, padding=None):
    return scatter_add(ids, slopes, size, padding).T


def _padding_forgotten(ids, slopes, size, padding=None):
    return scatter_add(ids, slopes, size)


def _padding_zero_means_none(ids, slopes, size, padding=None):
    return scatter_add(ids, slopes, size, padding or None)


def _any_padding(ids, slopes, size, padding=None):
    if padding not in range(size):
        padding = None
    return scatter_add(ids, slopes, size, padding)


def _negative_counts_from_the_end(ids, slopes, size, padding=None):
    if max(ids) >= size:
        raise ValueError("no such hook")
    if padding is not None:
        padding %= size
    return scatter_add(np.array(ids) % size, slopes, size, padding)


def _wrong_id_dropped(ids, slopes, size, padding=None):
    ids = np.array(ids)
    kept = (ids >= 0) & (ids < size)
    return scatter_add(ids[kept], slopes[kept], size, padding)


def _nothing_refused(ids, slopes, size, padding=None):
    gradient = np.zeros((size, slopes.shape[1]))
    for i, slope in zip(ids, slopes, strict=True):
        gradient[i] += slope
    return _padded(gradient, padding)


def _padding_not_refused(ids, slopes, size, padding=None):
    if min(ids) < 0 or max(ids) >= size:
        raise ValueError("no such hook")
    return _nothing_refused(ids, slopes, size, padding)


SCATTER_ADD = Exercise(
    reference=scatter_add,
    cases=(
        (np.array([2, 0]), np.array([[1.0, 2.0], [3.0, 4.0]]), 4),
        (np.array([1, 1]), np.array([[1.0, -2.0], [10.0, 20.0]]), 3),
        (np.array([3, 0, 3, 1, 3]), np.arange(10.0).reshape(5, 2) ** 2, 5),
        (np.array([0]), np.array([[7.0, 8.0, 9.0]]), 1),
        (np.array([2, 1, 2]), np.arange(6.0).reshape(3, 2) + 1, 3, 2),
        (np.array([0, 1, 0]), np.arange(6.0).reshape(3, 2) + 1, 2, 0),
        (np.array([0, 3]), np.ones((2, 2)), 3),
        (np.array([0, -1]), np.ones((2, 2)), 3),
        (np.array([0, 1]), np.ones((2, 2)), 3, 3),
        (np.array([0, 1]), np.ones((2, 2)), 3, -1),
    ),
    mistakes=(
        Mistake(
            _padding_not_refused,
            "Right, but a padding without a hook is not refused: raise a "
            "ValueError for it, as for an id.",
        ),
        Mistake(
            _nothing_refused,
            "Right, but nothing is refused: raise a ValueError for an id or "
            "a padding that has no hook.",
        ),
        Mistake(
            _written_once,
            "An id that comes twice keeps only its last row of slopes: "
            "`x[ids] += …` writes each row once. Add every time.",
        ),
        Mistake(
            _first_of_each,
            "An id that comes twice keeps only its first row of slopes: "
            "add them all.",
        ),
        Mistake(
            _averaged,
            "You took the mean where an id comes twice: slopes add up.",
        ),
        Mistake(
            _as_fetched,
            "This has one row for each id looked up: the gradient has one "
            "for each hook of the table.",
        ),
        Mistake(
            _in_order_of_ids,
            "The slopes went to the right hooks in the wrong order: row n "
            "of the slopes belongs to entry n of the ids.",
        ),
        Mistake(
            _used_rows_only,
            "Rows that nobody looked up are missing: they have slopes too, "
            "all zero.",
        ),
        Mistake(
            _turned,
            "Rows and columns are exchanged: one row for each hook.",
        ),
        Mistake(
            _padding_forgotten,
            "Right, but for the padding: its row stays zero.",
        ),
        Mistake(
            _padding_zero_means_none,
            "Right, but for the padding id 0: `if padding` is False for 0. "
            "Ask whether it is None.",
        ),
        Mistake(
            _any_padding,
            "Right, but a padding id without a hook passes in silence: "
            "raise a ValueError for it too.",
        ),
        Mistake(
            _negative_counts_from_the_end,
            "Right, but for a negative id: NumPy counts it from the end. "
            "Raise a ValueError.",
        ),
        Mistake(
            _wrong_id_dropped,
            "Right, but an id without a hook is left out in silence: raise "
            "a ValueError.",
        ),
    ),
    hints=(
        "Begin with zeros of shape (size, numbers in a row of slopes).",
        "Go through ids and slopes together, and add each row to its hook.",
        "First of all, raise ValueError if the smallest id is below 0 or "
        "the largest is size or more; the same for the padding, unless it "
        "is None.",
    ),
)

# --- bags: a table (V, D), ids (N,), starts (B,) --------------------------


def bags(table, ids, starts):
    """Return the mean row (B, D) of each bag; an empty one's is zero."""
    means = np.zeros((len(starts), table.shape[1]))
    for b, start in enumerate(starts):
        end = starts[b + 1] if b + 1 < len(starts) else len(ids)
        if start < end:
            means[b] = table[list(ids[start:end])].mean(axis=0)
    return means


def _sums(table, ids, starts):
    counts = np.maximum(np.diff([*starts, len(ids)]), 1)
    return bags(table, ids, starts) * counts[:, None]


def _by_all_ids(table, ids, starts):
    return _sums(table, ids, starts) / len(ids)


def _last_bag_cut(table, ids, starts):
    return bags(table, ids[:-1], starts)


def _last_bag_forgotten(table, ids, starts):
    return bags(table, ids, starts)[:-1]


def _ids_averaged(table, ids, starts):
    ends = [*starts[1:], len(ids)]
    means = [
        np.mean(ids[s:e]) if e > s else 0
        for s, e in zip(starts, ends, strict=True)
    ]
    return table[np.rint(means).astype(int)]


def _each_id_once(table, ids, starts):
    ends = [*starts[1:], len(ids)]
    sets = [sorted({*ids[s:e]}) for s, e in zip(starts, ends, strict=True)]
    return np.array(
        [table[s].mean(axis=0) if s else 0 * table[0] for s in sets]
    )


def _empty_gives_nan(table, ids, starts):
    means = bags(table, ids, starts)
    means[np.diff([*starts, len(ids)]) == 0] = np.nan
    return means


def _empty_takes_the_next(table, ids, starts):
    found = table[list(ids)]
    places = np.minimum(starts, len(ids) - 1)
    counts = np.maximum(np.diff([*starts, len(ids)]), 1)
    return np.add.reduceat(found, places) / counts[:, None]


_TABLE = np.array(
    [[1.0, 0.0], [0.0, 2.0], [4.0, 4.0], [-3.0, 5.0], [10.0, 1.0]]
)
BAGS = Exercise(
    reference=bags,
    cases=(
        (_TABLE, [0, 1, 2, 3], [0, 2]),
        (_TABLE, [4, 2, 0], [0]),
        (_TABLE, [2, 2, 1, 3, 0, 4], [0, 3, 4]),
        (_TABLE, [1, 3, 3], [0, 1, 1]),
        (_TABLE, [2, 0], [0, 2]),
    ),
    mistakes=(
        Mistake(_sums, "These are sums: divide each by the bag's size."),
        Mistake(
            _by_all_ids,
            "You divided by the number of all ids: divide by the number in "
            "the bag.",
        ),
        Mistake(
            _last_bag_cut,
            "The last id is missing: the last bag ends after the end of "
            "the list, not before its last entry.",
        ),
        Mistake(
            _last_bag_forgotten,
            "The last bag is missing: it starts at the last start and ends "
            "with the list.",
        ),
        Mistake(
            _ids_averaged,
            "You averaged the ids: ids are labels, and the row in the "
            "middle has nothing to do with its neighbours. Average rows.",
        ),
        Mistake(
            _each_id_once,
            "An id that comes twice in a bag counts twice.",
        ),
        Mistake(
            _empty_gives_nan,
            "Right, but for an empty bag: 0 divided by 0 is NaN. Its row "
            "is all zeros.",
        ),
        Mistake(
            _empty_takes_the_next,
            "Right, but an empty bag got a row of another one "
            "(`np.add.reduceat` does that): its row is all zeros.",
        ),
    ),
    hints=(
        "Bag b holds ids[starts[b]:end], where end is the next start, or "
        "len(ids) for the last bag.",
        "Look up these ids and take the mean over the rows (axis 0).",
        "An empty slice has no mean: leave its row at zero.",
    ),
)

# --- movers: ids of each step's batch, a number of rows, a rule -----------


def movers(batches, size, rule):
    """Return the sorted ids of the rows that move in the last step."""
    if rule == "adamw":
        return list(range(size))
    read = batches[-1:] if rule == "sgd" else batches
    return sorted({i for batch in read for i in batch})


def _always_last(batches, size, rule):
    return movers(batches, size, "sgd")


def _always_ever(batches, size, rule):
    return movers(batches, size, "adam")


def _adamw_like_adam(batches, size, rule):
    return movers(batches, size, "sgd" if rule == "sgd" else "adam")


def _momentum_like_sgd(batches, size, rule):
    return movers(batches, size, "sgd" if rule == "momentum" else rule)


def _adam_like_sgd(batches, size, rule):
    return movers(batches, size, "sgd" if rule == "adam" else rule)


def _adam_moves_all(batches, size, rule):
    return movers(batches, size, "adamw" if rule == "adam" else rule)


def _two_steps_back(batches, size, rule):
    return movers(batches[-2:], size, rule)


def _repeated(batches, size, rule):
    if rule == "adamw":
        return list(range(size))
    read = batches[-1:] if rule == "sgd" else batches
    return sorted(i for batch in read for i in batch)


MOVERS = Exercise(
    reference=movers,
    cases=(
        ([[0, 2], [5, 3], [3, 1, 3]], 7, "sgd"),
        ([[0, 2], [5, 3], [3, 1, 3]], 7, "momentum"),
        ([[0, 2], [5, 3], [3, 1, 3]], 7, "adam"),
        ([[0, 2], [5, 3], [3, 1, 3]], 7, "adamw"),
        ([[4], [4], [4], []], 6, "adam"),
        ([[4], [4], [4], []], 6, "sgd"),
    ),
    mistakes=(
        Mistake(
            _always_last,
            "You return the last batch under every rule: that is right for "
            "SGD alone. What do the others remember?",
        ),
        Mistake(
            _always_ever,
            "You return every row ever read under every rule: SGD forgets "
            "at once, and AdamW moves even rows that nobody read.",
        ),
        Mistake(
            _adamw_like_adam,
            "AdamW is Adam with decay: the decay moves every row, read or "
            "not.",
        ),
        Mistake(
            _momentum_like_sgd,
            "Momentum keeps a part of every earlier step: rows read before "
            "go on moving.",
        ),
        Mistake(
            _adam_like_sgd,
            "Adam's running mean of slopes fades slowly: rows read before "
            "go on moving.",
        ),
        Mistake(
            _adam_moves_all,
            "Without decay Adam leaves alone a row that was never read: "
            "its running mean is 0.",
        ),
        Mistake(
            _two_steps_back,
            "You look back one step: momentum and Adam remember every step "
            "before, each less than the one after it.",
        ),
        Mistake(_repeated, "Each row once: the same id may be read twice."),
    ),
    hints=(
        "What does the rule remember from earlier steps: nothing, the "
        "earlier slopes, or nothing but a shrinking of all?",
        "SGD: the ids of the last batch. AdamW: all ids from 0 to size - 1.",
        "Momentum and Adam: all ids of all batches so far.",
    ),
)

# --- tied: a table (V, D), the id seen, the id that comes ------------------


def tied(table, seen, comes):
    """Return the gradient (V, D) of -ln p(comes) for the tied table."""
    error = _error(table, seen, comes)
    gradient = np.outer(error, table[seen])
    gradient[seen] += error @ table
    return gradient


def _error(table, seen, comes):
    logits = table @ table[seen]
    scores = np.exp(logits - logits.max())
    error = scores / scores.sum()
    error[comes] -= 1
    return error


def _output_only(table, seen, comes):
    error = _error(table, seen, comes)
    return np.outer(error, table[seen])


def _input_only(table, seen, comes):
    return tied(table, seen, comes) - _output_only(table, seen, comes)


def _uphill(table, seen, comes):
    return -tied(table, seen, comes)


def _one_never_taken_off(table, seen, comes):
    p = _error(table, seen, comes)
    p[comes] += 1
    gradient = np.outer(p, table[seen])
    gradient[seen] += p @ table
    return gradient


def _overwritten(table, seen, comes):
    error = _error(table, seen, comes)
    gradient = np.outer(error, table[seen])
    gradient[seen] = error @ table
    return gradient


def _two_rows_only(table, seen, comes):
    kept = np.zeros_like(table)
    kept[[seen, comes]] = tied(table, seen, comes)[[seen, comes]]
    return kept


def _exchanged(table, seen, comes):
    return tied(table, comes, seen)


def _too_large_scores(table, seen, comes):
    scores = np.exp(table @ table[seen])
    error = scores / scores.sum()
    error[comes] -= 1
    gradient = np.outer(error, table[seen])
    gradient[seen] += error @ table
    return gradient


def _case(size, width, seen, comes, seed):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(size, width)).round(2), seen, comes


TIED = Exercise(
    reference=tied,
    cases=(
        _case(4, 2, 0, 1, 0),
        _case(3, 2, 2, 0, 1),
        _case(5, 3, 1, 1, 2),
        _case(6, 4, 5, 3, 3),
        (30 * np.array([[1.0, -0.1], [0.9, 0.2], [-1.0, 0.5]]), 0, 1),
    ),
    mistakes=(
        Mistake(
            _output_only,
            "The rows as outputs are right. The row looked up is missing "
            "its second part: it is h, and h meets every row.",
        ),
        Mistake(
            _input_only,
            "This is the slope of the row looked up alone: every row also "
            "takes part as an output.",
        ),
        Mistake(
            _uphill,
            "The sign is turned: the gradient points uphill, and the step "
            "goes against it.",
        ),
        Mistake(
            _one_never_taken_off,
            "Take 1 off the probability of the token that came.",
        ),
        Mistake(
            _overwritten,
            "The row looked up has two slopes, as input and as output: you "
            "wrote one over the other. Add.",
        ),
        Mistake(
            _two_rows_only,
            "Only two rows have slopes here: softmax makes every row "
            "compete, so every row has some.",
        ),
        Mistake(
            _exchanged,
            "The two ids are exchanged: `seen` is looked up, `comes` is "
            "what the model should have expected.",
        ),
        Mistake(
            _too_large_scores,
            "Right, but e to a large score is infinite: take the highest "
            "score off all of them first.",
        ),
    ),
    hints=(
        "The slope in logit j is e = softmax(logits), with 1 taken off at "
        "`comes`. Logit j is the dot product of row j and h = table[seen].",
        "In a dot product a · b the slope of a is b. So row j, as an "
        "output, has the slopes e[j] * h.",
        "And h has the sum of e[j] * row j: add that to row `seen`.",
    ),
)

EXERCISES = {
    "scatter_add": SCATTER_ADD,
    "bags": BAGS,
    "movers": MOVERS,
    "tied": TIED,
}
