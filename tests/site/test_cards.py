"""Number cards in the browser: what a reader with a mouse, a keyboard, a finger or a screen reader gets."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from analysis.registry import citations

pytestmark = pytest.mark.browser
ESTIMATE = "a.cs-num-estimated >> nth=0"


def test_hovering_a_number_shows_everything_that_stands_behind_it(small_url, visit, book):
    page = visit(small_url).open("chapter.html")
    page.hover(ESTIMATE)
    card = page.locator("#cs-card")
    expect(card).to_be_visible()
    number = book.numbers()["sales.chinese_firms.2022"]
    for text in (
        number.label,
        number.text,
        "52.1 to 70.9 (90% interval)",
        "estimated",
        "statistical inference",
        number.unit,
        number.as_of,
        number.method,
        book.SOURCE_TITLES["census"],
        book.EDITION["edition"],
    ):
        expect(card).to_contain_text(text)
    expect(card.locator("a[href='numbers.html#n-sales-chinese-firms-2022']")).to_be_visible()
    expect(card.locator("a[href='sources.html#source-census']")).to_be_visible()
    expect(card.locator(f"a[href='{number.page}.html']", has_text="The page that computes it")).to_be_visible()
    page.hover("#cs-card .cs-card-value")  # the pointer may move onto the card
    page.wait_for_timeout(400)
    expect(card).to_be_visible()
    page.mouse.move(2, 2)
    expect(card).to_be_hidden()


def test_a_keyboard_opens_a_card_walks_through_it_and_returns_to_the_number(small_url, visit):
    page = visit(small_url).open("chapter.html")
    page.locator("h1").click()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('a.cs-num-estimated')"):
            break
    link = page.locator(ESTIMATE)
    expect(link).to_be_focused()
    expect(page.locator("#cs-card")).to_be_visible()  # focus shows it …
    page.keyboard.press("Enter")
    expect(page.locator("#cs-card")).to_be_focused()  # … Enter goes into it
    assert link.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Close"
    page.keyboard.press("Escape")
    expect(page.locator("#cs-card")).to_be_hidden()
    expect(link).to_be_focused()
    assert link.get_attribute("aria-expanded") == "false"


def test_tab_at_the_end_of_a_card_goes_on_after_its_number_and_back_at_its_beginning_to_it(small_url, visit):
    page = visit(small_url).open("chapter.html")
    card, link = page.locator("#cs-card"), page.locator(ESTIMATE)
    link.click()
    expect(card).to_be_focused()
    card.get_by_role("button", name="CSL-JSON").focus()
    page.keyboard.press("Tab")
    expect(link).to_have_attribute("aria-expanded", "false")   # the next stop may be a number, and show its own card
    following = "link => !!(link.compareDocumentPosition(document.activeElement) & 4) && document.activeElement !== link"
    assert link.evaluate(following) and page.evaluate("!!document.activeElement.closest('main')")
    page.keyboard.press("Escape")
    link.click()
    expect(card).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(card).to_be_hidden()
    expect(link).to_be_focused()


def test_a_screen_reader_hears_the_value_when_a_card_opens_and_that_a_citation_was_copied(small_url, visit):
    page = visit(small_url, permissions=["clipboard-read", "clipboard-write"]).open("chapter.html")
    said = page.get_by_role("status").filter(visible=True)
    before = page.locator("[role=status]").count()
    page.locator(ESTIMATE).click()
    expect(page.get_by_role("dialog")).to_have_accessible_name(re.compile(r"Chinese firms.*US\$.*90% interval"))
    page.locator("#cs-card [data-form=plain]").click()
    expect(said.filter(has_text="Copied")).to_have_count(1)
    assert page.locator("[role=status]").count() == before >= 1, "the region was there before its text"


def test_where_copying_is_refused_the_text_stays_selected_for_the_reader_s_own_keys(small_url, visit):
    page = visit(small_url).open("chapter.html")
    page.evaluate("""document.execCommand = () => false;
                     Object.defineProperty(navigator, "clipboard", { value: undefined });""")
    page.locator(ESTIMATE).click()
    page.locator("#cs-card [data-form=plain]").click()
    expect(page.locator("[role=status]").filter(has_text="Press Ctrl+C")).to_have_count(1)
    assert "The Chip Stalemate contributors" in page.evaluate("document.activeElement.value")
    assert page.evaluate("document.activeElement.selectionEnd === document.activeElement.value.length")


def test_escape_dismisses_a_card_that_only_hovers(small_url, visit):
    page = visit(small_url).open("index.html")
    page.hover("a.cs-num >> nth=0")
    expect(page.locator("#cs-card")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#cs-card")).to_be_hidden()


def test_a_tap_opens_the_card_as_a_sheet_within_the_screen_and_a_tap_outside_closes_it(small_url, visit):
    page = visit(small_url, "phone").open("chapter.html")
    page.tap(ESTIMATE)
    card = page.locator("#cs-card")
    expect(card).to_be_visible()
    box = card.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 360 and box["y"] + box["height"] <= 741
    page.locator("h1").tap()
    expect(card).to_be_hidden()
    assert page.url.endswith("chapter.html")


def test_each_number_tells_a_screen_reader_its_label_class_and_date(small_url, visit):
    page = visit(small_url).open("index.html")
    for link in page.locator("a.cs-num").all():
        assert link.get_attribute("aria-haspopup") == "dialog"
        assert "as of 20" in link.get_attribute("aria-description")


def test_a_control_click_still_follows_the_link(small_url, visit):
    visitor = visit(small_url)
    page = visitor.open("index.html")
    with visitor.context.expect_page() as opened:
        page.locator("a.cs-num >> nth=0").click(modifiers=["Control"])
    opened.value.wait_for_load_state()
    assert opened.value.url.endswith("numbers.html#n-sales-exports-2022")


@pytest.mark.parametrize("form", citations.FORMATS)
def test_a_copied_citation_equals_the_one_made_at_build(small_url, visit, book, form):
    """It names the address at which the page is read: this copy of the book was given none of its own."""
    visitor = visit(small_url, permissions=["clipboard-read", "clipboard-write"])
    page = visitor.open("index.html")
    here = page.url.rpartition("/")[0]
    for number in book.numbers().values():
        page.locator(f"a.cs-num[href$='#{number.anchor}'] >> nth=0").click()
        button = page.locator(f"#cs-card [data-form={form}]")
        button.click()
        expect(button).to_have_text("Copied")
        expected = citations.cite_number(
            number,
            book.EDITION["edition"],
            book.EDITION["built"][:10],
            f"{here}/numbers.html#{number.anchor}",
        ).text(form)
        assert page.evaluate("navigator.clipboard.readText()") == expected
        page.keyboard.press("Escape")


def test_cards_work_from_disk(small_site, visit):
    visitor = visit(small_site.as_uri() + "/")
    page = visitor.open("chapter.html")
    page.click(ESTIMATE)
    expect(page.locator("#cs-card")).to_contain_text("Hierarchical estimate")
    page.click("#cs-card [data-form=plain]")
    expect(page.locator("#cs-card [data-form=plain]")).to_have_text("Copied")
    assert visitor.errors == []


def test_a_page_carries_the_facts_of_its_own_numbers_and_no_others(small_url, visit, book):
    page = visit(small_url).open("chapter.html")
    block = json.loads(page.locator("script#cs-numbers").text_content())
    shown = page.eval_on_selector_all("a.cs-num", "links => links.map(a => a.hash.slice(1))")
    assert set(block["numbers"]) == set(shown)
    assert len(shown) < len(book.numbers())


def test_the_list_of_numbers_filters_by_words_in_any_column(small_url, visit):
    page = visit(small_url).open("numbers.html")
    field = page.locator("#cs-filter")
    expect(field).to_be_visible()
    field.fill("china derived")
    expect(page.locator(".cs-numbers tbody tr:visible")).to_have_count(1)
    expect(page.locator("#cs-filter-count")).to_have_text("1 of 6")
    field.fill("")
    expect(page.locator(".cs-numbers tbody tr:visible")).to_have_count(6)
