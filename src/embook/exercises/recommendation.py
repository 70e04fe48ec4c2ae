"""Exercises of the chapter on recommendation."""

import numpy as np

from embook.check import Exercise, Mistake

# --- pairs: the cosines of the columns ------------------------------------


def pairs(table):
    """Return the cosines (V, V) of a table's columns, 0 on the diagonal."""
    both = (table.T @ table).astype(float)
    count = np.diag(both).copy()
    np.fill_diagonal(both, 0)
    return both / np.sqrt(np.outer(count, count))


def _counts(table):
    both = (table.T @ table).astype(float)
    np.fill_diagonal(both, 0)
    return both


def _itself(table):
    both = (table.T @ table).astype(float)
    count = np.diag(both)
    return both / np.sqrt(np.outer(count, count))


def _of_rows(table):
    both = (table @ table.T).astype(float)
    count = np.maximum(np.diag(both), 1)
    both = both / np.sqrt(np.outer(count, count))
    np.fill_diagonal(both, 0)
    return both


def _no_root(table):
    both = (table.T @ table).astype(float)
    count = np.diag(both).copy()
    np.fill_diagonal(both, 0)
    return both / np.outer(count, count)


def _one_side(table):
    both = (table.T @ table).astype(float)
    count = np.diag(both).copy()
    np.fill_diagonal(both, 0)
    return both / count[:, None]


def _other_side(table):
    return _one_side(table).T


def _either(table):
    both = (table.T @ table).astype(float)
    count = np.diag(both).copy()
    either = count[:, None] + count - both
    np.fill_diagonal(both, 0)
    return both / either


def _per_basket(table):
    return _counts(table) / len(table)


_RNG = np.random.default_rng(8)
_MANY = (_RNG.random((30, 6)) < 0.3).astype(int)
_MANY[0] = 1

PAIRS = Exercise(
    reference=pairs,
    cases=(
        (np.array([[1, 1], [1, 1], [1, 0]]),),
        (np.array([[1, 1, 0, 0], [1, 1, 1, 0], [1, 0, 0, 1], [0, 0, 1, 1]]),),
        (np.array([[1, 0, 1], [0, 1, 1]]),),
        (np.array([[1, 1, 1]]),),
        (_MANY,),
    ),
    mistakes=(
        Mistake(
            _counts,
            "These are the counts: divide by the root of the two things' "
            "numbers of baskets, or bread goes with everything.",
        ),
        Mistake(
            _itself,
            "Right, but for the diagonal: a thing must not vote for itself.",
        ),
        Mistake(
            _of_rows,
            "You compared baskets (rows). Compare things: the columns.",
        ),
        Mistake(
            _no_root,
            "You divided by the product of the counts. The cosine divides "
            "by its root: the lengths of the two columns.",
        ),
        Mistake(
            _one_side,
            "You divided by one thing's count: the share of its baskets "
            "that hold the other. The cosine divides by both roots.",
        ),
        Mistake(
            _other_side,
            "You divided by one thing's count: the share of its baskets "
            "that hold the other. The cosine divides by both roots.",
        ),
        Mistake(
            _either,
            "You divided by the baskets that hold either: the Jaccard "
            "index. The cosine divides by the root of the two counts.",
        ),
        Mistake(
            _per_basket,
            "You divided by the number of baskets, alike for all things: "
            "what is in most baskets still wins.",
        ),
    ),
    hints=(
        "table.T @ table counts the baskets with both.",
        "Its diagonal holds how many baskets have each thing at all.",
        "Divide by np.sqrt(np.outer(count, count)), then make the "
        "diagonal 0.",
    ),
)

# --- tens: the share of hits ----------------------------------------------


def tens(scores, baskets, hidden, k):
    """Return the share of hidden things among the first k not in a basket."""
    free = np.where(baskets > 0, -np.inf, scores)
    own = free[np.arange(len(hidden)), hidden]
    return ((free > own[:, None]).sum(axis=1) < k).mean()


def _first(scores, hidden):
    own = scores[np.arange(len(hidden)), hidden]
    return (scores > own[:, None]).sum(axis=1)


def _with_the_basket(scores, baskets, hidden, k):
    return (_first(scores, hidden) < k).mean()


def _one_more(scores, baskets, hidden, k):
    return (_first(np.where(baskets, -np.inf, scores), hidden) <= k).mean()


def _worst(scores, baskets, hidden, k):
    free = np.where(baskets, np.inf, scores)
    return (_first(-free, hidden) < k).mean()


def _zeroed(scores, baskets, hidden, k):
    return (_first(scores * (1 - baskets), hidden) < k).mean()


def _number(scores, baskets, hidden, k):
    return (_first(np.where(baskets, -np.inf, scores), hidden) < k).sum()


def _per_k(scores, baskets, hidden, k):
    return tens(scores, baskets, hidden, k) / k


def _only_basket(scores, baskets, hidden, k):
    return (_first(np.where(baskets, scores, -np.inf), hidden) < k).mean()


_SCORES = _RNG.permutation(8 * 9).reshape(8, 9) - 40.0
_BASKETS = np.zeros((8, 9), int)
_HIDDEN = _RNG.integers(9, size=8)
for _row, _own in zip(_BASKETS, _HIDDEN, strict=True):
    _row[_RNG.choice([i for i in range(9) if i != _own], 3, False)] = 1

