"""Retrieval: worked by hand, parity, laws, refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from embook import benchmark, minilm, retrieval, texts
from embook.retrieval import cut, dcg, interval, maxsim, ndcg, places, record
from embook.search import BM25, mix, top

grades = st.lists(st.integers(0, 3), min_size=1, max_size=8)


def test_places_by_hand():
    scores = np.array([[0.1, 0.9, 0.5], [2, 2, 2], [0, 0, 1]])
    np.testing.assert_array_equal(places(scores, [2, 2, 0]), [2, 3, 2])


def test_ndcg_by_hand():
    # 2 / log2(2) + 1 / log2(4); ideal: 3 / log2(2) + 2 / log2(3) + 1 / 2
    ideal = 3 + 2 / np.log2(3) + 0.5
    np.testing.assert_allclose(ndcg([2, 0, 1], [1, 3, 2], 3), 2.5 / ideal)
    steep = (3 + 0.5) / (7 + 3 / np.log2(3) + 0.5)
    np.testing.assert_allclose(
        ndcg([2, 0, 1], [1, 3, 2], 3, "exponential"), steep
    )
    assert ndcg([0, 0, 0, 2], [2], 3) == 0
    np.testing.assert_allclose(ndcg([1, 1], [1, 1, 1], 2), 1)


def test_interval_by_hand():
    low, high = interval(np.array([0.0, 1.0]), draws=4000)
    assert (low, high) == (0, 1)  # one draw in four is all zeros
    assert interval(np.array([2.0]), draws=1) == (2, 2)
    low, high = interval((np.arange(1000) < 300) * 1.0)
    spread = 1.96 * np.sqrt(0.3 * 0.7 / 1000)
    np.testing.assert_allclose(
        [low, high], [0.3 - spread, 0.3 + spread], atol=4e-3
    )


def test_cut_by_hand():
    text = "A film by D. W. Griffith. It is long. Very (3 hours.) Yes!"
    assert cut(text, 1) == [
        "A film by D. W. Griffith.",
        "It is long.",
        "Very (3 hours.) Yes!",
    ]
    assert cut(text, 2)[0] == "A film by D. W. Griffith. It is long."
    assert cut("one two three", 2, "words") == ["one two", "three"]


@pytest.mark.parametrize("gain", ["linear", "exponential"])
def test_parity_of_ndcg(gain, parity):
    import ir_measures

    rng = np.random.default_rng(0)
    levels = {0: 0, 1: 1, 2: 3, 3: 7} if gain == "exponential" else None
    measure = ir_measures.nDCG(cutoff=10)
    if levels:
        measure = ir_measures.nDCG(cutoff=10, gains=levels)
    qrels, run, ours = {}, {}, []
    for i in range(40):
        judged = rng.integers(0, 4, size=30)
        judged[0] = 3
        order = rng.permutation(30)[:20]
        qrels[str(i)] = {str(n): int(g) for n, g in enumerate(judged)}
        run[str(i)] = {str(n): -p for p, n in enumerate(order)}
        ours.append(ndcg(judged[order], judged[judged > 0], 10, gain))
    found = ir_measures.iter_calc([measure], qrels, run)
    theirs = {int(one.query_id): one.value for one in found}
    theirs = [theirs[i] for i in range(40)]
    parity("retrieval.ndcg", f"ir_measures, {gain}", ours, theirs, atol=1e-9)


def test_parity_of_dcg(parity):
    from sklearn.metrics import dcg_score

    found = np.random.default_rng(0).integers(0, 4, size=(20, 12))
    order = -np.arange(12.0)[None]
    ours = [dcg(row) for row in found]
    theirs = [dcg_score(row[None], order) for row in found]
    parity("retrieval.dcg", "scikit-learn dcg_score", ours, theirs)


def test_parity_of_places(parity):
    """R@1, R@10 and MRR of the benchmark by TREC's own program."""
    import ir_measures

    articles, asked = benchmark.encoded()
    own = np.array([q.article for q in benchmark.questions()])[:300]
    scores = asked[:300] @ articles.T
    place = places(scores, own)
    qrels = {str(i): {str(n): 1} for i, n in enumerate(own)}
    run = {
        str(i): {str(n): -p for p, n in enumerate(top(x, 50).tolist())}
        for i, x in enumerate(scores)
    }
    names = ("R@1", "R@10", "RR@50", "nDCG@10")
    measures = [ir_measures.parse_measure(name) for name in names]
    theirs = ir_measures.calc_aggregate(measures, qrels, run)
    ours = [
        np.mean(place == 1),
        np.mean(place <= 10),
        np.mean((place <= 50) / place),
        np.mean((place <= 10) / np.log2(1 + place)),
    ]
    theirs = [theirs[measure] for measure in measures]
    parity("retrieval.places", "ir_measures", ours, theirs, atol=1e-9)


