"""Search: questions answered by BM25 from an index, beside bm25s.

Both cut words by the rule of the book; the index is built beforehand.
"""

import bm25s
import numpy as np
from race import race

from embook import benchmark, texts
from embook.search import BM25, scores, terms, top

FOUND = 10


def races() -> list[dict]:
    """Return the rows of the race."""
    written = [article.text for article in texts.introductions()]
    questions = [question.text for question in benchmark.questions()[::10]]
    inputs = {}
    for size in (1_000, 3_000, len(written)):
        ours = BM25(written[:size])
        theirs = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        theirs.index([terms(x) for x in written[:size]], show_progress=False)
        asked = [q for q in questions if ours.row.keys() & {*terms(q)}]
        inputs[size] = ours, theirs, asked

    def words(x):
        return [top(scores(x[0], question), FOUND) for question in x[2]]

    def peer(x):
        lists = [terms(question) for question in x[2]]
        found = x[1].retrieve(lists, k=FOUND, show_progress=False)
        return np.asarray(found.documents)

    return race(
        "200 questions, the ten best of BM25",
        {"search.scores": words},
        "bm25s",
        peer,
        inputs,
        "texts",
    )
