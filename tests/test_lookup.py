"""Lookup: worked by hand, parity, laws, refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from embook.lookup import adam, lookup, one_hot, scatter_add, sgd, slopes

TABLE = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
some_ids = st.lists(st.integers(0, 4), min_size=1, max_size=9)
numbers = st.integers(-100, 100).map(float)


def test_lookup_by_hand():
    np.testing.assert_array_equal(
        lookup(TABLE, [2, 0, 2]), [[5, 6], [1, 2], [5, 6]]
    )


def test_scatter_add_by_hand():
    x = np.array([[1.0, 1], [2, 2], [10, 20]])
    by_hand = [[0, 0], [2, 2], [11, 21], [0, 0]]
    np.testing.assert_array_equal(scatter_add([2, 1, 2], x, 4), by_hand)
    by_hand[2] = [0, 0]
    sums = scatter_add([2, 1, 2], x, 4, padding=2)
    np.testing.assert_array_equal(sums, by_hand)


def test_slopes_by_hand():
    x = np.array([[1.0, 2.0], [3.0, -1.0]])
    by_hand = [[2, 0], [0, -2]]  # of a² + d², for a = 1 and d = -1
    slope = slopes(lambda x: x[0, 0] ** 2 + x[1, 1] ** 2, x)
    np.testing.assert_allclose(slope, by_hand, atol=1e-8)


def test_momentum_by_hand():
    gradients = np.array([[[1.0]], [[1.0]], [[0.0]]])
    # speeds 1, then 0.5 + 1, then 0.75
    path = sgd(np.zeros((1, 1)), gradients, 0.1, keep=0.5)
    np.testing.assert_allclose(path.ravel(), [0, -0.1, -0.25, -0.325])


def test_adam_goes_the_rate_in_its_first_step_whatever_the_size():
    gradient = np.array([[[1e-3, -50.0]]])
    path = adam(np.zeros((1, 2)), gradient, 0.1)
    np.testing.assert_allclose(path[1], [[-0.1, 0.1]], rtol=1e-4)


@pytest.mark.parametrize("padding", [None, 3])
@pytest.mark.parametrize("sparse", [False, True])
def test_parity_forward_and_backward(parity, padding, sparse):
    import torch

    rng = np.random.default_rng(0)
    table = rng.normal(size=(50, 16)).astype(np.float32)
    ids = rng.integers(50, size=400)
    upstream = rng.normal(size=(400, 16)).astype(np.float32)
    theirs = torch.nn.Embedding.from_pretrained(
        torch.tensor(table), False, padding_idx=padding, sparse=sparse
    )
    out = theirs(torch.tensor(ids))
    out.backward(torch.tensor(upstream))
    gradient = theirs.weight.grad
    gradient = gradient.to_dense() if sparse else gradient
    on = f"400 ids, padding {padding}, sparse {sparse}"
    name = "torch nn.Embedding"
    found = out.detach()
    parity("lookup.lookup", name, lookup(table, ids), found, atol=0, on=on)
    ours = scatter_add(ids, upstream, 50, padding)
    parity("lookup.scatter_add", name, ours, gradient, atol=1e-6, on=on)


def test_parity_is_exact_for_whole_gradients(parity):
    import torch

    rng = np.random.default_rng(1)
    ids = rng.integers(7, size=1000)
    upstream = rng.integers(-9, 10, size=(1000, 5)).astype(np.float32)
    weight = torch.zeros(7, 5, requires_grad=True)
    found = torch.nn.functional.embedding(torch.tensor(ids), weight)
    found.backward(torch.tensor(upstream))
    parity(
        "lookup.scatter_add",
        "torch nn.Embedding",
        scatter_add(ids, upstream, 7),
        weight.grad,
        atol=0,
        on="whole numbers, every id some 140 times",
    )


@pytest.mark.parametrize(
    ("ours", "theirs", "named"),
    [
        (lambda e, g: sgd(e, g, 0.1), "SGD", {}),
        (lambda e, g: sgd(e, g, 0.1, 0.9), "SGD", {"momentum": 0.9}),
        (lambda e, g: adam(e, g, 0.1), "Adam", {}),
        (lambda e, g: adam(e, g, 0.1, 0.5), "AdamW", {"weight_decay": 0.5}),
    ],
)
def test_parity_of_the_steps(parity, ours, theirs, named):
    import torch

    rng = np.random.default_rng(2)
    table = rng.normal(size=(6, 3))
    gradients = rng.normal(size=(20, 6, 3)) * (rng.random((20, 6, 1)) < 0.4)
    weight = torch.tensor(table, requires_grad=True)
    rule = getattr(torch.optim, theirs)
    rule = rule([weight], lr=0.1, **({"weight_decay": 0} | named))
    path = [table]
    for gradient in gradients:
        weight.grad = torch.tensor(gradient)
        rule.step()
        path.append(weight.detach().numpy().copy())
    name = "lookup.adam" if "Adam" in theirs else "lookup.sgd"
    parity(
        name,
        f"torch optim.{theirs}",
        ours(table, gradients),
        np.array(path),
        atol=1e-12,
        on=f"20 steps {named or ''}".strip(),
    )


def test_parity_of_one_hot(parity):
    import torch

    ids = np.random.default_rng(4).integers(50, size=400)
    theirs = torch.nn.functional.one_hot(torch.tensor(ids), 50)
    ours = one_hot(ids, 50)
    parity("lookup.one_hot", "torch one_hot", ours, theirs, atol=0)


def test_parity_of_slopes_with_autograd(parity):
    import torch

    rng = np.random.default_rng(3)
    table, ids = rng.normal(size=(5, 3)), np.array([4, 0, 4, 2])

    def loss(x):
        return np.tanh(lookup(x, ids)).prod(axis=1).sum()

    weight = torch.tensor(table, requires_grad=True)
    found = torch.nn.functional.embedding(torch.tensor(ids), weight)
    torch.tanh(found).prod(dim=1).sum().backward()
    parity(
        "lookup.slopes",
        "torch autograd",
        slopes(loss, table),
        weight.grad,
        atol=1e-9,
    )


@given(some_ids, arrays(float, (5, 3), elements=numbers))
def test_lookup_is_a_product_with_one_hot_rows(ids, table):
    np.testing.assert_array_equal(lookup(table, ids), one_hot(ids, 5) @ table)


@given(some_ids, st.data())
def test_scatter_add_is_the_product_with_the_transposed(ids, data):
    x = data.draw(arrays(float, (len(ids), 3), elements=numbers))
    np.testing.assert_array_equal(
        scatter_add(ids, x, 5), one_hot(ids, 5).T @ x
    )


@given(some_ids, st.permutations(range(5)))
def test_ids_are_labels(ids, order):
    table = np.arange(15.0).reshape(5, 3)
    new_id = np.argsort(order)
    np.testing.assert_array_equal(
        lookup(table[list(order)], new_id[ids]), lookup(table, ids)
    )


def test_steps_leave_the_first_table_alone():
    table = np.ones((2, 2))
    for path in (
        sgd(table, np.ones((3, 2, 2)), 0.1, 0.9),
        adam(table, np.ones((3, 2, 2)), 0.1, 0.1),
    ):
        np.testing.assert_array_equal(table, 1)
        np.testing.assert_array_equal(path[0], 1)
        assert path.shape == (4, 2, 2)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: lookup(TABLE, [3]), "holds 3 at place 0: ids from 0 to 2"),
        (lambda: lookup(TABLE, [0, -1]), "holds -1 at place 1"),
        (lambda: lookup(TABLE, [0.5]), "dtype float64: only whole"),
        (lambda: lookup(TABLE, []), "ids is empty"),
        (lambda: lookup(TABLE[0], [0]), "table has rank 1"),
        (lambda: lookup(TABLE * np.nan, [0]), r"table\[ids\] holds NaN"),
        (lambda: one_hot([2], 2), "ids from 0 to 1"),
        (lambda: one_hot([0], 0), "size is 0"),
        (lambda: scatter_add([0], TABLE, 3), "has 1 entries for 3 rows"),
        (lambda: scatter_add([0, 1, 2], TABLE, 2), "holds 2 at place 2"),
        (lambda: scatter_add([0, 1, 2], TABLE, 3, 3), "padding is 3"),
        (lambda: slopes(lambda x: 0, np.array([])), "x is empty"),
        (lambda: slopes(np.sum, TABLE, 0), "step is 0"),
        (lambda: sgd(TABLE, TABLE[None, :2], 0.1), r"steps of \(3, 2\)"),
        (lambda: sgd(TABLE, TABLE, 0.1), "gradients has rank 2"),
        (lambda: sgd(TABLE, TABLE[None], -1), "rate is -1"),
        (lambda: adam(TABLE, TABLE[None], 0), "rate is 0"),
    ],
)
def test_refusals(call, said):
    with pytest.raises(ValueError, match=said):
        call()
