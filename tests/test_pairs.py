"""Pairs: the kept counts are those of counting anew."""

from collections import Counter
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from embook.pairs import Pairs, joined

words = st.lists(st.lists(st.integers(0, 3), max_size=9), min_size=1)


def counted(words, weights):
    counts = Counter()
    for word, weight in zip(words, weights, strict=True):
        for pair in pairwise(word):
            counts[pair] += weight
    return counts


def test_by_hand():
    some = [[7, 7, 7, 8], [7, 8]]
    pairs = Pairs(some, [2, 3])
    assert pairs.counts == {(7, 7): 4, (7, 8): 5}
    assert pairs.best() == (7, 8)
    pairs.join((7, 8), 9)
    assert +pairs.counts == {(7, 7): 2, (7, 9): 2}
    assert pairs.best() == (7, 7)  # a tie: 7 is less than 9
    pairs.join((7, 7), 10)
    assert +pairs.counts == {(10, 9): 2}
    assert some == [[7, 7, 7, 8], [7, 8]]  # left alone


def test_there_may_be_no_pair():
    assert Pairs([[1], []], [5, 5]).best() is None


@settings(deadline=None)
@given(words, st.data())
def test_kept_counts_are_counts_anew(words, data):
    weights = [data.draw(st.integers(1, 5)) for _ in words]
    pairs = Pairs([*words], weights)
    for new in range(4, 12):
        counts = counted(words, weights)
        assert +pairs.counts == counts
        best = pairs.best()
        wanted = min(counts, key=lambda p: (-counts[p], p), default=None)
        assert best == wanted
        if best is None:
            break
        pairs.join(best, new)
        words = [joined(word, best, new) for word in words]


@given(st.lists(st.integers(0, 2)), st.integers(0, 2), st.integers(0, 2))
def test_a_joined_word_spells_the_same(word, a, b):
    out = joined(word, (a, b), 9)
    parted = [i for j in out for i in ((a, b) if j == 9 else (j,))]
    assert parted == word
    assert (a, b) not in pairwise(out) or a == b
