"""The laws: the book keeps them, and each can fail."""

import subprocess
import sys
from pathlib import Path

import pytest
import tiny
from laws import dashboard, decimals, rhythm, stored, style, tree, unchanged

from booksite import chapters
from booksite.canonical import text
from booksite.chapters import reading_order

ROOT = Path(__file__).parents[1]
CHAPTERS = [ROOT / f"chapters/{stem}.ipynb" for stem in reading_order(ROOT)]
# Cells whose outputs may differ from run to run, because they print times.
TIMED_CELLS = 1
# Public functions that no real library has, each with the reason.
NO_PEER: dict[str, str] = {
    "rag.stored": "reads the book's own file",
    "rag.opening": "a rule of the book's own",
    "rag.read": "a rule of the book's own",
    "rag.prompt": "the book's own words",
    "rag.answer": "smollm.stream, which is held beside its peers, cut short",
}

each_chapter = pytest.mark.parametrize(
    "path", CHAPTERS, ids=[path.stem for path in CHAPTERS]
)


def assert_held(complaints: list[str]) -> None:
    if complaints:
        pytest.fail("\n".join(complaints), pytrace=False)


def parities(root: Path) -> list[str]:
    return style.with_parity(root, NO_PEER)


# --- the book ---------------------------------------------------------------


def test_law_1_stems_agree():
    assert_held(tree.same_stems(ROOT))


def test_law_2_modules_form_a_straight_line():
    assert_held(tree.straight_line(ROOT))


@each_chapter
def test_law_3_outputs_are_of_one_fresh_run(path):
    assert_held(stored.freshly_executed(path))


def test_law_3_only_timings_may_differ():
    assert stored.timed(CHAPTERS) == TIMED_CELLS


@each_chapter
def test_law_4_every_part_is_there(path):
    assert_held(rhythm.all_parts(path))


def test_law_4_headings_say_the_idea():
    assert_held(rhythm.headings_say_the_idea(CHAPTERS))


@each_chapter
def test_law_5_decimals_are_printed_or_cited(path):
    assert_held(decimals.printed_or_cited(path))


@pytest.mark.parametrize(
    "law",
    [
        style.documented,
        style.small,
        style.no_back_doors,
        style.tests_can_fail,
        parities,
    ],
)
def test_law_6(law):
    assert_held(law(ROOT))


def test_the_page_of_parity_is_up_to_date():
    assert_held(dashboard.up_to_date(ROOT))


def test_the_readme_shows_the_first_figure():
    shown = (ROOT / chapters.PICTURE).read_bytes()
    same = shown == chapters.first_figure(CHAPTERS[0])
    assert same, "run `make chapters`: it copies the first figure"
    assert str(chapters.PICTURE) in (ROOT / "README.md").read_text("utf-8")


# --- each law can fail: chapters --------------------------------------------


def cell(notebook: dict, name: str) -> dict:
    return next(c for c in notebook["cells"] if c["id"] == name)


def put(name: str, **changes):
    return lambda nb: cell(nb, name).update(changes)


def tag(name: str, *tags: str):
    return lambda nb: cell(nb, name)["metadata"].update(tags=list(tags))


def error() -> list[dict]:
    said = {"ename": "OSError", "evalue": "no file", "traceback": ["OSError"]}
    return [{"output_type": "error"} | said]


def shows(**data) -> list[dict]:
    data = {key.replace("_", "/"): value for key, value in data.items()}
    return [{"output_type": "display_data", "data": data, "metadata": {}}]


