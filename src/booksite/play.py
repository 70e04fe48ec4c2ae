"""Play: a figure of a notebook becomes one that the reader can move.

The notebook's own picture stays: it is what is seen before a script runs,
without any, and on paper. Beside it lies what embook.play has written: the
states to be tried, and what must be seen in each.
"""

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from booksite.meaning import packed
from booksite.place import place_of
from embook import maps, texts, walk, watch
from embook.data import BYTE_OF
from embook.pieces import PASSAGES, passages
from embook.play import MIME, STEPS, WORDS, words
from embook.similarity import cosine, dot, top_k
from embook.sources import ARTEFACTS
from embook.vocabulary import PATTERNS, published

LOGGER = logging.getLogger(__name__)
NEIGHBOURS = 10
# Most numbers, moved up by so much, are plain letters: one byte in UTF-8.
SHIFT = 79
# So many of a row's numbers are drawn.
ACROSS = 64
# What is seen of a training at each moment.
RUN = ("done", "loss", "separation", "alike", "apart")


@dataclass(frozen=True)
class Kind:
    """What a figure is called, what can be set in it, what it shows."""

    title: str
    state: tuple[str, ...]
    shows: tuple[str, ...]
    data: str = ""


KINDS = {
    "two-vectors": Kind(
        "Two vectors",
        ("a1", "a2", "b1", "b2", "normalise"),
        (
            *("length_a", "length_b", "dot", "projection"),
            *("cosine", "angle", "distance"),
        ),
    ),
    "neighbours": Kind(
        "Neighbours and analogies",
        ("word", "minus", "plus", "score", "without"),
        tuple(
            f"{column}{n}"
            for n in range(1, NEIGHBOURS + 1)
            for column in ("word", "score", "lists")
        ),
        data="play-words.js",
    ),
    "lp-ball": Kind(
        "The ball that empties",
        ("p", "infinite", "d"),
        ("corner", "diagonal", "log10_share", "peel", "spread"),
    ),
    "tokenizer": Kind(
        "Tokenizer",
        ("text", "piece", "step"),
        (
            *("points", "bytes", "pieces", "tokens", "piece", "merges"),
            *("parts", "hex", "ids", "may", "next", "all"),
        ),
        data="play-tokens.js",
    ),
    "training": Kind(
        "Training you can watch",
        ("step", "kind"),
        (
            *("readings", "loss", "separation", "alike", "apart"),
            *(f"near{n}" for n in range(1, 7)),
        ),
        data="play-run.js",
    ),
    "position": Kind(
        "Turned by place",
        ("m", "n", "pair", "base"),
        (
            *("offset", "wavelength", "turn_q", "turn_k", "apart"),
            *("part", "score", "sinusoid", "length"),
        ),
    ),
    "walk": Kind(
        "A sentence in the first layer",
        ("stage", "token", "head"),
        (
            *("first", "second", "length", "most"),
            *(f"share{n}" for n in range(1, 6)),
        ),
        data="play-layer.js",
    ),
    "search": Kind(
        "Two searches",
        ("query", "own"),
        tuple(
            f"{column}{n}"
            for n in range(1, len(PASSAGES) + 1)
            for column in ("letters", "found", "meaning", "score")
        ),
        data="play-search-data.js",
    ),
    "map": Kind(
        "Near on the map, near in truth?",
        ("word", "by"),
        (
            *("common", "mean", "nearer"),
            *(
                f"{column}{n}"
                for n in range(1, NEIGHBOURS + 1)
                for column in ("near", "cosine", "dot")
            ),
        ),
        data="play-maps.js",
    ),
}
# The scripts of the pages that hold such a figure; the first is for all.
SCRIPTS = {"play.js": 'class="play"'} | {
    f"play-{kind}.js": f'data-play="{kind}"' for kind in KINDS
}


class play(nodes.General, nodes.Element):
    """A figure to play with: around the notebook's picture."""


