"""Indexes: exact search, cells, codes and roads beside faiss, on one thread.

Each index is built before its race, ours and faiss's from the same rows.
"""

from functools import cache

import faiss
import numpy as np
from race import race

from embook.codes import by_codes, codebooks, encode
from embook.graph import Graph, cost
from embook.indexes import agreement, divide, flat, kmeans, probe
from embook.town import town

SIZES, SMALL = (12_500, 50_000, 200_000), (2_500, 5_000, 10_000)
CELLS, PROBES, K = 512, 16, 10
FLAT, ROADS = faiss.METRIC_INNER_PRODUCT, {"links": 16, "width": 100}


@cache
def rows(size: int) -> tuple:
    """Return the first rows, 200 queries, and their true neighbours."""
    table, queries = town(200)
    return table[:size], queries, flat(queries, table[:size], K).ids


def exact(size: int) -> tuple:
    """Return what a race of exact search needs."""
    index = faiss.IndexFlatIP(50)
    index.add(rows(size)[0])
    return rows(size), None, index


def cells(size: int) -> tuple:
    """Return both indexes of cells, trained on as many rows."""
    table, *_ = rows(size)
    seen = np.random.default_rng(0).permutation(size)[: 256 * CELLS]
    index = faiss.IndexIVFFlat(faiss.IndexFlatL2(50), 50, CELLS)
    index.train(table)
    index.add(table)
    index.nprobe = PROBES
    return rows(size), divide(table, kmeans(table[seen], CELLS, 25)), index


def codes(size: int) -> tuple:
    """Return both indexes of ten-byte codes, with the same books."""
    table, *_ = rows(size)
    books = codebooks(table[:: size // 10_000], 10)
    index = faiss.IndexPQ(50, 10, 8, FLAT)
    index.is_trained = True
    flat_books = books.astype(np.float32).ravel()
    faiss.copy_array_to_vector(flat_books, index.pq.centroids)
    index.add(table)
    return rows(size), (encode(table, books), books), index


def roads(size: int) -> tuple:
    """Return both graphs."""
    return rows(size), build(rows(size)), build_faiss(rows(size))


def build(x: tuple) -> Graph:
    """Return the book's graph."""
    return Graph(x[0].astype(float), **ROADS)


def build_faiss(x: tuple) -> faiss.IndexHNSWFlat:
    """Return faiss's graph."""
    index = faiss.IndexHNSWFlat(50, ROADS["links"], FLAT)
    index.hnsw.efConstruction = ROADS["width"]
    index.add(x[0])
    index.hnsw.efSearch = 160
    return index


def share(made: object, true: np.ndarray) -> float:
    """Return the agreement of a Found, of faiss's pair, or of a cost."""
    if isinstance(made, list):
        return made[0][1]
    return agreement(made.ids if hasattr(made, "ids") else made[1], true)


def races() -> list[dict]:
    """Return the rows of all races."""
    faiss.omp_set_num_threads(1)

    def theirs(x):
        return x[2].search(x[0][1], K)

    plan = [
        (
            "10 nearest of all, 200 queries",
            {"indexes.flat": lambda x: flat(x[0][1], x[0][0], K)},
            "faiss-cpu IndexFlatIP",
            {n: exact(n) for n in SIZES},
            15,
        ),
        (
            "10 nearest in 16 cells of 512, 200 queries",
            {"indexes.probe": lambda x: probe(x[1], x[0][1], K, PROBES)},
            "faiss-cpu IndexIVFFlat",
            {n: cells(n) for n in SIZES},
            15,
        ),
        (
            "10 nearest by ten-byte codes, 200 queries",
            {"codes.by_codes": lambda x: by_codes(x[0][1], *x[1], K)},
            "faiss-cpu IndexPQ",
            {n: codes(n) for n in SIZES},
            5,
        ),
        (
            "10 nearest by roads, 160 wide, 200 queries",
            {"graph.cost": lambda x: cost(x[1], *x[0][1:], [160])},
            "faiss-cpu IndexHNSWFlat",
            {n: roads(n) for n in SMALL},
            5,
        ),
    ]
    made = []
    for work, ours, peer, inputs, rounds in plan:
        true = rows(max(inputs))[2]
        exams = {"share of the true ten": lambda f, t=true: share(f, t)}
        made += race(
            work, ours, peer, theirs, inputs, "rows", rounds, exams=exams
        )
    return made
