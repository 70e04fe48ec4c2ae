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
    """Return what a card lacks: one right choice, and proof for each."""
    name = card["name"]
    choices = list(card.findall(quiz_choice))
    rights = sum(c["right"] for c in choices)
    if rights != 1:
        return [f"{name} has {rights} right choices, and one is allowed"]
    return [
        f"choice {n} of {name} links to no cell"
        for n, c in enumerate(choices, 1)
        if not any(
            str(link["reftargetid"]).startswith("cell-")
            for link in c.findall(addnodes.pending_xref)
        )
    ]


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
