"""The published questions, and how their answers are counted."""

import numpy as np
import pytest
from scipy import stats

from booksite import judging, ranking
from embook.pieces import Pieces

SETS = {"published": 60, "tuning": 20}


@pytest.mark.parametrize("which", SETS)
def test_the_questions_keep_their_rule(which):
    asked = judging.queries(which)
    assert len(asked) >= SETS[which]
    assert len({query["ask"] for query in asked}) == len(asked)
    kinds = [query["kind"] for query in asked]
    assert kinds.count("words") == kinds.count("other") == len(asked) / 2
    for query in asked:
        assert query["answers"], query
        assert len(set(query["answers"])) == len(query["answers"])


def test_no_question_is_in_both_sets():
    first, second = ({q["ask"] for q in judging.queries(s)} for s in SETS)
    assert not first & second


def test_the_sign_test_is_scipy_s():
    for gained, lost in ((0, 0), (4, 2), (9, 0), (3, 12)):
        if gained + lost:
            theirs = stats.binomtest(gained, gained + lost).pvalue
        else:
            theirs = 1
        np.testing.assert_allclose(judging.chance(gained, lost), theirs)


def test_a_section_that_is_gone_is_named(monkeypatch):
    said = []
    monkeypatch.setattr(judging.LOGGER, "warning", lambda *a: said.append(a))
    query = {"ask": "cat?", "kind": "words", "answers": ["a", "gone"]}
    monkeypatch.setattr(judging, "queries", lambda which: [query])
    pages = [[["a", "Cats", "a cat sat"]], [["b", "Dogs", "two dogs"]]]
    book = ranking.index(pages[0] + pages[1])
    pieces = Pieces(("cat", "##s"), np.eye(2), np.ones(2))
    (answer,) = judging.judged(pages, ranking.Meaning(book, pieces))
    assert answer.places["letters"] == answer.places["meaning"] == 1
    assert answer.found("letters")
    ((text, *names),) = said
    assert "no such section" in text
    assert names == ["cat?", "gone"]
