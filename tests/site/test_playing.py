"""Figures to play with: true to the notebook, and open to every hand."""

import json
import random
import re
import unicodedata
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlencode

import pytest
from fuzz import strings
from test_crawl import AXE, RULES

from embook.data import BYTE_OF
from embook.tokenization import encode
from embook.vocabulary import cut, published

site_play = pytest.importorskip("booksite.play")
KINDS = list(site_play.KINDS)
each_kind = pytest.mark.parametrize("kind", KINDS)
TOLERANCE = 1e-6
# A slip in each script, far smaller than anyone would see.
SLIPS = {
    "two-vectors": ("dot / (lengths[0] * lengths[1])", "$ * 1.00001"),
    "neighbours": ("(Math.sqrt(dot(q, q)) * lengths[n])", "$ * 1.00001"),
    "lp-ball": ("1 / (12 * z)", "1 / (12.1 * z)"),
    "tokenizer": ("ranks.indexOf(lowest)", "ranks.lastIndexOf(lowest)"),
    "training": ("run.loss[step]],", "run.loss[step] * 1.00001],"),
    "walk": ("length: lengths[at]", "$ * 1.00001"),
    "position": ("-pair / PAIRS", "-pair / 64.001"),
    "search": ("dot(unit(a), unit(b))", "$ * 1.00001"),
    "map": ("/ (lengths[a] * lengths[b])", "$ * 1.00001"),
}
CLIPBOARD = ["clipboard-read", "clipboard-write"]
FOCUSABLE = "input:enabled, textarea, select, button:enabled, summary"


def home_of(site: Path, kind: str) -> str:
    """Return the path of the first page with a figure of this kind."""
    for path in sorted(site.rglob("*.html")):
        if f'id="play-{kind}"' in path.read_text("utf-8"):
            return path.relative_to(site).as_posix()
    pytest.fail(f"no page has the figure {kind}")


def card_of(page, kind: str):
    """Return the figure, with what it needs, ready to be moved."""
    card = page.locator(f'[data-play="{kind}"]').first
    card.scroll_into_view_if_needed()
    offer = card.locator("[data-load]")
    if offer.count():
        offer.press("Enter")
    card.locator(".play-body").wait_for()
    return card


@pytest.fixture
def opened(visit, site):
    """Return a function that opens a figure: its page, card, and log."""

    def go(kind: str, **options):
        page, seen = visit(home_of(site, kind), **options)
        return page, card_of(page, kind), seen

    return go


def golden_of(card) -> list[dict]:
    """Return what the notebook has written for this figure."""
    return json.loads(card.locator("script").text_content())


def put(card, key: str, value) -> None:
    """Return nothing; set one control to a value, as a reader does."""
    if isinstance(value, bool):
        card.locator(f'[name="{key}"]').set_checked(value)
    elif card.locator(f'[data-key="{key}"][type="radio"]').count():
        card.locator(f'[data-key="{key}"][value="{value}"]').check()
    else:
        field = card.locator(f'[name="{key}"]')
        tag = field.evaluate("field => field.tagName")
        if tag == "SELECT":
            field.select_option(str(value))
            return
        field.fill(str(value))
        # In a field of several lines it would be one more sign.
        if tag == "INPUT":
            field.press("Enter")


def bring(card, state: dict) -> None:
    """Return nothing; bring a figure into a state by its controls."""
    # One control may depend on those before it.
    order = site_play.KINDS[card.get_attribute("data-play")].state
    state = {key: state[key] for key in order}
    ticks = {k: v for k, v in state.items() if isinstance(v, bool)}
    # A tick can lock another control: all off, then the rest, then on.
    for key in ticks:
        put(card, key, False)
    for key, value in (state | ticks).items():
        if value not in (True, False) or key not in ticks:
            put(card, key, value)
    for key, value in ticks.items():
        put(card, key, value)


def shown(card) -> dict[str, str]:
    """Return the values in the figure's table, by name."""
    return card.locator("td[data-name]").evaluate_all(
        "cells => Object.fromEntries("
        "cells.map(c => [c.dataset.name, c.dataset.value]))"
    )


def compare(card, part: dict) -> list[str]:
    """Return where the figure does not show what it must in its state."""
    values, wrong = shown(card), []
    if set(values) != set(part["shows"]):
        return [f"shows {sorted(values)}"]
    for name, expected in part["shows"].items():
        got = values[name]
        if isinstance(expected, str):
            same = got == expected
        else:
            allowed = TOLERANCE * max(1, abs(expected))
            same = abs(float(got) - expected) <= allowed
        if not same:
            wrong.append(f"{part['state']}: {name} is {got}, not {expected}")
    return wrong


