"""What a reader does on a page, with the keyboard alone where it can be."""

import json
import re

import pytest
from conftest import watch

CHAPTER = "chapters/similarity.html"
# What a browser does whose user has forbidden storage.
BLOCKED = """Object.defineProperty(window, "localStorage", {
    get() { throw new DOMException("blocked", "SecurityError"); }
})"""


def kept(page) -> dict:
    """Return what the page has stored."""
    stored = page.evaluate("Object.entries(localStorage)")
    assert [key for key, _ in stored] in ([], ["embook"])
    return json.loads(stored[0][1]) if stored else {}


def choose(page, card, right: bool) -> None:
    """Return nothing; answer a quiz by keyboard, rightly or wrongly."""
    rights = card.locator(".quiz-choice").evaluate_all(
        "items => items.map(item => item.dataset.right === 'true')"
    )
    card.locator("input").first.focus()
    page.keyboard.press("Space")
    for _ in range(rights.index(right)):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")


def test_a_quiz_is_answered_by_keyboard(visit):
    page, seen = visit(CHAPTER)
    card = page.locator(".quiz").first
    status = card.get_by_role("status")
    assert card.get_by_role("radiogroup").get_attribute("aria-labelledby")

    card.get_by_role("button", name="Check").focus()
    page.keyboard.press("Enter")
    assert status.inner_text() == "Choose an answer first."

    choose(page, card, right=False)
    assert status.inner_text().startswith("Not this one")
    assert card.locator("details[open]").count() == 1
    assert card.locator(".wrong details[open] strong").is_visible()
    name = card.get_attribute("data-quiz")
    assert kept(page)["quizzes"] == {name: {"tries": 1, "right": False}}

    page.keyboard.press("Enter")  # The focus is on "Try again".
    assert card.locator("details[open]").count() == 0
    choose(page, card, right=True)
    assert re.match(r"Right\. 1 of \d+ on this page", status.inner_text())
    assert kept(page)["quizzes"] == {name: {"tries": 2, "right": True}}

    page.reload()
    assert status.inner_text() == "You answered this one right before."
    assert seen.problems == []


def test_progress_is_shown_saved_read_and_erased(visit, tmp_path):
    page, seen = visit(CHAPTER)
    page.get_by_role("button", name="Mark as read").press("Enter")
    assert page.locator("#read").get_attribute("aria-pressed") == "true"
    choose(page, page.locator(".quiz").first, right=True)

    home = page.url.replace(CHAPTER, "index.html")
    page.goto(home)
    panel = page.locator("#progress")
    assert "1 of" in panel.locator("p").first.inner_text()
    tick = page.locator(f'main a[href="{CHAPTER}"] + .tick')
    assert tick.inner_text().startswith("read")
    assert page.locator(".menu .done").count() == 1
    before = kept(page)

    with page.expect_download() as download:
        panel.get_by_role("button", name="Save to a file").press("Enter")
    file = tmp_path / "progress.json"
    download.value.save_as(file)
    assert json.loads(file.read_text()) == before

    eraser = panel.get_by_role("button", name="Erase all")
    eraser.press("Enter")
    panel.get_by_role("button", name="No, keep it").press("Enter")
    assert kept(page) == before
    assert eraser.evaluate("e => e === document.activeElement")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # The focus is on "Yes, erase".
    assert eraser.evaluate("e => e === document.activeElement")
    assert kept(page) == {}
    assert page.locator(".menu .done").count() == 0

    status = panel.get_by_role("status")
    wrong = tmp_path / "wrong.json"
    wrong.write_text("[]")
    panel.locator("input[type=file]").set_input_files(wrong)
    status.get_by_text("no progress of this book").wait_for()
    assert kept(page) == {}
    panel.locator("input[type=file]").set_input_files(file)
    status.get_by_text("was read from the file").wait_for()
    assert kept(page) == before
    assert seen.problems == []


@pytest.mark.parametrize(
    "stored", ["nonsense", "null", '{"read": 3}', "[]", "3"]
)
def test_a_spoilt_store_spoils_no_page(visit, stored):
    page, seen = visit("index.html")
    page.evaluate("text => localStorage.setItem('embook', text)", stored)
    page.reload()
    assert page.locator("#progress progress").is_visible()
    assert seen.problems == []


def test_all_works_where_storage_is_blocked(chromium, address):
    context = chromium.new_context()
    context.add_init_script(BLOCKED)
    page = context.new_page()
    seen = watch(page, address)
    page.goto(f"{address}/{CHAPTER}")
    choose(page, page.locator(".quiz").first, right=True)
    status = page.locator(".quiz").first.get_by_role("status")
    assert status.inner_text().startswith("Right. 1 of")
    page.locator("#colours").press("Enter")
    assert page.locator("html").get_attribute("data-theme") == "light"
    page.goto(f"{address}/index.html")
    said = page.locator("#progress").inner_text()
    assert "blocks storage" in said
    assert seen.problems == []
    context.close()


def test_search_finds_sections_by_keyboard(visit):
    page, seen = visit("back/notation.html")
    assert not any("search-data" in r.url for r in seen.responses)
    page.keyboard.press("Control+k")
    page.keyboard.type("unit vector")
    hits = page.locator(".hits a")
    hits.first.wait_for()
    assert any("search-data" in r.url for r in seen.responses)
    assert hits.first.locator("mark").count() >= 1
    page.keyboard.press("ArrowDown")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("h1").inner_text()

    page.keyboard.press("Control+k")
    page.keyboard.type("zzzz")
    page.locator(".hits").get_by_text("0 sections found").wait_for()
    page.keyboard.press("Escape")
    assert not page.locator(".hits").is_visible()
    page.keyboard.type(" a")
    page.locator(".hits a").first.wait_for()
    for _ in range(10):  # eight hits, the link to all, and one stop beyond
        page.keyboard.press("Tab")
    assert not page.locator(".hits").is_visible()
    assert seen.problems == []


