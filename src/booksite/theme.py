"""Theme: what every page shows around its text.

The theme is the book's own: one style sheet, small scripts, no framework.
Mends by leaving out: the icon script of 540 KB, launch buttons that call
other hosts, handlers inside of tags, scripts that only one page needs.
"""

import re
from pathlib import Path

from docutils import nodes

from booksite import live, play
from booksite.csp import policy

FOLDER = Path(__file__).parent / "theme"
HEAD_SCRIPT = (FOLDER / "head.js").read_text("utf-8").strip()
# Scripts that every page has, and those that one with such a mark, or the
# other, has.
ALWAYS = ["store.js", "page.js", "search.js"]
MARKED = (
    {
        "quiz.js": 'class="quiz"',
        "inventory.js": 'class="inventory"',
        "terms.js": "#term-",
        "progress.js": 'id="progress"',
        "find.js": 'id="by-meaning"|data-play="search"',
        "meaning.js": 'id="by-meaning"',
    }
    | play.SCRIPTS
    | live.SCRIPTS
)
# Styles that only some pages need stand in the page: a phone that has to ask
# for one more file shows the first words a third of a second later.
STYLES = {
    (FOLDER / sheet).read_text("utf-8"): mark
    for sheet, mark in (("play.css", 'class="play"'), ("run.css", live.MARK))
}
FOOT = {
    "back/changes": "Cite, errata, changes",
    "back/privacy": "Privacy",
    "back/accessibility": "Accessibility",
    "back/references": "References",
}


def scripts(body: str, chapter: bool) -> list[str]:
    """Return the scripts that a page needs.

    >>> scripts('<div class="quiz">', chapter=True)
    ['store.js', 'page.js', 'search.js', 'quiz.js', 'read.js']
    """
    marked = [
        name
        for name, marks in MARKED.items()
        if any(mark in body for mark in marks.split("|"))
    ]
    return ALWAYS + marked + ["read.js"] * chapter


def summary(doctree: nodes.document, limit: int = 155) -> str:
    """Return the first paragraph of a page, cut at a word."""
    for paragraph in doctree.findall(nodes.paragraph):
        if isinstance(paragraph.parent, nodes.section):
            text = " ".join(paragraph.astext().split())
            if len(text) <= limit:
                return text
            return text[:limit].rsplit(" ", 1)[0].rstrip(",;:") + " …"
    return ""


def inner_sections(toc: str) -> str:
    """Return the headings below a page's own title; "" if it has none.

    >>> inner_sections("<ul><li>Title<ul><li>A</li></ul></li></ul>")
    '<ul><li>A</li></ul>'
    """
    inner = re.search(r"<ul>.*?(<ul>.*</ul>)\s*</li>", toc, re.DOTALL)
    return inner[1] if inner and "<li" in inner[1] else ""


def marked_menu(menu: str) -> str:
    """Return the menu with the current page marked for a screen reader.

    >>> marked_menu('<a class="current reference internal" href="#">A</a>')
    '<a aria-current="page" href="#">A</a>'
    """
    here = '<a class="current reference internal" href="#">'
    return menu.replace(here, '<a aria-current="page" href="#">')


def plain_captions(html: str) -> str:
    """Return the page with its captions as paragraphs.

    Sphinx gives them the role of a heading, but no level.

    >>> plain_captions('<p class="caption" role="heading">')
    '<p class="caption">'
    """
    return html.replace(' class="caption" role="heading"', ' class="caption"')


def kicker(site_map, page: str) -> str:
    """Return the part that a page stands in, and the chapter's number."""
    number = 0
    for part in site_map.root.subtrees:
        for item in part.items:
            chapter = str(item).startswith("chapters/")
            number += chapter
            if item == page:
                name = f"Chapter {number}" if chapter else ""
                return " · ".join(filter(None, [part.caption, name]))
    return ""


def lighter(body: str) -> str:
    """Return a body without marks that no style and no script asks for.

    >>> lighter('<div class="a docutils container">x<span class="w"> </span>')
    '<div class="a">x '
    """
    body = body.replace(' docutils container"', '"')
    return re.sub(r'<span class="w">(\s*)</span>', r"\1", body)


def for_the_ear(body: str) -> str:
    """Return a body whose code and outputs have names, and headings theirs.

    A screen reader would say "#" after each heading; by keyboard the same
    addresses stand under "On this page".

    >>> for_the_ear('<a class="headerlink" href="#a">#</a>')
    '<a aria-hidden="true" tabindex="-1" class="headerlink" href="#a">#</a>'
    >>> for_the_ear('<div class="cell_input">')
    '<div class="cell_input" role="group" aria-label="Code">'
    """
    for part, name in (("input", "Code"), ("output", "Output")):
        body = re.sub(
            rf'(<div class="cell_{part}[^"]*")',
            rf'\1 role="group" aria-label="{name}"',
            body,
        )
    hidden = '<a aria-hidden="true" tabindex="-1" class="headerlink"'
    return body.replace('<a class="headerlink"', hidden)


def surround(app, page: str, template: str, context: dict, doctree) -> None:
    """Return nothing; give a page all that the theme shows around it."""
    body, book = context.get("body", ""), app.config.html_title
    first = page == app.config.root_doc
    title = re.sub(r"<[^>]+>", "", context.get("title", ""))
    found = app.env.found_docs
    body = for_the_ear(lighter(plain_captions(body)))
    context |= {
        "body": body,
        "root": context["content_root"],
        "fonts": "roman math" if "<math" in body else "roman",
        "page_title": book if first else f"{title} · {book}",
        "description": (doctree and summary(doctree)) or f"{title}: {book}",
        "author": app.config.author,
        "head_script": HEAD_SCRIPT,
        "csp": policy(HEAD_SCRIPT, python="python" in context),
        "styles": [css for css, mark in STYLES.items() if mark in body],
        "scripts": scripts(body, bool(context.get("notebook"))),
        "menu": plain_captions(marked_menu(context["toctree"](maxdepth=2))),
        "sections": inner_sections(context.get("toc", "")),
        "kicker": kicker(app.config.external_site_map, page),
        "foot_links": [(p, t) for p, t in FOOT.items() if p in found],
    }


def setup(app) -> None:
    """Return nothing; add the theme, and the step that fills its pages."""
    app.add_html_theme("booksite", str(FOLDER))
    # After every other step has had its say on the page's body.
    app.connect("html-page-context", surround, priority=900)