def differences(card, golden: list[dict]) -> list[str]:
    """Return every difference, over all the states."""
    wrong = []
    for part in golden:
        bring(card, part["state"])
        wrong += compare(card, part)
    return wrong


# --- true to the notebook ---------------------------------------------------


@each_kind
def test_a_figure_shows_what_the_notebook_computed(opened, kind):
    _, card, seen = opened(kind)
    golden = golden_of(card)
    assert compare(card, golden[0]) == []
    assert differences(card, golden) == []
    assert seen.problems == []
    print(f"{kind}: {len(golden)} states, {len(shown(card))} values each")


@pytest.mark.deep
@each_kind
def test_a_slip_in_a_script_is_found(visit, address, site, kind):
    old, new = SLIPS[kind]
    name = f"play-{kind}.js"
    script = site.joinpath("_static", name).read_text("utf-8")
    assert script.count(old) == 1
    slipped = script.replace(old, new.replace("$", old))
    page, _ = visit("index.html")
    page.route(f"**/{name}", lambda route: route.fulfill(body=slipped))
    page.goto(f"{address}/{home_of(site, kind)}")
    card = card_of(page, kind)
    assert differences(card, golden_of(card)) != []


@pytest.mark.deep
@each_kind
def test_a_slip_in_the_golden_numbers_is_found(opened, kind):
    _, card, _ = opened(kind)
    (first, *_) = golden_of(card)
    for name, value in first["shows"].items():
        if isinstance(value, str):
            other = value + "s"
        else:
            other = value + 2 * TOLERANCE * max(1, abs(value))
        shows = first["shows"] | {name: other}
        (said,) = compare(card, first | {"shows": shows})
        assert f": {name} is " in said


@pytest.mark.deep
@each_kind
def test_a_state_is_in_the_address(opened, address, site, kind):
    page, card, seen = opened(kind)
    start, *_, last = golden_of(card)
    bring(card, last["state"])
    name = card.get_attribute("id")
    page.wait_for_url(re.compile(f"#{name}\\?"))
    page.wait_for_timeout(400)
    link = page.url
    page.goto("about:blank")
    page.goto(link)
    assert compare(card_of(page, kind), last) == []
    assert page.evaluate("scrollY") > 0

    # In a page that is open already, and by a link made by hand.
    query = urlencode({k: str(v).lower() for k, v in start["state"].items()})
    page.evaluate(f"location.hash = '{name}?{query}'")
    page.wait_for_timeout(100)
    assert compare(card, start) == []
    assert seen.problems == []


@pytest.mark.parametrize(
    "query",
    ["p=99&d=2.5", "p=&d=&infinite=", "p=x&nonsense=1&d=1e9", "", "%E0%A4%A"],
)
def test_an_address_with_nonsense_changes_nothing(
    visit, address, site, query
):
    page, seen = visit(f"{home_of(site, 'lp-ball')}#play-lp-ball?{query}")
    card = card_of(page, "lp-ball")
    assert compare(card, golden_of(card)[0]) == []
    assert [p for p in seen.problems if "play" in p] == []


# --- the tokenizer, byte for byte -------------------------------------------

LETTERS = sorted(BYTE_OF, key=BYTE_OF.get)
IN_THE_PAGE = """texts => texts.map(text => {
    const { cut, encode, letters, tokens } = book.gpt2;
    const all = tokens.split(" ");
    const ids = encode(text);
    const bytes = ids.flatMap(id =>
        Array.from(all[id], letter => letters.indexOf(letter)));
    return [cut(text), ids, bytes];
})"""


def spell(tokens: list[bytes]) -> list[str]:
    """Return tokens as the vocabulary's file spells them."""
    return ["".join(LETTERS[byte] for byte in token) for token in tokens]


def unequal(page, texts: list[str]) -> list[str]:
    """Return the texts that the page cuts or encodes unlike Python."""
    bpe, wrong = published("gpt2"), []
    for start in range(0, len(texts), 500):
        part = texts[start : start + 500]
        found = page.evaluate(IN_THE_PAGE, part)
        for text, theirs in zip(part, found, strict=True):
            ours = [cut(text), encode(text, bpe), [*text.encode()]]
            wrong += [text] * (ours != theirs)
    return wrong


