"""Training: worked by hand, parity, laws, refusals."""

import numpy as np
import pytest

from embook import data
from embook.lookup import slopes
from embook.similarity import cosine
from embook.training import (
    add,
    gradients,
    loss,
    sgns,
    sigmoid,
    skipgram,
    start,
    train,
)
from embook.windows import blocks, questions


@pytest.fixture
def some():
    """Return blocks of random words, and two tables in float64."""
    rng = np.random.default_rng(0)
    ids, owner = rng.integers(30, size=700), np.repeat(np.arange(7), 100)
    counts = np.bincount(ids, minlength=30)
    read = list(blocks(ids, owner, counts, epochs=2, sample=1))
    v, _ = start(30, 6)
    return read, 10 * v, rng.normal(size=(30, 6))


def torch_loss(v, u, block):
    import torch

    others, wanted, weight = map(torch.tensor, questions(block))
    scores = v[torch.tensor(block.centre)] @ u[others].T
    return torch.nn.functional.binary_cross_entropy_with_logits(
        scores,
        wanted.to(scores).expand(scores.shape),
        weight.to(scores),
        reduction="sum",
    )


def test_one_pair_by_hand():
    v, u = np.array([[1.0, 0.0]]), np.array([[2.0, 1.0], [0.0, 3.0]])
    # scores 2 and 0: yes with .8808 and .5
    np.testing.assert_allclose(
        loss(v, u, [1, 0], 1), np.log(1 + np.exp(-2)) + np.log(2)
    )
    p = 1 / (1 + np.exp(-2))
    dv, du = gradients(v, u, [1, 0], 1)
    np.testing.assert_allclose(dv, [(p - 1) * u[0] + 0.5 * u[1]])
    np.testing.assert_allclose(du, [(p - 1) * v[0], 0.5 * v[0]])


def test_add_is_np_add_at():
    rng = np.random.default_rng(1)
    for n in (1, 2, 50):
        ids, x = rng.integers(7, size=n), rng.integers(9, size=(n, 3))
        table, sums = np.ones((7, 3)), np.ones((7, 3))
        add(table, ids, x)
        np.add.at(sums, ids, x)
        np.testing.assert_array_equal(table, sums)


def test_no_row_moves_farther_than_most():
    table = np.zeros((3, 2))
    x = np.array([[3.0, 4.0], [0.3, 0.4], [3.0, 4.0]])
    add(table, np.array([2, 0, 2]), x, most=5.0)
    np.testing.assert_allclose(table, [[0.3, 0.4], [0, 0], [3, 4]])


def test_a_text_of_one_word_does_not_blow_up():
    _, v, u = sgns([["blue"] * 2000, ["red", "green"] * 200], epochs=5)
    assert np.linalg.norm([v, u], axis=-1).max() < 10


def test_the_gradients_are_the_slopes_of_the_loss():
    rng = np.random.default_rng(2)
    v, u = rng.normal(size=(3, 4)), rng.normal(size=(5, 4))
    wanted, weight = rng.integers(2, size=(3, 5)), rng.random((3, 5))
    dv, du = gradients(v, u, wanted, weight)
    by_v = slopes(lambda x: loss(x, u, wanted, weight), v)
    by_u = slopes(lambda x: loss(v, x, wanted, weight), u)
    np.testing.assert_allclose(dv, by_v, atol=1e-8)
    np.testing.assert_allclose(du, by_u, atol=1e-8)


def test_parity_of_one_block(parity, some):
    import torch

    read, v, u = some
    tv, tu = (torch.tensor(x, requires_grad=True) for x in (v, u))
    theirs = torch_loss(tv, tu, read[0])
    theirs.backward()
    others, *answers = questions(read[0])
    ours = loss(v[read[0].centre], u[others], *answers)
    parity("training.loss", "torch BCE with logits", ours, theirs.detach())
    dv, du = gradients(v[read[0].centre], u[others], *answers)
    sums = np.zeros((2, *v.shape))
    add(sums[0], read[0].centre, dv)
    add(sums[1], others, du)
    theirs = np.array([tv.grad, tu.grad])
    parity("training.gradients", "torch autograd", sums, theirs)
    x = np.linspace(-800, 800, 99)
    parity("training.sigmoid", "torch", sigmoid(x), torch.tensor(x).sigmoid())
    parity(
        "training.add",
        "torch index_add",
        sums[1],
        torch.zeros(30, 6)
        .double()
        .index_add(0, torch.tensor(others), torch.tensor(du)),
    )
    before = v.copy(), u.copy()
    skipgram(v, u, read[0], rate=1e-3)
    steps = np.array([before[0] - v, before[1] - u]) / 1e-3
    parity("training.skipgram", "torch autograd", steps, theirs)


