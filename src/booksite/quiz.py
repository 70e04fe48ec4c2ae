"""Quiz: a question whose every answer is explained, checked at the build.

A quiz is MyST that JupyterLab shows as a question with folded explanations:

    :::{quiz} similarity-double
    You double every number of one vector. What happens to its cosine?

    - It doubles. <details><summary>Check</summary> **No.** Why.</details>
    - It stays. <details><summary>Check</summary> **Right.** Why.</details>
    :::
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from booksite.place import place

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
FOLD = re.compile(
    r"(?P<choice>.*?)<details>\s*<summary>Check</summary>"
    r"(?P<why>.*)</details>\s*",
    re.DOTALL,
)


@dataclass(frozen=True)
class Choice:
    """One answer, its explanation, and the line each begins on."""

    text: str
    why: str
    line: int
    why_line: int

    @property
    def right(self) -> bool:
        """Return whether this is a right answer."""
        return self.why.startswith("**Right.**")


class QuizError(ValueError):
    """A quiz that breaks a rule, and the line of its content."""

    def __init__(self, line: int, message: str):
        """Return an error about this line, counted from 0."""
        super().__init__(message)
        self.line = line


def blocks(lines: list[str]) -> tuple[str, list[tuple[int, str]]]:
    """Return the question, and each list item with its line.

    >>> blocks(["Why?", "", "- a", "  b", "- c"])
    ('Why?', [(2, 'a\\nb'), (4, 'c')])
    """
    starts = [n for n, line in enumerate(lines) if line.startswith("- ")]
    items = []
    for start, end in pairwise([*starts, len(lines)]):
        for n in range(start + 1, end):
            if lines[n].strip() and not lines[n].startswith("  "):
                raise QuizError(n, f"indent by two blanks: {lines[n]!r}")
        body = "\n".join(line[2:] for line in lines[start:end])
        items.append((start, body.rstrip()))
    question = lines[: starts[0] if starts else None]
    return "\n".join(question).strip(), items


def choice(line: int, body: str) -> Choice:
    """Return the choice that a list item holds."""
    fold = FOLD.fullmatch(body)
    if fold is None:
        raise QuizError(
            line,
            f"the choice {body.splitlines()[0]!r} does not end in "
            "<details><summary>Check</summary> … </details>",
        )
    own_line = fold["choice"].rstrip(" ").endswith("\n")
    if own_line and not fold["why"].startswith("\n\n"):
        raise QuizError(
            line + fold["choice"].count("\n"),
            "<details> must follow its choice on the same line: on a line "
            "of its own JupyterLab shows the ** and ` inside it",
        )
    text, why = fold["choice"].strip(), fold["why"]
    if not text:
        raise QuizError(line, "a choice has no text")
    skipped = body[: fold.start("why")] + why[: -len(why.lstrip()) or None]
    why = why.strip()
    if not why.startswith(("**Right.** ", "**No.** ")):
        raise QuizError(
            line,
            f"the explanation of {text!r} must start with "
            "**Right.** or **No.** and then say why",
        )
    return Choice(text, why, line, line + skipped.count("\n"))


def parse(lines: list[str]) -> tuple[str, list[Choice]]:
    """Return the question and the choices of a quiz's content.

    Raises QuizError where a rule is broken: a question, two or more
    choices, each explained, one or more of them right.
    """
    question, items = blocks(lines)
    if not question:
        raise QuizError(0, "a quiz needs a question above its choices")
    choices = [choice(*item) for item in items]
    if len(choices) < 2:
        raise QuizError(
            0, f"a quiz needs 2 choices or more, this has {len(choices)}"
        )
    if not any(c.right for c in choices):
        raise QuizError(0, "no choice is explained with **Right.**")
    return question, choices


class quiz(nodes.General, nodes.Element):
    """A whole quiz: its question, then its choices."""


class quiz_choice(nodes.General, nodes.Element):
    """One choice: its text, then its explanation."""


class quiz_why(nodes.General, nodes.Element):
    """The folded explanation of a choice."""


class Quiz(SphinxDirective):
    """The directive `quiz`, whose argument is its id."""

    has_content = True
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the quiz as nodes; an error where it is malformed."""
        try:
            name = self.free(self.arguments[0])
            question, choices = parse(list(self.content))
        except QuizError as error:
            source = self.env.doc2path(self.env.docname, base=False)
            where = place(source, self.line(error.line))
            raise self.error(f"quiz: {where}: {error}") from None
        card = quiz(name=name, ids=[f"quiz-{name}"])
        ask = nodes.container(classes=["quiz-question"], ids=[f"ask-{name}"])
        card += self.markdown(question, 0, ask)
        for c in choices:
            item = quiz_choice(right=c.right)
            text = nodes.container(classes=["quiz-text"])
            item += self.markdown(c.text, c.line, text)
            item += self.markdown(c.why, c.why_line, quiz_why())
            card += item
        return [card]

    def line(self, n: int) -> int:
        """Return the line of the file that line n of the content is on."""
        return self.lineno + self.content_offset + 1 + n

    def free(self, name: str) -> str:
        """Return the id, refused where malformed or already taken."""
        if not ID.fullmatch(name):
            raise QuizError(
                -1, f"the id {name!r} must be words like chapter-idea"
            )
        taken = self.env.booksite_quizzes
        if name in taken:
            raise QuizError(-1, f"the id {name!r} is taken in {taken[name]}")
        taken[name] = self.env.docname
        return name

    def markdown(self, text: str, n: int, node: nodes.Element):
        """Return the node, filled with text that begins on line n."""
        lines = StringList(text.splitlines(), self.env.docname)
        self.state.nested_parse(lines, self.content_offset + n + 1, node)
        return node