@pytest.mark.parametrize(
    "count", [1000, pytest.param(10_000, marks=pytest.mark.deep)]
)
def test_the_page_encodes_like_python(opened, count):
    page, _, seen = opened("tokenizer")
    texts = [*strings(count, seed=5)]
    assert unequal(page, texts) == []
    assert seen.problems == []
    print(f"{count} strings, {sum(map(len, texts))} characters: all equal")


@pytest.mark.deep
def test_no_id_depends_on_the_unicode_of_the_browser(opened):
    page, _, _ = opened("tokenizer")
    # Between these planes Unicode has assigned nothing yet.
    signs = [
        *range(0xD800),
        *range(0xE000, 0x40000),
        *range(0xE0000, 0xE0200),
    ]
    texts = [f"a{chr(i)}{chr(i)}b 1{chr(i)}\n" for i in signs]
    bpe, moved = published("gpt2"), []
    for start in range(0, len(texts), 5000):
        part = texts[start : start + 5000]
        found = page.evaluate(IN_THE_PAGE, part)
        for text, (pieces, ids, _) in zip(part, found, strict=True):
            assert ids == encode(text, bpe), text
            moved += [text[1]] * (pieces != cut(text))
    # Only new letters are cut otherwise: those that Python does not know.
    print(f"{len(texts)} signs, {len(moved)} of them cut otherwise")
    assert {unicodedata.category(c) for c in moved} <= {"Cn"}


def stages(piece: bytes, rank: Callable) -> list[list[str]]:
    """Return a piece after each merge, spelt; slow and plain."""
    rows = [[bytes([byte]) for byte in piece]]
    while True:
        row = rows[-1]
        found = [rank(a, b) for a, b in pairwise(row)]
        may = [i for i in found if i is not None]
        if not may:
            return [*map(spell, rows)]
        at = found.index(min(may))
        rows.append([*row[:at], row[at] + row[at + 1], *row[at + 2 :]])


def test_every_merge_on_the_way_is_python_s(opened):
    page, _, _ = opened("tokenizer")
    rng = random.Random(0)
    pieces = {piece for text in strings(1500, seed=6) for piece in cut(text)}
    pieces = rng.sample(sorted(p for p in pieces if len(p) < 40), 1000)
    found = page.evaluate(
        """pieces => pieces.map(piece => {
            const { merge } = book.gpt2;
            const most = merge(piece).merged.length;
            return Array.from({length: most + 1},
                (_, step) => merge(piece, step).parts);
        })""",
        pieces,
    )
    rank = published("gpt2").rank
    assert found == [stages(piece.encode(), rank) for piece in pieces]
    print(f"{len(pieces)} pieces, {sum(map(len, found))} rows: all equal")


# --- by keyboard alone ------------------------------------------------------


def value_of(page) -> str:
    """Return the value of what has the focus."""
    return page.evaluate("document.activeElement.value")


def stops(page, card) -> list[dict]:
    """Return the stops of the Tab key in a figure, in order."""
    card.evaluate("""card => {
        const before = document.createElement("button");
        before.id = "before";
        card.before(before);
        before.focus();
    }""")
    found = []
    while True:
        page.keyboard.press("Tab")
        stop = card.evaluate("""card => {
            const e = document.activeElement;
            if (!card.contains(e)) return null;
            const style = getComputedStyle(e);
            return {tag: e.tagName, type: e.type ?? "", name: e.name ?? "",
                    outline: style.outlineStyle, width: style.outlineWidth,
                    at: [...card.querySelectorAll("*")].indexOf(e)};
        }""")
        if stop is None:
            card.evaluate("() => document.getElementById('before').remove()")
            return found
        found.append(stop)


@pytest.mark.deep
@each_kind
def test_tab_reaches_every_control_and_shows_where_it_is(opened, kind):
    page, card, _ = opened(kind)
    found = stops(page, card)
    reached = {stop["at"] for stop in found}
    for stop in found:
        assert (stop["outline"], stop["width"]) != ("none", "0px"), stop
        assert stop["outline"] != "none", stop
    wanted = card.evaluate(
        """(card, focusable) => {
            const all = [...card.querySelectorAll("*")];
            // One stop for a group of radio buttons: the chosen one.
            return [...card.querySelectorAll(focusable)]
                .filter(e => e.type !== "radio" || e.checked)
                .map(e => all.indexOf(e));
        }""",
        FOCUSABLE,
    )
    assert reached == set(wanted)


