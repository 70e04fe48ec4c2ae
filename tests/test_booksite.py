import io
import json
import re
import struct
import zipfile
import zlib
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
import tiny

pytest.importorskip("sphinx", reason="the site's requirements are missing")

from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from booksite import (
    address,
    csp,
    figures,
    parity,
    search,
    takeaway,
    terms,
    theme,
)
from booksite.place import place
from booksite.quiz import QuizError, parse

QUIZ = """\
:::{quiz} norms-double
You double $\\mathbf{a}$. What does `length` return?

- Twice as much. <details><summary>Check</summary> **Right.** Each number
  doubles, so [the length](other) does.</details>
- The same.
  <details><summary>Check</summary>

  **No.** That is the cosine.
  </details>
:::
"""


CONF = """\
extensions = ["myst_nb"] + ["booksite." + part for part in (
    "figures", "folds", "mathml", "quiz", "references", "tables")]
myst_enable_extensions = ["colon_fence", "dollarmath"]
nb_execution_mode = "off"
html_math_renderer = "mathml"
"""


def build(folder, pages: dict[str, str], conf=CONF) -> tuple[str, str]:
    """Return the first page's HTML and the warnings of a small book."""
    folder.joinpath("conf.py").write_text(conf)
    for name, text in pages.items():
        folder.joinpath(name).write_text(text)
    warnings = io.StringIO()
    with patch_docutils(), docutils_namespace():
        Sphinx(
            folder,
            folder,
            folder / "out",
            folder / "trees",
            "html",
            status=None,
            warning=warnings,
        ).build()
    html = (folder / "out" / "index.html").read_text()
    return html, warnings.getvalue()


def notebook(*cells: str) -> str:
    """Return a notebook of Markdown cells as a file's text."""
    book = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell(c) for c in cells],
        metadata={"kernelspec": {"name": "python3", "display_name": "P"}},
    )
    for n, cell in enumerate(book.cells):
        cell.id = f"cell-{n}"
    return nbformat.writes(book)


def test_quiz_is_a_list_with_folded_explanations(tmp_path):
    html, warnings = build(
        tmp_path,
        {
            "index.md": f"# Page\n\n{QUIZ}\n```{{toctree}}\nother\n```\n",
            "other.md": "# Other\n",
        },
    )
    assert warnings == ""
    card = re.search(r'<div class="quiz".*</ol>\n</div>', html, re.S)[0]
    assert card.count("<details") == card.count("</details>") == 2
    assert re.findall(r'data-right="(\w+)"', card) == ["true", "false"]
    assert "<strong>Right.</strong> Each number" in card
    assert "<strong>No.</strong> That is" in card
    assert '<code class="docutils' in card
    assert 'href="other.html"' in card
    assert "<math><mi>𝐚</mi></math>" in card
    assert "**" not in card


def broken(old: str, new: str) -> str:
    """Return the quiz with one piece exchanged, which must be in it."""
    assert old in QUIZ
    return QUIZ.replace(old, new)


BAD = {
    "no-question": (
        broken("You double $\\mathbf{a}$. What does `length` return?", ""),
        (3, "a quiz needs a question"),
    ),
    "no-right-answer": (
        broken("**Right.**", "**No.**"),
        (2, "no choice is explained with **Right.**"),
    ),
    "verdict-missing": (
        broken("**No.** ", ""),
        (6, "must start with **Right.** or **No.**"),
    ),
    "explanation-missing": (
        broken("**No.** That is the cosine.", "**No.**"),
        (6, "and then say why"),
    ),
    "not-folded": (
        broken("</details>\n:::", "\n:::"),
        (6, "does not end in <details><summary>Check</summary>"),
    ),
    "one-choice": (
        broken(
            "- The same.\n  <details><summary>Check</summary>\n\n"
            "  **No.** That is the cosine.\n  </details>\n",
            "",
        ),
        (2, "needs 2 choices or more, this has 1"),
    ),
    "raw-in-jupyterlab": (
        broken("</summary>\n\n  **No.**", "</summary> **No.**"),
        (7, "<details> must follow its choice on the same line"),
    ),
    "not-indented": (
        broken("  doubles, so", "doubles, so"),
        (5, "indent by two blanks"),
    ),
    "bad-id": (broken("norms-double", "Norms"), (1, "the id 'Norms'")),
}


