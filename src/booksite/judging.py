"""Judging: how often does each search find what a reader asks for?

The questions stand in queries.toml, with the sections that answer them,
written before either search was run on them. A question is answered if one
of these sections is among the first five found.
"""

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import chain
from math import comb
from pathlib import Path

import numpy as np
from sphinx.util import logging

from booksite.ranking import Index, Meaning, by_letters, ranked
from embook.pieces import words
from embook.search import fuse
from embook.verdict import interval

LOGGER = logging.getLogger(__name__)
FILE = Path(__file__).with_name("queries.toml")
FIRST = 5
ROW = ' scope="row"'
KINDS = {"words": "the book’s words", "other": "other words"}
WAYS = {
    "all": "Letters, if every word is there",
    "letters": "By letters",
    "one": "One vector for each section",
    "meaning": "By meaning",
    "both": "Both, their ranks added up",
}


@dataclass(frozen=True)
class Answer:
    """A question, its kind, and where an answering section comes, if ever."""

    ask: str
    kind: str
    places: dict[str, int | None]

    def found(self, way: str) -> bool:
        """Return whether a way has an answer among the first five."""
        place = self.places[way]
        return place is not None and place <= FIRST


def queries(which: str = "published") -> list[dict]:
    """Return the questions of a set: published or tuning."""
    return tomllib.loads(FILE.read_text("utf-8"))[which]


def chance(gained: int, lost: int) -> float:
    """Return how often a fair coin falls at least as unevenly: a sign test.

    >>> chance(5, 0)
    0.0625
    """
    many, of = max(gained, lost), gained + lost
    tail = sum(comb(of, n) for n in range(many, of + 1)) / 2**of
    return min(1.0, 2 * tail)


def every_word(book: Index) -> Callable[[str], list[int]]:
    """Return a search by letters that asks for every word of a question.

    >>> from booksite.ranking import index
    >>> book = index([["a", "Norms", "one"], ["b", "One", "two"]])
    >>> every_word(book)("two one"), every_word(book)("three")
    ([1], [])
    """

    def search(asked: str) -> list[int]:
        scores = by_letters(book, asked)
        for word in words(asked):
            scores *= book.having(book.begins(word))
        return ranked(scores)

    return search


def one_vector(by: Meaning) -> Callable[[str], list[int]]:
    """Return a search by one vector for each section: the mean of its words.

    Rare words weigh more, as they do in the other two.
    """
    book = by.book
    rare = np.array(
        [book.rarity(np.array([n])) for n in range(len(book.words))]
    )
    units = by.vectors / by.lengths[:, None]
    rows = book.counts @ (units * rare[:, None])
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)

    def search(asked: str) -> list[int]:
        total = np.zeros(rows.shape[1])
        for word in words(asked):
            vector = by.pieces.vector(word)
            place = book.places.get(word)
            weight = rare.max() if place is None else rare[place]
            total += weight * vector / (np.linalg.norm(vector) or 1)
        return ranked(1 + rows @ total / (np.linalg.norm(total) or 1))

    return search


def ways(by: Meaning) -> dict[str, Callable[[str], list[int]]]:
    """Return every way of searching, by name."""

    @cache
    def letters(asked: str) -> list[int]:
        return ranked(by_letters(by.book, asked))

    @cache
    def meaning(asked: str) -> list[int]:
        return ranked(by.scores(asked))

    def both(asked: str) -> list[int]:
        found = filter(None, (letters(asked), meaning(asked)))
        return ranked(fuse([*found], len(by.book.counts)))

    return {
        "all": every_word(by.book),
        "letters": letters,
        "one": one_vector(by),
        "meaning": meaning,
        "both": both,
    }


def judged(
    pages: Sequence, by: Meaning, which: str = "published"
) -> list[Answer]:
    """Return where each way finds the answer of each question.

    Warns where a section that is said to answer is not in the book.
    """
    found = list(chain(*pages))
    places = {address: n for n, (address, _, _) in enumerate(found)}
    searches, answers = ways(by), []
    for query in queries(which):
        right = [a for a in query["answers"] if a in places]
        for address in set(query["answers"]) - set(right):
            LOGGER.warning(
                "search: queries.toml: %r is answered by %s, and the book "
                "has no such section",
                query["ask"],
                address,
            )
        right = {places[address] for address in right}
        row = {}
        for way, search in searches.items():
            hits = enumerate(search(query["ask"]), 1)
            row[way] = next((rank for rank, n in hits if n in right), None)
        answers.append(Answer(query["ask"], query["kind"], row))
    return answers


def share(answers: Sequence[Answer], way: str) -> str:
    """Return the share of questions that are answered, and its interval."""
    found = sum(answer.found(way) for answer in answers)
    low, high = interval(found, len(answers))
    return f"{found / len(answers):.2f} ({low:.2f} to {high:.2f})"


def row(tag: str, cells: Sequence[str]) -> str:
    """Return one row of a table, its first cell a heading.

    >>> row("td", ["a", "b"])
    '<tr><th scope="row">a</th><td>b</td></tr>'
    """
    first, *rest = map(escape, cells)
    column = ' scope="col"' if tag == "th" else ""
    inner = "".join(f"<{tag}{column}>{cell}</{tag}>" for cell in rest)
    head = f"<th{column or ROW}>{first}</th>"
    return f"<tr>{head}{inner}</tr>"


def html(answers: Sequence[Answer], pages: Sequence) -> str:
    """Return the part of the page that says how good the searches are."""
    kinds = {k: [a for a in answers if a.kind == k] for k in KINDS}
    gained = sum(a.found("meaning") > a.found("letters") for a in answers)
    lost = sum(a.found("letters") > a.found("meaning") for a in answers)
    table = [row("th", ["Search", "all", *KINDS.values()])]
    for way, name in WAYS.items():
        parts = (answers, *kinds.values())
        table.append(row("td", [name, *(share(p, way) for p in parts)]))
    each = [row("th", ["Question", *WAYS.values()])]
    for answer in answers:
        places = (answer.places[way] for way in WAYS)
        each.append(row("td", [answer.ask, *(str(p or "–") for p in places)]))
    return TEXT.format(
        count=len(answers),
        sections=sum(map(len, pages)),
        half=len(kinds["words"]),
        rest=len(kinds["other"]),
        gained=gained,
        lost=lost,
        chance=f"{chance(gained, lost):.2f}",
        table="\n".join(table),
        each="\n".join(each),
    )


TEXT = """\
<section id="how-good" aria-labelledby="how-good-title">
<h2 id="how-good-title">How good is it?</h2>
<p>{count} questions were written from the book’s headings, with the sections
that answer them, before either search had seen one: {half} use a term of the
book, {rest} say it in other words. A question counts as found if one of its
sections is among the first five of {sections}. The table shows the share that
is found (recall@5), with its 95 % interval.</p>
<div class="wide"><table>
{table}</table></div>
<p>By meaning finds {gained} questions that by letters misses, and misses
{lost} that by letters finds. A fair coin would fall at least as unevenly with
probability {chance}: compare that before you call one the winner. One vector
for a whole section does worse than counting words: it is a mean of everything
that the section says. So here each word keeps its own vector. The settings
were chosen by other questions.</p>
<details><summary>The place of the first right section, question by
question</summary>
<div class="wide"><table>
{each}</table></div>
</details>
</section>"""
