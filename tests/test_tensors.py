"""Tensors: worked by hand, parity, laws, refusals."""

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from embook import data
from embook.tensors import (
    BYTES,
    broadcast,
    contract,
    from_int8,
    nbytes,
    size,
    to_bfloat16,
    to_int8,
)

shapes = st.lists(st.integers(0, 4), max_size=4).map(tuple)
floats = arrays(np.float32, (3, 4), elements=st.floats(-100, 100, width=32))


def test_size_by_hand():
    assert size(()) == 1
    assert size((50_000, 4096)) == 204_800_000
    assert size([50_000, 768]) == 38_400_000
    assert size((3, 0)) == 0


def test_nbytes_by_hand():
    assert nbytes((50_000, 768), "float32") == 153_600_000
    assert nbytes((50_000, 768), "bfloat16") == 76_800_000
    assert nbytes((50_000, 768), "int8") == 38_400_000


def test_broadcast_by_hand():
    assert broadcast((3, 5, 576), (576,)) == (3, 5, 576)
    assert broadcast((236,), (236, 1)) == (236, 236)
    assert broadcast((4, 1, 3), (2, 1)) == (4, 2, 3)
    assert broadcast((), (2,)) == (2,)


def test_contract_by_hand():
    x = np.array([[[1, 2], [0, 1]], [[3, 0], [1, 1]]])
    table = np.array([[3, 4], [5, 6], [1, 0]])
    by_hand = [[[11, 17, 1], [4, 6, 0]], [[9, 15, 3], [7, 11, 1]]]
    np.testing.assert_array_equal(contract(x, table), by_hand)
    np.testing.assert_array_equal(contract(x[0, 0], table), [11, 17, 1])


def test_bfloat16_by_hand():
    # From 256 to 512 the steps are 2 wide: odd numbers lie in the middle.
    x = [255, 256, 257, 257.01, 258, 259, -257, -259, 0]
    by_hand = [255, 256, 256, 258, 258, 260, -256, -260, 0]
    np.testing.assert_array_equal(to_bfloat16(x), by_hand)
    assert to_bfloat16(x).dtype == np.float32


def test_int8_by_hand():
    whole, scale = to_int8(np.array([[254.0, -100.0], [0.0, 0.0]]))
    np.testing.assert_array_equal(whole, [[127, -50], [0, 0]])
    np.testing.assert_array_equal(scale[0], [2])
    np.testing.assert_array_equal(
        from_int8(whole, scale), [[254, -100], [0, 0]]
    )
    assert whole.dtype == np.int8


def test_int8_bears_rows_that_are_almost_zero():
    tiny = np.array([[np.float32(1e-45), 0]], dtype=np.float32)
    np.testing.assert_array_equal(to_int8(tiny)[0], [[0, 0]])


@pytest.fixture(scope="module")
def real():
    return data.glove(top=20_000).vectors


@pytest.mark.parametrize("shape", [(), (7,), (3, 4), (2, 3, 4), (0, 5)])
def test_parity_of_size_and_bytes(parity, shape):
    import torch

    numpy = [d for d in BYTES if d != "bfloat16"]
    theirs = [np.empty(shape, d).nbytes for d in numpy]
    ours = [nbytes(shape, d) for d in numpy]
    parity("tensors.nbytes", "numpy nbytes", ours, theirs, atol=0)
    made = [torch.empty(shape, dtype=getattr(torch, d)) for d in BYTES]
    theirs = [x.numel() * x.element_size() for x in made]
    ours = [nbytes(shape, d) for d in BYTES]
    parity("tensors.nbytes", "torch element_size", ours, theirs, atol=0)
    parity("tensors.size", "numpy size", size(shape), np.empty(shape).size)
    parity("tensors.size", "torch numel", size(shape), made[0].numel())


@pytest.mark.parametrize(
    ("a", "b"), [((5, 3), (3,)), ((3,), (3, 1)), ((4, 1, 3), (2, 1))]
)
def test_parity_of_broadcast(parity, a, b):
    import torch

    theirs = (np.ones(a) + np.ones(b)).shape
    parity("tensors.broadcast", "numpy sum", broadcast(a, b), theirs)
    theirs = torch.broadcast_shapes(a, b)
    parity("tensors.broadcast", "torch", broadcast(a, b), theirs)


def test_parity_of_contract(real, parity):
    import torch

    x, table = real[:24].reshape(2, 3, 4, 50), real[100:107]
    pattern, ours = "...d,vd->...v", contract(x, table)
    theirs = np.einsum(pattern, x, table)
    parity("tensors.contract", "numpy einsum", ours, theirs, atol=2e-5)
    theirs = torch.einsum(pattern, torch.tensor(x), torch.tensor(table))
    parity("tensors.contract", "torch einsum", ours, theirs, atol=2e-5)


def test_parity_of_bfloat16(real, parity):
    import torch

    theirs = torch.tensor(real).to(torch.bfloat16).float()
    ours = to_bfloat16(real)
    parity("tensors.to_bfloat16", "torch bfloat16", ours, theirs, atol=0)