@pytest.mark.parametrize("case", BAD)
def test_a_malformed_quiz_names_file_and_line(case, tmp_path):
    text, (line, message) = BAD[case]
    _, warnings = build(tmp_path, {"index.md": f"# Page\n\n{text}"})
    assert f"quiz: index.md:{line + 2}: " in warnings
    assert message in warnings


def test_an_error_in_a_notebook_names_the_cell(tmp_path):
    tmp_path.joinpath("other.md").write_text("# Other\n")
    bad = broken("**No.**", "**Nope.**")
    page = notebook("# Page\n\n```{toctree}\nother\n```", bad)
    _, warnings = build(tmp_path, {"index.ipynb": page})
    assert "quiz: index.ipynb, cell 2, line 6: " in warnings


def test_an_id_is_used_once_in_the_book(tmp_path):
    page = f"# Page\n\n{QUIZ}\n```{{toctree}}\nother\n```\n"
    _, warnings = build(
        tmp_path, {"index.md": page, "other.md": f"# Other\n\n{QUIZ}"}
    )
    assert "the id 'norms-double' is taken in index" in warnings


CARD = """\
:::{quiz} believe-NUMBER
Why?

- This. <details><summary>Check</summary> **Right.** See
  [it](other.md#cell-a).</details>
- That. <details><summary>Check</summary> **No.** See
  [why](other.md#cell-b).</details>
:::
"""


def asked(cards: list[str], folder) -> tuple[str, str]:
    """Return the HTML and the warnings of a page with such an inventory."""
    cards = [c.replace("NUMBER", str(n)) for n, c in enumerate(cards, 1)]
    listed = "```{toctree}\nother\n```"
    box = "\n".join(["::::{inventory}", *cards, "::::"])
    pages = {
        "index.md": f"# Page\n\n{box}\n\n{listed}\n",
        "other.md": "# Other\n\n## Cell a\n\n## Cell b\n",
    }
    conf = CONF.replace('"quiz"', '"inventory", "quiz"')
    return build(folder, pages, conf + "myst_heading_anchors = 2\n")


def test_an_inventory_is_a_box_of_fifteen_quizzes(tmp_path):
    html, warnings = asked([CARD] * 15, tmp_path)
    assert warnings == ""
    box = re.search(r'<div class="inventory">(.*)</div>', html, re.S)[1]
    assert box.count('class="quiz"') == 15


@pytest.mark.parametrize(
    ("cards", "message"),
    [
        ([CARD] * 14, "15 quizzes are asked, this has 14"),
        (
            [*[CARD] * 14, CARD.replace("**No.**", "**Right.**")],
            "believe-15 has 2 right choices, and one is allowed",
        ),
        (
            [CARD.replace("other.md#cell-a", "other.md"), *[CARD] * 14],
            "choice 1 of believe-1 links to no cell",
        ),
        (
            [*[CARD] * 14, CARD.replace("other.md#cell-b", "other.md")],
            "choice 2 of believe-15 links to no cell",
        ),
    ],
)
def test_a_malformed_inventory_names_file_and_line(cards, message, tmp_path):
    _, warnings = asked(cards, tmp_path)
    assert f"inventory: index.md:3: {message}" in warnings


def test_parse_reads_both_ways_to_fold():
    _, (first, second) = parse(QUIZ.splitlines()[1:-1])
    assert first.right
    assert not second.right
    assert (first.line, first.why_line) == (2, 2)
    assert (second.line, second.why_line) == (4, 7)


def test_parse_refuses_an_empty_quiz():
    with pytest.raises(QuizError, match="needs a question"):
        parse([])


def test_place_says_where():
    assert place("a.md", 3) == "a.md:3"


def chunk(name: bytes, data: bytes) -> bytes:
    """Return one chunk of a PNG file."""
    sum_ = struct.pack(">I", zlib.crc32(name + data))
    return struct.pack(">I", len(data)) + name + data + sum_


