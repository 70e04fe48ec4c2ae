"""Exercises of chapters/context.ipynb."""

import numpy as np

from embook import context
from embook.check import Exercise, Mistake

# --- rms_norm: rows of mean square 1 ----------------------------------------


def rms_norm(x, weight):
    """Return x (T, D) with rows of mean square 1, times the weight (D,)."""
    mean = (x * x).mean(axis=1, keepdims=True)
    return x / np.sqrt(mean + 1e-5) * weight


def _layer_norm(x, weight):
    x = x - x.mean(axis=1, keepdims=True)
    return x / np.sqrt((x * x).mean(axis=1, keepdims=True) + 1e-5) * weight


def _length_1(x, weight):
    return x / np.sqrt((x * x).sum(axis=1, keepdims=True) + 1e-5) * weight


def _columns(x, weight):
    return x / np.sqrt((x * x).mean(axis=0) + 1e-5) * weight


def _whole(x, weight):
    return x / np.sqrt((x * x).mean() + 1e-5) * weight


def _no_root(x, weight):
    return x / ((x * x).mean(axis=1, keepdims=True) + 1e-5) * weight


def _no_weight(x, weight):
    return x / np.sqrt((x * x).mean(axis=1, keepdims=True) + 1e-5)


def _weight_first(x, weight):
    x = x * weight
    return x / np.sqrt((x * x).mean(axis=1, keepdims=True) + 1e-5)


def _no_crumb(x, weight):
    return x / np.sqrt((x * x).mean(axis=1, keepdims=True)) * weight


def _crumb_outside(x, weight):
    root = np.sqrt((x * x).mean(axis=1, keepdims=True))
    return x / (root + 1e-5) * weight


def _x(seed, t, d, size=1.0):
    rng = np.random.default_rng(seed)
    return size * rng.normal(0.3, 1, (t, d)), rng.uniform(0.5, 2, d)


RMS_NORM = Exercise(
    reference=rms_norm,
    cases=(
        (np.array([[1.0, 7.0]]), np.array([1.0, 10.0])),
        (np.array([[3.0, 0, -4.0, 0], [30, 0, -40, 0]]), np.ones(4)),
        (np.array([[0.001, -0.002], [5.0, 5.0]]), np.array([2.0, 1.0])),
        (np.array([[0.0, 0.0], [1.0, -1.0]]), np.array([1.0, 3.0])),
        _x(0, 5, 8),
        _x(1, 3, 6, size=100),
        _x(2, 4, 4, size=0.01),
    ),
    mistakes=(
        Mistake(
            _layer_norm,
            "You took the mean off first: that is LayerNorm, which MiniLM "
            "uses. RMSNorm leaves the mean where it is.",
        ),
        Mistake(
            _length_1,
            "Your rows have length 1: the squares add up to 1. Here their "
            "mean is to be 1, so divide by the root of the mean.",
        ),
        Mistake(
            _columns,
            "You took the mean down each column, over the tokens. Each token "
            "is scaled by itself: take it along the row.",
        ),
        Mistake(
            _whole,
            "You scaled all rows by one number. Each row gets its own.",
        ),
        Mistake(_no_root, "Take the root of the mean square first."),
        Mistake(
            _no_weight,
            "The learned weight is missing: multiply column by column.",
        ),
        Mistake(
            _weight_first,
            "The weight comes after the scaling. Before it, it would change "
            "the mean square too.",
        ),
        Mistake(
            _no_crumb,
            "A row of zeros is divided by zero: add 0.00001 under the root.",
        ),
        Mistake(
            _crumb_outside,
            "Add the 0.00001 to the mean square, under the root and not "
            "after it.",
        ),
    ),
    hints=(
        "For one row: square every number, take the mean, then the root.",
        "mean(axis=1, keepdims=True) gives one number a row, as a column.",
        "x / np.sqrt(mean + 1e-5) * weight",
    ),
)

# --- shares: heads that share keys, and a mask ------------------------------


