"""Canaries: a changed digit, a cleared cell, a stale figure, a raised error.

One small chapter is executed by the book's writer. As it stands it passes;
with any of the four faults something must fail, or the tests prove nothing.
"""

import base64
import importlib.util
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import tiny
from laws import decimals, rhythm, stored
from matplotlib.figure import Figure

from booksite.chapters import execute

ROOT = Path(__file__).parents[1]


SPEC = importlib.util.spec_from_file_location(
    "figures", ROOT / "chapters/conftest.py"
)
figures = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(figures)


def cell(notebook: dict, name: str) -> dict:
    return next(c for c in notebook["cells"] if c["id"] == name)


def with_another_digit(notebook: dict) -> None:
    (output,) = cell(notebook, "cosine")["outputs"]
    assert output["text"] == ["0.96 and -0.5\n"]
    output["text"] = ["0.97 and -0.5\n"]


def with_a_cleared_cell(notebook: dict) -> None:
    cell(notebook, "cosine").update(outputs=[], execution_count=None)


def with_a_stale_figure(notebook: dict) -> None:
    # The middle bar was 2 % longer when the figure was drawn.
    bars = cell(notebook, "bars")
    bars["source"] = [s.replace("2.0", "1.96") for s in bars["source"]]


def with_a_figure_too_few(notebook: dict) -> None:
    del cell(notebook, "bars")["outputs"][0]["data"]["image/png"]


def with_a_raised_error(notebook: dict) -> None:
    cell(notebook, "done")["source"] = ["1 / 0"]
    said = {"ename": "ZeroDivisionError", "evalue": "division by zero"}
    cell(notebook, "done")["outputs"] = [
        {"output_type": "error", "traceback": ["ZeroDivisionError"]} | said
    ]


CANARIES = {
    "untouched": lambda notebook: None,
    "digit": with_another_digit,
    "cleared": with_a_cleared_cell,
    "stale": with_a_stale_figure,
    "missing": with_a_figure_too_few,
    "raising": with_a_raised_error,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Return a folder of chapters, one for each canary."""
    folder = tmp_path_factory.mktemp("chapters")
    done, _ = execute(tiny.chapter(), folder, lambda *_: None)
    for name, change in CANARIES.items():
        notebook = json.loads(done)
        change(notebook)
        tiny.save(notebook, folder / f"{name}.ipynb")
    shutil.copy(ROOT / "chapters/conftest.py", folder)
    return folder


@pytest.fixture(scope="module")
def failures(folder) -> dict[str, str]:
    """Return what strict nbval, as `make test` runs it, says of each."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
    command += ["--nbval", "--nbval-current-env", "--junitxml=said.xml"]
    command += ["-c", ROOT / "pyproject.toml", f"--rootdir={folder}", "."]
    # This run is no worker of the run that started it.
    plain = {k: v for k, v in os.environ.items() if "PYTEST" not in k}
    subprocess.run(command, cwd=folder, env=plain, capture_output=True)
    said = {}
    for case in ElementTree.parse(folder / "said.xml").iter("testcase"):
        name = Path(case.get("classname")).stem
        faults = (fault.text for fault in case.iter("failure"))
        said[name] = said.get(name, "") + "".join(faults)
    return said


def test_the_untouched_chapter_passes(folder, failures):
    assert failures["untouched"] == ""
    path = folder / "untouched.ipynb"
    laws = (
        stored.freshly_executed,
        rhythm.all_parts,
        decimals.printed_or_cited,
    )
    assert [said for law in laws for said in law(path)] == []


def test_a_changed_digit_fails(failures):
    assert "0.97 and -0.5" in failures["digit"]


def test_a_stale_figure_fails(failures):
    said = failures["stale"]
    assert "stale figure: figure 1 of 1: pixels differ by" in said
    assert "make chapters ONLY=stale` and look at the figure" in said


def test_a_missing_figure_fails(failures):
    assert "0 stored as image/png, 1 drawn" in failures["missing"]


def test_a_cleared_cell_passes_nbval_and_fails_law_3(folder, failures):
    assert failures["cleared"] == ""
    (said,) = stored.freshly_executed(folder / "cleared.ipynb")
    assert "cell cosine: execution count None, not 2" in said


def test_a_raising_notebook_fails(folder, failures):
    assert "ZeroDivisionError" in failures["raising"]
    (said,) = stored.freshly_executed(folder / "raising.ipynb")
    assert "cell done: a stored error, ZeroDivisionError" in said


# --- how much a figure may differ -------------------------------------------


def heat(changed: float) -> tuple[str, str]:
    """Return a heat map as PNG and as SVG, one of its 900 cells changed."""
    x = np.random.default_rng(0).normal(size=(30, 30))
    x[4, 7] += changed
    figure = Figure(figsize=(7, 3.4), dpi=144)
    figure.subplots().pcolormesh(x, vmin=-3, vmax=3)
    files = io.BytesIO(), io.BytesIO()
    for file, kind in zip(files, ("png", "svg"), strict=True):
        figure.savefig(file, format=kind)
    png, svg = (file.getvalue() for file in files)
    return base64.b64encode(png).decode(), svg.decode()


def test_one_cell_of_a_heat_map_is_seen_and_rounding_is_not():
    (png, svg), (same_png, same_svg), (other_png, other_svg) = (
        heat(changed) for changed in (0, 1e-7, 0.3)
    )
    assert figures.png_change(png, same_png) == ""
    assert figures.svg_change(svg, same_svg) == ""
    assert "pixels differ by 0." in figures.png_change(png, other_png)
    assert figures.svg_change(svg, other_svg) == "marks or words differ"


def test_the_bound_on_pixels():
    one = tiny.png()
    assert figures.png_change(one, tiny.png(shade=0)) == ""
    assert figures.png_change(one, tiny.png(shade=1)).startswith("pixels")
    assert figures.png_change(one, tiny.png(size=5)) == (
        "(4, 4) pixels stored, (5, 5) drawn"
    )


def test_the_bound_on_svg():
    svg = '<svg><path id="a1" d="M 1.25 {:.6f}" clip="url(#c0)"/>{}</svg>'
    one = svg.format(3, "word")
    assert figures.svg_change(one, svg.format(3.0001, "word")) == ""
    other_names = one.replace("a1", "b2").replace("c0", "d9")
    assert figures.svg_change(one, other_names) == ""
    assert figures.svg_change(one, svg.format(3.5, "word")) == (
        "marks moved by 0.500 points"
    )
    assert figures.svg_change(one, svg.format(3, "work")) == (
        "marks or words differ"
    )


def test_as_many_figures_as_stored():
    both = tiny.drawn(tiny.png()) * 2
    assert figures.stale(both, both) == ""
    assert figures.stale(both, both[:1]) == "2 stored as image/png, 1 drawn"
    dark = tiny.drawn(tiny.png(shade=9))
    assert figures.stale(both, both[:1] + dark).startswith("figure 2 of 2: ")
