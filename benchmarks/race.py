"""Race: one of the book's functions and a peer take turns on one thread.

What counts is the ratio of the medians. The seconds are the processor's, so
that other work on the machine does not add to them; where two threads work
they are the clock's. They belong to the machine that they were measured on.
"""

import math
import os
import platform
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from statistics import median

SAID = ("ours", "theirs", "ratio", "growth", "scores")
LIBRARIES = (
    "numpy",
    "scipy",
    "torch",
    "scikit-learn",
    "tokenizers",
    "tiktoken",
    "gensim",
    "bm25s",
    "transformers",
    "sentence-transformers",
    "faiss-cpu",
)


def run(rows: list[dict]) -> dict:
    """Return the rows, and what their seconds depend on, in words."""
    named = " ".join(["numpy", *(row["peer"] for row in rows)])
    file = Path("/proc/cpuinfo")
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    models = [x.split(":")[1].strip() for x in lines if "model name" in x]
    processor = models[0] if models else platform.processor()
    return {
        "processor": processor or platform.machine(),
        "cores": os.cpu_count(),
        "libraries": {x: version(x) for x in LIBRARIES if x in named},
        "rows": rows,
    }


def turns(
    x: object,
    *fs: Callable,
    rounds: int,
    clock: Callable[[], float] = time.process_time,
) -> list[tuple]:
    """Return the median seconds of each f for x, and what it made last."""
    spent, made = {f: [] for f in fs}, {}
    for f in fs * rounds:
        start = clock()
        done = f(x)
        spent[f].append(clock() - start)
        made[f] = done
    return [(median(spent[f]), made[f]) for f in fs]


def race(
    work: str,
    ours: dict[str, Callable],
    peer: str,
    theirs: Callable,
    inputs: dict[float, object],
    unit: str,
    rounds: int = 15,
    exams: dict[str, Callable] | None = None,
    clock: Callable[[], float] = time.process_time,
) -> list[dict]:
    """Return the rows of functions beside a peer, for each of the inputs.

    Ours are named as in norms.length, inputs by their size in a unit. A
    ratio of 2 says that the peer takes twice as long as the book. The last
    row of a function has the growth, and how both do in the exams.
    """
    found = {name: [] for name in ours}
    for size, x in inputs.items():
        print(f"{work}, {size:g} {unit}, {peer}", flush=True)
        fs = *ours.values(), theirs
        *all_, (they, made) = turns(x, *fs, rounds=rounds, clock=clock)
        for (name, rows), (we, mine) in zip(found.items(), all_, strict=True):
            row = {"function": name, "work": work, "peer": peer}
            row |= {"size": size, "unit": unit, "rounds": rounds}
            row |= {"ours": short(we), "theirs": short(they)}
            rows.append(row | {"ratio": short(they / we)})
            if size == max(inputs):
                rows[-1] |= more(rows, exams or {}, mine, made)
            print(name, {k: x for k, x in rows[-1].items() if k in SAID})
    return [row for rows in found.values() for row in rows]


def more(rows: list[dict], exams: dict, mine: object, made: object) -> dict:
    """Return what the row of the largest size has besides."""
    last = {}
    if len(rows) > 1:
        last["growth"] = [growth(rows, side) for side in ("ours", "theirs")]
    if exams:
        last["scores"] = {
            exam: [short(score(x)) for x in (mine, made)]
            for exam, score in exams.items()
        }
    return last


def growth(rows: list[dict], side: str) -> float:
    """Return g where the time grows as the size to the power of g."""
    small, *_, large = rows
    times, sizes = (large[x] / small[x] for x in (side, "size"))
    return short(math.log(times) / math.log(sizes))


def short(x: float) -> float:
    """Return x with four digits: the rest is noise."""
    return float(f"{x:.4g}")
