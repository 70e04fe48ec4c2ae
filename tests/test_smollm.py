"""SmolLM2: the same ids, scores and text as Hugging Face's libraries."""

import subprocess
import sys

import numpy as np
import peers
import pytest

from embook import data, smollm, sources, texts
from embook.sources import BrokenData


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
PROMPTS = (
    SENTENCE,
    "Once upon a time",
    "def fibonacci(n):\n    ",
    "Question: What is the capital of India?\nAnswer:",
    "La capitale de la France est",
    "Mumbai",
    "1, 2, 3, 5, 8, 13,",
    "Water boils at 100 degrees",
    "The cat sat on the mat. The cat",
    "# A recipe for bread\n\n1.",
    "Dear Sir or Madam,\n\n",
    "E = mc",
    "In 1947, India",
    "She put her money in the bank. He sat on the bank of the",
    "naïve 漢字 😉",
    "import numpy as np\n\nx = np.",
    "To be, or not to be",
    "<html>\n<body>\n",
    "An embedding is",
    "   ",
    "THE END",
    "<|im_start|>user\nWho are you?<|im_end|>\n<|im_start|>assistant\n",
    "Ein Wort, ein Bild:",
    "?",
)
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


def test_ids_are_the_tokenizers_ids(model, parity):
    some, peer = (*TEXTS, *PROMPTS), peers.smollm()
    ours = [i for text in some for i in model.encode(text)]
    theirs = [i for text in some for i in peer.encode(text).ids]
    parity("smollm.load", "tokenizers, ids", ours, theirs, atol=0)


def test_the_table_is_transformers_own(peer, parity):
    import torch

    table, name = data.smollm_tokens().vectors, "transformers, embedding"
    layer = peer[1].get_input_embeddings()
    theirs = layer.weight.detach()
    parity("data.smollm_tokens", name, table, theirs, atol=0)
    ids = smollm.load().encode("Delhi is not Mumbai, transistorsum!")
    with torch.inference_mode():
        found = layer(torch.tensor(ids))
    parity("data.smollm_tokens", name, table[ids], found, atol=0)
    assert peer[1].get_output_embeddings().weight is layer.weight  # tied


def assert_same_scores(parity, model, peer, prompt):
    import torch

    ids = model.encode(prompt)
    with torch.inference_mode():
        theirs = peer[1](torch.tensor([ids])).logits[0]
    name, on = "transformers, logits", repr(prompt[:16])
    parity("smollm.load", name, model.logits(ids), theirs, atol=1e-3, on=on)


def assert_same_text(parity, model, peer, prompt, length=64):
    import torch

    ids = model.encode(prompt)
    ours = [*ids]
    for _ in range(length):
        ours.append(int(model.next(ours).argmax()))
    theirs = peer[1].generate(
        torch.tensor([ids]),
        attention_mask=torch.ones(1, len(ids), dtype=torch.long),
        do_sample=False,
        max_new_tokens=length,
        eos_token_id=None,
        pad_token_id=0,
    )[0]
    name, on = "transformers, greedy", repr(prompt[:16])
    parity("smollm.load", name, ours, theirs, atol=0, on=on)
    assert len(ours) == len(ids) + length


def test_logits_are_transformers_logits(model, peer, parity):
    for prompt in (*PROMPTS[:2], texts.introductions()[0].text[:300]):
        assert_same_scores(parity, model, peer, prompt)


def test_greedy_text_is_transformers_text(model, peer, parity):
    assert_same_text(parity, model, peer, SENTENCE, 16)


@pytest.mark.deep
def test_logits_on_all_prompts(model, peer, parity):
    for prompt in PROMPTS:
        assert_same_scores(parity, model, peer, prompt)
    for introduction in texts.introductions()[:4]:
        assert_same_scores(parity, model, peer, introduction.text)


@pytest.mark.deep
@pytest.mark.parametrize("prompt", PROMPTS)
def test_greedy_text_on_all_prompts(model, peer, parity, prompt):
    assert_same_text(parity, model, peer, prompt)


def test_states_are_transformers_states(model, peer, parity):
    import torch

    ids = model.encode(SENTENCE)
    with torch.inference_mode():
        theirs = peer[1](torch.tensor([ids]), output_hidden_states=True)
    states, theirs = model.states(ids), theirs.hidden_states
    assert len(states) == len(theirs) == 31
    # The rows' numbers grow to thousands, so each state by its largest.
    ours = [x / np.abs(x).max() for x in states[:-1]]
    them = [x[0] / x.abs().max() for x in theirs[:-1]]
    name = "transformers, states"
    parity("smollm.load", name, ours, np.array(them), atol=1e-5)


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


def test_the_states_lead_to_the_logits(model):
    ids = model.encode(SENTENCE)
    first, *_, last = model.states(ids)
    np.testing.assert_array_equal(first, model.net.table[ids])
    np.testing.assert_allclose(model.scores(last), model.logits(ids))
    maps = model.maps(ids)
    assert [x.shape for x in maps] == [(9, 5, 5)] * 30


def test_texts_side_by_side_have_the_states_that_each_has_alone(model):
    rows = [model.encode(text) for text in (SENTENCE, "Mumbai", "THE END")]
    for ids, states in zip(rows, model.together(rows), strict=True):
        for ours, alone in zip(states, model.states(ids), strict=True):
            most = np.abs(alone).max()  # grows to thousands
            np.testing.assert_allclose(ours / most, alone / most, atol=1e-5)
    with pytest.raises(ValueError, match="number of rows"):
        model.together([])
    with pytest.raises(ValueError, match="49152"):
        model.together([[0], [49152]])


def test_a_stream_is_greedy_or_draws_and_ends(model):
    ids = model.chat("Question: What is the capital of India?\nAnswer:")
    reply = "The capital of India is Mumbai.<|im_end|>"
    assert model.decode([*model.stream(ids)]) == reply
    assert model.decode([*model.stream(ids, limit=3)]) == "The capital of"

    def third(scores):
        return np.argsort(-scores)[2]

    drawn = [*model.stream(ids, limit=2, choose=third)]
    scores = [model.next(ids), model.next([*ids, drawn[0]])]
    assert drawn == [third(row) for row in scores]


def test_a_stream_comes_token_by_token(model):
    stream = model.stream(model.encode(SENTENCE))
    assert model.decode([next(stream)]) == " Mumbai"
    assert model.decode([next(stream)]) == "."


def test_it_imports_no_transformers():
    program = (
        "import sys\nfrom embook import smollm\n"
        "model = smollm.load()\nmodel.next(model.chat('Hello'))\n"
        "print({'transformers', 'tokenizers'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("set()\n", "")


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


def test_a_limit_below_1_is_refused(model):
    with pytest.raises(ValueError, match="limit is 0"):
        next(model.stream([504], limit=0))


def test_a_byte_without_a_token_is_refused(model):
    with pytest.raises(ValueError, match=r"no token for b'\\x04'"):
        model.encode("end\x04")


def test_a_changed_byte_is_refused(tmp_path, monkeypatch):
    content = bytearray(data.smollm_file().read_bytes())
    content[-9] ^= 1
    (tmp_path / data.SMOLLM).write_bytes(content)
    monkeypatch.setattr(sources.Source, "folder", lambda self: tmp_path)
    smollm.load.cache_clear()
    with pytest.raises(BrokenData, match="has not the published sha256"):
        smollm.load()
