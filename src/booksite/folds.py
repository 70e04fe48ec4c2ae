"""Folds: what is hidden until asked for opens without any script.

Mends folded admonitions, which need a script by default; hidden cells, whose
label names something else than what it says (axe); and sources hidden in
JupyterLab (jupyter.source_hidden), which stand open on the page.
"""

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform


class fold(nodes.General, nodes.Element):
    """Content behind a line that opens it."""


class fold_line(nodes.General, nodes.TextElement):
    """The line that opens a fold."""


def visit_fold(translator, node: fold) -> None:
    """Return nothing; open the fold."""
    kind = " ".join(["fold", *node["classes"]])
    translator.body.append(f'<details class="{kind}">\n')


def depart_fold(translator, node: fold) -> None:
    """Return nothing; close the fold."""
    translator.body.append("</details>\n")


def visit_line(translator, node: fold_line) -> None:
    """Return nothing; open the line."""
    translator.body.append("<summary>")


def depart_line(translator, node: fold_line) -> None:
    """Return nothing; close the line."""
    translator.body.append("</summary>\n")


class FoldDropdowns(SphinxPostTransform):
    """Fold the admonitions of class dropdown, under their own titles."""

    default_priority = 198

    def run(self, **options) -> None:
        """Return nothing; exchange the nodes."""
        for node in list(self.document.findall(nodes.Admonition)):
            if "dropdown" not in node.get("classes", []):
                continue
            title, *body = node.children
            line = fold_line("", "", *title.children)
            node.parent.replace(node, fold("", line, *body))


def hidden_part(cell: nodes.container) -> tuple[nodes.Node, str] | None:
    """Return the part of a cell that is hidden, and the line to open it."""
    mode = cell.get("hide_mode")
    metadata = cell.get("cell_metadata", {})
    source_hidden = metadata.get("jupyter", {}).get("source_hidden")
    if "solution" in metadata.get("tags", []) and (mode or source_hidden):
        return cell, "One solution"
    if mode == "input" or (source_hidden and not mode):
        return cell[0], "The code"
    if mode == "output":
        return cell[-1], "What it prints"
    return (cell, "The code and what it prints") if mode else None


class FoldCells(SphinxPostTransform):
    """Fold what a cell hides, before myst-nb does it in its own way."""

    default_priority = 198

    def run(self, **options) -> None:
        """Return nothing; put each hidden part into a fold."""
        for cell in list(self.document.findall(nodes.container)):
            if (found := hidden_part(cell)) is None:
                continue
            part, text = found
            cell["hide_mode"] = None
            outer = fold()
            part.parent.replace(part, outer)
            outer += [fold_line("", text), part]


def setup(app) -> None:
    """Return nothing; add the fold and what makes folds."""
    app.add_node(fold, html=(visit_fold, depart_fold))
    app.add_node(fold_line, html=(visit_line, depart_line))
    app.add_post_transform(FoldDropdowns)
    app.add_post_transform(FoldCells)
