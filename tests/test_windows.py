"""Windows: every pair within reach, once; and nobody from another text."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embook import windows
from embook.windows import blocks, kept, noise, questions

texts = st.lists(st.integers(1, 300), min_size=1, max_size=5)


def pairs(some):
    """Return how often place a has place b in its window, for each (a, b)."""
    found = {}
    for block in some:
        for i, j in np.argwhere(block.inside):
            pair = (int(block.centre[i]), int(block.near[j]))
            found[pair] = found.get(pair, 0) + 1
    return found


def test_noise_by_hand():
    np.testing.assert_allclose(noise([16, 1, 0]), [8 / 9, 1 / 9, 0])
    np.testing.assert_allclose(noise([5, 1, 0], power=0), [0.5, 0.5, 0])
    np.testing.assert_allclose(noise([5, 15], power=1), [0.25, 0.75])


def test_kept_by_hand():
    # shares .9 and .1; sample .1: √(1/9) + 1/9, and √1 + 1, which is cut
    np.testing.assert_allclose(kept([90, 10], 0.1), [4 / 9, 1])
    np.testing.assert_allclose(kept([90, 10, 0], 1), [1, 1, 1])


def test_a_window_of_one_pairs_each_place_with_the_next():
    ids = np.arange(4)
    owner = np.array([0, 0, 0, 1])  # place 3 is a text of its own
    found = pairs(blocks(ids, owner, np.ones(4), sample=1, window=1))
    assert found == dict.fromkeys([(0, 1), (1, 0), (1, 2), (2, 1)], 1)


def test_an_unknown_word_takes_no_place():
    ids = np.array([0, 2, 1])
    found = pairs(blocks(ids, 0 * ids, np.ones(2), sample=1, window=1))
    assert found == {(0, 1): 1, (1, 0): 1}


@given(texts, st.integers(1, 6), st.integers(0, 5))
def test_law_no_pair_is_lost_or_doubled(lengths, window, seed):
    owner = np.repeat(np.arange(len(lengths)), lengths)
    ids = np.arange(len(owner))  # each word occurs once: ids are places
    counts = np.ones(len(owner))
    read = list(blocks(ids, owner, counts, 1, seed, window, sample=1))
    found = np.zeros((len(ids), len(ids)))
    for block in read:
        i, j = np.nonzero(block.inside)
        np.add.at(found, (block.centre[i], block.near[j]), 1)
    far = np.abs(ids[:, None] - ids)
    reach = (found * far).max(axis=1, keepdims=True)
    assert reach.max() <= window
    # All that are nearer than the farthest are there too, once.
    near = (owner[:, None] == owner) & (far > 0) & (far <= reach)
    np.testing.assert_array_equal(found, near)
    if window == 1:
        assert found.sum() == 2 * sum(n - 1 for n in lengths)


def test_windows_of_all_sizes_are_equally_frequent():
    ids = np.arange(20_000) % 50
    reach = [
        block.inside.sum(axis=1)
        for block in blocks(ids, 0 * ids, np.ones(50), window=4, sample=1)
    ]
    sizes = np.bincount(np.concatenate(reach))[[2, 4, 6, 8]]
    np.testing.assert_allclose(sizes / 20_000, 0.25, atol=0.02)


def test_frequent_words_are_read_as_often_as_kept_says():
    rng = np.random.default_rng(0)
    ids = rng.choice(3, 60_000, p=[0.9, 0.09, 0.01])
    counts = np.bincount(ids)
    read = np.zeros(3)
    for block in blocks(ids, 0 * ids, counts, sample=0.05, seed=1):
        used = block.inside.any(axis=1)
        read += np.bincount(block.centre[used], minlength=3)
    chance = kept(counts, 0.05)
    np.testing.assert_allclose(read / counts, chance, atol=0.02)
    assert chance[2] == 1 > chance[0]


def test_noise_is_drawn_by_its_chances():
    ids = np.arange(50_000) % 3
    counts = np.array([16.0, 1.0, 0.0])
    drawn = [b.noise for b in blocks(ids, 0 * ids, counts, sample=1)]
    share = np.bincount(np.concatenate(drawn), minlength=3)
    np.testing.assert_allclose(share / share.sum(), noise(counts), atol=0.01)


def test_done_runs_from_0_to_1_over_all_epochs():
    ids = np.zeros(5 * windows.BLOCK, int)
    read = blocks(ids, ids, np.ones(1), epochs=2, sample=1)
    done = [block.done for block in read]
    np.testing.assert_allclose(done, np.arange(10) / 10)


def test_questions_by_hand():
    ids = np.array([0, 1])
    (block,) = blocks(ids, 0 * ids, np.ones(2), sample=1, window=1)
    others, wanted, weight = questions(block)
    assert wanted.sum() == len(block.near)
    assert (others == np.concatenate([block.near, block.noise])).all()
    # Two places have one neighbour each; so they get five words of noise.
    np.testing.assert_array_equal(weight.sum(axis=1)[:3], [6, 6, 0])
    np.testing.assert_array_equal(
        weight[:, wanted].sum(axis=1)[:3], [1, 1, 0]
    )


def test_parity_with_gensim(parity):
    from gensim.models import Word2Vec

    rng = np.random.default_rng(3)
    words = [f"w{i}" for i in (rng.zipf(1.3, 30_000) % 500)]
    model = Word2Vec(min_count=1, sample=1e-3, ns_exponent=0.75)
    model.build_vocab([words])
    counts = [model.wv.get_vecattr(w, "count") for w in model.wv.key_to_index]
    share = [
        model.wv.get_vecattr(w, "sample_int") for w in model.wv.key_to_index
    ]
    top = model.cum_table[-1]
    for name, ours, theirs in (
        ("kept", kept(counts), np.array(share) / (2**32 - 1)),
        ("noise", noise(counts).cumsum(), model.cum_table / top),
    ):
        parity(f"windows.{name}", "gensim Word2Vec", ours, theirs, atol=1e-8)


ONE = np.zeros(9, int)


@pytest.mark.parametrize(
    ("call", "line"),
    [
        (lambda: noise([0, 0]), "counts is all zeros: nothing was counted"),
        (lambda: noise([1, -1]), "counts holds -1: at least 0 is needed"),
        (lambda: kept([1.0, np.nan]), "counts holds NaN or infinity"),
        (lambda: kept([1, 2], 0), "sample is 0: a finite number above 0"),
        (lambda: kept([[1, 2]]), "counts has rank 2"),
        (lambda: blocks(ONE, ONE, [1, 1], window=0), "window is 0"),
        (
            lambda: blocks(ONE, ONE[:5], [1, 1]),
            "9 entries for 5 rows",
        ),
        (lambda: blocks(ONE + 3, ONE, [1, 1]), "ids holds 3 at place 0"),
        (lambda: blocks(ONE, ONE, [1, 1], seed=-1), "seed is -1"),
        (lambda: blocks(ONE, ONE, [1, 1], epochs=0), "epochs is 0"),
    ],
)
def test_refusals(call, line):
    with pytest.raises(ValueError, match=line):
        call()
