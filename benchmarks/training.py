"""Skip-gram by hand and by gensim: the same text, dials and exams.

One run, one thread; CPU seconds, since other work may share the machine. The
figures to be compared are the score on WordSim-353, the words read in a
second, and how many of a word's ten nearest words both agree on; two
trainings of gensim's own, from two seeds, show what agreement to expect.
"""

import time
from collections.abc import Callable
from itertools import chain

import numpy as np
from gensim.models import Word2Vec
from scipy.stats import spearmanr

from embook import texts
from embook.norms import unit
from embook.training import sgns

EPOCHS = 10
FREQUENT = 5000  # words whose neighbours are compared
Trained = tuple[list[str], np.ndarray]


def by_hand(lists: list[list[str]], seed: int = 0) -> Trained:
    """Return the words and their vectors, trained by this book."""
    known, v, _ = sgns(lists, EPOCHS, seed)
    return known, v.astype(float)


def by_gensim(lists: list[list[str]], seed: int = 1) -> Trained:
    """Return the words and their vectors, trained by gensim."""
    # gensim drops what comes after 10,000 words of one text.
    short = [
        x[i : i + 10_000] for x in lists for i in range(0, len(x), 10_000)
    ]
    model = Word2Vec(
        short, vector_size=100, sg=1, window=5, negative=5, alpha=0.05,
        min_count=5, epochs=EPOCHS, workers=1, seed=seed,
    )  # fmt: skip
    return model.wv.index_to_key, model.wv.vectors.astype(float)


def score(trained: Trained, pairs: tuple) -> float:
    """Return Spearman's ρ of the cosines with what people say of pairs."""
    known, vectors = trained
    row = {word: i for i, word in enumerate(known)}
    asked = [(a.lower(), b.lower(), said) for a, b, said in pairs]
    asked = [x for x in asked if x[0] in row and x[1] in row]
    left, right, said = zip(*asked, strict=True)
    a, b = (unit(vectors[[row[w] for w in side]]) for side in (left, right))
    return float(spearmanr((a * b).sum(axis=1), said).statistic)


def shared(one: Trained, other: Trained) -> float:
    """Return the share of ten nearest words that two trainings agree on."""
    known = one[0][:FREQUENT]
    rows = {word: i for i, word in enumerate(other[0])}
    lists = []
    for x in (one[1][:FREQUENT], other[1][[rows[w] for w in known]]):
        x = unit(x)
        near = x @ x.T - 2 * np.eye(len(x))
        lists.append(np.argpartition(-near, 10, axis=1)[:, :10])
    both = zip(*lists, strict=True)
    return float(np.mean([len({*a} & {*b}) / 10 for a, b in both]))


def timed(train: Callable, lists: list, seed: int) -> tuple[Trained, float]:
    """Return what was trained, and the CPU seconds that it took."""
    start = time.process_time()
    return train(lists, seed), time.process_time() - start


def compare() -> dict[str, dict[str, float]]:
    """Return the figures of the race, by the name of who ran it."""
    lists = texts.corpus()
    known = texts.frequent(lists)
    words = EPOCHS * sum(w in known for w in chain.from_iterable(lists))
    ran = {
        "by hand": timed(by_hand, lists, 0),
        "gensim": timed(by_gensim, lists, 1),
        "gensim, another seed": timed(by_gensim, lists, 2),
    }
    theirs = ran["gensim"][0]
    return {
        name: {
            "seconds": seconds,
            "words a second": words / seconds,
            "WordSim-353": score(trained, texts.wordsim()),
            "SimLex-999": score(trained, texts.simlex()),
            "neighbours shared with gensim": shared(trained, theirs),
        }
        for name, (trained, seconds) in ran.items()
    }


if __name__ == "__main__":
    for name, figures in compare().items():
        shown = "   ".join(f"{key} {x:.3f}" for key, x in figures.items())
        print(f"{name:21} {shown}")
