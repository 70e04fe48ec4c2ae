"""Recommendation: worked by hand, parity, laws, refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from embook import baskets
from embook.recommendation import (
    ease,
    factors,
    fold,
    held,
    item2vec,
    offer,
    together,
)
from embook.retrieval import places

CORNER = [[0, 1], [0, 1, 2], [0, 3], [2, 3]]  # bread, butter, jam, tea
tables = arrays(
    np.int64,
    st.tuples(st.integers(2, 7), st.just(4)),
    elements=st.integers(0, 1),
).filter(lambda x: x.any(axis=1).all())


def of(table):
    """Return the baskets of a dense table."""
    return [np.flatnonzero(row).tolist() for row in table]


@pytest.fixture(scope="module")
def shop():
    """The baskets of the chapter."""
    return baskets.shop()


@pytest.fixture(scope="module")
def sold(shop):
    """The first 800 baskets for training."""
    return held(shop.train[:800], len(shop.titles))


def test_held_by_hand():
    by_hand = [[1, 1, 0, 0], [1, 1, 1, 0], [1, 0, 0, 1], [0, 0, 1, 1]]
    np.testing.assert_array_equal(held(CORNER, 4).toarray(), by_hand)
    twice = held([[1, 1, 1]], 2).toarray()  # taken three times, held once
    np.testing.assert_array_equal(twice, [[0, 1]])


def test_together_by_hand():
    table = held(CORNER, 4)
    counts = [[0, 2, 1, 1], [2, 0, 1, 0], [1, 1, 0, 1], [1, 0, 1, 0]]
    np.testing.assert_array_equal(together(table, 0), counts)
    np.testing.assert_allclose(together(table)[0, 1], 2 / np.sqrt(3 * 2))
    np.testing.assert_allclose(together(table, 1)[0, 1], 2 / (3 * 2))


def test_a_thing_that_nobody_holds_goes_with_nothing():
    kin = together(held([[0, 1]], 3))
    np.testing.assert_array_equal(kin[2], 0)
    np.testing.assert_array_equal(kin[:, 2], 0)


def test_ease_by_hand():
    # one other thing: a·b / (a·a + penalty) from a to b
    weights = ease(held([[0, 1], [0, 1], [0]], 2), 1.0)
    np.testing.assert_allclose(weights, [[0, 2 / 4], [2 / 3, 0]])


def test_fold_by_hand():
    # 2 (1 - x)² + (0 - 2x)² + x² is least at 2 / (2 + 4 + 1)
    y = np.array([[1.0], [2.0]])
    x = fold(held([[0], [0, 1]], 2), y, alpha=1, penalty=1)
    np.testing.assert_allclose(x, [[2 / 7], [(2 + 4) / (2 + 8 + 1)]])


def test_offer_by_hand():
    scores = np.array([[-3.0, -1, -2], [0, 5, 1]])
    found = offer(scores, held([[1], [0, 1]], 3))
    np.testing.assert_array_equal(found, [[-3, -4, -2], [-4, -4, 1]])
    np.testing.assert_array_equal(scores[0], [-3, -1, -2])  # not changed


def test_parity_of_held(shop, parity):
    from sklearn.preprocessing import MultiLabelBinarizer

    peer = MultiLabelBinarizer(classes=range(len(shop.titles)))
    theirs = peer.fit_transform(shop.train[:300])
    ours = held(shop.train[:300], len(shop.titles)).toarray()
    library = "scikit-learn MultiLabelBinarizer"
    parity("recommendation.held", library, ours, theirs, atol=0)


def test_parity_of_together(sold, parity):
    from sklearn.metrics.pairwise import cosine_similarity

    theirs = cosine_similarity(sold.T.tocsr())
    np.fill_diagonal(theirs, 0)
    library = "scikit-learn cosine_similarity"
    parity("recommendation.together", library, together(sold), theirs)


def ridge(penalty, table, wanted, weight=None):
    """Return scikit-learn's coefficients."""
    from sklearn.linear_model import Ridge

    peer = Ridge(alpha=penalty, fit_intercept=False, solver="cholesky")
    return peer.fit(table, wanted, sample_weight=weight).coef_


def test_parity_of_ease(sold, parity):
    dense, ours, theirs = sold.toarray(), [], []
    weights = ease(sold, 20.0)
    for j in (0, 7, 300, 1000):
        rest = np.arange(sold.shape[1]) != j
        ours.append(weights[rest, j])
        theirs.append(ridge(20.0, dense[:, rest], dense[:, j]))
    library = "scikit-learn Ridge, a column"
    parity("recommendation.ease", library, ours, theirs, atol=1e-9)


def test_parity_of_fold(sold, parity):
    y = np.random.default_rng(0).normal(size=(sold.shape[1], 20))
    ours = fold(sold[:30], y, alpha=20, penalty=5)
    theirs = [ridge(5, y, p, 1 + 20 * p) for p in sold[:30].toarray()]
    library = "scikit-learn Ridge, weighted"
    parity("recommendation.fold", library, ours, theirs, atol=1e-9)


def test_parity_of_factors(shop, parity):
    table = held(
        [[i for i in b if i < 40] or [0] for b in shop.train[:60]], 40
    )
    y = np.random.default_rng(0).normal(0, 0.1, (40, 3))
    dense = table.toarray()
    for _ in range(3):
        x = np.array([ridge(5, y, p, 1 + 9 * p) for p in dense])
        y = np.array([ridge(5, x, p, 1 + 9 * p) for p in dense.T])
    ours = factors(table, 3, alpha=9, penalty=5, rounds=3)
    theirs = x @ y.T
    library = "scikit-learn Ridge, in turns"
    parity(
        "recommendation.factors",
        library,
        ours[0] @ ours[1].T,
        theirs,
        atol=1e-9,
    )


