"""Baskets: which articles does an introduction mention together?

Wikipedia's vital articles stand for the goods of a shop, and each of their
introductions for a basket: the other articles that its author mentioned.
There is no customer, no click and no price; an author's choice of words is
all. Text alone is read, no links. A title is found where its words stand one
behind another, spelt as in the title; its first letter may be small, as in
Wikipedia's own links. Of two titles that begin at one word the longer wins,
and its words are used up. What a word means there is not asked: "well" is a
Well. A title of fewer than three letters is not looked for.

Chapter: recommendation
Shapes:  N = baskets, V = articles, Q = questions
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from embook import texts
from embook.refuse import between, words

SHORTEST, LEAST, OFTEN = 3, 5, 10
PARTS = 0.1  # of the baskets are for choosing, and as many for the test


class Shop(NamedTuple):
    """Titles (V,), their article numbers (V,), and three parts of baskets."""

    titles: list[str]
    articles: np.ndarray
    train: list[list[int]]
    choose: list[list[int]]
    test: list[list[int]]


class Asked(NamedTuple):
    """Q questions: what remains, what was hidden (Q,), in which basket."""

    rest: list[list[int]]
    hidden: np.ndarray
    basket: np.ndarray


def _words(text: str) -> list[str]:
    return re.findall(r"\w+|[^\w\s]", text)


class Finder:
    """Finds titles in a text, by their first words."""

    def __init__(self, titles: Sequence[str]):
        """Return a finder of these titles, numbered from 0.

        Raises ValueError where there is none.
        """
        self.begun: dict[str, dict[int, dict]] = {}  # word, length, others
        for number, title in enumerate(words(titles, "titles")):
            if len(title) < SHORTEST:
                continue
            small = title[0].lower() + title[1:]
            for spelt in {title, small if title[1].islower() else title}:
                first, *others = _words(spelt)
                known = self.begun.setdefault(first, {})
                known = known.setdefault(len(others), {})
                known.setdefault(tuple(others), number)
        for first, known in self.begun.items():  # the longest first
            self.begun[first] = dict(sorted(known.items(), reverse=True))

    def mentions(self, text: str) -> list[int]:
        """Return the numbers of the titles in a text, in order, once each.

        >>> Finder(["War", "World War I", "Piano"]).mentions(
        ...     "A piano survived World War I; the war did not end pianos."
        ... )
        [2, 1, 0]
        """
        read, place, found = tuple(_words(text)), 0, []
        while place < len(read):
            known = self.begun.get(read[place], {})
            place += 1
            for length, titles in known.items():
                number = titles.get(read[place : place + length])
                if number is not None:
                    found.append(number)
                    place += length
                    break
        return list(dict.fromkeys(found))


@cache
def mentioned() -> tuple[tuple[int, ...], ...]:
    """Return for each introduction the articles it mentions, less its own."""
    articles = texts.introductions()
    finder = Finder([article.title for article in articles])
    return tuple(
        tuple(m for m in finder.mentions(article.text) if m != n)
        for n, article in enumerate(articles)
    )


def shop(least: int = LEAST, often: int = OFTEN) -> Shop:
    """Return the articles mentioned `often`, and the baskets of `least`.

    The most mentioned article is number 0. Baskets that keep fewer than
    `least` of these articles are left out, before and after. The others are
    dealt out at random: one tenth to choose by, one for the test. Raises
    ValueError where least is below 2, or often below 1.
    """
    full = [
        b for b in mentioned() if len(b) >= between(least, 2, name="least")
    ]
    count = Counter(m for basket in full for m in basket)
    kept = [
        m
        for m, n in count.most_common()
        if n >= between(often, 1, name="often")
    ]
    row = {m: i for i, m in enumerate(kept)}
    full = [[row[m] for m in basket if m in row] for basket in full]
    full = [basket for basket in full if len(basket) >= least]
    order = np.random.default_rng(0).permutation(len(full)).tolist()
    part = int(PARTS * len(full))
    choose, test, train = (
        [full[i] for i in some]
        for some in (order[:part], order[part : 2 * part], order[2 * part :])
    )
    articles = texts.introductions()
    titles = [articles[m].title for m in kept]
    return Shop(titles, np.array(kept), train, choose, test)


def hide(baskets: Sequence[Sequence[int]]) -> Asked:
    """Return one question for each thing in each basket: it is hidden.

    Raises ValueError where there is no basket, or one has less than two.

    >>> asked = hide([[7, 3]])
    >>> asked.rest, asked.hidden.tolist(), asked.basket.tolist()
    ([[3], [7]], [7, 3], [0, 0])
    """
    for n, basket in enumerate(words(baskets, "baskets")):
        if len(set(basket)) < 2:
            raise ValueError(f"basket {n} is {basket}: two are needed")
    rest = [[i for i in b if i != j] for b in baskets for j in b]
    hidden = np.array([j for b in baskets for j in b])
    owner = np.repeat(np.arange(len(baskets)), [*map(len, baskets)])
    return Asked(rest, hidden, owner)
