"""Chapters: execute the notebooks, in reading order, and save them.

`make chapters` runs this: it is the only writer of the notebooks. A
chapter that raises stays as it was, and nothing after it is executed.
"""

import base64
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml

from booksite.canonical import canonical, text

PICTURE = Path("back/first-answer.png")
# One thread sums in one order, and one seed hashes strings in one order.
REPEATABLE = {"OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
# What all chapters cost, for the page on what runs.
COSTS = Path("benchmarks/chapters.json")
# Asked of the kernel after its last cell; Windows has no `resource`. Linux
# hands a parent's largest memory on in ru_maxrss, but not in VmHWM.
COST = """
try:
    import pathlib, resource, sys
    used = resource.getrusage(resource.RUSAGE_SELF)
    peak = used.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    status = pathlib.Path("/proc/self/status")
    if status.exists():
        words = status.read_text().split()
        peak = int(words[words.index("VmHWM:") + 1]) / 1e3
    print(used.ru_utime + used.ru_stime, peak)
except ImportError:
    print()
"""


class ChapterError(Exception):
    """A chapter that cannot be executed or saved; says which and why."""


def notebooks(root: Path) -> list[Path]:
    """Return the paths of the notebooks in _toc.yml, in reading order.

    Every chapter is one, written or not; so are some pages of back/.
    """
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    paths = [root / f"{file}.ipynb" for file in _files(toc)]
    return [p for p in paths if p.parent.name == "chapters" or p.exists()]


def reading_order(root: Path) -> list[str]:
    """Return the stems of the chapters in _toc.yml, in reading order."""
    paths = notebooks(root)
    return [path.stem for path in paths if path.parent.name == "chapters"]


def _files(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if "file" in node:
            yield node["file"]
        node = list(node.values())
    if isinstance(node, list):
        for part in node:
            yield from _files(part)


def execute(
    notebook: dict, folder: Path, tick: Callable[[int, int], None]
) -> tuple[str, list[float]]:
    """Return the canonical text of the executed notebook, and what it cost.

    That is processor seconds and megabytes, or nothing on Windows. It runs
    in a fresh kernel in `folder`; tick(done, all) is called after each cell.
    Raises ChapterError, naming the cell, where one fails.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellControlSignal, DeadKernelError

    nb = nbformat.reads(canonical(notebook), as_version=4)
    client = NotebookClient(
        nb,
        kernel_name="python3",
        record_timing=False,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(folder)}},
    )
    with client.setup_kernel():
        for i, cell in enumerate(nb.cells):
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
            try:
                client.execute_cell(cell, i)
            except (CellControlSignal, DeadKernelError) as problem:
                raise ChapterError(f"cell {cell.id}: {problem}") from None
            tick(i + 1, len(nb.cells))
        done = canonical(nb)
        probe = nbformat.v4.new_code_cell(COST)
        for _ in range(3):  # on a busy machine an answer can get lost
            client.execute_cell(probe, 0, store_history=False)
            if probe.outputs:
                break
    said = "".join(output.get("text", "") for output in probe.outputs)
    return done, [float(x) for x in said.split()]


def rewrite(path: Path) -> tuple[str, list[float]]:
    """Return one line on a chapter just executed and saved, and its cost.

    Raises ChapterError where it cannot be read or executed; the file then
    stands as it was.
    """
    try:
        before = path.read_text(encoding="utf-8")
        notebook = json.loads(before)
    except (OSError, ValueError) as problem:
        raise ChapterError(f"{path} is no notebook: {problem}") from None
    start = time.perf_counter()
    try:
        after, cost = execute(notebook, path.parent, _bar(path.stem))
    except ChapterError as problem:
        raise ChapterError(f"{path}, {problem}") from None
    if after != before:
        new = path.with_suffix(".new")
        new.write_text(after, encoding="utf-8")
        os.replace(new, path)
    state = "unchanged" if after == before else "saved"
    wall = time.perf_counter() - start
    said = (
        "{:6.1f} CPU-s  {:5.0f} MB".format(*cost) if cost else "cost unknown"
    )
    return f"{path.stem:16}{wall:6.1f} s  {said}  {state}", cost


def _bar(stem: str) -> Callable[[int, int], None]:
    start = time.perf_counter()

    def tick(done: int, n: int) -> None:
        bar = "#" * (24 * done // n)
        spent = time.perf_counter() - start
        line = f"\r{stem:16}{spent:6.1f} s  [{bar:24}] {done}/{n} cells\033[K"
        if sys.stdout.isatty():
            print(line, end="\r\033[K" if done == n else "", flush=True)

    return tick


def first_figure(path: Path) -> bytes:
    """Return the first figure that a notebook stores, as PNG; b"" if none."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                return base64.b64decode(text(output["data"]["image/png"]))
    return b""


def keep(costs: dict[str, list[float]], order: list[str], add: bool) -> None:
    """Return nothing; write what chapters cost, in reading order.

    If add, those that have a cost already keep it: figures of one run can be
    compared.
    """
    known = {
        stem: [round(x, 1) for x in cost] for stem, cost in costs.items()
    }
    if add and COSTS.exists():
        known |= json.loads(COSTS.read_text("utf-8"))
    listed = {stem: known[stem] for stem in order if stem in known}
    COSTS.write_text(json.dumps(listed, indent=1) + "\n", "utf-8")


def main(names: list[str]) -> None:
    """Return nothing; execute and save the named chapters, or all of them.

    The README shows the first figure of the first chapter; it is kept so.
    What all chapters cost is kept, and that of a chapter new to the list.

    Exits with one message where a name is unknown or a chapter fails.
    """
    if not Path("_toc.yml").exists():
        sys.exit("no _toc.yml here: run this in the book's root")
    order = {path.stem: path for path in notebooks(Path())}
    unknown = sorted(set(names) - set(order))
    if unknown:
        has = list(order)
        sys.exit(f"no chapter {', '.join(unknown)}: _toc.yml has {has}")
    for name, value in REPEATABLE.items():
        if os.environ.get(name) != value:
            sys.exit(f"{name} must be {value}: `make chapters` sets it")
    costs = {}
    for stem, path in order.items():
        if stem in names or not names:
            try:
                line, costs[stem] = rewrite(path)
                print(line)
            except ChapterError as problem:
                sys.exit(f"{problem}\nNothing was saved for {stem}.")
    figure = first_figure(next(iter(order.values())))
    if figure and PICTURE.parent.is_dir():
        PICTURE.write_bytes(figure)
    if COSTS.parent.is_dir() and all(costs.values()):
        keep(costs, [*order], add=bool(names))


if __name__ == "__main__":
    main(sys.argv[1:])
