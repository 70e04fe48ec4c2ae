"""Tokenization: the same merges and ids as the libraries that models use."""

import itertools
import json
import math
from collections import Counter
from functools import cache
from itertools import pairwise

import numpy as np
import peers
import pytest
from fuzz import strings
from hypothesis import given, settings
from hypothesis import strategies as st

from embook import data, texts
from embook.pairs import joined
from embook.tokenization import (
    BYTES,
    decode,
    encode,
    merge,
    train,
    viterbi,
    wordpiece,
)
from embook.vocabulary import Bpe, cut, published

HUGS = {"hug": 10, "pug": 5, "pun": 12, "bun": 4, "hugs": 5}
RANKED = ("gpt2", "cl100k", "o200k")
published = cache(published)


# --- worked by hand ---------------------------------------------------------


def test_merges_by_hand():
    # ug 10 + 5 + 5 = 20, un 12 + 4 = 16, then h·ug 15, p·un 12, p·ug 5 ...
    learned = train(HUGS, 262).merges
    spelt = [b"".join(pair) for pair in learned]
    assert spelt == [b"ug", b"un", b"hug", b"pun", b"pug", b"hugs"]


def test_ties_go_to_the_smallest_ids():
    # All pairs occur once. As bytes a space comes before !, but it is spelt
    # Ġ, which comes after all visible letters.
    assert train({"a ": 1, "a!": 1}, 257).merges == [(b"a", b"!")]
    assert train({"b!": 1, "a ": 1}, 257).merges == [(b"a", b" ")]


def test_the_example_of_gage_s_encyclopaedia_entry():
    # aaabdaaabac: aa becomes Z, then ab Y (4 a's are gone), then ZY X.
    learned = train({"aaabdaaabac": 1}, 259)
    assert learned.merges == [(b"a", b"a"), (b"a", b"b"), (b"aa", b"ab")]
    tokens = merge(b"aaabdaaabac", learned.rank)
    assert tokens == [b"aaab", b"d", b"aaab", b"a", b"c"]


def test_rank_beats_length_by_hand():
    ranks = {b"ug": 0, b"hu": 1, b"hug": 2, b"gs": 3, b"ugs": 4}.get
    assert merge(b"hugs", lambda a, b: ranks(a + b)) == [b"hug", b"s"]
    ranks = {b"ug": 1, b"hu": 0, b"gs": 3}.get
    assert merge(b"hugs", lambda a, b: ranks(a + b)) == [b"hu", b"gs"]


LOVE = {
    "gpt2": [40, 1842, 9552],
    "cl100k": [40, 3021, 15592],
    "o200k": [40, 3047, 20837],
    "smollm": [57, 2606, 5646],
}


@pytest.mark.parametrize("name", LOVE)
def test_i_love_ai(name):
    assert encode("I love AI", published(name)) == LOVE[name]
    assert decode(LOVE[name], published(name)) == "I love AI"


def test_one_id_per_byte_without_merges():
    plain = Bpe(BYTES, "gpt2")
    for sign, size in (("e", 1), ("é", 2), ("漢", 3), ("😉", 4)):
        assert len(encode(sign, plain)) == size
    assert decode(encode("漢", plain)[:2], plain) == "�"


def test_wordpiece_by_hand():
    tokens = {"hu", "h", "##g", "##gs", "b", "##u"}
    assert wordpiece("hugs", tokens) == ["hu", "##gs"]
    assert wordpiece("bug", tokens) == ["b", "##u", "##g"]
    assert wordpiece("bun", tokens) == ["[UNK]"]  # not b, ##u, [UNK]
    assert wordpiece("pug", tokens) == ["[UNK]"]
    assert wordpiece("", tokens) == ["[UNK]"]
    assert wordpiece("b" + 99 * "u", tokens) == ["b", *99 * ["##u"]]
    assert wordpiece("b" + 100 * "u", tokens) == ["[UNK]"]


def strict_parts() -> Counter:
    """Return how often each part of the toy's words occurs, short of all."""
    counts = Counter()
    for word, n in HUGS.items():
        for i, j in itertools.combinations(range(len(word) + 1), 2):
            counts[word[i:j]] += n
    strict = {part for word in HUGS for part in every_part(word) - {word}}
    return Counter({part: counts[part] for part in strict})


