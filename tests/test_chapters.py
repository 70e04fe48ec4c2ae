"""The writer: it saves what a fresh kernel says, or nothing."""

import json
import sys
from pathlib import Path

import pytest
import tiny

from booksite import chapters, status
from booksite.canonical import canonical


def quick() -> dict:
    """Return a chapter without a figure: its kernel starts in a second."""
    codes = [
        tiny.code("sum", "print(1 + 1)\nprint(2)", []),
        tiny.code("value", "0.25;\n0.5", []),
        tiny.code("refused", "1 / 0", [], tags=["raises-exception"]),
    ]
    return {"cells": [tiny.prose("title", "# Quick"), *codes]}


@pytest.fixture
def book(tmp_path, monkeypatch):
    """Return a book of two quick chapters, where the writer stands."""
    tiny.book(tmp_path)
    for stem in ("similarity", "last"):
        tiny.save(quick(), tmp_path / f"chapters/{stem}.ipynb")
    monkeypatch.chdir(tmp_path)
    for name, value in chapters.REPEATABLE.items():
        monkeypatch.setenv(name, value)
    return tmp_path / "chapters"


def test_it_saves_in_reading_order_and_repeats_itself(book, capsys):
    chapters.main([])
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("similarity")
    assert second.startswith("last")
    assert first.endswith("saved")
    if sys.platform != "win32":
        assert " CPU-s " in first
        assert " MB " in first
    saved = (book / "last.ipynb").read_bytes()
    assert saved == (book / "similarity.ipynb").read_bytes()
    chapters.main(["last"])
    (line,) = capsys.readouterr().out.splitlines()
    assert line.endswith("unchanged")
    assert (book / "last.ipynb").read_bytes() == saved


def test_outputs_and_counts_are_those_of_the_kernel(book):
    chapters.main(["last"])
    cells = json.loads((book / "last.ipynb").read_text("utf-8"))["cells"][1:]
    assert [cell["execution_count"] for cell in cells] == [1, 2, 3]
    printed, value, refused = (cell["outputs"] for cell in cells)
    assert printed == tiny.said("2\n", "2\n")
    assert value[0]["data"] == {"text/plain": ["0.5"]}
    assert refused[0]["traceback"] == ["ZeroDivisionError: division by zero"]


def test_a_chapter_that_raises_stays_as_it_was(book, capsys):
    notebook = quick()
    notebook["cells"][1]["source"] = ["int('x')"]
    path = tiny.save(notebook, book / "similarity.ipynb")
    before = [path.read_bytes(), (book / "last.ipynb").read_bytes()]
    with pytest.raises(
        SystemExit, match=r"similarity\.ipynb, cell sum: "
    ) as e:
        chapters.main([])
    assert "invalid literal for int()" in str(e.value)
    assert "Nothing was saved for similarity." in str(e.value)
    assert [path.read_bytes(), (book / "last.ipynb").read_bytes()] == before


def test_a_dead_kernel_is_named(book):
    notebook = quick()
    notebook["cells"][2]["source"] = ["import os\n", "os._exit(1)"]
    tiny.save(notebook, book / "last.ipynb")
    with pytest.raises(SystemExit, match="cell value: Kernel died"):
        chapters.main(["last"])


def test_bad_calls_get_one_sentence(book, monkeypatch):
    with pytest.raises(SystemExit, match=r"no chapter norms: .*'last'\]"):
        chapters.main(["norms", "last"])
    (book / "last.ipynb").write_text("{", encoding="utf-8")
    with pytest.raises(SystemExit, match=r"last\.ipynb is no notebook"):
        chapters.main(["last"])
    (book / "last.ipynb").unlink()
    with pytest.raises(SystemExit, match=r"last\.ipynb is no notebook"):
        chapters.main(["last"])
    monkeypatch.delenv("OMP_NUM_THREADS")
    with pytest.raises(
        SystemExit, match="must be 1: `make chapters` sets it"
    ):
        chapters.main(["last"])


def test_no_book_here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match=r"no _toc\.yml here"):
        chapters.main([])


ROOT = Path(__file__).parents[1]


def lasting(notebook: str) -> list[str]:
    """Return a notebook's lines without what cells print that time."""
    whole = json.loads(notebook)
    for cell in whole["cells"]:
        if "nbval-ignore-output" in cell["metadata"].get("tags", []):
            assert cell.pop("outputs")
    return json.dumps(whole, indent=1).splitlines()