def test_search_has_a_page_of_all_hits(visit):
    page, seen = visit("search.html?q=vector")
    page.locator("#by-letters a").first.wait_for()
    assert page.locator("#by-letters a").count() > 5
    assert page.locator(".search input").input_value() == "vector"
    assert seen.problems == []


def test_a_term_explains_itself(visit):
    page, seen = visit("back/notation.html")
    link = page.locator('.text a[href*="#term-"]').first
    bubble = page.locator("#hover")

    link.focus()
    bubble.wait_for()
    assert link.get_attribute("aria-describedby") == "hover"
    assert bubble.inner_text() == "One number: a tensor of rank 0."
    page.keyboard.press("Escape")
    assert not bubble.is_visible()
    page.evaluate("document.activeElement.blur()")

    link.hover()
    bubble.wait_for()
    bubble.hover()  # The pointer may enter it, and it stays.
    page.wait_for_timeout(400)
    assert bubble.is_visible()
    page.mouse.move(2, 2)
    page.wait_for_timeout(400)
    assert not bubble.is_visible()
    assert seen.problems == []


def test_the_menu_opens_on_a_small_screen(visit):
    page, seen = visit(CHAPTER, width=320)
    menu = page.locator("#menu")
    assert not menu.is_visible()
    page.get_by_role("button", name="Contents").press("Enter")
    assert menu.is_visible()
    assert menu.locator('[aria-current="page"]').is_visible()
    page.keyboard.press("Escape")
    assert not menu.is_visible()
    page.get_by_role("button", name="Contents").press("Enter")
    menu.locator("a").last.focus()
    page.keyboard.press("Tab")
    assert not menu.is_visible()
    assert seen.problems == []


def test_the_first_stop_jumps_to_the_text(visit):
    page, _ = visit(CHAPTER)
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    assert skip.evaluate("e => e === document.activeElement")
    assert skip.bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_colours_follow_the_reader_and_are_kept(visit):
    page, _ = visit(CHAPTER, color_scheme="light")
    ink = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ink)
    page.locator("#colours").click(click_count=2)
    dark = page.evaluate(ink)
    assert dark != light
    page.reload()
    assert page.evaluate(ink) == dark
    image = page.locator(".cell_output img").first
    filtered = image.evaluate("e => getComputedStyle(e).filter")
    assert filtered == "invert(1) hue-rotate(180deg)"


def test_forced_colours_are_stronger_than_the_reader_s(visit):
    page, _ = visit(CHAPTER, color_scheme="dark", forced_colors="active")
    page.evaluate("book.setTheme('light')")
    for _ in range(2):
        assert page.locator("html").get_attribute("data-theme") is None
        page.reload()
    assert not page.locator("#colours").is_visible()


def test_a_heading_is_called_by_its_words(visit):
    page, _ = visit(CHAPTER)
    assert page.get_by_role("heading", name="Divide the lengths away").count()
    names = page.locator("h2").all_inner_texts()
    bare = [name.rstrip("#").strip() for name in names]
    for name in bare:
        assert page.get_by_role("heading", name=name, exact=True).count()


def test_code_and_output_are_told_apart(visit):
    page, _ = visit(CHAPTER)
    for part, name in (("input", "Code"), ("output", "Output")):
        shown = page.locator(f"main .cell_{part}:visible").count()
        named = page.get_by_role("group", name=name, exact=True).count()
        assert named == shown > 0


def test_code_can_be_copied(visit):
    page, seen = visit(
        CHAPTER, permissions=["clipboard-read", "clipboard-write"]
    )
    code = page.locator(".cell_input pre").first
    code.hover()
    page.locator(".copy").first.click()
    page.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == code.inner_text().rstrip()
    assert page.locator(".cell_output .copy").count() == 0
    assert seen.problems == []


def test_paper_shows_the_text_alone(visit):
    page, _ = visit(CHAPTER)
    page.emulate_media(media="print", color_scheme="dark")
    for hidden in (".top", ".menu", ".here", ".quiz-bar", ".foot"):
        assert not page.locator(hidden).first.is_visible(), hidden
    assert page.locator("h1").is_visible()
    image = page.locator(".cell_output img").first
    assert image.evaluate("e => getComputedStyle(e).filter") == "none"
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0


def test_nothing_glides_where_less_motion_is_asked_for(visit):
    style = "getComputedStyle(document.documentElement).scrollBehavior"
    page, _ = visit(CHAPTER, reduced_motion="reduce")
    assert page.evaluate(style) == "auto"


def test_a_chapter_can_be_taken_away(visit, site):
    page, _ = visit(CHAPTER)
    links = page.locator(".takeaway a")
    with page.expect_download() as download:
        links.first.click()
    notebook = json.loads(download.value.path().read_text())
    assert notebook["nbformat"] == 4
    assert links.last.get_attribute("href") == "../embeddings-book.zip"


def test_an_unknown_address_gets_the_404_page(site):
    html = site.joinpath("404.html").read_text()
    for found in re.findall(r'(?:href|src)="([^"]+)"', html):
        assert found.startswith(("/", "#", "https://")), found
