"""Baskets: is a mention what the rule says, and a question fair?"""

import re
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embook import texts
from embook.baskets import LEAST, OFTEN, Finder, hide, mentioned, shop

SHELF = ["War", "World War I", "World War II", "Piano", "Ra", "IBM", "U.S."]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("War and piano.", [0, 3]),
        ("the war, the War", [0]),  # once each
        ("World War II began", [2]),  # the longer title, not War
        ("World War III", [0]),  # no such title: the War in it
        ("world War I", [1]),  # a small first letter
        ("world war I", [0]),  # others as in the title
        ("prewar, wars, War's", [0]),  # whole words
        ("Ra and ra", []),  # too short
        ("an ibm, an iBM, an IBM", [5]),  # a title in capitals has one case
        ("the U.S. army", [6]),
        ("", []),
    ],
)
def test_mentions_by_hand(text, found):
    assert Finder(SHELF).mentions(text) == found


def test_the_words_of_a_longer_title_are_used_up():
    assert Finder(["World War I", "War", "I am"]).mentions(
        "World War I am"
    ) == [0]


@given(st.lists(st.sampled_from(SHELF[:4]), max_size=5))
def test_what_was_written_is_found(written):
    found = Finder(SHELF).mentions(" and ".join(written))
    assert found == [*dict.fromkeys(SHELF.index(w) for w in written)]


def test_every_mention_stands_in_the_text():
    articles = texts.introductions()
    for n in range(0, len(articles), 97):
        for m in mentioned()[n]:
            assert m != n
            title = re.escape(articles[m].title)
            assert re.search(title, articles[n].text, re.IGNORECASE)


def test_the_shop_is_stocked_by_its_rule():
    stock = shop()
    parts = (stock.train, stock.choose, stock.test)
    assert [len(part) for part in parts] == [4417, 551, 551]
    assert len(stock.titles) == len(stock.articles) == 1119
    articles, everything = texts.introductions(), [*chain(*parts)]
    assert all(len(set(b)) == len(b) >= LEAST for b in everything)
    assert {i for basket in everything for i in basket} <= {*range(1119)}
    counts = [
        sum(m in b for b in mentioned() if len(b) >= LEAST)
        for m in stock.articles[[0, 5, 600, 1118]].tolist()
    ]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] >= OFTEN
    titles = [articles[m].title for m in stock.articles]
    assert titles == stock.titles


def test_hide_by_hand():
    asked = hide([[4, 2, 7], [2, 4]])
    assert asked.rest == [[2, 7], [4, 7], [4, 2], [4], [2]]
    assert asked.hidden.tolist() == [4, 2, 7, 2, 4]
    assert asked.basket.tolist() == [0, 0, 0, 1, 1]


def test_refusals():
    with pytest.raises(ValueError, match="titles has 0 entries"):
        Finder([])
    with pytest.raises(ValueError, match="titles is the str"):
        Finder("War")
    with pytest.raises(ValueError, match="baskets has 0 entries"):
        hide([])
    for basket in ([3], [3, 3], []):
        with pytest.raises(
            ValueError, match=r"basket 1 is .*: two are needed"
        ):
            hide([[1, 2], basket])
    with pytest.raises(ValueError, match="least is 1: a whole"):
        shop(least=1)
    with pytest.raises(ValueError, match="often is 0: a whole"):
        shop(often=0)