def png(width: int, height: int, dpi: float | None = None) -> bytes:
    """Return a PNG file's head, which states its size."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    dots = round((dpi or 0) / 0.0254)
    density = struct.pack(">IIB", dots, dots, 1)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + (chunk(b"pHYs", density) if dpi else b"")
        + chunk(b"IDAT", b"")
    )


def test_a_figure_is_as_large_as_its_density_says():
    assert figures.png_size(png(1008, 490, dpi=144)) == (672, 327)
    assert figures.png_size(png(300, 200)) == (300, 200)
    assert figures.png_size(b"<svg/>") is None


def test_figures_have_a_size_and_all_but_the_first_load_late(tmp_path):
    tmp_path.joinpath("a.png").write_bytes(png(1008, 490, dpi=144))
    page = '# Page\n\n![Two bars](a.png)\n\n![A "cube"](a.png)\n'
    html, warnings = build(tmp_path, {"index.md": page})
    assert warnings == ""
    first, second = re.findall("<img [^>]*>", html)
    assert first == (
        '<img src="_images/a.png" alt="Two bars" width="672" height="327">'
    )
    assert 'alt="A &quot;cube&quot;"' in second
    assert 'loading="lazy"' in second


def test_a_first_figure_far_down_the_page_can_wait(tmp_path):
    tmp_path.joinpath("a.png").write_bytes(png(30, 20))
    words = "word " * figures.SCREEN
    page = f"# Page\n\n{words}\n\n![Two bars](a.png)\n"
    html, _ = build(tmp_path, {"index.md": page})
    assert 'loading="lazy"' in re.search("<img [^>]*>", html)[0]


def test_a_figure_without_words_names_its_place(tmp_path):
    tmp_path.joinpath("a.png").write_bytes(png(30, 20))
    page = "# Page\n\nText\n\n![](a.png)\n"
    _, warnings = build(tmp_path, {"index.md": page})
    assert "figure: index.md:5: no alternative text" in warnings


def test_a_formula_is_mathml_and_can_be_linked_to(tmp_path):
    page = "# Page\n\n$a_i$\n\n$$\n\\sqrt{2}\n$$ (root)\n\n{eq}`root`\n"
    html, warnings = build(tmp_path, {"index.md": page})
    assert warnings == ""
    assert "<math><msub><mi>a</mi><mi>i</mi></msub></math>" in html
    assert '<math display="block"><msqrt><mn>2</mn></msqrt></math>' in html
    name = re.search(r'<div class="math" id="([^"]+)"', html)[1]
    assert html.count(f'href="#{name}"') == 2


def test_an_unknown_command_names_its_place(tmp_path):
    page = notebook("# Page", "One line\n\nthen $\\frob{a}$")
    _, warnings = build(tmp_path, {"index.ipynb": page})
    assert "formula: index.ipynb, cell 2, line 3: " in warnings
    assert "the command \\frob is not known in \\frob{a}" in warnings


def test_a_dropdown_opens_without_a_script(tmp_path):
    page = "# Page\n\n:::{note} More\n:class: dropdown\nInside\n:::\n"
    page = page.replace("{note}", "{admonition}")
    html, warnings = build(tmp_path, {"index.md": page})
    assert warnings == ""
    assert '<details class="fold">\n<summary>More</summary>' in html
    assert "admonition" not in html


HIDDEN = {
    "solution": ({"jupyter": {"source_hidden": True}}, "One solution"),
    "source": ({"jupyter": {"source_hidden": True}}, "The code"),
    "hide-input": ({}, "The code"),
    "hide-cell": ({}, "The code and what it prints"),
}


@pytest.mark.parametrize("tag", HIDDEN)
def test_what_a_cell_hides_is_folded_once(tag, tmp_path):
    metadata, line = HIDDEN[tag]
    cell = nbformat.v4.new_code_cell("x", metadata=metadata | {"tags": [tag]})
    book = nbformat.reads(notebook("# Page"), as_version=4)
    book.metadata.kernelspec["language"] = "python"
    book.cells.append(cell)
    html, warnings = build(tmp_path, {"index.ipynb": nbformat.writes(book)})
    assert warnings == ""
    assert html.count("<details") == 1
    assert f"<summary>{line}</summary>" in html
    assert html.index("<summary>") < html.index('<div class="cell_input')


def test_tables_scroll_by_themselves(tmp_path):
    page = "# Page\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    html, _ = build(tmp_path, {"index.md": page})
    assert html.count('<div class="wide"><table') == 1
    assert html.count("</table></div>") == 1


PARITY_CONF = (
    CONF.replace('"quiz"', '"parity", "quiz"')
    + """
