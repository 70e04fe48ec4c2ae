"""Live: the cells that a reader can run and change in the page.

A cell tagged `live` runs in the browser, on Python and NumPy as
booksite/pyodide holds them, with this build's own library. What such a cell
cannot do there is an error of the build, not of the reader.
"""

import ast
import builtins
import gzip
import json
import symtable
import zipfile
from collections.abc import Iterator
from functools import cache
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from booksite.place import place, place_of
from booksite.progress import CHECK
from booksite.wheel import wheel
from embook.check import find

LOGGER = logging.getLogger(__name__)
HERE = Path(__file__).parent
VENDORED = HERE / "pyodide"
# The page's own scripts, by what marks a page that needs them.
MARK = 'data-live="'
SCRIPTS = dict.fromkeys(("python.js", "editor.js", "run.js"), MARK)
# Modules of C, which stand in no archive.
COMPILED = {
    *("array", "atexit", "binascii", "cmath", "errno", "gc", "itertools"),
    *("marshal", "math", "sys", "time", "unicodedata", "zlib"),
}
# What servers compress as they send it.
COMPRESSED = {".js", ".mjs", ".json", ".py"}


class live(nodes.container):
    """A cell that runs in the page: a container, with a name of its own."""


@cache
def modules() -> set[str]:
    """Return the modules that Python has in the page."""
    with zipfile.ZipFile(VENDORED / "python_stdlib.zip") as archive:
        files = archive.namelist()
    packed = {file.partition("/")[0].removesuffix(".py") for file in files}
    return packed | COMPILED | {"numpy", "embook"}


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Return the line and the package of every import, inner ones too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name.partition(".")[0]
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, (node.module or ".").partition(".")[0]


def names(source: str) -> tuple[set[str], set[str]]:
    """Return the names that a cell reads from outside, and those it sets.

    >>> names("def f(x): return x + y")
    ({'y'}, {'f'})
    """
    top = symtable.symtable(source, "cell", "exec")
    made = {
        symbol.get_name()
        for symbol in top.get_symbols()
        if symbol.is_assigned() or symbol.is_imported()
    }
    read, tables = set(), [top]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        read |= {
            symbol.get_name()
            for symbol in table.get_symbols()
            if symbol.is_referenced() and (symbol.is_global() or table is top)
        }
    return read - made, made


def faults(
    source: str, known: set[str]
) -> tuple[set[str], list[tuple[int, str]]]:
    """Return what a live cell sets, and the lines that ask for too much.

    `known` are the names that the live cells above it set.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        return set(), [(error.lineno or 1, f"no plain Python: {error.msg}")]
    said = [
        (line, f"{package} is not in the page: leave the tag `live` away")
        for line, package in imported(tree)
        if package not in modules()
    ]
    read, made = names(source)
    first = {
        node.id: node.lineno
        for node in sorted(
            (n for n in ast.walk(tree) if isinstance(n, ast.Name)),
            key=lambda node: -node.lineno,
        )
    }
    said += [
        (first[name], f"no live cell above it sets {name}")
        for name in sorted(read - known - set(dir(builtins)))
    ]
    return made, said


class MarkCells(SphinxPostTransform):
    """Give every live cell its name, and warn of what it cannot have."""

    # Before cells are folded.
    default_priority = 197

    def run(self, **options) -> None:
        """Return nothing; exchange the cells."""
        self.known: set[str] = set()
        for cell in list(self.document.findall(nodes.container)):
            if cell.get("nb_element") != "cell_code":
                continue
            self.exercise(cell)
            if "live" in cell["cell_metadata"].get("tags", []):
                self.check(cell)
                self.mark(cell)

    def warn(self, cell: nodes.Element, line: int, said: str) -> None:
        """Return nothing; warn of a line of a cell."""
        source = self.env.doc2path(self.env.docname, base=False)
        where = place(source, cell.line + line - 1)
        LOGGER.warning("live: %s: %s", where, said)

    def exercise(self, cell: nodes.container) -> None:
        """Return nothing; warn where a cell checks an unknown exercise."""
        for name in CHECK.findall(code(cell)):
            try:
                find(name)
            except ValueError as error:
                where = place_of(self.env, self.env.docname, cell)
                LOGGER.warning("exercise: %s: %s", where, error)

    def check(self, cell: nodes.container) -> None:
        """Return nothing; warn of what a live cell cannot have."""
        source = code(cell)
        made, said = faults(source, self.known)
        for line, fault in said:
            self.warn(cell, line, fault)
        # Exercises are for the reader: no other cell stands on one.
        if "exercise" not in cell["cell_metadata"]["tags"]:
            self.known |= made

    def mark(self, cell: nodes.container) -> None:
        """Return nothing; put a live cell in the place of a cell."""
        path = Path(self.env.doc2path(self.env.docname))
        cells = json.loads(path.read_text("utf-8"))["cells"]
        marked = live("", *cell.children, **cell.attributes)
        marked["name"] = cells[cell["cell_index"]]["id"]
        marked["exercise"] = next(iter(CHECK.findall(code(cell))), "")
        marked.line, marked.source = cell.line, cell.source
        cell.parent.replace(cell, marked)


def code(cell: nodes.container) -> str:
    """Return the source of a cell."""
    return cell[0].next_node(nodes.literal_block).astext()


def visit_live(translator, node: live) -> None:
    """Return nothing; open the cell."""
    classes = " ".join(node["classes"])
    said = f' data-exercise="{escape(node["exercise"])}"'
    names = " ".join(node["ids"])
    translator.body.append(
        f'<div class="{classes}" id="{names}"'
        f' data-live="{escape(node["name"])}"'
        f"{said if node['exercise'] else ''}>\n"
    )


def depart_live(translator, node: live) -> None:
    """Return nothing; close the cell."""
    translator.body.append("</div>\n")


@cache
def parts(root: Path) -> dict[str, bytes]:
    """Return the files that a page fetches to run Python."""
    listed = json.loads(VENDORED.joinpath("manifest.json").read_text("utf-8"))
    kept = {part["file"]: VENDORED / part["file"] for part in listed}
    kept |= {name: HERE / name for name in ("worker.js", "cell.py")}
    read = {name: path.read_bytes() for name, path in kept.items()}
    return read | {"embook.whl": wheel(root)[1]}


def sent(name: str, data: bytes) -> int:
    """Return how many bytes of a file a server sends."""
    if Path(name).suffix in COMPRESSED:
        return len(gzip.compress(data, 9, mtime=0))
    return len(data)


def tell(app, page: str, template: str, context: dict, doctree) -> None:
    """Return nothing; tell a page with live cells what Python weighs."""
    if MARK in context.get("body", ""):
        files = parts(Path(app.srcdir))
        context["python"] = sum(sent(n, d) for n, d in files.items())


def hand_out(app, error: Exception | None) -> None:
    """Return nothing; put Python, and its licences, beside the pages."""
    if error or app.builder.name != "html":
        return
    target = Path(app.outdir, "python")
    texts = {
        f"licences/{path.name}": path.read_bytes()
        for path in VENDORED.joinpath("licences").iterdir()
    }
    for name, data in (parts(Path(app.srcdir)) | texts).items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def setup(app) -> None:
    """Return nothing; add the cells, and what runs them."""
    app.add_node(live, html=(visit_live, depart_live))
    app.add_post_transform(MarkCells)
    app.connect("html-page-context", tell)
    app.connect("build-finished", hand_out)
