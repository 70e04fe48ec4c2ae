"""Counting: worked by hand, parity, laws, refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse import coo_array, csr_array

from embook import texts
from embook.counting import cooccurrence, encode, pmi, ppmi, svd, tfidf
from embook.table import Table

TABLE = np.array([[6.0, 2.0, 0.0], [1.0, 1.0, 6.0]])
tables = arrays(float, (4, 3), elements=st.integers(0, 9).map(float)).filter(
    lambda x: x.any()
)


@pytest.fixture(scope="module")
def real():
    """200 introductions, one string each."""
    return [article.text for article in texts.introductions()[:200]]


def counted(peer, strings):
    """What encode says, as a table of counts, texts by words."""
    known = list(peer.get_feature_names_out())
    words = [peer.build_analyzer()(text) for text in strings]
    ids, owner = encode(words, known)
    kept = ids < len(known)
    found = (np.ones(kept.sum()), (owner[kept], ids[kept]))
    return coo_array(found, shape=(len(strings), len(known))).tocsr()


def test_encode_by_hand():
    ids, owner = encode([["to", "be"], [], ["be", "or"]], ["be", "to"])
    np.testing.assert_array_equal(ids, [1, 0, 0, 2])
    np.testing.assert_array_equal(owner, [0, 0, 2, 2])


def test_cooccurrence_by_hand():
    # text 0: a b ? a    text 1: b a
    ids, owner = [0, 1, 2, 0, 1, 0], [0, 0, 0, 0, 1, 1]
    near = cooccurrence(ids, owner, 2, window=3).toarray()
    np.testing.assert_allclose(near, [[2 / 3, 2.5], [2.5, 0]])
    near = cooccurrence(ids, owner, 2, window=1).toarray()
    np.testing.assert_allclose(near, [[0, 2], [2, 0]])


def test_pmi_by_hand():
    # 16 counts; rows 8 and 8; columns 7, 3 and 6.
    table = pmi(TABLE)
    np.testing.assert_allclose(table[0, 0], np.log(6 * 16 / (8 * 7)))
    np.testing.assert_allclose(table[1, 1], np.log(1 * 16 / (8 * 3)))
    assert table[0, 2] == -np.inf
    by_hand = np.log(6 * (7**0.5 + 3**0.5 + 6**0.5) / (8 * 7**0.5))
    np.testing.assert_allclose(pmi(TABLE, 0.5)[0, 0], by_hand)


def test_ppmi_by_hand():
    found = ppmi(TABLE, shift=0.3)
    by_hand = [[np.log(96 / 56) - 0.3, 0, 0], [0, 0, np.log(2) - 0.3]]
    np.testing.assert_allclose(found, by_hand, atol=1e-12)


def test_tfidf_by_hand():
    ln = np.log
    by_hand = [[0, 0, 0], [0, 0, (1 + ln(6)) * ln(2)]]
    np.testing.assert_allclose(tfidf(TABLE), by_hand)


def test_svd_by_hand():
    u, sizes, axes = svd(np.array([[0.0, -3.0], [2.0, 0.0]]), 2)
    np.testing.assert_allclose(sizes, [3, 2])
    np.testing.assert_allclose(axes, [[0, 1], [1, 0]], atol=1e-12)
    np.testing.assert_allclose(u, [[-1, 0], [0, 1]], atol=1e-12)


def test_a_rare_word_gains_most_from_pmi_and_loses_most_by_smoothing():
    counts = np.array([[90.0, 1.0], [10.0, 0.0]])
    drop = pmi(counts)[0] - pmi(counts, 0.75)[0]
    assert drop[1] > 1 > drop[0]


def test_parity_of_encode(real, parity):
    from sklearn.feature_extraction.text import CountVectorizer

    peer = CountVectorizer(min_df=2)
    theirs = peer.fit_transform(real)
    parity(
        "counting.encode",
        "scikit-learn CountVectorizer",
        counted(peer, real).toarray(),
        theirs.toarray(),
    )


def test_parity_of_tfidf(real, parity):
    from sklearn.feature_extraction.text import (
        CountVectorizer,
        TfidfTransformer,
    )

    counts = CountVectorizer(min_df=2).fit_transform(real).astype(float)
    peer = TfidfTransformer(norm=None, smooth_idf=False, sublinear_tf=True)
    peer.fit(counts)
    peer.idf_ = peer.idf_ - 1  # scikit-learn adds 1 to ln(N / texts)
    theirs = peer.transform(counts).toarray()
    ours = tfidf(csr_array(counts))
    library = "scikit-learn TfidfTransformer, idf less 1"
    parity("counting.tfidf", library, ours.toarray(), theirs)
    np.testing.assert_allclose(tfidf(counts.toarray()), ours.toarray())


def test_parity_of_cooccurrence(real, parity):
    from sklearn.feature_extraction.text import CountVectorizer

    # Every third word of a text, as bigrams: the pairs at distance 3.
    words = [text.lower().split() for text in real[:50]]
    known = sorted({word for text in words for word in text})[::2]
    theirs = np.zeros((len(known), len(known)))
    pairs = [f"{a}|{b}" for a in known for b in known]
    for d in (1, 2, 3):
        strides = [text[o::d] for text in words for o in range(d)]
        peer = CountVectorizer(
            analyzer=lambda x: [f"{a}|{b}" for a, b in zip(x, x[1:])],  # noqa: B905,RUF007
            vocabulary=pairs,
        )
        found = peer.transform(strides).sum(axis=0)
        theirs += np.asarray(found).reshape(theirs.shape) / d
    ours = cooccurrence(*encode(words, known), len(known), window=3)
    library = "scikit-learn CountVectorizer on strides"
    parity(
        "counting.cooccurrence", library, ours.toarray(), theirs + theirs.T
    )


def test_cooccurrence_is_what_a_slow_loop_counts(real):
    words = [text.lower().split() for text in real[:40]]
    known = sorted({word for text in words for word in text})[::3]
    row, slow = (
        {w: i for i, w in enumerate(known)},
        np.zeros((len(known),) * 2),
    )
    for text in words:
        for i, one in enumerate(text):
            for j, other in enumerate(text):
                near = 0 < abs(i - j) <= 5
                if near and one in row and other in row:
                    slow[row[one], row[other]] += 1 / abs(i - j)
    ours = cooccurrence(*encode(words, known), len(known), window=5)
    np.testing.assert_allclose(ours.toarray(), slow)


@pytest.fixture(scope="module")
def near(real):
    words = [text.lower().split() for text in real]
    every = sorted({word for text in words for word in text})
    return cooccurrence(*encode(words, every[::5]), len(every[::5]), 5)


def test_parity_of_pmi(near, parity):
    from scipy.stats.contingency import expected_freq
    from sklearn.metrics import mutual_info_score

    some = near.toarray()[:, near.sum(axis=0) > 0]
    some = some[some.sum(axis=1) > 0]
    with np.errstate(divide="ignore"):
        theirs = np.log(some / expected_freq(some))
    seen = some > 0
    library = "scipy expected_freq"
    parity("counting.pmi", library, pmi(some)[seen], theirs[seen])
    positive = np.maximum(theirs, 0)
    parity("counting.ppmi", library, ppmi(some), positive)
    mean = (some[seen] * pmi(some)[seen]).sum() / some.sum()
    whole = (60 * some).round().astype(int)  # it would cut off fractions
    theirs = mutual_info_score(None, None, contingency=whole)
    parity("counting.pmi", "scikit-learn mutual_info_score", mean, theirs)
    np.testing.assert_allclose(ppmi(csr_array(some)).toarray(), ppmi(some))


def test_parity_of_svd(near, parity):
    from sklearn.decomposition import TruncatedSVD

    table = ppmi(near)
    u, sizes, axes = svd(table, 20)
    peer = TruncatedSVD(20, algorithm="arpack", random_state=0)
    theirs = peer.fit_transform(table.tocsr())
    sign = np.sign((axes * peer.components_).sum(axis=1))
    library = "scikit-learn TruncatedSVD, up to sign"
    parity("counting.svd", library, u * sizes * sign, theirs, atol=1e-8)
    dense = svd(table.toarray(), 20)
    np.testing.assert_allclose(sizes, dense[1])
    np.testing.assert_allclose(u, dense[0], atol=1e-8)
    np.testing.assert_allclose(axes, dense[2], atol=1e-8)
    again = svd(table, 20)
    np.testing.assert_array_equal(u, again[0])


@given(tables, st.floats(0.5, 20))
def test_pmi_is_symmetric_and_ignores_how_much_was_read(counts, more):
    np.testing.assert_allclose(pmi(counts), pmi(counts.T).T, atol=1e-9)
    np.testing.assert_allclose(pmi(counts), pmi(counts * more), atol=1e-9)


@given(st.lists(st.integers(1, 9), min_size=2, max_size=4))
def test_chance_alone_has_no_pmi(sizes):
    counts = np.outer(sizes, sizes[::-1]).astype(float)
    np.testing.assert_allclose(pmi(counts), 0, atol=1e-12)


@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=12), st.integers(1, 5)
)
def test_cooccurrence_is_symmetric_and_reads_both_ways(ids, window):
    owner = np.zeros(len(ids), int)
    near = cooccurrence(ids, owner, 4, window).toarray()
    np.testing.assert_allclose(near, near.T)
    back = cooccurrence(ids[::-1], owner, 4, window).toarray()
    np.testing.assert_allclose(near, back)


@given(tables)
def test_svd_leaves_as_little_as_its_sizes_say(table):
    sizes = np.linalg.svd(table)[1]
    rank = int((sizes > 1e-9 * sizes[0]).sum())
    for k in range(1, rank + 1):
        u, kept, axes = svd(table, k)
        left = ((table - u * kept @ axes) ** 2).sum()
        np.testing.assert_allclose(left, (sizes[k:] ** 2).sum(), atol=1e-8)
        assert (np.abs(axes).max(axis=1) - axes.max(axis=1) < 1e-9).all()


NAN = np.array([[1.0, np.nan]])


@pytest.mark.parametrize("f", [pmi, ppmi, tfidf])
@pytest.mark.parametrize("kind", [np.asarray, csr_array])
def test_tables_of_counts_are_refused_by_name(f, kind):
    for counts, message in (
        (np.zeros((2, 2)), "counts is all zeros"),
        (-TABLE, "counts holds -6: at least 0 is needed"),
        (NAN, "counts holds NaN"),
    ):
        with pytest.raises(ValueError, match=message):
            f(kind(counts))
    with pytest.raises(ValueError, match="counts has rank 1"):
        f(TABLE[0])


@pytest.mark.parametrize("power", [0, -1, 1.5, np.nan, "1"])
def test_power_is_refused(power):
    with pytest.raises(ValueError, match=f"power is {power}"):
        ppmi(TABLE, power)


@pytest.mark.parametrize("window", [0, -2, 1.5])
def test_window_is_refused(window):
    with pytest.raises(ValueError, match=f"window is {window}: .* from 1 on"):
        cooccurrence([0, 1], [0, 0], 2, window)


def test_ids_are_refused():
    with pytest.raises(ValueError, match=r"ids holds 3 .* 0 to 2 are"):
        cooccurrence([0, 3], [0, 0], 2, 1)
    with pytest.raises(ValueError, match="ids has 2 entries for 1 rows"):
        cooccurrence([0, 1], [0], 2, 1)
    with pytest.raises(ValueError, match="size is 0"):
        cooccurrence([0, 1], [0, 0], 0, 1)


def test_an_empty_corpus_is_refused():
    with pytest.raises(ValueError, match="texts has 0 entries: 1 are needed"):
        encode([], ["be"])
    with pytest.raises(ValueError, match="known has 0 entries"):
        encode([["be"]], [])
    with pytest.raises(ValueError, match="texts is the str 'to be'"):
        encode("to be", ["be"])
    with pytest.raises(ValueError, match="ids is empty"):
        cooccurrence(*encode([[]], ["be"]), 1, 1)


@pytest.mark.parametrize("kind", [np.asarray, csr_array])
def test_svd_refuses(kind):
    wide = np.array([[1.0, 2.0, 0.0], [2.0, 4.0, 0.0], [0.0, 0.0, 0.0]])
    with pytest.raises(ValueError, match="k is 2: the rank of table is low"):
        svd(kind(wide), 2)
    with pytest.raises(ValueError, match=r"k is 4: a whole number from 1 to"):
        svd(kind(wide), 4)
    with pytest.raises(ValueError, match="table holds NaN"):
        svd(kind(NAN), 1)


def test_an_unknown_word_is_named_with_a_way_out():
    table = Table(("bread", "delhi"), svd(TABLE, 2)[0])
    with pytest.raises(ValueError, match="no row for 'Delhi': try 'delhi'"):
        table.row("Delhi")