FAULTS = {
    stored.freshly_executed: {
        "execution count None, not 2": put("cosine", execution_count=None),
        "execution count 7, not 2": put("cosine", execution_count=7),
        "cell cosine: a stored error, OSError: no file": put(
            "cosine", outputs=error()
        ),
        "tagged raises-exception, but it raised": tag(
            "cosine", "raises-exception"
        ),
        "an NBVAL_ comment": put("done", source=["# NBVAL_SKIP\n", "x = 1"]),
        "without the comment `# timing`": tag("done", "nbval-ignore-output"),
        "stderr is stored": put(
            "cosine",
            outputs=[{**tiny.said("careful\n")[0], "name": "stderr"}],
        ),
        "an address in memory: '0x7f3a12'": put(
            "cosine", outputs=tiny.said("<f at 0x7f3a12>\n")
        ),
        "a path of this machine": put(
            "cosine", outputs=tiny.said("/home/me/file\n")
        ),
        "a type instead of a number": put(
            "cosine", outputs=tiny.said("[np.float64(0.96)]\n")
        ),
        "a carriage return": put("cosine", outputs=tiny.said("1\r2\n")),
        "colour codes": put("cosine", outputs=tiny.said("\x1b[31mred\n")),
        "shows image/jpeg, which nothing compares": put(
            "cosine", outputs=shows(image_jpeg="abcd")
        ),
        "a figure without alt text": put("bars", metadata={}),
        "kB: 80 kB are allowed": put(
            "bars", outputs=tiny.drawn(tiny.png(size=300))
        ),
        "is no notebook": lambda nb: cell(nb, "cosine").pop("outputs"),
    },
    rhythm.all_parts: {
        "no cell is tagged by-hand": tag("hand"),
        "the tag by_hand is none of": tag("hand", "by-hand", "by_hand"),
        "cell done: a solution is a code cell": put(
            "done", metadata={"tags": ["solution"]}
        ),
        "cell done: a solution is a code cell tagged hide-cell, with": put(
            "done", metadata={"tags": ["solution", "hide-cell"]}
        ),
        "is a code cell tagged hide-cell": tag("done", "solution"),
        "cell keep: a solution is a code cell": tag(
            "keep", "solution", "remember", "next"
        ),
        "only solutions are hidden": tag("done", "hide-cell"),
    },
    decimals.printed_or_cited: {
        "cell hand: 0.97 is in no": put("hand", source=["It is 0.97."]),
        "cell hand: .96 is in no": put("hand", source=["It is .96."]),
        "cell hand: 0.960 is in no": put("hand", source=["It is 0.960."]),
        "cell hand: 0.5 is in no": put("hand", source=["It is 0.5."]),
        "cell hand: -0.96 is in no": put("hand", source=["It is −0.96."]),
        "cell hand: 1.4 is in no": put("hand", source=["Take $1.4^2$."]),
        "cell hand: 1.5 is in no": put("hand", source=["`f(1.5)` fails."]),
        "cell read: 2.5 is in no": put(
            "read", source=["It takes 2.5s. Known {cite}`x`."]
        ),
        "alt text of cell bars: 0.3 is in no": put(
            "bars", metadata={"mystnb": {"image": {"alt": "A bar of 0.3"}}}
        ),
    },
}


@pytest.mark.parametrize("law", FAULTS)
def test_a_good_chapter_keeps(law, tmp_path):
    assert_held(law(tiny.save(tiny.chapter(), tmp_path / "tiny.ipynb")))


@pytest.mark.parametrize(
    ("law", "complaint"),
    [(law, said) for law, faults in FAULTS.items() for said in faults],
)
def test_a_fault_breaks(law, complaint, tmp_path):
    notebook = tiny.chapter()
    FAULTS[law][complaint](notebook)
    path = tmp_path / "tiny.ipynb"
    path.write_text(tiny.dumps(notebook), encoding="utf-8")
    assert complaint in "\n".join(law(path))


