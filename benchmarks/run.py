"""Run: all races, or those of the files named, kept in speed.json.

    python benchmarks/run.py
    python benchmarks/run.py lookup similarity

All together take the better part of an hour. What is not named stays.
"""

import json
import os
import sys
from importlib import import_module
from pathlib import Path

from race import run

FILE = Path(__file__).with_name("speed.json")
NAMES = (
    "similarity",
    "tokenization",
    "lookup",
    "words",
    "models",
    "search",
    "indexes",
)
# Read by the libraries when they are first imported, which is in main.
THREADS = ("OMP", "OPENBLAS", "MKL", "RAYON")


def main(names: list[str]) -> None:
    """Return nothing; write the rows of each file when it is done."""
    unknown = set(names) - set(NAMES)
    if unknown:
        sys.exit(f"no races for {unknown}: {', '.join(NAMES)} are known")
    os.environ |= {f"{name}_NUM_THREADS": "1" for name in THREADS}
    for name in names or NAMES:
        done = run(import_module(name).races())
        speed = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
        speed[name] = done
        text = json.dumps(speed, indent=1, ensure_ascii=False)
        FILE.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
