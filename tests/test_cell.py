import pytest

from booksite.cell import LONGEST, run

FLOOD = f"for i in range({LONGEST}): print(i)"


def played(source: str, namespace: dict | None = None):
    """Return what a cell shows, and its problem."""
    shown = []
    problem = run(
        source,
        "cell",
        {} if namespace is None else namespace,
        lambda kind, text: shown.append((kind, text)),
    )
    return shown, problem


def test_it_shows_what_a_notebook_shows():
    source = "import sys\nprint('a', 1)\nprint('b', file=sys.stderr)\n1 + 1"
    shown, problem = played(source)
    assert problem is None
    assert shown == [("stdout", "a 1\n"), ("stderr", "b\n"), ("value", "2")]


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("x = 3", []),
        ("x = 3; x;", []),
        ("None", []),
        ("", []),
        ("# nothing", []),
        ("print('a', end='')", [("stdout", "a")]),
        ("'a\\nb'", [("value", "'a\\nb'")]),
        ("def f(x):\n    return x\nf(2)", [("value", "2")]),
    ],
)
def test_the_last_line_is_shown_if_it_has_a_value(source, shown):
    assert played(source) == (shown, None)


def test_long_lists_break_as_in_a_notebook():
    from IPython.lib.pretty import pretty

    for value in (
        [f"word number {i}" for i in range(12)],
        {f"key {i}": i / 7 for i in range(12)},
        tuple(range(40)),
        {3},
        [[1.5, 2.5], [3.5]],
    ):
        shown, _ = played("value", {"value": value})
        assert shown == [("value", pretty(value))]


def test_cells_share_their_names():
    names = {}
    played("a = 2", names)
    assert played("a * 3; a", names)[0] == [("value", "2")]
    assert played("_ + 1", names)[0] == [("value", "3")]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("x = 1\n1 / 0", "Line 2: ZeroDivisionError: division by zero"),
        ("def f(:", "Line 1: SyntaxError: invalid syntax"),
        ("import nowhere.at.all", "Line 1: nowhere is not in this page"),
        ("raise MemoryError", "Line 1: This needs more memory"),
        ("len(3)", "Line 1: TypeError: object of type 'int' has no len()"),
        ("raise KeyboardInterrupt", "Line 1: KeyboardInterrupt"),
        ("raise SystemExit(2)", "Line 1: SystemExit: 2"),
        ("assert False, '\\n\\nfar\\napart'", "Line 1: AssertionError: far"),
        ("input('?')", "Line 1: RuntimeError: input() cannot ask here"),
        ("def f():\n    f()\nf()", "Line 2: RecursionError: maximum"),
        (FLOOD, "Line 1: more than 50,000 characters were printed: the cell"),
    ],
)
def test_an_error_begins_with_one_sentence(source, said):
    _, (sentence, _) = played(source)
    assert sentence.startswith(said)
    assert "\n" not in sentence


def test_what_was_printed_before_an_error_is_shown():
    shown, problem = played("print('so far', end='')\n1 / 0")
    assert shown == [("stdout", "so far")]
    assert problem[0].startswith("Line 2")


def test_a_traceback_quotes_the_cell_and_nothing_around_it():
    _, (_, trace) = played("def f(x):\n    return 1 / x\n\nf(0)")
    lines = trace.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[1] == '  File "cell", line 4, in <module>'
    assert "    return 1 / x" in lines
    assert "cell.py" not in trace


def test_a_flood_is_cut():
    shown, _ = played(FLOOD)
    length = sum(len(text) for _, text in shown)
    assert LONGEST - 10 < length <= LONGEST
