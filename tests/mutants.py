"""Mutants: small wrong versions of a function, made from its own source."""

import ast
import copy
import inspect
import textwrap
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType, ModuleType

SWAPS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
NAMES = {"any": "all", "all": "any", "max": "min", "min": "max"}
NAMES |= {"sum": "max", "argmax": "argmin", "sqrt": "abs", "clip": "maximum"}
# Rooms are tested for themselves; a mutant is made of the idea only.
ROOMS = {"embook.refuse", "embook.check", "embook.data", "embook.draw"}


def parts(f: FunctionType) -> list[FunctionType]:
    """Return f and the book's functions that it calls, itself first."""
    found, waiting = [], [f]
    while waiting:
        g = waiting.pop()
        if g in found:
            continue
        found.append(g)
        names = _names(g.__code__)
        for name in names:
            thing = g.__globals__.get(name)
            if isinstance(thing, ModuleType):
                called = [getattr(thing, n, None) for n in names]
            else:
                called = [thing]
            waiting += [
                c
                for c in called
                if isinstance(c, FunctionType)
                and c.__module__.startswith("embook.")
                and c.__module__ not in ROOMS
            ]
    return found


def _names(code: CodeType) -> list[str]:
    inner = [c for c in code.co_consts if isinstance(c, CodeType)]
    return [*code.co_names, *(n for c in inner for n in _names(c))]


def mutants(f: Callable) -> Iterator[tuple[str, CodeType]]:
    """Return each mutant of f: what was changed, and the code to run."""
    source = textwrap.dedent(inspect.getsource(f))
    whole = ast.parse(source)
    body = whole.body[0].body
    if ast.get_docstring(whole.body[0]) is not None:
        del body[0]
    # Defaults belong to the function: other code would not change them.
    whole.body[0].args.defaults.clear()
    for place in range(sum(1 for _ in ast.walk(whole))):
        for change in range(2):
            tree = copy.deepcopy(whole)
            node = list(ast.walk(tree))[place]
            before = ast.unparse(node)
            if not _mutate(node, change):
                break
            name = f"{f.__name__}: {before} -> {ast.unparse(node)}"
            code = compile(ast.fix_missing_locations(tree), name, "exec")
            yield name, _find(code, f.__name__)


def _find(code: CodeType, name: str) -> CodeType:
    return next(
        c
        for c in code.co_consts
        if isinstance(c, CodeType) and c.co_name == name
    )


def _mutate(node: ast.AST, change: int) -> bool:
    """Return whether change 0 or 1 could be made to the node, in place."""
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        node.value += (1, -1)[change]
        return True
    if change:
        return False
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        node.value = not node.value
    elif isinstance(node, ast.BinOp | ast.BoolOp) and type(node.op) in SWAPS:
        node.op = SWAPS[type(node.op)]()
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPS:
        node.ops[0] = SWAPS[type(node.ops[0])]()
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node.op = ast.UAdd()
    elif isinstance(node, ast.Name) and node.id in NAMES:
        node.id = NAMES[node.id]
    elif isinstance(node, ast.Attribute) and node.attr in NAMES:
        node.attr = NAMES[node.attr]
    elif isinstance(node, ast.Expr):  # a statement that only checks
        node.value = ast.Constant(None)
    elif isinstance(node, ast.If):
        node.test = ast.Constant(False)
    else:
        return False
    return True
