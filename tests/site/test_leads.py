"""Counted over the built pages: leads are short, nothing for machines is shown to readers, code stands once."""

from __future__ import annotations

import re

import lxml.html
import pytest

MOST_NUMBERS, MOST_WORDS = 3, 60
SHORT = ("index", "tracker", "about", "firms")   # and every firm's page


def pages(site):
    for file in sorted(site.glob("*.html")):
        if file.stem in SHORT or file.stem.startswith("firm-"):
            yield file.stem, lxml.html.fromstring(file.read_bytes())


def lead_of(page):
    found = page.xpath("(//main//p[contains(@class, 'cs-lead')])[1]")
    return " ".join(found[0].text_content().split()) if found else ""


def test_a_lead_has_at_most_three_numbers_and_sixty_words(site):
    long = {}
    for name, page in pages(site):
        numbers = page.xpath("(//main//p[contains(@class, 'cs-lead')])[1]//a[contains(@class, 'cs-num')]")
        words = lead_of(page).split()
        if not words or len(numbers) > MOST_NUMBERS or len(words) > MOST_WORDS:
            long[name] = (len(numbers), len(words))
    assert long == {}


def test_no_interval_stands_in_a_lead(site):
    assert [name for name, page in pages(site) if "interval" in lead_of(page)] == []


def test_the_code_of_a_page_stands_under_one_fold_at_its_foot(site):
    several = {file.stem: n for file in site.glob("*.html")
               if (n := len(lxml.html.fromstring(file.read_bytes()).xpath("//details[contains(@class, 'cs-method')]"))) > 1}
    assert several == {}


@pytest.mark.parametrize("name", ["index", "tracker", "firms", "firm-nvidia", "about"])
def test_no_label_is_cut_and_no_formula_or_id_is_shown(site, name):
    page = lxml.html.fromstring((site / f"{name}.html").read_bytes())
    for hidden in page.xpath("//script | //style | //details[contains(@class, 'cs-method') or contains(@class, 'cs-receipt') or "
                             "contains(@class, 'cs-cite')] | //figcaption | //*[contains(@class, 'cs-figure-source')]"):
        hidden.drop_tree()
    text = page.xpath("//main")[0].text_content()
    assert not re.search(r"\\\(|\\\[|\$\$", text), "TeX"
    assert not re.search(r"\b[a-z]+_[a-z]+_[a-z_0-9]+\b", text), "an identifier"