class Renderer:
    """What myst-nb asks, by entry point, about outputs of unknown types."""

    # Before image/png, which is at 50.
    mime_priority_overrides = (("html", MIME, 45),)

    @staticmethod
    def handle_mime(renderer, data, inline) -> list[nodes.Node] | None:
        """Return a figure for an output of embook.play, else None."""
        if data.mime_type != MIME:
            return None
        text = json.dumps(data.content, sort_keys=True)
        node = play(payload=text, kind=data.content.get("kind"))
        node.line = data.line
        return [node]


class TakePicture(SphinxPostTransform):
    """Put the picture of an output into its figure to play with."""

    # Before myst-nb (4) takes the one type of each output and drops others.
    default_priority = 3

    def run(self, **options) -> None:
        """Return nothing; move the images."""
        for node in list(self.document.findall(play)):
            node += list(node.parent.parent.findall(nodes.image))


def fault(payload: dict) -> str:
    """Return why a figure cannot be played with or tested, or "".

    >>> fault({"kind": "two-vectors", "golden": []})
    'no golden numbers: nothing would test the figure'
    """
    kind = KINDS.get(payload.get("kind"))
    if kind is None:
        known = ", ".join(KINDS)
        return f"no kind {payload.get('kind')!r}: there are {known}"
    if not payload.get("golden"):
        return "no golden numbers: nothing would test the figure"
    for part in payload["golden"]:
        for what, wanted in (("state", kind.state), ("shows", kind.shows)):
            given = part.get(what, {})
            missing = [name for name in wanted if name not in given]
            unknown = [name for name in given if name not in wanted]
            if missing:
                return f"no golden numbers: {what} lacks {missing[0]}"
            if unknown:
                return f"{what} has {unknown[0]}, which the figure lacks"
        for name, value in part["shows"].items():
            if not isinstance(value, str) and not math.isfinite(value):
                return f"the golden number {name} is {value}"
    return ""


def hubs(scores: np.ndarray) -> np.ndarray:
    """Return in how many lists of nearest words each word (V,) stands.

    `scores` (V, V) rank all words for each; a word is not on its own list.
    """
    scores = scores.copy()
    np.fill_diagonal(scores, scores.min() - 1)
    lists = top_k(scores, NEIGHBOURS)
    return np.bincount(lists.ravel(), minlength=len(scores))


