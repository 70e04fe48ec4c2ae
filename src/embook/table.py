"""Table: words, and for each word its row of numbers.

Shapes:  V = rows of the table, D = numbers a row, N = words asked for
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from embook.refuse import rank


@dataclass(frozen=True, eq=False)
class Table:
    """Words, and for each word its row of a read-only matrix (V, D).

    >>> Table(("one", "two"), np.array([[1.0, 0.0], [0.0, 2.0]]))["two"]
    array([0., 2.])
    """

    words: tuple[str, ...]
    vectors: np.ndarray

    def __post_init__(self) -> None:
        """Raise ValueError unless each row has one word of its own."""
        vectors = rank(self.vectors, 2, "vectors").view()
        if len(self.words) != len(vectors):
            raise ValueError(
                f"words has {len(self.words)} entries, vectors has "
                f"{len(vectors)} rows: one word for each row is needed"
            )
        if len(set(self.words)) != len(self.words):
            twice = next(w for w, n in Counter(self.words).items() if n > 1)
            raise ValueError(f"words holds {twice!r} more than once")
        # Tables are shared: a chapter must not change another one's rows.
        vectors.flags.writeable = False
        object.__setattr__(self, "vectors", vectors)

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {word: row for row, word in enumerate(self.words)}

    def row(self, word: str) -> int:
        """Return the number of the word's row, counted from 0.

        Raises ValueError where the table lacks the word.

        >>> Table(("one", "two"), np.eye(2)).row("Two")
        Traceback (most recent call last):
        ValueError: no row for 'Two': try 'two'
        """
        if isinstance(word, str) and word in self._rows:
            return self._rows[word]
        bare = str(word).strip()
        for near in (bare, bare.lower(), f" {bare}"):
            if near in self._rows:
                raise ValueError(f"no row for {word!r}: try {near!r}")
        raise ValueError(
            f"no row for {word!r}: it is none of this table's "
            f"{len(self.words)} words; check the spelling"
        )

    def rows(self, words: Sequence[str]) -> np.ndarray:
        """Return the numbers (N,) of the words' rows.

        Raises ValueError as `row` does, and where words is one str or empty.

        >>> Table(("one", "two"), np.eye(2)).rows(["two", "one", "two"])
        array([1, 0, 1])
        """
        if isinstance(words, str) or not len(words):
            raise ValueError(f"words is {words!r}: a list of words is needed")
        return np.array([self.row(word) for word in words])

    def __getitem__(self, word: str) -> np.ndarray:
        """Return the word's vector (D,)."""
        return self.vectors[self.row(word)]