@pytest.mark.parametrize(
    "edit",
    [
        lambda nb: nb["metadata"].update(language_info={"name": "python"}),
        lambda nb: cell(nb, "done")["metadata"].update(collapsed=True),
        lambda nb: cell(nb, "hand").update(source=["Two spaces.  \n", "x"]),
        lambda nb: cell(nb, "done").update(id="3fa85f64"),
        lambda nb: cell(nb, "done").update(id="title"),
        lambda nb: nb.update(nbformat_minor=4),
        lambda nb: cell(nb, "cosine").update(
            outputs=tiny.said("0.96 ") + tiny.said("and -0.5\n")
        ),
        lambda nb: cell(nb, "bars")["outputs"][0].update(metadata={"a": 1}),
    ],
)
def test_law_3_wants_the_canonical_form(edit, tmp_path):
    notebook = tiny.chapter()
    edit(notebook)
    path = tmp_path / "tiny.ipynb"
    path.write_text(tiny.dumps(notebook), encoding="utf-8")
    (complaint,) = stored.freshly_executed(path)
    assert "tiny.ipynb is not as the writer saves it" in complaint
    tiny.save(notebook, path)
    assert_held(stored.freshly_executed(path))


def test_law_3_counts_the_cells_that_may_differ(tmp_path):
    notebook = tiny.chapter()
    tag("done", "nbval-ignore-output")(notebook)
    path = tiny.save(notebook, tmp_path / "tiny.ipynb")
    assert stored.timed([path, path]) == 2


def test_law_4_finds_headings_that_say_nothing(tmp_path):
    paths = [
        tiny.save(tiny.chapter(), tmp_path / f"{name}.ipynb")
        for name in "abcd"
    ]
    assert_held(rhythm.headings_say_the_idea(paths[:3]))
    both = rhythm.headings_say_the_idea(paths)
    assert both[0] == (
        'the heading "by hand" stands in 4 chapters (a, b, c, d): '
        "let it say the idea"
    )


def test_law_4_sees_no_heading_in_fenced_code():
    fenced = "```python\n# no\n```\n## Yes\n"
    notebook = {"cells": [tiny.prose("a", fenced)]}
    assert rhythm.headings(notebook) == {"yes"}


# --- each law can fail: the tree --------------------------------------------

