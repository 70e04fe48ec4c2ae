r"""Vocabulary: what a tokenizer knows. Where it cuts, its tokens, its merges.

No token crosses a cut. The patterns are facts about published tokenizers:
those of GPT-2, cl100k and o200k are written from tiktoken's
(tiktoken_ext/openai_public.py, MIT). SmolLM2 cuts each digit off before it
cuts as GPT-2 does; the uncased BERT drops accents and capitals first.

Shapes:  T = pieces of a text, V = tokens of a vocabulary
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property

from embook import data
from embook.data import BYTE_OF

_CJK = (
    r"\u4E00-\u9FFF\u3400-\u4DBF\U00020000-\U0002A6DF\U0002A700-\U0002B73F"
    r"\U0002B740-\U0002B81F\U0002B920-\U0002CEAF\uF900-\uFAFF"
    r"\U0002F800-\U0002FA1F"
)
_SIGNS = r"\p{P}$+<=>\^`|~"
_UPPER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"
_LOWER = r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
_SHORT = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
PATTERNS = {
    "gpt2": r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+"
    r"|\s+(?!\S)|\s+",
    "smollm": r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+"
    r"|\s+(?![^\s\p{N}])|\s+",
    "cl100k": rf"{_SHORT}|[^\r\n\p{{L}}\p{{N}}]?+\p{{L}}+|\p{{N}}{{1,3}}"
    r"| ?[^\s\p{L}\p{N}]++[\r\n]*|\s++$|\s*[\r\n]|\s+(?!\S)|\s",
    "o200k": rf"[^\r\n\p{{L}}\p{{N}}]?{_UPPER}*{_LOWER}+{_SHORT}?"
    rf"|[^\r\n\p{{L}}\p{{N}}]?{_UPPER}+{_LOWER}*{_SHORT}?"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    # A word's first small letters need no look at the long classes behind.
    "bert": rf"[0-9a-z]++[^\s{_SIGNS}{_CJK}]*+|[^\s{_SIGNS}{_CJK}]++"
    rf"|[{_SIGNS}{_CJK}]",
}
# What BERT drops once accents stand alone: these, and control characters.
_DROPPED = r"[\p{Mn}\uFFFD]|(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}]"


@dataclass(frozen=True, eq=False)
class Bpe:
    """Tokens (V,) in the order of their ids, a pattern, and merges.

    Without merges a pair ranks as the token that it spells: tiktoken's rule.

    >>> Bpe((b"a", b"b"), "gpt2", [(b"a", b"b")])
    Traceback (most recent call last):
    ValueError: merge 0 is of b'a' and b'b': these and b'ab' must be tokens
    """

    tokens: Sequence[bytes]
    pattern: str
    merges: Sequence[tuple[bytes, bytes]] | None = None
    memory: dict[str, list[int]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Raise ValueError where a merge needs what is no token."""
        _known(self.pattern)
        for n, (a, b) in enumerate(self.merges or ()):
            if not {a, b, a + b} <= self.ids.keys():
                raise ValueError(
                    f"merge {n} is of {a} and {b}: these and {a + b} must be "
                    "tokens"
                )

    @cached_property
    def ids(self) -> dict[bytes, int]:
        """Return the id of each token."""
        return {token: i for i, token in enumerate(self.tokens)}

    @cached_property
    def rank(self) -> Callable[[bytes, bytes], int | None]:
        """Return the function that ranks two neighbours; None: no merge."""
        if self.merges is None:
            return lambda a, b: self.ids.get(a + b)
        ranks = {pair: n for n, pair in enumerate(self.merges)}
        return lambda a, b: ranks.get((a, b))


def published(name: str) -> Bpe:
    """Return the tokenizer gpt2, cl100k, o200k or smollm.

    Raises ValueError for another name.
    """
    if name != "smollm":
        ranks = data.bpe_ranks(name)
        return Bpe(sorted(ranks, key=ranks.get), name)
    return from_gguf(data.smollm_fields())[0]


def from_gguf(facts: dict[str, object]) -> tuple[Bpe, re.Pattern]:
    """Return the tokenizer in the fields of a GGUF file, and its marks.

    Marks are tokens that no text is merged to, such as `<|im_end|>`: the
    pattern finds them. Raises ValueError where text is cut in other ways.
    """
    cuts = facts.get("tokenizer.ggml.pre")
    if cuts != "smollm":
        raise ValueError(f"the file cuts text as {cuts}: smollm is allowed")
    tokens = facts["tokenizer.ggml.tokens"]
    merges = (m.split(" ") for m in facts["tokenizer.ggml.merges"])
    merges = [(_spelt(a), _spelt(b)) for a, b in merges]
    kinds = zip(tokens, facts["tokenizer.ggml.token_type"], strict=True)
    # Of marks that begin alike, the longest is found.
    marks = sorted((t for t, kind in kinds if kind == 3), key=len)[::-1]
    pattern = re.compile(f"({'|'.join(map(re.escape, marks))})")
    return Bpe([*map(_spelt, tokens)], cuts, merges), pattern


def _spelt(letters: str) -> bytes:
    return bytes(map(BYTE_OF.get, letters))


def utf8(text: str) -> bytes:
    """Return the bytes of a text.

    Raises ValueError for anything but a str, and for a lone surrogate.

    >>> utf8("é漢")
    b'\\xc3\\xa9\\xe6\\xbc\\xa2'
    """
    if not isinstance(text, str):
        raise ValueError(f"text is {type(text).__name__}: str is needed")
    try:
        return text.encode()
    except UnicodeEncodeError as problem:
        at = problem.start
        raise ValueError(
            f"text holds U+{ord(text[at]):04X} at place {at}: half of a "
            "surrogate pair is no character, and UTF-8 has no bytes for it"
        ) from None


def _known(pattern: str) -> str:
    if pattern not in list(PATTERNS):
        known = ", ".join(PATTERNS)
        raise ValueError(f"pattern is {pattern!r}: {known} are allowed")
    return PATTERNS[pattern]


@cache
def _ready(pattern: str):
    import regex

    return regex.compile(pattern)


def cut(text: str, pattern: str = "gpt2") -> list[str]:
    """Return the pieces (T,) of a text, in order.

    All patterns but bert keep every character. Raises ValueError as `utf8`
    does, and for an unknown pattern.

    >>> cut("I don't love 127 cats")
    ['I', ' don', "'t", ' love', ' 127', ' cats']
    >>> cut("Déjà vu, 2026!", "bert")
    ['deja', 'vu', ',', '2026', '!']
    """
    found = _ready(_known(pattern))
    utf8(text)  # a refusal here names the place
    if pattern == "bert":
        apart = unicodedata.normalize("NFD", text)
        text = _ready(_DROPPED).sub("", apart).lower()
    return found.findall(text)
