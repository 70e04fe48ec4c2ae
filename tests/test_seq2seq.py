"""Seq2seq: five networks, one interface."""

import numpy as np
import pytest

from embook.drills import copying
from embook.seq2seq import (
    KINDS,
    chain,
    numbers,
    places,
    right,
    scores,
    start,
    train,
    vectors,
    write,
)


@pytest.fixture
def task():
    """Return what is read and what should be written."""
    return copying(5, least=5)(np.random.default_rng(0), 3)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_reads_ids_and_rows_and_scores_ids(kind, task):
    import torch

    x, y = task
    guess, shares = scores(start(kind, 8, 9, width=16), x, y[:, :4])
    assert guess.shape == (3, 4, 9)
    if shares is not None:
        np.testing.assert_allclose(shares.detach().sum(-1), 1)
    rows = torch.from_numpy(np.random.default_rng(1).normal(size=(3, 5, 8)))
    guess, _ = scores(start(kind, 8, 9, width=16), rows, y[:, :4])
    assert guess.shape == (3, 4, 9)


@pytest.mark.parametrize("kind", KINDS)
def test_a_score_knows_all_that_was_read_and_nothing_to_come(kind, task):
    x, y = task
    net = start(kind, 8, 8, width=16)
    before, _ = scores(net, x, y)
    other = y.clone()
    other[:, 3] = (other[:, 3] + 1) % 8
    far = (scores(net, x, other)[0] - before).abs().amax((0, 2))
    np.testing.assert_array_equal(far[:4].detach(), 0)
    assert far[4] > 1e-6
    other = x.clone()
    other[:, 0] = (other[:, 0] + 1) % 8
    far = (scores(net, other, y)[0] - before).abs().amax((0, 2))
    assert far.min() > 1e-9


@pytest.mark.parametrize("kind", KINDS)
def test_training_teaches_to_copy_two_symbols(kind):
    net = start(kind, 4, 4, width=16)
    losses = train(net, copying(2, 2, symbols=4), 300, rate=0.02)
    assert losses.shape == (300,)
    assert losses[:3].mean() > 1.2 > 0.5 > losses[-5:].mean()
    assert right(net, copying(2, 2, symbols=4)) > 0.95


def test_the_slip_is_the_last_state_and_the_last_memory(task):
    from embook.evolution import lstm

    x, y = task
    net = start("two lstms", 8, 8, width=16)
    zero = vectors(net, x)[:, 0] * 0
    states, memory = lstm(vectors(net, x), net.reader, zero, zero)
    begin = net.target[8].expand(3, 1, 16)
    first, _ = lstm(begin, net.writer, states[:, 4], memory)
    guess, _ = scores(net, x, y)
    np.testing.assert_allclose(
        guess[:, :1].detach(), (first @ net.out).detach()
    )


def test_an_lstm_starts_by_keeping_most():
    bias = start("lstm", 8, 8, width=4).reader.b.detach()
    np.testing.assert_array_equal(bias, [0] * 4 + [1] * 4 + [0] * 8)
    assert not start("rnn", 8, 8, width=4).reader.b.any()


def test_a_table_of_ids_is_a_matrix_for_one_hot_rows(task):
    import torch

    x, _ = task
    net = start("rnn", 8, 8)
    hot = torch.eye(8).double()[x]
    np.testing.assert_allclose(
        vectors(net, x).detach(), vectors(net, hot).detach()
    )


def test_write_feeds_its_own_ids_back(task):
    x, _ = task
    net = start("attention", 8, 8, width=16, seed=3)
    y = write(net, x, 4)
    guess, _ = scores(net, x, y)
    np.testing.assert_array_equal(guess.argmax(2), y)


def test_the_same_seed_gives_the_same_network_and_another_another():
    one, same, other = (start("lstm", 8, 8, seed=s).out for s in (0, 0, 1))
    np.testing.assert_array_equal(one.detach(), same.detach())
    assert (one != other).any()


def test_all_numbers_are_trained():
    for kind in KINDS:
        net = start(kind, 8, 8, width=16)
        before = [x.detach().clone() for x in numbers(net)]
        train(net, copying(6, 6), 3)
        moved = zip(numbers(net), before, strict=True)
        assert all((x != y).any() for x, y in moved), kind


def test_the_size_of_an_rnn_by_hand():
    net = start("rnn", 8, 9, width=16)
    size = sum(x.numel() for x in numbers(net))
    assert size == 8 * 16 + 10 * 16 + 2 * 16 * 16 + 16 + 16 * 9


def test_places_by_hand():
    rows = places(3, 4)
    expected = [np.sin(2), np.sin(0.02), np.cos(2), np.cos(0.02)]
    np.testing.assert_allclose(rows[2], expected)


def test_the_longest_chain_is_that_of_a_library():
    import networkx as nx
    import torch

    x = torch.ones(2, requires_grad=True)
    assert chain(x * 2) == 2  # the product, and where x is collected
    assert chain((x * 2 + x).exp()) == 4
    net = start("attention", 8, 8, width=16)
    ids = torch.zeros(2, 6, dtype=torch.long)
    guess, _ = scores(net, ids, ids)
    graph, stack = nx.DiGraph(), [guess.grad_fn]
    while stack:
        node = stack.pop()
        for before, _ in node.next_functions:
            if before is not None and not graph.has_edge(node, before):
                graph.add_edge(node, before)
                stack.append(before)
    assert chain(guess) == 1 + nx.dag_longest_path_length(graph)


def test_only_a_transformer_s_chain_is_level():
    import torch

    for kind in KINDS:
        net, first = start(kind, 8, 8), torch.zeros(1, 1, dtype=torch.long)
        long = [
            chain(scores(net, first.expand(1, n), first)[0]) for n in (4, 20)
        ]
        assert (long[0] == long[1]) == (kind == "transformer")


@pytest.mark.parametrize(
    ("call", "line"),
    [
        (lambda: start("gru", 8, 8), "kind is 'gru'"),
        (lambda: start("rnn", 0, 8), "reads is 0"),
        (lambda: start("rnn", 8, 0), "writes is 0"),
    ],
)
def test_refusals(call, line):
    with pytest.raises(ValueError, match=line):
        call()
