"""The book's own Sphinx extension: one module for each thing it does."""

from booksite import library, quiz


def setup(app) -> dict:
    """Return what Sphinx asks of an extension, after adding every part."""
    for part in (quiz, library):
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
