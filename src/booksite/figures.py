"""Figures: each has words for who cannot see it, and a size from the start.

Mends images that move the text when they arrive, that load before they are
near, and that have a file's path for alternative text.
"""

import struct
from html import escape
from pathlib import Path
from urllib.parse import quote

from docutils import nodes
from sphinx.util import logging

from booksite.place import place_of

LOGGER = logging.getLogger(__name__)
CSS_DPI = 96
METRE = 0.0254
# Words that fill a phone's screen: an image after them can wait.
SCREEN = 200


def png_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height in CSS pixels of a PNG, None for other files.

    A figure of 1008 × 490 pixels at 144 dots an inch is 672 × 327.
    """
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        return None
    width, height = struct.unpack(">II", data[16:24])
    at = data.find(b"pHYs", 0, data.find(b"IDAT"))
    scale = 1.0
    if at > 0:
        dots, _, unit = struct.unpack(">IIB", data[at + 4 : at + 13])
        scale = CSS_DPI / (dots * METRE) if unit == 1 else 1.0
    return round(width * scale), round(height * scale)


def on_first_screen(image: nodes.image) -> bool:
    """Return whether an image is a page's first, with few words before it."""
    words = 0
    for node in image.document.findall():
        if node is image:
            return True
        if isinstance(node, nodes.Text):
            words += len(node.split())
        if isinstance(node, nodes.image) or words > SCREEN:
            return False
    return False


def visit_image(translator, node: nodes.image) -> None:
    """Return nothing; write the image."""
    builder = translator.builder
    uri = node["uri"]
    where = place_of(builder.env, builder.current_docname, node)
    if not node.get("alt", "").strip():
        LOGGER.warning(
            "figure: %s: no alternative text (in a notebook: the cell's "
            "metadata mystnb.image.alt)",
            where,
        )
    source = quote(f"{builder.imgpath}/{builder.images.get(uri, uri)}")
    attributes = {"src": source, "alt": node.get("alt", "")}
    path = Path(builder.srcdir, uri)
    size = png_size(path.read_bytes()) if path.is_file() else None
    if size:
        attributes |= {"width": size[0], "height": size[1]}
    if not on_first_screen(node):
        attributes["loading"] = "lazy"
    written = (f'{k}="{escape(str(v))}"' for k, v in attributes.items())
    translator.body.append(f"<img {' '.join(written)}>")


def depart_image(translator, node: nodes.image) -> None:
    """Return nothing; an image has no end."""


def setup(app) -> None:
    """Return nothing; write images this way."""
    app.add_node(nodes.image, override=True, html=(visit_image, depart_image))
