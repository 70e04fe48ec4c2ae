"""BERT: each part, and what must hold whatever the numbers are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embook import bert
from embook.minilm import side_by_side

SIZE, WIDTH, HEADS, INNER, LONGEST = 20, 12, 3, 16, 8


@pytest.fixture(scope="module")
def net():
    """Return a network of two layers, of random numbers."""
    rng = np.random.default_rng(0)

    def pair(*shape):
        weight, bias = rng.normal(0, 1, shape), rng.normal(0, 1, shape[-1])
        return bert.Pair(weight, bias)

    layers = [
        bert.Layer(
            qkv=pair(WIDTH, 3 * WIDTH),
            output=pair(WIDTH, WIDTH),
            norm=pair(WIDTH),
            grow=pair(WIDTH, INNER),
            shrink=pair(INNER, WIDTH),
            last_norm=pair(WIDTH),
        )
        for _ in range(2)
    ]
    return bert.Bert(
        tokens=rng.normal(0, 1, (SIZE, WIDTH)),
        positions=rng.normal(0, 1, (LONGEST, WIDTH)),
        segment=rng.normal(0, 1, WIDTH),
        norm=pair(WIDTH),
        layers=layers,
        heads=HEADS,
    )


def last(net, rows, positions=True):
    """Return what leaves the last layer (B, T, D)."""
    *_, (x, _) = bert.states(net, *side_by_side(rows), positions)
    return x


rows_of = st.lists(st.integers(0, SIZE - 1), min_size=1, max_size=LONGEST)
texts = st.lists(rows_of, min_size=1, max_size=5)


# --- by hand ----------------------------------------------------------------


def test_layer_norm_by_hand():
    # The mean of 1 and 5 is 3, the variance 4.
    by = bert.Pair(np.array([1.0, 10]), np.array([0.0, 7]))
    ours = bert.layer_norm(np.array([[[1.0, 5.0]]]), by)
    np.testing.assert_allclose(ours, [[[-1, 17]]])


def test_gelu_by_hand():
    # From a table of the normal curve: 0.8413 lies below 1.
    ours = bert.gelu(np.array([0.0, 1.0, -1.0, 9.0, -9.0]))
    by_hand = [0, 0.8413, 0.8413 - 1, 9, 0]
    np.testing.assert_allclose(ours, by_hand, atol=1e-4)


def test_the_mean_leaves_padding_out():
    x = np.array([[[1.0, 2], [3, 4], [99, 99]]])
    ours = bert.mean(x, np.array([[True, True, False]]))
    np.testing.assert_allclose(ours, [[2, 3]])


# --- parity -----------------------------------------------------------------


def test_parity_of_the_parts(parity):
    import torch

    rng, peer = np.random.default_rng(1), torch.nn.functional
    x = rng.normal(0, 3, (2, 50, 384))
    weight, bias = rng.normal(0, 1, (2, 384))
    for dtype, atol in ((np.float64, 1e-6), (np.float32, 5e-6)):
        z, w, b = (a.astype(dtype) for a in (x, weight, bias))
        ours = bert.layer_norm(z, bert.Pair(w, b))
        a, c, d = map(torch.tensor, (z, w, b))
        theirs = peer.layer_norm(a, (384,), c, d, 1e-12)
        name = "torch layer_norm"
        parity("bert.layer_norm", name, ours, theirs, atol=atol)
        assert ours.dtype == bert.gelu(z).dtype == dtype
        parity(
            "bert.gelu", "torch gelu", bert.gelu(z), peer.gelu(a), atol=atol
        )
    weight = rng.normal(0, 1, (384, 7))
    ours = bert.dense(x, bert.Pair(weight, bias[:7]))
    theirs = peer.linear(*map(torch.tensor, (x, weight.T.copy(), bias[:7])))
    parity("bert.dense", "torch linear", ours, theirs)


def test_parity_of_attention(parity, net):
    import torch

    rng, layer = np.random.default_rng(2), net.layers[0]
    peer = torch.nn.MultiheadAttention(
        WIDTH, HEADS, batch_first=True, dtype=torch.float64
    )
    with torch.no_grad():
        for theirs, ours in (
            (peer.in_proj_weight, layer.qkv.weight.T),
            (peer.in_proj_bias, layer.qkv.bias),
            (peer.out_proj.weight, layer.output.weight.T),
            (peer.out_proj.bias, layer.output.bias),
        ):
            theirs.copy_(torch.tensor(ours.copy()))
        x = rng.normal(0, 1, (2, 5, WIDTH))
        over = np.array([[False] * 5, [False] * 3 + [True] * 2])
        z = torch.tensor(x)
        theirs = peer(
            z,
            z,
            z,
            key_padding_mask=torch.tensor(over),
            average_attn_weights=False,
        )
    hidden = np.where(over, -np.inf, 0)[:, None, None]
    ours = bert.attention(x, layer, hidden, HEADS)
    name = "torch MultiheadAttention"
    parity("bert.attention", name, ours[0], theirs[0], on="fetched")
    parity("bert.attention", name, ours[1], theirs[1], on="shares")


# --- laws -------------------------------------------------------------------


@given(texts)
@settings(deadline=None)
def test_a_text_is_the_same_in_any_company(net, rows):
    together = last(net, rows)
    for x, row in zip(together, rows, strict=True):
        np.testing.assert_allclose(
            x[: len(row)], last(net, [row])[0], atol=1e-9
        )


@given(rows_of, st.randoms())
@settings(deadline=None)
def test_without_positions_order_moves_rows_and_changes_none(net, row, draw):
    order = [*range(len(row))]
    draw.shuffle(order)
    moved = [row[i] for i in order]
    before, after = (last(net, [ids], False)[0] for ids in (row, moved))
    np.testing.assert_allclose(after, before[order], atol=1e-9)


def test_with_positions_order_counts(net):
    one, other = last(net, [[1, 2, 3]])[0], last(net, [[3, 2, 1]])[0]
    assert np.abs(one - other[::-1]).max() > 0.1


@given(texts)
@settings(deadline=None)
def test_shares_add_up_to_one_and_none_is_of_padding(net, rows):
    ids, mask = side_by_side(rows)
    _, *layers = bert.states(net, ids, mask)
    for _, shares in layers:
        assert shares.shape == (len(rows), HEADS, *[mask.shape[1]] * 2)
        np.testing.assert_allclose(shares.sum(axis=3), 1)
        hidden = np.broadcast_to(~mask[:, None, None], shares.shape)
        np.testing.assert_array_equal(shares[hidden], 0)
