"""Maps: the words by their rule, and dots that are where they were drawn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embook import maps, play
from embook.distance import euclidean
from embook.norms import unit
from embook.similarity import cosine, top_k


def ten(scores):
    return top_k(scores - 1e9 * np.eye(len(scores)), 10)


def kept(y, x):
    both = zip(ten(cosine(x, x)), ten(-euclidean(y, y)), strict=True)
    return np.mean([np.isin(*two).sum() for two in both])


def test_the_words_are_the_most_frequent_long_ones():
    table, whole = maps.chosen(), play.words()
    last = whole.row(table.words[-1])
    long = [w for w in whole.words[: last + 1] if len(w) >= 6]
    assert list(table.words) == long
    assert table.vectors.shape == (240, 50)
    np.testing.assert_array_equal(table["people"], whole["people"])


def test_on_paper_by_hand():
    y = np.array([[-1.0, 2.0], [3.0, 2.5], [1.0, 3.0]])
    expected = [[-500, -125], [500, 0], [0, 125]]
    np.testing.assert_array_equal(maps.on_paper(y), expected)


@given(st.integers(0, 1000), st.floats(0.01, 100), st.floats(-50, 50))
def test_law_where_the_map_lies_and_how_large_it_is_do_not_matter(
    seed, scale, shift
):
    # In eighths, so that no place lies between two steps.
    y = np.random.default_rng(seed).integers(-8, 9, (9, 2)).astype(float)
    y[:2] = [[-8, 0], [8, 0]]
    moved = scale * y + shift
    far = np.abs(maps.on_paper(moved) - maps.on_paper(y))
    assert far.max() <= 1
    assert np.abs(maps.on_paper(moved)).max() == 500


def test_no_two_words_stand_on_one_dot():
    drawn = maps.places()
    assert list(drawn) == list(maps.MAPS)
    for y in drawn.values():
        assert len(np.unique(y, axis=0)) == len(y) == maps.WORDS
        np.testing.assert_array_equal(maps.on_paper(y), y)


def test_the_flat_map_is_scikit_learn_s():
    from sklearn.decomposition import PCA

    x = unit(maps.chosen().vectors)
    theirs = PCA(2, svd_solver="full").fit_transform(x)
    ours = maps.places()["pca"]
    # An axis of theirs may point the other way.
    theirs *= np.sign((theirs * ours).sum(axis=0))
    assert np.abs(maps.on_paper(theirs) - ours).max() <= 1


def test_true_neighbours_are_scikit_learn_s_and_never_in_doubt():
    from sklearn.neighbors import NearestNeighbors

    x = maps.chosen().vectors
    asked = NearestNeighbors(n_neighbors=10, metric="cosine").fit(x)
    theirs = asked.kneighbors(return_distance=False)
    np.testing.assert_array_equal(ten(cosine(x, x)), theirs)
    # Another processor rounds in the 16th digit: no order hangs on it.
    best = -np.sort(-cosine(x, x), axis=1)[:, :12]
    assert np.diff(best, axis=1).max() < -1e-9


def test_a_map_of_t_sne_keeps_more_than_the_flat_one_and_not_all():
    x = maps.chosen().vectors
    flat, *others = (kept(y, x) for y in maps.places().values())
    assert 1 < flat < 3
    assert all(4 < share < 6 for share in others)


@pytest.mark.deep
def test_drawn_anew_the_maps_are_as_good():
    x, before = maps.chosen().vectors, maps.places()
    anew = maps.draw_all()
    assert np.abs(anew["pca"] - before["pca"]).max() <= 1
    for name, y in anew.items():
        far = abs(kept(y.astype(float), x) - kept(before[name], x))
        assert far < 0.5, name


@pytest.mark.parametrize(
    ("y", "line"),
    [
        (np.ones((3, 2)), "the width of the map is 0"),
        (np.full((3, 2), np.nan), "y holds NaN"),
    ],
)
def test_refusals(y, line):
    with pytest.raises(ValueError, match=line):
        maps.on_paper(y)
