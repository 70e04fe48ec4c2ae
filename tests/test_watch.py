"""Watch: the separation is what scikit-learn calls the area under a curve."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embook import data, texts, watch
from embook.watch import cosines, pairs, separation

TWO = np.array([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0], [0.1, 1.0]])


def test_separation_by_hand():
    # cosines: .995 in each pair, 0 to .199 across
    assert separation(TWO, [0, 0, 1, 1]) == 1
    assert separation(TWO, [0, 1, 1, 0]) == 0.25  # 0 and .199 meet four
    # Three equal rows: every meeting of a pair with a pair is a tie.
    assert separation(np.ones((3, 2)), [0, 0, 1]) == 0.5


def test_pairs_by_hand():
    alike, apart = pairs(np.eye(3) + 1, [5, 5, 6])
    # rows (2, 1, 1), (1, 2, 1), (1, 1, 2): cosines 5/6
    np.testing.assert_allclose(alike, [5 / 6])
    np.testing.assert_allclose(apart, [5 / 6, 5 / 6])


def test_parity(parity):
    from sklearn.metrics import roc_auc_score
    from sklearn.metrics.pairwise import cosine_similarity

    rng = np.random.default_rng(0)
    x, group = rng.normal(size=(40, 5)), rng.integers(4, size=40)
    theirs = cosine_similarity(x)
    parity("watch.cosines", "scikit-learn", cosines(x), theirs)
    one, other = np.triu_indices(40, 1)
    same = group[one] == group[other]
    area = roc_auc_score(same, theirs[one, other])
    parity("watch.separation", "scikit-learn", separation(x, group), area)


@given(st.integers(0, 1000), st.floats(0.1, 10))
def test_law_lengths_and_names_of_groups_do_not_matter(seed, scale):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(9, 3))
    group = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2])
    longer = x * rng.uniform(0.5, 2, (9, 1)) * scale
    assert separation(longer, 7 - group) == separation(x, group)


def test_chance_is_one_half():
    rng = np.random.default_rng(0)
    group = np.repeat(np.arange(8), 6)
    found = [
        separation(rng.normal(size=(48, 100)), group) for _ in range(200)
    ]
    np.testing.assert_allclose(np.mean(found), 0.5, atol=0.005)


def test_the_run_is_the_record_of_the_committed_vectors():
    run, table = watch.run(), data.sgns()
    last = table.vectors[table.rows(run.words)]
    np.testing.assert_allclose(run.cosines[-1], cosines(last), atol=1e-6)
    assert run.separation[-1] == separation(last, run.group)
    assert len(run.words) == sum(map(len, texts.groups().values())) == 48
    for name in ("done", "loss", "alike", "apart", "separation"):
        assert getattr(run, name).shape == (41,)
    assert (np.diff(run.done) > 0).all()
    assert (run.done[0], run.done[-1]) == (0, 1)


def test_nearest_is_never_the_word_itself():
    run = watch.run()
    assert (run.nearest != np.arange(48)[:, None]).all()
    found = np.take_along_axis(run.cosines, run.nearest, axis=2)
    assert (np.diff(found, axis=2) <= 0).all()


def test_the_axes_part_the_kinds():
    places = watch.run().places[-1].reshape(8, 6, 2)
    means = places.mean(axis=1)
    within = (places - means[:, None]).std()
    assert means.std() > 2 * within


@pytest.mark.parametrize(
    ("x", "group", "line"),
    [
        (np.eye(3), [0, 0], "group has 2 entries for 3 rows"),
        (np.eye(3), [0, 0, 0], "group holds no pair of two groups"),
        (np.eye(3), [0, 1, 2], "group holds no pair of one group"),
        (np.zeros((3, 2)), [0, 0, 1], "row 0 of x has length 0"),
        (np.full((3, 2), np.nan), [0, 0, 1], "x holds NaN"),
    ],
)
def test_refusals(x, group, line):
    with pytest.raises(ValueError, match=line):
        separation(x, group)
