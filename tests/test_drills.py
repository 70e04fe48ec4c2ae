"""Drills: what is read, and what should be written."""

import numpy as np
import pytest

from embook.drills import copying, lessons, recall


def drawn(task, seed=0, batch=64):
    return [x.numpy() for x in task(np.random.default_rng(seed), batch)]


def test_a_copy_is_a_copy_and_turned_it_is_turned():
    x, y = drawn(copying(7, 7))
    assert x.shape == (64, 7)
    np.testing.assert_array_equal(x, y)
    assert set(x.ravel()) == set(range(8))
    x, y = drawn(copying(7, 7, turned=True))
    np.testing.assert_array_equal(x[:, ::-1], y)


def test_lengths_run_from_least_to_longest():
    found = {drawn(copying(5, 2), seed)[0].shape[1] for seed in range(60)}
    assert found == {2, 3, 4, 5}


def test_recall_asks_for_the_first_symbol():
    x, y = drawn(recall(4))
    assert x.shape == (64, 5)
    np.testing.assert_array_equal(x[:, 1:], 0)
    np.testing.assert_array_equal(x[:, :1] - 1, y)
    assert set(y.ravel()) == set(range(8))


def test_lessons_begin_near_and_end_far():
    task, rng = lessons(20, 100), np.random.default_rng(0)
    far = [task(rng, 1)[0].shape[1] - 1 for _ in range(100)]
    assert (far[0], far[74], far[99]) == (1, 20, 20)
    assert far == sorted(far)


@pytest.mark.parametrize(
    ("call", "line"),
    [
        (lambda: copying(3, 4), "least is 4: a whole number from 1 to 3"),
        (lambda: copying(3, 0), "least is 0"),
        (lambda: recall(-1), "distance is -1"),
    ],
)
def test_refusals(call, line):
    with pytest.raises(ValueError, match=line):
        call()
