"""Ranking: the sections that a question is answered by, found in two ways.

One formula, BM25 (Robertson and Zaragoza, 2009), counts how often a word of
the question stands in a section. The two ways differ in what they count as
that word: by letters, all words that begin with it; by meaning, every word,
as far as its vector points the same way. find.js and meaning.js do the
same in the page, and tests compare them to the last digits.

Shapes:  N = sections, V = words of the book, D = width
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from embook.pieces import Pieces, words
from embook.search import rarity

# A word of a heading counts as so many.
HEADING = 3
# BM25's: how soon more of a word adds nothing, and what a long text pays.
SOON, LONG = 1.2, 0.75
# A word counts as another by this power of their cosine.
POWER = 6
# Of a word that the book lacks, nobody is a relative below this cosine.
STRANGER = 0.4
# A word that the book lacks, cut into shreds of fewer letters, says nothing.
SHRED = 3
# How rare a word is, is counted with words that count as it by so much.
RELATIVE = 0.5
# No word goes on with this sign: it sorts last.
LAST = "\U0010ffff"
# Scores that differ by less are equal, and keep the order of the book.
DIGITS = 9


@dataclass(frozen=True, eq=False)
class Index:
    """The words (V,), sorted, and how often (N, V) sections have them."""

    words: tuple[str, ...]
    counts: np.ndarray

    @cached_property
    def places(self) -> dict[str, int]:
        """Return the column of each word."""
        return {word: n for n, word in enumerate(self.words)}

    @cached_property
    def lengths(self) -> np.ndarray:
        """Return how long (N,) the sections are, 1 being the mean."""
        lengths = self.counts.sum(axis=1)
        return lengths / lengths.mean()

    def begins(self, start: str) -> np.ndarray:
        """Return the columns of the words that begin so."""
        first = bisect_left(self.words, start)
        return np.arange(first, bisect_left(self.words, start + LAST))

    def having(self, columns: np.ndarray) -> np.ndarray:
        """Return which sections (N,) have a word of these columns."""
        return self.counts[:, columns].any(axis=1)

    def rarity(self, columns: np.ndarray) -> float:
        """Return what a word is worth that stands where one of these does."""
        having = self.having(columns).sum()
        return float(rarity(having, len(self.counts)))

    def gain(self, often: np.ndarray, rarity: float) -> np.ndarray:
        """Return what a word of the question adds to each section (N,).

        It, or what counts as it, stands so `often` (N,) in each.
        """
        spread = SOON * (1 - LONG + LONG * self.lengths)
        return rarity * often * (SOON + 1) / (often + spread)


def index(sections: Iterable[Sequence[str]]) -> Index:
    """Return the index of sections, each [address, heading, text].

    >>> index([["a.html", "Norm", "norms"]]).counts
    array([[3., 1.]])
    """
    rows = []
    for _, heading, text in sections:
        row = Counter(words(text))
        row.update(words(heading) * HEADING)
        rows.append(row)
    found = tuple(sorted({word for row in rows for word in row}))
    places = {word: n for n, word in enumerate(found)}
    counts = np.zeros((len(rows), len(found)))
    for n, row in enumerate(rows):
        for word, count in row.items():
            counts[n, places[word]] = count
    return Index(found, counts)


def by_letters(book: Index, asked: str) -> np.ndarray:
    """Return the scores (N,) of the sections by the letters of a question.

    >>> book = index([["a", "One", "norms"], ["b", "Two", "a norm"]])
    >>> by_letters(book, "norms").round(2)
    array([0.73, 0.  ])
    """
    total = np.zeros(len(book.counts))
    for word in dict.fromkeys(words(asked)):
        starts = book.begins(word)
        if len(starts):
            often = book.counts[:, starts].sum(axis=1)
            total += book.gain(often, book.rarity(starts))
    return total


@dataclass(frozen=True, eq=False)
class Meaning:
    """An index with the vectors (V, D) of its words."""

    book: Index
    pieces: Pieces

    @cached_property
    def vectors(self) -> np.ndarray:
        """Return the vectors (V, D) of the book's words."""
        return np.array([self.pieces.vector(w) for w in self.book.words])

    @cached_property
    def lengths(self) -> np.ndarray:
        """Return their lengths (V,); that of an unknown word is infinite."""
        lengths = np.sqrt((self.vectors * self.vectors).sum(axis=1))
        return np.where(lengths == 0, np.inf, lengths)

    def cosines(self, word: str) -> np.ndarray:
        """Return the cosines (V,) of any word with those of the book."""
        vector = self.pieces.vector(word)
        length = np.sqrt(vector @ vector)
        return self.vectors @ vector / (self.lengths * (length or np.inf))

    def alike(self, word: str) -> np.ndarray | None:
        """Return how far (V,) each word of the book counts as this word.

        The nearest counts as 1. None where nobody is near enough, or the
        word is cut into shreds.
        """
        shreds = len(word) < SHRED * len(self.pieces.cut(word))
        if shreds and word not in self.book.places:
            return None
        cosines = np.clip(self.cosines(word), 0, None)
        nearest = cosines.max()
        if nearest < STRANGER:
            return None
        return (cosines / nearest) ** POWER

    def scores(self, asked: str) -> np.ndarray:
        """Return the scores (N,) of the sections by meaning."""
        total = np.zeros(len(self.book.counts))
        for word in dict.fromkeys(words(asked)):
            alike = self.alike(word)
            if alike is not None:
                rarity = self.book.rarity(np.flatnonzero(alike >= RELATIVE))
                total += self.book.gain(self.book.counts @ alike, rarity)
        return total


def ranked(scores: np.ndarray) -> list[int]:
    """Return the numbers of the sections that score, the best first.

    >>> ranked(np.array([0.0, 2.0, 3.0, 2.0]))
    [2, 1, 3]
    """
    scores = scores.round(DIGITS)
    order = np.argsort(-scores, kind="stable")
    return [int(n) for n in order if scores[n] > 0]
