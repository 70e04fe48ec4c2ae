"""What a reader does with Python in the page."""

import contextlib
import inspect
import io
import json
import re
import statistics
import time
import zipfile

import pytest
from conftest import ROOT, watch
from test_crawl import AXE, RULES
from test_reading import BLOCKED

from booksite import live
from booksite.archive import archive
from booksite.canonical import text
from booksite.chapters import reading_order
from booksite.wheel import wheel
from embook.check import check, find

CHAPTERS = reading_order(ROOT)
FIRST = "chapters/similarity.html"
EXERCISE = "ex-cosine-stub"
# Python needs seconds to load, more on a busy machine.
PATIENCE = 60_000
ANEW = "The next run starts Python anew."
LOST = "Python could not be loaded. Check the connection, then run it again."


def cell_of(page, name: str):
    """Return the live cell of that name."""
    return page.locator(f'[data-live="{name}"]')


def press(cell, name: str) -> None:
    """Return nothing; press one of a cell's buttons."""
    cell.get_by_role("button", name=re.compile(f"^{name}")).click()


def wait(cell) -> None:
    """Return nothing; wait until Python has answered the cell."""
    cell.evaluate(
        """(cell, patience) => new Promise((done, failed) => {
            const note = cell.querySelector(".run-note");
            const output = cell.querySelector(".run-output");
            const bar = cell.querySelector("progress");
            const look = () => bar.hidden && !output.ariaBusy
                && (note.textContent || output.textContent) && done();
            new MutationObserver(look).observe(cell, {
                attributes: true, characterData: true,
                childList: true, subtree: true,
            });
            setTimeout(() => failed("no answer"), patience);
            look();
        })""",
        PATIENCE,
    )


def write(cell, source: str) -> None:
    """Return nothing; put this code into a cell."""
    if not cell.locator("textarea").is_visible():
        press(cell, "Edit")
    cell.locator("textarea").fill(source)


def run(cell, source: str | None = None) -> str:
    """Return what a cell prints, after writing code into it."""
    if source is not None:
        write(cell, source)
    press(cell, "Run")
    wait(cell)
    return "".join(cell.locator(".run-output > pre").all_text_contents())


def note(cell) -> str:
    """Return what stands beside the buttons of a cell."""
    own = "note => note.firstChild?.textContent ?? ''"
    return cell.locator(".run-note").evaluate(own)


def spoken(cell) -> str:
    """Return what is read aloud of a run, after the note."""
    return cell.locator(".run-note .unseen").text_content().strip()


def problem(cell) -> str:
    """Return the sentence about an error in a cell."""
    return cell.locator(".run-problem").inner_text()


def stored(cell: dict) -> str:
    """Return what a notebook has stored of a cell's text."""
    return "".join(
        text(output.get("text", ""))
        + text(output.get("data", {}).get("text/plain", ""))
        for output in cell["outputs"]
    )


def notebook(chapter: str) -> dict:
    """Return a chapter's live cells by their names."""
    path = ROOT / "chapters" / f"{chapter}.ipynb"
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return {
        cell["id"]: cell
        for cell in cells
        if "live" in cell["metadata"].get("tags", [])
    }


def differences(printed: dict[str, str], cells: dict) -> list[str]:
    """Return the cells that print in the page what no notebook stores."""
    return [
        f"{name}: {printed.get(name)!r} and not {stored(cell)!r}"
        for name, cell in cells.items()
        if printed.get(name) != stored(cell)
    ]


def kept(page) -> dict:
    """Return what the page has stored, under its one key."""
    return json.loads(page.evaluate("localStorage.getItem('embook')"))


