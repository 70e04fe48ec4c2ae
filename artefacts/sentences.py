"""Build sentences.npz again: python artefacts/sentences.py.

Some ten minutes of one processor. For each way to make vectors it holds the
place of the right text for each question: 1 is first. On another processor
a place may differ by a few: sums in another order round otherwise.
"""

from itertools import chain

import numpy as np

from embook import bert, data, minilm, static, texts, tokenization
from embook.benchmark import questions
from embook.norms import unit
from embook.sentences import average, common, places, pool, sif
from embook.sources import ARTEFACTS
from embook.space import without
from embook.vocabulary import published

TOGETHER = 16  # texts of any length side by side, as a careless loop does it


def pooled(model: minilm.MiniLM, written: list[str]) -> dict:
    """Return MiniLM's vectors (N, D) of texts, pooled in four ways."""
    found = {"mean": [], "cls": [], "max": [], "padded": []}
    for start in range(0, len(written), TOGETHER):
        some = [model.encode(t) for t in written[start : start + TOGETHER]]
        for row in some:
            row[model.longest - 1 : -1] = []
        ids, mask = minilm.side_by_side(some)
        *_, (x, _) = bert.states(model.net, ids, mask)
        for how in ("mean", "cls", "max"):
            found[how].append(pool(x, mask, how))
        found["padded"].append(x.mean(axis=1))
    return {how: unit(np.concatenate(x)) for how, x in found.items()}


def rests() -> tuple[list[str], list[str]]:
    """Return first sentences of paragraphs, and the rest of each.

    The paragraphs are those of texts.encyclopedia with 50 words or more and
    three sentences or more, of which the first has 5 to 25 words.
    """
    asked, rest = [], []
    for article in texts.encyclopedia():
        for line in article.text.split("\n"):
            first, *others = line.split(". ")
            long = len(line.split()) >= 50 and len(others) >= 2
            if long and 5 <= len(first.split()) <= 25:
                asked.append(first)
                rest.append(". ".join(others))
    return asked, rest


def placed(asked: np.ndarray, items: np.ndarray, right) -> np.ndarray:
    """Return the places (N,) of the right items, in 16 bits."""
    return places(unit(asked), unit(items), right).astype(np.uint16)


def main() -> None:
    """Return nothing; write the places."""
    model, found = minilm.load(), {}
    asked = [question.text for question in questions()]
    right = [question.article for question in questions()]
    written = [article.text for article in texts.introductions()]
    a, b = (pooled(model, some) for some in (asked, written))
    for how in a:
        found[f"minilm_{how}"] = placed(a[how], b[how], right)

    def _by(table, weight, asked, items, right, salt=False):
        a, b = (average(table, ids, weight) for ids in (asked, items))
        if salt:
            a, b = (without(x, common(b)) for x in (a, b))
        return placed(a, b, right)

    smol = published("smollm")
    ids = [
        [tokenization.encode(t, smol) for t in some]
        for some in (asked, written)
    ]
    table = data.smollm_tokens().vectors
    counts = np.bincount([*chain(*ids[1])], minlength=len(table))
    found["smollm_mean"] = _by(table, None, *ids, right)
    found["smollm_sif"] = _by(table, sif(counts), *ids, right, salt=True)

    ids = [[model.encode(t)[1:-1] for t in some] for some in (asked, written)]
    counts = np.bincount([*chain(*ids[1])], minlength=model.size)
    entry, weight = data.minilm_tokens().vectors, sif(counts)
    states = np.concatenate(
        [
            entry[: static.FIRST],
            static.alone(model, np.arange(static.FIRST, model.size)),
        ]
    )
    found["entry_mean"] = _by(entry, None, *ids, right)
    found["entry_sif"] = _by(entry, weight, *ids, right)
    found["pass"] = _by(states, None, *ids, right)
    three = static.alone(model, np.arange(model.size), mean=True)
    found["pass_mean"] = _by(three, None, *ids, right)
    found["pass_sif"] = _by(states, weight, *ids, right)
    known = states[static.FIRST :]
    for width in (32, 64, 128, 256):
        centre, to = static.narrow(known, width)
        axes = to / np.linalg.norm(to, axis=0)
        for name, by in (("pca", axes), ("even", to)):
            found[f"{name}_{width}"] = _by(
                (states - centre) @ by, weight, *ids, right
            )

    asked, rest = rests()
    right = np.arange(len(rest))
    a, b = (model.vectors(some, most=model.longest) for some in (asked, rest))
    found["rest_minilm"] = placed(a, b, right)
    ids = [[model.encode(t)[1:-1] for t in some] for some in (asked, rest)]
    found["rest_entry"] = _by(entry, weight, *ids, right)
    found["rest_pass"] = _by(states, weight, *ids, right)
    np.savez(ARTEFACTS / "sentences.npz", **found)


if __name__ == "__main__":
    main()
