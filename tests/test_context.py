"""Context: worked by hand, parity, laws, refusals."""

import numpy as np
import pytest
import test_llama
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from embook import smollm
from embook.context import contributions, gap, lens, nearest, onward
from embook.space import rotation

# A tiny network and transformers' network with the same weights.
path, model, peer = test_llama.path, test_llama.model, test_llama.peer
IDS, LAYERS = test_llama.IDS, test_llama.LAYERS
tables = arrays(float, (7, 4), elements=st.integers(-9, 9).map(float)).filter(
    lambda x: x.any(axis=1).all()
)
LABELS = [0, 0, 0, 1, 1, 2, 2]


# --- by hand ----------------------------------------------------------------


def test_gap_by_hand():
    # Cosines: 0.6 inside label 0; 0.8 and 0 across.
    x = np.array([[3.0, 4], [1, 0], [0, 2]])
    np.testing.assert_allclose(gap(x, [0, 0, 1]), 0.6 - (0.8 + 0) / 2)


def test_nearest_by_hand():
    # Rows 0 and 1 have each other; the third's nearest is row 0: right;
    # the last, of its own label, has nobody.
    x = np.array([[1.0, 0], [5, 1], [3, -1], [-1, -1]])
    np.testing.assert_allclose(nearest(x, [0, 0, 0, 9]), 3 / 4)
    np.testing.assert_allclose(nearest(x, [0, 1, 1, 0]), 0)


def test_contributions_by_hand():
    # Unit rows (1, 0), (0.6, 0.8), (0, 1): three pairs.
    x = np.array([[2.0, 0], [3, 4], [0, 5]])
    by_hand = [(0.6 + 0 + 0) / 3, (0 + 0 + 0.8) / 3]
    np.testing.assert_allclose(contributions(x), by_hand)


def test_the_real_model_says_mumbai_only_at_its_end():
    real = smollm.load()
    ids = real.encode("The capital of India is")
    scores, mumbai = lens(real, ids), real.encode(" Mumbai")[0]
    places = (scores > scores[:, [mumbai]]).sum(axis=1)
    assert places[-1] == 0
    assert (places[:-1] > 100).all()


def test_the_country_is_fetched_in_layer_24():
    real = smollm.load()
    texts = ("The capital of India is", "The capital of France is")
    india, france = (real.states(real.encode(text)) for text in texts)

    def said(depth, place):
        x = india[depth].copy()
        x[place] = france[depth][place]
        last = onward(real.net, x, depth)[-1:]
        return real.decode([int(real.scores(last).argmax())])

    assert (said(23, 3), said(24, 3)) == (" Paris", " Mumbai")
    assert (said(23, 4), said(24, 4)) == (" Mumbai", " Paris")


# --- parity -----------------------------------------------------------------


def test_parity_of_cosines(parity):
    from sklearn.metrics.pairwise import cosine_similarity
    from sklearn.model_selection import LeaveOneOut, cross_val_score
    from sklearn.neighbors import KNeighborsClassifier

    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(6), 10)
    x = rng.normal(size=(60, 24)) + rng.normal(size=(6, 24))[labels] / 2
    cosines, pairs = cosine_similarity(x), np.triu_indices(60, 1)
    same = (labels[:, None] == labels)[pairs]
    theirs = cosines[pairs][same].mean() - cosines[pairs][~same].mean()
    name = "scikit-learn cosine_similarity"
    parity("context.gap", name, gap(x, labels), theirs)
    ours, theirs = contributions(x).sum(), cosines[pairs].mean()
    parity("context.contributions", f"{name}, mean", ours, theirs)
    judge = KNeighborsClassifier(1, metric="cosine")
    theirs = cross_val_score(judge, x, labels, cv=LeaveOneOut()).mean()
    name = "scikit-learn KNeighborsClassifier, LeaveOneOut"
    parity("context.nearest", name, nearest(x, labels), theirs)


def test_parity_of_the_lens(parity, model, peer):
    with torch.inference_mode():
        states = peer(torch.tensor([IDS]), output_hidden_states=True)
        # Their last state is normed already.
        *states, last = [x[0, -1] for x in states.hidden_states]
        theirs = [peer.lm_head(peer.model.norm(x)) for x in states]
        theirs = torch.stack([*theirs, peer.lm_head(last)])
    name = "transformers LlamaForCausalLM, norm and lm_head"
    parity("context.lens", name, lens(model, IDS), theirs, atol=1e-4)