def verdict(source: str, names: dict) -> str:
    """Return what a notebook prints for this source."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(source, names)
    return printed.getvalue()


def test_a_cell_runs_and_weighs_what_its_button_says(visit):
    page, seen = visit(FIRST)
    assert not any("/python/" in r.url for r in seen.responses)
    cells = notebook("similarity")
    cell = cell_of(page, "code-assert")
    button = cell.get_by_role("button", name=re.compile("^Run"))
    label = button.inner_text()
    said = float(re.search(r"loads ([\d.]+) MB once", label)[1])

    # The cells above it, which it stands on, run first.
    assert run(cell) == stored(cells["code-assert"])
    assert re.fullmatch(r"Ran in \d+ ms\.", note(cell))
    assert spoken(cell) == stored(cells["code-assert"]).strip() != ""
    assert button.inner_text() == "Run"
    got = {
        r.url.rpartition("/")[2]: r
        for r in seen.responses
        if "/python/" in r.url
    }
    weight = sum(live.sent(name, r.body()) for name, r in got.items())
    assert abs(weight / 1e6 - said) <= 0.05
    assert weight <= 9.5e6
    assert set(got) == set(live.parts(ROOT))
    assert seen.problems == []


@pytest.mark.deep
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_live_cell_prints_what_the_notebook_stores(
    chapter, visit, capsys
):
    page, seen = visit(f"chapters/{chapter}.html")
    cells, printed, times = notebook(chapter), {}, []
    for name in cells:
        start = time.perf_counter()
        printed[name] = run(cell_of(page, name))
        times.append(time.perf_counter() - start)
    assert differences(printed, cells) == []
    assert seen.problems == []
    with capsys.disabled():
        later = statistics.median(times[1:] or [0]) * 1000
        print(
            f"\n{chapter}: {len(cells)} live cells; first result after "
            f"{times[0]:.1f} s, then {later:.0f} ms (median), "
            f"at most {max(times[1:] or [0]) * 1000:.0f} ms"
        )

    # A stored digit that differs is found.
    for name, cell in cells.items():
        if digit := re.search(r"\d", stored(cell)):
            other = str((int(digit[0]) + 1) % 10)
            false = re.sub(r"\d", other, stored(cell), count=1)
            planted = {"outputs": [{"text": false}]}
            found = differences(printed, cells | {name: planted})
            assert len(found) == 1
            assert found[0].startswith(name)


@pytest.mark.deep
def test_a_library_that_computes_otherwise_is_noticed(visit):
    with zipfile.ZipFile(io.BytesIO(wheel(ROOT)[1])) as whole:
        files = {name: whole.read(name) for name in whole.namelist()}
    module = "embook/similarity.py"
    false = files[module].replace(b"np.arccos(", b"1.001 * np.arccos(")
    assert false != files[module]
    spoilt = archive(files | {module: false})
    page, _ = visit(FIRST)
    page.context.route(
        "**/embook.whl", lambda route: route.fulfill(body=spoilt)
    )
    cell = notebook("similarity")["metric-run"]
    printed = {"metric-run": run(cell_of(page, "metric-run"))}
    assert len(differences(printed, {"metric-run": cell})) == 1


@pytest.mark.deep
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_mistake_gets_the_diagnosis_of_the_notebook(chapter, visit):
    stubs = {
        name: re.search(r'check\(\w+, "([\w.]+)"\)', text(cell["source"]))[1]
        for name, cell in notebook(chapter).items()
        if "exercise" in cell["metadata"]["tags"]
    }
    page, seen = visit(f"chapters/{chapter}.html")
    start = f"from embook.exercises import {chapter}\n"
    start += f"globals().update(vars({chapter}))\n"
    for name, exercise in stubs.items():
        for mistake in find(exercise).mistakes:
            wrong = mistake.wrong
            asked = f'check({wrong.__name__}, "{exercise}")\n'
            typed = f"{start}\n\n{inspect.getsource(wrong)}\n\n{asked}"
            got = run(cell_of(page, name), typed)
            assert got == f"{exercise}: not yet. {mistake.hint}\n"
            assert got == verdict(typed, {"check": check})
    assert not kept(page)["exercises"]
    assert seen.problems == []


@pytest.mark.deep
def test_an_answer_is_judged_as_in_the_notebook_and_kept(visit):
    page, seen = visit(FIRST)
    cell = cell_of(page, EXERCISE)
    start = "def my_cosine(a, b):\n    return "
    end = '\n\n\ncheck(my_cosine, "similarity.cosine")'
    for wrong in ("np.dot(a, b)", "'one'", "a + b", "None", "1 / 0", "{}"):
        typed = f"{start}{wrong}{end}"
        names = {"check": check, "np": __import__("numpy")}
        assert run(cell, typed) == verdict(typed, names)
    assert run(cell, f"{start}np.dot(a, b){end}").endswith(
        "not yet. This is the dot product: divide it by both lengths.\n"
    )
    assert not kept(page)["exercises"]

    right = (
        "def my_cosine(a, b):\n"
        "    if not (a.any() and b.any()):\n"
        "        raise ValueError('a zero vector')\n"
        "    return a @ b / np.sqrt((a @ a) * (b @ b))"
    )
    assert "right in all" in run(cell, right + end)
    assert note(cell) == "Solved. Your progress has it."
    assert kept(page)["exercises"] == {"similarity.cosine": True}

    page.reload()
    assert note(cell) == "You solved this one before."
    assert cell.locator("textarea").input_value() == right + end
    page.goto(page.url.replace(FIRST, "index.html"))
    assert "1 of" in page.locator("#progress p").first.inner_text()
    assert seen.problems == []


@pytest.mark.deep
def test_a_loop_without_end_is_stopped_by_the_reader(visit):
    page, seen = visit(FIRST)
    cell = cell_of(page, "dot-hand")
    write(cell, "print('here')\nwhile True:\n    pass")
    press(cell, "Run")
    cell.locator(".run-output pre").wait_for(timeout=PATIENCE)
    assert cell.locator(".run-output").inner_text().strip() == "here"
    other = cell_of(page, "cosine-hand")
    press(other, "Run")
    assert note(other).startswith("Python is busy with a cell.")
    press(cell, "Stop")
    assert note(cell) == f"Stopped. {ANEW}"
    # The looping worker is gone; another loads for the next run.
    deadline = time.monotonic() + 10
    while len(page.workers) > 1 and time.monotonic() < deadline:
        page.wait_for_timeout(100)
    assert len(page.workers) == 1
    assert not cell.get_by_role("button", name="Stop").is_visible()

    # The loop is there still, but stands above no more than it did.
    press(cell, "Reset")
    assert run(other) == stored(notebook("similarity")["cosine-hand"])
    assert seen.problems == []


@pytest.mark.deep
def test_a_loop_without_end_is_stopped_after_a_while(visit):
    page, seen = visit("back/notation.html")
    page.clock.install()
    page.goto(page.url.replace("back/notation.html", FIRST))
    cell, next_one = cell_of(page, "imports"), cell_of(page, "dot-hand")
    assert run(cell, "print(1)").strip() == "1"
    write(cell, "while True:\n    pass")
    for pressed in (cell, next_one):
        press(pressed, "Run")
        if pressed is next_one:
            pressed.locator("progress").wait_for(
                state="hidden", timeout=PATIENCE
            )
        page.clock.fast_forward(19_000)
        assert "Stopped" not in note(pressed)
        page.clock.fast_forward(2000)
        said = f"Stopped after 20 seconds, before it was done. {ANEW}"
        if pressed is next_one:
            said = f"A cell above runs first. {said}"
        assert note(pressed) == said
    press(cell, "Reset")
    assert run(next_one) == stored(notebook("similarity")["dot-hand"])
    assert seen.problems == []


@pytest.mark.deep
def test_an_error_is_one_sentence_and_the_page_goes_on(visit):
    page, seen = visit(FIRST)
    cell = cell_of(page, "dot-hand")
    elsewhere = "download the chapter and run it on your machine."
    for source, said in {
        "x = 1\n1 / 0": "ZeroDivisionError: division by zero",
        "import torch": f"torch is not in this page: {elsewhere}",
        "cosine(3, 'a')": "ValueError: a has rank 0 (shape ()): rank 2 is "
        "needed",
        "def f(:": "SyntaxError: invalid syntax",
        "[np.empty(2 * 10**8) for _ in range(3)]": "This needs more memory "
        f"than a page has: {elsewhere}",
        "for i in range(10**6): print(i)": "more than 50,000 characters were "
        "printed: the cell was stopped.",
        "input('?')": "RuntimeError: input() cannot ask here: write the "
        "value in the code",
    }.items():
        run(cell, source)
        line = source.count("\n") + 1
        assert problem(cell) == spoken(cell) == f"Line {line}: {said}"
        assert not cell.locator("details").get_attribute("open")
    run(cell, "def f():\n    f()\nf()")
    assert "RecursionError" in problem(cell)
    cell.locator("summary").click()
    assert "Traceback (most recent call last)" in cell.inner_text()

    # An error above stops no other cell, as in a notebook.
    assert run(cell_of(page, "cosine-hand"), "print(2)") == "2\n"
    press(cell, "Reset")
    assert run(cell) == stored(notebook("similarity")["dot-hand"])
    assert seen.problems == []


@pytest.mark.deep
def test_a_changed_cell_counts_for_the_cells_below(visit):
    page, seen = visit(FIRST)
    cell, below = cell_of(page, "dot-hand"), cell_of(page, "cosine-hand")
    names = "a = np.array([7])\nb = c = a"
    write(cell, names)
    assert run(below, "print(a)") == "[7]\n"
    press(cell, "Reset")
    assert run(below) == "[3. 4.]\n"
    press(cell, "Undo reset")
    assert cell.locator("textarea").input_value() == names
    assert run(below) == "[7]\n"
    assert seen.problems == []


@pytest.mark.deep
def test_a_readers_text_is_kept(visit):
    page, seen = visit(FIRST)
    cell = cell_of(page, "dot-hand")
    press(cell, "Edit")
    page.keyboard.press("Control+End")
    page.keyboard.type("\nprint('mine')")
    typed = cell.locator("textarea").input_value()
    assert typed.endswith("4)\nprint('mine')")
    page.reload()
    assert cell.locator("textarea").input_value() == typed
    assert cell.locator("textarea").is_visible()
    assert kept(page)["code"] == {"chapters/similarity#dot-hand": typed}
    assert run(cell).endswith("\nmine\n")

    press(cell, "Reset")
    assert not cell.locator("textarea").is_visible()
    assert cell.locator(".cell_output").last.is_visible()
    assert kept(page)["code"] == {}
    page.reload()
    assert not cell.locator("textarea").is_visible()
    assert seen.problems == []


@pytest.mark.deep
def test_it_is_all_done_by_keyboard(visit):
    page, seen = visit(FIRST)
    cell = cell_of(page, "dot-hand")
    editor = cell.locator("textarea")
    focused = "e => e === document.activeElement"
    cell.get_by_role("button", name=re.compile("^Run")).focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert editor.evaluate(focused)
    page.keyboard.press("Tab")  # nothing is written yet: it passes through
    assert not editor.evaluate(focused)
    page.keyboard.press("Shift+Tab")
    assert editor.evaluate(focused)
    described = editor.get_attribute("aria-describedby")
    assert "Escape" in page.locator(f"#{described}").inner_text()

    page.keyboard.press("Control+a")
    page.keyboard.type("def f(x):\nif x:\n")
    assert editor.input_value() == "def f(x):\n    if x:\n        "
    page.keyboard.press("Shift+Tab")
    page.keyboard.type("return 3\n")
    page.keyboard.press("Shift+Tab")
    page.keyboard.type("f(2)")
    whole = "def f(x):\n    if x:\n    return 3\nf(2)"
    assert editor.input_value() == whole
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Home")
    page.keyboard.press("Shift+End")
    page.keyboard.press("Tab")
    whole = whole.replace("    return", "        return")
    assert editor.input_value() == whole
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+y")
    assert editor.input_value() == whole
    page.keyboard.press("Shift+Enter")
    wait(cell)
    assert cell.locator(".run-output pre").inner_text() == "3"

    # The editor catches Tab, and lets go of it after Escape, both ways.
    assert editor.evaluate(focused)
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    run_button = cell.get_by_role("button", name="Run")
    assert run_button.evaluate(focused)
    page.keyboard.press("Shift+Tab")
    assert editor.evaluate(focused)
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+Tab")
    assert not editor.evaluate(focused)
    assert editor.input_value() == whole

    cell.get_by_role("button", name="Reset").press("Enter")
    assert not editor.is_visible()
    assert cell.get_by_role("button", name="Undo reset").evaluate(focused)
    assert seen.problems == []


@pytest.mark.deep
def test_it_works_where_storage_is_blocked(chromium, address):
    context = chromium.new_context()
    context.add_init_script(BLOCKED)
    page = context.new_page()
    seen = watch(page, address)
    page.goto(f"{address}/{FIRST}")
    cell = cell_of(page, "imports")
    assert run(cell, "print(3)") == "3\n"
    assert "your text is lost when you leave" in cell.inner_text()
    assert seen.problems == []
    context.close()


def test_a_browser_without_webassembly_is_told(chromium, address):
    context = chromium.new_context()
    context.add_init_script("delete globalThis.WebAssembly")
    page = context.new_page()
    seen = watch(page, address)
    page.goto(f"{address}/{FIRST}")
    cell = cell_of(page, "imports")
    run(cell)
    assert note(cell).startswith("This browser lacks WebAssembly")
    assert not cell.get_by_role("button", name="Stop").is_visible()
    assert seen.problems == []
    context.close()


@pytest.mark.deep
@pytest.mark.parametrize(
    "lost",
    [
        "worker.js",
        "cell.py",
        "pyodide.mjs",
        "pyodide.asm.js",
        "pyodide.asm.wasm.gzip",
        "python_stdlib.zip",
        "pyodide-lock.json",
        "embook.whl",
        "numpy-*.whl",
    ],
)
def test_a_lost_connection_is_told_and_got_over(visit, lost):
    page, _ = visit(FIRST)
    page.context.route(f"**/python/{lost}", lambda route: route.abort())
    cell = cell_of(page, "imports")
    run(cell, "print(4)")
    assert note(cell) == LOST
    page.context.unroute_all()
    assert run(cell) == "4\n"


def test_from_a_file_there_are_no_buttons(chromium, site):
    page = chromium.new_page()
    seen = watch(page, "file:")
    page.goto(site.joinpath(FIRST).as_uri())
    page.wait_for_load_state("networkidle")
    assert page.locator("[data-live]").count() > 5
    assert page.locator(".run-bar").count() == 0
    assert seen.problems == []
    page.close()


def test_only_pages_that_run_python_may_compile_it(site):
    for path in site.rglob("*.html"):
        html = path.read_text()
        assert ("wasm-unsafe-eval" in html) == ('data-live="' in html), path
        assert "'unsafe-eval'" not in html


@pytest.mark.deep
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_cell_that_has_run_is_right_on_a_small_screen(visit, scheme):
    page, seen = visit(FIRST, width=320, color_scheme=scheme)
    run(cell_of(page, "dot-hand"), "print('long ' * 50)\n1 / 0")
    run(cell_of(page, "code-assert"))
    cell_of(page, "dot-hand").locator("summary").click()
    run(cell_of(page, EXERCISE))
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    for button in page.locator(".run-bar button:visible").all():
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 24
    page.evaluate(AXE.read_text("utf-8"))
    report = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
    found = [(v["id"], v["nodes"][0]["html"]) for v in report["violations"]]
    assert found == []
    assert seen.problems == []


def test_what_is_said_is_said_aloud(visit):
    page, _ = visit(FIRST)
    note = cell_of(page, "imports").locator(".run-note")
    assert note.get_attribute("role") == "status"


@pytest.mark.deep
def test_the_build_knows_which_modules_the_page_has(visit):
    page, _ = visit(FIRST)
    cell = cell_of(page, "imports")
    named = sorted(n for n in live.modules() if not n.startswith("_"))
    source = (
        "import importlib.util as util, sys\n"
        f"for name in {named}:\n"
        "    if not (name in sys.builtin_module_names or "
        "util.find_spec(name)):\n"
        "        print(name)"
    )
    assert run(cell, source) == ""
