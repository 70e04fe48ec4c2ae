"""Words: vectors from counts and from training, both beside gensim's."""

import numpy as np
from gensim.models import Word2Vec
from race import race, short
from scipy.stats import spearmanr

from embook import texts
from embook.counting import cooccurrence, encode, ppmi, svd
from embook.norms import unit
from embook.training import sgns

Vectors = tuple[list[str], np.ndarray]
WIDTH, WINDOW, EPOCHS = 100, 5, 10


def parts() -> dict[float, list[list[str]]]:
    """Return every 16th text of the corpus, every 4th, all; by their size.

    A size is in millions of words.
    """
    lists = texts.corpus()
    some = [lists[::step] for step in (16, 4, 1)]
    return {round(sum(map(len, x)) / 1e6, 2): x for x in some}


def count(lists: list[list[str]]) -> Vectors:
    """Return the largest axes of the PPMI of the words' neighbours."""
    known = list(texts.frequent(lists))
    near = cooccurrence(*encode(lists, known), len(known), WINDOW)
    u, sizes, _ = svd(ppmi(near), WIDTH)
    return known, u * sizes**0.5


def learn(lists: list[list[str]]) -> Vectors:
    """Return what the book's skip-gram with negative sampling learns.

    Its width is 100 and its window 5.
    """
    known, vectors, _ = sgns(lists, EPOCHS)
    return known, vectors.astype(float)


def gensim(lists: list[list[str]], seed: int = 1) -> Vectors:
    """Return what gensim's learns; the settings are the book's."""
    # gensim drops what comes after 10,000 words of one text.
    texts_ = [
        x[i : i + 10_000] for x in lists for i in range(0, len(x), 10_000)
    ]
    model = Word2Vec(
        texts_, vector_size=WIDTH, window=WINDOW, epochs=EPOCHS, sg=1,
        negative=5, alpha=0.05, min_count=5, workers=1, seed=seed,
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


def races() -> list[dict]:
    """Return the rows of all races; they take some minutes."""
    rows = race(
        f"{WIDTH} numbers a word",
        {"counting.svd": count, "training.sgns": learn},
        "gensim Word2Vec",
        gensim,
        parts(),
        "million words",
        rounds=3,
        exams={
            "WordSim-353": lambda made: exam(texts.wordsim(), made),
            "SimLex-999": lambda made: exam(texts.simlex(), made),
        },
    )
    last = rows[-1]
    last["scores"]["words read a second"] = [
        short(last["size"] * 1e6 * EPOCHS / last[side])
        for side in ("ours", "theirs")
    ]
    return rows