def setup(app):
    app.add_config_value("external_site_map", ["chapters/norms"], "env")
"""
)


def parity_page(folder: Path, **changes) -> tuple[str, str]:
    """Return the page of parity and the warnings, for a row and a race."""
    row = {"function": "norms.length"} | tiny.COMPARED
    race = tiny.RACED | {"function": "norms.unit", "growth": [1.0, 1.2]}
    race |= {"scores": {"WordSim": [0.612, 0.6]}} | changes
    run = tiny.RUN | {"rows": [race], "libraries": {"numpy": "2.4.6"}}
    folder.joinpath("benchmarks").mkdir()
    folder.joinpath("chapters").mkdir()
    for name, what in (
        ("parity", [row, row | {"deviation": 1e-15}]),
        ("speed", {"norms": run}),
    ):
        file = folder / f"benchmarks/{name}.json"
        file.write_text(json.dumps(what), "utf-8")
    pages = {
        "index.md": "# Page\n\n```{parity}\n```\n\n"
        "```{toctree}\nchapters/norms\n```\n",
        "chapters/norms.md": "# A length\n",
    }
    return build(folder, pages, PARITY_CONF)


def test_the_page_of_parity_shows_the_two_files(tmp_path):
    html, warnings = parity_page(tmp_path)
    assert warnings == ""
    assert re.findall("<h2>(.*?)<", html) == ["Norms"]
    assert 'href="chapters/norms.html"' in html
    said = "Measured on x, one of 2 cores, with numpy 2.4.6. Rounds of a"
    assert f"{said} race: 3." in html
    captions = re.findall('<span class="caption-text">(.*?)<', html)
    assert captions == [
        "Parity",
        "Speed",
        "What both reached at the largest size",
    ]
    rows = [
        re.findall(r"<td>(.*?)</td>", row)
        for row in re.sub(r"</?(?:p|code|span)\b[^>]*>", "", html).split(
            "<tr"
        )
    ]
    assert [row for row in rows if row] == [
        ["length", "numpy", "4", "1e-15", "1e-12"],
        [
            "unit",
            "numpy",
            "all",
            "2 rows",
            "500\xa0ms",
            "250\xa0ms",
            "2\xa0× slower",
            "1.00 and 1.20",
        ],
        ["unit", "numpy", "WordSim", "0.612", "0.600"],
    ]


@pytest.mark.parametrize("wrong", [{"ratio": "2"}, {"ratio": None}])
def test_a_page_of_parity_names_what_is_wrong_in_its_files(tmp_path, wrong):
    _, warnings = parity_page(tmp_path, **wrong)
    said = f"speed.json: ratio is {wrong['ratio']!r}, float is needed: run"
    assert warnings.count(said) == 1


def test_parity_names_a_file_that_is_missing(tmp_path):
    with pytest.raises(ValueError, match=r"parity\.json: .* `make bench`"):
        parity.read(tmp_path)


def test_the_policy_allows_no_script_but_its_own():
    rules = dict(
        rule.split(" ", 1) for rule in csp.policy("let a").split("; ")
    )
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == f"'self' {csp.source('let a')}"
    assert "unsafe-eval" in csp.policy("", python=True)


def test_a_chapter_links_what_it_does_not_explain_itself(tmp_path):
    for folder in ("back", "chapters"):
        tmp_path.joinpath(folder).mkdir()
    pages = {
        "index.md": "# A norm\n\n```{toctree}\n"
        "back/glossary\nchapters/a\n```\n",
        "back/glossary.md": "# Terms\n\n```{glossary}\nnorm\n  A length.\n\n"
        "dot product\n  A sum.\n\nunit\n  One.\n```\n",
        "chapters/a.md": "# A norm\n\n`norm` A **unit**. Norms, "
        "dot products, a norm, a unit, subnorm.\n",
    }
    conf = CONF.replace('"tables"', '"tables", "terms"')
    _, warnings = build(tmp_path, pages, conf)
    assert warnings == ""
    html = tmp_path.joinpath("out/chapters/a.html").read_text()
    linked = re.findall(r'#(term-[^"]+)"[^>]*><span[^>]*>([^<]+)', html)
    assert linked == [
        ("term-norm", "Norms"),
        ("term-dot-product", "dot products"),
    ]


def test_a_cell_can_be_linked_to_and_a_wrong_link_is_told(tmp_path):
    code = nbformat.v4.new_code_cell("1 + 1", id="sum-run")
    page = nbformat.reads(notebook("# Other"), 4)
    page.cells.append(code)
    links = "[it](other.ipynb#cell-sum-run) [none](other.ipynb#cell-sum)"
    pages = {
        "index.md": f"# Page\n\n{links}\n\n```{{toctree}}\nother\n```\n",
        "other.ipynb": nbformat.writes(page),
    }
    html, warnings = build(
        tmp_path, pages, CONF.replace('"tables"', '"tables", "cells"')
    )
    assert 'href="other.html#cell-sum-run"' in html
    assert "local id not found in doc 'other': 'cell-sum'" in warnings
    assert "cell-sum-run" not in warnings
    other = tmp_path.joinpath("out/other.html").read_text()
    assert other.count('id="cell-sum-run"') == 1


def test_definitions_are_found_by_the_ids_of_their_terms(tmp_path):
    page = "# Page\n\n```{glossary}\nnorm\n  A length\n  rule.\n```\n"
    tmp_path.joinpath("conf.py").write_text("")
    build(tmp_path, {"index.md": page})
    with patch_docutils(), docutils_namespace():
        app = Sphinx(
            tmp_path,
            tmp_path,
            tmp_path / "out",
            tmp_path / "trees",
            "html",
            status=None,
        )
        texts = terms.definitions(app.env.get_doctree("index"))
    assert texts == {"term-norm": "A length rule."}


def test_the_index_holds_each_sections_own_prose(tmp_path):
    page = (
        "# Page\n\nHello *you*: $x$.\n\n```\ncode\n```\n\n"
        "## Second\n\n- one\n- two\n\n```{glossary}\nnorm\n  A length.\n```\n"
    )
    build(tmp_path, {"index.md": page})
    with patch_docutils(), docutils_namespace():
        app = Sphinx(
            tmp_path,
            tmp_path,
            tmp_path / "out",
            tmp_path / "trees",
            "html",
            status=None,
        )
        tree = app.env.get_doctree("index")
    assert search.entries(tree, "index.html") == [
        ["index.html", "Page", "Hello you: ."],
        ["index.html#second", "Second", "one two"],
        ["index.html#term-norm", "norm", "A length."],
    ]


def test_the_archive_holds_what_runs_and_never_changes(tmp_path):
    source = tmp_path / "source"
    source.joinpath("chapters").mkdir(parents=True)
    source.joinpath("chapters", "norms.ipynb").write_text("{}")
    source.joinpath("chapters", "notes.txt").write_text("private")
    for name in ("a.zip", "b.zip"):
        takeaway.write_bundle(source, tmp_path / name)
    first = tmp_path.joinpath("a.zip").read_bytes()
    assert first == tmp_path.joinpath("b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        names = archive.namelist()
    assert names == ["embeddings-book/chapters/norms.ipynb"]


def test_page_404_links_from_the_root_of_the_site():
    app = SimpleNamespace(
        config=SimpleNamespace(html_baseurl="https://a.org/book/"),
        builder=SimpleNamespace(get_target_uri="{}.html".format),
    )
    context = {"toctree": lambda: '<a href="intro.html">'}
    address.from_anywhere(app, "404", "404.html", context, None)
    assert context["content_root"] == "/book/"
    assert context["pathto"]("intro") == "/book/intro.html"
    assert context["toctree"]() == '<a href="/book/intro.html">'


def test_the_kicker_counts_chapters_through_the_parts():
    part = SimpleNamespace
    site_map = part(
        root=part(
            subtrees=[
                part(caption="One", items=["chapters/a"]),
                part(caption="Two", items=["chapters/b", "back/c"]),
            ]
        )
    )
    assert theme.kicker(site_map, "chapters/b") == "Two · Chapter 2"
    assert theme.kicker(site_map, "back/c") == "Two"
    assert theme.kicker(site_map, "intro") == ""


def test_the_scripts_named_by_the_theme_exist():
    static = Path(theme.FOLDER, "static")
    named = {*theme.ALWAYS, *theme.MARKED, "read.js"}
    assert named - {file.name for file in static.glob("*.js")} == set()
