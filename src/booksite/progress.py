"""Progress: the list of what can be done, which the reader's browser ticks.

The contents page carries the list; what was done never leaves the browser.
"""

import json
import re

from docutils import nodes
from sphinx.util.docutils import SphinxDirective


class progress(nodes.General, nodes.Element):
    """The place of the panel that shows and keeps the progress."""


class Progress(SphinxDirective):
    """The directive `progress`, for one page of the book."""

    def run(self) -> list[nodes.Node]:
        """Return the panel."""
        self.env.booksite_progress = self.env.docname
        return [progress()]


CHECK = re.compile(r"""\bcheck\(\s*\w+,\s*["']([\w.]+)["']""")


def exercises(doctree: nodes.document) -> list[str]:
    """Return the ids of the exercises that a chapter's cells check."""
    cells = doctree.findall(nodes.literal_block)
    found = [name for cell in cells for name in CHECK.findall(cell.astext())]
    return list(dict.fromkeys(found))


def course(env) -> list[dict]:
    """Return the chapters in order, each with what can be done in it."""
    quizzes = env.booksite_quizzes.items()
    return [
        {
            "page": page,
            "quizzes": [name for name, where in quizzes if where == page],
            "exercises": exercises(env.get_doctree(page)),
        }
        for page in env.config.external_site_map
        if page.startswith("chapters/")
    ]


def visit_progress(translator, node: progress) -> None:
    """Return nothing; write the panel, empty but for the list."""
    listed = json.dumps(course(translator.builder.env))
    translator.body.append(
        '<section id="progress" aria-label="Your progress" hidden>\n'
        f'<script type="application/json">{listed}</script>\n</section>\n'
    )
    raise nodes.SkipNode


def again(app, env) -> list[str]:
    """Return the page with the panel: quizzes elsewhere change its list."""
    page = getattr(env, "booksite_progress", None)
    return [page] if page in env.found_docs else []


def setup(app) -> None:
    """Return nothing; add the directive and its panel."""
    app.add_node(progress, html=(visit_progress, None))
    app.add_directive("progress", Progress)
    app.connect("env-updated", again)
