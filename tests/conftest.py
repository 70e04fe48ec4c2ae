"""The parity table: our functions beside real libraries.

A test calls parity("similarity.cosine", "torch …", ours, theirs, atol=…); the
rows are printed when all tests are done, from every worker of xdist.
"""

import importlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

HEAD = ("function", "library", "shape", "deviation", "allowed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--parity-json",
        type=Path,
        help="run the tests of parity alone and put their rows in this file",
    )


def pytest_collection_modifyitems(config, items: list) -> None:
    if config.option.parity_json:
        items[:] = [
            item
            for item in items
            if "parity" in getattr(item, "fixturenames", ())
        ]


@pytest.fixture
def parity(request: pytest.FixtureRequest) -> Callable:
    """Return a function that asserts closeness and adds a row."""

    def compare(name, library, ours, theirs, *, atol=1e-12, on=""):
        module, _, function = name.partition(".")
        getattr(importlib.import_module(f"embook.{module}"), function)
        ours, theirs = np.asarray(ours), np.asarray(theirs)
        np.testing.assert_equal(ours.shape, theirs.shape)
        assert ours.size, f"{name}: nothing was compared"
        far = np.abs(ours.astype(float) - theirs.astype(float))
        row = {
            "function": name,
            "library": library,
            "shape": " ".join(filter(None, (str(ours.shape), on))),
            "numbers": ours.size,
            "deviation": float(far.max(initial=0)),
            "allowed": float(atol),
        }
        request.node.user_properties.append(("parity", row))
        np.testing.assert_allclose(
            ours, theirs, rtol=0, atol=atol, equal_nan=False, err_msg=name
        )

    return compare


def rows(reporter) -> list[dict]:
    """Return the rows of all tests."""
    found = [
        row
        for reports in reporter.stats.values()
        for report in reports
        if getattr(report, "when", "") == "call"
        for kind, row in report.user_properties
        if kind == "parity"
    ]
    return ordered(found)


def ordered(table: list[dict]) -> list[dict]:
    """Return the rows, sorted by function, library and the rest."""
    return sorted(table, key=lambda row: [str(row[key]) for key in HEAD])


def pytest_terminal_summary(terminalreporter, config) -> None:
    table = rows(terminalreporter)
    if not table:
        return
    lines = [HEAD] + [
        tuple(
            f"{row[key]:.1e}" if isinstance(row[key], float) else row[key]
            for key in HEAD
        )
        for row in table
    ]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    terminalreporter.section("parity with real libraries")
    for line in lines:
        cells = (c.ljust(w) for c, w in zip(line, widths, strict=True))
        terminalreporter.write_line("  ".join(cells).rstrip())
    if config.option.parity_json:
        keep(table, config.option.parity_json)


def keep(table: list[dict], file: Path) -> None:
    """Return nothing; put the rows in the file, for the same functions'."""
    old = json.loads(file.read_text("utf-8")) if file.exists() else []
    new = {row["function"] for row in table}
    table = table + [row for row in old if row["function"] not in new]
    text = json.dumps(ordered(table), indent=1, ensure_ascii=False)
    file.write_text(text + "\n", encoding="utf-8")