def test_parity_of_item2vec(shop, parity):
    from gensim.models import Word2Vec

    table = held(shop.train, len(shop.titles))
    asked = baskets.hide(shop.test)
    left = held(asked.rest, len(shop.titles))

    def found(v, u):
        scores = offer(left @ v @ u.T, left)
        return (places(scores, asked.hidden) <= 10).mean()

    ours, theirs = [], []
    for power in (0.75, 0.0):
        ours.append(found(*item2vec(table, epochs=10, power=power)))
        peer = Word2Vec(
            [[str(i) for i in basket] for basket in of_table(table)],
            vector_size=50,
            alpha=0.1,
            min_count=1,
            window=24,
            sg=1,
            negative=5,
            ns_exponent=power,
            epochs=10,
            sample=0,
            seed=0,
            workers=1,
        )
        rows = [peer.wv.key_to_index[str(i)] for i in range(table.shape[1])]
        theirs.append(found(peer.wv.vectors[rows], peer.syn1neg[rows]))
    library = "gensim Word2Vec, hit rates"
    parity("recommendation.item2vec", library, ours, theirs, atol=0.05)


def of_table(table):
    """Return the baskets of a sparse table."""
    return np.split(table.indices, table.indptr[1:-1])


def test_parity_of_offer(sold, parity):
    import torch

    scores = np.random.default_rng(0).normal(size=(50, sold.shape[1]))
    mask = torch.tensor(sold[:50].toarray() > 0)
    theirs = torch.tensor(scores).masked_fill(mask, scores.min() - 1)
    ours = offer(scores, sold[:50])
    parity("recommendation.offer", "torch masked_fill", ours, theirs, atol=0)


@given(tables, st.floats(0, 2))
def test_what_goes_with_what_goes_back(table, power):
    kin = together(held(of(table), 4), power)
    np.testing.assert_allclose(kin, kin.T)
    assert (kin >= 0).all()
    assert not np.diag(kin).any()


@given(tables)
def test_a_basket_more_of_the_same_never_parts_them(table):
    before = together(held(of(table), 4))
    after = together(held([*of(table), [0, 1]], 4))
    assert after[0, 1] >= before[0, 1] - 1e-12


@given(tables, st.floats(0.1, 9))
def test_no_other_weights_fit_better(table, penalty):
    weights = ease(held(of(table), 4), penalty)
    rng = np.random.default_rng(0)

    def cost(w):
        return ((table - table @ w) ** 2).sum() + penalty * (w**2).sum()

    nudge = rng.normal(0, 0.01, (4, 4))
    np.fill_diagonal(nudge, 0)
    assert cost(weights) <= cost(weights + nudge) + 1e-12


@given(tables, st.floats(0.1, 50), st.floats(0.1, 9))
def test_no_other_row_fits_better(table, alpha, penalty):
    rng = np.random.default_rng(1)
    y = rng.normal(size=(4, 2))
    x = fold(held(of(table), 4), y, alpha, penalty)

    def cost(x):
        missed = (1 + alpha * table) * (table - x @ y.T) ** 2
        return missed.sum() + penalty * (x**2).sum()

    assert cost(x) <= cost(x + rng.normal(0, 0.01, x.shape)) + 1e-12


def test_more_rounds_fit_better(sold):
    def cost(x, y):
        table = sold.toarray()
        missed = (1 + 20 * table) * (table - x @ y.T) ** 2
        return missed.sum() + 5 * ((x**2).sum() + (y**2).sum())

    costs = [cost(*factors(sold, 10, rounds=n)) for n in (1, 2, 4)]
    assert costs[0] > costs[1] > costs[2]


def test_what_was_never_held_keeps_a_signpost_of_zero(sold):
    count = sold.sum(axis=0)
    assert (count == 0).any()
    _, u = item2vec(sold, width=8, epochs=1)
    np.testing.assert_array_equal(u[count == 0], 0)
    assert np.abs(u[count > 0]).sum(axis=1).all()


def test_held_refuses():
    with pytest.raises(ValueError, match="baskets has 0 entries"):
        held([], 3)
    with pytest.raises(ValueError, match="basket is empty"):
        held([[0], []], 3)
    with pytest.raises(ValueError, match="basket holds 3 at place 1"):
        held([[0, 3]], 3)


def test_knobs_are_refused():
    table = held(CORNER, 4)
    for power in (-0.5, np.nan):
        with pytest.raises(ValueError, match="power"):
            together(table, power)
    with pytest.raises(ValueError, match="penalty is 0"):
        ease(table, 0)
    with pytest.raises(ValueError, match="penalty is -1"):
        fold(table, np.ones((4, 2)), penalty=-1)
    with pytest.raises(ValueError, match="alpha is 0"):
        fold(table, np.ones((4, 2)), alpha=0)
    with pytest.raises(ValueError, match="width is 0"):
        factors(table, 0)
    with pytest.raises(ValueError, match="rounds is 0"):
        factors(table, rounds=0)
    with pytest.raises(ValueError, match="epochs is 0"):
        item2vec(table, epochs=0)


def test_tables_that_do_not_fit_are_refused():
    table = held(CORNER, 4)
    with pytest.raises(ValueError, match="baskets of 4 things, y of 3"):
        fold(table, np.ones((3, 2)))
    with pytest.raises(ValueError, match="y holds NaN"):
        fold(table, np.full((4, 2), np.nan))
    with pytest.raises(
        ValueError, match=r"scores \(4, 3\), baskets \(4, 4\)"
    ):
        offer(np.ones((4, 3)), table)
    with pytest.raises(ValueError, match="scores holds NaN"):
        offer(np.full((4, 4), np.nan), table)
