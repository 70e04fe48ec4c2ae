"""Similarity: worked by hand, parity, laws, refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from embook import data
from embook.similarity import angle, cosine, dot, pearson, top_k

A = np.array([[3.0, 4.0]])
B = np.array([[4.0, 3.0], [6.0, 8.0], [-3.0, -4.0], [-4.0, 3.0]])

# Rows whose squares neither overflow nor vanish.
numbers = st.floats(-1e3, 1e3).filter(lambda x: x == 0 or abs(x) > 1e-3)
rows = arrays(float, (3, 4), elements=numbers).filter(
    lambda x: x.any(axis=1).all()
)


def test_dot_by_hand():
    np.testing.assert_array_equal(dot(A, B), [[24, 50, -25, 0]])


def test_cosine_by_hand():
    np.testing.assert_allclose(cosine(A, B), [[0.96, 1, -1, 0]], atol=1e-15)


def test_angle_by_hand():
    by_hand = np.deg2rad([[16.2602047, 0, 180, 90]])
    np.testing.assert_allclose(angle(A, B), by_hand, atol=1e-7)


def test_pearson_by_hand():
    one = np.array([[5.0, 4, 5]])
    others = np.array([[4.0, 5, 4], [2, 1, 2]])
    np.testing.assert_allclose(pearson(one, others), [[-1, 1]])


def test_top_k_breaks_ties_by_place():
    scores = np.array([[0.3, 0.8, 0.3, 0.8], [4, 3, 2, 1]])
    np.testing.assert_array_equal(top_k(scores, 3), [[1, 3, 0], [0, 1, 2]])


def test_int8_rows_do_not_overflow():
    rows = np.array([[100, 100]], dtype=np.int8)
    np.testing.assert_allclose(cosine(rows, rows), [[1.0]])


def test_angle_of_a_row_with_itself_is_never_nan():
    rows = np.random.default_rng(0).normal(size=(500, 50))
    assert np.isfinite(angle(rows, rows)).all()


@pytest.fixture(scope="module")
def real():
    return data.glove_small().vectors


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_parity_on_real_rows(real, parity, dtype):
    import torch
    from scipy.spatial.distance import cdist
    from sklearn.metrics.pairwise import cosine_similarity, linear_kernel

    a, b = real[:200].astype(dtype), real.astype(dtype)
    atol = 2e-6 if dtype == np.float32 else 1e-14
    dots = dot(a, b)
    parity(
        "similarity.dot",
        "scikit-learn linear_kernel",
        dots,
        linear_kernel(a, b),
        atol=atol * np.abs(dots).max(),
    )
    ours = cosine(a, b)
    unit = torch.nn.functional.normalize
    peers = {
        "scipy 1 - cdist": 1 - cdist(a, b, "cosine"),
        "scikit-learn cosine_similarity": cosine_similarity(a, b),
        "torch normalize, matmul": unit(torch.tensor(a))
        @ unit(torch.tensor(b)).T,
    }
    for peer, theirs in peers.items():
        parity("similarity.cosine", peer, ours, theirs, atol=atol)


def test_parity_of_pearson_and_angle(real, parity):
    from scipy.spatial.distance import cdist

    a, b = real[:50].astype(float), real[:2000].astype(float)
    theirs = 1 - cdist(a, b, "correlation")
    parity("similarity.pearson", "scipy 1 - cdist", pearson(a, b), theirs)
    theirs = np.corrcoef(a, b)[:50, 50:]
    parity("similarity.pearson", "numpy corrcoef", pearson(a, b), theirs)
    # Kahan's form of the angle does without arccos, which near a cosine of
    # 1 turns an error of 1e-16 into one of 1e-8.
    u, v = (x / np.linalg.norm(x, axis=1, keepdims=True) for x in (a, b))
    short = np.linalg.norm(u[:, None] - v, axis=2)
    long = np.linalg.norm(u[:, None] + v, axis=2)
    parity(
        "similarity.angle",
        "numpy arctan2 (Kahan)",
        angle(a, b),
        2 * np.arctan2(short, long),
        atol=1e-7,
    )


def test_parity_of_top_k(real, parity):
    import torch

    scores = cosine(real[:100], real)
    theirs = torch.topk(torch.tensor(scores), 10).indices
    parity("similarity.top_k", "torch topk", top_k(scores, 10), theirs)


@given(rows, rows)
def test_cosine_is_symmetric_and_bounded(a, b):
    ours = cosine(a, b)
    np.testing.assert_allclose(ours, cosine(b, a).T, atol=1e-12)
    assert (np.abs(ours) <= 1 + 1e-12).all()


@given(rows, rows, st.floats(0.01, 100))
def test_cosine_ignores_length(a, b, factor):
    np.testing.assert_allclose(
        cosine(a * factor, b), cosine(a, b), atol=1e-12
    )


@given(rows, rows)
def test_unit_distance_is_two_minus_two_cosines(a, b):
    u, v = (x / np.linalg.norm(x, axis=1, keepdims=True) for x in (a, b))
    squared = ((u[:, None] - v) ** 2).sum(axis=2)
    np.testing.assert_allclose(squared, 2 - 2 * cosine(a, b), atol=1e-12)


@given(rows)
def test_angle_keeps_the_triangle_inequality(x):
    d = angle(x, x)
    assert (d[:, None, :] <= d[:, :, None] + d[None, :, :] + 1e-6).all()


@given(rows, st.floats(-100, 100))
def test_pearson_ignores_a_shift(a, shift):
    a = a + np.arange(4.0)  # no row stays constant by chance
    if (np.ptp(a, axis=1) > 1e-3).all():
        b = np.array([[1.0, 2.0, 4.0, 8.0]])
        np.testing.assert_allclose(
            pearson(a + shift, b), pearson(a, b), atol=1e-6
        )


@given(arrays(float, (2, 6), elements=st.sampled_from([0.0, 0.5, 1.0])))
def test_top_k_is_what_sorted_gives(scores):
    by_python = [
        sorted(range(6), key=lambda i: (-row[i], i))[:4] for row in scores
    ]
    np.testing.assert_array_equal(top_k(scores, 4), by_python)


NAN = np.array([[1.0, np.nan]])
REFUSED = {
    "rank 1": (A[0], B, "a has rank 1"),
    "rank 3": (A, B[None], "b has rank 3"),
    "empty": (np.ones((0, 2)), B, "a is empty"),
    "NaN": (A, NAN, r"b holds NaN or infinity at index \(0, 1\)"),
    "infinity": (A * np.inf, B, "a holds NaN or infinity"),
    "text": (np.array([["3", "4"]]), B, "a has dtype <U1"),
    "complex": (A * 1j, B, "a has dtype complex128"),
    "widths": (A, np.ones((2, 3)), "rows of a have 2 .* of b have 3"),
}


@pytest.mark.parametrize("score", [dot, cosine, angle, pearson])
@pytest.mark.parametrize("case", REFUSED)
def test_scores_refuse(score, case):
    a, b, message = REFUSED[case]
    with pytest.raises(ValueError, match=message):
        score(a, b)


@pytest.mark.parametrize("score", [cosine, angle])
def test_zero_rows_are_refused_by_name(score):
    zero = np.array([[1.0, 1.0], [0.0, 0.0]])
    with pytest.raises(ValueError, match="row 1 of a has length 0"):
        score(zero, B)
    with pytest.raises(ValueError, match="row 1 of b has length 0"):
        score(A, zero)


def test_pearson_refuses_constant_rows():
    with pytest.raises(ValueError, match="row 0 of a is constant"):
        pearson(np.array([[0.1, 0.1, 0.1]]), np.ones((1, 3)))


@pytest.mark.parametrize("k", [0, -1, 3, 1.5, True, "2"])
def test_top_k_refuses(k):
    with pytest.raises(ValueError, match=f"k is {k}: a whole number from 1"):
        top_k(np.array([[0.1, 0.2]]), k)


def test_top_k_refuses_nan():
    with pytest.raises(ValueError, match="scores holds NaN"):
        top_k(NAN, 1)
