"""Tokens: worked by hand, parity, laws, refusals."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from embook import data
from embook.lookup import slopes
from embook.norms import unit
from embook.space import rotation
from embook.tokens import (
    Bigram,
    gpt2,
    gradients,
    mean_cosine,
    scores,
    surprise,
    suspicion,
    train,
)

ROWS = arrays(float, (5, 3), elements=st.integers(-9, 9).map(float))
KINDS = {
    "one table": (False, False),
    "turned": (True, False),
    "two tables": (False, True),
    "two, turned": (True, True),
}


def made(kind, seed=0, size=7, width=3):
    turned, two = KINDS[kind]
    rng = np.random.default_rng(seed)
    table, output = rng.normal(size=(2, size, width))
    turn = rng.normal(size=(width, width))
    return Bigram(table, turn if turned else None, output if two else None)


def counted(seed=0, size=7):
    return np.random.default_rng(seed).integers(0, 4, (size, size)) * 1.0


def test_gpt2_by_hand():
    # one token, one place, width 1: 1 + 1, attention 4 + 4, small network
    # 4 + 4 + 4 + 1, two norms of 2, and the last of 2
    assert gpt2(1, 1, 1, 1) == 2 + 8 + 13 + 4 + 2
    assert gpt2(1, 1, 1, 1, tied=False) == 30
    assert gpt2(1, 1, 1, 1, bias=False) == 26
    assert gpt2() - gpt2(bias=False) == 12 * 3 * 768


def test_mean_cosine_by_hand():
    # cosines 0.6, 0.8 and, of the last two, 0
    x = np.array([[6.0, 8.0], [2.0, 0.0], [0.0, 0.5]])
    np.testing.assert_allclose(mean_cosine(x), 1.4 / 3)


def test_suspicion_by_hand():
    # the first number is shared; what is left has the cosines 1, 0.6, -0.8
    x = np.array([[50.0, 2, 0], [60, 3, 4], [50, -4, 3], [50, 1, 0]])
    x = np.vstack([x, x * [1, -1, -1]])  # nothing else is shared
    expected = np.array([1, 0.6, -0.8, 1, -1, -0.6, 0.8, -1])
    np.testing.assert_allclose(suspicion(x, [0]), expected, atol=1e-9)


def test_scores_by_hand():
    table = np.array([[1.0, 2.0], [3.0, 0.0]])
    turn = np.array([[0.0, 1.0], [2.0, 0.0]])
    tied = [[5, 3], [3, 9]]
    np.testing.assert_array_equal(scores(Bigram(table)), tied)
    turned = [[6, 12], [6, 0]]  # (4, 1) and (0, 3) with the table's rows
    np.testing.assert_array_equal(scores(Bigram(table, turn)), turned)
    output = np.array([[1.0, 1.0], [0.0, 2.0]])
    both = [[5, 2], [3, 6]]
    np.testing.assert_array_equal(scores(Bigram(table, turn, output)), both)


def test_surprise_by_hand():
    # scores 0 and ln 3: probabilities 1/4 and 3/4
    model = Bigram(np.array([[1.0], [0]]), None, [[0.0], [np.log(3)]])
    counts = np.array([[1.0, 3.0], [0.0, 0.0]])
    expected = -(np.log(1 / 4) + 3 * np.log(3 / 4)) / 4
    np.testing.assert_allclose(surprise(model, counts), expected)


def test_scores_of_a_thousand_are_no_trouble():
    model = Bigram(np.array([[40.0], [0.0]]))
    counts = np.array([[1.0, 0.0], [0.0, 2.0]])
    np.testing.assert_allclose(surprise(model, counts), np.log(2) * 2 / 3)
    assert np.isfinite(gradients(model, counts).table).all()


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_are_the_slopes(kind):
    model, counts = made(kind), counted()
    found = gradients(model, counts)
    for place, part in enumerate(model):
        if part is None:
            assert found[place] is None
            continue

        def loss(x, place=place):
            parts = [*model]
            parts[place] = x
            return surprise(Bigram(*parts), counts)

        by_nudging = slopes(loss, part)
        np.testing.assert_allclose(found[place], by_nudging, atol=1e-8)


def in_torch(model):
    """Return a model's arrays as leaves of torch; what it lacks is None."""
    import torch

    return [
        None if part is None else torch.tensor(part, requires_grad=True)
        for part in model
    ]


