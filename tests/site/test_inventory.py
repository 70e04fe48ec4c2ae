"""The inventory: fifteen answers before the book, and fifteen after."""

import json

import pytest
from test_crawl import AXE, RULES
from test_reading import BLOCKED, kept

PAGE = "back/inventory.html"
ALL = 15


def answer(page, rights: int) -> None:
    """Return nothing; answer so many questions rightly, the others not."""
    for n, card in enumerate(page.locator(".quiz").all()):
        right = "true" if n < rights else "false"
        card.locator(f'[data-right="{right}"] input').first.check()
    page.get_by_role("button", name="Score my answers").press("Enter")


def start_again(page) -> None:
    """Return nothing; forget both scores, which takes two presses."""
    before = kept(page)
    page.get_by_role("button", name="Start again").press("Enter")
    assert kept(page) == before
    page.get_by_role("button", name="Yes, forget my scores").press("Enter")


def said(page) -> str:
    return page.locator(".inventory + .quiz-bar [role=status]").inner_text()


def hidden(page) -> bool:
    """Return whether nothing shows which answers are right, or why."""
    marks = page.locator("details[open], .right, .wrong").count()
    return not marks and not any(
        why.is_visible() for why in page.locator(".quiz-why > *").all()
    )


def test_the_first_time_shows_a_score_and_chapters_and_no_answer(visit):
    page, seen = visit(PAGE)
    assert hidden(page)
    page.get_by_role("button", name="Score my answers").press("Enter")
    assert said(page) == "Question 1 is still open."
    answer(page, rights=13)
    assert said(page).startswith("Before: 13 of 15.")
    assert page.evaluate("document.activeElement.role") == "status"
    worth = page.locator(".quiz-bar + ul a")
    assert [
        link.get_attribute("href").split("/")[-1] for link in worth.all()
    ] == [
        "indexes.html",
        "rag.html",
    ]
    assert worth.first.inner_text().startswith("Indexes")
    assert hidden(page)
    assert page.locator("input:checked").count() == 0
    page.reload()
    assert said(page).startswith("Before: 13 of 15.")
    assert hidden(page)
    assert set(kept(page)["inventory"]) == {"before"}
    assert seen.problems == []


def test_the_second_time_shows_both_scores_and_every_reason(visit):
    page, seen = visit(PAGE)
    answer(page, rights=6)
    answer(page, rights=14)
    assert said(page).startswith("Before: 6 of 15. After: 14 of 15.")
    assert page.locator(".right details[open]").count() == ALL
    assert page.locator(".wrong details[open]").count() == 1
    others = page.locator(".quiz-why:not([open]) > summary")
    assert others.count() == 3 * ALL - ALL - 1
    assert all(fold.is_visible() for fold in others.all())
    page.reload()
    assert said(page).startswith("Before: 6 of 15. After: 14 of 15.")
    assert page.locator("input:checked").count() == ALL
    start_again(page)
    assert said(page) == ""
    assert kept(page)["inventory"] == {}
    assert page.locator("input:checked, details[open]").count() == 0
    assert page.evaluate("document.activeElement.name") == "inventory-shape"
    assert seen.problems == []


def test_what_was_answered_leaves_with_the_progress(visit):
    page, _ = visit(PAGE)
    answer(page, rights=15)
    assert page.locator(".quiz-bar + ul a").count() == 0
    before = kept(page)
    assert set(before["inventory"]) == {"before"}
    page.goto(page.url.replace(PAGE, "index.html"))
    panel = page.locator("#progress")
    with page.expect_download() as download:
        panel.get_by_role("button", name="Save to a file").press("Enter")
    assert json.loads(download.value.path().read_text()) == before
    panel.get_by_role("button", name="Erase all").press("Enter")
    page.keyboard.press("Enter")
    assert kept(page) == {}
    page.evaluate("text => book.bringIn(text)", json.dumps(before))
    assert kept(page) == before


def test_a_question_is_answered_with_the_arrow_keys(visit):
    page, _ = visit(PAGE)
    first, second, _ = page.locator(".quiz").first.locator("input").all()
    group = page.locator(".quiz").first
    assert group.get_attribute("role") == "radiogroup"
    assert group.get_attribute("aria-labelledby") == "ask-inventory-shape"
    first.focus()
    page.keyboard.press("Space")
    assert first.is_checked()
    page.keyboard.press("ArrowDown")
    assert second.is_checked()


@pytest.mark.parametrize(
    "stored",
    [{"before": 3}, {"before": {"inventory-shape": 9}}, {"after": {}}],
)
def test_a_spoilt_attempt_can_be_started_again(visit, stored):
    page, seen = visit(PAGE)
    text = json.dumps({"inventory": stored})
    page.evaluate("text => localStorage.setItem('embook', text)", text)
    page.reload()
    start_again(page)
    answer(page, rights=2)
    assert said(page).startswith("Before: 2 of 15.")
    assert seen.problems == []


@pytest.mark.parametrize(
    ("scheme", "width"),
    [
        ("dark", 320),
        pytest.param("light", 1280, marks=pytest.mark.deep),
        pytest.param("light", 320, marks=pytest.mark.deep),
    ],
)
def test_it_can_be_read_before_between_and_after(visit, scheme, width):
    page, seen = visit(
        PAGE, width=width, color_scheme=scheme, reduced_motion="reduce"
    )
    page.evaluate(AXE.read_text("utf-8"))
    for rights in (None, 3, 12):
        if rights is not None:
            answer(page, rights)
        report = page.evaluate("r => axe.run({runOnly: r})", RULES)
        assert [v["id"] for v in report["violations"]] == []
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width
    for box in page.locator(".inventory label, form button").all():
        if box.is_visible():
            assert (
                min(box.bounding_box()[s] for s in ("width", "height")) >= 24
            )
    assert seen.problems == []


def test_nothing_moves_while_the_page_loads(visit):
    page, _ = visit(PAGE, width=320)
    shift = page.evaluate("""() => new Promise(done => {
        let sum = 0;
        new PerformanceObserver(list => {
            for (const entry of list.getEntries()) sum += entry.value;
        }).observe({type: "layout-shift", buffered: true});
        setTimeout(() => done(sum), 300);
    })""")
    assert shift <= 0.02


def test_without_storage_it_lasts_as_long_as_the_page(chromium, address):
    context = chromium.new_context()
    context.add_init_script(BLOCKED)
    page = context.new_page()
    page.goto(f"{address}/{PAGE}")
    answer(page, rights=0)
    answer(page, rights=15)
    assert said(page).startswith("Before: 0 of 15. After: 15 of 15.")
    context.close()


def test_without_scripts_every_reason_can_be_unfolded(chromium, address):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/{PAGE}")
    folds = page.locator(".quiz-why summary")
    assert folds.count() == 3 * ALL
    folds.first.click()
    assert page.locator(".quiz-why[open]").count() == 1
    context.close()
