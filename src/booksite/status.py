"""Status: what runs in this book, and what running it costs.

Cells, figures and exercises are counted in the notebooks; seconds and memory
stand in benchmarks/chapters.json, which `make chapters` writes.
"""

import json
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from booksite.chapters import COSTS, reading_order

HEAD = "Chapter | Code cells | Figures | Exercises | CPU-s | MB"


def counted(path: Path) -> list[int]:
    """Return how many code cells, figures and exercises a chapter has."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    outputs = [output for cell in code for output in cell["outputs"]]
    return [
        len(code),
        sum("image/png" in output.get("data", {}) for output in outputs),
        sum("solution" in cell["metadata"].get("tags", []) for cell in code),
    ]


def table(root: Path) -> list[str]:
    """Return the lines of a table in Markdown, with the sums at its end.

    Raises ValueError where the costs are missing, or not those of the
    chapters in _toc.yml.
    """
    stems = reading_order(root)
    try:
        costs = json.loads((root / COSTS).read_text("utf-8"))
        rows = [
            [*counted(root / f"chapters/{stem}.ipynb"), *costs[stem]]
            for stem in stems
        ]
    except (OSError, ValueError, KeyError) as problem:
        raise ValueError(
            f"{COSTS}: {problem!r}: run `make chapters`"
        ) from None
    *sums, seconds, memory = zip(*rows, strict=True)
    names = [f"{{doc}}`/chapters/{stem}`" for stem in stems]
    rows += [[*map(sum, sums), sum(seconds), max(memory)]]
    return [
        f"| {HEAD} |",
        "|---|--:|--:|--:|--:|--:|",
        *(
            f"| {name} | {cells} | {figures} | {tasks} "
            f"| {cpu:,.1f} | {peak:,.0f} |"
            for name, (cells, figures, tasks, cpu, peak) in zip(
                [*names, "All; the largest"], rows, strict=True
            )
        ),
    ]


class Status(SphinxDirective):
    """The directive `status`: a line for each chapter."""

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        self.env.note_dependency(str(Path(self.env.srcdir, COSTS)))
        try:
            text = table(Path(self.env.srcdir))
        except ValueError as error:
            raise self.error(f"status: {error}") from None
        root = nodes.section()
        self.state.nested_parse(StringList(text, self.env.docname), 0, root)
        return root.children


def setup(app) -> None:
    """Return nothing; add the directive."""
    app.add_directive("status", Status)
