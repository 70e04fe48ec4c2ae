"""Meaning: the static table as a script that a page can load.

Shapes:  P = pieces with a row, D = numbers a row
"""

import json

import numpy as np

from booksite.ranking import Index
from embook.pieces import MOST, Pieces, page

# What the search page gets: so many pieces, so many numbers each.
PIECES, WIDTH = 13500, 96
# Numbers are sent as plain letters, 0 being the sign with this code.
SHIFT = 40
NAME = "search-table.js"


def table(book: Index) -> Pieces:
    """Return what the search page gets of the static table."""
    return page(book.words, PIECES, WIDTH)


def letters(numbers: np.ndarray) -> str:
    """Return whole numbers from 0 on as letters, one for each.

    >>> letters(np.array([0, 1, 2]))
    '()*'
    """
    codes = (numbers.ravel() + SHIFT).astype(np.uint8)
    return codes.tobytes().decode("latin-1")


def pairs(rows: np.ndarray) -> np.ndarray:
    """Return two columns of rows (P, D) at a time as one number (D / 2, P).

    >>> pairs(np.array([[-4, -4, 4, 4], [0, 0, -4, 4]]))
    array([[ 0, 40],
           [80,  8]])
    """
    up = rows.T + MOST
    return up[::2] * (2 * MOST + 1) + up[1::2]


def packed(found: Pieces) -> dict:
    """Return a table as find.js unpacks it."""
    return {
        "shift": SHIFT,
        "most": MOST,
        "width": found.rows.shape[1],
        "pieces": " ".join(found.pieces),
        "weights": letters(found.weights),
        "numbers": letters(pairs(found.rows)),
    }


def script(found: Pieces) -> str:
    """Return the script that brings the table to the search page."""
    text = json.dumps(
        packed(found), ensure_ascii=False, separators=(",", ":")
    )
    return f"book.table={text};\n"
