import gzip
import hashlib
import json
import re
from pathlib import Path

import nbformat
import pytest

pytest.importorskip("sphinx", reason="the site's requirements are missing")

from test_booksite import CONF, build

from booksite import live

ROOT = Path(__file__).parents[1]
MEGABYTE = 1e6


def book(folder: Path, *cells: tuple[str, list[str]]) -> tuple[str, str]:
    """Return the HTML and the warnings of a book of one notebook."""
    made = nbformat.v4.new_notebook()
    made.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    made.cells = [nbformat.v4.new_markdown_cell("# Page", id="title")] + [
        nbformat.v4.new_code_cell(
            source, id=f"code-{n}", metadata={"tags": tags}
        )
        for n, (source, tags) in enumerate(cells, 2)
    ]
    for part in ("pyproject.toml", "LICENSE", "src"):
        folder.joinpath(part).symlink_to(ROOT / part)
    conf = CONF.replace('"folds"', '"folds", "live"')
    conf += 'exclude_patterns = ["src"]\n'
    return build(folder, {"index.ipynb": nbformat.writes(made)}, conf)


def test_a_live_cell_has_a_name_and_a_plain_one_has_none(tmp_path):
    html, warnings = book(
        tmp_path,
        ("import numpy as np", ["live"]),
        ("import torch", []),
        ('check(np.dot, "similarity.cosine")', ["exercise"]),
        (
            "from embook.check import check\n"
            "def mine(a, b): ...\n"
            'check(mine, "similarity.cosine")',
            ["exercise", "live"],
        ),
    )
    assert warnings == ""
    assert re.findall('data-live="([^"]*)"', html) == ["code-2", "code-5"]
    assert re.findall('data-exercise="([^"]*)"', html) == [
        "similarity.cosine"
    ]
    served = {p.name for p in (tmp_path / "out" / "python").iterdir()}
    assert {"worker.js", "cell.py", "embook.whl", "licences"} < served


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (
            [("x = 1\nimport torch.nn as nn", ["live"])],
            "live: index.ipynb, cell 2, line 2: torch is not in the page",
        ),
        (
            [("def f():\n    from scipy import stats", ["live"])],
            "live: index.ipynb, cell 2, line 2: scipy is not in the page",
        ),
        (
            [("x = 1", ["live"]), ("%timeit x", ["live"])],
            "live: index.ipynb, cell 3, line 1: no plain Python",
        ),
        (
            [("table = 3", []), ("y = 1\nprint(y, table)", ["live"])],
            "live: index.ipynb, cell 3, line 2: no live cell above it sets "
            "table",
        ),
        (
            [("x = 1", ["live", "exercise"]), ("print(x)", ["live"])],
            "live: index.ipynb, cell 3, line 1: no live cell above it sets x",
        ),
        (
            [
                (
                    'from embook.check import check\ncheck(f, "norms.lost")',
                    [],
                )
            ],
            'exercise: index.ipynb, cell 2, line 1: no exercise "norms.lost"',
        ),
    ],
)
def test_what_a_page_cannot_run_is_an_error_of_the_build(
    cells, said, tmp_path
):
    _, warnings = book(tmp_path, *cells)
    assert said in warnings
    assert warnings.count("WARNING") == 1


@pytest.mark.parametrize(
    "source",
    [
        "import math, json, itertools, collections.abc, re, zlib, time",
        "from dataclasses import dataclass",
        "from embook import similarity",
        "import numpy.linalg",
        "def f(n): return f(n - 1) if n else [m for m in range(n)]",
        "class A:\n    x = 1\n    def y(self): return self.x, A",
        "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    print(e)",
        "total = 0\nfor i in range(3):\n    total += i",
        "(lambda k: k)(1)",
    ],
)
def test_what_a_page_can_run_is_let_through(source):
    assert live.faults(source, set())[1] == []


def test_names_above_are_known():
    assert live.faults("b = a + 1", {"a"}) == ({"b"}, [])
    assert live.faults("b = a + 1", set())[1] == [
        (1, "no live cell above it sets a")
    ]


def manifest() -> list[dict]:
    """Return what the manifest says of each file."""
    return json.loads(live.VENDORED.joinpath("manifest.json").read_text())


@pytest.mark.parametrize("part", manifest(), ids=lambda part: part["file"])
def test_a_vendored_file_is_as_it_was_vetted(part):
    data = live.VENDORED.joinpath(part["file"]).read_bytes()
    assert len(data) == part["bytes"]
    assert hashlib.sha256(data).hexdigest() == part["sha256"]
    if part["file"].endswith(".gzip"):
        unpacked = gzip.decompress(data)
        digest = hashlib.sha256(unpacked).hexdigest()
        assert digest == part["unpacked_sha256"]


def test_the_folder_holds_nothing_the_manifest_lacks():
    found = {p.name for p in live.VENDORED.iterdir() if p.is_file()}
    own = {"manifest.json", "fetch.py"}
    assert found == {part["file"] for part in manifest()} | own


def test_numpy_is_the_one_that_the_lock_of_pyodide_names():
    lock = json.loads(live.VENDORED.joinpath("pyodide-lock.json").read_text())
    (numpy,) = (p for p in manifest() if p["package"] == "numpy")
    wanted = lock["packages"]["numpy"]
    assert (numpy["file"], numpy["sha256"], numpy["version"]) == (
        wanted["file_name"],
        wanted["sha256"],
        wanted["version"],
    )
    versions = {p["version"] for p in manifest() if p != numpy}
    assert versions == {lock["info"]["version"]}


def test_every_licence_has_its_text():
    texts = {p.stem for p in live.VENDORED.joinpath("licences").iterdir()}
    assert texts == {"MPL-2.0", "PSF-2.0", "NumPy", "README"}
    named = " ".join(part["licence"] for part in manifest())
    assert {*re.findall(r"[\w.-]+-[\d.]+(?:-\w+)?", named)} == {
        "MPL-2.0",
        "PSF-2.0",
        "BSD-3-Clause",
    }


def test_python_is_light_enough():
    files = live.parts(ROOT)
    total = sum(live.sent(name, data) for name, data in files.items())
    print(f"Python in the page: {total / MEGABYTE:.2f} MB compressed")
    assert total <= 9.5 * MEGABYTE
    assert total > 5 * MEGABYTE