def every_part(word: str) -> set[str]:
    ends = itertools.combinations(range(len(word) + 1), 2)
    return {word[i:j] for i, j in ends}


def test_pug_by_hand():
    counts = strict_parts()
    assert len(counts) == 15
    assert counts.total() == 210
    assert counts["p"] == 17  # 5 in pug and 12 in pun; 5 would forget pun
    log_p = {part: math.log(n / 210) for part, n in counts.items()}
    apart = math.exp(sum(log_p[letter] for letter in "pug"))
    tokens, best = viterbi("pug", log_p)
    # p·ug ties with it, 17 x 20 both times: the shorter last token wins.
    assert tokens == ["pu", "g"]
    assert f"{apart:.6f} {math.exp(best):.6f}" == "0.001322 0.007710"


# --- parity: training -------------------------------------------------------


def flat(rows) -> list:
    return [*itertools.chain.from_iterable(rows)]


def hugging_face(documents, size):
    """Return a byte-level tokenizer that tokenizers has trained."""
    import tokenizers

    split = tokenizers.pre_tokenizers.ByteLevel
    made = tokenizers.Tokenizer(tokenizers.models.BPE())
    made.pre_tokenizer = split(add_prefix_space=False)
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=size,
        show_progress=False,
        initial_alphabet=split.alphabet(),
    )
    made.train_from_iterator(documents, trainer)
    return made


def their_merges(made) -> list[tuple[bytes, bytes]]:
    spelt = json.loads(made.to_str())["model"]["merges"]
    return [
        tuple(bytes(map(data.BYTE_OF.get, token)) for token in pair)
        for pair in spelt
    ]


def documents(name: str) -> list[str]:
    if name == "union":
        return [speech.text for speech in texts.union_addresses()]
    if name == "fuzz":
        return [*strings(3000, seed=7)]
    return [article.text for article in texts.introductions(name)]


def ids_of(merges, bpe) -> list[list[int]]:
    return [[bpe.ids[token] for token in pair] for pair in merges]


def assert_same_merges(parity, name, texts, size, on):
    counts = Counter(piece for text in texts for piece in cut(text))
    ours, theirs = train(counts, size), hugging_face(texts, size)
    assert ours.merges == their_merges(theirs)
    assert len({*ours.tokens}) == len(ours.tokens)
    pairs = [ids_of(m, ours) for m in (ours.merges, their_merges(theirs))]
    parity(name, "tokenizers BpeTrainer", *pairs, atol=0, on=on)
    vocabulary = theirs.get_vocab(), ours.ids
    assert vocabulary[0] == {
        "".join(map(LETTER.get, token)): i for token, i in ours.ids.items()
    }
    return ours, theirs


LETTER = {byte: letter for letter, byte in data.BYTE_OF.items()}


def test_parity_of_training_on_little(parity):
    little = documents("en")[::100] + documents("fr")[::100]
    ours, theirs = assert_same_merges(
        parity, "tokenization.train", little, 700, "introductions"
    )
    for text in documents("es")[::500]:
        assert encode(text, ours) == theirs.encode(text).ids


@pytest.mark.parametrize("toy", ["abab aab", "aaaa aaa aa", "é漢é漢 漢é"])
def test_parity_of_training_until_no_pair_is_left(parity, toy):
    assert_same_merges(parity, "tokenization.train", [toy], 999, f"toy {toy}")


@pytest.mark.deep
@pytest.mark.parametrize("name", ["en", "fr", "es", "union", "fuzz"])
def test_parity_of_training_on_all(parity, name):
    ours, theirs = assert_same_merges(
        parity, "tokenization.train", documents(name), 2304, name
    )
    assert len(ours.merges) == 2048
    for text in [*strings(1000, seed=3), *documents("fr")[::100]]:
        assert encode(text, ours) == theirs.encode(text).ids


# --- parity: ids ------------------------------------------------------------


