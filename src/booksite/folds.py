"""Folds: what is hidden until asked for opens without any script.

Mends folded admonitions, which need a script by default, and the solutions
of notebooks (jupyter.source_hidden), which stand open on the page.
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


class FoldSolutions(SphinxPostTransform):
    """Fold the cells whose source a notebook hides."""

    default_priority = 198

    def run(self, **options) -> None:
        """Return nothing; put each such cell into a fold."""
        for node in list(self.document.findall(nodes.container)):
            metadata = node.get("cell_metadata", {})
            if not metadata.get("jupyter", {}).get("source_hidden"):
                continue
            solution = "solution" in metadata.get("tags", [])
            text = "One solution" if solution else "The code"
            outer = fold(classes=["solution"] if solution else [])
            node.parent.replace(node, outer)
            outer += [fold_line("", text), node]


def setup(app) -> None:
    """Return nothing; add the fold and what makes folds."""
    app.add_node(fold, html=(visit_fold, depart_fold))
    app.add_node(fold_line, html=(visit_line, depart_line))
    app.add_post_transform(FoldDropdowns)
    app.add_post_transform(FoldSolutions)
