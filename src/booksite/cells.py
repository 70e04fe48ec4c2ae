"""Cells: every code cell of a chapter has an address of its own.

`[the run](similarity.ipynb#cell-scale-run)` leads to the cell `scale-run`. A
link to a cell that is not there fails the build, as any other link does.
"""

import json
from pathlib import Path

from docutils import nodes


def name(cell_id: str) -> str:
    """Return the address of a cell within its page.

    >>> name("scale-run")
    'cell-scale-run'
    """
    return f"cell-{cell_id}"


def give_addresses(app, doctree: nodes.document) -> None:
    """Return nothing; name the cells, and let links find them."""
    page = app.env.docname
    path = Path(app.env.doc2path(page))
    if path.suffix != ".ipynb":
        return
    cells = json.loads(path.read_text("utf-8"))["cells"]
    known = app.env.metadata[page].setdefault("myst_slugs", {})
    for cell in doctree.findall(nodes.container):
        if cell.get("nb_element") == "cell_code":
            cell_id = cells[cell["cell_index"]]["id"]
            cell["ids"].append(name(cell_id))
            known[name(cell_id)] = cell.line, name(cell_id), cell_id


def setup(app) -> None:
    """Return nothing; add the addresses."""
    app.connect("doctree-read", give_addresses)
