"""Every page, in light and dark, wide and narrow, as a reader has it."""

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from booksite.chapters import reading_order

AXE = Path(__file__).with_name("axe").joinpath("axe.min.js")
RULES = [
    "wcag2a",
    "wcag2aa",
    "wcag21a",
    "wcag21aa",
    "wcag22aa",
    "best-practice",
]
# One page of each kind, for the short form.
KINDS = ["index.html", "back/glossary.html", "chapters/similarity.html"]
ORDER = reading_order(Path(__file__).parents[2])
CHAPTERS = {f"chapters/{stem}.html" for stem in ORDER}
LOOKS = [("light", 1280), ("dark", 320), ("dark", 1280), ("light", 320)]
KB = 1024


class Links(HTMLParser):
    """The ids of a page, and where its links lead."""

    def __init__(self, html: str):
        """Return the parser after it has read the page."""
        super().__init__()
        self.ids, self.links = [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        """Return nothing; note an id or an address."""
        found = dict(attributes)
        if "id" in found:
            self.ids.append(found["id"])
        for name in ("href", "src"):
            if found.get(name):
                self.links.append(found[name])


def pages(site: Path) -> list[str]:
    """Return the paths of all pages of the site."""
    return sorted(
        p.relative_to(site).as_posix() for p in site.rglob("*.html")
    )


def scroll_through(page) -> None:
    """Return nothing; come past every figure, so that each is loaded."""
    page.evaluate("""async () => {
        for (const image of document.images) {
            image.scrollIntoView();
            await image.decode();
        }
        scrollTo(0, 0);
    }""")


def look(visit, path: str, scheme: str, width: int) -> list[str]:
    """Return all that is wrong with a page in one look."""
    # A page that still scrolls hides its controls under its header.
    page, seen = visit(
        path, width=width, color_scheme=scheme, reduced_motion="reduce"
    )
    scroll_through(page)
    problems = list(seen.problems)
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > width:
        problems.append(f"scrolls sideways: {wide} > {width}")
    page.evaluate(AXE.read_text("utf-8"))
    report = page.evaluate(
        "rules => axe.run({runOnly: rules, resultTypes: ['violations']})",
        RULES,
    )
    for violation in report["violations"]:
        where = violation["nodes"][0]
        problems.append(
            f"axe: {violation['id']}: {where['html'][:160]}: "
            f"{where['failureSummary']}"
        )
    page.context.close()
    return [f"{path} {scheme} {width}: {p}" for p in problems]


@pytest.mark.parametrize(("scheme", "width"), LOOKS[:2])
def test_one_page_of_each_kind_is_right(visit, scheme, width):
    problems = [
        problem
        for path in KINDS
        for problem in look(visit, path, scheme, width)
    ]
    assert problems == []


@pytest.mark.deep
@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_every_page_is_right(site, visit, scheme, width):
    problems = [
        problem
        for path in pages(site)
        for problem in look(visit, path, scheme, width)
    ]
    assert problems == []


def test_the_crawl_sees_what_is_wrong(visit, address):
    page, seen = visit("index.html")
    page.evaluate("""() => {
        document.body.insertAdjacentHTML("beforeend",
          `<img src="http://other.example/a.png"><a href="#"></a>
           <button onclick="alert(1)" style="width:3000px"></button>`);
        console.error("planted");
        document.body.lastElementChild.click();
        setTimeout(() => { throw new Error("thrown"); });
    }""")
    page.wait_for_timeout(300)
    said = " ".join(seen.problems)
    for word in ("planted", "thrown", "img-src", "inline event handler"):
        assert word in said
    page.evaluate(AXE.read_text("utf-8"))
    report = page.evaluate("r => axe.run({runOnly: r})", RULES)
    found = {violation["id"] for violation in report["violations"]}
    assert {"image-alt", "button-name"} <= found
    assert page.evaluate("document.documentElement.scrollWidth") > 1280


def test_every_column_of_a_table_has_a_heading(site):
    empty = re.compile(r"<th\b[^>]*>(\s|<p>|</p>)*</th>")
    assert empty.search('<th class="head"><p></p></th>')
    assert [
        path
        for path in pages(site)
        if empty.search(site.joinpath(path).read_text())
    ] == []


def test_every_link_and_anchor_leads_somewhere(site):
    read = {
        path: Links(site.joinpath(path).read_text()) for path in pages(site)
    }
    problems = []
    for path, page in read.items():
        doubled = {i for i in page.ids if page.ids.count(i) > 1}
        problems += [f"{path}: two ids {name}" for name in doubled]
        for link in page.links:
            to = urlsplit(urljoin(f"site:///{path}", link))
            if to.scheme != "site":
                continue
            target = unquote(to.path).lstrip("/") or path
            if not site.joinpath(target).is_file():
                problems.append(f"{path}: no file {target}")
            elif to.fragment and target in read:
                if unquote(to.fragment) not in read[target].ids:
                    problems.append(f"{path}: no anchor {link}")
    assert problems == []


def test_pages_say_what_they_are(site):
    titles = {}
    for path in pages(site):
        html = site.joinpath(path).read_text()
        title = re.search("<title>(.*?)</title>", html)[1]
        described = re.search('name="description" content="(.*?)"', html)[1]
        assert 3 <= len(described) <= 160, path
        assert html.count("<h1>") == 1, path
        assert not re.search(r"<[^>]+\son\w+=", html), path
        titles.setdefault(title, []).append(path)
    doubled = [paths for paths in titles.values() if len(paths) > 1]
    # The first page has two addresses.
    assert doubled == [["index.html", "intro.html"]]


def weight(responses: list, *ends: str) -> int:
    """Return the bytes on the wire of the files with these endings."""
    packed = (".woff2", ".png", ".zip")
    return sum(
        len(r.body())
        if r.url.endswith(packed)
        else len(gzip.compress(r.body()))
        for r in responses
        if r.url.endswith(ends)
    )


@pytest.mark.parametrize("path", sorted({*KINDS} | CHAPTERS))
def test_a_page_is_light(visit, path):
    page, seen = visit(path, width=412, height=823)
    page.wait_for_load_state("networkidle")
    assert 0 < weight(seen.responses, ".js") <= 60 * KB
    assert 0 < weight(seen.responses, ".css") <= 60 * KB
    assert weight(seen.responses, "") <= 200 * KB
    print(
        {e: weight(seen.responses, e) for e in (".js", ".css", ".html", "")}
    )


@pytest.mark.deep
def test_the_search_index_comes_on_first_use_only(site, visit):
    for path in pages(site):
        page, seen = visit(path)
        assert not any("search-data" in r.url for r in seen.responses)
        page.context.close()


def test_a_page_does_not_jump_while_it_loads(visit):
    page, _ = visit("chapters/similarity.html", width=412, height=823)
    moved = page.evaluate("""() => new Promise(done => {
        let sum = 0;
        new PerformanceObserver(list => {
            for (const e of list.getEntries()) sum += e.value;
        }).observe({type: "layout-shift", buffered: true});
        setTimeout(() => done(sum), 500);
    })""")
    print(f"layout shift {moved:.4f}")
    assert moved <= 0.02


@pytest.mark.parametrize(
    "whole", [False, pytest.param(True, marks=pytest.mark.deep)]
)
def test_all_opens_from_the_disk(visit, site, whole):
    problems = []
    # 404 is a server's page: its links start at its root.
    opened = [path for path in pages(site) if path != "404.html"]
    for path in opened if whole else KINDS:
        page, seen = visit(path, home=site.as_uri())
        scroll_through(page)
        page.wait_for_timeout(50)
        problems += seen.problems
        assert page.evaluate("document.fonts.check('1em \"Book Serif\"')")
        page.context.close()
    assert problems == []


def test_all_is_there_without_javascript(visit, site):
    path = "chapters/similarity.html"
    page, seen = visit(path, java_script_enabled=False)
    assert seen.problems == []
    assert page.locator(".quiz-choice").count() >= 6
    first = page.locator(".quiz-choice").first
    assert not first.locator(".quiz-why strong").is_visible()
    first.locator("summary").click()
    assert first.locator(".quiz-why strong").is_visible()
    solution = page.locator("details", has_text="One solution").first
    assert not solution.locator("pre").first.is_visible()
    solution.locator("summary").click()
    assert solution.locator("pre").first.is_visible()
    assert page.locator("math").first.bounding_box()["width"] > 5
    assert page.locator(".cell_output img").first.is_visible()
    assert page.locator(".js-only:visible").count() == 0
    assert page.locator(".menu a").first.is_visible()
