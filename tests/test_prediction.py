"""Prediction: worked by hand, parity, laws, refusals."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from embook import texts
from embook.prediction import (
    count_ngrams,
    generate,
    perplexity,
    probability,
    sample,
    softmax,
    surprisal,
    top_p,
)

TEXT = "the cat sat . the dog sat . the cat ran .".split()
PROBS = np.array([0.125, 0.5, 0.0625, 0.3125])

scores = arrays(float, (3, 5), elements=st.floats(-50, 50))
shares = st.floats(0.01, 1)
passages = st.lists(st.sampled_from("abcd"), min_size=3, max_size=30)


def speech(words=20_000):
    return texts.union_addresses()[100].text.lower().split()[:words]


# --- by hand ----------------------------------------------------------------


def test_softmax_by_hand():
    powers = np.array([7.389056, 2.718282, 1.0])
    by_hand = powers / 11.107338
    np.testing.assert_allclose(softmax([2, 1, 0]), by_hand, atol=1e-6)


def test_temperature_by_hand():
    # Scores 2 and 0 at temperature 2 are scores 1 and 0 at temperature 1.
    np.testing.assert_allclose(softmax([2, 0], 2.0), softmax([1, 0]))
    np.testing.assert_allclose(softmax([2, 0], 0.5), softmax([4, 0]))


def test_softmax_of_huge_scores_is_no_nan():
    by_hand = [1 / (1 + np.e), np.e / (1 + np.e), 0]
    np.testing.assert_allclose(softmax([1000, 1001, -1000]), by_hand)


@pytest.mark.parametrize(
    ("share", "by_hand"),
    [
        (0.5, [0, 1, 0, 0]),
        (0.6, [0, 8 / 13, 0, 5 / 13]),
        (0.9, [2 / 15, 8 / 15, 0, 5 / 15]),
        (1.0, PROBS),
    ],
)
def test_top_p_by_hand(share, by_hand):
    np.testing.assert_allclose(top_p(PROBS, share), by_hand)


def test_of_equal_tokens_the_earlier_stays():
    np.testing.assert_allclose(top_p(np.full(4, 0.25), 0.4), [0.5, 0.5, 0, 0])


def test_surprisal_by_hand():
    logits = np.log([[0.5, 0.25, 0.25], [0.125, 0.75, 0.125]])
    by_hand = np.log([4, 8])
    np.testing.assert_allclose(surprisal(logits, [1, 2]), by_hand)


def test_perplexity_by_hand():
    # One coin and one die of eight: as unsure as a fair choice among four.
    np.testing.assert_allclose(perplexity(np.log([2.0, 8.0])), 4)


def test_probability_by_hand():
    counts = count_ngrams(TEXT, 2)
    cat = (2 + 1 / 6) / (12 + 1)
    ran = (1 + 1 / 6) / (12 + 1)
    ours = [
        probability(counts, before, word, k=1)
        for before, word in (([], "cat"), (["the"], "cat"), (["the"], "ran"))
    ]
    np.testing.assert_allclose(ours, [cat, (2 + cat) / 4, (0 + ran) / 4])


def test_an_unseen_context_says_what_the_shorter_one_says():
    counts = count_ngrams(TEXT, 3)
    for unseen in (["dog", "the"], ["no", "the"]):
        ours = probability(counts, unseen, "cat", k=1)
        theirs = probability(counts, ["the"], "cat", k=1)
        np.testing.assert_allclose(ours, theirs)


def test_generate_stops_at_the_end_or_at_the_limit():
    def count_up(ids):
        p = np.full(9, 0.05)
        p[ids[-1] + 1] = 0.6
        return p

    prompt = [7, 2]
    assert generate(count_up, prompt, 5, 99) == ([3, 4, 5], [0.6] * 3)
    assert generate(count_up, prompt, 5, 2) == ([3, 4], [0.6] * 2)
    assert prompt == [7, 2]


def test_generate_chooses_as_it_is_told():
    next_p = {1: [0.3, 0.7], 2: [0.6, 0.4]}
    ids, chances = generate(
        lambda ids: np.array(next_p[len(ids)]), [0], 9, 2, np.argmin
    )
    assert (ids, chances) == ([0, 1], [0.3, 0.4])


# --- parity -----------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_parity_of_softmax(parity, dtype):
    import torch
    from scipy.special import softmax as scipy_softmax

    x = np.random.default_rng(0).normal(0, 5, (4, 49_152)).astype(dtype)
    atol = 5e-6 if dtype == np.float32 else 1e-13
    for t in (1.0, 0.5):
        ours, peer = softmax(x, t), f"temperature {t}"
        theirs = scipy_softmax(x / t, axis=1)
        parity(
            "prediction.softmax", "scipy", ours, theirs, atol=atol, on=peer
        )
        theirs = torch.softmax(torch.tensor(x) / t, dim=1)
        parity(
            "prediction.softmax", "torch", ours, theirs, atol=atol, on=peer
        )


def test_parity_of_temperature(parity):
    import torch
    from transformers import TemperatureLogitsWarper

    x = np.random.default_rng(1).normal(0, 5, (3, 1000))
    warped = TemperatureLogitsWarper(1.5)(None, torch.tensor(x))
    name = "transformers TemperatureLogitsWarper"
    parity("prediction.softmax", name, softmax(x, 1.5), warped.softmax(1))


def test_parity_of_top_p(parity):
    import torch
    from transformers import TopPLogitsWarper

    x = np.random.default_rng(2).normal(0, 3, (5, 2000))
    for share in (0.1, 0.5, 0.9, 0.99):
        warped = TopPLogitsWarper(share)(None, torch.tensor(x))
        parity(
            "prediction.top_p",
            "transformers TopPLogitsWarper",
            [top_p(p, share) for p in softmax(x)],
            warped.softmax(1),
            on=f"share {share}",
        )


def test_parity_of_sample(parity):
    p = softmax(np.random.default_rng(3).normal(0, 3, 500))
    one, other = np.random.default_rng(4), np.random.default_rng(4)
    ours = [sample(p, one) for _ in range(2000)]
    theirs = [other.choice(500, p=p) for _ in range(2000)]
    name = "numpy Generator.choice"
    parity("prediction.sample", name, ours, theirs, atol=0)


def test_parity_of_surprisal_and_perplexity(parity):
    import torch
    from scipy.special import logsumexp

    rng = np.random.default_rng(5)
    x, ids = rng.normal(0, 1, (50, 3000)), rng.integers(0, 3000, 50)
    loss = torch.nn.functional.cross_entropy
    ours = surprisal(x, ids)
    theirs = loss(torch.tensor(x), torch.tensor(ids), reduction="none")
    parity("prediction.surprisal", "torch cross_entropy", ours, theirs)
    theirs = logsumexp(x, axis=1) - x[np.arange(50), ids]
    parity("prediction.surprisal", "scipy logsumexp", ours, theirs)
    theirs = loss(torch.tensor(x), torch.tensor(ids)).exp()
    name = "torch cross_entropy, exp"
    parity("prediction.perplexity", name, perplexity(ours), theirs, atol=1e-8)


def test_parity_of_generate(parity):
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    size = {"hidden_size": 16, "intermediate_size": 16, "vocab_size": 40}
    config = LlamaConfig(
        **size,
        num_hidden_layers=1,
        num_attention_heads=2,
        eos_token_id=None,
        initializer_range=0.5,
    )
    network = LlamaForCausalLM(config).eval()

    def next_p(ids):
        with torch.inference_mode():
            return softmax(network(torch.tensor([ids])).logits[0, -1].numpy())

    ours, theirs = [], []
    for start in range(8):
        prompt = [start, 9]
        end = generate(next_p, prompt, -1, 30)[0][4 * start]
        ours += generate(next_p, prompt, end, 30)[0]
        theirs += network.generate(
            torch.tensor([prompt]),
            attention_mask=torch.ones(1, 2, dtype=torch.long),
            do_sample=False,
            max_new_tokens=30,
            eos_token_id=end,
            pad_token_id=39,
        )[0, 2:].tolist()
    assert len(ours) < 8 * 30, "no text came to its end"
    name = "transformers generate, greedy"
    parity("prediction.generate", name, ours, theirs, atol=0)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_parity_of_counts(parity, n):
    from sklearn.feature_extraction.text import CountVectorizer

    words = speech()
    vectorizer = CountVectorizer(
        ngram_range=(n, n), lowercase=False, token_pattern=r"\S+"
    )
    theirs = vectorizer.fit_transform([" ".join(words)]).toarray()[0]
    names = vectorizer.get_feature_names_out()
    runs = count_ngrams(words, 3).runs
    ours = [runs[tuple(name.split(" "))] for name in names]
    peer = "scikit-learn CountVectorizer"
    parity("prediction.count_ngrams", peer, ours, theirs, atol=0)
    assert len(names) == sum(len(run) == n for run in runs)


@pytest.mark.parametrize("k", [0.5, 100])
def test_parity_of_probability(parity, k):
    """A step of ours is a naive Bayes whose α follows the shorter context."""
    from sklearn.naive_bayes import MultinomialNB

    words = speech(3000)
    counts = count_ngrams(words, 3)
    vocabulary = sorted(set(words))
    contexts = [["the"], ["of", "the"], ["in", "the"], ["the", "united"]]
    for context in contexts:
        followers = np.array(
            [[counts.runs[(*context, word)] for word in vocabulary]]
        )
        assert followers.sum(), f"nothing follows {context}"
        shorter = [probability(counts, context[1:], w, k) for w in vocabulary]
        bayes = MultinomialNB(alpha=k * np.array(shorter))
        bayes.fit(followers, ["context"])
        parity(
            "prediction.probability",
            "scikit-learn MultinomialNB, α = k p",
            [probability(counts, context, w, k) for w in vocabulary],
            np.exp(bayes.feature_log_prob_[0]),
            on=" ".join(context),
        )


# --- laws -------------------------------------------------------------------


@given(scores, st.floats(0.05, 20))
def test_softmax_adds_up_to_one_in_every_row(x, temperature):
    p = softmax(x, temperature)
    np.testing.assert_allclose(p.sum(axis=1), 1)
    assert (p >= 0).all()


@given(scores, st.floats(-1000, 1000))
def test_softmax_ignores_a_shift_of_all_scores(x, shift):
    np.testing.assert_allclose(softmax(x + shift), softmax(x), atol=1e-9)


@given(scores)
def test_one_point_more_is_e_times_the_share(x):
    p, q = softmax(x), softmax(x + np.eye(5)[0])
    ratio = (q[:, 0] * p[:, 1]) / (p[:, 0] * q[:, 1])
    np.testing.assert_allclose(ratio, np.e, rtol=1e-9)


@given(scores, st.floats(0.1, 1), st.floats(1.1, 3))
def test_colder_is_surer(x, temperature, factor):
    cold = softmax(x, temperature).max(axis=1)
    warm = softmax(x, temperature * factor).max(axis=1)
    assert (cold >= warm - 1e-12).all()


@given(scores, shares)
def test_top_p_keeps_the_fewest_that_hold_the_share(x, share):
    p = softmax(x)[0]
    cut = top_p(p, share)
    np.testing.assert_allclose(cut.sum(), 1)
    kept = p[cut > 0]
    assert kept.sum() >= share - 1e-9
    assert kept.sum() - kept.min() < share + 1e-9
    assert kept.min() >= p[cut == 0].max(initial=0)
    np.testing.assert_allclose(cut[cut > 0], kept / kept.sum())


@given(st.integers(0, 2**32))
def test_sample_never_draws_what_cannot_be(seed):
    rng = np.random.default_rng(seed)
    assert sample(np.array([0, 0.5, 0, 0.5, 0]), rng) in (1, 3)


def test_sample_at_the_edge_of_a_sector():
    class Edge:
        def random(self):
            return 0.0

    assert sample(np.array([0.0, 1.0]), Edge()) == 1


def test_sample_draws_as_often_as_p_says():
    rng = np.random.default_rng(0)
    drawn = Counter(sample(PROBS, rng) for _ in range(20_000))
    often = [drawn[i] / 20_000 for i in range(4)]
    np.testing.assert_allclose(often, PROBS, atol=0.015)


@given(scores)
def test_surprisal_is_minus_ln_softmax(x):
    ids = np.array([0, 3, 4])
    by_softmax = -np.log(softmax(x)[np.arange(3), ids])
    np.testing.assert_allclose(surprisal(x, ids), by_softmax, atol=1e-9)
    assert (surprisal(x, ids) >= 0).all()


@given(st.integers(1, 1000), st.integers(1, 9))
def test_a_fair_choice_of_n_has_perplexity_n(n, length):
    nats = surprisal(np.zeros((length, n)), np.zeros(length, int))
    np.testing.assert_allclose(perplexity(nats), n, rtol=1e-12)


@given(passages, st.floats(0.01, 1000), st.data())
def test_probabilities_of_all_words_add_up_to_one(words, k, drawn):
    counts = count_ngrams(words, 3)
    context = drawn.draw(st.lists(st.sampled_from("abcde"), max_size=4))
    all_p = [probability(counts, context, w, k) for w in sorted(set(words))]
    np.testing.assert_allclose(sum(all_p), 1)
    assert min(all_p) > 0


@given(passages)
def test_every_start_has_as_many_followers_as_times_it_came(words):
    counts = count_ngrams(words, 3)
    for start, times in counts.starts.items():
        n = len(start)
        assert times == sum(
            tuple(words[i : i + n]) == start for i in range(len(words) - n)
        )


# --- refusals ---------------------------------------------------------------

REFUSED = {
    "NaN": (softmax, [[0, np.nan]], r"logits holds NaN .* \(1,\)"),
    "no scores": (softmax, [[]], "logits is empty"),
    "words": (softmax, [["a"]], "logits has dtype <U1"),
    "cold": (softmax, [[0, 1], 0], "temperature is 0: .* above 0"),
    "below zero": (softmax, [[0, 1], -1.0], "temperature is -1.0"),
    "hot": (softmax, [[0, 1], np.inf], "temperature is inf"),
    "NaN heat": (softmax, [[0, 1], np.nan], "temperature is nan"),
    "text": (softmax, [[0, 1], "1"], "temperature is 1: a finite number"),
    "yes": (softmax, [[0, 1], True], "temperature is True"),
    "no sum": (top_p, [[0.5, 0.4], 0.9], "p adds up to 0.9"),
    "negative": (top_p, [[1.5, -0.5], 0.9], "p holds -0.5: at least 0"),
    "table": (top_p, [[[1.0]], 0.9], "p has rank 2"),
    "no share": (top_p, [[1.0], 0], "share is 0"),
    "all and more": (top_p, [[1.0], 1.1], "share is 1.1: at most 1"),
    "no p": (sample, [[0.2, 0.2], None], "p adds up to 0.4"),
    "NaN p": (sample, [[np.nan, 1], None], "p holds NaN"),
    "one row": (surprisal, [np.zeros(3), [0]], "logits has rank 1"),
    "few ids": (
        surprisal,
        [np.zeros((2, 3)), [0]],
        "ids has 1 entries for 2 rows",
    ),
    "big id": (
        surprisal,
        [np.zeros((1, 3)), [3]],
        "ids holds 3 at place 0: ids from 0 to 2",
    ),
    "half id": (surprisal, [np.zeros((1, 3)), [0.5]], "ids has dtype"),
    "no nats": (perplexity, [[]], "nats is empty"),
    "sign": (perplexity, [[-0.7]], "nats holds -0.7: at least 0"),
    "infinite": (perplexity, [[np.inf]], "nats holds NaN or infinity"),
    "a str": (count_ngrams, ["to be", 2], "words is the str 'to be'"),
    "no words": (count_ngrams, [[], 1], "words has 0 entries: 1 are needed"),
    "order": (count_ngrams, [["a", "b"], 3], "order is 3: .* from 1 to 2"),
    "order 0": (count_ngrams, [["a", "b"], 0], "order is 0"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_is_refused_by_name(case):
    f, arguments, message = REFUSED[case]
    with pytest.raises(ValueError, match=message):
        f(*arguments)


@pytest.mark.parametrize("limit", [0, -1, 2.5, True, "3"])
def test_generate_refuses_a_bad_limit(limit):
    with pytest.raises(ValueError, match=f"limit is {limit}: .* from 1 on"):
        generate(lambda ids: np.ones(1), [0], 0, limit)


def test_probability_refuses():
    counts = count_ngrams(TEXT, 2)
    with pytest.raises(ValueError, match="word is 'bird': it was never"):
        probability(counts, ["the"], "bird", 1)
    with pytest.raises(ValueError, match="k is 0: a finite number above 0"):
        probability(counts, ["the"], "cat", 0)
    with pytest.raises(ValueError, match="context is the str 'the'"):
        probability(counts, "the", "cat", 1)
