"""Terms: a glossary term shows its definition where it stands.

Each page carries the definitions of the terms that it links to, and no other.
"""

import re

from docutils import nodes

GLOSSARY = "back/glossary"
LINK = re.compile(r'href="[^"]*#(term-[^"]+)"')


def definitions(glossary: nodes.document) -> dict[str, str]:
    """Return the text of every definition, by the ids of its terms."""
    texts = {}
    for item in glossary.findall(nodes.definition_list_item):
        *terms, definition = item.children
        for term in terms:
            for name in term["ids"]:
                texts[name] = definition.astext().replace("\n", " ")
    return texts


def used(html: str, texts: dict[str, str]) -> list[tuple[str, str]]:
    """Return the ids and texts that a page's links lead to, in order.

    >>> used('<a href="../g.html#term-norm">', {"term-norm": "A length."})
    [('term-norm', 'A length.')]
    """
    names = dict.fromkeys(LINK.findall(html))
    return [(name, texts[name]) for name in names if name in texts]


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
    """Return nothing; add the step to every page."""
    app.connect("html-page-context", on_page)
