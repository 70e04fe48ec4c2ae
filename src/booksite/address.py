"""Address: what a site needs to know of the place it is published at.

SITE_URL=https://example.org/book/ make book  writes sitemap.xml and the
canonical links. Without it the site has neither and works anywhere.
"""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit
from xml.sax.saxutils import escape


def read_address(app, config) -> None:
    """Return nothing; take the address from the environment."""
    config.html_baseurl = os.environ.get("SITE_URL", config.html_baseurl)
    if config.html_baseurl and not config.html_baseurl.endswith("/"):
        config.html_baseurl += "/"


def sitemap(base: str, uris: list[str]) -> str:
    """Return the sitemap of the pages below an address.

    >>> print(sitemap("https://a.org/", ["b.html"]).splitlines()[2])
    <url><loc>https://a.org/b.html</loc></url>
    """
    urls = "\n".join(
        f"<url><loc>{escape(base + uri)}</loc></url>" for uri in uris
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        f"{urls}\n</urlset>\n"
    )


def write_sitemap(app, error: Exception | None) -> None:
    """Return nothing; write the sitemap where the address is known."""
    base = app.config.html_baseurl
    if error or app.builder.name != "html" or not base:
        return
    uris = sorted(map(app.builder.get_target_uri, app.env.found_docs))
    Path(app.outdir, "sitemap.xml").write_text(sitemap(base, uris), "utf-8")
    Path(app.outdir, "robots.txt").write_text(
        f"User-agent: *\nAllow: /\nSitemap: {base}sitemap.xml\n", "utf-8"
    )


def write_front(app, error: Exception | None) -> None:
    """Return nothing; let the first page be index.html too.

    Mends a redirect, which is one more wait and no page of its own.
    """
    if not error and app.builder.name == "html":
        first = app.builder.get_target_uri(app.config.root_doc)
        front = Path(app.outdir, first).read_bytes()
        Path(app.outdir, "index.html").write_bytes(front)


def pages(app) -> list[tuple[str, dict, str]]:
    """Return the page that a server shows for an address without one."""
    return [("404", {"title": "Page not found"}, "404.html")]


def from_anywhere(app, page: str, template: str, context: dict, tree) -> None:
    """Return nothing; let page 404 find its files from any address."""
    if page != "404":
        return
    root = urlsplit(app.config.html_baseurl).path or "/"
    context["content_root"] = root
    context["pathto"] = lambda other, *_: (
        root + app.builder.get_target_uri(other)
    )
    menu = context["toctree"]
    context["toctree"] = lambda **options: re.sub(
        'href="(?!#)', f'href="{root}', menu(**options)
    )


def setup(app) -> None:
    """Return nothing; add the address and what follows from it."""
    app.connect("config-inited", read_address)
    app.connect("html-collect-pages", pages)
    # Before the theme reads the context.
    app.connect("html-page-context", from_anywhere, priority=100)
    app.connect("build-finished", write_sitemap)
    # After the table of contents has written its redirect.
    app.connect("build-finished", write_front, priority=900)
