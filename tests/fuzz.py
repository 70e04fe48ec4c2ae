"""Strings that break tokenizers, from a seeded generator."""

import random
import unicodedata
from collections.abc import Iterator

# Python 3.11's Unicode is 14. regex knows newer characters than tiktoken's
# engine does, and the two cut those differently: see test_vocabulary.py.
ASSIGNED = [
    chr(i)
    for i in range(0x110000)
    if unicodedata.category(chr(i)) not in ("Cn", "Cs")
]
BLOCKS = (
    (0x00, 0x1F),  # control characters
    (0x20, 0x7E),  # ASCII
    (0x7F, 0xFF),
    (0x370, 0x4FF),  # Greek, Cyrillic
    (0x590, 0x6FF),  # Hebrew, Arabic: written from the right
    (0x900, 0x97F),  # Devanagari, with marks that join
    (0xE00, 0xE5B),  # Thai, written without spaces
    (0x2000, 0x206F),  # spaces of many widths, joiners
    (0x3040, 0x30FF),  # kana
    (0x4E00, 0x9FFF),  # Chinese characters
    (0xAC00, 0xD7A3),  # Hangul
    (0x1F300, 0x1FAFF),  # emoji
)
BLOCKS = [[c for c in ASSIGNED if a <= ord(c) <= b] for a, b in BLOCKS]
MARKS = [c for c in ASSIGNED if 0x300 <= ord(c) <= 0x36F]
WRITTEN = (
    "I'll say it's 3.14, don't we? WE'VE said: THEY'D",
    " the capital of India is Delhi",
    "naïve café, re\u0301sume\u0301",
    "def f(x):\n\treturn x ** 2  # so",
    "if (a[i] != b) { i++; }\r\n",
    '<div class="x">&nbsp;</div>',
    "https://a.b/c?d=e&f=%20#g",
    "snake_case_1 CamelCase2 kebab-case-3",
    " \n ",
    "\r\n\r\n",
    "\u00a0\u3000\ufeff",
    "²½Ⅷ٣१",
)
REPEATED = [*" \t\n-=_.a0é漢😉!#/", " \n", "\r\n", "ab", "\u0301"]


def strings(count: int, seed: int = 0) -> Iterator[str]:
    """Return so many strings, each of one to six parts of different kinds."""
    rng = random.Random(seed)

    def some(letters, most):
        return "".join(rng.choices(letters, k=rng.randint(1, most)))

    kinds = (
        lambda: some(rng.choice(BLOCKS), 8),
        lambda: some(ASSIGNED, 6),
        lambda: "\u200d".join(rng.choices("👩👨👧👦💻🚀❤", k=3)) + "\ufe0f",
        lambda: rng.choice("👍👋") + chr(0x1F3FB + rng.randint(0, 4)),
        lambda: "".join(c + some(MARKS, 3) for c in some("aeouEnZ", 4)),
        lambda: rng.choice(REPEATED) * rng.randint(2, 300),
        lambda: str(rng.randint(0, 10 ** rng.randint(1, 20))),
        lambda: f"{rng.uniform(-1e6, 1e6):,.3f}",
        lambda: rng.choice(WRITTEN),
        lambda: " " * rng.randint(1, 4),
    )
    for _ in range(count):
        yield "".join(rng.choice(kinds)() for _ in range(rng.randint(1, 6)))
