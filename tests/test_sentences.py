"""Sentences: worked by hand, parity, laws, refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from embook import bert, data, minilm
from embook.norms import unit
from embook.sentences import (
    alignment,
    average,
    common,
    infonce,
    paired,
    places,
    pool,
    sif,
    uniformity,
)

X = np.array([[[4.0, -1], [2, -3], [9, 9]], [[5, 5], [8, 8], [7, 0]]])
MASK = np.array([[True, True, False], [True, False, False]])
TABLE = np.array([[1.0, 5.0], [3.0, 1.0], [2.0, 2.0]])
numbers = st.floats(-9, 9).filter(lambda x: x == 0 or abs(x) > 1e-3)
rows = arrays(float, (4, 3), elements=numbers).filter(
    lambda x: x.any(axis=1).all()
)


# --- by hand -----------------------------------------


def test_pool_by_hand():
    np.testing.assert_array_equal(pool(X, MASK), [[3, -2], [5, 5]])
    np.testing.assert_array_equal(pool(X, MASK, "max"), [[4, -1], [5, 5]])
    np.testing.assert_array_equal(pool(X, MASK, "cls"), [[4, -1], [5, 5]])


def test_average_by_hand():
    np.testing.assert_array_equal(average(TABLE, [[0, 2, 2, 1]]), [[2, 2.5]])
    weighted = average(TABLE, [[0, 1], [1]], np.array([3.0, 1.0, 0.0]))
    np.testing.assert_array_equal(weighted, [[1.5, 4], [3, 1]])


def test_average_keeps_32_bits():
    found = average(TABLE.astype(np.float32), [[0, 1]], sif(np.ones(3)))
    assert found.dtype == np.float32


def test_sif_by_hand():
    by_hand = [0.1 / 1.0, 0.1 / 0.19, 0.1 / 0.11]
    found = sif(np.array([90.0, 9.0, 1.0]), a=0.1)
    np.testing.assert_allclose(found, by_hand)
    np.testing.assert_allclose(sif(np.array([1.0, 0.0])), [1 / 1001, 1])


def test_common_by_hand():
    found = common(np.array([[3.0, 1.0], [3.0, -1.0], [6.0, 0.0]]))
    np.testing.assert_allclose(found, [1, 0], atol=1e-12)


def test_places_by_hand():
    items = np.array([[1.0, 0], [0.6, 0.8], [0, 1], [0.6, 0.8]])
    asked = np.array([[0.8, 0.6], [0.0, 1.0]])
    np.testing.assert_array_equal(places(asked, items, [0, 2]), [3, 1])
    # equal scores: the first comes first
    np.testing.assert_array_equal(places(asked, items, [1, 3]), [1, 3])


def test_infonce_by_hand():
    a, b = np.array([[1.0, 0], [0, 2]]), np.array([[3.0, 0], [4, 3]])
    one = np.log(np.exp(1 / 0.5) + np.exp(0.8 / 0.5)) - 1 / 0.5
    two = np.log(np.exp(0 / 0.5) + np.exp(0.6 / 0.5)) - 0.6 / 0.5
    np.testing.assert_allclose(infonce(a, b, 0.5), (one + two) / 2)


def test_alignment_and_uniformity_by_hand():
    a, b = np.array([[3.0, 4], [1, 0]]), np.array([[0.0, 9], [-1, 0]])
    np.testing.assert_allclose(alignment(a, b), (0.4 + 4) / 2)
    cross = np.array([[1.0, 0], [0, 1], [-1, 0]])  # d² of 2, 2 and 4
    by_hand = np.log((2 * np.exp(-4) + np.exp(-8)) / 3)
    np.testing.assert_allclose(uniformity(cross), by_hand)


# --- parity -----------------------------------------


def test_parity_of_pool(parity):
    import torch
    from sentence_transformers.sentence_transformer.modules import Pooling

    model = minilm.load()
    said = ["soup", "A pot of soup stands on the stove.", "Hot, hot!"]
    ids, mask = minilm.side_by_side([model.encode(text) for text in said])
    *_, (x, _) = bert.states(model.net, ids, mask)
    for how in ("mean", "cls", "max"):
        peer = Pooling(x.shape[2], pooling_mode=how)
        features = {
            "token_embeddings": torch.tensor(x),
            "attention_mask": torch.tensor(mask.astype(int)),
        }
        theirs = peer(features)["sentence_embedding"].numpy()
        parity(
            "sentences.pool",
            f"sentence-transformers Pooling, {how}",
            pool(x, mask, how),
            theirs,
            atol=1e-6,
        )


def test_parity_of_infonce(parity):
    import torch
    from torch.nn.functional import cross_entropy, normalize

    rng = np.random.default_rng(0)
    for t in (1.0, 0.05):
        a, b = rng.normal(size=(2, 20, 7))
        u, v = (normalize(torch.tensor(z)) for z in (a, b))
        theirs = cross_entropy(u @ v.T / t, torch.arange(20)).item()
        ours = infonce(a, b, t)
        parity(
            "sentences.infonce", f"torch cross_entropy, τ = {t}", ours, theirs
        )


def test_parity_of_the_common_direction(parity):
    from sklearn.decomposition import TruncatedSVD

    x = data.glove_small().vectors[:2000].astype(float)
    peer = TruncatedSVD(1, algorithm="arpack", random_state=0).fit(x)
    theirs = peer.components_[0]
    ours = common(x)
    theirs = theirs * np.sign(theirs @ ours)
    parity(
        "sentences.common",
        "scikit-learn TruncatedSVD",
        ours,
        theirs,
        atol=1e-9,
    )


def test_parity_of_average(parity):
    import torch

    rng = np.random.default_rng(1)
    table, weight = rng.normal(size=(30, 6)), rng.uniform(0.1, 1, 30)
    said = [rng.integers(30, size=n) for n in (1, 5, 12)]
    bag = torch.nn.EmbeddingBag.from_pretrained(
        torch.tensor(table), mode="sum"
    )
    theirs = [
        bag(
            torch.tensor(ids)[None],
            per_sample_weights=torch.tensor(weight[ids])[None],
        )[0].numpy()
        / weight[ids].sum()
        for ids in said
    ]
    parity(
        "sentences.average",
        "torch EmbeddingBag",
        average(table, said, weight),
        np.array(theirs),
    )


def test_parity_of_sif(parity):
    import torch

    counts = np.array([900.0, 90.0, 9.0, 1.0])
    odds = np.log(1e-3) - np.log(counts / 1000)
    theirs = torch.sigmoid(torch.tensor(odds))
    parity(
        "sentences.sif", "torch sigmoid of ln a - ln p", sif(counts), theirs
    )


def test_parity_of_places(parity):
    from scipy.stats import rankdata

    rng = np.random.default_rng(2)
    asked, items = rng.normal(size=(30, 4)), rng.normal(size=(50, 4))
    items[7] = items[3]  # a tie
    right = np.array([3, 7, *rng.integers(50, size=28)])
    theirs = rankdata(-(asked @ items.T), method="ordinal", axis=1)
    parity(
        "sentences.places",
        "scipy rankdata, ordinal",
        places(asked, items, right),
        theirs[np.arange(30), right],
    )


def test_parity_of_alignment_and_uniformity(parity):
    import torch
    from torch.nn.functional import cosine_similarity, normalize

    a, b = np.random.default_rng(3).normal(size=(2, 40, 6))
    u, v = (normalize(torch.tensor(z)) for z in (a, b))
    parity(
        "sentences.paired",
        "torch cosine_similarity",
        paired(a, b),
        cosine_similarity(torch.tensor(a)[:, None], torch.tensor(b), dim=2),
    )
    theirs = (u - v).norm(dim=1).pow(2).mean()
    parity("sentences.alignment", "torch norm", alignment(a, b), theirs)
    theirs = torch.pdist(u).pow(2).mul(-2).exp().mean().log()
    parity("sentences.uniformity", "torch pdist", uniformity(a), theirs)


# --- laws -----------------------------------------


@given(rows, st.integers(0, 5))
def test_padding_changes_nothing(x, more):
    wide = np.pad(x[None], ((0, 0), (0, more), (0, 0)), constant_values=7)
    mask = np.arange(4 + more)[None] < 4
    for how in ("mean", "max", "cls"):
        np.testing.assert_allclose(
            pool(wide, mask, how), pool(x[None], mask[:, :4], how)
        )


@given(rows, st.permutations(range(4)))
def test_order_is_lost(table, order):
    np.testing.assert_allclose(
        average(table, [order]), table.mean(axis=0)[None], atol=1e-12
    )


@given(rows, rows, st.floats(0.1, 5))
def test_infonce_ignores_lengths_and_a_common_turn(a, b, factor):
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]
    np.testing.assert_allclose(
        infonce(a * factor @ turn, b @ turn, 0.5), infonce(a, b, 0.5)
    )


@given(rows, rows)
def test_places_are_those_of_a_sorted_list(asked, items):
    asked, items = unit(asked).round(3), unit(items).round(3)
    found = places(asked, items, [2, 2, 0, 1])
    for a, r, at in zip(asked, [2, 2, 0, 1], found, strict=True):
        scores = items @ a
        better = sum(s > scores[r] + 1e-12 for s in scores)
        alike = sum(abs(s - scores[r]) <= 1e-12 for s in scores)
        assert better < at <= better + alike


@given(rows)
def test_uniformity_is_0_for_one_point_and_never_above(x):
    assert uniformity(x) <= 1e-12
    np.testing.assert_allclose(uniformity(np.ones((3, 2))), 0, atol=1e-12)


# --- refusals -----------------------------------------


@pytest.mark.parametrize(
    ("x", "mask", "how", "message"),
    [
        (X[0], MASK, "mean", "x has rank 2"),
        (X, MASK[0], "mean", "mask has rank 1"),
        (X, MASK[:, :2], "mean", r"mask is \(2, 2\), x is \(2, 3, 2\)"),
        (X, MASK * [[1], [0]], "cls", "text 1 has no token"),
        (X, MASK, "sum", "how is 'sum': mean, max or cls is allowed"),
        (X * np.nan, MASK, "mean", "x holds NaN"),
    ],
)
def test_pool_refuses(x, mask, how, message):
    with pytest.raises(ValueError, match=message):
        pool(x, mask, how)


def test_average_refuses():
    for texts, message in (
        ([[0], []], "text 1 is empty"),
        ([[0, 3]], "text 0 holds 3 at place 1: ids from 0 to 2"),
        ([[2.5]], "text 0 has dtype float64"),
    ):
        with pytest.raises(ValueError, match=message):
            average(TABLE, texts)
    with pytest.raises(ValueError, match="the weight of text 0 is 0"):
        average(TABLE, [[2]], np.array([1.0, 1.0, 0.0]))
    with pytest.raises(ValueError, match="weight holds -1"):
        average(TABLE, [[2]], np.array([1.0, -1.0, 0.0]))


def test_the_others_refuse():
    two, three = np.eye(2), np.eye(3)
    with pytest.raises(ValueError, match="a is 0: a finite number above 0"):
        sif(np.ones(2), a=0)
    with pytest.raises(ValueError, match="sum is 0"):
        sif(np.zeros(2))
    with pytest.raises(ValueError, match="own holds 2 at place 1"):
        places(two, two, [0, 2])
    with pytest.raises(ValueError, match="own has 1 entries for 2 rows"):
        places(two, two, [0])
    with pytest.raises(ValueError, match="a has 2 rows, b has 1: pairs"):
        paired(two, two[:1])
    with pytest.raises(ValueError, match="temperature is 0"):
        infonce(two, two, 0)
    with pytest.raises(ValueError, match="row 1 of b has length 0"):
        infonce(two, two * [[1], [0]], 1.0)
    with pytest.raises(ValueError, match="widths must agree"):
        alignment(two, three[:2])
    with pytest.raises(ValueError, match="the number of rows is 1"):
        uniformity(two[:1])
