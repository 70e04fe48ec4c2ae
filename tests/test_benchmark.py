"""Benchmark: are its questions those of its rule, its vectors MiniLM's?"""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis.extra.numpy import arrays
from hypothesis.strategies import floats

from embook import benchmark, minilm, texts
from embook.benchmark import encoded, pack, questions, unpack


def test_every_question_is_the_description_of_its_own_article():
    articles = texts.introductions()
    for text, article in questions():
        assert text == articles[article].description
        assert len(text.split()) >= benchmark.LEAST
        same = [a for a in articles if a.description.lower() == text.lower()]
        assert len(same) == 1
    asked = [question.article for question in questions()]
    assert len(set(asked)) == len(asked) == benchmark.SAMPLED
    assert asked == sorted(asked)


def test_the_vectors_are_minilms():
    model, (articles, asked) = minilm.load(), encoded()
    assert articles.shape == (10_033, 384)
    assert asked.shape == (2000, 384)
    some = [0, 5000, 10_032]
    written = [texts.introductions()[n].text for n in some]
    again = model.vectors(written, most=model.longest)
    np.testing.assert_allclose(articles[some], again, atol=2e-3)
    said = model.vectors([questions()[n].text for n in (0, 1999)])
    cosines = (asked[[0, 1999]] * said).sum(axis=1)
    np.testing.assert_array_less(0.9999, cosines)


@given(arrays(np.float64, (3, 4), elements=floats(-9, 9)))
def test_eight_bits_keep_the_direction(x):
    lengths = np.linalg.norm(x, axis=1, keepdims=True)
    assume(lengths.min() > 1e-3)
    np.testing.assert_allclose(unpack(pack(x)), x / lengths, atol=8e-3)


def test_no_table_and_no_direction_are_refused():
    with pytest.raises(ValueError, match="rank 1"):
        pack(np.ones(4))
    with pytest.raises(ValueError, match="row 1 of x has length 0"):
        pack(np.array([[1.0], [0.0]]))
