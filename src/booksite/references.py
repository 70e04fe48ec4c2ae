"""References: a bibliography that a screen reader can walk through.

Mends docutils' citations, a list without list items (axe: list, critical).
"""

from docutils import nodes


def visit_citation(translator, node: nodes.citation) -> None:
    """Return nothing; open a work, and the list before the first."""
    if not isinstance(before(node), nodes.citation):
        translator.body.append('<ul class="works">\n')
    ids = " ".join(node["ids"][:1])
    translator.body.append(f'<li class="work" id="{ids}">')


def depart_citation(translator, node: nodes.citation) -> None:
    """Return nothing; close a work, and the list after the last."""
    translator.body.append("</li>\n")
    after = node.next_node(descend=False, siblings=True)
    if not isinstance(after, nodes.citation):
        translator.body.append("</ul>\n")


def before(node: nodes.Node) -> nodes.Node | None:
    """Return the node before this one among its siblings."""
    at = node.parent.index(node)
    return node.parent[at - 1] if at else None


def skip_label(translator, node: nodes.label) -> None:
    """Return nothing; leave out the key, which only the sources use."""
    if isinstance(node.parent, nodes.citation):
        raise nodes.SkipNode
    translator.__class__.visit_label(translator, node)


def depart_label(translator, node: nodes.label) -> None:
    """Return nothing; close a footnote's number."""
    translator.__class__.depart_label(translator, node)


def setup(app) -> None:
    """Return nothing; write citations this way."""
    app.add_node(
        nodes.citation, override=True, html=(visit_citation, depart_citation)
    )
    app.add_node(nodes.label, override=True, html=(skip_label, depart_label))