LAST = "src/embook/last.py"
TEST = "tests/test_last.py"
SPARE = 150 - len(tiny.CONCEPT.splitlines())
BODY = "    return _kept"
# A law, what it says, and how to earn it: in a file, this for that.
TREE_FAULTS = [
    (tree.same_stems, f"{TEST} is missing", TEST, None, None),
    (tree.same_stems, f"{LAST} is missing", LAST, None, None),
    (
        tree.same_stems,
        "exercises/last.py is missing",
        "src/embook/exercises/last.py",
        None,
        None,
    ),
    (
        tree.same_stems,
        "chapters/last.ipynb is missing",
        "chapters/last.ipynb",
        None,
        None,
    ),
    (
        tree.same_stems,
        "_toc.yml lacks chapters/new",
        "chapters/new.ipynb",
        "",
        "{}",
    ),
    (
        tree.same_stems,
        "embook/new.py is neither",
        "src/embook/new.py",
        "",
        "x = 1",
    ),
    (
        tree.same_stems,
        "exercises/new.py has no chapter",
        "src/embook/exercises/new.py",
        "",
        "x = 1",
    ),
    (
        tree.same_stems,
        "test_new.py tests no module",
        "tests/test_new.py",
        "",
        "x = 1",
    ),
    (tree.same_stems, "norms has its chapter", "_toc.yml", "last", "norms"),
    (
        tree.same_stems,
        "there is no module norms",
        "src/embook/norms.py",
        None,
        None,
    ),
    (
        tree.straight_line,
        "imports embook.last, which comes later",
        "src/embook/similarity.py",
        "import numpy as np\n",
        "import numpy as np\nfrom embook.last import final\n",
    ),
    (
        tree.straight_line,
        "imports embook.last, which comes later",
        "src/embook/norms.py",
        "    return",
        "    from embook import last\n\n    return",
    ),
    (
        tree.straight_line,
        "refuse.py imports embook.norms, which comes later",
        "src/embook/refuse.py",
        "",
        "import embook.norms\n",
    ),
    (
        tree.straight_line,
        "imports embook.exercises, which is no room",
        LAST,
        "",
        "from embook.exercises import last\n",
    ),
    (
        tree.straight_line,
        "exercises/similarity.py imports embook.last",
        "src/embook/exercises/similarity.py",
        "",
        "from embook.last import final\n",
    ),
    (
        tree.straight_line,
        "imports embook.norms, which",
        "src/embook/refuse.py",
        "",
        "from .norms import length\n",
    ),
    (
        tree.straight_line,
        "similarity.py imports embook.minilm, which comes later",
        "src/embook/similarity.py",
        "    return",
        "    from embook import minilm\n\n    return",
    ),
    (
        tree.straight_line,
        "minilm.py imports embook.last, which comes later",
        "src/embook/minilm.py",
        "",
        "from embook import last\n",
    ),
    (
        tree.straight_line,
        "last.py imports torch at its top",
        LAST,
        "",
        "try:\n    import torch\nexcept ImportError:\n    torch = None\n",
    ),
    (
        style.documented,
        "last.py: no docstring",
        LAST,
        '"""Last',
        '_ = """Last',
    ),
    (style.documented, "no line `Source:`", LAST, "Source:  S", "By: S"),
    (style.documented, "no line `Shapes:`", LAST, "Shapes:  N", "Shapes:\n"),
    (
        style.documented,
        "`Chapter:` names another",
        LAST,
        "chapters/last",
        "chapters/first",
    ),
    (
        style.documented,
        "final: its docstring does not start with Return",
        LAST,
        "Return x",
        "Gives x",
    ),
    (style.documented, "does not say Raises", LAST, "Raises ValueError", "N"),
    (style.documented, "final: no doctest", LAST, ">>>", "..."),
    (style.documented, "no shape such as", LAST, "(N, D).", "(rows)."),
    (
        style.documented,
        "Thing: no docstring",
        LAST,
        "def final",
        "class Thing:\n    x = 1\n\n\ndef final",
    ),
    (
        style.documented,
        "refuse.py:2 rows: no docstring",
        "src/embook/refuse.py",
        'checks."""\n',
        'checks."""\ndef rows(x):\n    return x\n',
    ),
    (style.small, "last.py has 151 lines", LAST, "", "\n" * (SPARE + 1)),
    (
        style.small,
        "final has 31 lines",
        LAST,
        BODY,
        "    x = 1\n" * 29 + BODY,
    ),
    (
        style.small,
        "refuse.py has 201 lines",
        "src/embook/refuse.py",
        "",
        "\n" * 200,
    ),
    (
        style.no_back_doors,
        "last.py: sys.path",
        LAST,
        "",
        "sys.path.append(1)",
    ),
    (
        style.no_back_doors,
        "utils.py: name it for its idea",
        "src/embook/utils.py",
        "",
        "x = 1",
    ),
    (
        style.no_back_doors,
        "last.ipynb: import *",
        "chapters/last.ipynb",
        "x = 1",
        "from numpy import *",
    ),
    (style.tests_can_fail, "test_it: it asserts", TEST, "parity(", "print("),
    (
        style.tests_can_fail,
        "test_last.py:2: array_equal does not say",
        TEST,
        "parity(",
        "assert np.array_equal(",
    ),
    (parities, "last.final: no parity row", TEST, "final", "other"),
    (
        dashboard.up_to_date,
        "last.final: its row of parity is not in",
        "benchmarks/parity.json",
        "last.final",
        "norms.length",
    ),
    (
        dashboard.up_to_date,
        "last.final: parity.json has a row, embook no",
        LAST,
        "def final",
        "def other",
    ),
    (
        dashboard.up_to_date,
        "last.final: speed.json has a row, embook no",
        LAST,
        "def final",
        "def other",
    ),
]


@pytest.fixture
def book(tmp_path, monkeypatch) -> Path:
    # The tiny book has its own module that stands before its chapter does.
    monkeypatch.setattr(tree, "AHEAD", {"norms": "similarity"})
    monkeypatch.setattr(tree, "AFTER", {"minilm": "similarity"})
    return tiny.book(tmp_path)


