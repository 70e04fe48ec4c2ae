"""Words: the corpus in three sizes, gensim's vectors, and two exams."""

import numpy as np
from gensim.models import Word2Vec
from scipy.stats import spearmanr

from embook import texts
from embook.norms import unit

Vectors = tuple[list[str], np.ndarray]


def parts() -> dict[float, list[list[str]]]:
    """Return every 16th text of the corpus, every 4th, all; by their size.

    A size is in millions of words.
    """
    lists = texts.corpus()
    some = [lists[::step] for step in (16, 4, 1)]
    return {round(sum(map(len, x)) / 1e6, 2): x for x in some}


def gensim(lists: list[list[str]]) -> Vectors:
    """Return what gensim's skip-gram with negative sampling learns."""
    # gensim drops what comes after 10,000 words of one text.
    short = [
        x[i : i + 10_000] for x in lists for i in range(0, len(x), 10_000)
    ]
    model = Word2Vec(
        short, vector_size=100, sg=1, window=5, negative=5, alpha=0.05,
        min_count=5, epochs=10, workers=1, seed=1,
    )  # fmt: skip
    return model.wv.index_to_key, model.wv.vectors.astype(float)


def exam(pairs: tuple, made: Vectors) -> float:
    """Return Spearman's correlation of the cosines with people's scores."""
    known, vectors = made
    row = {word: i for i, word in enumerate(known)}
    asked = [(a.lower(), b.lower(), said) for a, b, said in pairs]
    asked = [x for x in asked if x[0] in row and x[1] in row]
    left, right, said = zip(*asked, strict=True)
    a, b = (unit(vectors[[row[w] for w in side]]) for side in (left, right))
    return float(spearmanr((a * b).sum(axis=1), said).statistic)


EXAMS = {
    "WordSim-353": lambda made: exam(texts.wordsim(), made),
    "SimLex-999": lambda made: exam(texts.simlex(), made),
}
