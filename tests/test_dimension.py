"""Dimension: worked by hand, parity, laws, refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from embook import data
from embook.dimension import (
    contrast,
    effective_dimension,
    enough_dimensions,
    occurrences,
    random_projection,
    skewness,
)
from embook.distance import euclidean
from embook.similarity import cosine, top_k

above_zero = arrays(float, (3, 4), elements=st.floats(0.01, 100))
lists = arrays(int, (5, 3), elements=st.integers(0, 6))


def test_contrast_by_hand():
    distances = np.array([[4.0, 3.0, 6.0], [1, 10, 2]])
    np.testing.assert_array_equal(contrast(distances), [2, 10])


def test_effective_dimension_by_hand():
    # Cosines of all four pairs: 1, 0.6, 0.6, 1. Their squares' mean is 0.68.
    rows = np.array([[2.0, 0.0], [3.0, 4.0]])
    assert effective_dimension(rows) == pytest.approx(1 / 0.68)
    assert effective_dimension(np.eye(7)) == pytest.approx(7)
    assert effective_dimension(np.ones((4, 3))) == pytest.approx(1)


def test_effective_dimension_counts_directions_not_lengths():
    rows = np.eye(3) * [[1.0], [100.0], [0.001]]
    assert effective_dimension(rows) == pytest.approx(3)


def test_enough_dimensions_by_hand():
    # 4 × ln 100 = 18.42 over 0.125 − 0.0416667
    assert enough_dimensions(100, 0.5) == 221


def test_occurrences_by_hand():
    lists = np.array([[1, 2], [2, 0], [1, 0], [2, 1]])
    np.testing.assert_array_equal(occurrences(lists, 5), [2, 3, 3, 0, 0])


def test_skewness_by_hand():
    # Deviations -1, -1, -1, 3: cubes add up to 24, squares to 12.
    assert skewness(np.array([0, 0, 0, 4])) == pytest.approx(6 / 3**1.5)
    assert skewness(np.array([4, 4, 4, 0])) == pytest.approx(-6 / 3**1.5)


def test_a_projection_keeps_the_mean_squared_distance():
    x = np.array([[3.0, 4.0, 0.0, 0.0]])
    squares = [
        (random_projection(x, 2, seed) ** 2).sum() for seed in range(3000)
    ]
    # Each is 25 on average, with a deviation of 25 × √(2/2) each.
    assert np.mean(squares) == pytest.approx(25, abs=4 * 25 / 3000**0.5)
    assert np.std(squares) == pytest.approx(25, rel=0.15)


def test_the_seed_chooses_the_projection():
    x = np.eye(4, dtype=np.float32)
    one = random_projection(x, 3, seed=1)
    np.testing.assert_array_equal(one, random_projection(x, 3, seed=1))
    assert np.abs(one - random_projection(x, 3, seed=2)).max() > 0.1
    assert one.dtype == np.float32


@pytest.fixture(scope="module")
def real():
    return data.glove_small().vectors[:2000].astype(float)


def test_parity_of_contrast(real, parity):
    from sklearn.neighbors import NearestNeighbors

    rest = NearestNeighbors(n_neighbors=1500).fit(real[500:])
    theirs = rest.kneighbors(real[:50])[0]
    ours = contrast(euclidean(real[:50], real[500:]))
    parity(
        "dimension.contrast",
        "scikit-learn kneighbors",
        ours,
        theirs[:, -1] / theirs[:, 0],
        atol=1e-9,
    )


def test_parity_of_effective_dimension(real, parity):
    from sklearn.metrics.pairwise import cosine_similarity

    theirs = 1 / (cosine_similarity(real) ** 2).mean()
    parity(
        "dimension.effective_dimension",
        "scikit-learn cosine_similarity",
        [effective_dimension(real)],
        [theirs],
        atol=1e-9,
    )


def test_parity_of_random_projection(real, parity):
    from sklearn.random_projection import GaussianRandomProjection

    directions = np.random.default_rng(7).normal(size=(50, 20))
    peer = GaussianRandomProjection(20, random_state=0).fit(real)
    peer.components_ = directions.T / np.sqrt(20)
    parity(
        "dimension.random_projection",
        "scikit-learn GaussianRandomProjection, our directions",
        random_projection(real, 20, seed=7),
        peer.transform(real),
    )


def test_projections_distort_as_the_peers_do(real):
    from scipy.spatial.distance import pdist
    from sklearn.random_projection import GaussianRandomProjection

    before = pdist(real[:200], "sqeuclidean")
    ours, theirs = [], []
    for seed in range(8):
        peer = GaussianRandomProjection(25, random_state=seed)
        for squeezed, spreads in (
            (random_projection(real[:200], 25, seed), ours),
            (peer.fit_transform(real[:200]), theirs),
        ):
            spreads.append((pdist(squeezed, "sqeuclidean") / before).std())
    np.testing.assert_allclose(np.mean(ours), np.mean(theirs), rtol=0.1)
    np.testing.assert_allclose(np.mean(ours), np.sqrt(2 / 25), rtol=0.1)


def test_parity_of_enough_dimensions(parity):
    from sklearn.random_projection import johnson_lindenstrauss_min_dim

    asked = [(n, e) for n in (2, 200, 49152) for e in (0.05, 0.1, 0.5, 0.99)]
    parity(
        "dimension.enough_dimensions",
        "scikit-learn johnson_lindenstrauss_min_dim",
        [enough_dimensions(n, e) for n, e in asked],
        [johnson_lindenstrauss_min_dim(n, eps=e) for n, e in asked],
        atol=0,
    )


def test_parity_of_occurrences_and_skewness(real, parity):
    from scipy.stats import skew
    from sklearn.neighbors import NearestNeighbors

    scores = cosine(real, real)
    np.fill_diagonal(scores, -2)
    ours = occurrences(top_k(scores, 10), len(real))
    peer = NearestNeighbors(n_neighbors=10, metric="cosine").fit(real)
    lists = peer.kneighbors(return_distance=False)
    theirs = [(lists == i).sum() for i in range(len(real))]
    parity(
        "dimension.occurrences",
        "scikit-learn NearestNeighbors",
        ours,
        theirs,
        atol=0,
    )
    parity("dimension.skewness", "scipy skew", [skewness(ours)], [skew(ours)])


@given(above_zero, st.floats(0.1, 10))
def test_contrast_is_1_or_more_and_has_no_unit(distances, unit):
    ours = contrast(distances)
    assert (ours >= 1).all()
    np.testing.assert_allclose(contrast(distances * unit), ours)


@given(arrays(float, (5, 3), elements=st.floats(0.1, 9)))
def test_effective_dimension_lies_from_1_to_d(x):
    assert 1 - 1e-9 <= effective_dimension(x) <= 3 + 1e-9


@given(st.integers(2, 10**6), st.floats(0.05, 0.9))
def test_more_rows_or_less_error_need_more_dimensions(n, eps):
    enough = enough_dimensions(n, eps)
    assert enough <= enough_dimensions(2 * n, eps)
    assert enough <= enough_dimensions(n, eps / 2)


@given(lists)
def test_every_entry_of_every_list_is_counted(neighbours):
    counts = occurrences(neighbours, 7)
    np.testing.assert_equal(counts.sum(), neighbours.size)
    np.testing.assert_equal(counts.shape, (7,))


@given(arrays(float, 6, elements=st.floats(-9, 9)), st.floats(0.5, 5))
def test_skewness_ignores_scale_and_shift(x, scale):
    if np.ptp(x) > 0.01:
        np.testing.assert_allclose(
            [skewness(x * scale + 3), skewness(-x)],
            [skewness(x), -skewness(x)],
            atol=1e-6,
        )


NAN = np.array([[1.0, np.nan], [1.0, 2.0]])
X = np.ones((3, 4))
REFUSED = {
    "contrast NaN": (contrast, (NAN,), r"distances holds NaN .* \(0, 1\)"),
    "contrast rank": (contrast, (X[0],), "distances has rank 1"),
    "contrast empty": (contrast, (X[:0],), "distances is empty"),
    "contrast below 0": (contrast, (-X,), "distances holds -1: at least 0"),
    "contrast one": (contrast, (X[:, :1],), "distances per row is 1: a"),
    "contrast all zero": (contrast, (0 * X,), "row 0 of distances holds 0"),
    "contrast a zero": (
        contrast,
        (np.array([[1.0, 2.0], [0.0, 3.0]]),),
        "row 1 of distances holds 0",
    ),
    "effective NaN": (effective_dimension, (NAN,), "x holds NaN"),
    "effective one": (effective_dimension, (X[:1],), "rows is 1: a whole"),
    "effective zero": (effective_dimension, (0 * X,), "row 0 of x has leng"),
    "project wider": (random_projection, (X, 5, 0), "k is 5: .* from 1 to 4"),
    "project to 0": (random_projection, (X, 0, 0), "k is 0: .* from 1 to 4"),
    "project seed": (random_projection, (X, 2, -1), "seed is -1"),
    "project NaN": (random_projection, (NAN, 1, 0), "x holds NaN"),
    "project empty": (random_projection, (X[:0], 1, 0), "x is empty"),
    "enough one": (enough_dimensions, (1, 0.5), "n is 1: a whole number"),
    "enough half": (enough_dimensions, (2.5, 0.5), "n is 2.5"),
    "enough eps 0": (enough_dimensions, (9, 0.0), "eps is 0.0: a finite"),
    "enough eps 1": (enough_dimensions, (9, 1.0), "eps is 1.0: .* below 1"),
    "enough eps NaN": (enough_dimensions, (9, np.nan), "eps is nan"),
    "lists float": (occurrences, (X, 4), "neighbours has dtype float64"),
    "lists id": (
        occurrences,
        (np.array([[0, 4]]), 4),
        "neighbours holds 4 at place 1: ids from 0 to 3",
    ),
    "lists below": (
        occurrences,
        (np.array([[-1]]), 4),
        "neighbours holds -1",
    ),
    "lists rank": (occurrences, (np.array([1]), 4), "neighbours has rank 1"),
    "lists empty": (occurrences, (X[:0].astype(int), 4), "neighbours is emp"),
    "lists n": (occurrences, (np.array([[0]]), 0), "n is 0: a whole number"),
    "skew one": (skewness, (X[0, :1],), "number of values is 1"),
    "skew equal": (skewness, (X[0],), "x holds 1 alone: values must differ"),
    "skew NaN": (skewness, (NAN[0],), "x holds NaN"),
    "skew rank": (skewness, (X,), "x has rank 2"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_is_refused_by_name(case):
    f, arguments, message = REFUSED[case]
    with pytest.raises(ValueError, match=message):
        f(*arguments)