@each_kind
def test_every_control_works_by_keyboard(opened, kind):
    page, card, seen = opened(kind, permissions=CLIPBOARD)
    before = shown(card)
    press = page.keyboard.press

    sliders = card.locator('[type="range"]')
    for n in range(sliders.count()):
        sliders.nth(n).focus()
        was, values = value_of(page), shown(card)
        press("ArrowRight")
        if value_of(page) == was:  # It stood at its end.
            press("ArrowLeft")
        assert value_of(page) != was
        assert shown(card) != values
        twin = card.locator(".play-number").nth(n).locator('[type="number"]')
        text = sliders.nth(n).get_attribute("aria-valuetext")
        assert twin.input_value() == (text or value_of(page))

    fields = card.locator('[type="number"]')
    for n in range(fields.count()):
        fields.nth(n).focus()
        values = shown(card)
        press("Control+a")
        page.keyboard.type("1" if value_of(page) != "1" else "2")
        assert shown(card) != values

    words = card.locator('[type="text"], textarea')
    for n in range(words.count()):
        words.nth(n).focus()
        values = shown(card)
        press("Control+a")
        page.keyboard.type("Music")
        press("Enter")
        assert shown(card) != values

    lists = card.locator("select")
    for n in range(lists.count()):
        lists.nth(n).focus()
        was, values = value_of(page), shown(card)
        press("ArrowDown")
        assert value_of(page) != was
        assert shown(card) != values

    names = card.locator('[type="radio"]').evaluate_all(
        "all => [...new Set(all.map(one => one.name))]"
    )
    for name in names:
        group = card.locator(f'[name="{name}"]')
        card.locator(f'[name="{name}"]:checked').focus()
        chosen = []
        for _ in range(group.count()):
            press("ArrowDown")
            chosen.append(value_of(page))
            assert card.locator(f'[name="{name}"]:checked').count() == 1
        assert len(set(chosen)) == group.count()

    ticks = card.locator('[type="checkbox"]')
    for n in range(ticks.count()):
        ticks.nth(n).focus()
        picture = card.locator(".play-stage").inner_html()
        press("Space")
        assert ticks.nth(n).is_checked()
        assert card.locator(".play-stage").inner_html() != picture

    card.get_by_role("button", name="Start again").focus()
    press("Enter")
    assert shown(card) == before

    card.get_by_role("button", name="Copy the link").focus()
    press("Enter")
    card.get_by_text("The link to this state is copied.").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert f"#play-{kind}?" in copied

    card.locator("summary").focus()
    press("Enter")
    assert card.locator("table").is_visible()
    assert card.locator("th[scope=row]").count() == len(before)
    assert seen.problems == []


def test_every_example_and_neighbour_can_be_asked_by_keyboard(opened):
    page, card, _ = opened("neighbours")
    word = card.locator('[name="word"]')
    asked = set()
    examples = card.locator(".play-examples button")
    for n in range(examples.count()):
        examples.nth(n).focus()
        page.keyboard.press("Enter")
        asked.add(word.input_value())
    assert {"king", "paris", "increase"} < asked
    assert len(asked) == examples.count() == 4

    second = card.locator(".play-hit").nth(1)
    name = second.inner_text()
    second.focus()
    page.keyboard.press("Enter")
    assert word.input_value() == name
    assert card.locator('[name="minus"]').input_value() == ""
    first = card.locator(".play-hit").first
    assert first.evaluate("e => e === document.activeElement")


# --- open to every hand and eye ---------------------------------------------


@pytest.mark.deep
@each_kind
@pytest.mark.parametrize("width", [320, 1280])
def test_every_target_is_large_enough(opened, kind, width):
    _, card, _ = opened(kind, width=width)
    small = card.evaluate(
        """(card, focusable) => {
            const targets = card.querySelectorAll(focusable + ", .hold");
            const small = [];
            for (const target of targets) {
                const whole = target.closest("label") ?? target;
                const { width, height } = whole.getBoundingClientRect();
                if (Math.min(width, height) >= 24) continue;
                small.push(`${whole.outerHTML}: ${width} x ${height}`);
            }
            return small;
        }""",
        FOCUSABLE,
    )
    assert small == []


