"""Pieces: the part of MiniLM's static table that a web page can hold.

A page cannot load all 29,523 rows. It gets the pieces that some words are cut
into, all single letters and digits, so that any Latin word can be cut, and
then the most frequent whole words of English while there is room. The
numbers are rounded to a few whole steps.

Shapes:  P = pieces with a row, D = numbers a row, V = words
"""

import re
import string
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from embook.sources import ARTEFACTS, SOURCES
from embook.tokenization import wordpiece

NAME = "pieces.txt"
# So many steps from 0 to a row's length, and what a number can be at most.
# So coarse that two numbers fit one letter; rows keep their direction.
STEPS, MOST = 12, 4
# The heaviest piece weighs so much in whole numbers.
HEAVY = 60
# A small search to play with: its texts, and how much of the table it gets.
PASSAGES = {
    "doctor": "A doctor at the hospital gave the child a pill against fever.",
    "garage": "The mechanic repaired the brakes of the old car in an hour.",
    "loan": "The bank raised the interest on loans for new houses.",
    "river": "They sat on the bank of the river and watched the boats.",
    "bread": "Knead the dough, let it rise, and bake it in a hot oven.",
    "printer": "Error E42 means that the printer has run out of paper.",
    "match": "The striker scored twice, and the team won the final.",
    "film": "The film was not good, and we left before the end.",
}
PIECES, WIDTH = 10000, 64
PLAIN = re.compile(r"[a-z]{2,}")


def words(text: str) -> list[str]:
    """Return the words of a text: letters and digits, small, plain.

    >>> words("Déjà-vu: BERT’s 2nd norm‖a‖")
    ['deja', 'vu', 'bert', 's', '2nd', 'norm', 'a']
    """
    apart = unicodedata.normalize("NFD", text.lower())
    plain = (c for c in apart if unicodedata.category(c) != "Mn")
    return re.findall(r"[^\W_]+", "".join(plain))


@dataclass(frozen=True, eq=False)
class Pieces:
    """Pieces (P,), their rows (P, D) and weights (P,), all whole numbers."""

    pieces: tuple[str, ...]
    rows: np.ndarray
    weights: np.ndarray

    @cached_property
    def ids(self) -> dict[str, int]:
        """Return the number of each piece."""
        return {piece: n for n, piece in enumerate(self.pieces)}

    def cut(self, word: str) -> list[int]:
        """Return the numbers of a word's pieces; none if a letter has none.

        >>> pieces = Pieces(("norm", "##s"), np.eye(2), np.ones(2))
        >>> pieces.cut("norms"), pieces.cut("norma")
        ([0, 1], [])
        """
        found = wordpiece(word, self.ids)
        return [self.ids[piece] for piece in found if piece in self.ids]

    def vector(self, word: str) -> np.ndarray:
        """Return the sum (D,) of a word's rows, each times its weight."""
        ids = self.cut(word)
        return self.weights[ids] @ self.rows[ids]

    def vectors(self, some: Iterable[str]) -> np.ndarray:
        """Return the vectors (V, D) of words, of length 1, or 0."""
        found = np.array([self.vector(word) for word in some])
        lengths = np.sqrt((found * found).sum(axis=1, keepdims=True))
        return found / np.where(lengths == 0, 1, lengths)


def chosen(
    pieces: Sequence[str], some: Iterable[str], most: int
) -> list[int]:
    """Return the numbers of the pieces that a page gets, in order.

    `pieces` stand in the order of how frequent they are; `some` words must
    be cut as with all of them.

    >>> chosen(["!", "a", "##b", "an", "##ing", "the"], ["ab"], 4)
    [1, 2, 3, 5]
    """
    ids = {piece: n for n, piece in enumerate(pieces)}
    signs = string.ascii_lowercase + string.digits
    needed = {f"{mark}{sign}" for mark in ("", "##") for sign in signs}
    for word in some:
        needed.update(wordpiece(word, ids))
    kept = {ids[piece] for piece in needed if piece in ids}
    for n, piece in enumerate(pieces):
        if len(kept) >= most:
            break
        if PLAIN.fullmatch(piece):
            kept.add(n)
    return sorted(kept)


def small(rows: np.ndarray) -> np.ndarray:
    """Return rows (P, D), each of length STEPS, as whole numbers.

    >>> small(np.array([[3.0, 4.0, 0.0]]))
    array([[4., 4., 0.]])
    """
    lengths = np.sqrt((rows * rows).sum(axis=1, keepdims=True))
    return np.clip(np.rint(rows / lengths * STEPS), -MOST, MOST)


@cache
def whole() -> tuple[tuple[str, ...], np.ndarray]:
    """Return all pieces of the static table, and their rows (P, D)."""
    with SOURCES["static"].reading("static.npz") as path:
        with np.load(path) as file:
            rows = file["rows"] * file["scale"].astype(float)[:, None]
    with SOURCES["pieces"].reading(NAME) as path:
        pieces = path.read_text("utf-8").split("\n")[:-1]
    return tuple(pieces[-len(rows) :]), rows


def page(some: Iterable[str], most: int, width: int) -> Pieces:
    """Return what a page gets: `most` pieces with `width` numbers each.

    All pieces of the words `some` are among them, be they more than `most`.
    """
    pieces, rows = whole()
    rows = rows[:, :width]
    ids = chosen(pieces, some, most)
    weights = np.sqrt((rows * rows).sum(axis=1))
    heavy = np.maximum(1, np.rint(weights / weights.max() * HEAVY))[ids]
    return Pieces(tuple(pieces[n] for n in ids), small(rows[ids]), heavy)


def passages() -> Pieces:
    """Return what the page of a search in PASSAGES gets."""
    some = {word for text in PASSAGES.values() for word in words(text)}
    return page(sorted(some), PIECES, WIDTH)


if __name__ == "__main__":
    with SOURCES["minilm"].reading("model/vocab.txt") as published:
        ARTEFACTS.joinpath(NAME).write_bytes(published.read_bytes())