def torch_loss(leaves, counts):
    """Return the scores that torch gives, and its loss at all the pairs."""
    import torch
    from torch.nn import functional

    table, turn, output = leaves
    seen = table if turn is None else table @ turn
    z = functional.linear(seen, table if output is None else output)
    i, j = np.nonzero(counts)
    times = counts[i, j].astype(int)
    i, j = np.repeat(i, times), np.repeat(j, times)
    return z, functional.cross_entropy(z[i], torch.tensor(j))


@pytest.mark.parametrize("kind", KINDS)
def test_parity_of_the_toy_with_torch(parity, kind):
    model, counts = made(kind, 1), counted(1)
    leaves = in_torch(model)
    z, loss = torch_loss(leaves, counts)
    parity("tokens.scores", "torch linear", scores(model), z.detach())
    ours = surprise(model, counts)
    name = "torch cross_entropy"
    parity("tokens.surprise", name, ours, loss.item(), on=kind)
    loss.backward()
    for part, leaf in zip(gradients(model, counts), leaves, strict=True):
        if leaf is not None:
            parity(
                "tokens.gradients", "torch autograd", part, leaf.grad, on=kind
            )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("decay", [0.0, 0.7])
def test_parity_of_training_with_torch(parity, kind, decay):
    import torch

    model, counts = made(kind, 2), counted(2)
    leaves = in_torch(model)
    parts = [p for p in leaves if p is not None]
    rule = torch.optim.AdamW(parts, lr=0.02, weight_decay=decay)
    path = [*train(model, counts, 25, 0.02, decay)]
    for _ in path[1:]:
        rule.zero_grad()
        torch_loss(leaves, counts)[1].backward()
        rule.step()
    theirs = np.concatenate([p.detach().numpy().ravel() for p in parts])
    ours = np.concatenate([p.ravel() for p in path[-1] if p is not None])
    parity(
        "tokens.train",
        "torch optim.AdamW",
        ours,
        theirs,
        atol=1e-12,
        on=f"25 steps, {kind}, decay {decay}",
    )


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("layers", [1, 12])
def test_parity_of_gpt2_with_transformers(parity, tied, bias, layers):
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel

    shape = GPT2Config(n_layer=layers, tie_word_embeddings=tied)
    with torch.device("meta"):  # shapes alone: no memory is filled
        theirs = GPT2LMHeadModel(shape)
    numbers = sum(p.numel() for p in theirs.parameters())
    if not bias:
        each = theirs.transformer.h
        numbers -= sum(layer.attn.c_attn.bias.numel() for layer in each)
    parity(
        "tokens.gpt2",
        "transformers GPT2LMHeadModel",
        gpt2(layers=layers, tied=tied, bias=bias),
        numbers,
        atol=0,
        on=f"tied {tied}, bias {bias}, {layers} layers",
    )


def test_what_transformers_ties_unless_it_is_told():
    from transformers import GPT2Config, LlamaConfig

    assert GPT2Config().tie_word_embeddings
    assert not LlamaConfig().tie_word_embeddings


def test_parity_of_mean_cosine(parity):
    from sklearn.metrics.pairwise import cosine_similarity

    x = data.smollm_tokens().vectors[::100].astype(float)
    pairs = cosine_similarity(x)[~np.eye(len(x), dtype=bool)]
    parity(
        "tokens.mean_cosine",
        "scikit-learn cosine_similarity",
        mean_cosine(x),
        pairs.mean(),
    )


def test_parity_of_suspicion(parity):
    from sklearn.decomposition import TruncatedSVD
    from sklearn.metrics.pairwise import cosine_similarity

    x, unused = data.smollm_tokens().vectors[::20].astype(float), [1, 7, 30]
    svd = TruncatedSVD(1, algorithm="arpack").fit(x)
    rest = x - svd.inverse_transform(svd.transform(x))
    theirs = cosine_similarity(rest, rest[unused].mean(axis=0)[None])[:, 0]
    library = "scikit-learn TruncatedSVD and cosine_similarity"
    ours = suspicion(x, unused)
    parity("tokens.suspicion", library, ours, theirs, atol=1e-8)


