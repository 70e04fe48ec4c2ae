"""Take away: each chapter as its notebook, and all of them in one archive.

Mends a "download" that is not the notebook. The archive holds what the
chapters need, so that it runs after `pip install -r requirements.txt`.
"""

import os
from pathlib import Path

from booksite.archive import archive

FOLDER = "embeddings-book"
BUNDLE = f"{FOLDER}.zip"
WANTED = (
    "README.md",
    "LICENSE*",
    "pyproject.toml",
    "requirements*.txt",
    "constraints.txt",
    "chapters/*.ipynb",
    "artefacts/**/*",
    "src/embook/**/*.py",
    "src/embook/**/*.toml",
)


def notebook(env, page: str) -> str:
    """Return the file of a page that is a notebook, else ""."""
    path = env.doc2path(page, base=False)
    return path if path.endswith(".ipynb") else ""


def write_bundle(source: Path, target: Path) -> None:
    """Return nothing; write the archive."""
    files = {f for pattern in WANTED for f in source.glob(pattern)}
    content = {
        f"{FOLDER}/{file.relative_to(source).as_posix()}": file.read_bytes()
        for file in files
        if file.is_file()
    }
    target.write_bytes(archive(content))


def hand_out(app, error: Exception | None) -> None:
    """Return nothing; copy the notebooks and write the archive."""
    if error or app.builder.name != "html":
        return
    source, target = Path(app.srcdir), Path(app.outdir)
    for page in sorted(app.env.found_docs):
        if name := notebook(app.env, page):
            os.makedirs(target.joinpath(name).parent, exist_ok=True)
            target.joinpath(name).write_bytes(
                source.joinpath(name).read_bytes()
            )
    write_bundle(source, target / BUNDLE)


def offer(app, page: str, template: str, context: dict, doctree) -> None:
    """Return nothing; tell a page what there is to take away."""
    if page in app.env.found_docs:
        context["notebook"] = notebook(app.env, page)
    context["bundle"] = BUNDLE


def setup(app) -> None:
    """Return nothing; add the files and the links to them."""
    app.connect("html-page-context", offer)
    app.connect("build-finished", hand_out)
