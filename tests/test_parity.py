"""The parity table: a deviation fails, and every row is printed."""

import json
import shutil
import sys
from pathlib import Path
from subprocess import run

import pytest

TESTS = """
import numpy as np

A = np.array([3.0, 4.0])


def test_close(parity):
    parity("norms.length", "numpy", A, A + 1e-13, on="GloVe")


def test_far(parity):
    parity("norms.unit", "scipy", A, A + 0.25, atol=0.1)


def test_shape(parity):
    parity("norms.unit", "shape", A, A[:, None])


def test_number_for_many(parity):
    parity("norms.unit", "scalar", A * 0, np.array(0.0))


def test_nan(parity):
    parity("norms.unit", "nan", A * np.nan, A * np.nan)


def test_nothing(parity):
    parity("norms.unit", "empty", A[:0], A[:0])


def test_unknown(parity):
    parity("norms.longest", "unknown", A, A)


def test_without_a_row():
    assert A.size == 0, "it is left out"
"""
OLD = {"library": "old", "shape": "(1,)", "deviation": 0.0, "allowed": 0.0}


@pytest.mark.parametrize("workers", ["0", "1"])
def test_rows_are_printed_and_deviations_fail(tmp_path, workers):
    here = Path(__file__).parent
    shutil.copy(here / "conftest.py", tmp_path)
    (tmp_path / "test_it.py").write_text(TESTS, encoding="utf-8")
    old = [{"function": f"norms.{name}"} | OLD for name in ("clip", "length")]
    (tmp_path / "rows.json").write_text(json.dumps(old), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
    command += ["-n", workers, "--parity-json=rows.json", "--rootdir=.", "."]
    done = run(command, cwd=tmp_path, capture_output=True, text=True)
    assert "6 failed, 1 passed" in done.stdout
    _, _, table = done.stdout.partition("parity with real libraries =")
    head, close, *others = table.splitlines()[1:]
    assert head.split() == [
        "function",
        "library",
        "shape",
        "deviation",
        "allowed",
    ]
    assert close.split() == [
        "norms.length",
        "numpy",
        "(2,)",
        "GloVe",
        "1.0e-13",
        "1.0e-12",
    ]
    assert "norms.unit    scipy" in "\n".join(others)
    rows = json.loads((tmp_path / "rows.json").read_text("utf-8"))
    assert rows[0] == old[0]  # and the other old row made room for a new
    assert [row["library"] for row in rows[:2]] == ["old", "numpy"]
    assert rows[-1]["numbers"] == 2
    assert rows[-1]["deviation"] == 0.25
    assert rows[-1]["allowed"] == 0.1
