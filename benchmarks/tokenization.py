"""Tokenization: training beside counting anew, and both beside the peers."""

from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from itertools import pairwise

import tiktoken
import tokenizers
from race import race

from embook import data, texts
from embook.pairs import joined
from embook.tokenization import BYTES, encode, train
from embook.vocabulary import Bpe, cut

# Millions of characters, nearly all of one byte.
SIZES = (0.5, 2.0, 8.0)
# GPT-2's pattern, as tiktoken writes it.
PATTERN = (
    r"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++"
    r"|\s++$|\s+(?!\S)|\s"
)


def counted(some: list[str]) -> Counter:
    """Return how often each piece occurs in the texts."""
    return Counter(piece for text in some for piece in cut(text))


def ours(some: list[str], size: int) -> Bpe:
    """Return the book's tokenizer, trained on the texts."""
    return train(counted(some), size)


def theirs(some: list[str], size: int) -> tokenizers.Tokenizer:
    """Return Hugging Face's, trained on the same texts."""
    split = tokenizers.pre_tokenizers.ByteLevel
    made = tokenizers.Tokenizer(tokenizers.models.BPE())
    made.pre_tokenizer = split(add_prefix_space=False)
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=size,
        show_progress=False,
        initial_alphabet=split.alphabet(),
    )
    made.train_from_iterator(some, trainer)
    return made


def anew(pieces: Iterable[tuple[str, int]], size: int) -> list[tuple]:
    """Return the merges, from counting every pair anew for each of them."""
    tokens, merges = list(BYTES), []
    ids = {byte[0]: i for i, byte in enumerate(BYTES)}
    words, times = zip(*pieces, strict=True)
    rows = [[ids[byte] for byte in word.encode()] for word in words]
    while len(tokens) < size:
        pairs = Counter()
        for row, n in zip(rows, times, strict=True):
            for pair in pairwise(row):
                pairs[pair] += n
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        rows = [joined(row, best, len(tokens)) for row in rows]
        merges.append((tokens[best[0]], tokens[best[1]]))
        tokens.append(b"".join(merges[-1]))
    return merges


def each(some: list[str], size: int) -> list[tuple]:
    """Return the merges, from every piece as often as it occurs."""
    return anew(((p, 1) for text in some for p in cut(text)), size)


def once(some: list[str], size: int) -> list[tuple]:
    """Return the merges, from different pieces with their counts."""
    return anew(counted(some).items(), size)


def first(some: list[str], size: float) -> list[str]:
    """Return the texts up to so many millions of characters."""
    kept, room = [], round(size * 1e6)
    for text in some:
        kept.append(text[:room])
        room -= len(kept[-1])
    return kept


def training(peer: str, other: Callable, inputs: dict, size=1024, rounds=5):
    """Return the rows of training to a size on each of the inputs."""
    work = f"speeches, to {size:,} tokens"
    by_us = {"tokenization.train": partial(ours, size=size)}
    by_them = partial(other, size=size)
    return race(work, by_us, peer, by_them, inputs, "MB", rounds)


def encoding(bpe: Bpe, peer: str, other: Callable, work: str, inputs: dict):
    """Return the rows of encoding each of the inputs."""

    def by_us(some):
        bpe.memory.clear()
        return [encode(text, bpe) for text in some]

    def by_them(some):
        return [other(text) for text in some]

    for some in inputs.values():
        assert by_us(some) == by_them(some)
    us = {"tokenization.encode": by_us}
    return race(work, us, peer, by_them, inputs, "MB", 5)


def races() -> list[dict]:
    """Return the rows of all races; counting anew takes some minutes."""
    all_ = [speech.text for speech in texts.union_addresses()][::-1]
    whole = {round(sum(map(len, all_)) / 1e6, 1): all_}
    prose = {size: first(all_, size) for size in SIZES}
    half = {0.5: prose[0.5]}
    runs = {size: ["a" * round(size * 1e6)] for size in (0.02, 0.08, 0.32)}
    assert once(half[0.5], 1024) == ours(half[0.5], 1024).merges
    rows = [
        *training("tokenizers", theirs, prose),
        *training("tokenizers", theirs, whole, 4096, rounds=3),
        *training("counting different pieces anew", once, half, rounds=3),
        *training("counting every piece anew", each, half, rounds=1),
    ]
    ranks = data.bpe_ranks("gpt2")
    gpt2 = tiktoken.Encoding(
        "gpt2", pat_str=PATTERN, mergeable_ranks=ranks, special_tokens={}
    )
    made = theirs(all_, 4096)
    peers = {
        "tokenizers": (ours(all_, 4096), lambda text: made.encode(text).ids),
        "tiktoken": (
            Bpe(sorted(ranks, key=ranks.get), "gpt2"),
            gpt2.encode_ordinary,
        ),
    }
    for peer, (bpe, other) in peers.items():
        for kind, inputs in (("speeches", prose), ("one letter", runs)):
            work = f"{kind}, {len(bpe.tokens):,} tokens"
            rows += encoding(bpe, peer, other, work, inputs)
    return rows
