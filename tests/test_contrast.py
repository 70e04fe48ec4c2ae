"""Contrast: is the slope the slope, and does the map learn?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embook.contrast import head, slope
from embook.sentences import infonce


def some(seed, n=6, d=3):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)), rng.normal(size=(n, d))


@given(st.integers(0, 99), st.sampled_from([0.2, 1.0]))
def test_the_slope_is_the_rise_over_a_small_step(seed, t):
    x, y = some(seed)
    w, rise = np.eye(3) + 0.1, np.zeros((3, 3))
    for i, j in np.ndindex(3, 3):
        step = np.zeros((3, 3))
        step[i, j] = 1e-6
        up, down = (
            infonce(x @ (w + s * step), y @ (w + s * step), t)
            for s in (1, -1)
        )
        rise[i, j] = (up - down) / 2e-6
    np.testing.assert_allclose(slope(x, y, w, t), rise, atol=1e-6)


def test_parity_of_the_slope(parity):
    import torch
    from torch.nn.functional import cross_entropy, normalize

    x, y = some(0, 40, 8)
    w = torch.tensor(np.eye(8) + 0.1, requires_grad=True)
    u, v = (normalize(torch.tensor(z) @ w) for z in (x, y))
    cross_entropy(u @ v.T / 0.1, torch.arange(40)).backward()
    ours = slope(x, y, w.detach().numpy(), 0.1)
    parity("contrast.slope", "torch autograd", ours, w.grad, atol=1e-12)


def test_a_hidden_map_is_found():
    rng = np.random.default_rng(0)
    x, noise = rng.normal(size=(200, 4)), rng.normal(size=(200, 4))
    # Two columns are the same for partners, two are noise.
    y = np.concatenate([x[:, :2], noise[:, 2:]], axis=1)
    w = head(x, y, size=50, temperature=0.2, steps=200, rate=0.3)
    told = np.abs(w).sum(axis=1)
    assert told[:2].min() > 2 * told[2:].max()
    assert infonce(x @ w, y @ w, 0.2) < infonce(x, y, 0.2) - 0.5


def test_no_step_is_the_identity_and_a_seed_is_kept():
    x, y = some(1)
    np.testing.assert_array_equal(head(x, y, 3, steps=0), np.eye(3))
    one, same, other = (head(x, y, 3, steps=5, seed=s) for s in (0, 0, 1))
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).max() > 1e-6


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"size": 7}, "size is 7: a whole number from 2 to 6"),
        ({"size": 1}, "size is 1"),
        ({"size": 3, "temperature": 0}, "temperature is 0"),
        ({"size": 3, "rate": -1}, "rate is -1"),
        ({"size": 3, "steps": -1}, "steps is -1"),
    ],
)
def test_head_refuses(changed, message):
    with pytest.raises(ValueError, match=message):
        head(*some(0), **changed)


def test_head_refuses_other_widths():
    with pytest.raises(ValueError, match="widths must agree"):
        head(np.ones((4, 3)), np.ones((4, 2)), size=2)
