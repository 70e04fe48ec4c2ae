"""Speed of training and encoding beside Hugging Face's tokenizers.

One thread on both sides. Sizes grow by four, so that the growth can be read
off: an exponent of 1 means that twice the text takes twice the time.
"""

import math
import os
import time
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from statistics import median

from embook import data, texts
from embook.pairs import joined
from embook.tokenization import BYTES, encode, train
from embook.vocabulary import Bpe, cut

os.environ["RAYON_NUM_THREADS"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
ROUNDS = 5


def seconds(f: Callable[[], object]) -> float:
    """Return the processor's seconds: a busy machine does not add to them."""
    start = time.process_time()
    f()
    return time.process_time() - start


def turns(*fs: Callable, rounds: int = ROUNDS) -> list[float]:
    """Return the median seconds of each f; they take turns."""
    rows = [[seconds(f) for f in fs] for _ in range(rounds)]
    return [median(column) for column in zip(*rows, strict=True)]


def counted(some: list[str]) -> Counter:
    return Counter(piece for text in some for piece in cut(text))


def ours(some: list[str], size: int) -> Bpe:
    return train(counted(some), size)


def theirs(some: list[str], size: int):
    import tokenizers

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


def plainly(
    words: dict[bytes, int] | list[bytes], size: int
) -> list[tuple[bytes, bytes]]:
    """Return the merges, counting all pairs of all words anew each time.

    The words are the text's pieces in their order, as in a first version of
    this program, or its different pieces with their counts.
    """
    tokens, merges = list(BYTES), []
    ids = {byte[0]: i for i, byte in enumerate(BYTES)}
    rows = [[ids[b] for b in word] for word in words]
    times = words.values() if isinstance(words, dict) else [1] * len(words)
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


def first(some: list[str], size: int) -> list[str]:
    """Return the texts up to so many characters."""
    kept, total = [], 0
    for text in some:
        kept.append(text[: size - total])
        total += len(kept[-1])
        if total == size:
            break
    return kept


def growth(times: list[float]) -> str:
    """Return the exponents between sizes that grow by four."""
    steps = (math.log(b / a, 4) for a, b in pairwise(times))
    return " ".join(f"{step:.2f}" for step in steps)


def races() -> None:
    union = [speech.text for speech in texts.union_addresses()][::-1]
    print("tokenization.train, to 1,024 tokens")
    mine, them = [], []
    for times in (1, 4, 16):
        some = first(union, 500_000 * times)
        we, they = turns(
            lambda some=some: ours(some, 1024),
            lambda some=some: theirs(some, 1024),
        )
        mine.append(we)
        them.append(they)
        print(
            f"  {times * 0.5:4.1f} MB {we:7.2f} s   tokenizers {they:7.2f} s"
            f"   ours / theirs {we / they:.2f}"
        )
    print(f"  growth: ours {growth(mine)}, tokenizers {growth(them)}")
    we, they = turns(
        lambda: ours(union, 4096), lambda: theirs(union, 4096), rounds=3
    )
    size = sum(map(len, union)) / 1e6
    print(
        f"  {size:4.1f} MB to 4,096 tokens {we:.2f} s   tokenizers "
        f"{they:.2f} s   ours / theirs {we / they:.2f}"
    )
    anew(first(union, 500_000))
    encoders(union)


def anew(half: list[str]) -> None:
    """Race the trainer against counting anew; this takes some minutes."""
    merges = ours(half, 1024).merges
    pieces = [piece.encode() for text in half for piece in cut(text)]
    kinds = Counter(pieces)
    assert plainly(dict(kinds), 1024) == merges
    for name, words in (("all", pieces), ("different", dict(kinds))):
        they, we = turns(
            lambda words=words: plainly(words, 1024),
            lambda: ours(half, 1024),
            rounds=3,
        )
        print(
            f"   0.5 MB {we:7.2f} s   {name} pieces counted anew {they:7.2f} "
            f"s   theirs / ours {they / we:.0f}"
        )


def encoders(union: list[str]) -> None:
    made = theirs(union, 4096)
    bpe = ours(union, 4096)
    print("tokenization.encode, prose, 4,096 tokens")
    mine, them = [], []
    for times in (1, 4, 16):
        some = first(union, 500_000 * times)

        def by_us(some=some):
            bpe.memory.clear()
            return [encode(text, bpe) for text in some]

        def by_them(some=some):
            return [made.encode(text).ids for text in some]

        assert by_us() == by_them()
        for column, time_of in zip(
            (mine, them), turns(by_us, by_them), strict=True
        ):
            column.append(time_of)
        size = times * 0.5
        print(
            f"  {size:4.1f} MB {size / mine[-1]:6.1f} MB/s   tokenizers "
            f"{size / them[-1]:6.1f} MB/s   "
            f"ours / theirs {them[-1] / mine[-1]:.2f}"
        )
    print(f"  growth: ours {growth(mine)}, tokenizers {growth(them)}")
    published(union)
    runs(bpe)


def published(union: list[str]) -> None:
    import tiktoken

    ranks = data.bpe_ranks("gpt2")
    bpe = Bpe(sorted(ranks, key=ranks.get), "gpt2")
    pattern = (
        r"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++"
        r"|\s++$|\s+(?!\S)|\s"
    )
    peer = tiktoken.Encoding(
        "gpt2", pat_str=pattern, mergeable_ranks=ranks, special_tokens={}
    )
    some = first(union, 2_000_000)

    def by_us():
        bpe.memory.clear()
        return [encode(text, bpe) for text in some]

    def by_them():
        return [peer.encode_ordinary(text) for text in some]

    assert by_us() == by_them()
    mine, them = turns(by_us, by_them)
    print(
        f"   2.0 MB {2 / mine:6.1f} MB/s   tiktoken gpt2 {2 / them:6.1f} "
        f"MB/s   ours / theirs {them / mine:.2f}"
    )


def runs(bpe: Bpe) -> None:
    print("tokenization.encode, one character repeated")
    times = []
    for size in (20_000, 80_000, 320_000):

        def one(size=size):
            bpe.memory.clear()
            encode("a" * size, bpe)

        times += turns(one)
        print(f"  {size:7d} {times[-1]:7.3f} s")
    print(f"  growth: ours {growth(times)}")


if __name__ == "__main__":
    races()
