"""Race: one of the book's functions and a peer take turns on one thread.

What counts is the ratio of the medians. The seconds are the processor's, so
that other work on the machine does not add to them, and they belong to the
machine that they were measured on.
"""

import math
import os
import platform
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from statistics import median

LIBRARIES = (
    "numpy",
    "scipy",
    "torch",
    "scikit-learn",
    "tokenizers",
    "tiktoken",
    "gensim",
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


def turns(x: object, *fs: Callable, rounds: int) -> list[tuple]:
    """Return the median seconds of each f for x, and what it made last."""
    spent, made = {f: [] for f in fs}, {}
    for f in fs * rounds:
        start = time.process_time()
        done = f(x)
        spent[f].append(time.process_time() - start)
        made[f] = done
    return [(median(spent[f]), made[f]) for f in fs]


def race(
    function: str,
    work: str,
    peer: str,
    ours: Callable,
    theirs: Callable,
    inputs: dict[float, object],
    unit: str,
    rounds: int = 15,
    exams: dict[str, Callable] | None = None,
) -> list[dict]:
    """Return a row for each of the inputs, named by their sizes in a unit.

    A ratio of 2 says that the peer takes twice as long as the book. The last
    row has the growth, and how both do in the exams.
    """
    rows = []
    for size, x in inputs.items():
        print(f"{function}, {size:g} {unit}, {peer}", end="", flush=True)
        (we, mine), (they, other) = turns(x, ours, theirs, rounds=rounds)
        row = {"function": function, "work": work, "peer": peer}
        row |= {"size": size, "unit": unit, "rounds": rounds}
        row |= {"ours": short(we), "theirs": short(they)}
        row["ratio"] = short(they / we)
        print(f": {we:.3g} s and {they:.3g} s, ratio {they / we:.2f}")
        rows.append(row)
    if len(rows) > 1:
        row["growth"] = [growth(rows, x) for x in ("ours", "theirs")]
        print("    growth {:.2f} and {:.2f}".format(*row["growth"]))
    for exam, score in (exams or {}).items():
        scores = row.setdefault("scores", {})
        scores[exam] = [short(score(mine)), short(score(other))]
        print("    {} {:.3f} and {:.3f}".format(exam, *scores[exam]))
    return rows


def growth(rows: list[dict], side: str) -> float:
    """Return g where the time grows as the size to the power of g."""
    small, *_, large = rows
    times, sizes = (large[x] / small[x] for x in (side, "size"))
    return short(math.log(times) / math.log(sizes))


def short(x: float) -> float:
    """Return x with four digits: the rest is noise."""
    return float(f"{x:.4g}")