@pytest.mark.deep
@each_kind
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_a_moving_figure_is_accessible(opened, kind, scheme, width):
    page, card, seen = opened(
        kind, width=width, color_scheme=scheme, reduced_motion="reduce"
    )
    card.locator("summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate(AXE.read_text("utf-8"))
    report = page.evaluate(
        """([card, rules]) => axe.run(card,
            {runOnly: rules, resultTypes: ["violations"]})""",
        [f"#{card.get_attribute('id')}", RULES],
    )
    assert [
        (v["id"], v["nodes"][0]["html"]) for v in report["violations"]
    ] == []
    assert seen.problems == []


def test_dragging_and_sliding_are_one(opened):
    page, card, _ = opened("two-vectors")
    tip = card.locator("g.a .hold").bounding_box()
    x, y = tip["x"] + tip["width"] / 2, tip["y"] + tip["height"] / 2
    unit = card.locator("svg").first.bounding_box()["width"] / 18
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 2 * unit, y + 1.6 * unit)
    assert card.locator(".term.lit").count() > 3
    page.mouse.up()
    assert card.locator(".term.lit").count() == 0
    values = [card.locator(f'[name="a{n}"]').input_value() for n in (1, 2)]
    assert values == ["1", "2.5"]
    sliders = card.locator('[data-key="a1"] [type="range"]')
    assert sliders.input_value() == "1"
    # Out of the picture: the tip stays at its edge.
    page.mouse.move(x - 2 * unit, y + 1.6 * unit)
    page.mouse.down()
    page.mouse.move(x - 40 * unit, y)
    page.mouse.up()
    assert card.locator('[name="a1"]').input_value() == "-8"


def test_the_terms_of_a_formula_light_up_with_their_number(opened):
    page, card, _ = opened("two-vectors")
    card.locator('[name="b2"]').focus()
    lit = card.locator(".term.lit").evaluate_all(
        "all => all.map(one => one.dataset.of)"
    )
    assert lit
    assert all("b2" in of.split() for of in lit)
    dark = card.locator(".term:not(.lit)").evaluate_all(
        "all => all.map(one => one.dataset.of)"
    )
    assert not any("b2" in of.split() for of in dark)
    # Not by colour alone.
    style = card.locator(".term.lit").first.evaluate(
        "e => getComputedStyle(e).textDecorationLine"
    )
    assert style == "underline"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    assert card.locator('.term.lit[data-of="b2"]').count() == 0


@pytest.mark.deep
@each_kind
def test_one_polite_sentence_when_the_hand_rests(opened, kind):
    page, card, _ = opened(kind)
    says = card.locator(".play-says")
    assert says.get_attribute("role") == "status"
    first = says.inner_text()
    assert len(first) > 30
    said = page.evaluate(
        """async card => {
            let said = 0;
            new MutationObserver(() => said++)
                .observe(card.querySelector(".play-says"),
                    {childList: true, characterData: true, subtree: true});
            const tick = card.querySelector(
                "[type=checkbox], .play-steps button:last-child");
            for (let n = 0; n < 31; n++) tick.click();
            await new Promise(done => setTimeout(done, 600));
            return said;
        }""",
        card.element_handle(),
    )
    assert said == 1
    assert says.inner_text() != first


@pytest.mark.deep
@each_kind
def test_nothing_moves_by_itself(opened, kind):
    page, card, _ = opened(kind, reduced_motion="reduce")
    page.wait_for_timeout(500)
    before = card.inner_html()
    page.wait_for_timeout(700)
    assert card.inner_html() == before
    assert page.evaluate("document.getAnimations().length") == 0


@pytest.mark.deep
@each_kind
def test_without_a_script_and_on_paper_it_is_the_notebooks(
    visit, opened, site, kind
):
    path = home_of(site, kind)
    page, _ = visit(path, java_script_enabled=False)
    still = page.locator(f'[data-play="{kind}"] > img').first
    assert still.is_visible()
    assert len(still.get_attribute("alt")) > 80
    assert page.locator(".play-body, [data-load]:visible").count() == 0
    size = still.bounding_box()

    page, card, _ = opened(kind)
    picture = card.locator("> img")
    assert not picture.is_visible()
    assert card.locator(".play-body").is_visible()
    page.wait_for_timeout(300)
    assert picture.evaluate("image => image.complete")
    page.emulate_media(media="print")
    assert picture.is_visible()
    assert not card.locator(".play-body").is_visible()
    printed = picture.bounding_box()
    assert printed["width"] >= 0.9 * size["width"]


@pytest.mark.deep
@each_kind
def test_it_plays_from_the_disk(visit, site, kind):
    page, seen = visit(home_of(site, kind), home=site.as_uri())
    card = card_of(page, kind)
    assert differences(card, golden_of(card)[:2]) == []
    assert seen.problems == []


SHIFT = """() => new Promise(done => {
    let sum = 0;
    new PerformanceObserver(list => {
        for (const e of list.getEntries()) sum += e.value;
    }).observe({type: "layout-shift", buffered: true});
    setTimeout(() => done(sum), 700);
})"""


