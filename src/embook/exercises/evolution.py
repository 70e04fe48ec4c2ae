"""Exercises of chapters/evolution.ipynb."""

import numpy as np

from embook.check import Exercise, Mistake
from embook.prediction import softmax
from embook.training import sigmoid

# --- rnn: all states of a plain recurrent network ---------------------------


def rnn(x, w_x, w_h, b):
    """Return the states (T, D) of an RNN that reads x (T, E) from zero."""
    h, states = np.zeros(len(b)), []
    for row in x:
        h = np.tanh(row @ w_x + h @ w_h + b)
        states.append(h)
    return np.array(states)


def _no_memory(x, w_x, w_h, b):
    return np.tanh(x @ w_x + b)


def _no_bias(x, w_x, w_h, b):
    return rnn(x, w_x, w_h, 0 * b)


def _no_bend(x, w_x, w_h, b):
    h, states = np.zeros(len(b)), []
    for row in x:
        h = row @ w_x + h @ w_h + b
        states.append(h)
    return np.array(states)


def _bend_last(x, w_x, w_h, b):
    return np.tanh(_no_bend(x, w_x, w_h, b))


def _last_state(x, w_x, w_h, b):
    return rnn(x, w_x, w_h, b)[-1]


def _with_zero(x, w_x, w_h, b):
    return np.vstack([np.zeros(len(b)), rnn(x, w_x, w_h, b)])


def _transposed(x, w_x, w_h, b):
    return rnn(x, w_x, w_h.T, b)


def _backwards(x, w_x, w_h, b):
    return rnn(x[::-1], w_x, w_h, b)


def _gate_bend(x, w_x, w_h, b):
    h, states = np.zeros(len(b)), []
    for row in x:
        h = sigmoid(row @ w_x + h @ w_h + b)
        states.append(h)
    return np.array(states)


def _added(x, w_x, w_h, b):
    h, states = np.zeros(len(b)), []
    for row in x:
        h = h + np.tanh(row @ w_x + h @ w_h + b)
        states.append(h)
    return np.array(states)


_X = np.array([[1.0, 0.0], [0.0, -1.0], [0.5, 2.0]])
_WX = np.array([[1.0, -0.5], [0.3, 0.8]])
_WH = np.array([[0.5, 1.0], [-0.7, 0.2]])
_B = np.array([0.1, -0.2])

RNN = Exercise(
    reference=rnn,
    cases=(
        (_X, _WX, _WH, _B),
        (_X[:1], _WX, _WH, _B),
        (_X, _WX, _WH, 0 * _B),
        (np.ones((4, 1)), np.ones((1, 1)), np.array([[0.5]]), np.zeros(1)),
        (0 * _X, _WX, _WH, _B),
        (
            np.array([[1.0, 2.0, 0.0], [0.0, 1.0, -1.0]]),
            np.array([[0.2, 1.0], [0.4, 0.0], [-1.0, 0.5]]),
            _WH,
            _B,
        ),
        (_X[::-1], _WX, 2 * _WH, _B),
    ),
    mistakes=(
        Mistake(
            _no_memory,
            "Each state is made of its own row alone: add the state before, "
            "times W_h.",
        ),
        Mistake(_no_bias, "The b is missing."),
        Mistake(
            _no_bend,
            "Nothing keeps the state between −1 and 1: tanh is missing.",
        ),
        Mistake(
            _bend_last,
            "You bent the states at the very end. The bent state goes into "
            "the next step, so tanh belongs inside the loop.",
        ),
        Mistake(
            _last_state,
            "This is the last state alone: return one row for each step.",
        ),
        Mistake(
            _with_zero,
            "The zero state of the start is not a state of any row: leave "
            "it out.",
        ),
        Mistake(
            _transposed,
            "W_h is turned: the state is a row and stands on the left, h @ "
            "W_h.",
        ),
        Mistake(
            _backwards,
            "You read the rows from the end: time starts at row 0.",
        ),
        Mistake(
            _gate_bend,
            "You used the sigmoid, which is for gates. The state goes "
            "through tanh, between −1 and 1.",
        ),
        Mistake(
            _added,
            "You added to the old state. That is what an LSTM does with its "
            "memory; an RNN replaces the state.",
        ),
    ),
    hints=(
        "Begin with a state of zeros, and take the rows one by one.",
        "A state is tanh of the row times W_x, plus the old state times W_h, "
        "plus b.",
        "for row in x: h = np.tanh(row @ w_x + h @ w_h + b); keep each h",
    ),
)

# --- notepad: the memory of an LSTM -----------------------------------------


def notepad(keep, write, new):
    """Return the memory (T, D) after each step, from an empty one."""
    return _pages(sigmoid(keep), sigmoid(write), np.tanh(new))


def _pages(keep, write, new):
    c, pages = 0.0, []
    for k, w, n in zip(keep, write, new, strict=True):
        c = k * c + w * n
        pages.append(c)
    return np.array(pages)


def _raw_gates(keep, write, new):
    return _pages(keep, write, np.tanh(new))


