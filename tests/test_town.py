"""Town: the rows, the queries, and what was recorded of them."""

import numpy as np
import pytest

from embook.town import SIZE, recorded, town


def test_rows_and_queries_have_length_one_and_differ():
    table, queries = town(30)
    assert table.shape == (SIZE, 50)
    assert queries.shape == (30, 50)
    for x in (table[::1000], queries):
        np.testing.assert_allclose(np.linalg.norm(x, axis=1), 1, rtol=1e-5)
    again = town(10)[1]
    np.testing.assert_array_equal(queries[:10], again)


def test_the_recorded_curves_meet_their_bars():
    said = recorded()
    curves = {c["name"]: c["points"] for c in said["curves"]}
    for ours, theirs in zip(
        curves["cells"], curves["faiss cells"], strict=True
    ):
        assert ours[0] == theirs[0]
        assert ours[1] > theirs[1] - 0.02
    own = {c["name"]: c["points"] for c in said["small"]["curves"]}
    assert max(p[1] for p in own["own outside"]) >= 0.95
    assert [g["rows"] for g in said["growth"]] == [12_500, 50_000, 200_000]


@pytest.mark.parametrize("asked", [0, 200_001, 1.5])
def test_a_wrong_number_is_refused(asked):
    with pytest.raises(ValueError, match=f"asked is {asked}"):
        town(asked)
