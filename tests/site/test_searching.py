"""The page of both searches: as Python ranks, open to all, and private."""

import gzip
import json
import re
from itertools import chain

import numpy as np
import pytest
from test_crawl import AXE, KB, RULES

judging = pytest.importorskip("booksite.judging")
from booksite import meaning, ranking  # noqa: E402
from embook import pieces as room  # noqa: E402

QUERIES = [q["ask"] for q in judging.queries()]
STRANGE = [
    "zzyzx qqq",
    "Déjà vu — naïve CAFÉ",
    "漢字 x²",
    "norm norm NORM",
    "antidisestablishmentarianism",
    "x" * 101,
]
A_FEW = [*QUERIES[::12], *STRANGE]
LIMIT = 500_000
IN_THE_PAGE = """async query => {
    const { load, byMeaning, table } = book.search;
    const { words, byLetters } = book.find;
    const { cut, vector } = table();
    const index = await load();
    const hits = found => found.map(({ section, score }) =>
        [index.sections.indexOf(section), score]);
    return {
        words: words(query),
        ids: words(query).map(cut),
        vectors: words(query).map(word => [...vector(word)]),
        letters: hits(byLetters(index, query)),
        meaning: hits(byMeaning(index, query)),
    };
}"""


@pytest.fixture(scope="session")
def pages(site) -> list:
    """Return the entries of the book, page by page, as they were written."""
    text = site.joinpath("search-data.js").read_text("utf-8")
    return json.loads(
        text.removeprefix("window.searchData=").removesuffix(";\n")
    )


@pytest.fixture(scope="session")
def by(pages) -> ranking.Meaning:
    """Return both searches, as Python has them."""
    book = ranking.index(chain(*pages))
    return ranking.Meaning(book, meaning.table(book))


@pytest.fixture
def loaded(visit):
    """Return a function that opens the page with vectors, for a query."""

    def go(query: str = "", **options):
        page, seen = visit("search.html", **options)
        page.locator("#by-meaning button").press("Enter")
        page.locator("#by-meaning .load").wait_for(state="detached")
        ask(page, query)
        return page, seen

    return go


def ask(page, query: str) -> None:
    """Return nothing; type a query, and wait for the answers."""
    page.locator(".search input").fill(query)
    page.wait_for_timeout(400)


def unequal(page, by: ranking.Meaning, query: str) -> list[str]:
    """Return in what the page differs from Python for a query."""
    found, wrong = page.evaluate(IN_THE_PAGE, query), []
    words = room.words(query)
    if found["words"] != words:
        return [f"{query}: words {found['words']}"]
    if found["ids"] != [by.pieces.cut(word) for word in words]:
        wrong.append(f"{query}: ids")
    for word, vector in zip(words, found["vectors"], strict=True):
        if vector != by.pieces.vector(word).tolist():
            wrong.append(f"{query}: the vector of {word}")
    scores = {
        "letters": ranking.by_letters(by.book, query),
        "meaning": by.scores(query),
    }
    for way, ours in scores.items():
        theirs = np.array(found[way]).reshape(-1, 2)
        if theirs[:, 0].astype(int).tolist() != ranking.ranked(ours):
            wrong.append(f"{query}: the order by {way}")
            continue
        far = np.abs(ours[theirs[:, 0].astype(int)] - theirs[:, 1])
        if far.max(initial=0) > 1e-8:
            wrong.append(f"{query}: scores by {way} differ by {far.max()}")
    return wrong


# --- as Python ranks --------------------------------------------------------


@pytest.mark.parametrize(
    "queries",
    [A_FEW, pytest.param([*QUERIES, *STRANGE], marks=pytest.mark.deep)],
    ids=["a few", "all"],
)
def test_the_page_ranks_like_python(loaded, by, queries):
    page, seen = loaded()
    assert [u for query in queries for u in unequal(page, by, query)] == []
    assert seen.problems == []
    print(f"{len(queries)} queries: ids, vectors, scores, orders are equal")


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("meaning.js", "POWER = 6", "POWER = 6.00001"),
        ("find.js", "sum[d] += heavy[id]", "sum[d] += heavy[0]"),
        ("find.js", "LONG = 0.75", "LONG = 0.750001"),
    ],
)
def test_a_slip_in_a_script_is_found(
    visit, address, site, by, name, old, new
):
    script = site.joinpath("_static", name).read_text("utf-8")
    assert script.count(old) == 1
    page, _ = visit("index.html")
    slipped = script.replace(old, new)
    page.route(f"**/{name}", lambda route: route.fulfill(body=slipped))
    page.goto(f"{address}/search.html")
    page.locator("#by-meaning button").click()
    page.locator("#by-meaning .load").wait_for(state="detached")
    assert any(unequal(page, by, query) for query in A_FEW)


# --- how good it is, and what it costs --------------------------------------


def test_the_published_scores_are_python_s_and_meaning_holds_its_own(
    visit, pages, by
):
    answers = judging.judged(pages, by)
    for way, name in judging.WAYS.items():
        print(f"{name}: {judging.share(answers, way)}")
    page, _ = visit("search.html", java_script_enabled=False)
    text = page.locator("#how-good").text_content()
    for way in judging.WAYS:
        assert judging.share(answers, way) in text
    for answer in answers:
        assert answer.ask in text
    recall = {w: sum(a.found(w) for a in answers) for w in judging.WAYS}
    assert recall["meaning"] >= recall["letters"] > recall["one"]


