"""Evaluation: worked by hand, parity, laws, refusals."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from embook import data, texts
from embook.evaluation import (
    all_but_the_top,
    analogies,
    associations,
    bootstrap,
    effect,
    known,
    permutation,
    ranks,
    spearman,
)
from embook.sources import SOURCES
from embook.space import rotation

TESTS = "test/test_data/"
scores = arrays(float, 7, elements=st.integers(-3, 3).map(float)).filter(
    lambda x: np.ptp(x) > 0
)
FOUR = np.array([[5.0, 0, 0], [4.8, 1.4, 0], [3, 0, 4], [2.4, 3.2, 3]])


@pytest.fixture(scope="module")
def glove():
    return data.glove_small()


@pytest.fixture(scope="module")
def rated(glove):
    """WordSim-353 in GloVe's 20,000 words: cosines, and what people said."""
    asked = texts.wordsim()
    pairs, places = known(glove.words, asked)
    one, other = glove.vectors[pairs.T].astype(float)
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return (one * other).sum(axis=1) / lengths, np.array(
        [asked[i][2] for i in places]
    )


def keyed(words, vectors):
    from gensim.models import KeyedVectors

    made = KeyedVectors(vectors.shape[1])
    made.add_vectors(list(words), vectors)
    return made


def test_ranks_by_hand():
    by_hand = [2, 5, 2, 4, 2]
    np.testing.assert_array_equal(ranks([1.0, 9, 1, 2, 1]), by_hand)


def test_spearman_by_hand():
    # without ties: 1 - 6 (1 + 0 + 1) / (3 · 8)
    np.testing.assert_allclose(spearman([1, 2, 3], [9, 1, 10]), 0.5)
    np.testing.assert_allclose(spearman([1, 2, 3], [3, 2, 1]), -1)


def test_known_by_hand():
    asked = [("a", "B", 3.0), ("a", "d", 9.0), ("b", "b", 1.0)]
    ids, places = known(["b", "a", "B"], asked)
    np.testing.assert_array_equal(ids, [[1, 0], [0, 0]])
    np.testing.assert_array_equal(places, [0, 2])
    ids, _ = known(["a", "b"], [("b", "a")])
    np.testing.assert_array_equal(ids, [[1, 0]])


def test_the_offset_is_shorter_than_the_gap():
    # b - a + c is (2.8, 1.4, 4): its dot product with c is 24.4, with d 23.2
    np.testing.assert_array_equal(analogies(FOUR, [[0, 1, 2]], True), [2])
    np.testing.assert_array_equal(analogies(FOUR, [[0, 1, 2]]), [3])


def test_all_but_the_top_by_hand():
    cross = np.array([[-5.0, 1], [5, 1], [0, 3], [0, -1]])
    np.testing.assert_allclose(
        all_but_the_top(cross, 1),
        [[0, 0], [0, 0], [0, 2], [0, -2]],
        atol=1e-12,
    )


def test_associations_by_hand():
    x, a = np.array([[2.0, 0], [3, 4]]), np.array([[1.0, 0], [0, 5]])
    found = associations(x, a, np.array([[4.0, 3]]))
    np.testing.assert_allclose(found, [0.5 - 0.8, 0.7 - 0.96])


def test_effect_by_hand():
    # 2, 4 and 1, 1: means 3 and 1; squares round the mean 2 add up to 6
    np.testing.assert_allclose(effect([2.0, 4], [1.0, 1]), 2 / 2**0.5)


def test_permutation_by_hand():
    # of {5, 3} {5, 2} {5, 1} {3, 2} {3, 1} {2, 1} three reach 5 + 1
    np.testing.assert_allclose(permutation([5.0, 1], [3.0, 2]), 3 / 6)
    np.testing.assert_allclose(permutation([2.0, 2], [2.0, 1]), 3 / 6)


def test_random_deals_count_the_real_one_too():
    # none of three random deals puts all six large numbers on one side
    large, small = np.arange(6.0) + 10, np.arange(6.0)
    np.testing.assert_allclose(permutation(large, small, most=3), 1 / 4)
    np.testing.assert_allclose(permutation(small, large, most=1), 1)


