"""The search finds the same however a word is written: spelling, number, marks, hyphens, blanks, phrases."""

from __future__ import annotations

import shutil

import pytest
from playwright.sync_api import expect

from analysis import paths
from analysis.publish.site.search_index import index_script

pytestmark = pytest.mark.browser

SAME = {
    "American and British": ("the center of the license program", "the centre of the licence programme"),
    "endings": ("organized, modeled and analyzed behavior", "organised, modelled and analysed behaviour"),
    "endings of nouns": ("the organization and labeling of defenses", "the organisation and labelling of defences"),
    "plural": ("policy and box and firm and licence", "policies and boxes and firms and licences"),
    "apostrophes": ("China's firms' rules", "China\u2019s firms\u2019 rules"),
    "possessive": ("the rules of China", "the rules of China's"),
    "hyphens": ("a follow-on and an end-user", "a follow\u2011on and an end\u2010user"),
    "hyphen or blank": ("an export-control list", "an export control list"),
    "minus": ("it fell by -4.88", "it fell by \u22124.88"),
    "no-break blanks": ("1,122 days of waiting", "1,122\u00a0days of\u202fwaiting"),
    "soft hyphens": ("semiconductor sales", "semi\u00adconductor sales"),
    "accents": ("Skoda naive", "Škoda naïve"),
    "letters": ("HUAWEI", "Huawei"),
    "Chinese": ("中芯国际", "中芯国际"),
}
PAGE = """<!doctype html><meta charset="utf-8"><form id="cs-search"><input id="cs-search-field" data-index="index.js"></form>
<p id="cs-search-status"></p><ol id="cs-search-results"></ol><script src="search.js"></script>"""


@pytest.fixture
def ask(browser, tmp_path):
    """ask(texts, query): the entries found in an index of these texts, and what is marked in them."""
    opened = {}

    def find(texts, query):
        page = opened.get(texts := tuple(texts)) or opened.setdefault(texts, page_of(texts))
        page.fill("#cs-search-field", query)
        page.evaluate("document.getElementById('cs-search').requestSubmit()")
        links = page.eval_on_selector_all("li a", "all => all.map(a => a.getAttribute('href'))")
        found = [link.partition("#")[2] for link in links]
        return sorted(found), page.locator("mark").all_text_contents()

    def page_of(texts):
        (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
        shutil.copy(paths.SCRIPTS / "search.js", tmp_path)
        entries = [("section", "Page", f"Heading {i}", f"page.html#{i}", f"Before it {text} after it.")
                   for i, text in enumerate(texts)]
        (tmp_path / "index.js").write_text(index_script(entries), encoding="utf-8")
        page = browser.new_page()
        page.goto((tmp_path / "page.html").as_uri())
        expect(page.locator("#cs-search-field")).to_be_focused()   # the last thing that the script does when it starts
        return page

    yield find
    for page in opened.values():
        page.close()


@pytest.mark.parametrize("pair", SAME)
def test_the_same_is_found_however_it_is_written(pair, ask):
    """Each way of writing finds both, as words and as a phrase in straight or curly quotation marks; what is found is marked."""
    for asked in dict.fromkeys(SAME[pair]):
        for query in (asked, f'"{asked}"', f"\u201c{asked}\u201d", f"\u201e{asked}\u201c"):
            found, marked = ask(SAME[pair], query)
            assert (query, found) == (query, ["0", "1"]) and marked


def test_a_phrase_is_found_only_as_it_stands_and_words_in_any_order(ask):
    texts = ["chips sold to Chinese firms", "firms sold Chinese chips"]
    assert ask(texts, '"Chinese firms"')[0] == ["0"]
    assert ask(texts, "Chinese firms")[0] == ["0", "1"]
    assert ask(texts, '"Chinese firms" chips')[0] == ["0"]


@pytest.mark.parametrize("query", ['"', "'", "\u201c", "-", '""', "   "])
def test_a_mark_alone_finds_nothing_wrong(query, ask):
    found, _ = ask(["chips sold to Chinese firms"], query)
    assert len(found) <= 1


def test_words_that_differ_stay_apart(ask):
    assert ask(["analysis of the price", "prize for the boss"], "price")[0] == ["0"]
    assert ask(["four chips", "for chips"], "four")[0] == ["0"]
    assert ask(["the census basis", "a bus"], "basis")[0] == ["0"]