def test_fifteen_rows_of_the_real_table_are_one():
    tokens = data.smollm_tokens()
    pair = ["<jupyter_start>", " transistorsum"]
    a, b = unit(tokens.vectors[tokens.rows(pair)].astype(float))
    assert a @ b > 0.9999
    found = np.unique(tokens.vectors, axis=0, return_counts=True)[1]
    assert sorted(found[found > 1].tolist()) == [2, 2, 4, 7]


@given(ROWS, st.permutations(range(5)))
def test_mean_cosine_hears_neither_lengths_nor_order(x, order):
    assume(np.any(x, axis=1).all())
    mean = mean_cosine(x)
    assert -1 / 4 - 1e-9 <= mean <= 1 + 1e-9  # five arrows cannot all part
    longer = x[list(order)] * np.arange(1, 6)[:, None]
    np.testing.assert_allclose(mean_cosine(longer), mean, atol=1e-9)
    np.testing.assert_allclose(
        mean_cosine(x @ rotation(3, 0)), mean, atol=1e-9
    )


@given(ROWS)
def test_in_a_tied_model_the_longest_row_comes_after_itself(table):
    found = scores(Bigram(table))
    np.testing.assert_array_equal(found, found.T)
    longest = (table**2).sum(axis=1).argmax()
    assert found[longest, longest] == found[longest].max() == found.max()


@given(st.sampled_from([*KINDS]), st.integers(0, 99), st.floats(0.1, 10))
def test_surprise_hears_shares_and_not_counts(kind, seed, times):
    model, counts = made(kind, seed), counted(seed) + 0.5
    found = surprise(model, counts)
    assert found > 0
    np.testing.assert_allclose(surprise(model, counts * times), found)
    best = -np.sum(counts * np.log(counts / counts.sum(axis=1)[:, None]))
    assert found >= best / counts.sum() - 1e-9


def test_training_makes_strangers_one_only_where_they_are_compared():
    counts = np.zeros((12, 12))
    counts[:8, :8] = counted(3, 8) + 1
    both = made("two tables", 3, 12, 4)
    *_, last = train(both, counts, 600, 0.02, decay=3.0)
    assert mean_cosine(last.output[8:]) > 0.999
    first = mean_cosine(both.table[8:])
    np.testing.assert_allclose(mean_cosine(last.table[8:]), first, atol=1e-6)
    before = surprise(both, counts)
    assert surprise(last, counts) < before


def test_training_leaves_the_first_model_alone():
    model = made("two, turned", 4)
    kept = [part.copy() for part in model]
    path = [*train(model, counted(4), 3, 0.1)]
    assert len(path) == 4
    for part, before, first in zip(model, kept, path[0], strict=True):
        np.testing.assert_array_equal(part, before)
        np.testing.assert_array_equal(first, before)


SOME = np.ones((3, 2))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: gpt2(layers=0), "a size is 0: a whole number from 1"),
        (lambda: gpt2(d=2.5), "a size is 2.5"),
        (lambda: mean_cosine(SOME[:1]), "the number of rows is 1"),
        (lambda: mean_cosine(SOME * 0), "row 0 of x has length 0"),
        (lambda: mean_cosine(SOME[0]), "x has rank 1"),
        (lambda: suspicion(SOME, [3]), "unused holds 3 at place 0"),
        (lambda: suspicion(SOME, []), "unused is empty"),
        (lambda: suspicion(SOME * np.nan, [0]), "x holds NaN"),
        (lambda: scores(Bigram(SOME, None, np.ones((3, 4)))), "must agree"),
        (lambda: scores(Bigram(SOME * np.nan)), "a holds NaN"),
        (lambda: surprise(Bigram(SOME), np.ones((2, 2))), r"\(3, 3\) is"),
        (lambda: surprise(Bigram(SOME), np.zeros((3, 3))), "sum of counts"),
        (lambda: surprise(Bigram(SOME), -np.ones((3, 3))), "at least 0"),
        (lambda: [*train(Bigram(SOME), np.eye(3), 0)], "steps is 0"),
        (lambda: [*train(Bigram(SOME), np.eye(3), 1, 0)], "rate is 0"),
    ],
)
def test_refusals(call, said):
    with pytest.raises(ValueError, match=said):
        call()
