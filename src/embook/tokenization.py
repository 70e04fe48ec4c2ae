"""Tokenization: how does a text become ids?

Chapter: chapters/tokenization.ipynb
Source:  Sennrich et al. (2016), arXiv:1508.07909; Kudo, arXiv:1804.10959
Shapes:  T = tokens of a text, V = tokens of a vocabulary
"""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from heapq import heappop, heappush

from embook.data import BYTE_OF
from embook.pairs import Pairs
from embook.refuse import between, token_ids
from embook.vocabulary import Bpe, cut, utf8

# The bytes in the order of the letters that spell them: Hugging Face's ids.
BYTES = tuple(bytes([byte]) for _, byte in sorted(BYTE_OF.items()))


def train(counts: Mapping[str, int], size: int, pattern: str = "gpt2") -> Bpe:
    """Return BPE with at most `size` tokens, learned from counted pieces.

    Each step merges the most frequent pair; of equals, that of smallest ids.
    Raises ValueError where there are no pieces, or size is below 256.

    >>> train({"hug": 10, "pug": 5, "hugs": 5}, 258).merges
    [(b'u', b'g'), (b'h', b'ug')]
    """
    between(size, len(BYTES), name="size")
    if not counts:
        raise ValueError("counts is empty: there is nothing to learn from")
    tokens, merges = list(BYTES), []
    first = {byte[0]: i for i, byte in enumerate(BYTES)}
    words = [[first[byte] for byte in utf8(piece)] for piece in counts]
    pairs = Pairs(words, counts.values())
    while len(tokens) < size and (pair := pairs.best()):
        pairs.join(pair, len(tokens))
        merges.append((tokens[pair[0]], tokens[pair[1]]))
        tokens.append(b"".join(merges[-1]))
    return Bpe(tokens, pattern, merges)


def merge(piece: bytes, rank: Callable) -> list[bytes]:
    """Return the tokens (T,) of a piece; rank(a, b) is None for no merge.

    Lowest rank first, then leftmost. Raises ValueError unless it is bytes.

    >>> merge(b"hugs", lambda a, b: {b"hu": 1, b"ug": 0}.get(a + b))
    [b'h', b'ug', b's']
    """
    if not isinstance(piece, bytes):
        raise ValueError(f"piece is {type(piece).__name__}: bytes are needed")
    end, parts = len(piece), [bytes([byte]) for byte in piece]
    # Links, not a list that shrinks: a run of a million is no trouble.
    before, after = list(range(-1, end - 1)), list(range(1, end + 1))
    ranks = map(rank, parts, parts[1:])
    queue = sorted((r, i) for i, r in enumerate(ranks) if r is not None)
    while queue:
        r, i = heappop(queue)
        j = after[i]
        if not parts[i] or j == end or rank(parts[i], parts[j]) != r:
            continue  # one of the two has merged in the meantime
        parts[i], parts[j], after[i] = parts[i] + parts[j], b"", after[j]
        if after[i] < end:
            before[after[i]] = i
        for a, b in ((before[i], i), (i, after[i])):
            r = rank(parts[a], parts[b]) if a >= 0 and b < end else None
            if r is not None:
                heappush(queue, (r, a))
    return [part for part in parts if part]


def encode(text: str, bpe: Bpe) -> list[int]:
    """Return the ids (T,) of a text. Special tokens are text like any other.

    Raises ValueError as `cut` does, and for a byte that has no token.

    >>> encode("hug", Bpe((b"g", b"h", b"u", b"ug"), "gpt2"))
    [1, 3]
    """
    ids, memory = [], bpe.memory
    for piece in cut(text, bpe.pattern):
        if piece not in memory:
            tokens = merge(piece.encode(), bpe.rank)
            lost = [token for token in tokens if token not in bpe.ids]
            if lost:
                raise ValueError(f"no token for {lost[0]} in {piece!r}")
            memory[piece] = [bpe.ids[token] for token in tokens]
        ids += memory[piece]
    return ids


def decode(ids: Sequence[int], bpe: Bpe) -> str:
    """Return the text of ids (T,); bytes that are no character become �.

    Raises ValueError for an id outside the vocabulary.

    >>> decode([1, 3], Bpe((b"g", b"h", b"u", b"ug"), "gpt2"))
    'hug'
    """
    known = token_ids(ids, len(bpe.tokens)) if len(ids) else ()
    return b"".join(bpe.tokens[i] for i in known).decode(errors="replace")


def wordpiece(word: str, tokens: Collection[str]) -> list[str]:
    """Return the tokens (T,) of a word: each the longest that fits.

    Inside a word they begin with ##. One gap, and the whole is [UNK].

    >>> wordpiece("hugs", {"h", "hu", "##g", "##gs", "##u"})
    ['hu', '##gs']
    """
    found, start = [], 0
    while start < len(word) <= 100:  # as Hugging Face's BERT
        end, mark = len(word), "##" * (start > 0)
        while end > start and mark + word[start:end] not in tokens:
            end -= 1
        if end == start:
            return ["[UNK]"]
        found.append(mark + word[start:end])
        start = end
    return found or ["[UNK]"]


def viterbi(text: str, log_p: Mapping[str, float]) -> tuple[list[str], float]:
    """Return the most probable tokens (T,) that spell a text, and their ln p.

    Raises ValueError where none spell it.

    >>> viterbi("pug", {"p": -3.0, "ug": -2.0, "pu": -4.0, "g": -2.0})
    (['p', 'ug'], -5.0)
    """
    longest = max(map(len, log_p), default=0)
    best = [(0.0, 0)]  # up to each place: ln p, where the last token began
    for end in range(1, len(text) + 1):
        rows = [(-math.inf, 0)]
        for start in range(max(0, end - longest), end):
            gain = log_p.get(text[start:end], -math.inf)
            rows.append((best[start][0] + gain, start))
        best.append(max(rows))
    if best[-1][0] == -math.inf:
        raise ValueError(f"no tokens spell {text!r}: {len(log_p)} are known")
    tokens, end = [], len(text)
    while end:
        tokens, end = [text[best[end][1] : end], *tokens], best[end][1]
    return tokens, best[-1][0]
