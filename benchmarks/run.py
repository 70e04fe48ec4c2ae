"""Speed: this book's functions beside their peers, in one run, one thread.

Each pair takes turns, so that a busy machine slows both. What counts is the
ratio; the milliseconds belong to the machine they were measured on.
"""

import time
from collections.abc import Callable
from statistics import median

import numpy as np
import tokenization
import torch
from scipy.spatial.distance import cdist
from sklearn.metrics.pairwise import cosine_similarity

from embook import data
from embook.similarity import cosine, top_k

ROUNDS = 7


def seconds(f: Callable[[], object]) -> float:
    start = time.perf_counter()
    f()
    return time.perf_counter() - start


def race(name: str, ours: Callable, peer: str, theirs: Callable) -> None:
    ours(), theirs()  # caches are warm for both
    turns = [(seconds(ours), seconds(theirs)) for _ in range(ROUNDS)]
    we, they = (median(column) for column in zip(*turns, strict=True))
    print(
        f"{name:36} {we * 1e3:7.1f} ms   {peer:20} {they * 1e3:7.1f} ms   "
        f"theirs / ours {they / we:.2f}"
    )


def main() -> None:
    torch.set_num_threads(1)
    table = data.glove_small().vectors
    some = table[:200]
    shape = f"{some.shape[0]} x {table.shape[0]} x {table.shape[1]}"
    name = f"similarity.cosine {shape}"
    race(
        name,
        lambda: cosine(some, table),
        "scikit-learn",
        lambda: cosine_similarity(some, table),
    )
    race(
        name,
        lambda: cosine(some, table),
        "scipy cdist",
        lambda: 1 - cdist(some, table, "cosine"),
    )
    scores = cosine(some, table)
    tensor = torch.tensor(scores)
    race(
        f"similarity.top_k 10 of {scores.shape[1]}",
        lambda: top_k(scores, 10),
        "torch topk",
        lambda: torch.topk(tensor, 10),
    )
    race(
        f"similarity.top_k 10 of {scores.shape[1]}",
        lambda: top_k(scores, 10),
        "numpy argpartition",
        lambda: np.argpartition(-scores, 10)[:, :10],
    )
    tokenization.races()


if __name__ == "__main__":
    main()