@cache
def tiktoken(name: str):
    """Return tiktoken's encoding, from the book's copy of its ranks."""
    from tiktoken import Encoding
    from tiktoken_ext import openai_public as of

    make = getattr(of, name if name == "gpt2" else f"{name}_base")
    with pytest.MonkeyPatch.context() as patch:
        for reader in (
            "load_tiktoken_bpe",
            "data_gym_to_mergeable_bpe_ranks",
        ):
            patch.setattr(of, reader, lambda *_, **__: data.bpe_ranks(name))
        facts = make()
    facts.pop("explicit_n_vocab", None)
    return Encoding(**facts | {"special_tokens": {}})


def assert_same_ids(parity, name, some):
    bpe, theirs = published(name), tiktoken(name)
    ours = [encode(text, bpe) for text in some]
    them = [theirs.encode_ordinary(text) for text in some]
    assert ours == them
    assert [decode(ids, bpe) for ids in ours] == some
    peer = f"tiktoken {name}"
    parity("tokenization.encode", peer, flat(ours), flat(them), atol=0)
    cuts = [ids[1:-1] for ids in ours if len(ids) > 2]  # may split a letter
    ours = [ord(sign) for ids in cuts for sign in decode(ids, bpe)]
    them = [ord(sign) for ids in cuts for sign in theirs.decode(ids)]
    parity("tokenization.decode", peer, ours, them, atol=0)


@pytest.mark.parametrize("name", RANKED)
def test_parity_of_ids(parity, name):
    assert_same_ids(parity, name, [*strings(400)])


@pytest.mark.deep
@pytest.mark.parametrize("name", RANKED)
def test_parity_of_ids_on_5000_strings(parity, name):
    assert_same_ids(parity, name, [*strings(5000, seed=1)])
    assert_same_ids(
        parity, name, documents("en")[::20] + documents("fr")[::20]
    )


def assert_same_smollm_ids(parity, some):
    bpe, theirs = published("smollm"), peers.smollm()
    ids = {text: theirs.encode(text).ids for text in some}
    lost = tuple(byte for byte in BYTES if byte not in bpe.ids)
    refused = [t for t in some if any(byte in t.encode() for byte in lost)]
    for text in refused:
        # SmolLM2's own tokenizer drops such a byte without a word.
        assert theirs.decode(ids[text], skip_special_tokens=False) != text
        with pytest.raises(ValueError, match="no token for"):
            encode(text, bpe)
    kept = [text for text in some if text not in refused]
    ours = [encode(text, bpe) for text in kept]
    them = [ids[text] for text in kept]
    assert ours == them
    assert [decode(ids, bpe) for ids in ours] == kept
    peer = "tokenizers SmolLM2"
    parity("tokenization.encode", peer, flat(ours), flat(them), atol=0)
    return len(refused) / len(some)


def test_parity_of_smollm_s_ids(parity):
    assert 0 < assert_same_smollm_ids(parity, [*strings(400)]) < 0.1


@pytest.mark.deep
def test_parity_of_smollm_s_ids_on_5000_strings(parity):
    assert assert_same_smollm_ids(parity, [*strings(5000, seed=1)]) < 0.1
    assert assert_same_smollm_ids(parity, documents("en")[::20]) == 0


def test_parity_of_merges(parity):
    bpe, theirs = published("gpt2"), tiktoken("gpt2")
    pieces = sorted({p for text in strings(200) for p in cut(text, "gpt2")})
    ours = [len(merge(piece.encode(), bpe.rank)) for piece in pieces]
    parity(
        "tokenization.merge",
        "tiktoken gpt2",
        ours,
        [len(theirs.encode_ordinary(piece)) for piece in pieces],
        atol=0,
    )


def assert_same_words(parity, some):
    theirs = peers.bert()
    ids = theirs.get_vocab()
    pieces = [
        [p for w in cut(t, "bert") for p in wordpiece(w, ids)] for t in some
    ]
    ours = [[ids[piece] for piece in text] for text in pieces]
    them = [
        theirs.encode(text, add_special_tokens=False).ids for text in some
    ]
    assert ours == them
    peer = "tokenizers MiniLM"
    parity("tokenization.wordpiece", peer, flat(ours), flat(them), atol=0)
    return sum(piece == "[UNK]" for text in pieces for piece in text)