def test_parity_of_a_training(parity, some):
    import torch

    read, v, u = some
    tv, tu = (torch.tensor(x, requires_grad=True) for x in (v, u))
    for block in read:
        rule = torch.optim.SGD([tv, tu], lr=1e-3 * (1 - block.done))
        rule.zero_grad()
        torch_loss(tv, tu, block).backward()
        rule.step()
    assert list(train(v, u, read, rate=1e-3)) == read
    theirs = np.array([tv.detach(), tu.detach()])
    ours = np.array([v, u])
    parity("training.train", "torch optim.SGD", ours, theirs, atol=1e-9)


def test_parity_of_the_start_with_gensim(parity):
    from gensim.models import Word2Vec

    model = Word2Vec(vector_size=50, min_count=1, seed=1)
    model.build_vocab([[f"w{i}" for i in range(3000)]])
    # word2vec's own program starts half as far out as gensim does
    ours, theirs = 2 * start(3000, 50)[0], model.wv.vectors
    quantiles = np.linspace(0, 1, 21)
    parity(
        "training.start",
        "gensim Word2Vec",
        np.quantile(ours, quantiles),
        np.quantile(theirs, quantiles),
        atol=2e-4,
        on="twentieths of 150,000 numbers",
    )
    assert not start(3, 2)[1].any()


def test_words_of_one_topic_come_together(parity):
    from gensim.models import Word2Vec

    rng = np.random.default_rng(0)
    topics = [[f"{t}{i}" for i in range(10)] for t in "abc"]
    lists = [list(rng.choice(t, 12)) for t in topics * 200]
    known, v, _ = sgns(lists, epochs=5)
    model = Word2Vec(
        lists, vector_size=100, sg=1, epochs=5, alpha=0.05, workers=1,
        sample=1e-3, seed=1,
    )  # fmt: skip
    theirs = model.wv.vectors[[model.wv.key_to_index[w] for w in known]]
    topic = np.array([word[0] for word in known])
    same = topic[:, None] == topic
    apart = ~np.eye(30, dtype=bool)
    means = [
        [cosine(x, x)[same & apart].mean(), cosine(x, x)[~same].mean()]
        for x in (v, theirs)
    ]
    parity("training.sgns", "gensim Word2Vec", *means, atol=0.2)
    assert means[0][0] > means[0][1] + 0.5


def test_the_same_seed_gives_the_same_vectors_and_another_others():
    lists = [["to", "be", "or", "not", "to", "be"]] * 5
    one, again, other = (sgns(lists, 1, seed)[1] for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, again)
    assert (one != other).any()


def test_watch_sees_the_tables_before_each_step():
    seen = []

    def watch(block, v, u):
        seen.append((block.done, float(np.abs(u).max())))

    sgns([["to", "be"] * 400], epochs=2, watch=watch)
    done, largest = zip(*seen, strict=True)
    assert done[0] == largest[0] == 0
    assert list(done) == sorted(done)
    assert largest[-1] > 0


def test_the_committed_vectors_are_the_corpus_s_words():
    table, runs = data.sgns(), data.sgns_runs()
    assert table.vectors.shape == (21_740, 100)
    assert table.vectors.dtype == np.float32
    assert table.words[:3] == ("the", "of", "and")
    assert runs["context"].shape == runs["again"].shape == (5000, 100)
    assert runs["again_context"].shape == (5000, 100)
    assert runs["steps"].shape == (41, 48, 100)
    last = table.vectors[table.rows(["mother", "revenue"])]
    np.testing.assert_allclose(runs["steps"][-1][[0, -1]], last)
    assert runs["loss"][0] > 4 > 3 > runs["loss"][-1]


def test_the_committed_vectors_agree_with_people():
    from scipy.stats import spearmanr

    from embook import texts

    table = data.sgns()
    known = set(table.words)
    pairs = [(a.lower(), b.lower(), s) for a, b, s in texts.wordsim()]
    pairs = [p for p in pairs if p[0] in known and p[1] in known]
    score = [cosine([table[a]], [table[b]])[0, 0] for a, b, _ in pairs]
    rho = spearmanr(score, [s for *_, s in pairs]).statistic
    assert len(pairs) == 311
    assert rho > 0.58


@pytest.mark.parametrize(
    ("call", "line"),
    [
        (lambda: loss([[1.0]], [[1.0, 2.0]], 1, 1), "widths must agree"),
        (lambda: gradients([[1.0]], [[np.nan]], 1, 1), "u holds NaN"),
        (lambda: start(0, 5), "size is 0"),
        (lambda: start(5, 0.5), "width is 0.5"),
        (lambda: sgns([["once"]]), "words that occur 5 times has 0 entries"),
    ],
)
def test_refusals(call, line):
    with pytest.raises(ValueError, match=line):
        call()
