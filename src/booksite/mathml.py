"""MathML: formulas are drawn by the browser, with no script and no wait.

Mends the default, an unpinned MathJax from another site: blocked, it leaves
raw TeX on the page.
"""

from html import escape

from docutils import nodes
from sphinx.util import logging

from booksite.place import place_of
from booksite.tex import TexError, mathml

LOGGER = logging.getLogger(__name__)


def formula(translator, node: nodes.Node, display: bool = False) -> str:
    """Return a node's formula as MathML; warn where it cannot be read."""
    tex = node.astext()
    try:
        return mathml(tex, display)
    except TexError as error:
        builder = translator.builder
        where = place_of(builder.env, builder.current_docname, node)
        LOGGER.warning("formula: %s: %s in %s", where, error, tex)
        return f"<code>{escape(tex)}</code>"


def visit_inline(translator, node: nodes.math) -> None:
    """Return nothing; write a formula inside of a line."""
    translator.body.append(formula(translator, node))
    raise nodes.SkipNode


def visit_block(translator, node: nodes.math_block) -> None:
    """Return nothing; write a formula on lines of its own."""
    name = node["ids"][0] if node["ids"] else ""
    anchor = f' id="{name}"' if name else ""
    translator.body.append(f'<div class="math"{anchor}>')
    translator.body.append(formula(translator, node, display=True))
    if node["number"]:
        translator.body.append(
            f'<a class="eqno" href="#{name}" '
            f'title="Link to this equation">({node["number"]})</a>'
        )
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app) -> None:
    """Return nothing; add the renderer and choose it."""
    app.add_html_math_renderer(
        "mathml", (visit_inline, None), (visit_block, None)
    )
