"""Verdict: is a reply right, and does it say what its passage says?

Chapter: rag
Source:  Wilson (1927), doi:10.2307/2276774
"""

import re
import unicodedata
from collections.abc import Sequence

from embook.refuse import between, positive, words


def plain(text: str) -> str:
    """Return a text in small letters without accents, a blank at each end.

    >>> plain("N'Djamena, Bogotá!")
    ' n djamena bogota '
    """
    split = unicodedata.normalize("NFKD", text).casefold()
    split = unicodedata.normalize("NFKD", split)  # ΐ falls apart once more
    bare = "".join(c for c in split if not unicodedata.combining(c))
    return " ".join(["", *re.findall(r"[^\W_]+", bare), ""])


def first_named(reply: str, names: Sequence[str]) -> str | None:
    """Return which of the names stands first in a reply, in whole words.

    Of two that begin at one place the longer counts. None where none is
    there. Raises ValueError where names is empty or one str.

    >>> first_named("In Tunisia it is Tunis, not Lima.", ["Lima", "Tunis"])
    'Tunis'
    """
    text = plain(reply)
    found = {name: text.find(plain(name)) for name in words(names, "names")}
    there = [name for name, at in found.items() if at >= 0]
    return min(there, key=lambda n: (found[n], -len(n)), default=None)


def unsupported(reply: str, question: str, passage: str) -> list[str]:
    """Return the names in a reply that its passage does not contain.

    A name is a word with a capital letter; those of the question are free.

    >>> unsupported("Peru's capital is Quito.", "Peru?", "Lima, in Peru")
    ['Quito']
    """
    given = plain(question) + plain(passage)
    capital = [
        word for word in re.findall(r"\w+", reply) if word[0].isupper()
    ]
    return [name for name in capital if plain(name) not in given]


def interval(right: int, asked: int, z: float = 1.96) -> tuple[float, float]:
    """Return from where to where the true share may lie (Wilson, 1927).

    Raises ValueError where right is not from 0 to asked, or z not above 0.

    >>> [round(x, 3) for x in interval(12, 16, z=2)]
    [0.5, 0.9]
    """
    n, z2 = between(asked, 1, name="asked"), positive(z, "z") ** 2
    k = between(right, 0, n, "right")
    middle = (k + z2 / 2) / (n + z2)
    half = z / (n + z2) * (k * (n - k) / n + z2 / 4) ** 0.5
    return middle - half, middle + half
