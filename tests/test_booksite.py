import io
import re

import nbformat
import pytest

pytest.importorskip("sphinx", reason="the site's requirements are missing")

from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from booksite.place import place
from booksite.quiz import QuizError, parse

QUIZ = """\
:::{quiz} norms-double
You double $\\mathbf{a}$. What does `length` return?

- Twice as much. <details><summary>Check</summary> **Right.** Each number
  doubles, so [the length](other) does.</details>
- The same.
  <details><summary>Check</summary> **No.** That is the cosine.</details>
:::
"""


def build(folder, pages: dict[str, str]) -> tuple[str, str]:
    """Return the first page's HTML and the warnings of a small book."""
    folder.joinpath("conf.py").write_text(
        'extensions = ["myst_nb", "booksite.quiz"]\n'
        'myst_enable_extensions = ["colon_fence", "dollarmath"]\n'
        'nb_execution_mode = "off"\n'
    )
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
    card = re.search(r'<section class="quiz".*?</section>', html, re.S)[0]
    assert card.count("<details") == card.count("</details>") == 2
    assert re.findall(r'data-right="(\w+)"', card) == ["true", "false"]
    assert "<strong>Right.</strong> Each number" in card
    assert "<strong>No.</strong> That is" in card
    assert '<code class="docutils' in card
    assert 'href="other.html"' in card
    assert 'class="math' in card
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
        broken("- The same.\n", "").replace(
            "  <details><summary>Check</summary> **No.** That is the "
            "cosine.</details>\n",
            "",
        ),
        (2, "needs 2 choices or more, this has 1"),
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


def test_parse_reads_both_ways_to_fold():
    _, (first, second) = parse(QUIZ.splitlines()[1:-1])
    assert first.right
    assert not second.right
    assert (first.line, first.why_line) == (2, 2)
    assert (second.line, second.why_line) == (4, 5)


def test_parse_refuses_an_empty_quiz():
    with pytest.raises(QuizError, match="needs a question"):
        parse([])


def test_place_says_where():
    assert place("a.md", 3) == "a.md:3"
