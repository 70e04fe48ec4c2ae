"""Errands: every example says what it should."""

import datetime
import re

import numpy as np
import pytest

from embook import errands
from embook.errands import NOTHING


def pairs(errand):
    x, y = errand.x.tolist(), errand.y.tolist()
    return [
        (errand.hears(a), errand.says(b)) for a, b in zip(x, y, strict=True)
    ]


def test_dates_are_days_of_the_calendar():
    errand = errands.dates()
    said = dict(pairs(errand))
    assert len(said) > 3000
    for heard, digits in said.items():
        _, month, day = re.fullmatch(
            r"(\d{4})(\d\d)(\d\d)", digits.replace(" ", "")
        ).groups()
        assert 1 <= int(month) <= 12, heard
        assert 1 <= int(day) <= 31, heard
    assert said["2 8 de febrero de 1 6 6 4"] == "1 6 6 4 0 2 2 8"
    known = [d for d in said.values() if d.startswith("1 9")]
    whole = [d.replace(" ", "") for d in known]
    assert all(datetime.datetime.strptime(d, "%Y%m%d") for d in whole)


def test_every_order_of_a_date_is_there():
    heard = [h for h, _ in pairs(errands.dates())]
    for kind in (r"\w+ \d", r"\d .* \w{3,} ", r".* de \w+ de"):
        assert sum(bool(re.match(kind, h)) for h in heard) > 100


def test_a_summary_says_each_spell_once():
    for heard, said in pairs(errands.weather(200)):
        days = heard.split()
        assert len(days) == 14
        spells = [d for i, d in enumerate(days) if i == 0 or d != days[i - 1]]
        assert said.split() == spells


def test_what_is_read_ends_where_writing_begins():
    errand = errands.dates()
    assert (errand.x[:, 0] == 0).any()
    assert (errand.x[:, -1] != 0).all()
    errand = errands.weather(50)
    assert (errand.y[:, 0] != 0).all()
    assert (errand.y[:, -1] == 0).any()


def test_every_answer_is_true():
    asked = set()
    for heard, said in pairs(errands.chat(300)):
        ((me, home),) = re.findall(r"i am (\w+) from (\w+) \.", heard)
        ((she, hers),) = re.findall(r"my friend is (\w+) from (\w+)", heard)
        true = {
            "who am i": f"you are {me}",
            "where am i from": f"you come from {home}",
            "who is my friend": f"she is {she}",
            "where is she from": f"she comes from {hers}",
        }
        last = heard.split(" . ")[-1].removesuffix(" ?")
        assert said == true[last], heard
        asked.add(last)
    assert len(asked) == 4


def test_a_key_s_two_tones_are_the_loudest():
    rng = np.random.default_rng(0)
    for n, key in enumerate(errands.KEYS):
        loud = errands.spectrum(errands.sound(key, rng, noise=0.0))[0]
        tones = (21 + np.arange(34)) * errands.RATE / errands.FRAME
        low, high = divmod(n, 3)
        for tone in (errands.LOW[low], errands.HIGH[high]):
            assert loud[np.abs(tones - tone).argmin()] > 5 * np.median(loud)


def test_a_phone_s_frames_end_together_and_its_start_is_silent():
    errand = errands.phone(20)
    assert errand.x.shape == (20, 24, 34)
    assert errand.y.shape == (20, 4)
    assert errand.x[:, -1].abs().sum(1).min() > 0


def test_parts_and_draw_share_the_words():
    whole = errands.weather(30)
    one, other = whole.parts(20)
    assert (len(one.x), len(other.x)) == (20, 10)
    x, y = one.draw(np.random.default_rng(0), 5)
    assert (len(x), len(y)) == (5, 5)
    assert one.heard == other.heard
    assert whole.said[0] == NOTHING


def test_the_same_seed_gives_the_same_examples():
    for make in (errands.weather, errands.chat, errands.phone):
        one, same, other = (make(5, seed) for seed in (0, 0, 1))
        np.testing.assert_array_equal(one.x, same.x)
        assert (one.x != other.x).any()


def test_no_text_comes_twice():
    for make in (errands.dates, errands.weather, errands.chat):
        heard = [text for text, _ in pairs(make())]
        assert len(heard) == len(set(heard)), make


def test_more_texts_than_there_are_is_refused():
    for make in (errands.weather, errands.chat):
        with pytest.raises(ValueError, match="count"):
            make(10_001)
