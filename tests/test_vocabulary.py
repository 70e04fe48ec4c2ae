"""Vocabulary: pieces cut where tiktoken and Hugging Face cut them."""

import unicodedata

import pytest
from fuzz import strings
from hypothesis import given
from hypothesis import strategies as st

from embook import data
from embook.tokenization import encode
from embook.vocabulary import PATTERNS, Bpe, cut, published, utf8

KEEPING = [name for name in PATTERNS if name != "bert"]
# The bytes, and an a joined to any byte: such a token shows an uncut pair.
BYTES = [bytes([i]) for i in range(256)]
SEEN = [*BYTES, *(b"a" + byte for byte in BYTES)]
SEEN = {token: i for i, token in enumerate(SEEN)}


def test_cuts_by_hand():
    text = "I'LL  pay\n\n127.50"
    assert cut(text, "gpt2") == [
        *("I", "'", "LL", " ", " pay", "\n", "\n", "127", ".", "50")
    ]
    assert cut(text, "smollm") == [
        *("I", "'", "LL", " ", " pay", "\n\n", "1", "2", "7", ".", "5", "0")
    ]
    assert cut(text, "cl100k") == [
        *("I", "'LL", " ", " pay", "\n\n", "127", ".", "50")
    ]
    assert cut(text, "o200k") == [
        *("I'LL", " ", " pay", "\n\n", "127", ".", "50")
    ]
    assert cut("a!\n/b", "o200k") == ["a", "!\n/", "b"]
    assert cut("a!\n/b", "cl100k") == ["a", "!\n", "/b"]
    assert cut("Ça va?\t漢字", "bert") == ["ca", "va", "?", "漢", "字"]


@pytest.mark.parametrize("pattern", KEEPING)
@given(st.text())
def test_the_pieces_are_the_text(pattern, text):
    assert "".join(cut(text, pattern)) == text


@pytest.fixture(scope="module")
def theirs():
    """Return tiktoken's own patterns; its files are not read."""
    from tiktoken_ext import openai_public as of

    with pytest.MonkeyPatch.context() as patch:
        for reader in (
            "load_tiktoken_bpe",
            "data_gym_to_mergeable_bpe_ranks",
        ):
            patch.setattr(of, reader, lambda *_, **__: {})
        made = of.gpt2(), of.cl100k_base(), of.o200k_base()
        names = ("gpt2", "cl100k", "o200k")
        pairs = zip(names, made, strict=True)
        return {name: facts["pat_str"] for name, facts in pairs}


def engine(pattern: str, ranks: dict[bytes, int]):
    """Return tiktoken's engine with a pattern and ranks."""
    import tiktoken

    return tiktoken.Encoding(
        "test", pat_str=pattern, mergeable_ranks=ranks, special_tokens={}
    )


@pytest.mark.parametrize("name", ["gpt2", "cl100k", "o200k"])
def test_pieces_are_tiktoken_s(name, theirs):
    import regex

    pattern = regex.compile(theirs[name])
    for text in strings(1000):
        assert cut(text, name) == pattern.findall(text)


@pytest.mark.deep
@pytest.mark.parametrize("name", ["gpt2", "cl100k", "o200k"])
def test_the_engines_differ_on_new_characters_alone(name, theirs):
    """regex knows Unicode 18, tiktoken's engine an older one."""
    ours, them = Bpe([*SEEN], name), engine(theirs[name], SEEN)
    real, peer = published(name), engine(theirs[name], data.bpe_ranks(name))
    differ = []
    # Between these planes Unicode has assigned nothing yet.
    for i in [
        *range(0xD800),
        *range(0xE000, 0x40000),
        *range(0xE0000, 0xE0200),
    ]:
        text = f"a{chr(i)}{chr(i)}b 1{chr(i)}\n"
        if encode(text, ours) != them.encode_ordinary(text):
            differ.append(chr(i))
            # No published token joins such a character to another one.
            assert encode(text, real) == peer.encode_ordinary(text)
    assert 10_000 < len(differ) < 20_000
    assert {unicodedata.category(c) for c in differ} == {"Cn"}


def test_smollm_s_pattern_is_hugging_face_s_two_steps():
    import tokenizers

    split = tokenizers.pre_tokenizers
    two = split.Sequence(
        [split.Digits(True), split.ByteLevel(add_prefix_space=False)]
    )
    letter = {byte: shown for shown, byte in data.BYTE_OF.items()}
    for text in strings(1000):
        spelt = [
            "".join(map(letter.get, p.encode())) for p in cut(text, "smollm")
        ]
        assert spelt == [piece for piece, _ in two.pre_tokenize_str(text)]


def test_published_tokenizers_are_whole():
    sizes = {"gpt2": 50_256, "cl100k": 100_256, "o200k": 199_998}
    for name, size in sizes.items():
        bpe = published(name)
        assert len(bpe.ids) == len(bpe.tokens) == size
        assert set(BYTES) <= bpe.ids.keys()
        assert bpe.ids == data.bpe_ranks(name)


def test_smollm_lacks_21_bytes():
    bpe = published("smollm")
    assert len(bpe.ids) == len(bpe.tokens) == 49_152
    assert len(bpe.merges) == 48_900
    lost = [byte[0] for byte in BYTES if byte not in bpe.ids]
    control = [0x04, 0x06, 0x13, 0x14, 0x16, 0x1D]
    never = [0xC0, 0xC1, *range(0xF5, 0x100)]  # UTF-8 has no use for these
    assert sorted(lost) == sorted([*control, *never, 0xF1, 0xF2])


SURROGATES = {
    "\ud800": "text holds U\\+D800 at place 0: half of a surrogate pair",
    "ab\udfff": "text holds U\\+DFFF at place 2: half of a surrogate pair",
    "\ude09\ud83d": "text holds U\\+DE09 at place 0",
}


@pytest.mark.parametrize("text", SURROGATES)
def test_lone_surrogates_are_refused(text):
    for verb in (utf8, cut):
        with pytest.raises(ValueError, match=SURROGATES[text]):
            verb(text)


@pytest.mark.parametrize("text", [b"bytes", 127, None, ["a"]])
def test_what_is_no_text_is_refused(text):
    kind = type(text).__name__
    with pytest.raises(ValueError, match=f"text is {kind}: str is needed"):
        cut(text)


@pytest.mark.parametrize("pattern", ["gpt3", "", None, r"\w+", ["gpt2"]])
def test_an_unknown_pattern_is_refused(pattern):
    for make in (lambda: cut("a", pattern), lambda: Bpe((b"a",), pattern)):
        with pytest.raises(ValueError, match="gpt2, smollm, cl100k, o200k"):
            make()


def test_a_merge_of_what_is_no_token_is_refused():
    a, b, ab = b"a", b"b", b"ab"
    assert Bpe((a, b, ab), "gpt2", [(a, b)]).rank(a, b) == 0
    for tokens in ((a, ab), (b, ab), (a, b)):
        with pytest.raises(ValueError, match="merge 1 is of b'a' and b'b'"):
            Bpe((b"c", b"cc", *tokens), "gpt2", [(b"c", b"c"), (a, b)])


def test_an_unknown_tokenizer_is_refused():
    with pytest.raises(ValueError, match="name is 'gpt5'"):
        published("gpt5")
