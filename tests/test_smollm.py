"""SmolLM2: the same tokens and scores as transformers' own reading of it."""

import numpy as np
import pytest

from embook import data, smollm, texts


@pytest.fixture(scope="module")
def model():
    return smollm.load()


@pytest.fixture(scope="module")
def peer():
    """Return transformers' tokenizer and network, from the same file."""
    import transformers

    transformers.utils.logging.disable_progress_bar()
    file = data.smollm_file()
    of = {
        "pretrained_model_name_or_path": file.parent,
        "gguf_file": file.name,
    }
    network = transformers.AutoModelForCausalLM.from_pretrained(**of)
    return transformers.AutoTokenizer.from_pretrained(**of), network.eval()


SENTENCE = "The capital of India is"
TEXTS = (
    SENTENCE,
    "Kolkata, 1947: 15 August!",
    "naïve 漢字 😉\n\n\ttab  two spaces",
    "<|im_start|>user\nI'll say it's 3.14<|im_end|>\n",
)


def test_it_says_mumbai(model):
    scores = model.next(model.encode(SENTENCE))
    assert model.decode([int(scores.argmax())]) == " Mumbai"


def test_ids_by_hand(model):
    assert model.encode("I love AI") == [57, 2606, 5646]
    assert model.decode([57, 2606, 5646]) == "I love AI"
    assert model.decode([model.end]) == "<|im_end|>"


def test_it_agrees_with_transformers(model, peer, parity):
    import torch

    tokenizer, network = peer
    ours = [i for text in TEXTS for i in model.encode(text)]
    theirs = [i for text in TEXTS for i in tokenizer(text).input_ids]
    parity("smollm.load", "transformers, ids", ours, theirs, atol=0)
    ids = model.encode(texts.introductions()[0].text)[:64]
    with torch.inference_mode():
        theirs = network(torch.tensor([ids])).logits[0]
    ours = model.logits(ids)
    parity("smollm.load", "transformers, logits", ours, theirs, atol=1e-4)


def test_the_chat_is_transformers_chat(model, peer):
    turns = [{"role": "user", "content": "Who are you?"}]
    theirs = peer[0].apply_chat_template(
        turns, add_generation_prompt=True, tokenize=False
    )
    assert model.decode(model.chat("Who are you?")) == theirs


def test_next_is_the_last_row_of_logits_whatever_came_before(model):
    one = model.encode("The capital of India is")
    two = model.encode("The capital of France")
    for ids in (one, two, one[:2], one, one, [*two, 7], one):
        np.testing.assert_allclose(
            model.next(ids), model.logits(ids)[-1], atol=1e-3
        )


def test_every_text_comes_back(model):
    for text in TEXTS:
        assert model.decode(model.encode(text)) == text


REFUSED = {
    "empty": ([], "ids is empty"),
    "unknown": ([504, 49_152], "ids holds 49152 at place 1"),
    "negative": ([-1], "ids holds -1 at place 0"),
    "fractions": ([0.5], "ids has dtype float64"),
    "text": (["The"], "ids has dtype <U3"),
    "rank": ([[504]], "ids has rank 2"),
}


@pytest.mark.parametrize("verb", ["logits", "next", "decode"])
@pytest.mark.parametrize("case", REFUSED)
def test_bad_ids_are_refused_by_name(model, verb, case):
    ids, message = REFUSED[case]
    with pytest.raises(ValueError, match=message):
        getattr(model, verb)(ids)


@pytest.mark.parametrize("verb", ["logits", "next"])
def test_a_text_longer_than_the_context_is_refused(model, verb):
    with pytest.raises(ValueError, match=r"ids has 8193 entries: .* 8192"):
        getattr(model, verb)([504] * 8193)


def test_an_empty_text_has_no_next_token(model):
    with pytest.raises(ValueError, match="ids is empty"):
        model.next(model.encode(""))


def test_a_refusal_leaves_the_memory_whole(model):
    before = model.next(model.encode(SENTENCE))
    with pytest.raises(ValueError, match="empty"):
        model.next([])
    np.testing.assert_allclose(
        model.next(model.encode(SENTENCE)), before, atol=1e-3
    )
