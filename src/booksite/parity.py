"""Parity: the book's functions beside real libraries, as `make bench` saw.

No number on the page is typed: all come from two files of benchmarks/.
"""

import json
import re
from itertools import groupby
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from booksite.library import modules

# What each row of the two files holds.
COMPARED = {
    "function": str,
    "library": str,
    "numbers": int,
    "deviation": float,
    "allowed": float,
}
RACED = {
    "function": str,
    "work": str,
    "peer": str,
    "size": int | float,
    "unit": str,
    "rounds": int,
    "ours": float,
    "theirs": float,
    "ratio": float,
}
RUN = {"processor": str, "cores": int, "libraries": dict, "rows": list}


def refuse(row: dict, kinds: dict, file: str) -> None:
    """Return nothing where the row has every field, of its kind.

    >>> refuse({"cores": "two"}, {"cores": int}, "speed.json")
    Traceback (most recent call last):
    ValueError: speed.json: cores is 'two', int is needed: run `make bench`
    """
    for field, kind in kinds.items():
        if not isinstance(row.get(field), kind):
            needed = getattr(kind, "__name__", kind)
            raise ValueError(
                f"{file}: {field} is {row.get(field)!r}, {needed} is needed: "
                "run `make bench`"
            )


def read(folder: Path) -> tuple[list[dict], list[dict]]:
    """Return the comparisons, and the runs of races.

    Raises ValueError where a file is missing or does not hold them.
    """
    found = []
    for file in ("parity.json", "speed.json"):
        try:
            found.append(json.loads((folder / file).read_text("utf-8")))
        except (OSError, ValueError) as problem:
            raise ValueError(f"{file}: {problem}: run `make bench`") from None
    compared, raced = found
    for row in compared:
        refuse(row, COMPARED, "parity.json")
    runs = list(raced.values())
    for run in runs:
        refuse(run, RUN, "speed.json")
        for row in run["rows"]:
            refuse(row, RACED, "speed.json")
    return compared, runs


def time(seconds: float) -> str:
    r"""Return a time with two digits.

    >>> time(0.0123), time(1.26), time(126)
    ('12\xa0ms', '1.3\xa0s', '130\xa0s')
    """
    short, unit = (seconds, "s") if seconds >= 1 else (1000 * seconds, "ms")
    return f"{float(f'{short:.2g}'):,g}\xa0{unit}"


def verdict(ratio: float) -> str:
    r"""Return how the book does where a peer takes ratio times as long.

    >>> verdict(0.4), verdict(1.03), verdict(1234)
    ('2.5\xa0× slower', 'as fast', '1,200\xa0× faster')
    """
    if 0.95 < ratio < 1.05:
        return "as fast"
    times = float(f"{max(ratio, 1 / ratio):.2g}")
    return f"{times:,g}\xa0× {'faster' if ratio > 1 else 'slower'}"


def table(caption: str, head: str, rows: list[tuple]) -> list[str]:
    r"""Return a table in Markdown; each row begins with a function's name.

    >>> for line in table("Speed", "a | b", [("norms.unit", "x_*")])[1:-1]:
    ...     print(line)
    | a | b |
    |---|---|
    | {py:obj}`unit <embook.norms.unit>` | x\_\* |
    """
    lines = [f"| {head} |", "|---" * (head.count("|") + 1) + "|"]
    for name, *cells in rows:
        text = [re.sub(r"([\\`*_\[\]<>|$])", r"\\\1", x) for x in cells]
        link = f"{{py:obj}}`{name.partition('.')[2]} <embook.{name}>`"
        lines.append(f"| {' | '.join([link, *text])} |")
    return [f":::{{table}} {caption}", *lines, ":::"]


def comparisons(rows: list[dict]) -> list[str]:
    """Return the table of parity: a line for a function and a library."""

    def pair(row: dict) -> tuple[str, str]:
        return row["function"], row["library"]

    lines = []
    for names, group in groupby(sorted(rows, key=pair), pair):
        found = list(group)
        worst = max(found, key=lambda row: (row["deviation"], row["allowed"]))
        numbers = sum(row["numbers"] for row in found)
        far = [f"{worst[x]:.2g}" for x in ("deviation", "allowed")]
        lines.append((*names, f"{numbers:,}", *far))
    head = "Function | Library | Numbers compared | Furthest apart | Allowed"
    return table("Parity", head, lines)


def races(run: dict, rows: list[dict]) -> list[str]:
    """Return the table of a run's rows, and that of the scores reached."""
    lines, scores = [], []
    for row in rows:
        names = row["function"], row["peer"]
        work = row["work"], f"{row['size']:,g} {row['unit']}"
        times = time(row["ours"]), time(row["theirs"])
        grown = " and ".join(f"{g:.2f}" for g in row.get("growth", ()))
        lines.append((*names, *work, *times, verdict(row["ratio"]), grown))
        for exam, reached in row.get("scores", {}).items():
            said = (f"{x:.3f}" if x < 10 else f"{x:,.0f}" for x in reached)
            scores.append((*names, exam, *said))
    where = f"{run['processor']}, one of {run['cores']} cores"
    libraries = ", ".join(f"{a} {b}" for a, b in run["libraries"].items())
    rounds = sorted({row["rounds"] for row in rows})
    text = [
        "",
        f"Measured on {where}, with {libraries}. Rounds of a race: "
        f"{' or '.join(map(str, rounds))}.",
        "",
    ]
    head = "Function | Peer | Work | Size | Book | Peer's | Book is | Growth"
    text += table("Speed", head, lines)
    if scores:
        head = "Function | Peer | Measure | Book | Peer's"
        text += table("What both reached at the largest size", head, scores)
    return text


class Parity(SphinxDirective):
    """The directive `parity`: the tables of every module of `embook`."""

    def run(self) -> list[nodes.Node]:
        """Return a section for each module that has rows."""
        folder = Path(self.env.srcdir, "benchmarks")
        for file in folder.glob("*.json"):
            self.env.note_dependency(str(file))
        try:
            compared, runs = read(folder)
        except ValueError as error:
            raise self.error(f"parity: {error}") from None
        pages, text = list(self.config.external_site_map), []
        for name in modules(pages):
            here = of(name, compared)
            tables = comparisons(here) if here else []
            for run in runs:
                if here := of(name, run["rows"]):
                    tables += races(run, here)
            page = f"chapters/{name}"
            if tables and page in pages:
                text += [f"## {name.title()}", f"From {{doc}}`/{page}`.", ""]
            elif tables:
                text += [f"## {name}"]
            text += tables
        root = nodes.section()
        self.state.nested_parse(
            StringList(text, self.env.docname), 0, root, match_titles=True
        )
        return root.children


def of(name: str, rows: list[dict]) -> list[dict]:
    """Return the rows of a module's functions."""
    return [row for row in rows if row["function"].startswith(f"{name}.")]


def setup(app) -> None:
    """Return nothing; add the directive."""
    app.add_directive("parity", Parity)
