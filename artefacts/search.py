"""Build search.npz again: python artefacts/search.py.

Some fifteen minutes of one processor. On another processor a cosine may
differ in its last digits, and a place by one where two texts are even.
"""

from collections import defaultdict

import numpy as np

from embook import benchmark, minilm, retrieval, texts
from embook.search import BM25, mix
from embook.similarity import top_k
from embook.sources import ARTEFACTS


def pieces(model: minilm.MiniLM, written: list[str]) -> np.ndarray:
    """Return the places (S, Q) of the right articles, for each way to cut.

    An article is as near as its nearest piece. The last way keeps the first
    sentence alone.
    """
    asked, own = benchmark.encoded()[1], _own()
    ways = []
    for size, by in retrieval.WAYS:
        parts = [retrieval.cut(text, size, by) for text in written]
        first = np.cumsum([0, *map(len, parts)])[:-1]
        flat = [piece for part in parts for piece in part]
        x = model.vectors(flat, most=model.longest)
        near = [
            np.maximum.reduceat(some @ x.T, first, axis=1)
            for some in np.array_split(asked, 8)
        ]
        ways.append(retrieval.places(np.concatenate(near), own))
        if (size, by) == (1, "sentences"):
            alone = retrieval.places(asked @ x[first].T, own)
        print(size, by, len(flat), flush=True)
    return np.array([*ways, alone], np.int16)


def word_pieces(written: list[str]) -> np.ndarray:
    """Return the places (5, Q) by BM25 of the nearest piece, for each way."""
    ways = []
    for size, by in retrieval.WAYS:
        parts = [retrieval.cut(text, size, by) for text in written]
        first = np.cumsum([0, *map(len, parts)])[:-1]
        index = BM25([piece for part in parts for piece in part])
        near = [
            np.maximum.reduceat(index.scores(question.text), first)
            for question in benchmark.questions()
        ]
        ways.append(retrieval.places(np.array(near), _own()))
    return np.array(ways, np.int16)


def closer(model: minilm.MiniLM, written: list[str]) -> dict:
    """Return the 20 articles (Q, 20) of the equal mix, and their MaxSim."""
    articles, asked = benchmark.encoded()
    index, near = BM25(written), []
    for question, vector in zip(benchmark.questions(), asked, strict=True):
        both = mix(index.scores(question.text), vector @ articles.T, 0.5)
        near.append(top_k(both[None], retrieval.NEAR)[0])
    wanted = defaultdict(list)
    for question, row in enumerate(near):
        for column, article in enumerate(row):
            wanted[article].append((question, column))
    said = [states(model, q.text) for q in benchmark.questions()]
    alike = np.zeros((len(near), retrieval.NEAR), np.float32)
    for article, places in wanted.items():
        rows = states(model, written[article])
        for question, column in places:
            alike[question, column] = retrieval.maxsim(said[question], rows)
    return {"near": np.array(near, np.int16), "alike": alike}


def states(model: minilm.MiniLM, text: str) -> np.ndarray:
    """Return MiniLM's last rows (T, D) of a text, less those of its marks."""
    return model.states(model.encode(text))[-1][1:-1]


def _own() -> np.ndarray:
    return np.array([q.article for q in benchmark.questions()])


def main() -> None:
    """Return nothing; write what takes too long for a chapter."""
    model = minilm.load()
    written = [article.text for article in texts.introductions()]
    np.savez(
        ARTEFACTS / "search.npz",
        pieces=pieces(model, written),
        word_pieces=word_pieces(written),
        **closer(model, written),
    )


if __name__ == "__main__":
    main()