def _plain_new(keep, write, new):
    return _pages(sigmoid(keep), sigmoid(write), new)


def _swapped(keep, write, new):
    return notepad(write, keep, new)


def _one_gate(keep, write, new):
    return notepad(keep, -keep, new)


def _keeps_all(keep, write, new):
    return np.cumsum(sigmoid(write) * np.tanh(new), axis=0)


def _writes_all(keep, write, new):
    return notepad(keep, np.full_like(write, 40.0), new)


def _shown(keep, write, new):
    return np.tanh(notepad(keep, write, new))


def _forgets(keep, write, new):
    return notepad(-keep, write, new)


def _end(keep, write, new):
    return notepad(keep, write, new)[-1]


_K = np.array([[2.0, -1.0], [0.0, 3.0], [1.0, 1.0], [-2.0, 0.5]])
_W = np.array([[1.0, 0.0], [-1.0, 2.0], [0.5, -3.0], [2.0, 1.0]])
_N = np.array([[0.5, 2.0], [-1.0, 0.3], [1.5, -0.7], [-0.2, 1.0]])

NOTEPAD = Exercise(
    reference=notepad,
    cases=(
        (_K, _W, _N),
        (_K[:1], _W[:1], _N[:1]),
        (_K, -_W, _N),
        (_K + 3, _W, 2 * _N),
        (np.zeros((5, 1)), np.zeros((5, 1)), np.ones((5, 1))),
        (_K[:, :1], _W[:, :1], _N[:, :1]),
        (np.full((6, 2), 4.0), np.full((6, 2), -4.0), np.full((6, 2), -1.5)),
    ),
    mistakes=(
        Mistake(
            _raw_gates,
            "A gate is a number between 0 and 1: send keep and write "
            "through the sigmoid.",
        ),
        Mistake(
            _plain_new,
            "What is written is tanh of new, so that it lies between −1 "
            "and 1.",
        ),
        Mistake(
            _swapped,
            "The gates are exchanged: keep multiplies the old memory, write "
            "the new.",
        ),
        Mistake(
            _one_gate,
            "You wrote 1 − keep of the new, as another machine does (the "
            "GRU). An LSTM has a write gate of its own.",
        ),
        Mistake(
            _keeps_all,
            "Nothing is ever erased: multiply the old memory by its keep "
            "gate at each step.",
        ),
        Mistake(
            _writes_all,
            "Everything is written in full: multiply the new by its write "
            "gate.",
        ),
        Mistake(
            _shown,
            "This is tanh of the memory, which is on its way to be shown. "
            "The memory itself goes through no tanh.",
        ),
        Mistake(
            _forgets,
            "Your gate says how much to forget: σ(keep) is how much to keep.",
        ),
        Mistake(_end, "This is the last memory alone: return all of them."),
    ),
    hints=(
        "Make gates of keep and write by the sigmoid, and of new by tanh.",
        "At each step: the old memory times keep, plus new times write.",
        "c = keep[t] * c + write[t] * new[t], from c = 0; keep each c",
    ),
)

# --- glance: attention for one question -------------------------------------


def glance(q, keys, values, there):
    """Return what q (D,) fetches (W,) from the rows that are there."""
    return _shares(keys @ q / np.sqrt(len(q)), there) @ values


def _shares(scores, there):
    there = np.array(there)
    weights = np.exp(scores - scores[there].max()) * there
    return weights / weights.sum()


def _scores(q, keys):
    return keys @ q / np.sqrt(len(q))


def _no_root(q, keys, values, there):
    return _shares(keys @ q, there) @ values


def _by_width(q, keys, values, there):
    return _shares(keys @ q / len(q), there) @ values


def _looks_everywhere(q, keys, values, there):
    return softmax(_scores(q, keys)) @ values


def _zero_score(q, keys, values, there):
    return softmax(np.where(there, _scores(q, keys), 0.0)) @ values


def _cut_later(q, keys, values, there):
    return (softmax(_scores(q, keys)) * np.array(there)) @ values


def _no_softmax(q, keys, values, there):
    return np.where(there, _scores(q, keys), 0.0) @ values


def _not_shared(q, keys, values, there):
    return (np.exp(_scores(q, keys)) * np.array(there)) @ values


def _hard(q, keys, values, there):
    return values[np.where(there, keys @ q, -np.inf).argmax()]


def _fetch_keys(q, keys, values, there):
    return _shares(_scores(q, keys), there) @ keys


def _all_alike(q, keys, values, there):
    return values[np.array(there)].mean(axis=0)


def _by_cosine(q, keys, values, there):
    sizes = np.linalg.norm(keys, axis=1) * np.linalg.norm(q)
    return _shares(keys @ q / np.where(sizes > 0, sizes, 1), there) @ values


_KEYS = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [-1.0, 2.0]])
_VALUES = np.array([[1.0, 5.0, 0.0], [2.0, 0.0, 1.0], [3.0, 1.0, -1.0]])
_VALUES = np.vstack([_VALUES, [4.0, -2.0, 0.5]])
_ALL = [True] * 4

