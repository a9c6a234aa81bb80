"""Counted over the pages of the edition: no table is wider than its place, on a desk, a phone or paper, and no word is broken.

Folds are opened, so that the tables under the charts count like the others.
"""

from __future__ import annotations

import pytest
import serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# The printable width of an A4 sheet between the margins of the style sheet: 170 mm at 96 pixels an inch.
LAYOUTS = {
    "desktop": ({"viewport": {"width": 1366, "height": 900}}, "screen"),
    "phone": ({"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}, "screen"),
    "print": ({"viewport": {"width": 642, "height": 950}}, "print"),
}
SHOW_ALL = """() => {
  document.querySelectorAll('main details').forEach(d => { d.open = true; });
  document.querySelectorAll('.cs-far, .cs-figure-drawing, .cs-x-far').forEach(e => { e.classList.add('cs-near'); });
}"""
# Each visible table with how far it leaves its place, its cells that leave the screen or cut their text, and words that are broken
# though no hyphen says so: a column of "Re / po / rte / d" fits and cannot be read.
MEASURE = """() => [...document.querySelectorAll('main table')].filter(t => t.getBoundingClientRect().width > 1).map(table => {
  const place = table.closest('.cs-scroll, .cs-figure-table') || table.parentElement, box = place.getBoundingClientRect();
  const unseen = table.tHead && table.tHead.getBoundingClientRect().height <= 1;   // the head of cards is read aloud only
  const all = [...table.querySelectorAll(unseen ? 'tbody :is(th, td)' : 'th, td')];
  const cells = all.filter(c => c.getBoundingClientRect().width > 1);
  const outside = cells.filter(c => { const b = c.getBoundingClientRect();
    return b.right > innerWidth + 1 || b.right > box.right + 1 || (c.scrollWidth > c.clientWidth + 1 && c.clientWidth > 0); });
  const range = document.createRange();
  const broken = cells.filter(c => !c.querySelector('a, code')).filter(c => {
    const walker = document.createTreeWalker(c, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode());) {
      for (const word of node.data.matchAll(/[\\p{L}\\d]{2,}/gu)) {
        range.setStart(node, word.index);
        range.setEnd(node, word.index + word[0].length);
        const lines = new Set([...range.getClientRects()].map(b => Math.round(b.top)));
        if (lines.size > (word[0].length > 9 ? 2 : 1)) return true;   // a long word may be hyphenated once
      }
    }
    return false;
  });
  const name = (table.caption || place).textContent.trim().slice(0, 40);
  return { name: place.getAttribute('aria-label') || name, over: Math.round(place.scrollWidth - place.clientWidth),
           outside: outside.length, broken: broken.slice(0, 3).map(c => c.textContent.trim().slice(0, 30)) };
})"""


@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_table_of_any_page_is_wider_than_its_place_or_breaks_its_words(site, site_url, browser, layout):
    options, medium = LAYOUTS[layout]
    context = browser.new_context(**options)
    page = context.new_page()
    page.emulate_media(media=medium)
    found, counted = [], 0
    for name in serving.few_of_a_kind(site, serving.page_names(site)):
        page.goto(site_url + name)
        page.evaluate(SHOW_ALL)
        tables = page.evaluate(MEASURE)
        counted += len(tables)
        found += [f"{name}: {table}" for table in tables if table["over"] > 0 or table["outside"] or table["broken"]]
    context.close()
    assert counted > (50 if medium == "print" else 150), counted
    assert not found, "\n".join(found[:60])


def test_a_row_says_on_a_phone_and_on_paper_what_each_of_its_cells_is(site_url, browser):
    """Cards and paragraphs have no head above them: every cell but the name of the row then carries the name of its column."""
    context = browser.new_context(**LAYOUTS["phone"][0])
    page = context.new_page()
    page.goto(site_url + "backtest.html")
    page.evaluate(SHOW_ALL)
    nameless = """() => [...document.querySelectorAll('main .cs-cards tbody td:not(:first-child)')].filter(cell =>
      getComputedStyle(cell, '::before').content !== JSON.stringify(cell.dataset.label + ': ')).length"""
    assert page.locator("main .cs-cards tbody td").count() > 200
    assert page.evaluate(nameless) == 0
    page.emulate_media(media="print")
    across = page.locator("main .cs-across tbody td:not(:first-child)")
    assert across.count() > 100
    assert across.first.evaluate("cell => getComputedStyle(cell, '::before').content").strip('"').endswith(": ")
    context.close()
