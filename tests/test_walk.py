"""Walk: the record is what the model computes, and what the page shows."""

import numpy as np
import pytest

from embook import smollm, walk


@pytest.fixture(scope="module")
def record():
    return walk.record(smollm.load())


def test_the_last_stage_is_the_model_s_own_state(record):
    model = smollm.load()
    ids = model.encode("".join(walk.TOKENS))
    assert [model.decode([i]) for i in ids] == [*walk.TOKENS]
    np.testing.assert_array_equal(record["out"], model.states(ids)[1])
    np.testing.assert_array_equal(record["shares"], model.maps(ids)[0])


def test_the_stages_follow_from_each_other(record):
    score = np.where(np.tri(5), record["score"], -np.inf)
    powers = np.exp(score - score.max(axis=2, keepdims=True))
    shares = powers / powers.sum(axis=2, keepdims=True)
    np.testing.assert_allclose(shares, record["shares"], atol=1e-6)
    values = record["value"].repeat(3, axis=0)
    np.testing.assert_allclose(shares @ values, record["fetched"], atol=1e-6)
    for name in ("query", "key"):  # a turn keeps the length of each pair
        pairs = (
            record[which].reshape(-1, 2) for which in (name, f"turned {name}")
        )
        before, after = ((x * x).sum(axis=1) for x in pairs)
        np.testing.assert_allclose(before, after, rtol=1e-4, atol=1e-5)


def test_the_committed_record_is_the_model_s(record):
    kept = walk.walk()
    assert kept.keys() == record.keys()
    for name, x in record.items():
        allowed = 1e-3 * np.abs(x) + 2e-4
        assert (np.abs(kept[name] - x) <= allowed).all(), name


def test_every_array_of_a_stage_is_in_the_record():
    kept = walk.walk()
    for stage in walk.STAGES:
        for name in stage.arrays:
            assert kept[name].shape[-2] == len(walk.TOKENS)
        sizes = [str(kept[name].shape[-1]) for name in stage.arrays]
        assert stage.shape == ", ".join(sizes)


def test_what_is_shown_is_counted_from_one():
    kept = walk.walk()
    shown = walk.shows(3, 5, 9)
    assert shown["first"] == kept["query"][8, 4, 0]
    assert shown["share5"] == kept["shares"][8, 4, 4]
    # Heads 7 to 9 look at the third key.
    assert (walk.strip("key", 4, 6) == walk.strip("key", 4, 8)).all()
    assert (walk.strip("key", 4, 5) != walk.strip("key", 4, 6)).any()


def test_nothing_is_fetched_from_what_comes_later():
    first = walk.shows(5, 1, 4)
    assert first["most"] == "The"
    assert [first[f"share{n}"] for n in range(1, 6)] == [1, 0, 0, 0, 0]


def test_refusals():
    with pytest.raises(KeyError, match="nose"):
        walk.strip("nose", 0, 0)
    with pytest.raises(IndexError):
        walk.shows(1, 6, 1)
