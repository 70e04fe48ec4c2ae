"""Play: what a notebook hands over, and what the site makes of it."""

import copy
import gzip
import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
import tiny
from laws import decimals, stored

from embook import data, maps, play, walk, watch
from embook.vocabulary import published

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "back/play.ipynb"
KB = 1024


# --- in the notebook --------------------------------------------------------


def test_golden_numbers_by_hand():
    def numbers(x, name):
        return {"square": np.array([[x * x]]), "name": name, "third": x / 3}

    states = [{"x": -2, "name": "two"}, {"x": 0.0, "name": ""}]
    assert play.golden(numbers, states) == [
        {
            "state": states[0],
            "shows": {"square": 4, "name": "two", "third": -0.666666667},
        },
        {
            "state": states[1],
            "shows": {"square": 0, "name": "", "third": 0},
        },
    ]


def test_the_last_digits_of_another_processor_are_not_stored():
    (large,) = play.golden(lambda: {"n": 1e10 + 2e-5}, [{}])
    (small,) = play.golden(lambda: {"n": -1e-17}, [{}])
    assert large["shows"]["n"] == 1e10
    assert math.copysign(1, small["shows"]["n"]) == 1


@pytest.mark.parametrize(
    ("numbers", "states", "message"),
    [
        (dict, [], "states is empty"),
        (dict, [{}], "nothing to show in state {}"),
        (lambda: {"a": np.nan}, [{}], "a is nan in state {}"),
        (lambda: {"a": -np.inf}, [{}], "a is -inf in state {}"),
    ],
)
def test_refusals(numbers, states, message):
    with pytest.raises(ValueError, match=message):
        play.golden(numbers, states)


def test_a_figure_is_one_output_and_closed(monkeypatch):
    from matplotlib import pyplot as plt

    shown = []
    monkeypatch.setattr(
        "IPython.display.display", lambda bundle, raw: shown.append(bundle)
    )
    plt.switch_backend("agg")
    fig = plt.figure(figsize=(2, 1), dpi=144)
    play.figure(fig, "a-kind", lambda x: {"y": x + 1}, [{"x": 1}])
    (bundle,) = shown
    assert plt.get_fignums() == []
    assert bundle[play.MIME] == {
        "kind": "a-kind",
        "golden": [{"state": {"x": 1}, "shows": {"y": 2}}],
    }
    assert bundle["image/png"].startswith("iVBORw0KGgo")
    assert len(bundle) == 2


def test_the_words_of_the_page_fit_a_byte_and_stay_true():
    table, whole = play.words(), data.glove_small()
    assert len(table.words) == play.WORDS
    assert table.words[0] == "the"
    assert all(w.isascii() and w.isalpha() for w in table.words)
    steps = table.vectors * play.STEPS
    np.testing.assert_allclose(steps, np.rint(steps), atol=1e-9)
    assert np.abs(steps).max() < 127.5
    far = np.abs(table.vectors - whole.vectors[whole.rows(table.words)])
    assert far.max() <= 0.5 / play.STEPS + 1e-9


def test_the_page_of_figures_keeps_the_laws_of_a_chapter():
    assert stored.freshly_executed(PAGE) == []
    assert decimals.printed_or_cited(PAGE) == []


# --- on the site ------------------------------------------------------------

STATE = {"p": 2, "infinite": False, "d": 3}
SHOWS = ("corner", "diagonal", "log10_share", "peel", "spread")
GOLDEN = {"state": STATE, "shows": dict.fromkeys(SHOWS, 0.5)}
PAYLOAD = {"kind": "lp-ball", "golden": [GOLDEN]}


def page(*payloads: dict, alt: str = "A ball") -> str:
    """Return a notebook whose cells display such figures, as text."""
    notebook = tiny.chapter()
    cells = [tiny.prose("title", "# Page")]
    for n, payload in enumerate(payloads, 1):
        bundle = {"image/png": tiny.png(), play.MIME: payload}
        output = {"output_type": "display_data", "metadata": {}}
        metadata = {"mystnb": {"image": {"alt": alt}}} if alt else {}
        cell = tiny.code(
            f"figure-{n}", "x = 1", [output | {"data": bundle}], **metadata
        )
        cells.append(cell | {"execution_count": n})
    return json.dumps(notebook | {"cells": cells})