def test_parity_of_wordpiece(parity):
    some = [text for name in ("en", "fr", "es") for text in documents(name)]
    assert assert_same_words(parity, some[::100])
    assert assert_same_words(
        parity, ["I love AI", "naïve 漢字 😉 don't" + 99 * "a"]
    )


@pytest.mark.deep
def test_parity_of_wordpiece_on_all_introductions(parity):
    for name in ("en", "fr", "es"):
        assert_same_words(parity, documents(name))


def test_parity_of_viterbi(parity):
    import tokenizers

    made = tokenizers.Tokenizer(tokenizers.models.Unigram())
    made.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    trainer = tokenizers.trainers.UnigramTrainer(
        vocab_size=1000, show_progress=False, unk_token="<unk>"
    )
    some = documents("en")[::40]
    made.train_from_iterator(some, trainer)
    rows = json.loads(made.to_str())["model"]["vocab"]
    log_p = dict(rows)
    ids = {token: i for i, (token, _) in enumerate(rows)}
    words = sorted({w for text in some for w in cut(text, "gpt2")})
    words = [word.strip() for word in words if word.strip()]
    ours = [viterbi(word, log_p)[0] for word in words]
    parity(
        "tokenization.viterbi",
        "tokenizers Unigram",
        [ids[token] for tokens in ours for token in tokens],
        [i for word in words for i in made.encode(word).ids],
        atol=0,
    )


# --- laws -------------------------------------------------------------------


@pytest.fixture(scope="module")
def learned():
    counts = Counter(p for t in documents("en")[::100] for p in cut(t))
    return train(counts, 500)


@given(st.text())
def test_every_text_comes_back(learned, text):
    for bpe in (learned, Bpe(BYTES, "o200k"), published("gpt2")):
        assert decode(encode(text, bpe), bpe) == text


@given(st.text(max_size=40))
def test_no_token_crosses_a_cut(learned, text):
    pieces = cut(text, "gpt2")
    assert encode(text, learned) == [
        i for piece in pieces for i in encode_alone(piece, learned)
    ]


def encode_alone(piece, bpe):
    return [bpe.ids[token] for token in merge(piece.encode(), bpe.rank)]


def plainly(piece: bytes, rank) -> list[bytes]:
    """Return what merge returns, by looking at every pair in every step."""
    parts = [bytes([byte]) for byte in piece]
    while True:
        ranks = [rank(a, b) for a, b in pairwise(parts)]
        if all(r is None for r in ranks):
            return parts
        i = min((r, i) for i, r in enumerate(ranks) if r is not None)[1]
        parts[i : i + 2] = [parts[i] + parts[i + 1]]


tiny_texts = st.text("ab", max_size=12)


@given(tiny_texts, st.permutations(["aa", "ab", "ba", "bb", "aab", "abab"]))
def test_merge_takes_lowest_rank_then_leftmost(text, order):
    ranks = {token.encode(): n for n, token in enumerate(order)}
    rank = Bpe([*ranks], "gpt2").rank
    piece = text.encode()
    assert merge(piece, rank) == plainly(piece, rank)
    assert b"".join(merge(piece, rank)) == piece


@given(st.lists(st.text("abc d", min_size=1), min_size=1), st.integers(0, 20))
@settings(deadline=None)
def test_training_is_counting_anew_after_each_merge(some, more):
    counts = Counter(piece for text in some for piece in cut(text))
    words = [[BYTES.index(bytes([b])) for b in p.encode()] for p in counts]
    merges = []
    while len(merges) < more:
        pairs = Counter()
        for word, n in zip(words, counts.values(), strict=True):
            for pair in pairwise(word):
                pairs[pair] += n
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(list(best))
        words = [joined(word, best, 255 + len(merges)) for word in words]
    ours = train(counts, 256 + more)
    assert ids_of(ours.merges, ours) == merges


