"""Cell: run one cell of a notebook, and hand on what it would show.

The page runs this file in its own Python, so it needs the standard library
and nothing else. What a reader sees of an error begins with one sentence.
"""

import ast
import contextlib
import io
import linecache
import pprint
import traceback
from collections.abc import Callable

# A cell that prints without end must not fill the reader's memory.
LONGEST = 50_000
INSTEAD = "download the chapter and run it on your machine"


class Flood(Exception):
    """A cell has printed more than a page can show."""


class Stream(io.TextIOBase):
    """A stream that hands on whole lines, up to a limit."""

    def __init__(self, show: Callable[[str, str], None], kind: str):
        """Return a stream that calls show(kind, text)."""
        self.show, self.kind = show, kind
        self.line, self.written = "", 0

    def write(self, text: str) -> int:
        """Return how much was written; raise Flood where it is too much."""
        self.written += len(text)
        if self.written > LONGEST:
            raise Flood(f"more than {LONGEST:,} characters were printed")
        done, newline, self.line = (self.line + text).rpartition("\n")
        if newline:
            self.show(self.kind, done + newline)
        return len(text)

    def finish(self) -> None:
        """Return nothing; hand on a last line that has no end."""
        if self.line:
            self.show(self.kind, self.line)
            self.line = ""


def no_input(prompt: object = "") -> str:
    """Raise RuntimeError: nobody can type into a cell that runs."""
    raise RuntimeError("input() cannot ask here: write the value in the code")


def shown(value: object) -> str:
    """Return a value as a notebook shows the last line of a cell.

    >>> shown({"b": 1, "a": 2})
    "{'b': 1, 'a': 2}"
    """
    if type(value) in (dict, list, set, tuple):
        return pprint.pformat(value, width=79, sort_dicts=False)
    return repr(value)


def execute(source: str, name: str, namespace: dict) -> object:
    """Return the value of the last line of a cell, None if it has none."""
    tree = ast.parse(source, name)
    last = None
    ends = tree.body and isinstance(tree.body[-1], ast.Expr)
    if ends and not source.rstrip().endswith(";"):
        last = ast.Expression(tree.body.pop().value)
    exec(compile(tree, name, "exec", dont_inherit=True), namespace)
    if last is None:
        return None
    return eval(compile(last, name, "eval", dont_inherit=True), namespace)


def line_of(error: BaseException, name: str) -> int | None:
    """Return the line of the cell that an error is about, where it is one."""
    if isinstance(error, SyntaxError) and error.filename == name:
        return error.lineno
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == name]
    return lines[-1] if lines else None


def sentence(error: BaseException, name: str) -> str:
    """Return one sentence that says what went wrong, and on which line.

    >>> sentence(ModuleNotFoundError("…", name="torch"), "cell")
    'torch is not in this page: download the chapter and run it on your \
machine.'
    """
    if isinstance(error, ModuleNotFoundError) and error.name:
        said = f"{error.name} is not in this page: {INSTEAD}."
    elif isinstance(error, Flood):
        said = f"{error}: the cell was stopped."
    elif isinstance(error, MemoryError):
        said = f"This needs more memory than a page has: {INSTEAD}."
    else:
        text = error.msg if isinstance(error, SyntaxError) else str(error)
        lines = text.strip().splitlines()
        kind = type(error).__name__
        said = f"{kind}: {lines[0].strip()}" if lines else kind
    line = line_of(error, name)
    return f"Line {line}: {said}" if line else said


def trace(error: BaseException, name: str) -> str:
    """Return the traceback, from the cell on."""
    step = error.__traceback__
    while step and step.tb_frame.f_code.co_filename != name:
        step = step.tb_next
    return "".join(traceback.format_exception(type(error), error, step))


def run(
    source: str,
    name: str,
    namespace: dict,
    show: Callable[[str, str], None],
) -> list[str] | None:
    """Return None, or an error's sentence and traceback.

    Before that, show(kind, text) is called for each piece of what the cell
    prints; kind is "stdout", "stderr" or "value".
    """
    lines = source.splitlines(keepends=True)
    linecache.cache[name] = (len(source), None, lines, name)
    namespace.setdefault("input", no_input)
    streams = Stream(show, "stdout"), Stream(show, "stderr")
    try:
        with (
            contextlib.redirect_stdout(streams[0]),
            contextlib.redirect_stderr(streams[1]),
        ):
            value = execute(source, name, namespace)
            text = None if value is None else shown(value)
    except BaseException as error:
        return [sentence(error, name), trace(error, name)]
    finally:
        for stream in streams:
            stream.finish()
    if text is not None:
        namespace["_"] = value
        show("value", text)
    return None
