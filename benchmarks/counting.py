"""Word vectors from one text: counted here, and trained by gensim.

One run, one thread; CPU seconds, since other work may share the machine.
Both read 3.2 million words, both give 100 numbers a word, both sit the same
exams. gensim's settings are those of the chapter on training.
"""

import time

import numpy as np
from gensim.models import Word2Vec
from scipy.stats import spearmanr

from embook import texts
from embook.counting import cooccurrence, encode, ppmi, svd
from embook.norms import unit


def count(lists: list[list[str]]) -> tuple[list[str], np.ndarray]:
    known = list(texts.frequent(lists))
    near = cooccurrence(*encode(lists, known), len(known), window=5)
    u, sizes, _ = svd(ppmi(near), 100)
    return known, u * sizes**0.5


def train(lists: list[list[str]]) -> tuple[list[str], np.ndarray]:
    # gensim drops what comes after 10,000 words of one text.
    short = [
        x[i : i + 10_000] for x in lists for i in range(0, len(x), 10_000)
    ]
    model = Word2Vec(
        short, vector_size=100, sg=1, window=5, negative=5, alpha=0.05,
        min_count=5, epochs=10, workers=1, seed=1,
    )  # fmt: skip
    return model.wv.index_to_key, model.wv.vectors.astype(float)


def exam(known: list[str], vectors: np.ndarray, pairs: tuple) -> str:
    row = {word: i for i, word in enumerate(known)}
    asked = [(a.lower(), b.lower(), said) for a, b, said in pairs]
    asked = [x for x in asked if x[0] in row and x[1] in row]
    left, right, said = zip(*asked, strict=True)
    a, b = (unit(vectors[[row[w] for w in side]]) for side in (left, right))
    rho = spearmanr((a * b).sum(axis=1), said).statistic
    return f"{rho:.3f} ({len(said)} pairs)"


def main() -> None:
    lists = texts.corpus()
    spent = {}
    for name, method in (("count", count), ("gensim SGNS", train)):
        start = time.process_time()
        known, vectors = method(lists)
        spent[name] = time.process_time() - start
        print(
            f"{name:12} {spent[name]:6.1f} CPU-s   "
            f"WordSim-353 {exam(known, vectors, texts.wordsim())}   "
            f"SimLex-999 {exam(known, vectors, texts.simlex())}",
            flush=True,
        )
    ratio = spent["gensim SGNS"] / spent["count"]
    print(f"theirs / ours {ratio:.1f}")


if __name__ == "__main__":
    main()
