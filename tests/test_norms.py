"""Norms: worked by hand, parity, laws, refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from embook import data
from embook.exercises import norms as exercises
from embook.norms import (
    clip,
    dual_norm,
    length,
    matrix_norm,
    norm,
    p_formula,
    soft_threshold,
    unit,
)

numbers = st.floats(-1e3, 1e3).filter(lambda x: x == 0 or abs(x) > 1e-3)
rows = arrays(float, (3, 4), elements=numbers)
powers = st.one_of(st.floats(1, 8), st.just(np.inf))
KINDS = {"frobenius": "fro", "columns": 1, "rows": np.inf, "spectral": 2}
A = np.array([[1.0, -2.0], [3.0, 4.0]])


# --- by hand ----------------------------------------------------------------


def test_length_by_hand():
    x = np.array([[3.0, 4.0], [5.0, 12.0], [0.0, 0.0]])
    np.testing.assert_array_equal(length(x), [5, 13, 0])


def test_unit_by_hand():
    np.testing.assert_allclose(unit(np.array([[3.0, -4.0]])), [[0.6, -0.8]])


def test_norm_by_hand():
    x = np.array([[3.0, -4.0], [0.0, 0.0]])
    np.testing.assert_allclose(norm(x, 1), [7, 0])
    np.testing.assert_allclose(norm(x, 2), [5, 0])
    np.testing.assert_allclose(norm([[3.0, 4.0, 5.0]], 3), [6])
    np.testing.assert_array_equal(norm(x, np.inf), [4, 0])


def test_p_formula_by_hand():
    np.testing.assert_allclose(p_formula(np.ones((1, 4)), 0.5), [16])
    np.testing.assert_allclose(p_formula([[9.0, -16.0]], 0.5), [49])


def test_dual_norm_by_hand():
    x = np.array([[3.0, -4.0]])
    np.testing.assert_allclose(dual_norm(x, 1), [4])
    np.testing.assert_allclose(dual_norm(x, 2), [5])
    np.testing.assert_allclose(dual_norm(x, np.inf), [7])
    np.testing.assert_allclose(dual_norm([[3.0, 4.0, 5.0]], 1.5), [6])


def test_clip_by_hand():
    x = np.array([[6.0, -8.0], [0.3, 0.4], [3.0, 4.0], [0.0, 0.0]])
    np.testing.assert_allclose(
        clip(x, 5), [[3, -4], [0.3, 0.4], [3, 4], [0, 0]]
    )


def test_soft_threshold_by_hand():
    w = np.array([3.0, 1.0, 0.5, -0.5, -3.0])
    np.testing.assert_array_equal(soft_threshold(w, 1), [2, 0, 0, 0, -2])
    np.testing.assert_array_equal(soft_threshold(w, 0), w)


def test_matrix_norm_by_hand():
    assert matrix_norm(A, "columns") == 6
    assert matrix_norm(A, "rows") == 7
    np.testing.assert_allclose(matrix_norm(A, "frobenius"), 30**0.5)
    # A.T @ A is [[10, 10], [10, 20]], its larger eigenvalue 15 + √125.
    np.testing.assert_allclose(matrix_norm(A, "spectral") ** 2, 15 + 125**0.5)


def test_below_one_a_detour_is_shorter():
    ways = np.array([[1.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
    straight, first, second = p_formula(ways, 0.5)
    assert straight > first + second


def test_large_numbers_do_not_overflow():
    np.testing.assert_allclose(
        norm(np.full((1, 8), 1e200), 3), [2e200], rtol=1e-12
    )


def test_integers_and_halves_do_not_overflow():
    np.testing.assert_array_equal(
        length(np.array([[90, 120]], dtype=np.int8)), [150]
    )
    np.testing.assert_allclose(
        length(np.array([[300, 400]], dtype=np.float16)), [500]
    )


# --- parity -----------------------------------------------------------------


@pytest.fixture(scope="module")
def real():
    return data.glove_small().vectors


def test_parity_on_real_rows(parity, real):
    import torch
    from sklearn.preprocessing import normalize

    x = real
    peers = {
        "numpy linalg.norm": np.linalg.norm(x, axis=1),
        "torch vector_norm": torch.linalg.vector_norm(torch.tensor(x), dim=1),
    }
    for peer, theirs in peers.items():
        parity("norms.length", peer, length(x), theirs, atol=1e-5)
    parity(
        "norms.unit",
        "scikit-learn normalize",
        unit(x),
        normalize(x),
        atol=1e-6,
    )


@pytest.mark.parametrize("p", [0.5, 1, 1.5, 2, 3, np.inf])
def test_parity_of_the_p_family(parity, real, p):
    import torch

    x = real[:1000].astype(float)
    peers = {
        "numpy linalg.norm": np.linalg.norm(x, p, axis=1),
        "torch vector_norm": torch.linalg.vector_norm(
            torch.tensor(x), p, dim=1
        ),
    }
    for peer, theirs in peers.items():
        ours = p_formula(x, p)
        parity(
            "norms.p_formula", peer, ours, theirs, atol=1e-9, on=f"p = {p}"
        )
        if p >= 1:
            parity(
                "norms.norm",
                peer,
                norm(x, p),
                theirs,
                atol=1e-9,
                on=f"p = {p}",
            )


@pytest.mark.parametrize("kind", KINDS)
def test_parity_of_matrix_norms(parity, real, kind):
    import torch

    a, order = real[:500].astype(float), KINDS[kind]
    ours = [matrix_norm(a, kind), matrix_norm(a.T, kind)]
    peers = {
        "numpy linalg.norm": [np.linalg.norm(x, order) for x in (a, a.T)],
        "torch matrix_norm": [
            torch.linalg.matrix_norm(torch.tensor(x), order) for x in (a, a.T)
        ],
    }
    for peer, theirs in peers.items():
        parity("norms.matrix_norm", peer, ours, theirs, atol=1e-9, on=kind)


def test_parity_of_clip(parity, real):
    import torch

    ours, theirs = clip(real[:50], 5), []
    for row in real[:50]:
        weight = torch.nn.Parameter(torch.zeros(50))
        weight.grad = torch.tensor(row)
        torch.nn.utils.clip_grad_norm_([weight], 5.0)
        theirs.append(weight.grad.numpy())
    assert 10 < (length(real[:50]) > 5).sum() < 40  # both kinds are there
    # torch divides by the length plus a millionth, against zero.
    parity(
        "norms.clip",
        "torch clip_grad_norm_",
        ours,
        np.array(theirs),
        atol=5e-6,
    )


def test_parity_of_soft_threshold(parity, real):
    import torch
    from sklearn.linear_model import Lasso

    w = real[0].astype(float)
    ours = soft_threshold(w, 0.4)
    theirs = torch.nn.functional.softshrink(torch.tensor(w), 0.4)
    assert 0 < (ours == 0).sum() < 50
    parity("norms.soft_threshold", "torch softshrink", ours, theirs)
    # Columns at right angles: the lasso then shrinks number by number.
    lasso = Lasso(alpha=0.4, fit_intercept=False)
    lasso.fit(50**0.5 * np.eye(50), 50**0.5 * w)
    parity("norms.soft_threshold", "scikit-learn Lasso", ours, lasso.coef_)


@pytest.mark.parametrize("p", [1, np.inf])
def test_parity_of_dual_norm(parity, real, p):
    from scipy.optimize import linprog

    best = []
    for row in real[:5].astype(float):
        # y = plus − minus, both at least 0; maximise row @ y.
        sums = np.ones((1, 100)) if p == 1 else np.tile(np.eye(50), 2)
        found = linprog(
            np.concatenate([-row, row]), A_ub=sums, b_ub=np.ones(len(sums))
        )
        best.append(-found.fun)
    ours = dual_norm(real[:5].astype(float), p)
    parity(
        "norms.dual_norm",
        "scipy linprog",
        ours,
        best,
        atol=1e-9,
        on=f"p = {p}",
    )


@pytest.mark.parametrize("p", [1, 1.5, 2, 7, np.inf])
def test_the_exercise_asks_for_the_dual_norm(p):
    x = np.array([1.0, -2.0, 5.0])
    np.testing.assert_allclose(exercises.dual(x, p), dual_norm([x], p)[0])


# --- laws -------------------------------------------------------------------


@given(rows, st.floats(-50, 50), powers)
def test_a_norm_scales_with_the_vector(x, factor, p):
    np.testing.assert_allclose(
        norm(x * factor, p), abs(factor) * norm(x, p), rtol=1e-9, atol=1e-9
    )
    np.testing.assert_allclose(
        length(x * factor), abs(factor) * length(x), atol=1e-9
    )


@given(rows, rows, powers)
def test_a_detour_is_never_shorter(x, y, p):
    assert (length(x + y) <= length(x) + length(y) + 1e-9).all()
    assert (norm(x + y, p) <= norm(x, p) + norm(y, p) + 1e-9).all()


@given(rows)
def test_the_norms_stand_in_a_row(x):
    taxi, crow, king = (norm(x, p) for p in (1, 2, np.inf))
    assert (king <= crow + 1e-9).all()
    assert (crow <= taxi + 1e-9).all()
    assert (taxi <= 2 * crow + 1e-9).all()  # √4


@given(rows, rows, powers)
def test_no_dot_product_beats_the_dual_norm(x, y, p):
    dots = (x * y).sum(axis=1)
    most = dual_norm(x, p) * norm(y, p)
    assert (dots <= most * (1 + 1e-9) + 1e-9).all()


@given(rows, st.floats(1.1, 8))
def test_some_dot_product_reaches_the_dual_norm(x, p):
    q = 1 / (1 - 1 / p)
    x = x[x.any(axis=1)]
    if len(x):
        best = np.sign(x) * np.abs(x / norm(x, q)[:, None]) ** (q - 1)
        np.testing.assert_allclose(norm(best, p), 1, rtol=1e-6)
        np.testing.assert_allclose(
            (x * best).sum(axis=1), dual_norm(x, p), rtol=1e-6
        )


@given(rows.filter(lambda x: x.any(axis=1).all()))
def test_unit_rows_have_length_one(x):
    np.testing.assert_allclose(length(unit(x)), 1, atol=1e-12)


@given(rows, st.floats(0.1, 100))
def test_clip_shortens_and_never_turns(x, most):
    cut = clip(x, most)
    np.testing.assert_allclose(length(cut), np.minimum(length(x), most))
    for before, after in zip(x, cut, strict=True):
        np.testing.assert_allclose(
            before * length([after]), after * length([before]), atol=1e-6
        )


@given(arrays(float, 4, elements=numbers), st.floats(0, 100), numbers)
def test_soft_threshold_is_the_cheapest(w, amount, other):
    def cost(v):
        return (v - w) ** 2 / 2 + amount * np.abs(v)

    ours = soft_threshold(w, amount)
    assert (cost(ours) <= cost(np.full(4, other)) + 1e-6).all()


@given(
    arrays(float, (3, 4), elements=numbers),
    arrays(float, (1, 4), elements=numbers),
)
def test_a_matrix_norm_bounds_every_product(a, x):
    for kind, p in (("columns", 1), ("rows", np.inf), ("spectral", 2)):
        most = matrix_norm(a, kind) * norm(x, p)
        assert (norm(x @ a.T, p) <= most * (1 + 1e-9) + 1e-9).all()
    assert matrix_norm(a, "spectral") <= matrix_norm(a, "frobenius") + 1e-9


# --- refusals ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "message"),
    [
        ([1.0, 2.0], "x has rank 1"),
        (np.ones((3, 0)), "x is empty"),
        ([[1.0, np.inf]], "x holds NaN or infinity"),
    ],
)
@pytest.mark.parametrize(
    "f",
    [
        length,
        unit,
        lambda x: norm(x, 2),
        lambda x: p_formula(x, 0.5),
        lambda x: dual_norm(x, 2),
        lambda x: clip(x, 1),
    ],
)
def test_refusals(f, x, message):
    with pytest.raises(ValueError, match=message):
        f(x)


def test_unit_refuses_a_zero_row():
    with pytest.raises(ValueError, match="row 1 of x has length 0"):
        unit([[1.0, 0.0], [0.0, 0.0]])


@pytest.mark.parametrize("f", [norm, dual_norm])
@pytest.mark.parametrize("p", [0.999, 0.5, 0, -1, float("nan")])
def test_below_one_is_no_norm(f, p):
    with pytest.raises(ValueError, match=f"p is {p}: from 1 to infinity"):
        f([[1.0, 2.0]], p)


@pytest.mark.parametrize("p", [0, -1, float("nan")])
def test_the_formula_refuses_a_p_that_is_not_above_zero(p):
    with pytest.raises(
        ValueError, match=f"p is {p}: a finite number above 0"
    ):
        p_formula([[1.0, 2.0]], p)


def test_vectors_and_matrices_have_names_of_their_own():
    with pytest.raises(ValueError, match=r"p is 'fro': .* call matrix_norm"):
        norm(A, "fro")
    with pytest.raises(ValueError, match="p is fro: a finite number above 0"):
        p_formula(A, "fro")
    for kind in (1, 2, np.inf, "fro", None):
        with pytest.raises(ValueError, match=f"kind is {kind!r}: frobenius"):
            matrix_norm(A, kind)


def test_matrix_norm_refuses_what_is_no_matrix():
    with pytest.raises(ValueError, match="a has rank 1"):
        matrix_norm([1.0, 2.0], "columns")
    with pytest.raises(ValueError, match="a holds NaN"):
        matrix_norm([[1.0, np.nan]], "spectral")


@pytest.mark.parametrize("most", [0, -1, float("nan"), np.inf, "5"])
def test_clip_refuses(most):
    with pytest.raises(ValueError, match=f"most is {most}: a finite number"):
        clip([[1.0, 2.0]], most)


def test_soft_threshold_refuses():
    with pytest.raises(ValueError, match="amount holds -1: at least 0"):
        soft_threshold([1.0], -1)
    with pytest.raises(ValueError, match="amount holds NaN"):
        soft_threshold([1.0], float("nan"))
    with pytest.raises(ValueError, match="w has rank 2"):
        soft_threshold([[1.0]], 1)
