"""Meaning: the part of the book's static table that the search page loads.

The chapter on sentences distils MiniLM into one row for each word piece. A
page cannot load all of it: it gets the pieces that the book's words are cut
into, all single letters and digits, so that any Latin word can be cut, and
then the most frequent pieces of English, until the file is full.

Shapes:  P = pieces with a row, D = width
"""

import json
import re
import string
from collections.abc import Sequence
from functools import cache

import numpy as np

from booksite.ranking import Index, Pieces
from embook.data import minilm_pieces
from embook.sources import SOURCES
from embook.tokenization import wordpiece

# What the page gets: so many pieces, so many numbers each.
PIECES, WIDTH = 7900, 96
# Whole numbers: so many steps from 0 to 1 at most, and what a number can be.
STEPS, MOST = 45, 27
# Numbers are sent as plain letters: 0 is the sign with this code.
SHIFT = 62
# The heaviest piece weighs so much in whole numbers.
HEAVY = 60
PLAIN = re.compile(r"(##)?[a-z]+")
NAME = "search-table.js"


def chosen(
    pieces: Sequence[str], words: tuple[str, ...], most: int
) -> list[int]:
    """Return the numbers of the pieces that a page gets, in order.

    `pieces` stand in the order of how frequent they are.

    >>> chosen(["!", "a", "##b", "ab", "b", "c"], ("ab",), 4)
    [1, 2, 3, 4]
    """
    ids = {piece: n for n, piece in enumerate(pieces)}
    signs = string.ascii_lowercase + string.digits
    needed = {f"{mark}{sign}" for mark in ("", "##") for sign in signs}
    for word in words:
        needed.update(wordpiece(word, ids))
    needed = sorted(ids[piece] for piece in needed if piece in ids)
    kept = set(needed[:most])
    for n, piece in enumerate(pieces):
        if len(kept) >= most:
            break
        if PLAIN.fullmatch(piece):
            kept.add(n)
    return sorted(kept)


def small(rows: np.ndarray) -> np.ndarray:
    """Return rows (P, D), each of length STEPS, as whole numbers.

    >>> small(np.array([[3.0, 4.0, 0.0]]))
    array([[27., 27.,  0.]])
    """
    lengths = np.sqrt((rows * rows).sum(axis=1, keepdims=True))
    return np.clip(np.rint(rows / lengths * STEPS), -MOST, MOST)


@cache
def whole() -> tuple[tuple[str, ...], np.ndarray]:
    """Return all pieces of the static table, and their rows (P, D)."""
    with SOURCES["static"].reading("static.npz") as path:
        with np.load(path) as file:
            rows = file["rows"] * file["scale"].astype(float)[:, None]
    return minilm_pieces()[-len(rows) :], rows[:, :WIDTH]


def table(book: Index) -> Pieces:
    """Return what the page gets of the static table."""
    pieces, rows = whole()
    ids = chosen(pieces, book.words, PIECES)
    weights = np.sqrt((rows * rows).sum(axis=1))
    heavy = np.maximum(1, np.rint(weights / weights.max() * HEAVY))[ids]
    return Pieces(tuple(pieces[n] for n in ids), small(rows[ids]), heavy)


def letters(numbers: np.ndarray) -> str:
    """Return whole numbers as letters, one for each.

    >>> letters(np.array([[0, 1], [-1, 2]]))
    '>?=@'
    """
    codes = (numbers + SHIFT).astype(int).astype(np.uint8)
    return codes.tobytes().decode("latin-1")


def script(found: Pieces) -> str:
    """Return the script that brings the table to the page."""
    data = {
        "shift": SHIFT,
        "width": found.rows.shape[1],
        "pieces": " ".join(found.pieces),
        "weights": letters(found.weights),
        # Column by column: what is alike packs better.
        "numbers": letters(found.rows.T),
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"book.table={text};\n"