def build(folder: Path, text: str) -> tuple[str, str]:
    """Return the HTML and the warnings of a book of one notebook."""
    pytest.importorskip("sphinx", reason="the site's tools are missing")
    import test_booksite

    conf = test_booksite.CONF.replace('"figures",', '"figures", "play",')
    return test_booksite.build(folder, {"index.ipynb": text}, conf)


def changed(path: str, value: object = None) -> dict:
    """Return the payload with the entry at a/b/c set, or left out."""
    payload = copy.deepcopy(PAYLOAD)
    place = payload
    *way, last = path.split("/")
    for step in way:
        place = place[int(step) if step.isdigit() else step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return payload


def test_a_figure_becomes_a_card_around_the_notebooks_picture(tmp_path):
    html, warnings = build(tmp_path, page(PAYLOAD, PAYLOAD))
    assert warnings == ""
    cards = re.findall(r'<div class="play".*?</div>', html, re.S)
    assert len(cards) == 2
    assert 'id="play-lp-ball" data-play="lp-ball" role="group"' in cards[0]
    assert 'id="play-lp-ball-2"' in cards[1]
    assert re.search('<img src="[^"]+" alt="A ball"', cards[0])
    inside = re.search('application/json">(.*)</script>', cards[0])[1]
    assert json.loads(inside) == PAYLOAD["golden"]


def test_no_word_of_a_state_can_end_its_script(tmp_path):
    html, _ = build(
        tmp_path, page(changed("golden/0/shows/peel", "</script><b>"))
    )
    assert "</script><b>" not in html


FAULTY = {
    "no kind 'cube': there are two-vectors, ": changed("kind", "cube"),
    "no kind None: there are two-vectors, ": changed("kind"),
    "no golden numbers: nothing would test the figure": changed("golden", []),
    "no golden numbers: shows lacks peel": changed("golden/0/shows/peel"),
    "no golden numbers: state lacks d": changed("golden/0/state/d"),
    "shows has volume, which the figure lacks": changed(
        "golden/0/shows/volume", 3
    ),
    "state has q, which the figure lacks": changed("golden/0/state/q", 3),
    "the golden number peel is inf": changed(
        "golden/0/shows/peel", float("inf")
    ),
}


@pytest.mark.parametrize("message", FAULTY)
def test_what_cannot_be_played_or_tested_names_its_cell(message, tmp_path):
    html, warnings = build(tmp_path, page(PAYLOAD, FAULTY[message]))
    assert f"figure: index.ipynb, cell 3, line 1: {message}" in warnings
    assert html.count('class="play"') == 1


def test_a_figure_without_words_names_its_cell(tmp_path):
    _, warnings = build(tmp_path, page(PAYLOAD, alt=""))
    assert "figure: index.ipynb, cell 2, line 1: no alternative" in warnings


def test_every_kind_has_its_script_and_is_light():
    site = pytest.importorskip("booksite.play")
    theme = ROOT / "src/booksite/theme"
    files = [theme / "static" / name for name in site.SCRIPTS]
    packed = {
        file.name: len(gzip.compress(file.read_bytes(), 9))
        for file in [*files, theme / "play.css"]
    }
    print(packed)
    assert packed["play.js"] + packed["play.css"] <= 8 * KB
    assert {f"play-{kind}.js" for kind in site.KINDS} < set(packed)
    assert max(packed.values()) <= 6 * KB


def arrived(text: str, name: str) -> dict:
    """Return what a script sets book.name to; it must be light."""
    packed = len(gzip.compress(text.encode(), 9))
    print(f"{name}: {packed} bytes packed, {len(text.encode())} as they are")
    assert packed <= 300 * KB
    before, _, sent = text.partition(f"book.{name}=")
    assert sent
    assert not before or before.endswith("*/\n")  # a notice
    return json.loads(sent.removesuffix(";\n"))


def test_the_words_arrive_as_they_were_and_are_light():
    site = pytest.importorskip("booksite.play")
    sent = arrived(site.word_data(), "words")
    # What the page does with it, in Python's words.
    letters = np.array([ord(c) for c in sent["numbers"]])
    numbers = (letters - sent["shift"]).astype(np.uint8).astype(np.int8)
    table = play.words()
    np.testing.assert_array_equal(
        numbers.reshape(len(table.words), -1) / sent["steps"], table.vectors
    )
    assert sent["words"].split(" ") == list(table.words)
    assert {len(counts) for counts in sent["hubs"].values()} == {play.WORDS}


def test_the_run_arrives_as_it_was_and_is_light():
    site = pytest.importorskip("booksite.play")
    sent = arrived(site.run_data(), "run")
    run = watch.run()
    for name in site.RUN:
        np.testing.assert_allclose(sent[name], getattr(run, name), atol=1e-9)
    places = np.array(sent["places"]).reshape(run.places.shape) / 1000
    np.testing.assert_allclose(places, run.places, atol=5e-4)
    assert [w for some in sent["kinds"].values() for w in some] == [
        *run.words
    ]
    assert sent["nearest"] == run.nearest[:, :, 0].ravel().tolist()


def test_the_walk_arrives_as_it_was_and_is_light():
    site = pytest.importorskip("booksite.play")
    sent = arrived(site.walk_data(), "walk")
    for name, x in walk.walk().items():
        numbers, lengths = sent["arrays"][name].values()
        shown = x[..., : site.ACROSS]
        np.testing.assert_array_equal(np.reshape(numbers, shown.shape), shown)
        long = np.sqrt((x**2).sum(axis=-1)).ravel()
        np.testing.assert_allclose(lengths, long, atol=1e-9)
    assert [stage["name"] for stage in sent["stages"]] == [
        stage.name for stage in walk.STAGES
    ]


def test_the_maps_arrive_as_they_were_and_are_light():
    site = pytest.importorskip("booksite.play")
    text = site.map_data()
    assert len(gzip.compress(text.encode(), 9)) <= 60 * KB
    sent, table, drawn = arrived(text, "maps"), maps.chosen(), maps.places()
    assert sent["words"].split(" ") == list(table.words)
    numbers = np.reshape(sent["numbers"], table.vectors.shape) / play.STEPS
    np.testing.assert_allclose(numbers, table.vectors, atol=1e-12)
    assert [one["name"] for one in sent["maps"]] == list(drawn)
    for one, places in zip(sent["maps"], drawn.values(), strict=True):
        np.testing.assert_array_equal(
            np.reshape(one["places"], places.shape), places
        )


def test_the_tokens_arrive_as_they_were_and_are_light():
    site = pytest.importorskip("booksite.play")
    text = site.token_data()
    sent = arrived(text, "gpt2")
    assert "Copyright (c) 2019 OpenAI" in text.partition("*/")[0]
    spelt, bpe = sent["tokens"].split(" "), published("gpt2")
    assert [bytes(map(sent["letters"].index, t)) for t in spelt] == [
        *bpe.tokens
    ]


def test_hubs_are_counted_on_every_list_but_ones_own():
    site = pytest.importorskip("booksite.play")
    scores = np.random.default_rng(0).integers(0, 99, (40, 40)).astype(float)
    scores[:, 7] = 100.0  # first on every list but its own
    counts = site.hubs(scores)
    lists = [
        sorted((n for n in range(40) if n != row), key=lambda n: -s[n])[:10]
        for row, s in enumerate(scores)
    ]
    expected = np.bincount(np.concatenate(lists), minlength=40)
    np.testing.assert_array_equal(counts, expected)
    assert counts[7] == 39
