"""Space: worked by hand, parity, laws, refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from embook import data
from embook.space import (
    coordinates,
    gram_schmidt,
    pca,
    procrustes,
    project,
    rotation,
    without,
)

numbers = st.floats(-1e3, 1e3).filter(lambda x: x == 0 or abs(x) > 1e-3)
rows = arrays(float, (3, 4), elements=numbers)
directions = arrays(float, 4, elements=numbers).filter(np.any)
# Three rows of whole numbers whose smallest volume is not near zero.
bases = arrays(float, (3, 3), elements=st.integers(-5, 5)).filter(
    lambda x: abs(np.linalg.det(x)) > 0.5
)


def test_project_by_hand():
    x = np.array([[3.0, 4.0], [-4.0, 3.0], [0.0, 0.0]])
    shadows = [[3.5, 3.5], [-0.5, -0.5], [0, 0]]
    np.testing.assert_allclose(project(x, np.array([2.0, 2.0])), shadows)


def test_without_by_hand():
    x = np.array([[3.0, 4.0], [-4.0, 3.0]])
    left = [[-0.5, 0.5], [-3.5, 3.5]]
    np.testing.assert_allclose(without(x, np.array([-7.0, -7.0])), left)


def test_gram_schmidt_by_hand():
    x = np.array([[3.0, 4.0, 0.0], [1.0, 1.0, -2.0]])
    q = gram_schmidt(x)
    np.testing.assert_allclose(q[0], [0.6, 0.8, 0])
    rest = np.array([0.16, -0.12, -2.0])  # (1, 1, -2) less 1.4 × q[0]
    np.testing.assert_allclose(q[1], rest / np.sqrt(4.04))


def test_coordinates_by_hand():
    basis = np.array([[2.0, 1.0], [-1.0, 1.0]])
    x = np.array([[5.0, 4.0], [2.0, 1.0]])
    np.testing.assert_allclose(coordinates(x, basis), [[3, 1], [1, 0]])


def test_a_basis_may_be_long_and_short():
    basis = np.array([[1e30, 0.0], [1e-30, 1e-30]])
    x = np.array([[3e30, 2e-30]])
    np.testing.assert_allclose(coordinates(x, basis), [[3, 2]])


def test_pca_by_hand():
    x = np.array([[1.0, 1.0], [3.0, 3.0], [5.0, 5.0], [3.0, 3.0]])
    axes, variances = pca(x, 2)
    np.testing.assert_allclose(axes[0], np.array([1, 1]) / np.sqrt(2))
    np.testing.assert_allclose(variances, [16 / 3, 0], atol=1e-12)
    axes, variances = pca(np.array([[0.0, 3.0], [1.0, 0.0]]), 1)
    np.testing.assert_allclose(axes[0], np.array([-1, 3]) / np.sqrt(10))
    np.testing.assert_allclose(variances, [5])


def test_procrustes_by_hand():
    east, north = np.array([[2.0, 0.0], [0.0, 1.0]])
    a, quarter = np.array([east, north]), np.array([[0.0, 1], [-1, 0]])
    np.testing.assert_allclose(procrustes(a, a @ quarter), quarter)
    mirror = np.diag([1.0, -1.0])
    np.testing.assert_allclose(procrustes(a, a @ mirror), mirror)


def test_rotation_turns_and_does_not_mirror():
    for width in (1, 2, 3, 50):
        for seed in range(6):
            turn = rotation(width, seed)
            np.testing.assert_allclose(
                turn @ turn.T, np.eye(width), atol=1e-14
            )
            np.testing.assert_allclose(np.linalg.det(turn), 1)
    assert np.abs(rotation(3, 0) - rotation(3, 1)).max() > 0.1
    np.testing.assert_array_equal(rotation(3, 7), rotation(3, 7))


def test_every_rotation_is_equally_likely():
    # In the plane: the angle must be even over the circle.
    turns = np.array([rotation(2, seed)[0] for seed in range(400)])
    quarters = np.arctan2(turns[:, 1], turns[:, 0]) // (np.pi / 2) + 2
    counts = np.bincount(quarters.astype(int), minlength=4)
    assert counts.min() > 70
    assert counts.max() < 130


def test_nearly_dependent_rows_come_out_at_right_angles():
    x = np.eye(3)[[0, 0, 0]] + 1e-8 * np.eye(3)  # Läuchli's kind of trouble
    q = gram_schmidt(x)
    np.testing.assert_allclose(q @ q.T, np.eye(3), atol=1e-12)


def test_small_and_large_numbers_are_no_trouble():
    tiny = np.array([[3e-200, 4e-200]])
    np.testing.assert_allclose(project(tiny, tiny[0]), tiny)
    np.testing.assert_allclose(gram_schmidt(tiny), [[0.6, 0.8]])
    np.testing.assert_allclose(gram_schmidt(1e300 * tiny), [[0.6, 0.8]])
    small = np.array([[90, 120]], dtype=np.int8)
    np.testing.assert_allclose(project(small, small[0]), small)


@pytest.fixture(scope="module")
def real():
    return data.glove_small().vectors


def test_parity_of_project_and_without(real, parity):
    import scipy.linalg

    x, onto = real[:500].astype(float), real[700].astype(float)
    weights, *_ = np.linalg.lstsq(onto[:, None], x.T)
    parity(
        "space.project",
        "numpy linalg.lstsq",
        project(x, onto),
        weights.T * onto,
        atol=1e-13,
    )
    plane = scipy.linalg.null_space(onto[None])
    parity(
        "space.without",
        "scipy null_space",
        without(x, onto),
        x @ plane @ plane.T,
        atol=1e-13,
    )


def test_parity_of_gram_schmidt(real, parity):
    x = real[:50].astype(float)
    q, r = np.linalg.qr(x.T)
    parity(
        "space.gram_schmidt",
        "numpy linalg.qr",
        gram_schmidt(x),
        (q * np.sign(np.diag(r))).T,  # QR leaves the signs open
        atol=1e-11,
    )


def test_parity_of_coordinates(real, parity):
    import scipy.linalg

    x, basis = real[100:300].astype(float), real[:50].astype(float)
    parity(
        "space.coordinates",
        "scipy linalg.inv",
        coordinates(x, basis),
        x @ scipy.linalg.inv(basis),
        atol=1e-9,
    )


def test_parity_of_rotation(parity):
    import scipy.linalg

    for width in (3, 50):
        normal = np.random.default_rng(5).normal(size=(width, width))
        q, r = scipy.linalg.qr(normal.T)
        q = (q * np.sign(np.diag(r))).T
        q[0] *= scipy.linalg.det(q)
        ours = rotation(width, 5)
        parity("space.rotation", "scipy linalg.qr", ours, q, atol=1e-11)


def test_parity_of_pca(real, parity):
    from sklearn.decomposition import PCA

    x = real.astype(float)
    axes, variances = pca(x, 10)
    theirs = PCA(10, svd_solver="full").fit(x)
    peer = "scikit-learn PCA"
    parity("space.pca", peer, axes, theirs.components_, atol=1e-9, on="axes")
    parity("space.pca", peer, variances, theirs.explained_variance_)


def test_parity_of_procrustes(real, parity):
    import scipy.linalg

    a = real[:2000].astype(float)
    b = a @ rotation(50, 1) + 0.3 * real[2000:4000]
    theirs, _ = scipy.linalg.orthogonal_procrustes(a, b)
    peer = "scipy orthogonal_procrustes"
    parity("space.procrustes", peer, procrustes(a, b), theirs)


@given(rows, directions)
def test_a_row_is_its_shadow_and_the_rest_at_a_right_angle(x, onto):
    shadow, rest = project(x, onto), without(x, onto)
    np.testing.assert_allclose(shadow + rest, x, atol=1e-9)
    np.testing.assert_allclose(project(rest, onto), 0, atol=1e-9)
    np.testing.assert_allclose(project(shadow, onto), shadow, atol=1e-9)


@given(rows, directions, st.sampled_from([-8.0, -0.01, 0.5, 3.0]))
def test_a_shadow_ignores_how_long_the_direction_is(x, onto, factor):
    np.testing.assert_allclose(
        project(x, factor * onto), project(x, onto), atol=1e-9
    )


@given(bases)
def test_gram_schmidt_keeps_the_spans(x):
    q = gram_schmidt(x)
    np.testing.assert_allclose(q @ q.T, np.eye(3), atol=1e-12)
    # Row i of x needs none of the later rows of q, and some of row i.
    parts = x @ q.T
    np.testing.assert_allclose(np.triu(parts, 1), 0, atol=1e-9)
    assert (np.diag(parts) > 0).all()


@given(rows.map(lambda x: x[:, :3]), bases)
def test_coordinates_lead_back(x, basis):
    c = coordinates(x, basis)
    np.testing.assert_allclose(c @ basis, x, atol=1e-8)


@given(rows, rows, st.integers(0, 20))
def test_a_rotation_keeps_dot_products(x, y, seed):
    turn = rotation(4, seed)
    np.testing.assert_allclose((x @ turn) @ (y @ turn).T, x @ y.T, atol=1e-7)


@given(st.integers(0, 50))
def test_pca_turns_with_the_cloud(seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(40, 3)) * [5, 2, 1]
    turn, shift = rotation(3, seed), rng.normal(size=3)
    axes, variances = pca(x, 2)
    turned, same = pca(x @ turn + shift, 2)
    np.testing.assert_allclose(same, variances)
    np.testing.assert_allclose(
        np.abs(turned @ (axes @ turn).T), np.eye(2), atol=1e-7
    )
    assert (turned[[0, 1], np.abs(turned).argmax(axis=1)] > 0).all()
    projected = (x - x.mean(axis=0)) @ axes.T
    np.testing.assert_allclose(projected.var(axis=0, ddof=1), variances)


@given(st.integers(0, 50))
def test_procrustes_finds_the_rotation_and_beats_others(seed):
    rng = np.random.default_rng(seed)
    a, noise = rng.normal(size=(2, 9, 4))
    turn = rotation(4, seed)
    np.testing.assert_allclose(procrustes(a, a @ turn), turn, atol=1e-7)
    b = a @ turn + noise
    best = ((a @ procrustes(a, b) - b) ** 2).sum()
    others = [((a @ rotation(4, s) - b) ** 2).sum() for s in range(5)]
    assert best <= min([*others, ((a @ turn - b) ** 2).sum()]) + 1e-9


@pytest.mark.parametrize("f", [project, without])
def test_a_direction_of_zeros_is_refused_by_name(f):
    name = "onto" if f is project else "direction"
    with pytest.raises(ValueError, match=f"{name} is all zeros"):
        f(np.ones((2, 3)), np.zeros(3))
    with pytest.raises(ValueError, match=rf"{name} has rank 2 \(shape"):
        f(np.ones((2, 3)), np.ones((1, 3)))
    with pytest.raises(ValueError, match=f"{name} holds NaN"):
        f(np.ones((2, 3)), np.array([1, np.nan, 2]))
    with pytest.raises(ValueError, match=r"a have 3 numbers.* b have 2"):
        f(np.ones((2, 3)), np.ones(2))


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.ones((3, 2)), "x has 3 rows in 2 dimensions: at most 2"),
        ([[1.0, 2, 3], [2, 4, 6]], "row 1 of x is a combination"),
        ([[0.1, 0.2, 0.3], [0.7, 1.4, 2.1]], "row 1 of x is a combination"),
        ([[1.0, 0, 1], [0, 1, 1], [2, 3, 5]], "row 2 of x is a combinat"),
        ([[0.0, 0.0], [1.0, 2.0]], "row 0 of x is a combination"),
        (np.float32([[1, 3], [0.1, 0.3]]), "row 1 of x is a combination"),
    ],
)
def test_dependent_rows_are_refused(x, message):
    with pytest.raises(ValueError, match=message):
        gram_schmidt(np.array(x))


@pytest.mark.parametrize(
    ("basis", "message"),
    [
        ([[1.0, 2.0], [2.0, 4.0]], "row 1 of basis is a combination"),
        ([[0.0, 0.0], [2.0, 4.0]], "row 0 of basis is a combination"),
        ([[1.0, 2.0]], "basis has 1 rows in 2 dimensions: 2 are needed"),
        (np.eye(2)[[0, 1, 1]], "basis has 3 rows in 2 dim.* at most 2"),
        (np.eye(3), "a have 2 numbers, rows of b have 3"),
        ([[1.0, np.inf], [0, 1]], "basis holds NaN or infinity"),
    ],
)
def test_a_singular_basis_is_refused(basis, message):
    with pytest.raises(ValueError, match=message):
        coordinates(np.ones((4, 2)), np.array(basis))


@pytest.mark.parametrize("k", [0, -1, 4, 1.5, True])
def test_more_components_than_dimensions_are_refused(k):
    x = np.random.default_rng(0).normal(size=(9, 3))
    with pytest.raises(ValueError, match=f"k is {k}: .* from 1 to 3 is"):
        pca(x, k)


def test_more_components_than_the_rows_can_fill_are_refused():
    with pytest.raises(ValueError, match=r"k is 2: .* from 1 to 1 is"):
        pca(np.eye(3)[:2], 2)
    with pytest.raises(ValueError, match="x has 1 row: at least 2"):
        pca(np.ones((1, 3)), 1)


@pytest.mark.parametrize(
    ("width", "seed", "message"),
    [
        (0, 0, "width is 0: a whole number from 1 on"),
        (2.0, 0, "width is 2.0: a whole number"),
        (2, -1, "seed is -1: a whole number from 0 on"),
    ],
)
def test_rotation_refuses(width, seed, message):
    with pytest.raises(ValueError, match=message):
        rotation(width, seed)


def test_procrustes_refuses_rows_without_partners():
    with pytest.raises(ValueError, match="a has 3 rows, b has 2"):
        procrustes(np.ones((3, 4)), np.ones((2, 4)))
    with pytest.raises(ValueError, match=r"a have 4 .* b have 5"):
        procrustes(np.ones((3, 4)), np.ones((3, 5)))


USE = {
    "project": lambda x: project(x, np.ones(2)),
    "without": lambda x: without(x, np.ones(2)),
    "gram_schmidt": gram_schmidt,
    "coordinates": lambda x: coordinates(x, np.eye(2)),
    "pca": lambda x: pca(x, 1),
    "procrustes": lambda x: procrustes(x, x),
}
REFUSED = {
    "rank 1": (np.ones(2), "has rank 1"),
    "rank 3": (np.ones((1, 2, 2)), "has rank 3"),
    "empty": (np.ones((0, 2)), "is empty"),
    "NaN": (
        np.array([[1, np.nan]]),
        r"holds NaN or infinity at index \(0, 1",
    ),
    "infinity": (np.array([[np.inf, 1]]), "holds NaN or infinity"),
    "text": (np.array([["3", "4"]]), "has dtype <U1"),
}


@pytest.mark.parametrize("name", USE)
@pytest.mark.parametrize("case", REFUSED)
def test_bad_rows_are_refused(name, case):
    x, message = REFUSED[case]
    with pytest.raises(ValueError, match=message):
        USE[name](x)