def test_parity_of_ranks_and_spearman(rated, parity):
    from scipy.stats import rankdata, spearmanr

    cosines, said = rated
    parity("evaluation.ranks", "scipy rankdata", ranks(said), rankdata(said))
    theirs = spearmanr(cosines, said).statistic
    parity("evaluation.spearman", "scipy", spearman(cosines, said), theirs)


def test_parity_of_bootstrap(rated, parity):
    from scipy.stats import bootstrap as theirs
    from scipy.stats import spearmanr

    done = theirs(
        rated,
        lambda x, y: spearmanr(x, y).statistic,
        n_resamples=200,
        paired=True,
        vectorized=False,
        method="percentile",
        rng=np.random.default_rng(7),
    ).bootstrap_distribution
    ours = bootstrap(*rated, draws=200, seed=7)
    parity("evaluation.bootstrap", "scipy bootstrap, same seed", ours, done)


@pytest.mark.parametrize(
    ("asked", "file"),
    [(texts.wordsim, "wordsim353.tsv"), (texts.simlex, "simlex999.txt")],
)
def test_parity_of_word_pairs(glove, parity, asked, file):
    asked, path = asked(), SOURCES["judgements"].path(TESTS + file)
    vectors = keyed(glove.words, glove.vectors)
    _, theirs, unknown = vectors.evaluate_word_pairs(str(path))
    pairs, places = known(glove.words, asked)
    library = "gensim evaluate_word_pairs"
    lost = 100 * (1 - len(pairs) / len(asked))
    parity("evaluation.known", library, lost, unknown, on=file)
    cosines = [vectors.similarity(*pair) for pair in pairs.tolist()]
    ours = spearman(cosines, [asked[i][2] for i in places])
    parity("evaluation.spearman", library, ours, theirs.statistic, on=file)


def test_parity_of_analogies(glove, parity):
    path = SOURCES["judgements"].path(TESTS + "questions-words.txt")
    words, x = glove.words[:4000], glove.vectors[:4000].astype(float)
    _, sections = keyed(words, x).evaluate_word_analogies(str(path))
    theirs = {s["section"]: len(s["correct"]) for s in sections[:-1]}
    ours = {}
    for section, asked in texts.analogies().items():
        ids = known(words, asked)[0]
        ours[section] = (analogies(x, ids[:, :3]) == ids[:, 3]).sum()
    parity(
        "evaluation.analogies",
        "gensim evaluate_word_analogies, right answers",
        [ours[section] for section in theirs],
        list(theirs.values()),
    )
    assert sum(theirs.values()) > 1000


def test_parity_of_one_analogy(glove, parity):
    vectors = keyed(glove.words, glove.vectors)
    ids = np.array([glove.rows(["man", "king", "woman"])])
    ours = glove.words[analogies(glove.vectors, ids)[0]]
    ((theirs, _),) = vectors.most_similar(["king", "woman"], ["man"], topn=1)
    assert ours == theirs == "queen"


@pytest.mark.parametrize("k", [0, 1, 3])
def test_parity_of_all_but_the_top(glove, parity, k):
    from sklearn.decomposition import PCA

    x = glove.vectors[:2000].astype(float)
    theirs = x - x.mean(axis=0)
    if k:
        peer = PCA(k, svd_solver="full").fit(x)
        theirs = x - peer.inverse_transform(peer.transform(x))
    library = f"scikit-learn PCA, what {k} axes leave"
    ours = all_but_the_top(x, k)
    parity("evaluation.all_but_the_top", library, ours, theirs, atol=1e-10)


def test_parity_of_weat(glove, parity):
    from scipy.stats import permutation_test, zscore
    from sklearn.metrics.pairwise import cosine_similarity

    x, y, a, b = glove.vectors[:32].astype(float).reshape(4, 8, 50)
    one, other = associations(x, a, b), associations(y, a, b)
    theirs = cosine_similarity(x, a).mean(1) - cosine_similarity(x, b).mean(1)
    library = "scikit-learn cosine_similarity"
    parity("evaluation.associations", library, one, theirs)
    z = zscore(np.concatenate([one, other]), ddof=1)
    theirs = z[:8].mean() - z[8:].mean()
    parity("evaluation.effect", "scipy zscore", effect(one, other), theirs)

    def difference(x, y, axis):
        return x.mean(axis=axis) - y.mean(axis=axis)

    exact = permutation_test(
        (one, other),
        difference,
        vectorized=True,
        n_resamples=13_000,
        alternative="greater",
    )
    ours = permutation(one, other)
    parity("evaluation.permutation", "scipy, exact", ours, exact.pvalue)
    drawn = permutation(one, other, most=12_000)  # of 12,870 deals
    np.testing.assert_allclose(drawn, ours, atol=0.02)


