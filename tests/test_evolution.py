"""Evolution: worked by hand, parity, laws, refusals."""

import numpy as np
import pytest

from embook.drills import races
from embook.evolution import (
    Block,
    Cell,
    additive,
    attend,
    block,
    lstm,
    multihead,
    rnn,
)

B, T, S, D, E = 3, 7, 4, 8, 5


def some(*shape: int, seed: int = 0):
    """Return random numbers in float64."""
    import torch

    rng = np.random.default_rng([seed, *shape])
    return torch.from_numpy(rng.normal(size=shape))


def cell(gates: int) -> Cell:
    return Cell(some(E, gates * D), some(D, gates * D), some(gates * D))


def recurrent(kind: str, w: Cell):
    """Return torch's layer with the same numbers."""
    from torch import nn

    layer = getattr(nn, kind)(E, D, batch_first=True).double()
    given = w.x.T, w.h.T, w.b, 0 * w.b
    for mine, yours in zip(layer.parameters(), given, strict=True):
        mine.data.copy_(yours)
    return layer


def heads_of(w, layer):
    """Return torch's attention, now with the numbers w (4, D, D)."""
    import torch

    layer.in_proj_weight.data.copy_(torch.cat([m.T for m in w[:3]]))
    layer.out_proj.weight.data.copy_(w[3].T)
    return layer


def test_two_steps_of_an_rnn_by_hand():
    w = Cell(some(1, 1) * 0 + 2, some(1, 1) * 0 - 1, some(1) * 0 + 0.5)
    x = some(1, 2, 1) * 0 + 1
    first = np.tanh(2 * 1 - 1 * 0.3 + 0.5)
    second = np.tanh(2 * 1 - first + 0.5)
    states = rnn(x, w, some(1, 1) * 0 + 0.3)
    np.testing.assert_allclose(states.flatten(), [first, second])


def test_one_step_of_an_lstm_by_hand():
    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    raw = np.array([[0.5, -1.0, 2.0, 0.3]])
    zero = some(1, 4) * 0
    w = Cell(zero, zero, some(4) * 0 + some(1, 4).new_tensor(raw[0]))
    states, memory = lstm(some(1, 1, 1), w, some(1, 1), some(1, 1) * 0 + 0.7)
    c = sigmoid(-1.0) * 0.7 + sigmoid(0.5) * np.tanh(2.0)
    np.testing.assert_allclose(memory, [[c]])
    np.testing.assert_allclose(states, [[[sigmoid(0.3) * np.tanh(c)]]])


def test_a_glance_by_hand():
    q, k = some(1, 1) * 0 + 1, some(2, 1) * 0
    k[1] = np.log(3)  # D is 1: the second gets three times the share
    v = some(2, 2) * 0
    v[0, 0], v[1, 1] = 4, 8
    fetched, shares = attend(q, k, v)
    np.testing.assert_allclose(shares, [[0.25, 0.75]])
    np.testing.assert_allclose(fetched, [[1, 6]])


def test_parity_of_the_recurrent_networks(parity):
    x, h, c = some(B, T, E), some(B, D), some(B, D)
    w = cell(1)
    theirs, _ = recurrent("RNN", w)(x, h[None])
    parity("evolution.rnn", "torch nn.RNN", rnn(x, w, h), theirs.detach())
    w = cell(4)
    theirs, (_, last) = recurrent("LSTM", w)(x, (h[None], c[None]))
    states, memory = lstm(x, w, h, c)
    parity("evolution.lstm", "torch nn.LSTM", states, theirs.detach())
    np.testing.assert_allclose(memory, last[0].detach(), atol=1e-12)


def test_parity_of_the_slopes(parity):
    import torch

    x = some(B, T, E).requires_grad_()
    zero = some(B, D) * 0
    w = cell(4)
    lstm(x, w, zero, zero)[0].square().sum().backward()
    y = x.detach().clone().requires_grad_()
    recurrent("LSTM", w)(y)[0].square().sum().backward()
    on = "its slopes"
    parity("evolution.lstm", "torch nn.LSTM", x.grad, y.grad, on=on)
    assert torch.isfinite(x.grad).all()


def test_parity_of_attention(parity):
    import torch
    from torch import nn

    q, k, v = some(B, S, D), some(B, T, D), some(B, T, E)
    later = torch.full((S, T), float("-inf")).double().triu(2)
    theirs = nn.functional.scaled_dot_product_attention(q, k, v, later)
    name = "torch scaled_dot_product_attention"
    parity("evolution.attend", name, attend(q, k, v, later)[0], theirs)
    wq, wk, top = some(D, E), some(D, E, seed=1), some(E)
    pairs = torch.cat(
        [q[:, :, None].expand(B, S, T, D), k[:, None].expand(B, S, T, D)], 3
    )
    first = nn.Linear(2 * D, E, bias=False).double()
    first.weight.data.copy_(torch.cat([wq, wk]).T)
    last = nn.Linear(E, 1, bias=False).double()
    last.weight.data.copy_(top[None])
    theirs = nn.Sequential(first, nn.Tanh(), last)(pairs)[..., 0]
    ours = additive(q, k, wq, wk, top)
    parity("evolution.additive", "torch nn.Sequential", ours, theirs.detach())


def test_parity_of_the_heads(parity):
    from torch import nn

    w, x, memory = some(4, D, D), some(B, S, D), some(B, T, D)
    layer = nn.MultiheadAttention(D, 2, bias=False, batch_first=True).double()
    heads_of(w, layer)
    theirs, shares = layer(x, memory, memory, average_attn_weights=False)
    ours, our_shares = multihead(x, memory, w, heads=2)
    name = "torch nn.MultiheadAttention"
    parity("evolution.multihead", name, ours, theirs.detach())
    np.testing.assert_allclose(our_shares, shares.detach(), atol=1e-12)


