"""Pairs: neighbours in many words, counted once and then kept up to date.

A merge changes the counts of a few pairs in the words that hold it. To count
all words anew after each merge would give the same numbers, hundreds of
times more slowly.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from heapq import heapify, heappop, heappush
from itertools import pairwise

Pair = tuple[int, int]


class Pairs:
    """Words as lists of ids, each with a weight, and their pairs' counts."""

    def __init__(self, words: list[list[int]], weights: Iterable[int]):
        """Return the pairs of the words; a word counts by its weight."""
        self._words, self._weights = [*map(list, words)], [*weights]
        self.counts: Counter[Pair] = Counter()
        # Every word that holds the pair, and some that held it once.
        self._homes: dict[Pair, set[int]] = defaultdict(set)
        for home, word in enumerate(words):
            for pair in pairwise(word):
                self.counts[pair] += self._weights[home]
                self._homes[pair].add(home)
        self._queue = [(-n, pair) for pair, n in self.counts.items()]
        heapify(self._queue)

    def best(self) -> Pair | None:
        """Return the most frequent pair, and take it out of the queue.

        Of equals, that of smallest ids. None where no pair is left.
        """
        while self._queue:
            n, pair = heappop(self._queue)
            now = self.counts[pair]
            if now == -n > 0:
                return pair
            if now > 0:  # it went down since it was queued: queue it anew
                heappush(self._queue, (-now, pair))
        return None

    def join(self, pair: Pair, new: int) -> None:
        """Return nothing; replace the pair by id new in every word.

        From the left. Only pairs with a neighbour change their counts.
        """
        (left, right), counts, grown = pair, self.counts, set()
        for home in self._homes.pop(pair):
            word, weight = self._words[home], self._weights[home]
            i = 0
            while i < len(word) - 1:
                if word[i] == left and word[i + 1] == right:
                    word[i : i + 2] = [new]
                    counts[pair] -= weight
                    made = []
                    if i > 0:
                        counts[word[i - 1], left] -= weight
                        made.append((word[i - 1], new))
                    if i < len(word) - 1:
                        counts[right, word[i + 1]] -= weight
                        made.append((new, word[i + 1]))
                    for now in made:
                        counts[now] += weight
                        self._homes[now].add(home)
                    grown.update(made)
                i += 1
        for now in grown:
            heappush(self._queue, (-counts[now], now))


def joined(word: list[int], pair: Pair, new: int) -> list[int]:
    """Return the word with id new for each occurrence of the pair.

    From the left, so of three equal ids the first two are joined. This is
    what `Pairs.join` makes of a word.

    >>> joined([7, 7, 7, 8], (7, 7), 9)
    [9, 7, 8]
    """
    out, used = [], False
    for here in pairwise([*word, None]):
        if used:  # as the right half of the last pair
            used = False
        elif here == pair:
            out.append(new)
            used = True
        else:
            out.append(here[0])
    return out