TENS = Exercise(
    reference=tens,
    cases=(
        (
            np.array([[0.9, 0.5, 0.1], [0.2, 0.8, 0.3]]),
            np.array([[1, 0, 0], [0, 1, 0]]),
            np.array([1, 0]),
            1,
        ),
        (
            np.array([[-0.5, -0.2, -0.9, -0.1]]),
            np.array([[0, 0, 0, 1]]),
            np.array([0]),
            2,
        ),
        (
            np.array([[-0.5, -0.2, -0.9, -0.1]]),
            np.array([[0, 1, 0, 1]]),
            np.array([0]),
            1,
        ),
        (_SCORES, _BASKETS, _HIDDEN, 1),
        (_SCORES, _BASKETS, _HIDDEN, 3),
        (_SCORES, _BASKETS, _HIDDEN, 5),
    ),
    mistakes=(
        Mistake(
            _with_the_basket,
            "What lies in the basket still takes places in your list: take "
            "it out first.",
        ),
        Mistake(
            _one_more,
            "Your list has k + 1 places: fewer than k things may stand "
            "before the hidden one.",
        ),
        Mistake(_worst, "Your list begins with the lowest score."),
        Mistake(
            _zeroed,
            "You gave the basket's things the score 0. Where scores are "
            "below zero, that puts them first. Use -np.inf.",
        ),
        Mistake(_number, "This is the number of hits: divide by all."),
        Mistake(
            _per_k,
            "You divided by k: this is the precision. A question has one "
            "hidden thing, so a hit counts 1.",
        ),
        Mistake(
            _only_basket,
            "You kept the things in the basket and took out the others.",
        ),
    ),
    hints=(
        "First make the basket's things unable to win.",
        "np.where(baskets > 0, -np.inf, scores) does it.",
        "Count in each row the scores above the hidden one's: a hit has "
        "fewer than k.",
    ),
)

# --- row: one half-step of alternating least squares ----------------------


def row(basket, y, alpha, penalty):
    """Return the row (D,) that fits a basket (V,), with y (V, D) fixed."""
    c = 1 + alpha * basket
    left = y.T @ (c[:, None] * y) + penalty * np.eye(y.shape[1])
    return np.linalg.solve(left, y.T @ (c * basket))


def _solve(y, c, p, penalty):
    left = y.T @ (c[:, None] * y) + penalty * np.eye(y.shape[1])
    return np.linalg.solve(left, y.T @ (c * p))


def _own_only(basket, y, alpha, penalty):
    own = y[basket > 0]
    return _solve(own, np.full(len(own), 1 + alpha), 1.0, penalty)


def _no_weight(basket, y, alpha, penalty):
    return _solve(y, np.ones(len(y)), basket, penalty)


def _alpha_alone(basket, y, alpha, penalty):
    return _solve(y, np.where(basket > 0, alpha, 1.0), basket, penalty)


def _no_penalty(basket, y, alpha, penalty):
    c = 1 + alpha * basket
    return np.linalg.lstsq(
        y * np.sqrt(c)[:, None], np.sqrt(c) * basket, rcond=None
    )[0]


def _right_unweighted(basket, y, alpha, penalty):
    c = 1 + alpha * basket
    left = y.T @ (c[:, None] * y) + penalty * np.eye(y.shape[1])
    return np.linalg.solve(left, y.T @ basket)


def _left_unweighted(basket, y, alpha, penalty):
    c = 1 + alpha * basket
    left = y.T @ y + penalty * np.eye(y.shape[1])
    return np.linalg.solve(left, y.T @ (c * basket))


def _right_alpha(basket, y, alpha, penalty):
    c = 1 + alpha * basket
    left = y.T @ (c[:, None] * y) + penalty * np.eye(y.shape[1])
    return np.linalg.solve(left, y.T @ (alpha * basket))


def _all_alike(basket, y, alpha, penalty):
    return _solve(y, np.full(len(y), 1 + alpha), basket, penalty)


def _mean(basket, y, alpha, penalty):
    return basket @ y / basket.sum()


_Y = _RNG.normal(size=(12, 3))
_B = (_RNG.random(12) < 0.4).astype(float)

ROW = Exercise(
    reference=row,
    cases=(
        (np.array([1.0, 0.0]), np.array([[1.0], [2.0]]), 1.0, 1.0),
        (np.array([1.0, 1.0, 0.0]), np.eye(3) + 0.5, 5.0, 0.5),
        (_B, _Y, 20.0, 5.0),
        (1 - _B, _Y, 3.0, 0.1),
    ),
    mistakes=(
        Mistake(
            _own_only,
            "You forgot the zeros. Nothing tells the row to say no to what "
            "is not in the basket. All V things count, there with c = 1.",
        ),
        Mistake(
            _no_weight,
            "A thing in the basket counts 1 + alpha times as much.",
        ),
        Mistake(
            _alpha_alone,
            "You took c = alpha for what is in the basket: it is 1 + alpha.",
        ),
        Mistake(
            _no_penalty,
            "You left out the penalty: add it to the diagonal.",
        ),
        Mistake(
            _right_unweighted,
            "The right side needs the weights too: y.T @ (c * basket).",
        ),
        Mistake(
            _left_unweighted,
            "The left side needs the weights too: y.T @ (c[:, None] * y).",
        ),
        Mistake(
            _right_alpha,
            "What the basket holds counts 1 + alpha times, on both sides.",
        ),
        Mistake(
            _all_alike,
            "You gave every thing the weight 1 + alpha. What is not in the "
            "basket has weight 1.",
        ),
        Mistake(
            _mean,
            "This is the mean of the basket's rows: no least squares.",
        ),
    ),
    hints=(
        "The slope is -2 Σ c (p - x·y) y + 2 λ x. Set it to 0.",
        "Then (Σ c y yᵀ + λ I) x = Σ c p y.",
        "np.linalg.solve(y.T @ (c[:, None] * y) + penalty * "
        "np.eye(D), y.T @ (c * basket))",
    ),
)

EXERCISES = {"pairs": PAIRS, "tens": TENS, "row": ROW}
