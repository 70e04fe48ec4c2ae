"""Verdict: worked by hand, parity, laws, refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embook.verdict import first_named, interval, plain, unsupported

NAMES = ["Tunis", "Lima", "San José", "San"]


def test_plain_by_hand():
    np.testing.assert_equal(
        plain("  Ürümqi—the City_2 "), " urumqi the city 2 "
    )
    np.testing.assert_equal(plain("!"), " ")


def test_first_named_by_hand():
    asked = {
        "Tunisia's capital is LIMA, not Tunis.": "Lima",
        "San Jose!": "San José",
        "Sancta": None,
        "": None,
    }
    for reply, name in asked.items():
        np.testing.assert_equal(first_named(reply, NAMES), name)


def test_unsupported_by_hand():
    passage = "Lima is the capital and largest city of Peru."
    question = "What is the capital of Peru?"
    for reply, lacking in {
        "The capital of Peru is Lima.": [],
        "The capital of Peru is Buenos Lima.": ["Buenos"],
        "It is Lim, in Asia.": ["It", "Lim", "Asia"],
        "": [],
    }.items():
        assert unsupported(reply, question, passage) == lacking


def test_interval_by_hand():
    np.testing.assert_allclose(interval(12, 16, z=2), (0.5, 0.9))
    np.testing.assert_allclose(interval(4, 4, z=2), (0.5, 1))


def test_parity_with_scipy(parity):
    from scipy.stats import binomtest, norm

    asked = [(0, 9), (5, 9), (9, 9), (50, 113), (113, 113), (1, 2)]
    ours = [interval(k, n, norm.ppf(0.975)) for k, n in asked]
    theirs = [
        binomtest(k, n).proportion_ci(method="wilson") for k, n in asked
    ]
    parity("verdict.interval", "scipy binomtest, Wilson", ours, theirs)


@given(
    st.integers(1, 500).flatmap(
        lambda n: st.tuples(st.integers(0, n), st.just(n))
    )
)
def test_an_interval_holds_the_share_and_four_times_as_many_halve_it(counts):
    right, asked = counts
    low, high = interval(right, asked)
    assert -1e-12 <= low <= right / asked + 1e-12
    assert right / asked - 1e-12 <= high <= 1 + 1e-12
    assert low < high
    more = interval(4 * right, 4 * asked)
    assert more[1] - more[0] < high - low


@given(st.text())
def test_plain_is_plain_already(text):
    once = plain(text)
    np.testing.assert_equal(plain(once), once)


def test_no_names_and_impossible_counts_are_refused():
    with pytest.raises(ValueError, match="names has 0 entries"):
        first_named("Lima", [])
    with pytest.raises(ValueError, match="names is the str"):
        first_named("Lima", "Lima")
    with pytest.raises(
        ValueError, match="right is 8: a whole number from 0 to 7"
    ):
        interval(8, 7)
    with pytest.raises(ValueError, match="asked is 0"):
        interval(0, 0)
    with pytest.raises(ValueError, match="z is 0"):
        interval(1, 2, z=0)
