"""The inventory: fifteen answers before the book, and fifteen after."""

import json

from test_reading import BLOCKED, kept

PAGE = "back/inventory.html"
ALL = 15


def answer(page, rights: int) -> None:
    """Return nothing; answer so many questions rightly, the others not."""
    for n, card in enumerate(page.locator(".quiz").all()):
        right = "true" if n < rights else "false"
        card.locator(f'[data-right="{right}"] input').first.check()
    page.get_by_role("button", name="Score my answers").press("Enter")


def said(page) -> str:
    return page.locator(".inventory + .quiz-bar [role=status]").inner_text()


def test_the_first_time_shows_a_score_and_chapters_and_no_answer(visit):
    page, seen = visit(PAGE)
    page.get_by_role("button", name="Score my answers").press("Enter")
    assert said(page) == "Question 1 is still open."
    answer(page, rights=13)
    assert said(page).startswith("Before: 13 of 15.")
    worth = page.locator(".quiz-bar + ul a")
    assert [
        link.get_attribute("href").split("/")[-1] for link in worth.all()
    ] == [
        "indexes.html",
        "rag.html",
    ]
    assert worth.first.inner_text().startswith("Indexes")
    assert page.locator("details[open], .right, .wrong").count() == 0
    assert page.locator("input:checked").count() == 0
    page.reload()
    assert said(page).startswith("Before: 13 of 15.")
    assert page.locator("details[open], .right, .wrong").count() == 0
    assert set(kept(page)["inventory"]) == {"before"}
    assert seen.problems == []


def test_the_second_time_shows_both_scores_and_every_reason(visit):
    page, seen = visit(PAGE)
    answer(page, rights=6)
    answer(page, rights=14)
    assert said(page).startswith("Before: 6 of 15. After: 14 of 15.")
    assert page.locator(".right details[open]").count() == ALL
    assert page.locator(".wrong details[open]").count() == 1
    page.reload()
    assert said(page).startswith("Before: 6 of 15. After: 14 of 15.")
    assert page.locator("input:checked").count() == ALL
    page.get_by_role("button", name="Start again").press("Enter")
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
    page.goto(page.url.replace(PAGE, "index.html"))
    panel = page.locator("#progress")
    panel.get_by_role("button", name="Erase all").press("Enter")
    page.keyboard.press("Enter")
    assert kept(page) == {}
    page.evaluate("text => book.bringIn(text)", json.dumps(before))
    assert kept(page) == before


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