@pytest.mark.deep
@each_kind
@pytest.mark.parametrize("width", [412, 1280])
def test_no_text_jumps_when_a_figure_arrives(visit, site, kind, width):
    page, _ = visit(home_of(site, kind), width=width, height=823)
    card = page.locator(f'[data-play="{kind}"]')
    card.evaluate("e => scrollTo(0, e.offsetTop - 100)")
    page.wait_for_timeout(300)
    # The buttons of cells that run are another matter.
    page.route("**/run.js", lambda route: route.abort())
    page.reload()  # The browser returns to where the reader was.
    assert abs(card.bounding_box()["y"]) < 823
    moved = page.evaluate(SHIFT)
    print(f"{kind} {width}: layout shift {moved:.4f}")
    assert moved <= 0.02


# --- bad input --------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "first"),
    [
        ("neighbours", "word"),
        ("tokenizer", "text"),
        ("search", "query"),
        ("map", "word"),
    ],
)
def test_data_comes_when_asked_for_and_says_its_size(
    visit, site, kind, first
):
    page, seen = visit(home_of(site, kind))
    name = site_play.KINDS[kind].data
    assert not any(name in r.url for r in seen.responses)
    offer = page.locator(f'[data-load="{name}"]')
    size = site.joinpath(name).stat().st_size
    assert f"({size / 1e6:.2f} MB)" in offer.inner_text()
    offer.press("Enter")
    page.locator(f'[data-play="{kind}"] .play-body').wait_for()
    assert page.evaluate("document.activeElement.name") == first
    (sent,) = (r for r in seen.responses if name in r.url)
    assert len(sent.body()) == size
    assert seen.problems == []


def test_words_that_do_not_arrive_can_be_asked_for_again(visit, site):
    page, _ = visit(home_of(site, "neighbours"))
    page.route("**/play-words.js", lambda route: route.abort())
    offer = page.locator('[data-load="play-words.js"]')
    offer.press("Enter")
    page.get_by_text("It did not arrive. Try again").wait_for()
    assert page.locator('[data-play="neighbours"] > img').is_visible()
    page.unroute("**/play-words.js")
    offer.press("Enter")
    page.locator(".play-hits li").first.wait_for()


def test_an_unknown_word_gets_one_sentence(opened):
    _, card, _ = opened("neighbours")
    before = shown(card)
    trouble = card.locator(".play-trouble")
    for typed, sentence in {
        "zebracrossing": "“zebracrossing” is not among these 5000 words.",
        "kingg": "Try king,",
        "": "Type a word first.",
        "<b>": "“<b>” is not among",
    }.items():
        word = card.locator('[name="word"]')
        word.fill(typed)
        word.press("Enter")
        assert sentence in trouble.inner_text(), typed
        assert word.input_value() == "king"
        assert shown(card) == before
    put(card, "minus", "")
    assert trouble.inner_text() == ""
    put(card, "plus", " Man ")
    assert card.locator('[name="plus"]').input_value().strip() == "Man"
    assert shown(card) != before


def test_a_sum_of_nothing_has_no_cosine(opened):
    _, card, seen = opened("neighbours")
    bring(card, golden_of(card)[0]["state"] | {"minus": "king", "plus": ""})
    card.get_by_text("The sum king − king is 0. It has no").wait_for()
    assert card.locator(".play-hits li").count() == 0
    put(card, "score", "distance")
    assert card.locator(".play-hits li").count() == 10
    assert seen.problems == []


def test_a_number_out_of_range_gets_one_sentence(opened):
    _, card, _ = opened("two-vectors")
    before = shown(card)
    field = card.locator('[name="a1"]')
    for typed in ("99", "-8.5", ""):
        field.fill(typed)
        field.press("Enter")
        card.get_by_text("a₁ goes from −8 to 8: it stays at").wait_for()
        assert shown(card) == before
        assert field.input_value() == "3"
    field.fill("-1.25")
    assert float(shown(card)["dot"]) == -1.25 * 7 + 4 * 3


def test_a_vector_of_length_zero_has_no_cosine(opened):
    _, card, seen = opened("two-vectors")
    for show in ("length", "dot", "projection", "cosine", "angle"):
        card.locator(f'[value="{show}"]').check()
        for name in ("a1", "a2"):
            card.locator(f'[name="{name}"]').fill("0")
        card.get_by_text("a has length 0. It has no direction").wait_for()
        assert "NaN" not in card.locator(".play-body").inner_text()
        assert "NaN" not in card.locator("svg").first.inner_html()
        card.get_by_role("button", name="Start again").click()
    put(card, "normalise", True)
    for name in ("b1", "b2"):
        card.locator(f'[name="{name}"]').fill("0")
    card.get_by_text("b has length 0. It has no direction").wait_for()
    assert seen.problems == []