def forget(app, env, docname: str) -> None:
    """Return nothing; free the ids of a page that is read again."""
    env.booksite_quizzes = {
        name: page
        for name, page in getattr(env, "booksite_quizzes", {}).items()
        if page != docname
    }


def start(app, env, docnames: list[str]) -> None:
    """Return nothing; begin the first build with no ids taken."""
    forget(app, env, "")


def visit_quiz(self, node: quiz) -> None:
    """Return nothing; open the card."""
    name = node["name"]
    self.body.append(
        f'<div class="quiz" id="quiz-{name}" data-quiz="{name}" '
        f'role="group" aria-labelledby="ask-{name}">\n'
    )


def depart_quiz(self, node: quiz) -> None:
    """Return nothing; close the card."""
    self.body.append("</ol>\n</div>\n")


def visit_choice(self, node: quiz_choice) -> None:
    """Return nothing; open a choice, and the list before the first."""
    if node.parent.index(node) == 1:
        self.body.append('<ol class="quiz-choices">\n')
    right = "true" if node["right"] else "false"
    self.body.append(f'<li class="quiz-choice" data-right="{right}">\n')


def depart_choice(self, node: quiz_choice) -> None:
    """Return nothing; close the choice."""
    self.body.append("</li>\n")


def visit_why(self, node: quiz_why) -> None:
    """Return nothing; open the folded explanation."""
    self.body.append('<details class="quiz-why"><summary>Check</summary>\n')


def depart_why(self, node: quiz_why) -> None:
    """Return nothing; close the explanation."""
    self.body.append("</details>\n")


def setup(app) -> None:
    """Return nothing; add the directive, its nodes and its bookkeeping."""
    app.add_node(quiz, html=(visit_quiz, depart_quiz))
    app.add_node(quiz_choice, html=(visit_choice, depart_choice))
    app.add_node(quiz_why, html=(visit_why, depart_why))
    app.add_directive("quiz", Quiz)
    app.connect("env-before-read-docs", start)
    app.connect("env-purge-doc", forget)