@cache
def word_data() -> str:
    """Return the script that brings the words and vectors to a page."""
    table = words()
    # In whole steps, so that sums are exact and equal scores stay equal.
    x = np.rint(table.vectors * STEPS)
    products = dot(x, x)
    squares = (x * x).sum(axis=1)
    ranks = {
        "cosine": cosine(x, x),
        "distance": 2 * products - squares,
        "dot": products,
    }
    letters = (x + SHIFT).astype(int).astype(np.uint8)
    data = {
        "steps": STEPS,
        "shift": SHIFT,
        "words": " ".join(table.words),
        "numbers": letters.tobytes().decode("latin-1"),
        "hubs": {name: hubs(r).tolist() for name, r in ranks.items()},
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"book.words={text};\n"


@cache
def token_data() -> str:
    """Return the script that brings GPT-2's tokens to a page, and its cuts.

    A token is spelt as in its file: one letter for each byte.
    """
    notice = (ARTEFACTS / "LICENSE-gpt2").read_text("utf-8")
    letters = sorted(BYTE_OF, key=BYTE_OF.get)
    spelt = (
        "".join(letters[byte] for byte in token)
        for token in published("gpt2").tokens
    )
    # A browser counts other signs as white than Unicode and Python do.
    pattern = PATTERNS["gpt2"].replace(r"\s", r"\p{White_Space}")
    data = {
        "letters": "".join(letters),
        "pattern": pattern.replace(r"\S", r"\P{White_Space}"),
        "tokens": " ".join(spelt),
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"/*\nGPT-2's tokens.\n\n{notice}*/\nbook.gpt2={text};\n"


@cache
def run_data() -> str:
    """Return the script that brings a recorded training to a page."""
    run = watch.run()
    data = {name: getattr(run, name) for name in RUN}
    data = {name: x.round(9).tolist() for name, x in data.items()}
    data |= {
        "kinds": texts.groups(),
        # In thousandths: a mark moves by less than it is wide.
        "places": _whole(1000 * run.places),
        "nearest": run.nearest[:, :, 0].ravel().tolist(),
    }
    text = json.dumps(data, separators=(",", ":"))
    return f"book.run={text};\n"


@cache
def walk_data() -> str:
    """Return the script that brings a sentence's walk through a layer."""
    arrays = {
        name: {
            "numbers": x[..., :ACROSS].ravel().tolist(),
            "lengths": (x * x).sum(axis=-1).ravel() ** 0.5,
        }
        for name, x in walk.walk().items()
    }
    for array in arrays.values():
        array["lengths"] = array["lengths"].round(9).tolist()
    data = {"tokens": walk.TOKENS, "arrays": arrays}
    data["stages"] = [stage._asdict() for stage in walk.STAGES]
    text = json.dumps(data, separators=(",", ":"))
    return f"book.walk={text};\n"


@cache
def map_data() -> str:
    """Return the script that brings words, their vectors, and four maps."""
    table, places = maps.chosen(), maps.places()
    data = {
        "words": " ".join(table.words),
        # In whole steps, so that sums are exact.
        "numbers": _whole(table.vectors * STEPS),
        "maps": [
            {"name": name, "label": label, "places": _whole(places[name])}
            for name, label in maps.MAPS.items()
        ],
    }
    text = json.dumps(data, separators=(",", ":"))
    return f"book.maps={text};\n"


def _whole(x: np.ndarray) -> list[int]:
    return np.rint(x).astype(int).ravel().tolist()


@cache
def search_data() -> str:
    """Return the script that brings a small search to a page."""
    data = {"texts": PASSAGES, "table": packed(passages())}
    text = json.dumps(data, separators=(",", ":"))
    return f"book.passages={text};\n"


# What is large comes when it is asked for: its script, and what it brings.
DATA = {
    "play-words.js": (word_data, f"{WORDS:,} words"),
    "play-tokens.js": (token_data, "GPT-2’s 50,000 merges"),
    "play-run.js": (run_data, "48 words at 41 moments"),
    "play-layer.js": (walk_data, "one sentence in one layer"),
    "play-maps.js": (map_data, "240 words on four maps"),
    "play-search-data.js": (search_data, "vectors of 10,000 word pieces"),
}


def visit_play(translator, node: play) -> None:
    """Return nothing; open the card around the picture.

    Warns, naming the place, where nothing could play or test the figure.
    """
    payload = json.loads(node["payload"])
    if problem := fault(payload):
        builder = translator.builder
        where = place_of(builder.env, builder.current_docname, node)
        LOGGER.warning("figure: %s: %s", where, problem)
        raise nodes.SkipNode
    name = node["kind"]
    all_there = node.document.findall(play)
    before = [n for n in all_there if n["kind"] == name].index(node)
    number = f"-{before + 1}" if before else ""
    translator.body.append(
        f'<div class="play" id="play-{name}{number}" data-play="{name}" '
        f'role="group" aria-label="{KINDS[name].title}">\n'
    )


def depart_play(translator, node: play) -> None:
    """Return nothing; add the states, and the offer to load what is large."""
    kind, builder = KINDS[node["kind"]], translator.builder
    if kind.data:
        script, what = DATA[kind.data]
        data = script().encode()
        Path(builder.outdir, kind.data).write_bytes(data)
        translator.body.append(
            '<p class="play-load js-only"><button type="button" '
            f'class="button" data-load="{kind.data}">Play with it: load '
            f"{what} ({len(data) / 1e6:.2f} MB)</button></p>\n"
        )
    golden = json.loads(node["payload"])["golden"]
    text = json.dumps(golden, sort_keys=True).replace("<", "\\u003c")
    translator.body.append(
        f'<script type="application/json">{text}</script>\n</div>\n'
    )


def setup(app) -> None:
    """Return nothing; add the figure and the step that makes it."""
    app.add_node(play, html=(visit_play, depart_play))
    app.add_post_transform(TakePicture)