@pytest.mark.parametrize(
    "law", dict.fromkeys(fault[0] for fault in TREE_FAULTS)
)
def test_a_good_book_keeps(law, book):
    assert_held(law(book))


@pytest.mark.parametrize(
    ("law", "complaint", "file", "old", "new"), TREE_FAULTS
)
def test_a_fault_in_the_tree_breaks(law, complaint, file, old, new, book):
    path = book / file
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    if new is None:
        path.unlink()
    else:
        assert old in before
        path.write_text(before.replace(old, new, 1), encoding="utf-8")
    assert complaint in "\n".join(law(book))


def test_a_room_may_use_what_a_chapter_before_it_built(book):
    room = "from embook import norms, similarity\n"
    (book / "src/embook/minilm.py").write_text(room, encoding="utf-8")
    last = (book / LAST).read_text(encoding="utf-8")
    last += "\n\ndef later():\n    from embook import minilm\n"
    (book / LAST).write_text(last, encoding="utf-8")
    assert_held(tree.straight_line(book))


def test_the_limits_themselves_are_allowed(book):
    path = book / LAST
    idea = path.read_text(encoding="utf-8")
    path.write_text("\n" * SPARE + idea, encoding="utf-8")
    room = book / "src/embook/refuse.py"
    room.write_text("\n" * 200, encoding="utf-8")
    assert_held(style.small(book))
    function = idea.replace(BODY, "    x = 1\n" * 28 + BODY)
    path.write_text(function, encoding="utf-8")
    assert_held(style.small(book))


def test_the_reading_order_is_that_of_the_toc(book):
    assert reading_order(book) == ["similarity", "last"]
    assert tree.line(book) == ["norms", "similarity", "last"]


# --- law 7, and the spelling ------------------------------------------------


def git(root: Path, *words: str) -> None:
    name = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    command = ["git", "-C", root, *name, *words]
    subprocess.run(command, check=True, capture_output=True)


def law_7(root: Path, step: str) -> subprocess.CompletedProcess:
    command = [sys.executable, unchanged.__file__, step]
    return subprocess.run(command, cwd=root, capture_output=True, text=True)


def test_law_7_names_the_changed_file(tmp_path):
    for name in ("kept", "changed", "gone"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    git(tmp_path, "init")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "Begin")
    assert law_7(tmp_path, "note").returncode == 0
    done = law_7(tmp_path, "compare")
    assert done.stdout == "law 7: 3 tracked files unchanged by the tests\n"
    (tmp_path / "changed").write_text("new", encoding="utf-8")
    (tmp_path / "gone").unlink()
    done = law_7(tmp_path, "compare")
    assert done.returncode == 1
    assert done.stderr == "law 7: the tests changed changed, gone\n"


def test_law_7_says_when_it_is_skipped(tmp_path):
    done = law_7(tmp_path, "compare")
    assert (done.returncode, done.stdout) == (0, unchanged.SKIPPED + "\n")


def misspelt(root: Path, folder: Path) -> str:
    """Return codespell's words on every page and every chapter's prose."""
    for path in sorted((root / "chapters").glob("*.ipynb")):
        cells = stored.cells(stored.read(path), "markdown")
        words = "\n\n".join(text(cell["source"]) for cell in cells)
        (folder / f"{path.stem}.md").write_text(words, encoding="utf-8")
    pages = [
        *root.glob("*.md"),
        *root.glob("back/*.md"),
        *folder.glob("*.md"),
    ]
    command = [sys.executable, "-m", "codespell_lib", *sorted(pages)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return done.stdout + done.stderr


def test_words_are_spelt_right(tmp_path):
    assert_held(misspelt(ROOT, tmp_path).splitlines())


def test_a_misspelt_word_is_found(book, tmp_path):
    notebook = tiny.chapter()
    cell(notebook, "hand").update(source=["It has teh length 1."])
    tiny.save(notebook, book / "chapters/last.ipynb")
    folder = tmp_path / "prose"
    folder.mkdir()
    assert "teh ==> the" in misspelt(book, folder)
