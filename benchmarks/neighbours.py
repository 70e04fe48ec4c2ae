"""Neighbours: how many do the book's word vectors share with gensim's?

Two trainings of gensim's own, from two seeds, show what to expect. Takes
some five minutes.
"""

import numpy as np
from words import Vectors, gensim, learn

from embook import texts
from embook.norms import unit

FREQUENT, NEAR = 5000, 10


def shared(one: Vectors, other: Vectors) -> float:
    """Return the share of each word's nearest words that both agree on."""
    known = one[0][:FREQUENT]
    rows = {word: i for i, word in enumerate(other[0])}
    lists = []
    for x in (one[1][:FREQUENT], other[1][[rows[w] for w in known]]):
        x = unit(x)
        near = x @ x.T - 2 * np.eye(len(x))
        lists.append(np.argpartition(-near, NEAR, axis=1)[:, :NEAR])
    both = zip(*lists, strict=True)
    return float(np.mean([len({*a} & {*b}) / NEAR for a, b in both]))


if __name__ == "__main__":
    lists = texts.corpus()
    theirs = gensim(lists)
    for name, made in (
        ("the book's", learn(lists)),
        ("gensim's from another seed", gensim(lists, seed=2)),
    ):
        print(f"{name}: {shared(made, theirs):.2f} of {NEAR} nearest words")
