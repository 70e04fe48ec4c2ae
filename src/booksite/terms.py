"""Terms: a word of the glossary shows its definition where it stands.

A chapter need not mark them: in its prose the first mention of each term
becomes a link, unless that mention is in bold, which is where the chapter
explains it itself. Each page carries the definitions of the terms that it
links to, and no other.
"""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from booksite.quiz import quiz

GLOSSARY = "back/glossary"
CHAPTERS = "chapters/"
LINK = re.compile(r'href="[^"]*#(term-[^"]+)"')


def _items(glossary: nodes.document) -> list[tuple[nodes.Element, str]]:
    return [
        (term, definition.astext().replace("\n", " "))
        for item in glossary.findall(nodes.definition_list_item)
        for *terms, definition in [item.children]
        for term in terms
    ]


def definitions(glossary: nodes.document) -> dict[str, str]:
    """Return the text of every definition, by the ids of its terms."""
    return {
        name: text for term, text in _items(glossary) for name in term["ids"]
    }


def used(html: str, texts: dict[str, str]) -> list[tuple[str, str]]:
    """Return the ids and texts that a page's links lead to, in order.

    >>> used('<a href="../g.html#term-norm">', {"term-norm": "A length."})
    [('term-norm', 'A length.')]
    """
    names = dict.fromkeys(LINK.findall(html))
    return [(name, texts[name]) for name in names if name in texts]


def link(page: nodes.document, ids: dict[str, str], uri: str) -> None:
    """Return nothing; link the first mention of each term, by its id.

    A mention may be a plural. Headings, code and quizzes hold none.
    """
    longest = sorted(ids, key=len, reverse=True)
    any_term = "|".join(map(re.escape, longest))
    mention = re.compile(rf"(?<![\w-])({any_term})(e?s)?(?![\w-])", re.I)
    left = {term.lower(): name for term, name in ids.items()}
    for text in list(page.findall(nodes.Text)):
        bold = isinstance(text.parent, nodes.strong)
        if not (bold or isinstance(text.parent, nodes.paragraph)):
            continue
        if _inside(text, quiz):
            continue
        parts, end = [], 0
        for found in mention.finditer(text):
            name = left.pop(found[1].lower(), None)
            if name and not bold:
                word = nodes.inline(found[0], found[0], classes=["std-term"])
                to = nodes.reference("", "", word, internal=True)
                to["refuri"] = f"{uri}#{name}"
                parts += [nodes.Text(text[end : found.start()]), to]
                end = found.end()
        if parts:
            text.parent.replace(text, [*parts, nodes.Text(text[end:])])


def _inside(node: nodes.Node, kind: type) -> bool:
    while node := node.parent:
        if isinstance(node, kind):
            return True
    return False


class LinkTerms(SphinxPostTransform):
    """Link the terms of a chapter."""

    # Late: what folds and quizzes are made of is in place.
    default_priority = 900

    def run(self, **options) -> None:
        """Return nothing; link the terms, if this is a chapter."""
        page = self.env.docname
        known = GLOSSARY in self.env.found_docs
        if not (page.startswith(CHAPTERS) and known):
            return
        items = _items(self.env.get_doctree(GLOSSARY))
        ids = {term.astext(): term["ids"][0] for term, _ in items}
        link(
            self.document,
            ids,
            self.app.builder.get_relative_uri(page, GLOSSARY),
        )


def on_page(app, page: str, template: str, context: dict, doctree) -> None:
    """Return nothing; give a page its definitions."""
    if page == GLOSSARY or GLOSSARY not in app.env.found_docs:
        return
    if not hasattr(app, "booksite_definitions"):
        glossary = app.env.get_doctree(GLOSSARY)
        app.booksite_definitions = definitions(glossary)
    body = context.get("body", "")
    context["definitions"] = used(body, app.booksite_definitions)


def setup(app) -> None:
    """Return nothing; add the steps to every page."""
    app.add_post_transform(LinkTerms)
    app.connect("html-page-context", on_page)
