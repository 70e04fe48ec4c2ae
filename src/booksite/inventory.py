"""Inventory: fifteen quizzes that are taken twice, before the book and after.

They are written as any quiz is, one below the other:

    ::::{inventory}
    :::{quiz} inventory-double
    …
    :::
    ::::
"""

from docutils import nodes
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

from booksite.place import place
from booksite.quiz import quiz, quiz_choice

ASKED = 15


class inventory(nodes.General, nodes.Element):
    """The fifteen, which a script scores together."""


class Inventory(SphinxDirective):
    """The directive `inventory`, around its quizzes."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the quizzes in one box; an error where a rule is broken."""
        box = inventory()
        self.state.nested_parse(self.content, self.content_offset, box)
        cards = list(box.findall(quiz))
        problems = [p for card in cards for p in faults(card)]
        if len(cards) != ASKED:
            problems = [f"{ASKED} quizzes are asked, this has {len(cards)}"]
        if problems:
            source = self.env.doc2path(self.env.docname, base=False)
            where = place(source, self.lineno)
            raise self.error(f"inventory: {where}: {problems[0]}")
        return [box]


def faults(card: quiz) -> list[str]:
    """Return what a card lacks: one right choice, linked to a cell."""
    name = card["name"]
    rights = [c for c in card.findall(quiz_choice) if c["right"]]
    if len(rights) != 1:
        return [f"{name} has {len(rights)} right choices, and one is allowed"]
    links = rights[0].findall(addnodes.pending_xref)
    if any(str(link["reftargetid"]).startswith("cell-") for link in links):
        return []
    return [f"the right choice of {name} links to no cell"]


def visit(self, node: inventory) -> None:
    """Return nothing; open the box."""
    self.body.append('<div class="inventory">\n')


def depart(self, node: inventory) -> None:
    """Return nothing; close the box."""
    self.body.append("</div>\n")


def setup(app) -> None:
    """Return nothing; add the directive and its node."""
    app.add_node(inventory, html=(visit, depart))
    app.add_directive("inventory", Inventory)
