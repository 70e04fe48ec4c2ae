"""Similarity: cosines of many rows, and the best of many scores."""

import numpy as np
import torch
from race import race
from scipy.spatial.distance import cdist
from sklearn.metrics.pairwise import cosine_similarity

from embook import data
from embook.similarity import cosine, top_k

SIZES = (1_250, 5_000, 20_000)


def races() -> list[dict]:
    """Return the rows of all races."""
    table = data.glove_small().vectors
    few = table[:200]
    scores = cosine(few, table)
    words = {n: table[:n] for n in SIZES}
    asked = {n: scores[:, :n] for n in SIZES}
    cosines = {
        "scikit-learn": lambda x: cosine_similarity(few, x),
        "scipy cdist": lambda x: 1 - cdist(few, x, "cosine"),
    }
    best = {
        "torch topk": lambda x: torch.topk(torch.from_numpy(x), 10),
        "numpy argpartition": lambda x: np.argpartition(-x, 10)[:, :10],
    }
    all_, ten = "200 words beside all", "10 best, for 200 words"
    one = {"similarity.cosine": lambda x: cosine(few, x)}
    two = {"similarity.top_k": lambda x: top_k(x, 10)}
    rows = []
    for peer, theirs in cosines.items():
        rows += race(all_, one, peer, theirs, words, "words")
    for peer, theirs in best.items():
        rows += race(ten, two, peer, theirs, asked, "words")
    return rows
