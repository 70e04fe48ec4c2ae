"""Position: worked by hand, parity, laws, refusals."""

from functools import cache
from math import cos, exp, sin

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embook import data
from embook.position import (
    NONE,
    Order,
    attention,
    frequencies,
    learned,
    shares,
    shift,
    sinusoid,
    waves,
)

ONES = np.ones((4, 1, 1, 1))
seeds = st.integers(0, 2**32 - 1)


def drawn(seed, length=6, width=8, heads=2):
    """Return rows and weights that fit them."""
    rng = np.random.default_rng(seed)
    weights = rng.normal(size=(4, heads, width, width // heads)) / 2
    return rng.normal(size=(length, width)), weights


def test_attention_by_hand():
    a, b = exp(1), exp(3)  # the row 1 asks 1 and 3
    c, d = exp(3), exp(9)  # the row 3 asks 1 and 3
    by_hand = [[(a + 3 * b) / (a + b)], [(c + 3 * d) / (c + d)]]
    x = np.array([[1.0], [3.0]])
    np.testing.assert_allclose(attention(x, ONES), by_hand)
    by_hand[0] = [1]
    np.testing.assert_allclose(attention(x, ONES, causal=True), by_hand)


def test_two_heads_add_up_and_each_divides_by_the_root_of_its_width():
    x = np.array([[1.0, 0, 0, 0], [0, 2, 0, 0]])
    eye = np.eye(4)[None]
    one = np.array([eye, eye, eye, eye])
    scores = np.array([[1, 0], [0, 4]]) / 2  # a head of 4 numbers: root 2
    by_hand = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(shares(x, one)[0], by_hand)
    two = np.concatenate([one, one], axis=1)
    np.testing.assert_allclose(attention(x, two), 2 * by_hand @ x)


def test_each_slot_of_an_order_by_hand():
    x = np.array([[1.0], [1.0]])
    rows = learned(np.array([[0.0], [2.0]])).add
    added = shares(x, ONES, Order(add=rows))[0, 0]  # row 1 asks 1 and 3
    np.testing.assert_allclose(added, [1 / (1 + exp(2)), 1 / (1 + exp(-2))])
    both = shares(x, ONES, Order(turn=lambda y: y * np.array([[1], [2]])))
    np.testing.assert_allclose(both[0, 0, 1] / both[0, 0, 0], exp(1))
    np.testing.assert_allclose(both[0, 1, 1] / both[0, 1, 0], exp(2))
    for bias in ([[0, 1], [2, 0]], [[[0, 1], [2, 0]]]):
        both = shares(x, ONES, Order(bias=lambda _, b=bias: np.array(b)))
        np.testing.assert_allclose(both[0, 0, 1] / both[0, 0, 0], exp(1))
        np.testing.assert_allclose(both[0, 1, 0] / both[0, 1, 1], exp(2))


def test_a_turn_reaches_queries_as_queries_and_keys_as_keys():
    x, weights = drawn(4)
    grow = np.arange(1.0, 7)[:, None]
    q, k = grow * (x @ weights[0]), grow * (x @ weights[1])
    scores = np.exp(q @ k.swapaxes(1, 2) / 2)  # a head of 4 numbers
    by_hand = scores / scores.sum(axis=2, keepdims=True)
    turned = shares(x, weights, Order(turn=lambda y: grow * y))
    np.testing.assert_allclose(turned, by_hand)


def test_waves_by_hand():
    by_hand = [
        [0, 1, 0, 1],
        [sin(1), cos(1), sin(0.1), cos(0.1)],
        [sin(2), cos(2), sin(0.2), cos(0.2)],
    ]
    np.testing.assert_allclose(waves(3, 4, base=100), by_hand)
    np.testing.assert_allclose(frequencies(6, 1000), [1, 0.1, 0.01])
    np.testing.assert_allclose(sinusoid(100).add(3, 4), by_hand)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("order", [NONE, sinusoid(50.0)])
def test_parity_with_multi_head_attention(parity, causal, order):
    import torch

    x, weights = drawn(0, 12, 16, 4)
    theirs = torch.nn.MultiheadAttention(16, 4, bias=False).double()
    block = weights[:3].swapaxes(2, 3).reshape(48, 16)
    theirs.in_proj_weight.data = torch.tensor(block)
    last = weights[3].swapaxes(0, 1).reshape(16, 16)
    theirs.out_proj.weight.data = torch.tensor(last)
    t = torch.tensor(x if order is NONE else x + waves(12, 16, 50.0))
    mask = torch.ones(12, 12).triu(1).bool() if causal else None
    rows, part = theirs(t, t, t, attn_mask=mask, average_attn_weights=False)
    on = f"causal {causal}, {'sinusoid' if order.add else 'no order'}"
    name = "torch nn.MultiheadAttention"
    ours = attention(x, weights, order, causal)
    parity("position.attention", name, ours, rows.detach(), on=on)
    ours = shares(x, weights, order, causal)
    parity("position.shares", name, ours, part.detach(), on=on)


@cache
def xlm(length, width):
    import torch
    from transformers.models.xlm.modeling_xlm import (
        create_sinusoidal_embeddings,
    )

    empty = torch.empty(length, width)
    return create_sinusoidal_embeddings(length, width, empty).numpy()


# The library works the angles out in float64 and keeps the rows in float32.
NEAR = 1e-7


def test_parity_of_the_sinusoids(parity):
    name, theirs = "transformers XLM", xlm(300, 64)
    parity("position.waves", name, waves(300, 64), theirs, atol=NEAR)
    ours = sinusoid().add(300, 64)
    parity("position.sinusoid", name, ours, theirs, atol=NEAR)
    for k in (1, -7, 100):
        ours = waves(100, 64) @ shift(k, 64)
        ours = ours[max(-k, 0) :]
        later = theirs[max(k, 0) :][: len(ours)]
        parity("position.shift", name, ours, later, atol=NEAR, on=f"{k} on")


def test_parity_of_the_sinusoids_as_tensor2tensor_has_them(parity):
    from transformers.models.m2m_100 import modeling_m2m_100 as m2m

    # The last hand turns by exactly 1/10000, and all sines come first.
    ours = waves(50, 64, base=10_000 ** (32 / 31))
    ours = np.hstack([ours[:, ::2], ours[:, 1::2]])
    make = m2m.M2M100SinusoidalPositionalEmbedding.get_embedding
    theirs = make(50, 64).numpy()
    # It works the angles out in float32: fifty places on, that shows.
    name = "transformers M2M100"
    parity("position.waves", name, ours, theirs, atol=1e-5)


@pytest.mark.parametrize("base", [10_000.0, 500.0])
def test_parity_of_the_frequencies(parity, base):
    from transformers import LlamaConfig
    from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

    config = LlamaConfig(
        hidden_size=64,
        num_attention_heads=1,
        rope_parameters={"rope_type": "default", "rope_theta": base},
    )
    theirs = LlamaRotaryEmbedding(config).inv_freq
    name, ours = "transformers Llama", frequencies(64, base)
    parity("position.frequencies", name, ours, theirs, atol=NEAR)


def test_parity_of_the_learned_rows(parity):
    import torch
    from safetensors.numpy import load_file

    file = load_file(data.minilm_folder() / "model.safetensors")
    table = file["embeddings.position_embeddings.weight"]
    theirs = torch.nn.Embedding.from_pretrained(torch.tensor(table))
    for length in (1, 77, 512):
        found = theirs(torch.arange(length))
        ours = learned(data.minilm_positions()).add(length, 384)
        name = "torch nn.Embedding, safetensors"
        parity("position.learned", name, ours, found, atol=0)


@given(seeds, st.permutations(range(6)))
def test_without_order_attention_is_equivariant(seed, mix):
    x, weights = drawn(seed)
    once, then = attention(x, weights), attention(x[mix], weights)
    np.testing.assert_allclose(then, once[mix], atol=1e-11)
    np.testing.assert_allclose(then.mean(0), once.mean(0), atol=1e-11)


@pytest.mark.parametrize("seed", range(5))
def test_a_mask_or_an_order_breaks_it(seed):
    x, weights = drawn(seed)
    for told in ({"causal": True}, {"order": sinusoid()}):
        once = attention(x, weights, **told)
        then = attention(x[::-1], weights, **told)[::-1]
        assert np.abs(once - then).max() > 0.1


@given(seeds)
def test_a_causal_row_knows_nothing_of_later_rows(seed):
    x, weights = drawn(seed)
    for order in (NONE, sinusoid()):
        whole = attention(x, weights, order, causal=True)
        begin = attention(x[:4], weights, order, causal=True)
        np.testing.assert_allclose(whole[:4], begin, atol=1e-11)


@given(st.integers(1, 40), st.integers(1, 40), st.floats(2, 1e5))
def test_waves_know_the_gap_alone_and_have_one_length(length, half, base):
    gram = waves(length, 2 * half, base) @ waves(length, 2 * half, base).T
    np.testing.assert_allclose(np.diag(gram), half)
    for k in range(length):
        assert np.ptp(gram.diagonal(k)) < 1e-9


@given(st.integers(-300, 300), st.integers(1, 20), st.floats(2, 1e5))
def test_shift_moves_every_wave_and_is_a_rotation(k, half, base):
    move, width = shift(k, 2 * half, base), 2 * half
    rows = waves(900, width, base)
    np.testing.assert_allclose(
        rows[300:600] @ move, rows[300 + k : 600 + k], atol=1e-9
    )
    np.testing.assert_allclose(move @ move.T, np.eye(width), atol=1e-12)
    back = shift(-k, width, base)
    np.testing.assert_allclose(move @ back, np.eye(width), atol=1e-12)


def test_an_order_that_adds_is_told_once():
    x, weights = drawn(1)
    order = sinusoid()
    entered = x + waves(6, 8)
    np.testing.assert_array_equal(
        attention(x, weights, order), attention(entered, weights)
    )
    inside = order._replace(add=None)
    np.testing.assert_array_equal(
        attention(x, weights, inside), attention(x, weights)
    )


X, W = drawn(2)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: attention(X[0], W), "x has rank 1"),
        (lambda: attention(X * np.nan, W), "x holds NaN"),
        (lambda: attention(X, W[0]), "weights has rank 3"),
        (lambda: attention(X, W[:3]), r"shape \(3, 2, 8, 4\): \(4, 2, 8, 4"),
        (
            lambda: shares(X[:, :6], W),
            r"weights .*: \(4, 2, 6, 4\) is needed",
        ),
        (lambda: shares(X, W * np.inf), "weights holds NaN or infinity"),
        (
            lambda: shares(X, W, learned(np.ones((9, 4)))),
            r"order has shape \(6, 4\): \(6, 8\) is needed",
        ),
        (
            lambda: shares(X, W, Order(turn=lambda q: q[0])),
            r"order has shape \(6, 4\): \(2, 6, 4\) is needed",
        ),
        (
            lambda: shares(X, W, Order(bias=lambda t: np.zeros((t, t + 1)))),
            r"order has shape \(6, 7\): \(6, 6\) is needed",
        ),
        (
            lambda: shares(X, W, Order(bias=lambda t: np.zeros((3, t, t)))),
            r"order has shape \(3, 6, 6\): \(2, 6, 6\) is needed",
        ),
        (lambda: attention(X, W, learned(X[:5])), "length is 6: .* 1 to 5"),
        (lambda: frequencies(5), "width is 5: an even number"),
        (lambda: frequencies(0), "width is 0"),
        (lambda: frequencies(4, 0), "base is 0"),
        (lambda: waves(0, 4), "length is 0"),
        (lambda: waves(4, 3), "width is 3"),
        (lambda: shift(np.nan, 4), "k holds NaN"),
        (lambda: shift(1, 7), "width is 7"),
        (lambda: sinusoid(-1).add(3, 4), "base is -1"),
        (lambda: learned(np.ones(3)), "table has rank 1"),
        (lambda: learned(np.ones((3, 2))).add(0, 2), "length is 0"),
    ],
)
def test_refusals(call, said):
    with pytest.raises(ValueError, match=said):
        call()