@pytest.mark.deep
@pytest.mark.parametrize("stem", chapters.reading_order(ROOT))
def test_a_second_run_gives_the_same_bytes(stem):
    path = ROOT / f"chapters/{stem}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    once, again = (
        chapters.execute(notebook, path.parent, lambda *_: None)[0]
        for _ in range(2)
    )
    assert lasting(once) == lasting(again)


# --- what it costs ----------------------------------------------------------


def test_the_page_on_what_runs_adds_up_its_chapters(book):
    root = book.parent
    for stem in ("similarity", "last"):
        tiny.save(tiny.chapter(), book / f"{stem}.ipynb")
    costs = {"similarity": [1.5, 100], "last": [2.25, 99.9], "play": [9, 9]}
    root.joinpath(chapters.COSTS).write_text(json.dumps(costs))
    _, _, *rows = status.table(root)
    assert rows == [
        "| {doc}`/chapters/similarity` | 4 | 1 | 1 | 1.5 | 100 |",
        "| {doc}`/chapters/last` | 4 | 1 | 1 | 2.2 | 100 |",
        "| All; the largest | 8 | 2 | 2 | 3.8 | 100 |",
    ]
    root.joinpath(chapters.COSTS).write_text('{"last": [1, 2]}')
    with pytest.raises(ValueError, match=r"'similarity'.*`make chapters`"):
        status.table(root)


def test_costs_are_kept_and_a_new_chapter_joins_them(book):
    kept = book.parent / chapters.COSTS

    def costs():
        return json.loads(kept.read_text("utf-8"))

    chapters.main(["last"])
    assert list(costs()) == ["last"]
    seconds, megabytes = costs()["last"]
    assert 0 < seconds < 60
    assert 20 < megabytes < 1000
    kept.write_text('{"last": [1, 2], "gone": [3, 4]}')
    chapters.main(["similarity"])
    assert list(costs()) == ["similarity", "last"]
    assert costs()["last"] == [1, 2]
    chapters.main([])
    assert costs()["last"] != [1, 2]


# --- the canonical form -----------------------------------------------------


def test_the_canonical_form_of_itself_is_itself():
    once = canonical(tiny.chapter())
    assert canonical(json.loads(once)) == once
    assert once.endswith("}\n")


@pytest.mark.parametrize(
    ("name", "source", "readable"),
    [
        ("glove-50d", "", "glove-50d"),
        ("top-k2-3", "", "top-k2-3"),
        ("3fa85f64", "# Why 2 cosines?\n\nSee", "why-cosines-see"),
        ("Ab", "print(a_b)", "print-a-b"),
        ("b7d0-41", "…", "cell"),
    ],
)
def test_cells_have_readable_names(name, source, readable):
    cells = [tiny.prose(name, source)] * 2
    written = json.loads(canonical({"cells": cells}))["cells"]
    assert [c["id"] for c in written] == [readable, f"{readable}-2"]


def test_only_what_a_reader_needs_is_kept():
    cell = tiny.code("a", "x = 'ü'\n", [], tags=["live"], collapsed=True)
    cell["metadata"]["jupyter"] = {
        "source_hidden": False,
        "outputs_hidden": 1,
    }
    cell["metadata"]["mystnb"] = {"image": {"alt": "A bar", "width": 3}}
    cell["outputs"] = [
        *tiny.said("one ", "two\n"),
        *tiny.said("three\n"),
        {"output_type": "stream", "name": "stderr", "text": "no\n"},
        *tiny.said("four\n"),
        *tiny.drawn("abc\nd\n"),
    ]
    cell["outputs"][-1]["metadata"] = {"image/png": {"width": 3}}
    text = canonical({"cells": [cell], "metadata": {"language_info": {}}})
    whole = json.loads(text)
    assert list(whole["metadata"]) == ["kernelspec"]
    (kept,) = whole["cells"]
    assert kept["metadata"] == {
        "tags": ["live"],
        "mystnb": {"image": {"alt": "A bar"}},
    }
    assert kept["source"] == ["x = 'ü'"]
    assert "ü" in text
    streams, last = kept["outputs"][:-1], kept["outputs"][-1]
    assert [o["text"] for o in streams] == [
        ["one two\n", "three\n"],
        ["no\n"],
        ["four\n"],
    ]
    assert last["data"]["image/png"] == "abcd"
    assert last["metadata"] == {}
