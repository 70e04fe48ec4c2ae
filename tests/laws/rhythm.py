"""Law 4: the parts of a chapter are tags; its headings say the idea."""

from collections import defaultdict
from pathlib import Path

from booksite.canonical import text
from laws.stored import cells, read, tags

PARTS = (
    "goal",
    "predict",
    "by-hand",
    "parity",
    "data",
    "trap",
    "exercise",
    "solution",
    "quiz",
    "remember",
    "next",
)
ALLOWED = {
    *PARTS,
    "hook",
    "sources",
    "code",
    "hide-input",
    "hide-cell",
    "hide-output",
    "remove-input",
    "raises-exception",
    "nbval-ignore-output",
    "live",
}
SHARED = 3


def all_parts(path: Path) -> list[str]:
    """Return the parts that a chapter lacks, and tags that mean nothing."""
    notebook = read(path)
    used = {tag for cell in notebook["cells"] for tag in tags(cell)}
    said = [
        f"{path.name}: no cell is tagged {part}"
        for part in PARTS
        if part not in used
    ]
    for cell in notebook["cells"]:
        where = f"{path.name}, cell {cell['id']}"
        said += [
            f"{where}: the tag {tag} is none of the book's"
            for tag in tags(cell)
            if tag not in ALLOWED
        ]
        hidden = cell["metadata"].get("jupyter", {}).get("source_hidden")
        folded = bool(hidden) and "hide-cell" in tags(cell)
        if "solution" in tags(cell) and not (
            folded and cell["cell_type"] == "code"
        ):
            said.append(
                f"{where}: a solution is a code cell tagged hide-cell, with "
                "metadata jupyter.source_hidden true"
            )
        if hidden and "solution" not in tags(cell):
            said.append(f"{where}: only solutions are hidden in JupyterLab")
    return said


def headings(notebook: dict) -> set[str]:
    """Return the headings' texts in lower case; fenced code has none."""
    found, fence = set(), ""
    for cell in cells(notebook, "markdown"):
        for line in text(cell["source"]).splitlines():
            mark = line.strip()[:3]
            if mark in ("```", "~~~") and fence in ("", mark):
                fence = "" if fence else mark
            elif line.startswith("#") and not fence:
                found.add(line.strip("# ").lower())
    return found


def headings_say_the_idea(paths: list[Path]) -> list[str]:
    """Return the headings that stand in more than three chapters."""
    where = defaultdict(list)
    for path in paths:
        for heading in headings(read(path)):
            where[heading].append(path.stem)
    return [
        f'the heading "{heading}" stands in {len(stems)} chapters '
        f"({', '.join(stems)}): let it say the idea"
        for heading, stems in sorted(where.items())
        if len(stems) > SHARED
    ]