@given(scores, scores)
def test_spearman_hears_only_the_order(x, y):
    rho = spearman(x, y)
    assert -1 - 1e-12 <= rho <= 1 + 1e-12
    np.testing.assert_allclose(spearman(np.exp(x), y**3), rho, atol=1e-12)
    np.testing.assert_allclose(spearman(-x, y), -rho, atol=1e-12)


@given(scores)
def test_ranks_add_up_whatever_the_ties(x):
    np.testing.assert_allclose(ranks(x).sum(), len(x) * (len(x) + 1) / 2)


@given(st.integers(0, 99))
def test_a_turn_changes_no_analogy(seed):
    x = np.random.default_rng(seed).normal(size=(12, 6))
    asked = np.arange(12).reshape(4, 3)
    for inputs in (False, True):
        before = analogies(x, asked, inputs)
        after = analogies(x @ rotation(6, seed) * 3, asked, inputs)
        np.testing.assert_array_equal(before, after)
    assert not (analogies(x, asked)[:, None] == asked).any()


@given(scores, scores)
def test_swapping_the_lists_turns_the_sign(one, other):
    assume(np.ptp(np.concatenate([one, other])) > 0)
    np.testing.assert_allclose(effect(one, other), -effect(other, one))
    both = permutation(one, other) + permutation(other, one)
    assert both >= 1 - 1e-12  # the deal itself counts on both sides


@given(arrays(float, (6, 4), elements=st.integers(-9, 9).map(float)))
def test_what_was_taken_off_does_not_come_back(x):
    once = all_but_the_top(x, 0)
    np.testing.assert_allclose(once.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(all_but_the_top(once, 0), once, atol=1e-12)
    rest = all_but_the_top(x, 2)
    assert np.linalg.matrix_rank(rest, tol=1e-9) <= 2


def test_noise_stays_where_chance_puts_it():
    rng = np.random.default_rng(0)
    p = [permutation(*rng.normal(size=(2, 4))) for _ in range(400)]
    assert abs(np.mean(np.array(p) <= 0.1) - 0.1) < 0.04


def test_questions_are_refused():
    with pytest.raises(ValueError, match="of 1 questions none has all words"):
        known(["a"], [("a", "b")])
    with pytest.raises(ValueError, match="questions holds 4 at place 2"):
        analogies(FOUR, [[0, 1, 4]])
    with pytest.raises(ValueError, match="questions holds -1 at place 0"):
        analogies(FOUR, [[-1, 1, 2]])
    with pytest.raises(ValueError, match="questions has rank 1"):
        analogies(FOUR, [0, 1, 2])
    with pytest.raises(ValueError, match="row 1 of x has length 0"):
        analogies(FOUR * [[1], [0], [1], [1]], [[0, 1, 2]])


def test_scores_are_refused():
    with pytest.raises(ValueError, match="x holds NaN"):
        ranks([1.0, np.nan])
    with pytest.raises(ValueError, match="is constant"):
        spearman([1.0, 1.0], [1.0, 2.0])
    with pytest.raises(ValueError, match="widths must agree"):
        bootstrap([1.0, 2.0], [1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="k is 0: a whole number from 1"):
        bootstrap([1.0, 2.0], [1.0, 2.0], draws=0)
    with pytest.raises(ValueError, match=r"spread is 0.0: .* above 0"):
        effect([1.0, 1.0], [1.0])
    with pytest.raises(ValueError, match="most is 0"):
        permutation([1.0], [2.0], most=0)
    with pytest.raises(ValueError, match="x holds NaN"):
        permutation([np.nan], [2.0])


@pytest.mark.parametrize("k", [-1, 3, 1.5])
def test_axes_are_refused(k):
    with pytest.raises(ValueError, match=f"k is {k}: .* from 0 to 2"):
        all_but_the_top(FOUR, k)
