"""Build indexes.json again: python artefacts/indexes.py.

Some three minutes of one processor. The seconds are those of the machine
that made the file; counts and shares may move in the third digit elsewhere.
"""

import json
import os
from time import process_time

# Before NumPy and faiss: one thread.
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import numpy as np

from embook.codes import by_codes, codebooks, encode, rescore
from embook.graph import Graph
from embook.indexes import agreement, divide, flat, kmeans, probe
from embook.sources import ARTEFACTS
from embook.town import town

SIZES, ASKED, K = (12_500, 50_000, 200_000), 1000, 10
PROBES = (1, 2, 4, 8, 16, 32, 64)
WIDTHS = (10, 16, 32, 64, 128, 256, 512)


def curve(name: str, nbytes: float, exact, settings, search) -> dict:
    """Return one index's points: setting, agreement, rows read, ms."""
    points = []
    for setting in settings:
        start = process_time()
        ids, read = search(setting)
        ms = (process_time() - start) / len(exact) * 1e3
        points.append([setting, agreement(ids, exact), read, ms])
        print(name, np.round(points[-1], 3), flush=True)
    return {"name": name, "bytes": nbytes, "points": points}


def faiss_graph(table):
    """Return faiss's graph of a table, and the seconds it took."""
    import faiss

    index = faiss.IndexHNSWFlat(
        table.shape[1], 16, faiss.METRIC_INNER_PRODUCT
    )
    index.hnsw.efConstruction = 100
    start = process_time()
    index.add(table)
    return index, process_time() - start


def walk(index, queries):
    """Return a search of faiss's graph that counts the rows it reads."""
    import faiss

    def search(width):
        index.hnsw.efSearch = width
        faiss.cvar.hnsw_stats.reset()
        ids = index.search(queries, K)[1]
        return ids, faiss.cvar.hnsw_stats.ndis / len(queries)

    return search


def own(search):
    """Return a search of ours, in the form that a curve asks for."""

    def run(setting):
        found = search(setting)
        return found.ids, found.read

    return run


def curves(table, queries, exact) -> list[dict]:
    """Return the curves on 200,000 rows, ours and faiss's."""
    import faiss

    made, width = [], table.shape[1]
    seen = np.random.default_rng(0).choice(len(table), 131_072, replace=False)
    cells = divide(table, kmeans(table[seen], 512, 25))
    made.append(
        curve(
            "cells",
            4 * width + 8,
            exact,
            PROBES,
            own(lambda n: probe(cells, queries, K, n)),
        )
    )
    index = faiss.IndexIVFFlat(faiss.IndexFlatL2(width), width, 512)
    index.train(table)
    index.add(table)

    def probes(n):
        index.nprobe = n
        faiss.cvar.indexIVF_stats.reset()
        ids = index.search(queries, K)[1]
        return ids, 512 + faiss.cvar.indexIVF_stats.ndis / len(queries)

    made.append(curve("faiss cells", 4 * width + 8, exact, PROBES, probes))
    graph, _ = faiss_graph(table)
    near = faiss.vector_to_array(graph.hnsw.neighbors)
    nbytes = 4 * width + 4 * len(near) / len(table)
    made.append(
        curve("faiss graph", nbytes, exact, WIDTHS, walk(graph, queries))
    )
    few, known = queries[:200], exact[:200]
    books = codebooks(table[seen[:50_000]], 10)
    codes = encode(table, books)
    for R in (10, 50, 100, 200, 500, 1000):
        ours = own(
            lambda R: rescore(
                few, table, by_codes(few, codes, books, R).ids, K
            )._replace(read=R)
        )
        made.append(curve("codes", width / 5, known, (R,), ours))

    def every(at_once):
        lots = np.array_split(few, len(few) // at_once)
        ids = [flat(lot, table, K).ids for lot in lots]
        return np.concatenate(ids), len(table)

    made.append(curve("flat", 4 * width, known, (200, 1), every))
    return made


def growth(rows, queries) -> list[dict]:
    """Return for three sizes what an answer of .9 costs, and the building."""
    grown = []
    for size in SIZES:
        table = rows[:size]
        exact = flat(queries, table, K).ids
        cells = round(size**0.5)
        start = process_time()
        seen = np.random.default_rng(0).permutation(size)[: 100 * cells]
        index = divide(table, kmeans(table[seen], cells, 10))
        spent = process_time() - start
        graph, built = faiss_graph(table)
        search = walk(graph, queries)
        grown.append(
            {
                "rows": size,
                "cells": cheapest(
                    exact,
                    range(1, cells, 2),
                    own(lambda n, i=index: probe(i, queries, K, n)),
                ),
                "cells built": spent,
                "graph": cheapest(exact, range(10, 2000, 10), search),
                "graph built": built,
            }
        )
        print(grown[-1], flush=True)
    return grown


def cheapest(exact, settings, search, share=0.9) -> float:
    """Return the rows read by the first setting that finds the share."""
    for setting in settings:
        ids, read = search(setting)
        if agreement(ids, exact) >= share:
            return read
    raise ValueError(f"no setting finds {share}")


def small(rows, outside) -> dict:
    """Return the book's own graph of 10,000 rows, asked from two sides."""
    table = rows[:10_000].astype(float)
    start = process_time()
    graph = Graph(table)
    said = {
        "built": process_time() - start,
        "compared": graph.compared / len(table),
        "edges": graph.edges(),
        "bytes": graph.nbytes(),
        "floors": [len(floor) for floor in graph.roads],
        "curves": [],
    }
    theirs, _ = faiss_graph(rows[:10_000])
    some = np.random.default_rng(1).choice(len(table), 200, replace=False)
    for name, asked in (("outside", outside[:200]), ("inside", rows[some])):
        exact = flat(asked, table, K).ids
        ours = own(lambda w, asked=asked: graph.search(asked, K, w))
        for who, search in (("own", ours), ("faiss", walk(theirs, asked))):
            said["curves"].append(
                curve(f"{who} {name}", 0, exact, WIDTHS, search)
            )
    return said


if __name__ == "__main__":
    rows, queries = town(ASKED)
    exact = flat(queries, rows, K).ids
    made = {
        "curves": curves(rows, queries, exact),
        "growth": growth(rows, queries[:200]),
        "small": small(rows, queries),
    }
    short = json.loads(
        json.dumps(made), parse_float=lambda x: round(float(x), 4)
    )
    file = ARTEFACTS / "indexes.json"
    file.write_text(json.dumps(short, indent=1) + "\n", "utf-8")