@pytest.mark.parametrize("depth", range(LAYERS))
def test_parity_of_going_on(parity, model, peer, depth):
    x = np.random.default_rng(depth).normal(size=(9, 24)).astype(np.float32)

    def swap(layer, given, kept):
        return (torch.tensor(x)[None], *given[1:]), kept

    layer = peer.model.layers[depth]
    hook = layer.register_forward_pre_hook(swap, with_kwargs=True)
    with torch.inference_mode():
        theirs = peer(torch.tensor([[*range(9)]])).logits[0]
    hook.remove()
    ours = model.scores(onward(model.net, x, depth))
    name = "transformers LlamaForCausalLM, hooked"
    parity("context.onward", name, ours, theirs, atol=1e-4, on=str(depth))


# --- laws -------------------------------------------------------------------


@given(tables, st.integers(0, 9))
def test_a_turn_and_a_stretch_change_nothing(x, seed):
    y = x @ rotation(4, seed) * 3
    np.testing.assert_allclose(gap(y, LABELS), gap(x, LABELS), atol=1e-9)
    ours, total = contributions(y).sum(), contributions(x).sum()
    np.testing.assert_allclose(ours, total, atol=1e-9)


@given(tables)
def test_swapping_the_names_of_labels_changes_nothing(x):
    names = np.array(["b", "c", "a"])[LABELS]
    np.testing.assert_allclose(gap(x, names), gap(x, LABELS))
    np.testing.assert_allclose(nearest(x, names), nearest(x, LABELS))
    assert 0 <= nearest(x, LABELS) <= 1


@given(tables)
def test_contributions_are_of_pairs_of_different_rows(x):
    once, twice = contributions(x), contributions(np.repeat(x, 2, axis=0))
    square = (x / np.linalg.norm(x, axis=1)[:, None]) ** 2
    # Of the 91 pairs of 14 rows, 7 are of a row and its copy.
    both = (once * 21 * 4 + square.sum(axis=0)) / 91
    np.testing.assert_allclose(twice, both, atol=1e-12)


@given(st.integers(0, LAYERS), st.integers(1, 20))
def test_who_goes_on_unchanged_arrives_where_the_text_does(
    model, depth, length
):
    states = model.states(IDS[:length])
    ours = onward(model.net, states[depth], depth)
    np.testing.assert_allclose(ours, states[-1], atol=1e-3)


def test_going_on_changes_neither_rows_nor_network(model):
    before = model.logits(IDS)
    x = model.states(IDS)[1]
    kept = x.copy()
    onward(model.net, x, 1)
    np.testing.assert_array_equal(x, kept)
    np.testing.assert_array_equal(model.logits(IDS), before)


# --- refusals ---------------------------------------------------------------


def test_labels_are_refused():
    x = np.eye(3)
    for f in (gap, nearest):
        with pytest.raises(ValueError, match=r"shape \(2,\) for 3 rows"):
            f(x, [0, 1])
        with pytest.raises(ValueError, match="row 1 of x has length 0"):
            f(x * [[1], [0], [1]], [0, 0, 1])
    for labels in ([0, 0, 0], [0, 1, 2]):
        with pytest.raises(ValueError, match="one pair must share a label"):
            gap(x, labels)


def test_a_single_row_is_refused():
    with pytest.raises(ValueError, match="the number of rows is 1"):
        contributions(np.ones((1, 3)))
    with pytest.raises(ValueError, match="the number of rows is 1"):
        nearest(np.ones((1, 3)), [0])


@pytest.mark.parametrize("depth", [-1, LAYERS + 1, 1.5])
def test_a_depth_is_refused(model, depth):
    with pytest.raises(
        ValueError, match=f"depth is {depth}: .* 0 to {LAYERS}"
    ):
        onward(model.net, np.ones((1, 24)), depth)


def test_rows_and_ids_are_refused(model):
    with pytest.raises(ValueError, match="x has rank 1"):
        onward(model.net, np.ones(24), 0)
    with pytest.raises(ValueError, match="x holds NaN"):
        onward(model.net, np.full((1, 24), np.nan), 0)
    with pytest.raises(ValueError, match="ids is empty"):
        lens(model, [])