def test_a_text_that_cannot_be_cut_gets_one_sentence(opened):
    _, card, seen = opened("tokenizer")
    before, trouble = shown(card), card.locator(".play-trouble")
    field = card.locator('[name="text"]')
    for typed, sentence in {
        "": "Type a text first.",
        "é" * 1001: "1001 characters: at most 1000 fit here.",
        "a\ud83d": "The text holds U+D83D at place 1: half of a surrogate",
    }.items():
        # Typed by the page: no half of a pair can be sent to it.
        field.evaluate(
            """(field, codes) => {
                field.value = String.fromCharCode(...codes);
                field.dispatchEvent(new Event("input"));
            }""",
            [ord(sign) for sign in typed],
        )
        assert sentence in trouble.inner_text(), typed
        assert shown(card) == before
        field.dispatch_event("change")
        assert field.input_value() == "strawberry strawberry"
    put(card, "text", "é" * 1000)
    assert trouble.inner_text() == ""
    assert shown(card)["bytes"] == "2000"
    assert seen.problems == []


@pytest.mark.parametrize("text", ["\ud800", "ab\udfff", "😉é\ude09\ud83d!"])
def test_half_of_a_pair_is_refused_in_python_s_words(opened, text):
    page, _, _ = opened("tokenizer")
    with pytest.raises(ValueError, match="surrogate") as python:
        cut(text)
    units = text.encode("utf-16-le", "surrogatepass")
    said = page.evaluate(
        """units => {
            const half = units.filter((_, n) => n % 2 === 0);
            const codes = half.map((low, n) => low + 256 * units[2 * n + 1]);
            try {
                return book.gpt2.encode(String.fromCharCode(...codes));
            } catch (error) {
                return error.message;
            }
        }""",
        [*units],
    )
    assert said == str(python.value)


def test_a_piece_is_chosen_and_merged_by_keyboard(opened):
    page, card, _ = opened("tokenizer")
    put(card, "text", "I love\n127 dogs")
    pieces = card.locator(".play-pieces label")
    assert pieces.all_inner_texts() == [
        *("I", "␣love", "↵", "127", "␣dogs"),
    ]
    card.locator('[data-key="piece"]:checked').focus()
    page.keyboard.press("ArrowRight")
    assert (shown(card)["piece"], shown(card)["parts"]) == (
        " love",
        "Ġ l o v e",
    )
    button = card.get_by_role("button", name="Next merge")
    seen = []
    for _ in range(6):  # Beyond the last, nothing happens.
        button.focus()
        page.keyboard.press("Enter")
        seen.append(shown(card)["parts"])
    assert seen == ["Ġl o v e", "Ġl o ve", "Ġl ove", *["Ġlove"] * 3]
    # Shown by more than a colour: a thicker edge, and a word.
    made = card.locator(".chip.made")
    assert made.inner_text().split() == [
        "␣love",
        *"20 6c 6f 76 65".split(),
        "1842",
    ]
    card.get_by_role("button", name="Undo one").press("Enter")
    assert card.locator(".gap.next").inner_text() == "next 1842"


def test_an_address_too_far_is_brought_back(visit, site):
    home = home_of(site, "tokenizer")
    query = urlencode({"text": "a b\r\nc", "piece": 99, "step": 99})
    page, seen = visit(f"{home}#play-tokenizer?{query}")
    values = shown(card_of(page, "tokenizer"))
    assert (values["pieces"], values["all"]) == ("5", "64 275 201 198 66")
    assert (values["piece"], values["merges"]) == ("a", "0")
    assert seen.problems == []


# --- two searches -----------------------------------------------------------


def test_a_question_that_says_nothing_gets_one_sentence(opened):
    _, card, seen = opened("search")
    before, field = shown(card), card.locator('[name="query"]')
    for typed, sentence in {
        "": "Type a question first.",
        "?!": "“?!” has no letter and no digit.",
        "zyzx": "The table has no row for “zyzx”.",
        "漢字": "The table has no row for “漢字”.",
    }.items():
        field.fill(typed)
        assert sentence in card.locator(".play-trouble").inner_text()
        assert shown(card) == before
    put(card, "query", "zyzx football")
    assert card.locator(".play-trouble").inner_text() == ""
    card.get_by_text("Left out, as it has no row: zyzx.").wait_for()
    assert shown(card)["meaning1"] == "match"
    assert seen.problems == []


