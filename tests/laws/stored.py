"""Law 3: a chapter's outputs are those of one fresh run, in one form."""

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path

from booksite.canonical import canonical, text

KILOBYTES = 80
# Types that strict nbval compares, as text or with chapters/conftest.py.
COMPARED = {
    "application/json",
    "application/vnd.embook.play+json",
    "image/png",
    "image/svg+xml",
    "text/html",
    "text/latex",
    "text/markdown",
    "text/plain",
}
# What a machine, a version or an oversight would print.
UNSTEADY = {
    "an address in memory": re.compile(r"\b0x[0-9a-f]{6,}"),
    "a path of this machine": re.compile(
        r"site-packages|/home/|/Users/|/tmp/|/root/|[A-Z]:\\"
    ),
    "a type instead of a number": re.compile(r"np\.(float|int|str)\d*_?\("),
    "a carriage return": re.compile(r"\r"),
    "colour codes": re.compile("\x1b"),
}


def read(path: Path) -> dict:
    """Return the notebook as JSON holds it."""
    return json.loads(path.read_text(encoding="utf-8"))


def cells(notebook: dict, kind: str) -> list[dict]:
    """Return the notebook's cells of one kind."""
    return [c for c in notebook["cells"] if c["cell_type"] == kind]


def tags(cell: dict) -> list[str]:
    """Return the cell's tags."""
    return cell["metadata"].get("tags", [])


def printed(output: dict) -> Iterator[str]:
    """Return the texts of an output: what it printed, showed or raised."""
    yield text(output.get("text", ""))
    yield output.get("evalue", "")
    for mime, value in output.get("data", {}).items():
        if mime.startswith("text/"):
            yield text(value)


def freshly_executed(path: Path) -> list[str]:
    """Return where the stored notebook is not a fresh run in its one form."""
    import nbformat

    notebook = read(path)
    said = []
    try:
        form = canonical(notebook)
        nbformat.validate(json.loads(form))
    except (nbformat.ValidationError, KeyError) as problem:
        return [f"{path.name} is no notebook: {problem!r:.200}"]
    if form != path.read_text(encoding="utf-8"):
        said.append(
            f"{path.name} is not as the writer saves it: run `make chapters "
            f"ONLY={path.stem}`"
        )
    for count, cell in enumerate(cells(notebook, "code"), 1):
        where = f"{path.name}, cell {cell.get('id')}"
        if cell["execution_count"] != count:
            said.append(
                f"{where}: execution count {cell['execution_count']}, not "
                f"{count}: run `make chapters ONLY={path.stem}`"
            )
        said += [f"{where}: {fault}" for fault in _faults(cell)]
    return said


def _faults(cell: dict) -> Iterator[str]:
    raised = [o for o in cell["outputs"] if o["output_type"] == "error"]
    wanted = "raises-exception" in tags(cell)
    if raised and not wanted:
        yield f"a stored error, {raised[0]['ename']}: {raised[0]['evalue']}"
    if wanted and not raised:
        yield "tagged raises-exception, but it raised nothing"
    source = text(cell["source"])
    if "NBVAL_" in source:
        yield "an NBVAL_ comment: say it by a tag"
    if "nbval-ignore-output" in tags(cell) and "# timing" not in source:
        yield "nbval-ignore-output without the comment `# timing`"
    for output in cell["outputs"]:
        if output.get("name") == "stderr":
            yield f"stderr is stored: {text(output['text'])[:60]!r}"
        for shown in printed(output):
            for what, pattern in UNSTEADY.items():
                if pattern.search(shown):
                    yield f"prints {what}: {pattern.search(shown).group()!r}"
        yield from _shown(cell, output.get("data", {}))


def _shown(cell: dict, data: dict) -> Iterator[str]:
    for mime in sorted(set(data) - COMPARED):
        yield f"shows {mime}, which nothing compares"
    if any(mime.startswith("image/") for mime in data):
        image = cell["metadata"].get("mystnb", {}).get("image", {})
        if not image.get("alt", "").strip():
            yield "a figure without alt text (metadata mystnb.image.alt)"
    size = len(base64.b64decode(text(data.get("image/png", "")))) / 1000
    if size > KILOBYTES:
        yield f"a figure of {size:.0f} kB: {KILOBYTES} kB are allowed"


def timed(paths: list[Path]) -> int:
    """Return how many cells strict nbval does not compare."""
    return sum(
        "nbval-ignore-output" in tags(cell)
        for path in paths
        for cell in cells(read(path), "code")
    )
