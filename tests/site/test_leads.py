"""Counted over the built pages: leads are short, nothing for machines is shown to readers, no label is cut, code stands once."""

from __future__ import annotations

import re

import lxml.html
import pytest
import yaml

from analysis import paths
from analysis.registry import citations

MOST_NUMBERS, MOST_WORDS = 3, 60
WITHOUT_LEAD = (
    "faults", "due", "refresh", "rerun", "cite", "change", "changes", "parameters", "data", "sources", "numbers", "claims",
    "glossary")
MACHINE_WORDS = ("data", "numbers", "sources", "backtest", "sales")   # show names of tables, columns or codes as they are
# Beside code and parameters, what quotes a machine or a source word for word.
FOLDS = ("cs-method", "cs-receipt", "cs-cite", "cs-parameters")
NOT_FOR_READING = "//script | //style | //code | //pre | //details[{}]".format(
    " or ".join(f"contains(@class, '{name}')" for name in FOLDS))


def parsed(site) -> dict[str, lxml.html.HtmlElement]:
    """The pages of the book by slug; embeds and redirects left out."""
    return {file.stem: lxml.html.fromstring(file.read_bytes()) for file in sorted(site.glob("*.html"))}


@pytest.fixture(scope="module")
def pages(site) -> dict[str, lxml.html.HtmlElement]:
    return parsed(site)


def chapters(pages):
    """The pages that open with a lead: every chapter of the contents, and each firm's."""
    contents = yaml.safe_load((paths.BOOK / "_toc.yml").read_text(encoding="utf-8"))
    listed = [entry["file"] for part in contents["parts"] for chapter in part["chapters"]
              for entry in (chapter, *chapter.get("sections", []))]
    wanted = {"index", *listed} - set(WITHOUT_LEAD)
    return {name: page for name, page in pages.items() if name in wanted or name.startswith("firm-")}


def lead_of(page):
    found = page.xpath("(//main//p[contains(@class, 'cs-lead')])[1]")
    return " ".join(found[0].text_content().split()) if found else ""


def test_a_lead_has_at_most_three_numbers_and_sixty_words(pages):
    long = {}
    for name, page in chapters(pages).items():
        numbers = page.xpath("(//main//p[contains(@class, 'cs-lead')])[1]//a[contains(@class, 'cs-num')]")
        words = lead_of(page).split()
        if not words or len(numbers) > MOST_NUMBERS or len(words) > MOST_WORDS:
            long[name] = (len(numbers), len(words))
    assert long == {}


def test_no_interval_stands_in_a_lead(pages):
    assert [name for name, page in chapters(pages).items() if re.search(r"\(\d+% interval", lead_of(page))] == []


def test_the_code_of_a_page_stands_under_one_fold_at_its_foot(pages):
    several = {name: n for name, page in pages.items() if (n := len(page.xpath("//details[contains(@class, 'cs-method')]"))) > 1}
    assert several == {}


def reading_text(page) -> str:
    """What a reader reads: the page without code, parameters, receipt and citations."""
    page = lxml.html.fromstring(lxml.html.tostring(page))
    for hidden in page.xpath(NOT_FOR_READING):
        hidden.drop_tree()
    return page.xpath("//main")[0].text_content()


def test_no_formula_s_source_and_no_identifier_is_shown(pages):
    shown = {}
    for name, page in pages.items():
        text = reading_text(page)
        found = re.findall(r"\\\(|\\\[|\$\$", text)
        if name not in MACHINE_WORDS:
            found += re.findall(r"\b[a-z]+_[a-z]+(?:_[a-z0-9]+)*\b", text)
        if found:
            shown[name] = found[:5]
    assert shown == {}


def test_no_label_title_or_name_of_a_source_is_cut(pages):
    """An ellipsis anywhere a reader reads, in text or in a drawing; the faults quote messages of the programs as they are."""
    cut = {name: re.findall(r".{0,30}…", text)[:3] for name, page in pages.items() if name != "faults"
           and "…" in (text := reading_text(page))}
    assert cut == {}


def test_no_link_and_no_file_to_hand_on_names_the_placeholder_of_the_address(site, pages):
    """Where the book has no address of its own, what readers click or hand on must not end at one that cannot exist. In texts to
    copy the page's script puts the address at which the page is read in its place."""
    host = citations.PLACEHOLDER.partition("://")[2].strip("/")
    links = {name: found for name, page in pages.items()
             if (found := [href for href in page.xpath("//main//a/@href") if host in href])}
    assert links == {}
    for file in (site / "briefing/briefing.docx", site / "briefing/briefing.pptx", *sorted((site / "figures").glob("*.pptx"))[:3]):
        assert host not in office_text(file), file.name


def office_text(file) -> str:
    """Every part of an office file that holds words or targets of links."""
    import zipfile

    with zipfile.ZipFile(file) as archive:
        return " ".join(archive.read(name).decode("utf-8") for name in archive.namelist() if name.endswith((".xml", ".rels")))
