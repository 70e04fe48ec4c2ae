"""The book's own Sphinx extension: one module for each thing it does."""

import zlib
from importlib import import_module
from pathlib import Path

PARTS = (
    "engine",
    "theme",
    "address",
    "cells",
    "figures",
    "folds",
    "inventory",
    "library",
    "live",
    "mathml",
    "parity",
    "play",
    "progress",
    "quiz",
    "references",
    "search",
    "status",
    "tables",
    "takeaway",
    "terms",
)


def setup(app) -> dict:
    """Return what Sphinx asks of an extension, after adding every part."""
    for part in PARTS:
        import_module(f"booksite.{part}").setup(app)
    # Pages are read again where the extension that reads them has changed.
    sources = sorted(Path(__file__).parent.glob("*.py"))
    read_by = zlib.crc32(b"".join(s.read_bytes() for s in sources))
    return {"parallel_read_safe": False, "env_version": read_by}