@given(st.text("ab", min_size=1, max_size=8), st.data())
def test_viterbi_is_the_best_of_all_rows(text, draw):
    parts = sorted(every_part(text))
    value = st.integers(-60, -1)
    log_p = {part: draw.draw(value) / 4 for part in parts}
    tokens, best = viterbi(text, log_p)
    assert "".join(tokens) == text
    assert best == sum(log_p[token] for token in tokens)
    rows = []
    for cuts in itertools.product([0, 1], repeat=len(text) - 1):
        places = [0, *(i for i, c in enumerate(cuts, 1) if c), len(text)]
        rows.append(sum(log_p[text[i:j]] for i, j in pairwise(places)))
    assert best == max(rows)


@given(
    st.text("abc", min_size=1, max_size=9),
    st.sets(st.text("abc"), max_size=9),
)
def test_wordpiece_spells_the_word_or_gives_it_up(word, some):
    tokens = {*some, *("##" + token for token in some)} - {"", "##"}
    found = wordpiece(word, tokens)
    if found != ["[UNK]"]:
        assert {*found} <= tokens
        assert found[0] + "".join(t[2:] for t in found[1:]) == word
        longer = [word[:n] for n in range(len(found[0]) + 1, len(word) + 1)]
        assert not tokens & {*longer}


def test_a_long_run_is_not_quadratic():
    bpe = published("cl100k")
    for run in (b"a", b"ab", b"-"):
        asked = 0

        def rank(a, b):
            nonlocal asked
            asked += 1
            return bpe.rank(a, b)

        tokens = merge(run * (100_000 // len(run)), rank)
        assert b"".join(tokens) == run * (100_000 // len(run))
        assert asked < 5 * 100_000
    assert len(encode(" " * 200_000, published("gpt2"))) == 200_000


# --- refusals ---------------------------------------------------------------


@pytest.mark.parametrize("size", [255, 0, -1, 300.0, True, "300"])
def test_a_vocabulary_below_the_bytes_is_refused(size):
    with pytest.raises(ValueError, match=f"size is {size}: .* from 256 on"):
        train(HUGS, size)


@pytest.mark.parametrize("nothing", [{}, Counter()])
def test_an_empty_corpus_is_refused(nothing):
    with pytest.raises(ValueError, match="counts is empty"):
        train(nothing, 300)


def test_bytes_and_str_are_not_confused(learned):
    with pytest.raises(ValueError, match="text is bytes: str is needed"):
        encode(b"hugs", learned)
    with pytest.raises(ValueError, match="text is bytes: str is needed"):
        train({b"hugs": 1}, 300)
    with pytest.raises(ValueError, match="piece is str: bytes are needed"):
        merge("hugs", learned.rank)


def test_lone_surrogates_are_refused(learned):
    with pytest.raises(ValueError, match=r"text holds U\+D83D at place 1"):
        encode("a\ud83d", learned)
    with pytest.raises(ValueError, match=r"text holds U\+DE09 at place 0"):
        train({"\ude09": 1}, 300)


IDS = {
    "too high": ([5, 500], "ids holds 500 at place 1: ids from 0 to 499"),
    "negative": ([-1], "ids holds -1 at place 0"),
    "fraction": ([1.0], "ids has dtype float64"),
    "text": ("hug", "ids has rank 0"),
    "words": (["hug"], "ids has dtype <U3"),
}


@pytest.mark.parametrize("case", IDS)
def test_bad_ids_are_refused(learned, case):
    ids, message = IDS[case]
    with pytest.raises(ValueError, match=message):
        decode(ids, learned)


def test_nothing_is_nothing(learned):
    assert encode("", learned) == []
    assert decode([], learned) == decode(np.array([], int), learned) == ""
    assert merge(b"", learned.rank) == []
    assert viterbi("", {"a": -1.0}) == ([], 0.0)


def test_a_byte_without_a_token_is_refused():
    with pytest.raises(ValueError, match=r"no token for b'\\x04'"):
        encode("a\x04", Bpe((b"a", b"b"), "gpt2"))
    with pytest.raises(ValueError, match=r"no token for b'\\x04'"):
        encode("\x04", published("smollm"))


@pytest.mark.parametrize("log_p", [{}, {"p": -1.0}, {"pug": -math.inf}])
def test_viterbi_refuses_what_no_tokens_spell(log_p):
    with pytest.raises(ValueError, match="no tokens spell 'pug'"):
        viterbi("pug", log_p)