GLANCE = Exercise(
    reference=glance,
    cases=(
        (np.array([4.0, 0.0]), _KEYS, _VALUES, _ALL),
        (np.array([1.0, -1.0]), _KEYS, _VALUES, [True, True, True, False]),
        (np.array([0.0, 3.0]), _KEYS, _VALUES, [True, False, True, False]),
        (np.array([2.0, 1.0]), _KEYS[:1], _VALUES[:1], [True]),
        (np.array([0.0, 0.0]), _KEYS, _VALUES, [False, True, True, True]),
        (
            np.array([1.0, 2.0, -1.0, 0.5]),
            np.eye(4)[:3] * 2,
            _VALUES[:3, :1],
            [True, True, False],
        ),
        (np.array([-1.5, 0.5]), _KEYS, _VALUES[:, :2], [False] * 3 + [True]),
    ),
    mistakes=(
        Mistake(_no_root, "Divide the scores by √D before the softmax."),
        Mistake(
            _by_width,
            "You divided by D: the spread of a dot product grows with √D.",
        ),
        Mistake(
            _looks_everywhere,
            "Rows that are not there got a share: leave them out before "
            "the shares are made.",
        ),
        Mistake(
            _zero_score,
            "A score of 0 is no ban: e to the 0 is 1. The weight must be 0, "
            "which a score of minus infinity gives.",
        ),
        Mistake(
            _cut_later,
            "You struck shares out after the softmax: the rest no longer "
            "adds up to 1. Strike the rows out before.",
        ),
        Mistake(
            _no_softmax,
            "Scores are no shares: send them through a softmax first.",
        ),
        Mistake(
            _not_shared,
            "These are weights, not shares: divide them by their sum.",
        ),
        Mistake(
            _hard,
            "You took the best row alone. Attention mixes, so that a slope "
            "reaches every row.",
        ),
        Mistake(
            _fetch_keys,
            "You fetched keys: they are for comparing, the values are what "
            "is brought home.",
        ),
        Mistake(
            _all_alike,
            "Every row got the same share: compare the keys with the "
            "question.",
        ),
        Mistake(
            _by_cosine,
            "You compared by cosine: here the lengths count. It is the dot "
            "product, by √D.",
        ),
    ),
    hints=(
        "Score each key by its dot product with q, divided by √D.",
        "Raise e to each score, and put 0 for rows that are not there. "
        "Divide by the sum, and you have the shares.",
        "w = np.exp(s - s.max()) * there; (w / w.sum()) @ values",
    ),
)

# --- gate: where must the keep gate stand? ----------------------------------


def gate(share, steps):
    """Return the raw score () of a keep gate that leaves `share`."""
    each = share ** (1 / steps)
    return float(np.log(each / (1 - each)))


def _at_once(share, steps):
    return gate(share, 1)


def _the_part(share, steps):
    return share ** (1 / steps)


def _evenly(share, steps):
    each = 1 - (1 - share) / steps
    return float(np.log(each / (1 - each)))


def _turned(share, steps):
    return -gate(share, steps)


def _power(share, steps):
    each = share**steps
    return float(np.log(each / (1 - each)))


def _divided(share, steps):
    each = share / steps
    return float(np.log(each / (1 - each)))


def _by_tanh(share, steps):
    return float(np.arctanh(share ** (1 / steps)))


def _log_alone(share, steps):
    return float(np.log(share) / steps)


GATE = Exercise(
    reference=gate,
    cases=(
        (0.5, 80),
        (0.5, 2),
        (0.9, 10),
        (0.25, 1),
        (0.1, 100),
        (0.99, 7),
        (0.5, 1),
    ),
    mistakes=(
        Mistake(
            _at_once,
            "This gate leaves the share after one step: the steps multiply.",
        ),
        Mistake(
            _the_part,
            "This is what σ must be at each step: now find the raw score "
            "that the sigmoid turns into it.",
        ),
        Mistake(
            _evenly,
            "You shared the loss out evenly. Each step keeps a part of what "
            "is left, so take the root.",
        ),
        Mistake(
            _turned,
            "The sign is turned: a high score keeps much.",
        ),
        Mistake(
            _power,
            "You raised to the power of the steps: each step needs the root.",
        ),
        Mistake(
            _divided,
            "You divided the share by the steps. Parts multiply: take the "
            "root.",
        ),
        Mistake(
            _by_tanh,
            "You undid tanh: a gate is a sigmoid.",
        ),
        Mistake(
            _log_alone,
            "This is the logarithm of what each step keeps: raise e to it, "
            "then undo the sigmoid.",
        ),
    ),
    hints=(
        "After n steps the part that is left is σ to the power n.",
        "So σ must be share to the power 1/n. Which score gives it?",
        "The sigmoid undone is ln(p / (1 − p)).",
    ),
)

EXERCISES = {"rnn": RNN, "notepad": NOTEPAD, "glance": GLANCE, "gate": GATE}
