"""A chapter of nine cells and a book of one chapter, to try the laws on."""

import base64
import io
import json
from pathlib import Path

import numpy as np
from PIL import Image

from booksite.canonical import canonical

SETUP = """import matplotlib.pyplot as plt
import numpy as np

from embook import draw
from embook.similarity import cosine

draw.style()"""
COSINE = """a, b = np.array([[3.0, 4.0]]), np.array([[4.0, 3.0]])
print(f"{cosine(a, b)[0, 0]:.2f} and {-0.5:.1f}")"""
BARS = """plt.bar(range(3), [1.0, 2.0, 3.0])
plt.ylim(0, 4);"""


def png(shade: int = 0, size: int = 4) -> str:
    """Return a square PNG of noise, darker by shade, in base 64."""
    noise = np.random.default_rng(0).integers(99, 255, (size, size))
    file = io.BytesIO()
    Image.fromarray((noise - shade).astype(np.uint8)).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def said(*words: str) -> list[dict]:
    """Return the output of a cell that printed these words."""
    return [{"output_type": "stream", "name": "stdout", "text": [*words]}]


def drawn(image: str) -> list[dict]:
    """Return the output of a cell that drew this PNG."""
    data = {"image/png": image, "text/plain": ["<Figure>"]}
    return [{"output_type": "display_data", "data": data, "metadata": {}}]


def prose(name: str, source: str, *tags: str) -> dict:
    """Return a Markdown cell."""
    metadata = {"tags": [*tags]} if tags else {}
    cell = {"cell_type": "markdown", "id": name, "metadata": metadata}
    return cell | {"source": source.splitlines(keepends=True)}


def code(name: str, source: str, outputs: list[dict], **metadata) -> dict:
    """Return a code cell; `chapter` numbers it."""
    cell = prose(name, source) | {"cell_type": "code", "metadata": metadata}
    return cell | {"outputs": outputs, "execution_count": None}


def chapter() -> dict:
    """Return a notebook that keeps every law, as JSON would hold it."""
    alt = {"mystnb": {"image": {"alt": "Three bars"}}}
    hidden = {"jupyter": {"source_hidden": True}}
    cells = [
        prose("title", "# Tiny\n\nYou will do it.", "goal", "predict"),
        code("setup", SETUP, []),
        prose("hand", "## By hand\n\nWatch: $0.96$ and −0.5.", "by-hand"),
        code("cosine", COSINE, said("0.96 and -0.5\n"), tags=["parity"]),
        prose("read", "They say 0.123 {cite}`salton1975`.", "data", "trap"),
        code("bars", BARS, drawn(png()), **alt),
        prose("turn", "Now you.", "exercise", "quiz"),
        code("done", "x = 1", [], tags=["solution", "hide-cell"], **hidden),
        prose("keep", "One thing.", "remember", "next"),
    ]
    coded = [cell for cell in cells if cell["cell_type"] == "code"]
    for count, cell in enumerate(coded, 1):
        cell["execution_count"] = count
    return json.loads(canonical({"cells": cells}))


def dumps(notebook: dict) -> str:
    """Return the notebook's text, canonical only if the notebook is."""
    return (
        json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True)
        + "\n"
    )


def save(notebook: dict, path: Path) -> Path:
    """Return the path, after saving the notebook in its canonical form."""
    path.write_text(canonical(notebook), encoding="utf-8")
    return path


CONCEPT = '''"""{title}: what is it?

Chapter: chapters/{stem}.ipynb
Source:  Someone (2001)
Shapes:  N = rows, D = numbers a row
"""

from typing import TYPE_CHECKING

import numpy as np

from embook.refuse import rows

if TYPE_CHECKING:
    import torch


def {name}(x: np.ndarray) -> np.ndarray:
    """Return x (N, D).

    Raises ValueError where x is empty.

    >>> {name}(np.ones((1, 1)))
    array([[1.]])
    """
    return _kept(rows(x))


def _kept(x):
    import torch

    return torch.asarray(x).numpy()
'''
COMPARED = {
    "library": "numpy",
    "numbers": 2,
    "deviation": 1e-16,
    "allowed": 1e-12,
}
RACED = {
    "function": "last.final",
    "work": "all",
    "peer": "numpy",
    "size": 2,
    "unit": "rows",
    "rounds": 3,
    "ours": 0.5,
    "theirs": 0.25,
    "ratio": 0.5,
}
RUN = {"processor": "x", "cores": 2, "libraries": {}, "rows": [RACED]}
FILES = {
    "_toc.yml": (
        "root: intro\nparts:\n  - chapters:\n"
        "      - file: chapters/similarity\n"
        "        sections:\n          - file: chapters/last\n"
    ),
    "src/embook/__init__.py": '"""The library."""\n',
    "src/embook/refuse.py": '"""Refuse: the checks."""\n',
    "benchmarks/parity.json": json.dumps(
        [
            {"function": name} | COMPARED
            for name in ("norms.length", "similarity.cosine", "last.final")
        ]
    ),
    "benchmarks/speed.json": json.dumps({"last": RUN}),
    "tests/test_norms.py": 'parity("norms.length")\n',
}


def book(root: Path) -> Path:
    """Return root, after writing a book of two chapters to it."""
    files = dict(FILES)
    names = {"norms": "length", "similarity": "cosine", "last": "final"}
    for stem, name in names.items():
        module = CONCEPT.format(title=stem.title(), stem=stem, name=name)
        files[f"src/embook/{stem}.py"] = module
        test = f'def test_it(parity):\n    parity("{stem}.{name}")\n'
        files[f"tests/test_{stem}.py"] = test
        exercises = f"from embook.{stem} import {name}\n"
        files[f"src/embook/exercises/{stem}.py"] = exercises
        files[f"chapters/{stem}.ipynb"] = canonical(chapter())
    for file in ("src/embook/exercises/norms.py", "chapters/norms.ipynb"):
        del files[file]
    for file, text in files.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text, encoding="utf-8")
    return root
