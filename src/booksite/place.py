"""Place: where in the sources something went wrong, as a reader says it."""

from docutils import nodes

# myst-nb numbers the lines of cell n from n * 10000 + 2 on.
CELL = 10_000


def place(source: str, line: int) -> str:
    """Return "file:line", or the cell and its line for a notebook.

    >>> place("chapters/norms.ipynb", 120_004)
    'chapters/norms.ipynb, cell 12, line 3'
    >>> place("back/notation.md", 7)
    'back/notation.md:7'
    """
    if source.endswith(".ipynb"):
        return f"{source}, cell {line // CELL}, line {line % CELL - 1}"
    return f"{source}:{line}"


def place_of(env, docname: str, node: nodes.Node) -> str:
    """Return the place of a node, or of the nearest that has a line."""
    source = env.doc2path(docname, base=False)
    while node is not None and not node.line:
        node = node.parent
    return place(source, node.line) if node is not None else source