def test_every_question_can_be_asked_by_keyboard(opened):
    page, card, _ = opened("search")
    examples, asked = card.locator(".play-examples button"), set()
    for n in range(examples.count()):
        examples.nth(n).focus()
        page.keyboard.press("Enter")
        asked.add(card.locator('[name="query"]').input_value())
        lines = card.locator(".link")
        found = [float(shown(card)[f"found{k}"]) > 0 for k in range(1, 9)]
        assert lines.count() == 8
        assert card.locator(".link.found").count() == sum(found)
    assert len(asked) == examples.count() == 6


# --- four maps --------------------------------------------------------------

PLACES = """card => [...card.querySelectorAll(".speck, .mark")].map(e => {
    const { x, y, width, height } = e.getBoundingClientRect();
    return [x + width / 2, y + height / 2];
})"""


def test_marks_say_by_their_shape_who_is_near(opened):
    _, card, seen = opened("map")
    names = json.loads(card.locator("script").text_content())[0]["shows"]
    real, dots = (
        {names[f"{column}{n}"] for n in range(1, 11)}
        for column in ("near", "dot")
    )
    shapes = {}
    for kind, some in {
        "both": real & dots,
        "missed": real - dots,
        "false": dots - real,
        "asked": {"school"},
    }.items():
        marks = card.locator(f"g.mark.{kind}")
        assert {*marks.locator("text").all_text_contents()} == some
        shapes[kind] = marks.first.locator("path").get_attribute("d")
        if kind != "asked":
            row = card.locator(f"li:has(path.{kind})").inner_text()
            assert row.startswith(f"{len(some)} near ")
            assert all(name in row for name in some)
    assert len(set(shapes.values())) == 4
    assert seen.problems == []


def test_the_dots_move_and_the_true_neighbours_stay(opened):
    _, card, _ = opened("map", reduced_motion="reduce")
    before, where = shown(card), card.evaluate(PLACES)
    put(card, "by", "seed-1")
    after = shown(card)
    assert card.evaluate(PLACES)[:240] != where[:240]
    for n in range(1, 11):
        for column in ("near", "cosine"):
            assert before[f"{column}{n}"] == after[f"{column}{n}"]
    assert before["common"] != after["common"]
    # As many marks as names, each where its dot is.
    spots = card.evaluate(PLACES)[:240]
    for mark in card.locator("g.mark > path").all():
        box = mark.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        assert min(abs(x - a) + abs(y - b) for a, b in spots) < 2


def test_a_click_near_a_dot_chooses_its_word(opened):
    page, card, _ = opened("map", reduced_motion="reduce")
    word = card.locator("g.mark.missed text").first.text_content()
    mark = card.locator(f'g.mark:has-text("{word}") > path').bounding_box()
    page.mouse.click(
        mark["x"] + mark["width"] / 2 + 1, mark["y"] + mark["height"] / 2
    )
    assert card.locator("select").input_value() == word
    assert card.locator("g.mark.asked text").text_content() == word


def test_the_best_and_the_worst_kept_are_so(opened):
    _, card, _ = opened("map")
    for by, most, least in (("pca", "7", "0"), ("seed-1", "10", "0")):
        put(card, "by", by)
        card.get_by_role("button", name="Best kept here").press("Enter")
        assert shown(card)["common"] == most
        card.get_by_role("button", name="Worst kept here").press("Enter")
        assert shown(card)["common"] == least


def test_names_on_a_map_do_not_cover_each_other(opened):
    _, card, _ = opened("map", reduced_motion="reduce")
    for part in golden_of(card):
        bring(card, part["state"])
        boxes = card.locator("g.mark text").evaluate_all(
            """all => all.filter(e => getComputedStyle(e).visibility ===
                "visible").map(e => { const b = e.getBoundingClientRect();
                return [b.left, b.right, b.top, b.bottom]; })"""
        )
        assert len(boxes) >= 4
        for n, (left, right, top, bottom) in enumerate(boxes):
            for other in boxes[:n]:
                wide = min(right, other[1]) - max(left, other[0])
                high = min(bottom, other[3]) - max(top, other[2])
                assert min(wide, high) < 8, part["state"]


def test_an_address_with_no_such_word_keeps_the_first(visit, site):
    query = urlencode({"word": "zyzx", "by": "seed-2"})
    page, seen = visit(f"{home_of(site, 'map')}#play-map?{query}")
    card = card_of(page, "map")
    assert card.locator("select").input_value() == "school"
    assert compare(card, golden_of(card)[2]) == []
    assert seen.problems == []
