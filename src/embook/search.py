"""Search: which texts does a question mean?

Chapter: chapters/search.ipynb
Source:  Robertson & Zaragoza (2009), Cormack et al. (2009)
Shapes:  V = texts, T = words in all texts, N = words, K = texts returned
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import chain

import numpy as np

from embook.refuse import between, finite, positive, rank, token_ids, words
from embook.similarity import top_k

KINDS = ("lucene", "robertson", "floored")


def terms(text: str) -> list[str]:
    """Return the words (T,) of a text: runs of letters and digits.

    Raises ValueError where text is no str.

    >>> terms("Delhi's 19th-century forts")
    ['delhi', 's', '19th', 'century', 'forts']
    """
    if not isinstance(text, str):
        raise ValueError(f"text is {text!r:.40}: one str is needed")
    return re.findall(r"\w+", text.lower())


def rarity(holders: np.ndarray, size: int, kind="lucene") -> np.ndarray:
    """Return the idf (N,) of words that so many of `size` texts hold.

    Robertson's falls below 0 where more than half hold the word. Lucene's
    cannot; "floored" puts a quarter of the mean idf there, as rank_bm25 does.
    Raises ValueError for another kind.

    >>> rarity(np.array([1, 3]), 3, "robertson").round(3)
    array([ 0.511, -1.946])
    """
    if kind not in KINDS:
        raise ValueError(f"kind is {kind!r}: {', '.join(KINDS)} are allowed")
    odds = (size - holders + 0.5) / (holders + 0.5)
    if kind == "lucene":
        return np.log1p(odds)
    idf = np.log(odds)
    few = kind == "robertson" or idf >= 0
    return np.where(few, idf, idf.mean() / 4)


def scores(index: "BM25", question: str) -> np.ndarray:
    """Return the scores (V,) of all texts: 0 where no word is shared.

    Raises ValueError where the question has no word that any text holds.

    >>> BM25(["red hat", "red cap", "blue cap"]).scores("a cap").round(2)
    array([0.  , 0.47, 0.47])
    """
    asked, total = terms(question), np.zeros(index.size)
    if not asked:
        raise ValueError(f"question is {question!r}: it has no word")
    known = [index.row[word] for word in asked if word in index.row]
    if not known:
        raise ValueError(f"no text holds {' or '.join(map(repr, asked))}")
    for word in known:
        # A word names each of its texts once, so += loses nothing.
        total[index.texts[word]] += index.adds[word]
    return total


class BM25:
    """An index: for each word the texts that hold it, and what it adds."""

    def __init__(self, texts: Sequence[str], k1=1.2, b=0.75, kind="lucene"):
        """Return an index of V texts.

        Raises ValueError where no text has a word, k1 is not above 0, or b
        not from 0 to 1.
        """
        lists = [terms(text) for text in words(texts, "texts")]
        lengths, self.size = np.array([*map(len, lists)]), len(lists)
        if not 0 <= b <= 1:
            raise ValueError(f"b is {b}: a number from 0 to 1 is allowed")
        self.row = {w: i for i, w in enumerate(dict.fromkeys(chain(*lists)))}
        if not self.row:
            raise ValueError(f"none of the {self.size} texts has a word")
        counts = [Counter(text) for text in lists]
        text = np.repeat(np.arange(self.size), [*map(len, counts)])  # (T,)
        word = np.array([self.row[w] for c in counts for w in c])  # (T,)
        n = np.array([n for c in counts for n in c.values()])  # (T,)
        room = positive(k1, "k1") * (1 - b + b * lengths / lengths.mean())
        self.holders = np.bincount(word)
        adds = rarity(self.holders, self.size, kind)[word]
        adds *= n * (k1 + 1) / (n + room[text])
        by_word, ends = np.argsort(word, kind="stable"), self.holders.cumsum()
        self.texts = np.split(text[by_word], ends[:-1])
        self.adds = np.split(adds[by_word], ends[:-1])

    scores = scores  # so that index.scores(question) reads well


def top(scores: np.ndarray, k: int) -> np.ndarray:
    """Return the texts (K,) with the highest scores (V,), best first.

    Of equals the first comes first. Raises ValueError as `top_k` does.

    >>> top(np.array([0.2, 0.9, 0.2, 0.5]), 3)
    array([1, 3, 0])
    """
    return top_k(rank(scores, 1, "scores")[None], k)[0]


def fuse(rankings: Sequence, size: int, k: float = 60) -> np.ndarray:
    """Return scores (V,): the sum of 1 / (k + place) over the rankings.

    A ranking (K,) holds numbers of texts, best first. Raises ValueError where
    it is empty, or names a text twice or one that is not below V = size.

    >>> fuse([[2, 0], [2, 1]], size=3, k=1)
    array([0.33333333, 0.33333333, 1.        ])
    """
    total = np.zeros(between(size, 1, name="size"))
    for ranking in rankings:
        ranking = token_ids(ranking, size, "ranking")
        if len(set(ranking.tolist())) < len(ranking):
            raise ValueError("ranking names a text more than once")
        total[ranking] += 1 / (positive(k) + 1 + np.arange(len(ranking)))
    return total


def mix(a: np.ndarray, b: np.ndarray, weight: float) -> np.ndarray:
    """Return (1 - weight) a + weight b of scores (N, V) brought to 0 to 1.

    A row's lowest becomes 0, its highest 1; one row (V,) will do. Raises
    ValueError where shapes differ, weight is beyond 0 to 1, a score NaN.

    >>> mix([0.0, 8.0, 4.0], [0.3, 0.1, 0.5], 0.5)
    array([0.25, 0.5 , 0.75])
    """
    if np.shape(a) != np.shape(b) or not 0 <= weight <= 1:
        shapes = f"shapes {np.shape(a)}, {np.shape(b)}, weight {weight}"
        raise ValueError(f"{shapes}: one shape, and from 0 to 1 is allowed")
    both = np.stack([finite(a, "a"), finite(b, "b")])
    both -= both.min(axis=-1, keepdims=True)
    most = both.max(axis=-1, keepdims=True)
    a, b = both / (most + (most == 0))
    return (1 - weight) * a + weight * b
