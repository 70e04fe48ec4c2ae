"""What the search page gets of the static table."""

import json
import string

import numpy as np
import pytest

from booksite import meaning, ranking
from embook import pieces as room


@pytest.fixture(scope="module")
def table():
    return meaning.table(ranking.index([["a", "Norms", "how long is it"]]))


def test_any_latin_word_can_be_cut(table):
    for word in ("zyzzyva", "qqq", "x9", string.ascii_lowercase):
        assert table.cut(word)
    assert table.cut("漢字") == []


def test_a_row_points_where_the_whole_table_s_does(table):
    pieces, rows = room.whole()
    ids = {piece: n for n, piece in enumerate(pieces)}
    whole = rows[[ids[piece] for piece in table.pieces], : meaning.WIDTH]
    lengths = np.linalg.norm(whole, axis=1) * np.linalg.norm(
        table.rows, axis=1
    )
    cosines = (whole * table.rows).sum(axis=1) / lengths
    print(f"lowest cosine {cosines.min():.4f}")
    assert cosines.min() > 0.9


def test_the_script_brings_back_every_number(table):
    script = meaning.script(table)
    data = json.loads(script.removeprefix("book.table=").removesuffix(";\n"))
    assert script.isascii()
    assert data["pieces"].split(" ") == [*table.pieces]
    codes = np.array([ord(letter) for letter in data["numbers"]])
    both = (codes - data["shift"]).reshape(-1, len(table.pieces))
    base = 2 * data["most"] + 1
    rows = np.stack([both // base, both % base], 1) - data["most"]
    rows = rows.reshape(-1, both.shape[1])
    np.testing.assert_array_equal(rows.T, table.rows)
    heavy = [ord(letter) - data["shift"] for letter in data["weights"]]
    np.testing.assert_array_equal(heavy, table.weights)
    assert len(table.pieces) == meaning.PIECES


def test_what_the_book_needs_comes_first():
    pieces = ["the", "of", "norm", "##s", "a", "##a", "##b"]
    assert room.chosen(pieces, ("norms",), 5) == [2, 3, 4, 5, 6]
