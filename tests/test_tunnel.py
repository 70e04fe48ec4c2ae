"""Tunnel: its tasks by hand, and its networks against the book's own."""

import numpy as np
import pytest

from embook import tunnel
from embook.position import NONE, attention, learned, sinusoid
from embook.rotation import alibi, relative, rotary

ORDERS = {
    "sinusoid": (sinusoid(), (0,)),
    "learned": (learned, (tunnel.LONG, tunnel.WIDTH)),
    "rotary": (rotary(), (0,)),
    "alibi": (alibi(tunnel.HEADS), (0,)),
    "relative": (lambda t: relative(t, longest=12), (8, tunnel.HEADS)),
    "none": (NONE, (0,)),
}


def test_tasks_by_hand():
    x, y = tunnel.back(np.random.default_rng(0), (2, 16))
    np.testing.assert_array_equal(y[:, 3:], x[:, :-3])
    np.testing.assert_array_equal(y[:, :3], tunnel.UNASKED)
    assert x.min() >= 1
    x, y = tunnel.latest(np.random.default_rng(0), (50, 16))
    for text, asked in zip(x, y, strict=True):
        last = tunnel.UNASKED
        for letter, answer in zip(text, asked, strict=True):
            last = letter if letter else last
            assert answer == last


@pytest.mark.parametrize("name", ORDERS)
@pytest.mark.parametrize("layers", [1, 2])
def test_networks_are_the_books_attention(name, layers):
    import torch

    order, shape = ORDERS[name]
    nets = tunnel.start(shape, 2, layers, seed=3)
    x = np.random.default_rng(0).integers(9, size=(2, 1, 20))
    said = tunnel.slots(order, nets.learned, 20)
    theirs = tunnel.scores(nets, said, torch.tensor(x)).detach().numpy()
    tokens, weights, out, table = (w.detach().numpy() for w in nets)
    for n in range(2):
        mine = order(table[n]) if callable(order) else order
        rows = tokens[n][x[n, 0]]
        if mine.add is not None:
            rows = rows + mine.add(*rows.shape)
        for w in weights[n]:
            fetched = attention(rows, w, mine._replace(add=None), True)
            rows = rows + fetched
        np.testing.assert_allclose(theirs[n, 0], rows @ out[n], atol=1e-10)


def test_training_learns_and_repeats():
    shape = ORDERS["relative"][1]
    how = {"nets": 1, "steps": 60}
    nets = tunnel.train(ORDERS["relative"][0], tunnel.back, shape, **how)
    again = tunnel.train(ORDERS["relative"][0], tunnel.back, shape, **how)
    np.testing.assert_array_equal(nets.layers, again.layers)
    share = tunnel.right(ORDERS["relative"][0], nets, tunnel.back)
    assert np.isnan(share[:, :3]).all()
    assert share[:, 3:16].mean() > 0.9


@pytest.mark.parametrize("how", [{"nets": 0}, {"layers": 0}])
def test_refusals(how):
    with pytest.raises(ValueError, match="is 0: a whole number from 1"):
        tunnel.train(NONE, tunnel.back, **how)
