"""Prediction: what does a language model say comes next?

Chapter: chapters/prediction.ipynb
Source:  Shannon (1948), doi:10.1002/j.1538-7305.1948.tb01338.x
Shapes:  V = entries of the vocabulary, T = tokens of a text
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from embook import refuse


def softmax(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Return the probabilities (V,) of logits (V,), or of rows (T, V).

    Raises ValueError on NaN, infinity, or a temperature not above 0.

    >>> softmax(np.array([0.0, 0.0]))
    array([0.5, 0.5])
    """
    x = refuse.finite(logits, "logits")
    # e to the 1000 overflows; without the highest, the shares are the same.
    x = x - x.max(axis=-1, keepdims=True)
    powers = np.exp(x / refuse.positive(temperature, "temperature"))
    return powers / powers.sum(axis=-1, keepdims=True)


def top_p(p: np.ndarray, share: float) -> np.ndarray:
    """Return p (V,) without its tail, scaled up to 1 (Holtzman et al., 2020).

    The most likely tokens stay, as few as hold `share` together. Raises
    ValueError where share is not above 0 and at most 1.

    >>> top_p(np.array([0.5, 0.125, 0.375]), 0.8).round(3)
    array([0.571, 0.   , 0.429])
    """
    kept = refuse.probabilities(p).copy()
    refuse.positive(share, "share", most=1)
    order = np.argsort(-kept, kind="stable")
    before = np.cumsum(kept[order]) - kept[order]
    kept[order[before >= share]] = 0
    return kept / kept.sum()


def sample(p: np.ndarray, rng: np.random.Generator) -> int:
    """Return one of V ids, each as often as p (V,) says.

    Raises ValueError where p does not add up to 1.

    >>> sample(np.array([0.0, 1.0, 0.0]), np.random.default_rng(0))
    1
    """
    ends = np.cumsum(refuse.probabilities(p), dtype=float)
    return int(np.searchsorted(ends / ends[-1], rng.random(), "right"))


def generate(
    next_p: Callable, prompt: Sequence, end: int, limit: int, choose=np.argmax
) -> tuple[list[int], list[float]]:
    """Return the ids that follow the prompt, and the probability of each.

    next_p gives probabilities (V,) for a list of ids; choose takes one id.
    It stops after `end`, or after `limit` ids. Raises ValueError where the
    limit is not a whole number from 1.

    >>> generate(lambda ids: np.eye(4)[ids[-1] + 1], [0], end=3, limit=9)
    ([1, 2, 3], [1.0, 1.0, 1.0])
    """
    ids, chances = list(prompt), []
    for _ in range(refuse.between(limit, 1, name="limit")):
        p = next_p(ids)
        ids.append(int(choose(p)))
        chances.append(float(p[ids[-1]]))
        if ids[-1] == end:
            break
    return ids[len(prompt) :], chances


def surprisal(logits: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """Return −ln p (T,) of the ids (T,) that came, from logits (T, V).

    Raises ValueError where lengths differ or an id is not from 0 to V − 1.

    >>> surprisal(np.zeros((1, 2)), np.array([0])).round(3)
    array([0.693])
    """
    x = refuse.rows(logits, "logits")
    ids = refuse.token_ids(ids, x.shape[1], rows=len(x))
    x = x - x.max(axis=1, keepdims=True)
    return np.log(np.exp(x).sum(axis=1)) - x[np.arange(len(x)), ids]


def perplexity(nats: np.ndarray) -> float:
    """Return e to the mean of surprisals (T,); ValueError if one is < 0.

    >>> round(perplexity(np.log([2.0, 8.0])), 3)
    4.0
    """
    nats = refuse.finite(refuse.rank(nats, 1, "nats"), "nats", least=0)
    return float(np.exp(nats.mean()))


class Ngrams(NamedTuple):
    """How often each run of words came, and each run less its last word."""

    runs: Counter
    starts: Counter
    size: int  # different words


def count_ngrams(words: Sequence[str], order: int) -> Ngrams:
    """Return the counts of all runs of 1 to `order` words of a text.

    Raises ValueError where words is one str, or has fewer than `order`.

    >>> count_ngrams(["a", "b", "a", "c"], 2).starts
    Counter({(): 4, ('a',): 2, ('b',): 1})
    """
    runs, one = Counter(), {}  # equal words become one object, for speed
    words = [one.setdefault(word, word) for word in refuse.words(words)]
    for n in range(refuse.between(order, 1, len(words), "order")):
        starts = Counter(runs)  # the shorter ones
        runs.update(zip(*(words[i:] for i in range(n + 1)), strict=False))
    starts[()] = len(words)
    starts -= Counter(tuple(words[-n:]) for n in range(1, order))  # the end
    return Ngrams(runs, starts, len(one))


def probability(counts: Ngrams, context: list, word: str, k: float) -> float:
    """Return p(word | context), from the counts and k imaginary words.

    Those fall as the shorter context says, after MacKay and Peto (1995).
    Raises ValueError where word was never counted or k is not above 0.

    >>> probability(count_ngrams(["a", "b", "a", "b"], 2), ["a"], "b", k=2)
    0.75
    """
    if (word,) not in counts.runs:
        raise ValueError(f"word is {word!r}: it was never counted")
    context = refuse.words(context, "context", least=0)
    p, k = 1 / counts.size, refuse.positive(k)
    for n in range(len(context) + 1):
        past = tuple(context[len(context) - n :])
        p = counts.runs.get((*past, word), 0) + k * p
        p /= counts.starts.get(past, 0) + k
    return p
