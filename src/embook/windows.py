"""Windows: a text read in blocks, each word with its neighbours and noise.

Source:  Mikolov et al. (2013), arXiv:1310.4546, sections 2.2 and 2.3
Shapes:  T = places in all texts, V = words, N = places of a block,
         M = those and `window` more on each side, K = words drawn as noise
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from embook.refuse import between, finite, positive, rank, token_ids

BLOCK = 128  # places; more are faster, fewer follow the text more closely
NEGATIVE = 5  # words of noise for each true neighbour
NOISE = 64  # words drawn for a block, shared by all its places


@dataclass(frozen=True, eq=False)
class Block:
    """N places of a text, the M around them, and K words of noise.

    `inside` (N, M) says which of `near` (M,) stand in the window of which of
    `centre` (N,). `done` is the part of all reading that lies behind.
    """

    centre: np.ndarray
    near: np.ndarray
    inside: np.ndarray
    noise: np.ndarray
    done: float


def noise(counts: np.ndarray, power: float = 0.75) -> np.ndarray:
    """Return the chance (V,) of each word to be drawn as noise.

    It is proportional to the word's count, raised to `power`. Raises
    ValueError where no count is above 0, or one is negative or NaN.

    >>> noise(np.array([16.0, 1.0]))
    array([0.88888889, 0.11111111])
    """
    counts = _counts(counts)
    # A word that never occurs is not drawn: but 0 to the power 0 is 1.
    weight = np.where(counts > 0, counts ** float(power), 0)
    return weight / weight.sum()


def kept(counts: np.ndarray, sample: float = 1e-3) -> np.ndarray:
    """Return the chance (V,) of each occurrence to be read at all.

    A word whose share of the text is up to 2.6 times `sample` is always read.
    This is the formula of word2vec's program, √(t/f) + t/f; the paper has
    √(t/f). Raises ValueError as `noise` does.

    >>> kept(np.array([96.0, 4.0]), sample=0.06)
    array([0.3125, 1.    ])
    """
    counts = _counts(counts)
    share = positive(sample, "sample") * counts.sum()
    rare = share / np.maximum(counts, 1e-300)
    return np.minimum(1, np.sqrt(rare) + rare)


def _counts(counts: np.ndarray) -> np.ndarray:
    counts = finite(rank(counts, 1, "counts"), "counts", least=0)
    if not counts.any():
        raise ValueError("counts is all zeros: nothing was counted")
    return counts.astype(float)


def blocks(
    ids: np.ndarray,
    owner: np.ndarray,
    counts: np.ndarray,
    epochs: int = 1,
    seed: int = 0,
    window: int = 5,
    sample: float = 1e-3,
    power: float = 0.75,
) -> Iterator[Block]:
    """Return the blocks of ids (T,), in a new order in each epoch.

    Each place takes a window of 1 to `window` words on both sides, not
    beyond its text: owner (T,) numbers the texts. An id of V is no word and
    takes no place. Places that `kept` leaves out take none either. Raises
    ValueError where arguments do not fit.
    """
    counts, owner = _counts(counts), np.asarray(owner)
    size, window = len(counts), between(window, 1, name="window")
    ids = token_ids(ids, size + 1, rows=len(owner))
    ids, owner = ids[ids < size], owner[ids < size]
    rng = np.random.default_rng(between(seed, 0, name="seed"))
    up_to = noise(counts, power).cumsum()
    chance = kept(counts, sample)
    epochs = between(epochs, 1, name="epochs")
    return _read(ids, owner, epochs, rng, window, chance, up_to)


def _read(ids, owner, epochs, rng, window, chance, up_to):
    places, around = np.arange(BLOCK)[:, None], np.arange(BLOCK + 2 * window)
    far = np.abs(places + window - around)
    edge = -1 - np.arange(BLOCK + window)  # texts of their own: no pairs
    for epoch in range(epochs):
        read = rng.random(len(ids)) < chance[ids]
        text = np.concatenate([edge[:window], owner[read], edge])
        word = np.concatenate([edge[:window] * 0, ids[read], edge * 0])
        starts = BLOCK * rng.permutation(-(-read.sum() // BLOCK))
        for n, start in enumerate(starts):
            near = slice(start, start + BLOCK + 2 * window)
            here = slice(start + window, start + window + BLOCK)
            reach = rng.integers(1, window + 1, (BLOCK, 1))
            inside = (far > 0) & (far <= reach)
            inside &= text[here, None] == text[near]
            drawn = np.searchsorted(up_to, rng.random(NOISE) * up_to[-1])
            done = (epoch + n / len(starts)) / epochs
            yield Block(word[here], word[near], inside, drawn, done)


def questions(block: Block) -> tuple[np.ndarray, ...]:
    """Return whom each of the N places is asked about, by skip-gram.

    The words (M + K,): all near ones, then the noise. The wanted answers
    (M + K,): yes to a neighbour, no to noise. The weights (N, M + K): 1 for
    a word inside the place's window, else 0; and the noise, together,
    NEGATIVE times as much as the neighbours.

    >>> ids = np.array([0, 1, 2, 0, 1, 2])
    >>> one = next(blocks(ids, 0 * ids, np.ones(3), sample=1.0, window=1))
    >>> [x.shape for x in questions(one)], questions(one)[2].sum()
    ([(194,), (194,), (128, 194)], np.float32(60.0))
    """
    near, drawn = len(block.near), len(block.noise)
    each = block.inside.sum(axis=1, keepdims=True) * (NEGATIVE / drawn)
    weight = np.repeat(each, near + drawn, axis=1).astype(np.float32)
    weight[:, :near] = block.inside
    others = np.concatenate([block.near, block.noise])
    return others, np.arange(near + drawn) < near, weight
