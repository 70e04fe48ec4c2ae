"""Counting: word vectors from counts, beside those that gensim trains."""

from race import race
from words import EXAMS, Vectors, gensim, parts

from embook import texts
from embook.counting import cooccurrence, encode, ppmi, svd


def count(lists: list[list[str]]) -> Vectors:
    """Return the vectors: counts, PPMI, the 100 largest axes."""
    known = list(texts.frequent(lists))
    near = cooccurrence(*encode(lists, known), len(known), window=5)
    u, sizes, _ = svd(ppmi(near), 100)
    return known, u * sizes**0.5


def races() -> list[dict]:
    """Return the rows of all races; gensim takes some minutes."""
    return race(
        "counting.svd",
        "100 numbers a word, from counts to vectors",
        "gensim Word2Vec, SGNS",
        count,
        gensim,
        parts(),
        "million words",
        rounds=3,
        exams=EXAMS,
    )
