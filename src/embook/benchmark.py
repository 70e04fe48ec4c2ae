"""Benchmark: does a search find the article that was meant?

The book's one test of search. Nearly every one of Wikipedia's vital articles
carries a short description, written by a person. It is the question; the
introduction of its own article is the one right answer among all of them.
Titles are not searched. Only one answer counts as right, though others may
serve as well: what is measured is a lower bound.

Chapters: sentences, search, indexes, rag
Shapes:   Q = questions, N = articles, D = numbers a vector
"""

from collections import Counter
from functools import cache
from typing import NamedTuple

import numpy as np

from embook import texts
from embook.refuse import nonzero, rows
from embook.sources import SOURCES

SAMPLED, SEED, LEAST = 2000, 0, 4


class Question(NamedTuple):
    """What is asked, and the number of the article that answers it."""

    text: str
    article: int


@cache
def questions() -> tuple[Question, ...]:
    """Return the 2,000 frozen questions, in the order of their articles.

    They are drawn from the descriptions of at least four words that no other
    article bears. `texts.introductions` counts the articles.
    """
    said = [a.description.casefold() for a in texts.introductions()]
    often = Counter(said)
    usable = [
        n
        for n, text in enumerate(said)
        if often[text] == 1 and len(text.split()) >= LEAST
    ]
    rng = np.random.default_rng(SEED)
    drawn = np.sort(rng.choice(usable, SAMPLED, replace=False))
    articles = texts.introductions()
    return tuple(Question(articles[n].description, n) for n in drawn.tolist())


def encoded() -> tuple[np.ndarray, np.ndarray]:
    """Return MiniLM's vectors of all articles (N, D) and questions (Q, D).

    They have length 1. The file holds them in 8 bits a number.
    """
    with SOURCES["benchmark"].reading("benchmark.npz") as path:
        with np.load(path) as file:
            return unpack(file["articles"]), unpack(file["questions"])


def pack(x: np.ndarray) -> np.ndarray:
    """Return rows x (N, D) in 8 bits a number (N, D), each by its own scale.

    The largest number of a row becomes 127 or -127. Raises ValueError where
    x is empty, not finite, or has a row of zeros.

    >>> pack(np.array([[0.6, -0.8]]))
    array([[  95, -127]], dtype=int8)
    """
    x = rows(x)
    largest = nonzero(np.abs(x).max(axis=1))
    return np.rint(x / largest[:, None] * 127).astype(np.int8)


def unpack(packed: np.ndarray) -> np.ndarray:
    """Return the rows (N, D) of length 1 that 8-bit rows (N, D) stand for.

    >>> unpack(np.array([[95, -127]], np.int8)).round(3)
    array([[ 0.599, -0.801]], dtype=float32)
    """
    x = packed.astype(np.float32)
    return x / np.linalg.norm(x, axis=1, keepdims=True)
