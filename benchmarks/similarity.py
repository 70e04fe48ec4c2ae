"""Similarity: cosines of many rows, and the best of many scores."""

import numpy as np
import torch
from race import race
from scipy.spatial.distance import cdist
from sklearn.metrics.pairwise import cosine_similarity

from embook import data
from embook.similarity import cosine, top_k


def races() -> list[dict]:
    """Return the rows of all races."""
    table = data.glove_small().vectors
    few = table[:200]
    scores = cosine(few, table)
    sizes = (1_250, 5_000, 20_000)
    words = {n: table[:n] for n in sizes}
    asked = {n: scores[:, :n] for n in sizes}
    one = "similarity.cosine", "200 words beside all"
    two = "similarity.top_k", "10 best, for 200 words"

    def ours(x):
        return cosine(few, x)

    def best(x):
        return top_k(x, 10)

    def scikit(x):
        return cosine_similarity(few, x)

    def scipy(x):
        return 1 - cdist(few, x, "cosine")

    def torch_top(x):
        return torch.topk(torch.from_numpy(x), 10)

    def unordered(x):
        return np.argpartition(-x, 10)[:, :10]

    return [
        *race(*one, "scikit-learn", ours, scikit, words, "words"),
        *race(*one, "scipy cdist", ours, scipy, words, "words"),
        *race(*two, "torch topk", best, torch_top, asked, "words"),
        *race(*two, "numpy argpartition", best, unordered, asked, "words"),
    ]
