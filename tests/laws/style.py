"""Law 6: what every function tells its reader, and how long it may be."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from booksite.canonical import text
from laws.stored import cells, read
from laws.tree import line

HEADER = ("Chapter:", "Source:", "Shapes:")
# One shape at least, as in (N, D), (V,), (3,) or ().
SHAPE = re.compile(r"\((?:(?:[A-Z]\w*|\d+)(?:,\s*(?:[A-Z]\w*|\d+))*,?)?\)")
IDEA_LINES = 150
ROOM_LINES = 200
FUNCTION_LINES = 30
BANNED = ("sys.path", "import *", "setup_chapter", "filterwarnings")
# Comparisons that a test can drop without anyone noticing.
DROPPED = {"array_equal", "allclose", "array_equiv"}
ASSERTS = re.compile(r"assert|raises|warns|parity|fail|check|^test_")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def parse(path: Path) -> ast.Module:
    """Return the file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def public(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Return the public functions and classes, and the classes' methods."""
    for node in body:
        if isinstance(node, Function | ast.ClassDef) and node.name[0] != "_":
            yield node
            yield from public(getattr(node, "body", []))


def documented(root: Path) -> list[str]:
    """Return what headers and docstrings of embook leave out."""
    concepts = set(line(root))
    said = []
    for path in sorted((root / "src/embook").glob("*.py")):
        tree, file = parse(path), path.relative_to(root)
        header = ast.get_docstring(tree) or ""
        if not header:
            said.append(f"{file}: no docstring")
        if path.stem in concepts:
            said += [
                f"{file}: its docstring has no line `{fact}`"
                for fact in HEADER
                if not re.search(f"^{fact} +\\S", header, re.M)
            ]
            if f"chapters/{path.stem}.ipynb" not in header:
                said.append(f"{file}: `Chapter:` names another chapter")
        refusals = _refusals(tree)
        for node in public(tree.body):
            where = f"{file}:{node.lineno} {node.name}"
            faults = _faults(node, path.stem in concepts, refusals)
            said += [f"{where}: {fault}" for fault in faults]
    return said


def _refusals(tree: ast.Module) -> set[str]:
    return {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "embook.refuse"
        for alias in node.names
    }


def _faults(
    node: ast.stmt, concept: bool, refusals: set[str]
) -> Iterator[str]:
    doc = ast.get_docstring(node) or ""
    if not doc:
        yield "no docstring"
        return
    if not isinstance(node, Function):
        return
    if not doc.startswith("Return "):
        yield "its docstring does not start with Return"
    inside = list(ast.walk(node))
    called = {n.id for n in inside if isinstance(n, ast.Name)}
    refuses = called & refusals or any(
        isinstance(n, ast.Raise) for n in inside
    )
    if refuses and not re.search(r"Raises|Error", doc):
        yield "it refuses arguments, and its docstring does not say Raises"
    if concept and ">>>" not in doc:
        yield "no doctest"
    arrays = "ndarray" in ast.dump(node.args) + ast.dump(node.returns or node)
    if concept and arrays and not SHAPE.search(doc.split(">>>")[0]):
        yield "arrays, and no shape such as (N, D) in its docstring"


def small(root: Path) -> list[str]:
    """Return the modules and functions of embook that are too long."""
    concepts = set(line(root))
    said = []
    for path in sorted((root / "src/embook").glob("*.py")):
        file = path.relative_to(root)
        most = IDEA_LINES if path.stem in concepts else ROOM_LINES
        long = len(path.read_text(encoding="utf-8").splitlines())
        if long > most:
            said.append(f"{file} has {long} lines: {most} are allowed")
        for node in ast.walk(parse(path)):
            if isinstance(node, Function):
                doc = ast.get_docstring(node, clean=False) or ""
                long = node.end_lineno - node.lineno + 1
                long -= len(doc.splitlines())
                if long > FUNCTION_LINES:
                    said.append(
                        f"{file}:{node.lineno} {node.name} has {long} lines "
                        f"without its docstring: {FUNCTION_LINES} are allowed"
                    )
    return said


def no_back_doors(root: Path) -> list[str]:
    """Return files with path tricks, star imports or a drawer."""
    sources = {
        path.relative_to(root): path.read_text(encoding="utf-8")
        for path in sorted((root / "src").glob("**/*.py"))
    }
    for path in sorted((root / "chapters").glob("*.ipynb")):
        code = (text(c["source"]) for c in cells(read(path), "code"))
        sources[path.relative_to(root)] = "\n".join(code)
    said = [
        f"{f}: name it for its idea" for f in sources if f.stem == "utils"
    ]
    return said + [
        f"{file}: {banned}"
        for file, source in sources.items()
        for banned in BANNED
        if banned in source
    ]


def tests_can_fail(root: Path) -> list[str]:
    """Return tests that assert nothing, or compare as nobody should."""
    said = []
    for path in sorted((root / "tests").glob("**/test_*.py")):
        for node in ast.walk(parse(path)):
            where = f"{path.relative_to(root)}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Attribute) and node.attr in DROPPED:
                said.append(
                    f"{where}: {node.attr} does not say what differs: use "
                    "np.testing.assert_*"
                )
            if isinstance(node, Function) and node.name.startswith("test_"):
                if not _asserts(node):
                    said.append(f"{where} {node.name}: it asserts nothing")
    return said


def _asserts(test: ast.AST) -> bool:
    for node in ast.walk(test):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if ASSERTS.search(name):
                return True
    return False


def with_parity(root: Path, alone: dict[str, str]) -> list[str]:
    """Return the public functions that no test sets beside a real library.

    `alone` names those that have none, each with the reason.
    """
    said = []
    for stem in line(root):
        test = root / f"tests/test_{stem}.py"
        tested = test.read_text(encoding="utf-8") if test.exists() else ""
        module = root / f"src/embook/{stem}.py"
        body = parse(module).body if module.exists() else []
        for node in public(body):
            name = f"{stem}.{node.name}"
            if isinstance(node, Function) and f'"{name}"' not in tested:
                if name not in alone:
                    said.append(f"{name}: no parity row in tests/{test.name}")
    return said
