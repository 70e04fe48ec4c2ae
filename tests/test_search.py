"""Search: worked by hand, parity, laws, refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from embook import benchmark, texts
from embook.search import BM25, KINDS, fuse, mix, rarity, terms, top

SHELF = ["red umbrella", "black umbrella", "red scarf red mittens", "tip"]
labels = st.lists(
    st.lists(st.sampled_from("red hat cap scarf".split()), max_size=6),
    min_size=1,
    max_size=6,
).filter(any)


@pytest.fixture(scope="module")
def real():
    """400 introductions, and 100 questions, some of them on others."""
    written = [article.text for article in texts.introductions()[:400]]
    return written, [q.text for q in benchmark.questions()[:100]]


def test_bm25_by_hand():
    # mean length 9 / 4; red in 2 of 4, twice on a label of 4 words
    room = 1.2 * (0.25 + 0.75 * 4 / 2.25)
    by_hand = np.log(1 + 2.5 / 2.5) * 2 * 2.2 / (2 + room)
    scores = BM25(SHELF).scores("Red!")
    np.testing.assert_allclose(scores[2], by_hand)
    np.testing.assert_array_equal(scores[[1, 3]], 0)
    room = 1.5 * (0.6 + 0.4 * 2 / 2.25)
    by_hand = 2 * np.log(2) * 2.5 / (1 + room)  # asked twice, counts twice
    scores = BM25(SHELF, k1=1.5, b=0.4).scores("red, red")
    np.testing.assert_allclose(scores[0], by_hand)


def test_robertson_holds_a_frequent_word_against_its_text():
    shelf = ["red hat", "blue hat", "green hat", "scarf"]
    scores = BM25(shelf, kind="robertson").scores("hat")
    np.testing.assert_array_less(scores[:3], 0)
    np.testing.assert_array_equal(top(scores, 1), [3])
    np.testing.assert_array_less(0, BM25(shelf).scores("hat")[:3])


def test_the_floor_is_a_quarter_of_the_mean():
    by_hand = np.log([7.5 / 1.5, 7.5 / 1.5, 1.5 / 7.5])
    by_hand[2] = by_hand.mean() / 4
    found = rarity(np.array([1, 1, 7]), 8, "floored")
    np.testing.assert_allclose(found, by_hand)


def test_without_b_length_does_not_count():
    scores = BM25(["red hat", "red hat with a feather"], b=0).scores("red")
    np.testing.assert_allclose(scores[0], scores[1])


def test_fuse_by_hand():
    scores = fuse([[3, 1], [1, 0, 2]], size=5)
    by_hand = [1 / 62, 1 / 62 + 1 / 61, 1 / 63, 1 / 61, 0]
    np.testing.assert_allclose(scores, by_hand)
    np.testing.assert_allclose(fuse([[0]], size=1), [1 / 61])
    with pytest.raises(ValueError, match="size is 0"):
        fuse([[0]], size=0)


def test_mix_by_hand():
    a, b = np.array([[2.0, 4, 3], [5, 5, 5]]), np.array([[9.0, 8, 7]] * 2)
    by_hand = [[0.25, 0.875, 0.375], [0.25, 0.125, 0]]
    np.testing.assert_allclose(mix(a, b, 0.25), by_hand)


def test_top_keeps_the_order_of_equals():
    np.testing.assert_array_equal(top(np.array([1, 3, 1, 3]), 3), [1, 3, 0])


@pytest.mark.parametrize("kind", KINDS)
def test_parity_of_rarity(kind, parity):
    from bm25s import scoring
    from rank_bm25 import BM25Okapi

    holders, size = np.arange(1, 300), 400  # mean idf is above 0
    if kind == "floored":
        peer = BM25Okapi.__new__(BM25Okapi)
        peer.corpus_size, peer.idf, peer.epsilon = size, {}, 0.25
        peer._calc_idf(dict(enumerate(holders.tolist())))
        library, theirs = "rank_bm25 BM25Okapi", [*peer.idf.values()]
    elif kind == "lucene":
        library = "bm25s lucene"
        theirs = [scoring._score_idf_lucene(n, size) for n in holders]
    else:
        library = "bm25s robertson, negative allowed"
        f = scoring._score_idf_robertson
        theirs = [f(n, size, allow_negative=True) for n in holders]
    parity("search.rarity", library, rarity(holders, size, kind), theirs)


def test_parity_of_terms(real, parity):
    from sklearn.feature_extraction.text import CountVectorizer

    peer = CountVectorizer(token_pattern=r"(?u)\b\w+\b").build_analyzer()
    known = sorted({word for text in real[0] for word in peer(text)})
    row = {word: i for i, word in enumerate(known)}
    ours = [row[w] for text in real[0] for w in terms(text)]
    theirs = [row[w] for text in real[0] for w in peer(text)]
    parity("search.terms", "scikit-learn CountVectorizer", ours, theirs)


def known(index, questions):
    """Return the questions that have a word of the index, as words."""
    lists = [terms(question) for question in questions]
    return [words for words in lists if index.row.keys() & set(words)]


def test_parity_with_bm25s(real, parity):
    import bm25s

    index = BM25(real[0])
    peer = bm25s.BM25(method="lucene", k1=1.2, b=0.75, dtype="float64")
    peer.index([terms(text) for text in real[0]], show_progress=False)
    asked = known(index, real[1])
    assert len(asked) > 90
    ours = [index.scores(" ".join(words)) / 2.2 for words in asked]
    theirs = [peer.get_scores(words) for words in asked]
    parity("search.scores", "bm25s, times k1 + 1", ours, theirs, atol=1e-9)


def test_parity_with_rank_bm25(real, parity):
    from rank_bm25 import BM25Okapi

    index = BM25(real[0], k1=1.5, kind="floored")
    peer = BM25Okapi([terms(text) for text in real[0]])
    asked = known(index, real[1])
    ours = [index.scores(" ".join(words)) for words in asked]
    theirs = [peer.get_scores(words) for words in asked]
    parity("search.scores", "rank_bm25 BM25Okapi", ours, theirs, atol=1e-9)


def test_parity_of_top(real, parity):
    import torch

    x = np.random.default_rng(0).permutation(5000).astype(float)
    theirs = torch.topk(torch.tensor(x), 100).indices.numpy()
    parity("search.top", "torch topk", top(x, 100), theirs)


def hits(scores, order):
    return [{"id": int(n), "distance": -float(scores[n])} for n in order]


def test_parity_of_fuse(parity):
    from milvus_lite.adapter.grpc.reranker import rerank

    rng = np.random.default_rng(0)
    one, other = (rng.permutation(50)[:k] for k in (30, 20))
    lists = [[hits(np.zeros(50), ranking)] for ranking in (one, other)]
    theirs = np.zeros(50)
    for hit in rerank("rrf", {"k": 60}, lists, limit=50)[0]:
        theirs[hit["id"]] = -hit["distance"]
    ours = fuse([one, other], size=50)
    parity("search.fuse", "milvus-lite RRFRanker", ours, theirs)


def test_parity_of_mix(parity):
    from milvus_lite.adapter.grpc.reranker import rerank

    a, b = np.random.default_rng(1).normal(size=(2, 40))
    lists = [[hits(x, range(40))] for x in (a, b)]
    theirs = np.zeros(40)
    found = rerank("weighted", {"weights": [0.3, 0.7]}, lists, limit=40)
    for hit in found[0]:
        theirs[hit["id"]] = -hit["distance"]
    parity("search.mix", "milvus-lite WeightedRanker", mix(a, b, 0.7), theirs)


@given(labels, st.sampled_from(KINDS))
def test_bm25_is_what_a_slow_loop_adds(lists, kind):
    strings = [" ".join(words) for words in lists]
    index = BM25(strings, kind=kind)
    mean = np.mean([len(words) for words in lists])
    idf = dict(
        zip(
            index.row,
            rarity(index.holders, len(lists), kind),
            strict=True,
        )
    )
    for word in index.row:
        slow = [
            idf[word]
            * words.count(word)
            * 2.2
            / (words.count(word) + 1.2 * (0.25 + 0.75 * len(words) / mean))
            for words in lists
        ]
        np.testing.assert_allclose(index.scores(word), slow, atol=1e-12)


@given(labels)
def test_the_order_of_a_questions_words_does_not_count(lists):
    index = BM25([" ".join(words) for words in lists])
    words = [*index.row]
    one, other = (index.scores(" ".join(w)) for w in (words, words[::-1]))
    np.testing.assert_allclose(one, other)
    np.testing.assert_allclose(one, sum(index.scores(w) for w in words))


@given(st.permutations(range(6)), st.permutations(range(6)))
def test_fuse_asks_nobody_first(one, other):
    np.testing.assert_allclose(fuse([one, other], 6), fuse([other, one], 6))
    same = top(fuse([one, one], 6), 6)
    np.testing.assert_array_equal(same, one)


@given(
    arrays(float, 5, elements=st.integers(-9, 9), unique=True),
    arrays(float, 5, elements=st.integers(-9, 9), unique=True),
    st.floats(0.5, 99),
)
def test_mix_minds_no_scale(a, b, more):
    np.testing.assert_allclose(
        mix(a, b, 0.3), mix(a * more - 4, b, 0.3), atol=1e-9
    )
    np.testing.assert_array_equal(top(mix(a, b, 0), 5), top(a, 5))
    np.testing.assert_array_equal(top(mix(a, b, 1), 5), top(b, 5))


def test_the_benchmark_is_found_as_often_as_the_book_says():
    """BM25 as measured, and a hybrid of at least 0.90 at ten."""
    from embook.retrieval import places

    index = BM25([article.text for article in texts.introductions()])
    asked = benchmark.questions()
    own = np.array([question.article for question in asked])
    words = np.array([index.scores(question.text) for question in asked])
    articles, wanted = benchmark.encoded()
    both = mix(words, wanted @ articles.T, 0.5)
    shares = [np.mean(places(x, own) <= 10) for x in (words, both)]
    np.testing.assert_allclose(shares, [0.864, 0.919], atol=5e-3)


@pytest.mark.parametrize("question", ["", "  ", "?!"])
def test_a_question_without_a_word_is_refused(question):
    with pytest.raises(ValueError, match=r"question is .*: it has no word"):
        BM25(SHELF).scores(question)


def test_unknown_words_are_named():
    message = "no text holds 'xyzzy' or 'plugh'"
    with pytest.raises(ValueError, match=message):
        BM25(SHELF).scores("xyzzy plugh")
    np.testing.assert_array_equal(
        BM25(SHELF).scores("xyzzy red"), BM25(SHELF).scores("red")
    )


def test_what_is_no_text_is_refused():
    for text in (None, 7, b"red", ["red"]):
        with pytest.raises(
            ValueError, match=r"text is .*: one str is needed"
        ):
            terms(text)
    with pytest.raises(ValueError, match="text is None"):
        BM25([*SHELF, None])
    with pytest.raises(ValueError, match="texts has 0 entries"):
        BM25([])
    with pytest.raises(ValueError, match="texts is the str 'red'"):
        BM25("red")
    with pytest.raises(ValueError, match="none of the 2 texts has a word"):
        BM25(["", "?"])


def test_knobs_are_refused():
    with pytest.raises(ValueError, match="k1 is 0: a finite number above 0"):
        BM25(SHELF, k1=0)
    for b in (-0.1, 1.1, np.nan):
        with pytest.raises(ValueError, match=f"b is {b}: a number from 0 to"):
            BM25(SHELF, b=b)
    with pytest.raises(ValueError, match="kind is 'okapi': lucene, robert"):
        BM25(SHELF, kind="okapi")


def test_top_refuses():
    with pytest.raises(ValueError, match="k is 4: a whole number from 1 to"):
        top(np.arange(3.0), 4)
    with pytest.raises(ValueError, match="scores holds NaN or infinity"):
        top(np.array([0.3, np.nan]), 1)
    with pytest.raises(ValueError, match="scores has rank 2"):
        top(np.ones((2, 2)), 1)


def test_fuse_refuses():
    with pytest.raises(ValueError, match="ranking names a text more than on"):
        fuse([[1, 2, 1]], 3)
    with pytest.raises(
        ValueError, match="ranking holds 3 at place 1: ids fr"
    ):
        fuse([[1, 3]], 3)
    with pytest.raises(ValueError, match="ranking is empty"):
        fuse([[]], 3)
    with pytest.raises(ValueError, match="k is -1"):
        fuse([[0]], 3, k=-1)


def test_mix_refuses():
    for weight in (-0.1, 1.1, np.nan):
        with pytest.raises(ValueError, match=f"weight {weight}: one shape"):
            mix(np.arange(3.0), np.arange(3.0), weight)
    with pytest.raises(ValueError, match=r"shapes \(3,\), \(2,\), weight"):
        mix(np.arange(3.0), np.arange(2.0), 0.5)
    with pytest.raises(ValueError, match="b holds NaN"):
        mix(np.arange(2.0), np.array([np.nan, 1]), 0.5)