def test_the_vectors_come_when_asked_for_and_say_their_size(visit, site):
    page, seen = visit("search.html?q=vector")
    page.locator("#by-letters li").first.wait_for()
    assert not any(meaning.NAME in r.url for r in seen.responses)
    offer = page.locator("#by-meaning .load").inner_text()
    data = site.joinpath(meaning.NAME).read_bytes()
    packed = len(gzip.compress(data))
    scripts = sum(
        len(gzip.compress(site.joinpath("_static", name).read_bytes()))
        for name in ("find.js", "meaning.js")
    )
    assert f"{len(data) / 1e6:.2f} MB, packed {packed / 1e6:.2f} MB" in offer
    print(f"{packed} bytes packed, {scripts} of scripts")
    assert packed + scripts <= LIMIT < 500 * KB
    page.locator("#by-meaning button").press("Enter")
    page.locator("#by-meaning li").first.wait_for()
    assert sum(meaning.NAME in r.url for r in seen.responses) == 1
    assert seen.problems == []


def test_a_question_leaves_no_trace_on_the_server(loaded):
    page, seen = loaded()
    before = len(seen.responses)
    ask(page, "my secret norm")
    assert page.locator("#by-meaning li").count() > 0
    assert len(seen.responses) <= before + 1  # the index, on first use
    assert not any("secret" in r.url for r in seen.responses)
    assert "q=my%20secret%20norm" in page.url


def test_both_searches_work_from_the_disk(visit, site):
    page, seen = visit("search.html?q=vector", home=site.as_uri())
    page.locator("#by-meaning button").click()
    page.locator("#by-meaning li").first.wait_for()
    assert page.locator("#by-letters li").count() > 0
    assert seen.problems == []


# --- each hit says why ------------------------------------------------------


def test_a_hit_by_letters_marks_what_it_found(loaded):
    page, _ = loaded("orthogonal basis zzz")
    first = page.locator("#by-letters li").first
    marked = {m.lower() for m in first.locator("mark").all_inner_texts()}
    assert any(m.startswith("orthogonal") for m in marked)
    why = first.locator(".hit-why").inner_text()
    assert "found: orthogonal, basis · not here: zzz" in why


def test_a_hit_by_meaning_says_which_words_met(loaded, by):
    page, _ = loaded("can stereotypes be cut out afterwards")
    first = page.locator("#by-meaning li").first
    why = first.locator(".hit-why").inner_text()
    parts = re.findall(r"(\w+): (\w+), cosine (\S+) \((\d+) %\)", why)
    assert 1 <= len(parts) <= 3
    for word, near, cosine, _ in parts:
        near = word if near == "itself" else near
        ours = by.cosines(word)[by.book.places[near]]
        assert abs(ours - float(cosine)) <= 0.005
    assert sum(int(part[3]) for part in parts) <= 101
    assert first.locator("mark").count() >= 1
    assert "by letters" in why


# --- bad input --------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "letters", "meaning"),
    [
        ("", "Type a question", "Type a question"),
        ("   ", "Type a question", "Type a question"),
        ("?!…", "“?!…” has no letter and no digit", "“?!…” has no letter"),
        ("漢字", "No section has any of", "The book has no word near “漢字”"),
        (
            "norm 漢字",
            "The best 10 of",
            "Left out: the book has no word near",
        ),
        ("<b>", "", ""),
        ("norm " * 400, "The best 10 of", "The best 10 of"),
    ],
)
def test_a_question_without_an_answer_gets_one_sentence(
    loaded, query, letters, meaning
):
    page, seen = loaded(query)
    assert letters in page.locator("#by-letters .found").inner_text()
    assert meaning in page.locator("#by-meaning .found").inner_text()
    assert page.locator(".found b").count() == 0
    assert seen.problems == []


def test_vectors_that_do_not_arrive_can_be_asked_for_again(visit):
    page, _ = visit("search.html?q=vector")
    page.route(f"**/{meaning.NAME}", lambda route: route.abort())
    page.locator("#by-meaning button").click()
    page.get_by_text("They did not arrive. Try again").wait_for()
    page.unroute(f"**/{meaning.NAME}")
    page.locator("#by-meaning button").press("Enter")
    page.locator("#by-meaning li").first.wait_for()
    assert page.locator("#by-meaning .load").count() == 0


# --- open to every hand and eye ---------------------------------------------


@pytest.mark.parametrize(
    "scheme", ["dark", pytest.param("light", marks=pytest.mark.deep)]
)
@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_with_its_hits_is_accessible(loaded, scheme, width):
    page, seen = loaded(
        "how do I compare two vectors",
        width=width,
        color_scheme=scheme,
        reduced_motion="reduce",
    )
    page.locator("#how-good summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate(AXE.read_text("utf-8"))
    report = page.evaluate(
        "r => axe.run({runOnly: r, resultTypes: ['violations']})", RULES
    )
    assert [
        (v["id"], v["nodes"][0]["html"][:200]) for v in report["violations"]
    ] == []
    tops = [
        page.locator(half).bounding_box()
        for half in ("#by-letters", "#by-meaning")
    ]
    assert (tops[0]["y"] == tops[1]["y"]) == (width == 1280)
    assert seen.problems == []


def test_all_of_it_works_by_keyboard(visit):
    page, seen = visit("index.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("unit vector")
    page.get_by_text("and a search by meaning").wait_for()
    page.keyboard.press("ArrowUp")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "search.html?q=unit%20vector" in page.url
    page.locator("#by-letters li").first.wait_for()
    button = page.locator("#by-meaning button")
    for _ in range(60):
        if button.evaluate("b => b === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("#by-meaning li").first.wait_for()
    assert page.evaluate("document.activeElement.id") == "by-meaning-title"
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("h1").inner_text()
    assert seen.problems == []


def test_without_a_script_the_page_says_what_it_needs(visit):
    page, _ = visit("search.html", java_script_enabled=False)
    said = page.locator("noscript").text_content()
    assert "Search needs JavaScript" in said
    assert page.locator(".js-only:visible").count() == 0
    assert page.locator("#how-good table").first.is_visible()
