"""Rag: worked by hand, parity, laws, refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embook import benchmark, minilm, smollm, texts
from embook.rag import (
    answer,
    cite,
    opening,
    prompt,
    read,
    retrieve,
    stored,
)
from embook.verdict import first_named, plain

INDIA = "What is the capital of India?"
sentences = st.text("ab \n", min_size=1).filter(str.strip)


def east(_):
    """Return the vector of any text: it points east, and a little north."""
    return np.array([[1.0, 0.5]])


# --- by hand ----------------------------------------------------------------


def test_prompt_by_hand():
    asked = "Question: Who?\nAnswer:"
    np.testing.assert_equal(prompt("Who?"), asked)
    np.testing.assert_equal(
        prompt("Who?", ["I.", "You."]), f"Context: I.\n\nYou.\n\n{asked}"
    )


def test_opening_by_hand():
    np.testing.assert_equal(opening(" a  b\nc d", 3), "a b c")
    np.testing.assert_equal(opening("a b", 9), "a b")


def test_read_by_hand():
    articles = [texts.Article("", "", "", text) for text in ("a b", "c")]
    np.testing.assert_equal(read(articles, [1, 0]), ["c", "a b"])


def test_retrieve_and_cite_by_hand():
    # North, east, north-east, and west: the cosines with (2, 1)/√5 are
    # 0.447, 0.894, 0.949 and −0.894.
    x = np.array([[0.0, 3], [1, 0], [2, 2], [-1, 0]])
    np.testing.assert_array_equal(retrieve("?", east, x, 3), [2, 1, 0])
    assert cite("a reply", east, x) == 3


def test_the_answer_is_put_right():
    model, encoder = smollm.load(), minilm.load()
    articles, _ = benchmark.encoded()
    (found,) = retrieve(INDIA, encoder.vectors, articles, 1)
    passage = texts.introductions()[found]
    assert passage.title == "Delhi"
    said = [
        answer(model, prompt(INDIA)),
        answer(model, prompt(INDIA, [passage.text])),
    ]
    assert said == [
        "The capital of India is Mumbai.",
        "The capital of India is Delhi.",
    ]


def test_a_reply_ends_with_its_sentence_or_at_the_limit():
    model = smollm.load()
    assert answer(model, "Say: Yes. No. Maybe.").count(".") <= 1
    assert len(model.encode(answer(model, prompt(INDIA), limit=3))) == 3


# --- what is stored ---------------------------------------------------------


@pytest.fixture(scope="module")
def heads():
    return [opening(article.text) for article in texts.introductions()]


def test_the_right_passage_holds_the_answer_and_the_others_do_not(heads):
    kept = stored()
    asked = kept["questions"]
    assert len({question for question, _, _ in asked}) == len(asked) >= 100
    for n, (question, gold, names) in enumerate(asked):
        read = {way: rows[n] for way, rows in kept["passages"].items()}
        assert read["right"] == [gold]
        assert plain(names[0]) in plain(heads[gold])
        assert not first_named(question, names)
        assert gold not in read["wrong"]
        places = [
            read[way].index(gold) for way in ("first", "middle", "last")
        ]
        assert places == [0, 2, 4]
        for other in set(read["middle"]) - {gold}:
            assert first_named(heads[other], names) is None
        assert read["top 3"][:1] == read["top 1"]


def test_every_question_was_answered_in_every_way():
    kept = stored()
    assert kept["replies"].keys() == kept["passages"].keys()
    for way, replies in kept["replies"].items():
        assert len(replies) == len(kept["questions"]), way
        assert all(replies), way


def test_the_passages_are_those_that_the_search_finds():
    kept, encoder = stored(), minilm.load()
    articles, _ = benchmark.encoded()
    for n in range(0, 100, 20):
        question = kept["questions"][n][0]
        found = retrieve(question, encoder.vectors, articles, 3)
        assert found.tolist() == kept["passages"]["top 3"][n]


@pytest.mark.parametrize(
    ("way", "n"), [("none", 40), ("right", 10), ("top 3", 70), ("wrong", 100)]
)
def test_the_model_says_again_what_is_stored(heads, way, n):
    kept = stored()
    read = [heads[i] for i in kept["passages"][way][n]]
    message = prompt(kept["questions"][n][0], read)
    assert answer(smollm.load(), message) == kept["replies"][way][n]


# --- parity -----------------------------------------------------------------


def test_parity_of_retrieve(parity):
    from sklearn.neighbors import NearestNeighbors

    articles, questions = benchmark.encoded()
    peer = NearestNeighbors(metric="cosine", algorithm="brute").fit(articles)
    theirs = peer.kneighbors(questions[:50], 10, return_distance=False)
    ours = [
        retrieve("?", lambda _, q=q: q[None], articles, 10)
        for q in questions[:50]
    ]
    library = "scikit-learn NearestNeighbors"
    parity("rag.retrieve", library, ours, theirs, atol=0)
    pages = articles[:20]
    theirs = peer.fit(pages).kneighbors(questions[:50], 1)[1][:, 0] + 1
    ours = [cite("?", lambda _, q=q: q[None], pages) for q in questions[:50]]
    parity("rag.cite", library, ours, theirs, atol=0)


# --- laws -------------------------------------------------------------------


@given(sentences, st.lists(sentences, max_size=4))
def test_a_prompt_holds_all_and_ends_with_the_question(question, passages):
    message = prompt(question, passages)
    assert message.endswith(f"Question: {question}\nAnswer:")
    assert message.startswith("Context: ") == bool(passages)
    assert all(passage in message for passage in passages)


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(-9, 9)), min_size=1))
def test_what_is_cited_is_what_is_found_first(rows):
    x = np.array(rows, float)
    assert cite("?", east, x) == 1 + retrieve("?", east, x, len(x))[0]


# --- refusals ---------------------------------------------------------------


@pytest.mark.parametrize("blank", ["", " \n", None])
def test_a_blank_question_is_refused(blank):
    said = "a text with a word in it is needed"
    for f in (
        lambda: prompt(blank),
        lambda: prompt("Who?", ["I.", blank]),
        lambda: retrieve(blank, east, np.eye(2), 1),
        lambda: cite(blank, east, np.eye(2)),
        lambda: answer(smollm.load(), blank),
    ):
        with pytest.raises(ValueError, match=said):
            f()


def test_an_empty_shelf_and_a_wrong_number_are_refused():
    with pytest.raises(ValueError, match=r"vectors is empty"):
        retrieve("?", east, np.empty((0, 2)), 1)
    with pytest.raises(
        ValueError, match="k is 3: a whole number from 1 to 2"
    ):
        retrieve("?", east, np.eye(2), 3)
    with pytest.raises(ValueError, match="k is 0"):
        retrieve("?", east, np.eye(2), 0)
    with pytest.raises(ValueError, match="widths must agree"):
        retrieve("?", east, np.eye(3), 1)
    with pytest.raises(ValueError, match="numbers is empty"):
        read(texts.introductions(), [])
    with pytest.raises(ValueError, match="numbers holds 10033 at place 1"):
        read(texts.introductions(), [0, 10033])
    with pytest.raises(ValueError, match="most is 0"):
        opening("a b", 0)
    with pytest.raises(ValueError, match="limit is 0"):
        answer(smollm.load(), "Who?", 0)


def test_what_is_too_long_to_read_is_refused():
    with pytest.raises(ValueError, match="SmolLM2 reads at most 8192"):
        answer(smollm.load(), prompt("Who?", ["word " * 9000]))
