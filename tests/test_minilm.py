"""MiniLM: the same ids and vectors as sentence-transformers."""

import subprocess
import sys

import numpy as np
import peers
import pytest
from fuzz import strings
from hypothesis import given, settings
from hypothesis import strategies as st

from embook import bert, data, minilm, sources, texts
from embook.minilm import batches, side_by_side
from embook.sources import BrokenData


@pytest.fixture(scope="module")
def model():
    return minilm.load()


@pytest.fixture(scope="module")
def peer():
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(data.minilm_folder()), device="cpu")


SHORT = (
    "Dog bites man.",
    "Man bites dog.",
    "naïve 漢字 😉, twice: [MASK] and [mask]",
    "What is the capital of India?",
    "?",
)


def introductions(count: int) -> list[str]:
    return [text.text for text in texts.introductions()[:count]]


# --- by hand ----------------------------------------------------------------


def test_ids_by_hand(model):
    assert model.encode("I love AI") == [101, 1045, 2293, 9932, 102]
    assert model.encode("") == [101, 102]


def test_batches_by_hand():
    # Of 1, 2 and 3 tokens, two fit: 2 x 2 places. Two of 3 would take 6.
    assert [*batches([3, 1, 2], places=4)] == [[1, 2], [0]]
    assert [*batches([9], places=4)] == [[0]]
    assert [*batches([2, 2, 2, 2], places=4)] == [[0, 1], [2, 3]]


def test_without_positions_two_bites_are_one(model):
    one, other = model.vectors(SHORT[:2], positions=False)
    np.testing.assert_allclose(one @ other, 1, rtol=1e-6)
    one, other = model.vectors(SHORT[:2])
    assert one @ other < 0.95


def test_the_mean_of_the_last_state_is_the_vector(model):
    x = model.states(model.encode(SHORT[0]))[-1].mean(axis=0)
    ours = model.vectors(SHORT[:1])[0]
    np.testing.assert_allclose(ours, x / np.linalg.norm(x), atol=1e-6)


# --- parity -----------------------------------------------------------------


def test_parity_of_ids(model, parity):
    some = [*SHORT, "", "[SEP][CLS] [PAD]x", *strings(200, seed=3)]
    peer = peers.bert()
    ours = [i for text in some for i in model.encode(text)]
    them = [i for text in some for i in peer.encode(text).ids]
    parity("minilm.load", "tokenizers, ids", ours, them, atol=0)


def assert_same_vectors(parity, model, peer, some, on):
    ours = model.vectors(some, most=peer.max_seq_length)
    theirs = peer.encode(some, show_progress_bar=False)
    name = "sentence-transformers"
    parity("minilm.load", name, ours, theirs, atol=1e-5, on=on)
    cosines = (ours * theirs).sum(axis=1)
    name = "sentence-transformers, cosines"
    parity("minilm.load", name, cosines, cosines * 0 + 1, atol=1e-5, on=on)


def test_parity_of_vectors(model, peer, parity):
    longest = max(introductions(10_000), key=len)
    some = [*SHORT, longest, *introductions(20)]
    assert_same_vectors(parity, model, peer, some, "some texts")


@pytest.mark.deep
def test_parity_of_2000_vectors(model, peer, parity):
    some = introductions(2000)
    assert_same_vectors(parity, model, peer, some, "introductions")


def test_parity_of_states(model, parity):
    import torch
    from transformers import BertModel

    peer = BertModel.from_pretrained(
        data.minilm_folder(), attn_implementation="eager"
    ).eval()
    rows = [model.encode(text) for text in (*SHORT, *introductions(4))]
    ids, mask = side_by_side(rows)
    with torch.inference_mode():
        theirs = peer(
            torch.tensor(ids),
            attention_mask=torch.tensor(mask, dtype=torch.long),
            output_hidden_states=True,
            output_attentions=True,
        )
    ours = [*bert.states(model.net, ids, mask)]
    name = "transformers BertModel"
    held = mask.reshape(-1)
    for n, state in enumerate(theirs.hidden_states):
        a, b = (x.reshape(-1, 384)[held] for x in (ours[n][0], state.numpy()))
        parity("bert.states", name, a, b, atol=1e-4, on=f"layer {n}")
    for n, shares in enumerate(theirs.attentions):
        a, b = ours[n + 1][1][0], shares[0]
        parity("bert.attention", name, a, b, atol=1e-5, on=f"layer {n + 1}")
    alone = model.states(rows[0])
    maps = model.maps(rows[0])
    size = len(rows[0])
    for n in range(6):
        np.testing.assert_allclose(
            alone[n + 1], ours[n + 1][0][0, :size], atol=1e-4
        )
        np.testing.assert_allclose(
            maps[n], ours[n + 1][1][0, :, :size, :size], atol=1e-5
        )