def test_parity_of_the_blocks(parity):
    from torch import nn

    w = Block(some(4, D, D), some(D, E), some(E, D), some(4, D, D, seed=1))
    x, memory = some(B, S, D), some(B, T, D)
    given = {"dropout": 0, "batch_first": True, "bias": False}
    layer = nn.TransformerEncoderLayer(D, 2, E, **given).double()
    heads_of(w.own, layer.self_attn)
    layer.linear1.weight.data.copy_(w.grow.T)
    layer.linear2.weight.data.copy_(w.shrink.T)
    ours, theirs = block(x, w, 2)[0], layer(x).detach()
    name = "torch nn.TransformerEncoderLayer"
    parity("evolution.block", name, ours, theirs)
    other = nn.TransformerDecoderLayer(D, 2, E, **given).double()
    heads_of(w.own, other.self_attn)
    heads_of(w.cross, other.multihead_attn)
    other.linear1.weight.data.copy_(w.grow.T)
    other.linear2.weight.data.copy_(w.shrink.T)
    mask = nn.Transformer.generate_square_subsequent_mask(S).double()
    theirs = other(x, memory, tgt_mask=mask).detach()
    ours = block(x, w, 2, memory, causal=True)[0]
    name = "torch nn.TransformerDecoderLayer"
    parity("evolution.block", name, ours, theirs)


@pytest.mark.parametrize("seed", range(5))
def test_a_later_row_changes_no_earlier_state(seed):
    x = some(B, T, E, seed=seed)
    other = x.clone()
    other[:, 4:] += 1
    zero, w = some(B, D) * 0, Block(some(4, E, E), some(E, D), some(D, E))
    readers = (
        lambda y: rnn(y, cell(1), zero),
        lambda y: lstm(y, cell(4), zero, zero)[0],
        lambda y: block(y, w, 1, causal=True)[0],
    )
    for read in readers:
        far = (read(x) - read(other)).abs().amax((0, 2))
        np.testing.assert_array_equal(far[:4], 0)
        assert far[4:].min() > 1e-6


@pytest.mark.parametrize("seed", range(5))
def test_rows_of_a_block_move_with_their_order(seed):
    rng = np.random.default_rng(seed)
    order = rng.permutation(T)
    w, x = Block(some(4, D, D), some(D, E), some(E, D)), some(B, T, D)
    moved = block(x[:, order], w, 2)[0]
    np.testing.assert_allclose(moved, block(x, w, 2)[0][:, order], atol=1e-12)


def test_shares_add_up_to_one_and_hidden_rows_get_none():
    import torch

    later = torch.full((T, T), float("-inf")).double().triu(1)
    _, shares = attend(some(B, T, D), some(B, T, D), some(B, T, D), later)
    np.testing.assert_allclose(shares.sum(-1), np.ones((B, T)))
    np.testing.assert_array_equal(shares.triu(1), 0)


def test_the_memory_keeps_what_its_gate_says():
    w = Cell(some(1, 4) * 0, some(1, 4) * 0, some(4) * 0)
    w.b[1] = 4.0
    _, c = lstm(some(1, 20, 1), w, some(1, 1), some(1, 1) * 0 + 1)
    np.testing.assert_allclose(c, [[(1 / (1 + np.exp(-4))) ** 20]])


def test_the_committed_races_are_what_the_page_says():
    record = races()
    assert record["right"].shape == (9, 5, 12)
    assert record["recall"].shape == (6, 5, 5)
    eight = list(record["length"]).index(8)
    mean = record["right"][:, :, eight].mean(axis=1)
    assert mean[0] < mean[1] < mean[2] < mean[3] <= mean[4]
    assert record["recall"][5].min() > 0.99


def test_a_race_is_as_it_was_recorded():
    from embook.drills import recall
    from embook.seq2seq import right, start, train

    net = start("rnn", 9, 8, 16, seed=0)
    train(net, recall(5), 300, seed=0)
    kept = races()["recall"][0, 0, 0]
    assert abs(right(net, recall(5), 200) - kept) < 0.05


@pytest.mark.parametrize(
    ("call", "line"),
    [
        (lambda: rnn(some(B, T), cell(1), some(B, D)), r"not \(B, T, 5\)"),
        (
            lambda: rnn(some(B, T, 6), cell(1), some(B, D)),
            r"x is \(3, 7, 6\)",
        ),
        (
            lambda: lstm(some(B, T, 6), cell(4), some(B, D), some(B, D)),
            r"x is \(3, 7, 6\), not \(B, T, 5\)",
        ),
        (
            lambda: additive(some(B, S, 6), some(B, T, D), some(D, E), 0, 0),
            r"q is \(3, 4, 6\)",
        ),
        (
            lambda: multihead(some(B, S, D), some(B, T, 6), some(4, D, D), 2),
            r"memory is \(3, 7, 6\)",
        ),
        (
            lambda: multihead(some(B, S, D), some(B, T, D), some(4, D, D), 3),
            "heads is 3: it must divide 8",
        ),
        (
            lambda: multihead(some(B, S, D), some(B, T, D), some(4, D, D), 0),
            "heads is 0",
        ),
    ],
)
def test_refusals(call, line):
    with pytest.raises(ValueError, match=line):
        call()
