"""The two searches of the site: by hand, as laws, and what they refuse."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from booksite import ranking
from booksite.ranking import Index, Meaning, by_letters, ranked
from embook.pieces import Pieces, words
from embook.tokenization import wordpiece
from embook.vocabulary import cut

SECTIONS = [
    ["a", "Cats", "a cat sat"],
    ["b", "Dogs", "two dogs ran"],
    ["c", "Norms", "how long"],
]
# Cat and kitten point nearly the same way, dog less, norm across.
ROWS = {
    "cat": (4, 3),
    "kitten": (3, 4),
    "dog": (4, -3),
    "norm": (-3, 4),
    "##s": (0, 0),
}


@pytest.fixture
def book() -> Index:
    return ranking.index(SECTIONS)


@pytest.fixture
def meaning(book) -> Meaning:
    pieces = Pieces(
        tuple(ROWS), np.array([*ROWS.values()]), np.ones(len(ROWS))
    )
    return Meaning(book, pieces)


def test_a_score_by_hand(book):
    # "cat" begins "cat", once, and "cats", three times in the heading.
    often, lengths = 4, np.array([6, 6, 5]) / (17 / 3)
    spread = 1.2 * (0.25 + 0.75 * lengths[0])
    rarity = np.log(1 + 2.5 / 1.5)
    expected = [rarity * often * 2.2 / (often + spread), 0, 0]
    np.testing.assert_allclose(by_letters(book, "Cat, cat"), expected)


def test_a_cosine_by_hand(meaning):
    cosines, places = meaning.cosines("kitten"), meaning.book.places
    np.testing.assert_allclose(cosines[places["cats"]], 24 / 25)
    np.testing.assert_allclose(cosines[places["dogs"]], 0)
    assert cosines[places["sat"]] == 0


def test_the_nearest_word_stands_in_for_one_that_the_book_lacks(meaning):
    assert ranked(by_letters(meaning.book, "kitten")) == []
    assert ranked(meaning.scores("kitten"))[0] == 0
    alike = meaning.alike("kitten")
    assert alike.max() == alike[meaning.book.places["cat"]] == 1


@pytest.mark.parametrize("asked", ["", " ?! ", "zebra", "漢字"])
def test_what_nobody_knows_scores_nothing(meaning, asked):
    assert ranked(meaning.scores(asked)) == []
    assert ranked(by_letters(meaning.book, asked)) == []


def test_equal_scores_keep_the_order_of_the_book():
    assert ranked(np.array([1.0, 2.0, 2.0 + 1e-12, 0.0])) == [1, 2, 0]


PLAIN = st.text("abcxyzäéİß 12.,’'-–(", max_size=40)


@given(PLAIN)
def test_words_are_those_of_bert_but_for_signs(text):
    pytest.importorskip("regex")
    ours = words(text)
    theirs = [w for w in cut(text, "bert") if w.isalnum()]
    assert ours == theirs


@given(PLAIN)
def test_more_words_never_score_less(text):
    book = ranking.index(SECTIONS)
    less = by_letters(book, text)
    assert (by_letters(book, text + " cat") >= less - 1e-12).all()


@given(st.text("abc", max_size=6))
def test_a_word_is_cut_as_in_the_library(word):
    pieces = Pieces(("a", "ab", "##b", "##c"), np.eye(4), np.ones(4))
    theirs = [p for p in wordpiece(word, pieces.ids) if p != "[UNK]"]
    assert [pieces.pieces[n] for n in pieces.cut(word)] == theirs
