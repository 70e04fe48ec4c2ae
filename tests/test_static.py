"""Static: is the table MiniLM's, and is a text its pieces' sum?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embook import data, minilm, static, texts
from embook.benchmark import questions
from embook.norms import unit
from embook.sentences import places


@pytest.fixture(scope="module")
def rack():
    return static.load()


def test_a_text_is_the_sum_of_its_pieces(rack):
    ids = rack.encode("Hot soup, unsalted")
    words = data.minilm_tokens().words
    pieces = [words[i] for i in ids]
    assert pieces == ["hot", "soup", ",", "un", "##sal", "##ted"]
    by_hand = sum(rack.rows[i].astype(float) for i in ids)
    by_hand /= np.sqrt((by_hand**2).sum())
    found = rack.vectors(["Hot soup, unsalted"])[0]
    np.testing.assert_allclose(found, by_hand, atol=1e-6)


def test_rows_are_what_minilm_makes_of_a_piece_alone(rack):
    model = minilm.load()
    ids = np.random.default_rng(1).integers(static.FIRST, model.size, 20)
    for i, row in zip(ids, static.alone(model, ids), strict=True):
        three = model.states([static.CLS, i, static.SEP])[-1]
        np.testing.assert_allclose(row, three[0], atol=1e-5)
        mean = static.alone(model, [i], mean=True)[0]
        np.testing.assert_allclose(mean, three.mean(axis=0), atol=1e-5)
        narrow = (row - rack.centre) @ rack.map.astype(np.float32)
        stored = rack.packed[i - static.FIRST]
        step = np.abs(narrow).max() / 127
        np.testing.assert_allclose(stored * step, narrow, atol=1.01 * step)


def test_marks_and_unknown_signs_weigh_nothing(rack):
    assert not rack.rows[: static.FIRST].any()
    one, two = rack.vectors(["soup", "soup 😉"])
    np.testing.assert_allclose(one, two)


def test_it_cuts_as_minilm_does(rack):
    model = minilm.load()
    for article in texts.introductions()[::500]:
        assert rack.encode(article.text) == model.encode(article.text)[1:-1]


def test_the_cut_and_the_sum_are_those_of_two_libraries(rack):
    import torch
    from transformers import AutoTokenizer

    peer = AutoTokenizer.from_pretrained(str(data.minilm_folder()))
    said = [question.text for question in questions()[::100]]
    bag = torch.nn.EmbeddingBag.from_pretrained(
        torch.tensor(rack.rows), mode="mean"
    )
    theirs = [
        bag(torch.tensor([peer.encode(t, add_special_tokens=False)]))[0]
        for t in said
    ]
    theirs = unit(torch.stack(theirs).numpy())
    np.testing.assert_allclose(rack.vectors(said), theirs, atol=1e-6)


def test_it_finds_seven_of_ten_articles(rack):
    found = places(
        rack.vectors([question.text for question in questions()]),
        rack.vectors([article.text for article in texts.introductions()]),
        [question.article for question in questions()],
    )
    assert 0.70 < np.mean(found <= 10) < 0.74


def test_narrow_by_hand():
    x = np.array([[0.0, 1.0], [4.0, 1.0], [8.0, 1.0]])
    centre, to = static.narrow(x, 1)
    np.testing.assert_allclose(centre, [4, 1])
    np.testing.assert_allclose(to, [[1 / 16**0.25], [0]], atol=1e-12)


@given(st.integers(0, 99))
def test_narrowed_columns_have_the_root_of_their_spread(seed):
    x = np.random.default_rng(seed).normal(size=(30, 4)) * [9, 4, 2, 1]
    centre, to = static.narrow(x, 3)
    y = (x - centre) @ to
    spread = np.linalg.eigvalsh(np.cov(x.T))[::-1][:3]
    np.testing.assert_allclose(np.var(y, axis=0, ddof=1), np.sqrt(spread))


def test_bad_texts_are_refused(rack):
    for said, message in (
        ([], "texts has 0 entries"),
        ("soup", "texts is the str 'soup'"),
        (["soup", ""], "text 1 has no known word: ''"),
        (["😉"], "text 0 has no known word"),
        ([7], "text is int: str is needed"),
    ):
        with pytest.raises(ValueError, match=message):
            rack.vectors(said)


def test_ids_that_are_no_pieces_are_refused():
    with pytest.raises(ValueError, match="ids holds 30522 at place 0"):
        static.alone(minilm.load(), [30_522])
