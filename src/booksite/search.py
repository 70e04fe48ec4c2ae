"""Search: the book's sections in one file, read when the box is first used.

Mends the default: two boxes, an index loaded by every page, and results
that name a page but not the place in it.
"""

import gzip
import json
from itertools import chain
from pathlib import Path

from docutils import nodes
from sphinx import addnodes

from booksite import judging, meaning, ranking

NAME = "search-data.js"
BODY = """\
<div class="halves js-only">
<section id="by-letters" aria-labelledby="by-letters-title">
<h2 id="by-letters-title">By letters</h2>
<p class="how">Sections with the words that you typed, and words that begin
like them. What is rare counts more.</p>
<div class="found"></div>
</section>
<section id="by-meaning" aria-labelledby="by-meaning-title">
<h2 id="by-meaning-title">By meaning</h2>
<p class="how">The same, but here each word of the book counts as yours as far
as its vector points the same way.</p>
<p class="load"><button type="button" class="button" data-load="{name}">Load
the vectors</button> {pieces} word pieces, {size}. Your question stays in
your browser.</p>
<div class="found"></div>
</section>
</div>
{judged}
"""
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


def sections(app) -> list[list[list[str]]]:
    """Return the entries of each page that has any, in order."""
    found = [
        entries(app.env.get_doctree(page), app.builder.get_target_uri(page))
        for page in sorted(app.env.found_docs)
    ]
    return [page for page in found if page]


def script(found: list[list[list[str]]]) -> str:
    """Return the index as a script, which file:// can read."""
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    return f"window.searchData={text};\n"


def no_sphinx_search(app) -> None:
    """Return nothing; leave out Sphinx's own index and its page."""
    app.builder.search = False


def size(text: str) -> str:
    """Return how large a file is, as it is and packed, in MB.

    >>> size("ab" * 1_000_000)
    '2.00 MB, packed 0.00 MB'
    """
    data = text.encode()
    packed = len(gzip.compress(data, mtime=0)) / 1e6
    return f"{len(data) / 1e6:.2f} MB, packed {packed:.2f} MB"


def pages(app) -> list[tuple[str, dict, str]]:
    """Return the page of both searches; write the files that they load."""
    found = sections(app)
    book = ranking.index(chain(*found))
    table = meaning.table(book)
    files = {NAME: script(found), meaning.NAME: meaning.script(table)}
    for name, text in files.items():
        Path(app.outdir, name).write_text(text, "utf-8")
    judged = judging.judged(found, ranking.Meaning(book, table))
    body = BODY.format(
        name=meaning.NAME,
        size=size(files[meaning.NAME]),
        pieces=f"{len(table.pieces):,}",
        judged=judging.html(judged, found),
    )
    return [("search", {"title": "Search", "body": body}, "search.html")]


def setup(app) -> None:
    """Return nothing; add the page and what it loads."""
    app.connect("builder-inited", no_sphinx_search)
    app.connect("html-collect-pages", pages)
