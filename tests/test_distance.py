"""Distance: worked by hand, parity, laws, refusals."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from embook import data
from embook.distance import (
    chebyshev,
    euclidean,
    euclidean_expanded,
    mahalanobis,
    manhattan,
    minkowski,
    whiten,
)

A = np.array([[1.0, 1.0], [0.0, 0.0]])
B = np.array([[4.0, 5.0], [1.0, 1.0], [-2.0, -3.0]])
C = np.array([[4.0, 2.0], [2.0, 2.0]])

numbers = st.floats(-1e3, 1e3).filter(lambda x: x == 0 or abs(x) > 1e-3)
points = arrays(float, (4, 3), elements=numbers)
TILTED = np.array([[4.0, 2.0, 0.0], [2.0, 5.0, 1.0], [0.0, 1.0, 3.0]])
METRICS = {
    "euclidean": euclidean,
    "manhattan": manhattan,
    "chebyshev": chebyshev,
    "minkowski 1.5": lambda a, b: minkowski(a, b, 1.5),
    "mahalanobis": lambda a, b: mahalanobis(a, b, TILTED),
}
each_metric = pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)


@pytest.mark.parametrize("f", [euclidean, euclidean_expanded])
def test_euclidean_by_hand(f):
    by_hand = [[5, 0, 5], [41**0.5, 2**0.5, 13**0.5]]
    np.testing.assert_allclose(f(A, B), by_hand)


def test_manhattan_and_chebyshev_by_hand():
    np.testing.assert_array_equal(manhattan(A, B), [[7, 0, 7], [9, 2, 5]])
    np.testing.assert_array_equal(chebyshev(A, B), [[4, 0, 4], [5, 1, 3]])


def test_minkowski_by_hand():
    origin, corner = np.zeros((1, 3)), np.array([[3.0, -4.0, 5.0]])
    np.testing.assert_allclose(minkowski(origin, corner, 3), [[6]])
    np.testing.assert_allclose(minkowski(origin, corner, 1), [[12]])
    np.testing.assert_allclose(minkowski(origin, corner, np.inf), [[5]])


def test_whiten_by_hand():
    # C is L @ L.T with L = [[2, 0], [1, 1]]; L @ (3, -1) = (6, 2).
    white = whiten(np.array([[6.0, 2.0], [2.0, 1.0]]), C)
    np.testing.assert_allclose(white, [[3, -1], [1, 0]], atol=1e-15)


def test_mahalanobis_by_hand():
    # The inverse of C is [[2, -2], [-2, 4]] / 4. One step along the heap
    # is short, one step across it is long.
    origin, steps = np.zeros((1, 2)), np.array([[1.0, 1.0], [1.0, -1.0]])
    by_hand = [[0.5**0.5, 2.5**0.5]]
    np.testing.assert_allclose(mahalanobis(origin, steps, C), by_hand)


@pytest.fixture(scope="module")
def real():
    return data.glove_small().vectors


def test_parity_with_cdist(real, parity):
    from scipy.spatial.distance import cdist
    from sklearn.metrics import pairwise_distances

    a, b = real[100:140].astype(float), real[:9000].astype(float)
    for name, ours, metric in (
        ("distance.euclidean", euclidean, "euclidean"),
        ("distance.manhattan", manhattan, "cityblock"),
        ("distance.chebyshev", chebyshev, "chebyshev"),
    ):
        here, theirs = ours(a, b), cdist(a, b, metric)
        parity(name, f"scipy cdist {metric}", here, theirs)
        theirs = pairwise_distances(a, b, metric=metric)
        peer = f"scikit-learn pairwise_distances {metric}"
        parity(name, peer, here, theirs, atol=1e-9)
    for p in (1.5, 3):
        parity(
            "distance.minkowski",
            "scipy cdist minkowski",
            minkowski(a, b, p),
            cdist(a, b, "minkowski", p=p),
            on=f"p = {p}",
        )
    inverse = np.linalg.inv(np.cov(b.T))
    parity(
        "distance.mahalanobis",
        "scipy cdist mahalanobis",
        mahalanobis(a, b, np.cov(b.T)),
        cdist(a, b, "mahalanobis", VI=inverse),
        atol=1e-9,
    )


def test_the_type_of_the_rows_is_kept(real):
    assert euclidean(real[:2], real[:3]).dtype == np.float32
    assert euclidean(np.array([[1]]), np.array([[2]])).dtype == np.float64


def test_parity_of_the_expanded_form(real, parity):
    import torch
    from sklearn.metrics.pairwise import euclidean_distances

    a, b = real[100:140], real[:2000]
    ours = euclidean_expanded(a, b)
    here, there = torch.tensor(a), torch.tensor(b)
    mode = "use_mm_for_euclid_dist"
    theirs = torch.cdist(here, there, compute_mode=mode).numpy()
    # A row and itself: 0 from differences, the root of a rounding here.
    apart = euclidean(a, b) > 0
    peer = "torch cdist by matrix product"
    name = "distance.euclidean_expanded"
    parity(name, peer, ours[apart], theirs[apart], atol=1e-4)
    ours = euclidean_expanded(a.astype(float), b.astype(float))
    theirs = euclidean_distances(a.astype(float), b.astype(float))
    parity(name, "scikit-learn euclidean_distances", ours, theirs, atol=1e-6)


def test_parity_of_whitening(real, parity):
    from scipy.linalg import solve_triangular

    x = real[:3000].astype(float)
    c = np.cov(x.T)
    theirs = solve_triangular(np.linalg.cholesky(c), x.T, lower=True).T
    parity("distance.whiten", "scipy triangular", whiten(x, c), theirs)
    np.testing.assert_allclose(np.cov(whiten(x, c).T), np.eye(50), atol=1e-10)


@each_metric
@given(x=points)
def test_the_axioms_hold(metric, x):
    d = metric(x, x)
    assert (d.diagonal() == 0).all()
    same = (x[:, None] == x).all(axis=2)
    np.testing.assert_array_equal(d > 0, ~same)
    np.testing.assert_allclose(d, d.T, rtol=1e-12)
    detours = d[:, :, None] + d[None, :, :]
    assert (d[:, None, :] <= detours * (1 + 1e-12) + 1e-12).all()


@given(points, points, st.floats(1, 4), st.floats(0, 4))
def test_a_larger_p_is_never_farther(a, b, p, more):
    near, far = minkowski(a, b, p + more), minkowski(a, b, p)
    assert (near <= far * (1 + 1e-9)).all()
    assert (chebyshev(a, b) <= near * (1 + 1e-9)).all()
    assert (far <= manhattan(a, b) * (1 + 1e-9)).all()


@each_metric
@given(a=points, b=points, move=arrays(float, 3, elements=numbers))
def test_moving_both_changes_nothing(metric, a, b, move):
    here, there = metric(a, b), metric(a + move, b + move)
    np.testing.assert_allclose(here, there, atol=1e-9)


@given(points, points)
def test_mahalanobis_does_not_ask_for_units(a, b):
    units = np.array([1.0, 1000.0, 0.01])
    there = mahalanobis(a * units, b * units, TILTED * np.outer(units, units))
    np.testing.assert_allclose(mahalanobis(a, b, TILTED), there, atol=1e-8)


def test_differences_are_never_all_in_memory():
    a, b = np.ones((200, 50), np.float32), np.ones((8000, 50), np.float32)
    tracemalloc.start()
    euclidean(a, b)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < a.nbytes * len(b) / 10


def test_far_from_the_origin_only_the_expanded_form_loses_digits():
    a = np.array([[10_000.0, 10_000.0]], np.float32)
    b = a + np.array([[0.25, 0.0], [3.0, 4.0]], np.float32)
    np.testing.assert_allclose(euclidean(a, b), [[0.25, 5]])
    assert np.abs(euclidean_expanded(a, b) - [[0.25, 5]]).max() > 0.2
    near = euclidean_expanded(a - a, b - a)
    np.testing.assert_allclose(near, [[0.25, 5]])


def test_the_expanded_form_is_never_nan():
    x = np.random.default_rng(0).normal(100, 0.001, (60, 50))
    assert np.isfinite(euclidean_expanded(x.astype(np.float32), x)).all()
    assert np.isfinite(euclidean_expanded(x, x)).all()


NAN = np.array([[1.0, np.nan]])
REFUSED = {
    "rank 1": (A[0], B, "a has rank 1"),
    "rank 3": (A, B[None], "b has rank 3"),
    "empty": (np.ones((0, 2)), B, "a is empty"),
    "NaN": (A, NAN, r"b holds NaN or infinity at index \(0, 1\)"),
    "infinity": (B * np.inf, B, "a holds NaN or infinity"),
    "text": (np.array([["3", "4"]]), B, "a has dtype <U1"),
    "widths": (A, np.ones((2, 3)), "rows of a have 2 .* of b have 3"),
}
EVERY = {**METRICS, "expanded": euclidean_expanded}


@pytest.mark.parametrize("f", EVERY.values(), ids=EVERY)
@pytest.mark.parametrize("case", REFUSED)
def test_distances_refuse(f, case):
    a, b, message = REFUSED[case]
    with pytest.raises(ValueError, match=message):
        f(a, b)


@pytest.mark.parametrize("p", [0.5, 0, -1, float("nan"), -np.inf])
def test_minkowski_refuses_a_p_that_makes_no_metric(p):
    with pytest.raises(ValueError, match=f"p is {p}: .* it no metric"):
        minkowski(A, B, p)


@pytest.mark.parametrize(
    ("covariance", "message"),
    [
        (np.eye(3), r"shape \(3, 3\): rows of 2 numbers need \(2, 2\)"),
        (np.ones(2), "covariance has rank 1"),
        ([[1.0, 0.5], [0.4, 1.0]], r"0.5 at \(0, 1\) and 0.4 at \(1, 0\)"),
        ([[1.0, 2.0], [2.0, 4.0]], "variance .* in one direction and 5 in"),
        ([[1.0, 2.0], [2.0, 1.0]], "variance -1 in one direction"),
        ([[0.0, 0.0], [0.0, 0.0]], "variance 0 in one direction"),
        ([[1.0, np.nan], [0.0, 1.0]], "covariance holds NaN"),
    ],
)
def test_mahalanobis_refuses_a_covariance(covariance, message):
    with pytest.raises(ValueError, match=message):
        mahalanobis(A, B, covariance)