@given(st.lists(st.integers(0, 2**32 - 1), min_size=50, max_size=50))
@example([0x3F80_8000, 0x3F81_8000, 0x3F80_8001, 0xBF80_7FFF, 1] * 10)
def test_every_float32_becomes_torch_s_bfloat16(bits):
    import torch

    x = np.array(bits, np.uint32).view(np.float32)
    x = x[np.isfinite(x)]
    assume(len(x))
    theirs = torch.tensor(x).to(torch.bfloat16).float().numpy()
    np.testing.assert_array_equal(
        to_bfloat16(x).view(np.uint32), theirs.view(np.uint32)
    )


def test_parity_of_int8(real, parity):
    import torch
    from gguf.quants import GGMLQuantizationType, dequantize, quantize

    x = real[:, :32]
    whole, scale = to_int8(x)
    packed_rows = quantize(x, GGMLQuantizationType.Q8_0)
    # 34 bytes a row: a float16 scale, then the whole numbers.
    packed = packed_rows[:, 2:].view(np.int8)
    # gguf multiplies by 1 / scale, and rounds a half away from zero.
    parity("tensors.to_int8", "gguf Q8_0", whole, packed, atol=1)
    assert (whole != packed).sum() < 1e-5 * whole.size
    theirs = torch.fake_quantize_per_channel_affine(
        torch.tensor(real),
        torch.tensor(to_int8(real)[1][:, 0]),
        torch.zeros(len(real), dtype=torch.int32),
        0,
        -127,
        127,
    )
    ours = from_int8(*to_int8(real))
    parity("tensors.from_int8", "torch fake_quantize", ours, theirs, atol=0)
    half = scale.astype(np.float16).astype(np.float32)
    ours = from_int8(packed, half)
    theirs = dequantize(packed_rows, GGMLQuantizationType.Q8_0)
    parity("tensors.from_int8", "gguf Q8_0", ours, theirs, atol=1e-6)


@given(shapes, shapes)
def test_broadcast_is_numpy_s_rule_and_symmetric(a, b):
    try:
        theirs = np.broadcast_shapes(a, b)
    except ValueError:
        with pytest.raises(ValueError, match="sizes must be equal, or one"):
            broadcast(a, b)
    else:
        assert broadcast(a, b) == theirs == broadcast(b, a)


@given(floats, floats, floats)
def test_contract_is_linear(a, b, table):
    np.testing.assert_allclose(
        contract(a + b, table.astype(float)),
        contract(a, table.astype(float)) + contract(b, table.astype(float)),
        atol=0.1,
    )


@given(floats)
def test_bfloat16_is_near_and_stays(x):
    once = to_bfloat16(x)
    assert (np.abs(once - x) <= np.abs(x) / 256 + 1e-38).all()
    np.testing.assert_array_equal(to_bfloat16(once), once)


@given(floats)
def test_int8_is_within_half_a_step(x):
    whole, scale = to_int8(x)
    off = np.abs(whole * scale.astype(float) - x)
    assert (off <= np.where(np.abs(x) < 1e-40, 1e-40, scale * 0.501)).all()
    assert whole.min() >= -127


REFUSED = {
    "negative": (size, [(2, -3)], "axis 1 of shape is -3: a whole number"),
    "not whole": (size, [(2.5, 3)], "axis 0 of shape is 2.5: a whole"),
    "truth": (size, [(True,)], "axis 0 of shape is True: a whole"),
    "number": (size, [576], "shape has rank 0 .* rank 1"),
    "text": (size, ["576"], "shape has rank 0 .* rank 1"),
    "unknown": (nbytes, [(2,), "float8"], "dtype is 'float8': allowed are"),
    "class": (nbytes, [(2,), np.int8], "dtype is .*: allowed are float64"),
    "ends": (broadcast, [(5, 576), (5,)], "axis -1: 576 in a, 5 in b"),
    "front": (broadcast, [(2, 3), (4, 1)], "axis -2: 2 in a, 4 in b"),
    "sizes": (broadcast, [(2,), (-1,)], "axis 0 of b is -1"),
    "widths": (contract, [np.ones(3), np.ones((2, 4))], "last axes must"),
    "scalar": (contract, [np.array(3.0), np.ones((2, 4))], "shape .., table"),
    "one row": (contract, [np.ones(3), np.ones(3)], "table has rank 1"),
    "x NaN": (contract, [[np.nan], [[1.0]]], "x holds NaN"),
    "empty": (contract, [np.ones(0), np.ones((2, 4))], "x is empty"),
    "b NaN": (to_bfloat16, [[1.0, np.nan]], r"at index \(1,\)"),
    "b range": (to_bfloat16, [[1e300]], r"float32\(x\) holds NaN or inf"),
    "b empty": (to_bfloat16, [[]], "x is empty"),
    "b text": (to_bfloat16, [["1"]], "x has dtype <U1"),
    "i rank": (to_int8, [np.ones(3)], "x has rank 1"),
    "i NaN": (to_int8, [[[np.inf]]], "x holds NaN or infinity"),
    "i empty": (to_int8, [np.ones((0, 3))], "x is empty"),
    "floats": (from_int8, [np.ones((2, 3)), np.ones((2, 1))], "int8 is need"),
    "scales": (
        from_int8,
        [np.ones((2, 3), np.int8), np.ones((3, 1))],
        r"scale has shape \(3, 1\): \(2, 1\) is needed",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_is_refused_by_name(case):
    function, given_, message = REFUSED[case]
    with pytest.raises(ValueError, match=message):
        function(*given_)
