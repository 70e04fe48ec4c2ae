"""Cluster: shards are exact, and a cluster makes the same ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embook import texts
from embook.cluster import build, cuts, merge, scatter, spread
from embook.indexes import Found, flat
from embook.norms import unit


def letters(lines):
    """Return a row for each line: how often each of three letters occurs."""
    return unit(np.array([[1 + x.count(c) for c in "abc"] for x in lines]))


LINES = ["aaa", "b", "cc", "ab", "bc", "aab", "c"]


def test_merge_by_hand():
    one = Found(np.array([[4, 1]]), np.array([[0.9, 0.2]]), 10)
    two = Found(np.array([[7, 9]]), np.array([[0.8, 0.2]]), 20)
    both = merge([one, two], 3)
    np.testing.assert_array_equal(both.ids, [[4, 7, 1]])
    np.testing.assert_array_equal(both.scores, [[0.9, 0.8, 0.2]])
    np.testing.assert_equal(both.read, 30)


@given(st.integers(0, 99), st.integers(1, 12), st.integers(1, 6))
def test_shards_find_what_one_table_finds(seed, shards, k):
    rng = np.random.default_rng(seed)
    x, q = rng.normal(size=(12, 3)), rng.normal(size=(2, 3))
    found = []
    for start, end in cuts(len(x), shards):
        one = flat(q, x[start:end], min(k, end - start))
        found.append(one._replace(ids=one.ids + start))
    both, exact = merge(found, k), flat(q, x, k)
    np.testing.assert_array_equal(both.ids, exact.ids)
    np.testing.assert_equal(both.read, exact.read)


@given(st.integers(1, 50), st.integers(1, 50))
def test_cuts_cover_everything_evenly(size, shards):
    shards = min(size, shards)
    parts = cuts(size, shards)
    rows = [n for a, b in parts for n in range(a, b)]
    assert rows == list(range(size))
    lengths = [b - a for a, b in parts]
    assert max(lengths) - min(lengths) <= 1


def test_parity_of_files_and_one_table(tmp_path, parity):
    files = build(LINES, tmp_path, 3, letters)
    assert [f.name for f in files] == [f"{n:012}.npy" for n in (0, 2, 4)]
    whole, asked = letters(LINES).astype(np.float32), letters(["ab", "ccc"])
    ours, theirs = scatter(asked, files, 4), flat(asked, whole, 4)
    parity("cluster.scatter", "one table", ours.ids, theirs.ids)
    assert not list(tmp_path.glob("*.part"))


def test_a_shard_that_dies_leaves_no_shard(tmp_path):
    def dies(lines):
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        build(LINES, tmp_path, 3, dies)
    assert not list(tmp_path.glob("*.npy"))


def test_wrong_arguments_are_refused(tmp_path):
    with pytest.raises(ValueError, match="shards is 8"):
        build(LINES, tmp_path, 8, letters)
    with pytest.raises(ValueError, match="texts is the str"):
        build("aaa", tmp_path, 1, letters)
    one = Found(np.array([[4]]), np.array([[0.9]]), 1)
    with pytest.raises(ValueError, match="k is 2"):
        merge([one], 2)


@pytest.mark.deep
@pytest.mark.filterwarnings("ignore")
def test_two_processes_of_dask_make_the_same_shards(tmp_path):
    from dask.distributed import Client

    some = [a.text[:200] for a in texts.introductions()[:40]]
    alone = tmp_path / "alone"
    side = tmp_path / "side"
    alone.mkdir()
    side.mkdir()
    with Client(
        n_workers=2,
        threads_per_worker=1,
        dashboard_address=None,
        host="127.0.0.1",
    ) as client:
        files = build(some, side, 4, run=spread(client))
        whole = np.vstack([np.load(f) for f in build(some, alone, 1)])
        made = np.vstack([np.load(f) for f in files])
        np.testing.assert_allclose(made, whole, atol=1e-5)
        found = scatter(whole[:5], files, 3, run=spread(client))
    np.testing.assert_array_equal(found.ids, flat(whole[:5], whole, 3).ids)