# --- laws -------------------------------------------------------------------


@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=30), st.integers(1, 60)
)
def test_batches_hold_every_text_once_and_keep_to_their_places(sizes, places):
    found = [*batches(sizes, places)]
    assert sorted(n for batch in found for n in batch) == [*range(len(sizes))]
    for batch in found:
        longest = max(sizes[n] for n in batch)
        assert len(batch) == 1 or len(batch) * longest <= places


@given(st.lists(st.lists(st.integers(1, 9), min_size=1), min_size=1))
def test_rows_come_back_from_side_by_side(rows):
    ids, mask = side_by_side(rows)
    assert [row[m].tolist() for row, m in zip(ids, mask, strict=True)] == rows


@given(st.permutations(SHORT), st.sampled_from([1, 2, 3]))
@settings(deadline=None, max_examples=5)
def test_neither_order_nor_workers_change_a_vector(model, order, workers):
    ours = model.vectors(order, workers=workers)
    before = dict(zip(SHORT, model.vectors(SHORT), strict=True))
    for text, vector in zip(order, ours, strict=True):
        np.testing.assert_allclose(vector, before[text], atol=1e-5)


def test_a_long_text_is_cut_off_where_it_is_told(model):
    word = "a " * 600
    ours = model.vectors([word, "a " * 98], most=100)
    np.testing.assert_allclose(ours[0], ours[1], atol=1e-6)


def test_it_imports_no_framework():
    program = (
        "import sys\nfrom embook import minilm\n"
        "minilm.load().vectors(['Dog bites man'])\n"
        "print({'torch', 'transformers', 'scipy'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("set()\n", "")


# --- refusals ---------------------------------------------------------------

REFUSED = {
    "none": ([[]], "texts has 0 entries: 1 are needed"),
    "one str": (["Dog"], "texts is the str 'Dog': a list"),
    "no word": ([["Dog", " "]], "text 1 has no word: ' '"),
    "no text": ([["Dog", 7]], "text is int: str is needed"),
    "long": ([["a " * 511]], "text 0 has 513 ids: .* at most 512; most=512"),
    "most": ([["Dog"], 2], "most is 2: a whole number from 3 to 512"),
    "more": ([["Dog"], 513], "most is 513: .* to 512"),
    "workers": ([["Dog"], None, True, 0], "workers is 0"),
    "half": ([["\ud800"]], r"text holds U\+D800"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_texts_are_refused_by_name(model, case):
    arguments, message = REFUSED[case]
    with pytest.raises(ValueError, match=message):
        model.vectors(*arguments)


BAD_IDS = {
    "empty": ([], "ids is empty"),
    "unknown": ([101, 30_522], "ids holds 30522 at place 1: .* 30521"),
    "long": ([101] * 513, "ids has 513 entries: MiniLM reads at most 512"),
}


@pytest.mark.parametrize("verb", ["states", "maps"])
@pytest.mark.parametrize("case", BAD_IDS)
def test_bad_ids_are_refused_by_name(model, verb, case):
    ids, message = BAD_IDS[case]
    with pytest.raises(ValueError, match=message):
        getattr(model, verb)(ids)


def test_a_changed_byte_is_refused(tmp_path, monkeypatch):
    folder = data.minilm_folder()
    (tmp_path / "model").mkdir()
    for name in ("vocab.txt", "model.safetensors"):
        content = bytearray((folder / name).read_bytes())
        content[-9] ^= name == "model.safetensors"
        (tmp_path / "model" / name).write_bytes(content)
    monkeypatch.setattr(sources.Source, "folder", lambda self: tmp_path)
    minilm.load.cache_clear()
    with pytest.raises(BrokenData, match="has not the published sha256"):
        minilm.load()