def test_parity_of_interval(parity):
    from scipy.stats import bootstrap

    values = np.random.default_rng(0).random(200)
    peer = bootstrap(
        (values,), np.mean, n_resamples=5000, method="percentile", rng=0
    ).confidence_interval
    ours = interval(values, draws=5000)
    parity("retrieval.interval", "scipy bootstrap", ours, [*peer], atol=5e-3)


def test_parity_of_maxsim(parity):
    from sentence_transformers.util import cos_sim

    a, b = (np.random.default_rng(n).normal(size=(5 + n, 8)) for n in (0, 1))
    theirs = cos_sim(a, b).max(dim=1).values.mean()
    library = "sentence-transformers cos_sim"
    parity("retrieval.maxsim", library, maxsim(a, b), float(theirs))


def test_the_record_is_what_the_models_say():
    model, stored = minilm.load(), record()
    written = [article.text for article in texts.introductions()]
    asked, own = benchmark.questions(), stored["near"]
    assert own.shape == stored["alike"].shape == (2000, retrieval.NEAR)
    for question, column in ((0, 0), (1000, 7), (1999, 19)):
        pair = (asked[question].text, written[own[question, column]])
        rows = (model.states(model.encode(x))[-1][1:-1] for x in pair)
        np.testing.assert_allclose(
            stored["alike"][question, column], maxsim(*rows), atol=1e-5
        )
    articles, wanted = benchmark.encoded()
    index = BM25(written)
    for i in (0, 1999):
        scores = index.scores(asked[i].text)
        both = mix(scores, wanted[i] @ articles.T, 0.5)
        np.testing.assert_array_equal(top(both, retrieval.NEAR), own[i])
    assert stored["pieces"].shape == (len(retrieval.WAYS) + 1, 2000)
    assert stored["word_pieces"].shape == (len(retrieval.WAYS), 2000)
    assert 1 <= stored["pieces"].min() <= stored["pieces"].max() <= 10_033


@given(grades, st.integers(1, 9), st.sampled_from(["linear", "exponential"]))
def test_the_best_order_has_one_and_no_order_has_more(judged, k, gain):
    if not any(judged):
        return
    best = sorted(judged)[::-1]
    np.testing.assert_allclose(ndcg(best, judged, k, gain), 1)
    assert -1e-9 <= ndcg(judged, judged, k, gain) <= 1 + 1e-9


@given(st.lists(st.integers(0, 1), min_size=1, max_size=8), st.integers(1, 9))
def test_two_gains_agree_on_yes_and_no(judged, k):
    if any(judged):
        one, other = (
            ndcg(judged, judged, k, gain)
            for gain in ("linear", "exponential")
        )
        np.testing.assert_allclose(one, other)


@given(arrays(float, (3, 6), elements=st.integers(0, 3).map(float)))
def test_places_are_where_top_puts_it(scores):
    for own in range(6):
        found = [[*top(row, 6)].index(own) + 1 for row in scores]
        np.testing.assert_array_equal(places(scores, [own] * 3), found)


@given(st.lists(st.text("ab .A", min_size=1), min_size=1), st.integers(1, 4))
def test_cut_loses_no_word(parts, size):
    text = " ".join(parts)
    if not text.strip():
        return
    for by in ("sentences", "words"):
        assert " ".join(cut(text, size, by)).split() == text.split()


def test_places_refuse():
    with pytest.raises(ValueError, match="own holds 3 at place 0: ids from"):
        places(np.ones((1, 3)), [3])
    with pytest.raises(ValueError, match="own has 1 entries for 2 rows"):
        places(np.ones((2, 3)), [0])
    with pytest.raises(ValueError, match="scores holds NaN"):
        places(np.array([[np.nan]]), [0])


def test_ndcg_refuses():
    with pytest.raises(ValueError, match="judged holds no grade above 0"):
        ndcg([0], [0], 1)
    with pytest.raises(ValueError, match="judged is empty"):
        ndcg([0], [], 1)
    for found in ([2], [1, 1], [3, 1], [3, 0]):
        with pytest.raises(
            ValueError, match=r"found holds .* and judged onl"
        ):
            ndcg(found, [1], 1)
    with pytest.raises(ValueError, match="grades holds -1: at least 0"):
        dcg([-1])
    with pytest.raises(ValueError, match="gain is 'log': linear, exponentia"):
        dcg([1], "log")
    with pytest.raises(ValueError, match="k is 0"):
        ndcg([1], [1], 0)


def test_interval_and_cut_refuse():
    with pytest.raises(ValueError, match="values is empty"):
        interval(np.array([]))
    with pytest.raises(ValueError, match="draws is 0"):
        interval(np.ones(3), draws=0)
    with pytest.raises(ValueError, match="size is 0"):
        cut("To be.", 0)
    with pytest.raises(ValueError, match="by is 'lines': sentences, words"):
        cut("To be.", 1, "lines")
    with pytest.raises(ValueError, match="text is ' ': there is nothing"):
        cut(" ", 1)
    with pytest.raises(ValueError, match="widths must agree"):
        maxsim(np.ones((1, 2)), np.ones((1, 3)))
