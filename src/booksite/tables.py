"""Tables: one wider than the screen scrolls by itself, not the whole page."""

import re


def scrolling(html: str) -> str:
    """Return a page's body with each table in a box that can scroll.

    >>> scrolling("<table></table>")
    '<div class="wide"><table></table></div>'
    """
    html = re.sub(r"(<table\b)", r'<div class="wide">\1', html)
    return html.replace("</table>", "</table></div>")


def in_boxes(app, page: str, template: str, context: dict, doctree) -> None:
    """Return nothing; box the tables of a page."""
    if "body" in context:
        context["body"] = scrolling(context["body"])


def setup(app) -> None:
    """Return nothing; add the step to every page."""
    app.connect("html-page-context", in_boxes)
