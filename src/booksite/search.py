"""Search: the book's sections in one file, read when the box is first used.

Mends the default: two boxes, an index loaded by every page, and results
that name a page but not the place in it.
"""

import json
from pathlib import Path

from docutils import nodes

UNREAD = (nodes.literal_block, nodes.raw, nodes.image, nodes.comment)


def words(section: nodes.Element) -> str:
    """Return a section's own prose: no code, no figures, no subsections."""
    parts = []
    for child in section.children:
        if isinstance(child, (nodes.section, nodes.title, *UNREAD)):
            continue
        if isinstance(child, nodes.Text):
            parts.append(child.astext())
        elif isinstance(child, nodes.TextElement):
            parts.append(" ".join(child.astext().split()))
        else:
            parts.append(words(child))
    return " ".join(part for part in parts if part)


def entries(doctree: nodes.document, uri: str) -> list[list[str]]:
    """Return [address, heading, text] for each section of a page."""
    found = []
    for section in doctree.findall(nodes.section):
        heading = section.next_node(nodes.title)
        anchor = f"#{section['ids'][0]}" if found else ""
        found.append([uri + anchor, heading.astext(), words(section)])
    return found


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