def shares(q, k):
    """Return shares (H, T, T) of queries q (H, T, W) and keys k (G, T, W)."""
    k = np.repeat(k, len(q) // len(k), axis=0)
    scores = q @ k.swapaxes(1, 2) / np.sqrt(q.shape[2])
    later = np.triu(np.ones(scores.shape[1:], bool), 1)
    scores = np.where(later, -np.inf, scores)
    powers = np.exp(scores - scores.max(axis=2, keepdims=True))
    return powers / powers.sum(axis=2, keepdims=True)


def _tiled(q, k):
    return shares(q, np.tile(k, (len(q) // len(k), 1, 1)))


def _three(q, k):  # as in SmolLM2, whatever the number of groups
    k = np.repeat(k, 3, axis=0)
    if len(k) != len(q):
        raise ValueError("the heads do not fit")
    return shares(q, k)


def _scores(q, k):
    k = np.repeat(k, len(q) // len(k), axis=0)
    return q @ k.swapaxes(1, 2) / np.sqrt(q.shape[2])


def _soft(scores, axis=2):
    top = scores.max(axis=axis, keepdims=True)
    powers = np.exp(scores - np.where(np.isfinite(top), top, 0))
    return powers / powers.sum(axis=axis, keepdims=True)


def _no_mask(q, k):
    return _soft(_scores(q, k))


def _mask_past(q, k):
    scores = _scores(q, k)
    earlier = np.tril(np.ones(scores.shape[1:], bool), -1)
    return _soft(np.where(earlier, -np.inf, scores))


def _mask_self(q, k):
    scores = _scores(q, k)
    hidden = np.triu(np.ones(scores.shape[1:], bool), 0)
    hidden[0, 0] = False
    return _soft(np.where(hidden, -np.inf, scores))


def _zeros(q, k):
    return _soft(np.tril(_scores(q, k)))


def _mask_after(q, k):
    return np.tril(_soft(_scores(q, k)))


def _no_scale(q, k):
    return shares(q * np.sqrt(q.shape[2]), k)


def _by_width(q, k):
    return shares(q / np.sqrt(q.shape[2]), k)


def _by_key(q, k):
    scores = _scores(q, k)
    later = np.triu(np.ones(scores.shape[1:], bool), 1)
    return _soft(np.where(later, -np.inf, scores), axis=1)


def _first_group(q, k):
    return shares(q, k[:1])


def _unshared(q, k):
    scores = _scores(q, k)
    later = np.triu(np.ones(scores.shape[1:], bool), 1)
    return np.where(later, -np.inf, scores)


def _qk(seed, h, g, t, w):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(h, t, w)), rng.normal(size=(g, t, w))


SHARES = Exercise(
    reference=shares,
    cases=(
        (
            np.array([[[1.0, 0], [0, 2]], [[0, 1], [1, 1]]]),
            np.array([[[1.0, 0], [0, 1]]]),
        ),
        _qk(0, 4, 2, 3, 4),
        _qk(1, 9, 3, 5, 8),
        _qk(2, 2, 2, 4, 2),
        _qk(3, 6, 3, 1, 4),
        _qk(4, 6, 2, 6, 3),
    ),
    mistakes=(
        Mistake(
            _tiled,
            "You laid the groups side by side, A B A B. Heads next to each "
            "other share a group, A A B B: np.repeat along axis 0.",
        ),
        Mistake(
            _three,
            "You gave each group three heads. So it is in SmolLM2; here a "
            "group has len(q) // len(k).",
        ),
        Mistake(
            _no_mask,
            "A token sees those that come later: scores above the diagonal "
            "must be minus infinity before the softmax.",
        ),
        Mistake(
            _mask_past,
            "You hid the past. A token may see itself and what came before.",
        ),
        Mistake(
            _mask_self,
            "You hid each token from itself. It may look at its own key.",
        ),
        Mistake(
            _zeros,
            "You put 0 where a score is hidden, and e to the 0 is 1. Put "
            "minus infinity there: e to that is 0.",
        ),
        Mistake(
            _mask_after,
            "You hid the later tokens after the softmax, so the shares of a "
            "token do not add up to 1. Hide their scores before it.",
        ),
        Mistake(
            _no_scale,
            "Divide the scores by the root of the width of a head.",
        ),
        Mistake(
            _by_width,
            "You divided by the width of a head: divide by its root.",
        ),
        Mistake(
            _by_key,
            "You made the shares add up over those who ask. The shares of "
            "one asking token add up to 1: softmax along the last axis.",
        ),
        Mistake(
            _first_group,
            "All your heads ask the first group of keys. Spread the heads "
            "over all groups.",
        ),
        Mistake(
            _unshared,
            "These are the scores. A softmax along the last axis is missing.",
        ),
    ),
    hints=(
        "With 9 heads and 3 groups, heads 0, 1 and 2 ask group 0. First "
        "give every head its keys.",
        "scores = q @ k.swapaxes(1, 2) / np.sqrt(W), then minus infinity "
        "where np.triu(…, 1) is true.",
        "np.repeat(k, len(q) // len(k), axis=0); e to the scores; divide "
        "by the sum along axis 2 with keepdims=True.",
    ),
)

# --- nearest: does the nearest row have the same label? ---------------------


def _itself(x, labels):
    return 1.0


def _alone(x, labels):
    return context.nearest(x, labels) if len(x) > 1 else 1.0


def _cosines(x):
    if len(x) < 2:
        raise ValueError("one row has no neighbour")
    x = np.asarray(x) / np.linalg.norm(x, axis=1, keepdims=True)
    return x @ x.T


def _share(scores, labels):
    scores, labels = np.array(scores), np.asarray(labels)
    np.fill_diagonal(scores, -np.inf)
    return float((labels[scores.argmax(axis=1)] == labels).mean())


def _dots(x, labels):
    if len(x) < 2:
        raise ValueError("one row has no neighbour")
    return _share(np.asarray(x) @ np.asarray(x).T, labels)


def _distances(x, labels):
    if len(x) < 2:
        raise ValueError("one row has no neighbour")
    x = np.asarray(x)
    far = ((x[:, None] - x[None]) ** 2).sum(axis=2)
    return _share(-far, labels)


def _furthest(x, labels):
    return _share(-_cosines(x), labels)


def _hits(x, labels):
    return round(_share(_cosines(x), labels) * len(x))


def _zero_self(x, labels):
    scores, labels = _cosines(x), np.asarray(labels)
    np.fill_diagonal(scores, 0)
    return float((labels[scores.argmax(axis=1)] == labels).mean())


def _absolute(x, labels):
    return _share(np.abs(_cosines(x)), labels)


def _means(x, labels):
    if len(x) < 2:
        raise ValueError("one row has no neighbour")
    x, labels = np.asarray(x), np.asarray(labels)
    names = np.unique(labels)
    means = np.array([x[labels == name].mean(axis=0) for name in names])
    means = means / np.linalg.norm(means, axis=1, keepdims=True)
    return float((names[(x @ means.T).argmax(axis=1)] == labels).mean())


def _rows(seed, n, d, kinds):
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(n) % kinds)
    x = rng.normal(size=(n, d)) + rng.normal(size=(kinds, d))[labels]
    return x * rng.uniform(0.2, 4, (n, 1)), labels


NEAREST = Exercise(
    reference=context.nearest,
    cases=(
        (
            np.array([[1.0, 0], [2, 1], [0, 3], [1, 4]]),
            np.array([0, 0, 1, 0]),
        ),
        (np.array([[1.0, 0], [-1, -1], [-3, 1]]), np.array([0, 1, 0])),
        (np.array([[1.0, 2], [2, 1]]), np.array([5, 5])),
        (np.array([[1.0, 2]]), np.array([5])),
        _rows(0, 12, 3, 2),
        _rows(1, 20, 3, 4),
        _rows(2, 16, 2, 3),
        _rows(3, 30, 4, 5),
        (np.array([[1.0, 0.1], [1, 0.2], [0.1, 1]]), np.array([3, 4, 3])),
        (-np.array([[1.0, 0], [-1, -1], [-3, 1]]), np.array([0, 0, 1])),
        (np.array([[4.0, 3], [3, 4], [0, 1]]), np.array([0, 0, 0])),
    ),
    mistakes=(
        Mistake(
            _alone,
            "One row has no neighbour: raise a ValueError before you look.",
        ),
        Mistake(
            _itself,
            "Every row is nearest to itself, and has its own label. Take it "
            "out of the race: minus infinity on the diagonal.",
        ),
        Mistake(
            _zero_self,
            "A 0 on the diagonal wins where all other cosines are negative. "
            "Put minus infinity there.",
        ),
        Mistake(
            _dots,
            "You compared dot products, so long rows win. Divide every row "
            "by its length first.",
        ),
        Mistake(
            _distances,
            "You compared distances: here the highest cosine is asked for.",
        ),
        Mistake(_furthest, "You took the row with the lowest cosine."),
        Mistake(_hits, "This is how many: divide by the number of rows."),
        Mistake(
            _absolute,
            "You took absolute values: an opposite row is not near.",
        ),
        Mistake(
            _means,
            "You compared each row with the means of the labels, of which it "
            "is itself a part. Compare it with the other rows.",
        ),
    ),
    hints=(
        "Make all cosines first: rows of length 1, and x @ x.T.",
        "np.fill_diagonal(cosines, -np.inf), then argmax along each row.",
        "labels[places] == labels is True for every hit: take the mean.",
    ),
)

# --- settled: from which layer on does the lens say the last word? ----------


def settled(states, weight, table):
    """Return the depth from which on the guess is the last one's.

    states (L + 1, D) are a token's; weight (D,) and table (V, D) are the
    model's end.
    """
    # To divide a row by one number changes no order: the norm's weight is
    # what counts.
    best = (states * weight @ table.T).argmax(axis=1)
    # The last place that differs is followed by the first that stays.
    return max(np.flatnonzero(best != best[-1]), default=-1) + 1


def _best(states, weight, table):
    return (np.asarray(states) * weight @ np.asarray(table).T).argmax(axis=1)


def _stays(best):
    wrong = np.flatnonzero(best != best[-1])
    return int(wrong[-1]) + 1 if len(wrong) else 0


def _first_time(states, weight, table):
    best = _best(states, weight, table)
    return int(np.flatnonzero(best == best[-1])[0])


def _from_one(states, weight, table):
    return _stays(_best(states, weight, table)) + 1


def _last_wrong(states, weight, table):
    return _stays(_best(states, weight, table)) - 1


def _weightless(states, weight, table):
    return _stays(_best(states, np.ones_like(weight), table))


def _cosine_rows(states, weight, table):
    lengths = np.linalg.norm(table, axis=1, keepdims=True)
    return _stays(_best(states, weight, table / lengths))


def _how_often(states, weight, table):
    best = _best(states, weight, table)
    return int((best == best[-1]).sum())


def _any_change(states, weight, table):
    best = _best(states, weight, table)
    changes = np.flatnonzero(best[1:] != best[:-1])
    return int(changes[0]) + 1 if len(changes) else 0


def _token(states, weight, table):
    return int(_best(states, weight, table)[-1])


def _lowest(states, weight, table):
    return _stays(_best(states, weight, -np.asarray(table)))


def _way(seed, depth, stay, late=0.0):
    # A walk towards one row, with an early visit to it.
    rng = np.random.default_rng(seed)
    table = rng.normal(size=(9, 5)) * rng.uniform(0.5, 2, (9, 1))
    weight = rng.uniform(0.2, 3, 5)
    states = rng.normal(size=(depth + 1, 5))
    goal = table[3] / weight
    states[stay:] = goal + rng.normal(0, late, (depth + 1 - stay, 5))
    states[1] = goal
    return states * rng.uniform(1, 50, (depth + 1, 1)), weight, table


SETTLED = Exercise(
    reference=settled,
    cases=(
        (
            np.array([[1.0, 0], [0, 2], [3, 1], [1, 9], [1, 2]]),
            np.ones(2),
            np.eye(2),
        ),
        (
            np.array([[2.0, 1], [3, 1], [2, 1]]),
            np.array([1.0, 3.0]),
            np.eye(2),
        ),
        (
            np.array([[1.0, 0.8], [0.2, 1.0], [1, 0.9]]),
            np.array([1.0, 1.0]),
            np.array([[1.0, 0], [0, 1], [0.9, 0.9]]),
        ),
        *(_way(seed, 8, 5, 0.3) for seed in range(4)),
        _way(4, 6, 6),
        (
            np.array([[1.0, 0], [1, 0.5], [0.5, 1], [0, 1]]),
            np.array([1.0, 1.2]),
            np.array([[2.0, 0], [0, 1.0]]),
        ),
        (np.array([[0.0, 0], [0, 1]]), np.ones(2), np.eye(2)),
        (np.array([[0.0, 1]]), np.ones(2), np.eye(2)),
    ),
    mistakes=(
        Mistake(
            _first_time,
            "You took the first time that the guess is right. It may be lost "
            "again: from the depth you return, it must stay.",
        ),
        Mistake(
            _from_one,
            "Depths count from 0: the row of the table, before any layer.",
        ),
        Mistake(
            _last_wrong,
            "This is the last depth with another guess. Return the next one.",
        ),
        Mistake(
            _weightless,
            "The weight of the norm is missing. It changes who wins.",
        ),
        Mistake(
            _cosine_rows,
            "You divided the rows of the table by their lengths. The model "
            "takes dot products with the rows as they are.",
        ),
        Mistake(
            _how_often,
            "You counted how often the guess is the last one's. Return the "
            "depth from which on it stays.",
        ),
        Mistake(
            _any_change,
            "You stopped at the first change. The guess may change again: "
            "look for the last change.",
        ),
        Mistake(
            _token,
            "This is the token that is guessed. Return the depth from which "
            "on it is guessed.",
        ),
        Mistake(
            _lowest, "You took the lowest score: the guess has the best."
        ),
    ),
    hints=(
        "First the guess at every depth: weight, dot products with all rows "
        "of the table, argmax.",
        "Where does the guess differ from the last one? One step after the "
        "last of these places it has settled.",
        "wrong = np.flatnonzero(best != best[-1]); if there is none, the "
        "answer is 0, else wrong[-1] + 1.",
    ),
)

EXERCISES = {
    "rms_norm": RMS_NORM,
    "shares": SHARES,
    "nearest": NEAREST,
    "settled": SETTLED,
}
