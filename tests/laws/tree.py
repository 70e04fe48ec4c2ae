"""Laws 1 and 2: one idea, one name; and modules in a straight line."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from booksite.chapters import reading_order

ROOMS = {
    "baskets",
    "town",
    "graph",
    "database",
    "codes",
    "cluster",
    "benchmark",
    "bert",
    "check",
    "contrast",
    "data",
    "doctor",
    "draw",
    "drills",
    "errands",
    "llama",
    "maps",
    "play",
    "minilm",
    "pairs",
    "pieces",
    "refuse",
    "retrieval",
    "seq2seq",
    "smollm",
    "sources",
    "static",
    "table",
    "texts",
    "tunnel",
    "verdict",
    "vocabulary",
    "walk",
    "weights",
    "watch",
    "windows",
}
# Modules that stand before their chapter does: each with the chapter that
# it must come before.
AHEAD: dict[str, str] = {}
# Rooms that use what chapters built: each with the last chapter whose module
# it may import. Modules up to that one may not import the room.
AFTER = {
    "maps": "dimension",
    "minilm": "tokenization",
    "pieces": "tokenization",
    "smollm": "tokenization",
    "tunnel": "rotation",
    "walk": "tokenization",
    "seq2seq": "evolution",
    "retrieval": "similarity",
    "static": "tokenization",
    "contrast": "sentences",
    "town": "norms",
    "codes": "indexes",
    "graph": "indexes",
    "cluster": "indexes",
    "database": "indexes",
}
# Tests of the machinery, which no module of src/ is named after.
MACHINERY = {"booksite", "canaries", "exercises", "house", "parity"}


def stems(folder: Path, pattern: str = "*.py") -> set[str]:
    """Return the stems of the files in a folder, less `__init__`."""
    return {path.stem for path in folder.glob(pattern)} - {"__init__"}


def same_stems(root: Path) -> list[str]:
    """Return where chapters, modules, exercises and tests disagree."""
    order = reading_order(root)
    modules = stems(root / "src/embook")
    tests = {s.removeprefix("test_") for s in stems(root / "tests", "test_*")}
    tested = modules | stems(root / "src/booksite") | MACHINERY
    needed = [
        file
        for stem in order
        for file in (
            f"chapters/{stem}.ipynb",
            f"src/embook/{stem}.py",
            f"src/embook/exercises/{stem}.py",
            f"tests/test_{stem}.py",
        )
    ] + [f"tests/test_{stem}.py" for stem in AHEAD]
    notebooks = stems(root / "chapters", "*.ipynb")
    exercises = stems(root / "src/embook/exercises")
    return [
        *(
            f"{file} is missing"
            for file in needed
            if not (root / file).exists()
        ),
        *(
            f"_toc.yml lacks chapters/{s}"
            for s in sorted(notebooks - {*order})
        ),
        *(
            f"src/embook/{s}.py is neither a chapter's module nor a room"
            for s in sorted(modules - {*order} - ROOMS - {*AHEAD})
        ),
        *(
            f"exercises/{s}.py has no chapter"
            for s in sorted(exercises - {*order})
        ),
        *(
            f"tests/test_{s}.py tests no module"
            for s in sorted(tests - tested)
        ),
        *(f"AHEAD: {s} has its chapter now" for s in AHEAD if s in order),
        *(
            f"AHEAD: there is no module {s}"
            for s in AHEAD
            if s not in modules
        ),
    ]


def line(root: Path) -> list[str]:
    """Return the concept modules in the order in which they may import."""
    order = reading_order(root)
    for module, chapter in AHEAD.items():
        if module not in order:
            place = order.index(chapter) if chapter in order else len(order)
            order.insert(place, module)
    return order


def straight_line(root: Path) -> list[str]:
    """Return the imports in embook that go forward, or go beyond NumPy."""
    order = line(root)
    after = {m: order.index(c) + 1 for m, c in AFTER.items() if c in order}
    said = []
    for path in sorted((root / "src/embook").glob("**/*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        here = order.index(path.stem) if path.stem in order else 0
        # Exercises may use the module that they are about.
        here += path.parent.name == "exercises" and path.stem in order
        here = after.get(path.stem, here)
        allowed = ROOMS | set(order[:here])
        allowed -= {room for room, least in after.items() if here < least}
        file = path.relative_to(root)
        for module in sorted(set(_own_imports(tree)) - allowed):
            known = module in order or module in after
            why = "comes later" if known else "is no room"
            said.append(f"{file} imports embook.{module}, which {why}")
        said += [
            f"{file} imports {package} at its top: do it inside the function "
            "that needs it"
            for package in sorted(set(_heavy_imports(tree.body)))
        ]
    return said


def _imported(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        start = "." * node.level + (node.module or "")
        return [f"{start}.{alias.name}" for alias in node.names]
    return []


def _own_imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        for name in _imported(node):
            package, _, inside = name.partition(".")
            if package in ("embook", ""):
                yield inside.partition(".")[0]


def _heavy_imports(body: list[ast.AST]) -> Iterator[str]:
    light = sys.stdlib_module_names | {"numpy", "embook", ""}
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(
            node.test
        ):
            continue
        yield from {n.partition(".")[0] for n in _imported(node)} - light
        yield from _heavy_imports(ast.iter_child_nodes(node))
