"""The dashboard: what the page of parity and speed shows is not out of date.

Nothing runs: the names in the tests are compared with those in the files.
"""

import ast
from pathlib import Path

from booksite.parity import read
from laws.style import Function, parse, public

MEND = "run its tests with `--parity-json=benchmarks/parity.json`"


def functions(root: Path) -> set[str]:
    """Return the public functions of embook, as in norms.length."""
    return {
        f"{path.stem}.{node.name}"
        for path in (root / "src/embook").glob("*.py")
        for node in public(parse(path).body)
        if isinstance(node, Function)
    }


def compared(root: Path) -> set[str]:
    """Return the functions that tests with rows of parity name."""
    named = set()
    for path in (root / "tests").glob("test_*.py"):
        nodes = list(ast.walk(parse(path)))
        calls = [n.func for n in nodes if isinstance(n, ast.Call)]
        if "parity" in {getattr(call, "id", "") for call in calls}:
            named |= {n.value for n in nodes if isinstance(n, ast.Constant)}
    return named & functions(root)


def up_to_date(root: Path) -> list[str]:
    """Return the functions that the page lacks, and those it shows amiss."""
    rows, runs = read(root / "benchmarks")
    known = functions(root)
    shown = {row["function"] for row in rows}
    raced = {row["function"] for run in runs for row in run["rows"]}
    return [
        f"{name}: its row of parity is not in parity.json: {MEND}"
        for name in sorted(compared(root) - shown)
    ] + [
        f"{name}: {file} has a row, embook no such function: run `make bench`"
        for file, names in (("parity.json", shown), ("speed.json", raced))
        for name in sorted(names - known)
    ]
