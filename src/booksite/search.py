"""Search: the book's sections in one file, read when the box is first used.

Mends the default: two boxes, an index loaded by every page, and results
that name a page but not the place in it.
"""

import json
from pathlib import Path

from docutils import nodes
from sphinx import addnodes

# Not searched: code, formulas, figures; and what has an entry of its own.
LEFT_OUT = (
    nodes.literal_block,
    nodes.math,
    nodes.math_block,
    nodes.raw,
    nodes.image,
    nodes.comment,
    nodes.section,
    nodes.title,
    addnodes.glossary,
)


def words(node: nodes.Element) -> str:
    """Return the prose of a section, or of another node."""
    parts = []
    for child in node.children:
        if isinstance(child, nodes.Text):
            parts.append(child.astext())
        elif not isinstance(child, LEFT_OUT):
            space = "" if isinstance(child, nodes.Inline) else " "
            parts.append(space + words(child) + space)
    return "".join(parts)


def entries(doctree: nodes.document, uri: str) -> list[list[str]]:
    """Return [address, heading, text] for a page's sections and terms."""
    found = []
    for section in doctree.findall(nodes.section):
        heading = section.next_node(nodes.title)
        anchor = f"#{section['ids'][0]}" if found else ""
        found.append([uri + anchor, heading.astext(), words(section)])
    for glossary in doctree.findall(addnodes.glossary):
        for item in glossary.findall(nodes.definition_list_item):
            anchor = f"{uri}#{item[0]['ids'][0]}"
            found.append([anchor, item[0].astext(), words(item[-1])])
    return [[a, heading, " ".join(t.split())] for a, heading, t in found]


def write_index(app, error: Exception | None) -> None:
    """Return nothing; write the index as a script, which file:// can read."""
    if error or app.builder.name != "html":
        return
    pages = [
        entries(app.env.get_doctree(page), app.builder.get_target_uri(page))
        for page in sorted(app.env.found_docs)
    ]
    text = json.dumps(
        [page for page in pages if page],
        ensure_ascii=False,
        separators=(",", ":"),
    )
    Path(app.outdir, "search-data.js").write_text(
        f"window.searchData={text};\n", "utf-8"
    )


def no_sphinx_search(app) -> None:
    """Return nothing; leave out Sphinx's own index and its page."""
    app.builder.search = False


def pages(app) -> list[tuple[str, dict, str]]:
    """Return the page that shows every hit."""
    return [("search", {"title": "Search"}, "search.html")]


def setup(app) -> None:
    """Return nothing; add the index and the page."""
    app.connect("builder-inited", no_sphinx_search)
    app.connect("html-collect-pages", pages)
    app.connect("build-finished", write_index)
