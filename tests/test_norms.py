"""Norms: worked by hand, parity, laws, refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from embook import data
from embook.norms import length, norm, unit

numbers = st.floats(-1e3, 1e3).filter(lambda x: x == 0 or abs(x) > 1e-3)
rows = arrays(float, (3, 4), elements=numbers)


def test_length_by_hand():
    x = np.array([[3.0, 4.0], [5.0, 12.0], [0.0, 0.0]])
    np.testing.assert_array_equal(length(x), [5, 13, 0])


def test_unit_by_hand():
    np.testing.assert_allclose(unit(np.array([[3.0, -4.0]])), [[0.6, -0.8]])


def test_norm_by_hand():
    x = np.array([[3.0, -4.0], [0.0, 0.0]])
    np.testing.assert_allclose(norm(x, 1), [7, 0])
    np.testing.assert_allclose(norm(x, 2), [5, 0])
    np.testing.assert_allclose(norm(np.ones((1, 4)), 0.5), [16])
    np.testing.assert_array_equal(norm(x, np.inf), [4, 0])


def test_parity_on_real_rows(parity):
    import torch
    from sklearn.preprocessing import normalize

    x = data.glove_small().vectors
    parity(
        "norms.length",
        "numpy linalg.norm",
        length(x),
        np.linalg.norm(x, axis=1),
        atol=1e-5,
    )
    torch_lengths = torch.linalg.vector_norm(torch.tensor(x), dim=1)
    parity(
        "norms.length",
        "torch vector_norm",
        length(x),
        torch_lengths,
        atol=1e-5,
    )
    for p in (0.5, 1, 3, np.inf):
        parity(
            "norms.norm",
            "numpy linalg.norm",
            norm(x[:1000].astype(float), p),
            np.linalg.norm(x[:1000].astype(float), p, axis=1),
            atol=1e-9,
            on=f"p = {p}",
        )
    parity(
        "norms.unit",
        "scikit-learn normalize",
        unit(x),
        normalize(x),
        atol=1e-6,
    )


@given(rows, st.floats(-50, 50))
def test_length_scales_with_the_vector(x, factor):
    np.testing.assert_allclose(
        length(x * factor), abs(factor) * length(x), atol=1e-9
    )


@given(rows, rows)
def test_a_detour_is_never_shorter(x, y):
    assert (length(x + y) <= length(x) + length(y) + 1e-9).all()


def test_below_one_a_detour_is_shorter():
    ways = np.array([[1.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
    straight, first, second = norm(ways, 0.5)
    assert straight > first + second
    assert norm(np.full((1, 2), 1e200), 3) < np.inf


@given(rows.filter(lambda x: x.any(axis=1).all()))
def test_unit_rows_have_length_one(x):
    np.testing.assert_allclose(length(unit(x)), 1, atol=1e-12)


def test_integers_and_halves_do_not_overflow():
    np.testing.assert_array_equal(
        length(np.array([[90, 120]], dtype=np.int8)), [150]
    )
    np.testing.assert_allclose(
        length(np.array([[300, 400]], dtype=np.float16)), [500]
    )


@pytest.mark.parametrize(
    ("x", "message"),
    [
        ([1.0, 2.0], "x has rank 1"),
        (np.ones((3, 0)), "x is empty"),
        ([[1.0, np.inf]], "x holds NaN or infinity"),
    ],
)
@pytest.mark.parametrize("f", [length, unit, lambda x: norm(x, 2)])
def test_refusals(f, x, message):
    with pytest.raises(ValueError, match=message):
        f(x)


def test_unit_refuses_a_zero_row():
    with pytest.raises(ValueError, match="row 1 of x has length 0"):
        unit([[1.0, 0.0], [0.0, 0.0]])


@pytest.mark.parametrize("p", [0, -1, float("nan")])
def test_norm_refuses_a_p_that_is_not_above_zero(p):
    with pytest.raises(ValueError, match=f"p is {p}: a number above 0"):
        norm([[1.0, 2.0]], p)
