"""Errands: small tasks for networks that read rows and write ids.

Translation, summary, talk and speech, each small enough to learn in
seconds: examples of what is read, and of the ids that should be written.

Shapes:  N = examples, B = examples of one draw, T = rows read,
         S = ids written, E = numbers a row
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from embook.refuse import between
from embook.sources import tool
from embook.texts import introductions

if TYPE_CHECKING:
    from torch import Tensor

NOTHING = "·"  # fills short texts up, at the left of what is read
MONTHS = {
    "en": "January February March April May June July August September "
    "October November December",
    "fr": "janvier février mars avril mai juin juillet août septembre "
    "octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre "
    "octubre noviembre diciembre",
}
DATES = {
    "en": r"(?P<d>\d\d?) (?P<m>{0}) (?P<y>[12]\d{{3}})(?!\d)"
    r"|(?P<M>{0}) (?P<D>\d\d?), (?P<Y>[12]\d{{3}})(?!\d)",
    "fr": r"(?P<d>\d\d?) (?P<m>{0}) (?P<y>[12]\d{{3}})(?!\d)",
    "es": r"(?P<d>\d\d?) de (?P<m>{0}) de (?P<y>[12]\d{{3}})(?!\d)",
}
# The two tones of each key of a telephone, in turns a second (ITU-T Q.23).
LOW, HIGH = (697, 770, 852, 941), (1209, 1336, 1477)
KEYS = "123456789*0#"
RATE, FRAME = 8000, 256  # numbers a second, numbers a frame


class Errand(NamedTuple):
    """Examples: x (N, T) ids or (N, T, E) rows, y (N, S) ids; their words."""

    x: "Tensor"
    y: "Tensor"
    heard: tuple[str, ...]
    said: tuple[str, ...]

    def draw(self, rng: np.random.Generator, batch: int) -> tuple:
        """Return x and y of so many examples, drawn at random."""
        some = rng.integers(len(self.x), size=batch)
        return self.x[some], self.y[some]

    def parts(self, first: int) -> tuple["Errand", "Errand"]:
        """Return the first examples and the others, as two errands."""
        cut = slice(None, first), slice(first, None)
        one, other = ((self.x[c], self.y[c], *self[2:]) for c in cut)
        return Errand(*one), Errand(*other)

    def says(self, ids: Sequence[int]) -> str:
        """Return what ids (S,) say, up to the first `NOTHING`."""
        words = [self.said[i] for i in ids]
        return " ".join([*words, NOTHING][: [*words, NOTHING].index(NOTHING)])

    def hears(self, ids: Sequence[int]) -> str:
        """Return what ids (T,) say, without what fills them up."""
        return " ".join(self.heard[i] for i in ids).strip(f" {NOTHING}")


def _errand(pairs: list[tuple[Sequence[str], Sequence[str]]]) -> Errand:
    """Return an errand of pairs of texts, filled up to one length."""
    sides = []
    for n, texts in enumerate(zip(*pairs, strict=True)):
        known = [NOTHING, *sorted({w for text in texts for w in text})]
        row = {word: i for i, word in enumerate(known)}
        ids = np.zeros((len(texts), max(map(len, texts))), np.int64)
        for line, text in zip(ids, texts, strict=True):
            # What is read ends where writing begins; what is written, not.
            where = slice(len(text)) if n else slice(-len(text), None)
            line[where] = [row[word] for word in text]
        sides.append((tool("torch").from_numpy(ids), tuple(known)))
    (x, heard), (y, said) = sides
    return Errand(x, y, heard, said)


def dates(seed: int = 0) -> Errand:
    """Return the dates in Wikipedia's introductions, and each as 8 digits.

    Three languages, each spelling once, in random order. Digits are read one
    by one, months as words.
    """
    pairs = {}
    for language, names in MONTHS.items():
        months = names.split()
        rule = re.compile(DATES[language].format("|".join(months)))
        for article in introductions(language):
            for found in rule.finditer(article.text):
                f = {k.lower(): v for k, v in found.groupdict().items() if v}
                month = 1 + months.index(f["m"])
                when = f"{f['y']}{month:02}{int(f['d']):02}"
                pairs[found[0]] = (
                    re.findall(r"\d|[^\W\d]+|,", found[0]),
                    [*when],
                )
    order = np.random.default_rng(seed).permutation(len(pairs))
    pairs = list(pairs.values())
    return _errand([pairs[i] for i in order])


def weather(count: int = 3000, seed: int = 0) -> Errand:
    """Return fourteen days each, and their summary: every spell once.

    No fortnight comes twice. Raises ValueError for more than 10,000.
    """
    between(count, 1, 10_000, "count")
    kinds, pairs = "sun rain fog snow wind".split(), {}
    rng = np.random.default_rng(seed)
    while len(pairs) < count:
        n = rng.integers(1, 6)  # spells, of at least one day each
        days = rng.multinomial(14 - n, np.ones(n) / n) + 1
        spells = [rng.choice(kinds)]
        for _ in days[1:]:
            spells.append(rng.choice([k for k in kinds if k != spells[-1]]))
        pairs[tuple(np.repeat(spells, days))] = spells
    return _errand(list(pairs.items()))


def chat(count: int = 3000, seed: int = 0) -> Errand:
    """Return short talks that end in a question, and the answer to each.

    No talk comes twice. Raises ValueError for more than 10,000.
    """
    between(count, 1, 10_000, "count")
    names = "ada ben cleo dan eva finn gita hugo ines jun".split()
    cities = (
        "delhi lima oslo rome cairo tokyo paris quito perth accra".split()
    )
    rng, pairs = np.random.default_rng(seed), {}
    while len(pairs) < count:
        a, b = rng.choice(names, 2, replace=False)
        c, d = rng.choice(cities, 2, replace=False)
        facts = [f"i am {a} from {c} .", f"my friend is {b} from {d} ."]
        asked = {
            "who am i ?": f"you are {a}",
            "where am i from ?": f"you come from {c}",
            "who is my friend ?": f"she is {b}",
            "where is she from ?": f"she comes from {d}",
        }
        question = rng.choice([*asked])
        talk = [*rng.permutation(facts), question]
        pairs[tuple(" ".join(talk).split())] = asked[question].split()
    return _errand(list(pairs.items()))


def sound(
    keys: str, rng: np.random.Generator, noise: float = 0.5
) -> np.ndarray:
    """Return the sound of pressing keys: frames (T, 256) of a wave.

    A key sounds for 2 to 4 frames, a pause lasts 1 or 2.
    """
    time = np.arange(FRAME) / RATE
    frames = []
    for key in keys:
        low, high = divmod(KEYS.index(key), 3)
        for _ in range(rng.integers(2, 5)):
            turn = rng.random(2)  # frames start anywhere in a wave
            tones = np.array([LOW[low], HIGH[high]])[:, None] * time
            frames.append(np.sin(2 * np.pi * (tones + turn[:, None])).sum(0))
        frames += [np.zeros(FRAME)] * rng.integers(1, 3)
    return frames + noise * rng.normal(size=(len(frames), FRAME))


def spectrum(frames: np.ndarray) -> np.ndarray:
    """Return how strong 34 tones, from 656 up, are in frames (T, 256)."""
    return np.abs(np.fft.rfft(frames))[:, 21:55] / FRAME  # (T, 34)


def phone(count: int = 2000, seed: int = 0) -> Errand:
    """Return the spectra of four keys pressed, and which they were."""
    torch, rng = tool("torch"), np.random.default_rng(seed)
    y = rng.integers(len(KEYS), size=(count, 4))
    x = np.zeros((count, 24, 34))
    for rows, line in zip(x, y, strict=True):
        heard = spectrum(sound("".join(KEYS[k] for k in line), rng))
        rows[len(rows) - len(heard) :] = heard
    return Errand(torch.from_numpy(x), torch.from_numpy(y), (), tuple(KEYS))
