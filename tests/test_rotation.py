"""Rotation: worked by hand, parity, laws, refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from embook import llama
from embook.position import NONE, attention
from embook.rotation import (
    agreement,
    alibi,
    apart,
    buckets,
    regroup,
    relative,
    rotary,
    steepness,
    turned,
)

numbers = st.floats(-100, 100).filter(lambda x: x == 0 or abs(x) > 1e-3)
tables = arrays(float, (2, 5, 8), elements=numbers)
RNG = np.random.default_rng(0)
REAL = RNG.normal(size=(9, 300, 64))


# --- by hand ----------------------------------------------------------------


def test_quarter_turns_by_hand():
    x = np.tile([3.0, 1.0, 4.0, 2.0], (2, 1))
    # The base makes the second pair stand still; the first turns by 1.
    by_hand = [
        3 * np.cos(1) - 4 * np.sin(1),
        1,
        3 * np.sin(1) + 4 * np.cos(1),
        2,
    ]
    halves = turned(x, base=1e30)
    np.testing.assert_allclose(halves, [x[0], by_hand], atol=1e-12)
    neighbours = turned(x[:, [0, 2, 1, 3]], base=1e30, interleaved=True)
    np.testing.assert_allclose(neighbours, halves[:, [0, 2, 1, 3]])


def test_start_counts_from_there():
    x = RNG.normal(size=(9, 6))
    np.testing.assert_array_equal(
        turned(x[4:], start=4), turned(x)[4:], strict=True
    )


def test_agreement_by_hand():
    ours = agreement(np.array([0, 1, 10, 50, 64, 100, 200]), 128)
    by_hand = [128, 124.2, 85.6, 69.9, 61.0, 61.1, 39.1]
    np.testing.assert_allclose(ours, by_hand, atol=0.05)
    ones = np.ones((201, 128))
    rows = turned(ones) @ turned(ones)[0]
    np.testing.assert_allclose(ours, rows[[0, 1, 10, 50, 64, 100, 200]])
    assert ours[4] < ours[5]


def test_alibi_by_hand():
    np.testing.assert_array_equal(steepness(2), [2**-4, 2**-8])
    by_hand = [[0, -0.0625, -0.125], [-0.0625, 0, -0.0625]]
    np.testing.assert_array_equal(alibi(2).bias(3)[0, :2], by_hand)


def test_relative_by_hand():
    table = np.array([[0.0], [10.0], [20.0], [30.0]])
    by_hand = [[0, 0, 0, 0], [10, 0, 0, 0], [20, 10, 0, 0], [30, 20, 10, 0]]
    bias = relative(table, longest=4).bias(4)
    np.testing.assert_array_equal(bias, [by_hand])
    both = relative(table, longest=4, causal=False).bias(3)
    by_hand = [[0, 30, 30], [10, 0, 30], [10, 10, 0]]
    np.testing.assert_array_equal(both, [by_hand])


# --- parity -----------------------------------------------------------------


@pytest.mark.parametrize("base", [10_000.0, 100_000.0])
def test_parity_with_llama_of_transformers(parity, base):
    import torch
    from transformers import LlamaConfig
    from transformers.models.llama.modeling_llama import (
        LlamaRotaryEmbedding,
        apply_rotary_pos_emb,
    )

    config = LlamaConfig(
        hidden_size=576,
        num_attention_heads=9,
        rope_parameters={"rope_type": "default", "rope_theta": base},
    )
    q = torch.tensor(REAL[None])
    places = torch.arange(300)[None]
    cos, sin = LlamaRotaryEmbedding(config).double()(q, places)
    theirs, _ = apply_rotary_pos_emb(q, q, cos, sin)
    for name, ours in (
        ("rotation.turned", turned(REAL, base)),
        ("rotation.rotary", rotary(base).turn(REAL)),
    ):
        # Theirs takes cosines of angles in 32 bits: 300 has 7 digits.
        peer = "transformers LlamaRotaryEmbedding"
        on = f"base {base:.0f}"
        parity(name, peer, ours, theirs[0], atol=2e-4, on=on)


def test_parity_with_complex_numbers(parity):
    import torch

    pairs = torch.view_as_complex(torch.tensor(REAL).unflatten(2, (-1, 2)))
    rate = 10_000.0 ** -(torch.arange(0, 64, 2).double() / 64)
    angle = torch.outer(torch.arange(300).double(), rate)
    theirs = torch.polar(torch.ones_like(angle), angle) * pairs
    theirs = torch.view_as_real(theirs).flatten(2)
    ours = turned(REAL, interleaved=True)
    parity("rotation.turned", "torch complex numbers", ours, theirs)
    ours = agreement(np.arange(300.0), 64)
    theirs = 2 * torch.polar(torch.ones_like(angle), angle).real.sum(1)
    parity("rotation.agreement", "torch complex numbers", ours, theirs)


def test_parity_of_regroup(parity):
    # What transformers' converter of LLaMA does to the rows of q and k.
    theirs = np.arange(64).reshape(32, 2).T.ravel()
    parity(
        "rotation.regroup", "numpy reshape, transpose", regroup(64), theirs
    )


def test_parity_of_apart(parity):
    theirs = np.subtract.outer(np.arange(40), np.arange(40))
    parity("rotation.apart", "numpy subtract.outer", apart(40), theirs)


def test_interleaved_is_what_llama_turns():
    import torch

    x = torch.tensor(REAL.astype(np.float32))
    theirs = llama.turn(x, llama.angles(300, 64, 100_000.0)).numpy()
    ours = turned(REAL, 100_000.0, interleaved=True)
    np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_parity_of_alibi(parity):
    import torch
    from transformers.models.bloom.modeling_bloom import build_alibi_tensor
    from transformers.models.mpt.modeling_mpt import build_mpt_alibi_tensor

    mask = torch.ones(1, 40)
    bloom = build_alibi_tensor(mask, 8, torch.float64).numpy()  # (8, 1, 40)
    ours = alibi(8).bias(40)
    # Theirs counts from the start: in each row, softmax cannot tell.
    parity(
        "rotation.alibi",
        "transformers build_alibi_tensor",
        ours[:, -1:] - ours[:, -1:, :1],
        bloom,
    )
    theirs = -bloom[:, 0, 1]
    parity("rotation.steepness", "transformers Bloom", -steepness(8), theirs)
    mpt = build_mpt_alibi_tensor(8, 40)  # (8, 1, 40)
    peer = "transformers build_mpt_alibi_tensor"
    parity("rotation.alibi", peer, ours[:, -1:], mpt)


@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize(
    ("count", "longest"), [(32, 128), (8, 12), (64, 256)]
)
def test_parity_of_buckets(parity, causal, count, longest):
    import torch
    from transformers import T5Config
    from transformers.models.t5.modeling_t5 import T5Attention

    config = T5Config(
        relative_attention_num_buckets=count,
        relative_attention_max_distance=longest,
        num_heads=3,
        is_decoder=causal,
    )
    layer = T5Attention(config, has_relative_attention_bias=True)
    where = apart(300)
    theirs = layer._relative_position_bucket(
        torch.tensor(-where), not causal, count, longest
    )
    ours = buckets(where, count, longest, causal)
    kind = f"{count} to {longest}, {'causal' if causal else 'both ways'}"
    parity("rotation.buckets", "transformers T5", ours, theirs, on=kind)
    bias = layer.compute_bias(300, 300).detach()[0]
    table = layer.relative_attention_bias.weight.detach().numpy()
    ours = relative(table, longest, causal).bias(300)
    parity("rotation.relative", "transformers T5", ours, bias, on=kind)


def test_the_exercises_agree_with_the_library():
    from embook.exercises import rotation as exercises

    for count, longest in ((32, 128), (8, 12), (10, 40)):
        ours = [exercises.bucket(d, count, longest) for d in range(200)]
        theirs = buckets(np.arange(200), count, longest)
        np.testing.assert_array_equal(ours, theirs)
    x = REAL[0, :10]
    ours = [exercises.turn(row, t, 50.0) for t, row in enumerate(x)]
    np.testing.assert_allclose(ours, turned(x, 50.0))
    np.testing.assert_array_equal(
        exercises.convert(x, 2)[:, :32], x[:, :32][:, regroup(32)]
    )
    fog = exercises.fog(5, 3, 4)
    by_order = alibi(4).bias(5)[2]
    np.testing.assert_array_equal(np.tril(fog), np.tril(by_order))


# --- laws -------------------------------------------------------------------


@given(tables, st.booleans(), st.integers(0, 1000))
def test_turning_keeps_lengths(x, interleaved, start):
    y = turned(x, interleaved=interleaved, start=start)
    np.testing.assert_allclose(
        np.linalg.norm(y, axis=2), np.linalg.norm(x, axis=2), atol=1e-9
    )


@given(tables, st.booleans(), st.integers(0, 1000))
def test_scores_know_the_distance_alone(x, interleaved, start):
    q, k = x
    here = turned(q, interleaved=interleaved)
    here = here @ turned(k, interleaved=interleaved).T
    there = turned(q, interleaved=interleaved, start=start)
    there = there @ turned(k, interleaved=interleaved, start=start).T
    np.testing.assert_allclose(there, here, atol=1e-7)


@given(tables)
def test_regroup_reconciles(x):
    order = regroup(8)
    np.testing.assert_allclose(
        turned(x[..., order]), turned(x, interleaved=True)[..., order]
    )


@given(st.integers(2, 40), st.integers(1, 200), st.booleans())
def test_buckets_never_fall_with_distance(count, more, causal):
    count = count if causal else count + 2
    distances = np.arange(0, 300)
    ours = buckets(distances, count, count + more, causal)
    assert (np.diff(ours) >= 0).all()
    assert ours.max() < count


WEIGHTS = RNG.normal(size=(2, 4, 2, 8, 4))
X = RNG.normal(size=(7, 8))
MIXED = [3, 0, 4, 1, 5, 2, 6]  # the last row stays last


def test_one_causal_layer_is_blind_and_two_are_not():
    one = attention(X, WEIGHTS[0], NONE, causal=True)
    other = attention(X[MIXED], WEIGHTS[0], NONE, causal=True)
    np.testing.assert_allclose(other[-1], one[-1], atol=1e-14)
    two = attention(X + one, WEIGHTS[1], NONE, causal=True)
    mixed = X[MIXED] + other
    mixed = attention(mixed, WEIGHTS[1], NONE, causal=True)
    assert np.abs(mixed[-1] - two[-1]).max() > 0.01


@pytest.mark.parametrize(
    "order", [rotary(), alibi(2), relative(RNG.normal(size=(4, 2)))]
)
def test_an_order_is_seen_by_one_layer(order):
    one = attention(X, WEIGHTS[0], order, causal=True)
    other = attention(X[MIXED], WEIGHTS[0], order, causal=True)
    assert np.abs(other[-1] - one[-1]).max() > 0.01


def test_all_places_moved_alike_change_nothing():
    here = attention(X, WEIGHTS[0], rotary())
    there = attention(X, WEIGHTS[0], rotary(start=1000))
    np.testing.assert_allclose(there, here, atol=1e-11)


# --- refusals ---------------------------------------------------------------

NAN = np.full((2, 4), np.nan)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: turned(np.ones(4)), r"x has shape \(4,\)"),
        (lambda: turned(np.ones((2, 3))), "width is 3: an even"),
        (lambda: turned(NAN), "x holds NaN"),
        (lambda: turned(np.ones((2, 4)), start=-1), "start is -1"),
        (lambda: turned(np.ones((2, 4)), base=0), "base is 0"),
        (lambda: regroup(5), "width is 5"),
        (lambda: agreement(np.ones((2, 2)), 4), "distances has rank 2"),
        (lambda: steepness(0), "heads is 0"),
        (lambda: alibi(1.5), "heads is 1.5"),
        (lambda: apart(0), "length is 0"),
        (lambda: buckets(np.array([1]), count=1), "count is 1"),
        (lambda: buckets(np.array([1]), 3, 9, False), "count is 3"),
        (lambda: buckets(np.array([1]), longest=16), "longest is 16"),
        (lambda: buckets(np.array([])), "distances is empty"),
        (lambda: relative(np.ones(3)), "table has rank 1"),
    ],
)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=message):
        call()
