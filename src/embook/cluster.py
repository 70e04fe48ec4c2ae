"""Cluster: one table cut into shards, built and asked side by side.

The functions take a `run`: the builtin `map` works through the shards one by
one, and `spread(client)` hands them to the processes of a Dask cluster.

Chapter: chapters/indexes.ipynb
Source:  Rocklin (2015), doi:10.25080/Majora-7b98e3ed-013
Shapes:  N = rows, Q = queries, D = numbers a row, K = neighbours, S = shards
"""

import os
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np

from embook.indexes import Found, best, flat
from embook.refuse import between, words

Run = Callable[[Callable, Iterable], Iterable]


def cuts(size: int, shards: int) -> list[tuple[int, int]]:
    """Return where each of S shards of N rows begins and ends.

    Raises ValueError where shards is not from 1 to N.

    >>> cuts(10, 3)
    [(0, 3), (3, 6), (6, 10)]
    """
    between(shards, 1, size, "shards")
    ends = [size * n // shards for n in range(shards + 1)]
    return list(pairwise(ends))


def merge(found: Sequence[Found], k: int) -> Found:
    """Return the K best of what the shards found, as if one had searched.

    Of equal scores that of the earlier shard comes first. Raises ValueError
    where they found fewer than K together.
    """
    ids, scores = (np.hstack([f[i] for f in found]) for i in (0, 1))
    kept = np.array([best(row, k) for row in scores])
    ids, scores = (np.take_along_axis(x, kept, 1) for x in (ids, scores))
    return Found(ids, scores, sum(f.read for f in found))


def build(
    texts: Sequence[str],
    folder: Path,
    shards: int,
    encode=None,
    run: Run = map,
) -> list[Path]:
    """Return the files of S shards of vectors (N, D), encoded side by side.

    The encoder turns a list of texts into rows; without one it is MiniLM.
    Raises ValueError where there are fewer texts than shards.
    """
    texts = words(texts, "texts")
    jobs = [(a, texts[a:b]) for a, b in cuts(len(texts), shards)]
    return list(run(partial(_encode, folder=Path(folder), by=encode), jobs))


def _encode(job: tuple[int, list[str]], folder: Path, by) -> Path:
    if by is None:
        from embook import minilm

        by = minilm.load().vectors
    start, texts = job
    path, part = (folder / f"{start:012}.{x}" for x in ("npy", "part"))
    with part.open("wb") as file:
        np.save(file, by(texts).astype(np.float32))
    # A shard has its name only once it is whole: a worker may die.
    os.replace(part, path)
    return path


def scatter(
    queries: np.ndarray, files: Sequence[Path], k: int, run: Run = map
) -> Found:
    """Return the K best rows of all shards: each searches for itself."""
    return merge(list(run(partial(_search, queries=queries, k=k), files)), k)


def _search(path: Path, queries: np.ndarray, k: int) -> Found:
    table = np.load(path, mmap_mode="r")
    found = flat(queries, table, min(k, len(table)))
    return found._replace(ids=found.ids + int(path.stem))


def spread(client) -> Run:
    """Return a `run` that hands each job to a Dask client's workers."""
    return lambda f, jobs: client.gather(
        client.map(f, list(jobs), pure=False)
    )
