"""Library: the reference page, one section for each module of `embook`."""

import pkgutil
import re
from pathlib import PurePosixPath

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

import embook


def modules(reading_order: list[str]) -> list[str]:
    """Return the names of embook's modules: chapters' first, as read.

    >>> modules(["chapters/similarity", "chapters/norms"])[:2]
    ['similarity', 'norms']
    """
    names = [m.name for m in pkgutil.iter_modules(embook.__path__)]
    stems = [PurePosixPath(page).name for page in reading_order]
    chapters = [stem for stem in stems if stem in names]
    return chapters + sorted(set(names) - set(chapters) - {"exercises"})


class Library(SphinxDirective):
    """The directive `library`: what autodoc knows of every module."""

    def run(self) -> list[nodes.Node]:
        """Return a section for each module."""
        pages = list(self.config.external_site_map)
        text = [
            line
            for name in modules(pages)
            for line in [
                f"## embook.{name}",
                "```{eval-rst}",
                f".. automodule:: embook.{name}",
                "   :members:",
                "   :member-order: bysource",
                "```",
            ]
        ]
        root = nodes.section()
        self.state.nested_parse(
            StringList(text, self.env.docname), 0, root, match_titles=True
        )
        return root.children


def fields(lines: list[str]) -> list[str]:
    """Return a module's header with its facts as a list of fields.

    >>> fields(["Source:  Horn", "         Johnson", "Shapes:  N"])
    [':Source: Horn', '         Johnson', ':Shapes: N']
    """
    return [
        re.sub(r"^(Chapter|Source|Shapes):\s+", r":\1: ", line)
        for line in lines
    ]


def head(app, what: str, name: str, thing, options, lines: list) -> None:
    """Return nothing; rewrite a module's header in place for autodoc."""
    if what == "module":
        lines[:] = fields(lines)


def setup(app) -> None:
    """Return nothing; add the directive, and autodoc that it stands on."""
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("autodoc-process-docstring", head)
    app.add_directive("library", Library)
