"""The data behind the cards: each page carries the facts of the numbers it prints and of the terms it links, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from lxml.html import HtmlElement

from analysis.charts.evidence import MEANING
from analysis.publish.site.draft import text_of
from analysis.publish.site.facts import Site
from analysis.registry import citations
from analysis.registry.numbers import Number

SOURCES_SHOWN = 4  # on a card; its last link leads to the rest


def numbers_on(body: HtmlElement, site: Site) -> list[Number]:
    """The registered numbers that the page's text links to, each once, in order."""
    by_anchor = {number.anchor: number for number in site.numbers.values()}
    anchors = (href.partition("#")[2] for href in body.xpath(".//a[contains(@class, 'cs-num')]/@href"))
    return [by_anchor[anchor] for anchor in dict.fromkeys(anchors) if anchor in by_anchor]


def terms_of(glossary: HtmlElement) -> dict[str, tuple[str, str]]:
    """Term and definition by anchor, from the page of the glossary."""
    found = {}
    for head in glossary.xpath(".//dl[contains(@class, 'glossary')]/dt[@id]"):
        definition = head.xpath("following-sibling::dd[1]")
        if definition:
            found[head.get("id")] = (text_of(head), text_of(definition[0]))
    return found


def terms_on(body: HtmlElement, site: Site) -> list[str]:
    """Anchors of the terms that the page's text links to, each once, in order."""
    return list(dict.fromkeys(link.get("href").partition("#")[2] for link in body.xpath(".//a[contains(@class, 'cs-term')]")))


def describe_links(body: HtmlElement, site: Site) -> None:
    """Without a script, pointing at a number shows its label, class and date."""
    by_anchor = {number.anchor: number for number in site.numbers.values()}
    for link in body.xpath(".//a[contains(@class, 'cs-num')]"):
        number = by_anchor.get(link.get("href").partition("#")[2])
        if number is not None:
            link.set("title", f"{number.label} ({number.cls}, as of {number.as_of})")
    for link in body.xpath(".//a[starts-with(@href, 'glossary.html#term-')]"):
        if (anchor := link.get("href").partition("#")[2]) in site.terms:
            link.set("class", f"{link.get('class', '')} cs-term".strip())
            link.set("title", site.terms[anchor][1])


def card_block(numbers: Iterable[Number], site: Site, terms: Iterable[str] = ()) -> str:
    """The data block of a page: facts of its numbers, titles of their sources, templates of the citations, and its terms."""
    numbers, terms = list(numbers), list(terms)
    if not numbers and not terms:
        return ""
    used = {source for number in numbers for source in number.sources[:SOURCES_SHOWN]}
    return data_block("cs-numbers", {
        "edition": {"edition": site.edition, "date": site.date, "author": citations.AUTHOR, "work": citations.SHORT_WORK,
                    "address": site.permanent()},
        "formats": citations.FORMATS, "templates": citations.TEMPLATES["part"],
        "classes": {name: MEANING[name] for name in dict.fromkeys(n.cls for n in numbers)},
        "sources": {source: site.source_titles.get(source, source) for source in sorted(used)},
        "numbers": {number.anchor: card(number, site) for number in numbers},
        "terms": {anchor: site.terms[anchor] for anchor in terms},
    })


def card(number: Number, site: Site) -> dict:
    """What the card of one number shows, in the number's own rounding."""
    citation = site.cite_number(number)
    return {
        "id": number.id, "label": number.label, "text": number.text, "unit": number.unit, "cls": number.cls,
        "interval": f"{number.interval} ({number.level:g}% interval)" if number.interval else "",
        "as_of": number.as_of, "method": number.method, "sources": list(number.sources[:SOURCES_SHOWN]),
        "more_sources": max(len(number.sources) - SOURCES_SHOWN, 0), "page": number.page,
        "figure": number.figure or "", "cite": {"key": citation.key, "title": citation.title, "note": citation.note},
    }


def data_block(id: str, value: object) -> str:
    """`value` as JSON in a script element that is data and cannot be ended from inside."""
    text = re.sub("[<\u2028\u2029]", lambda m: f"\\u{ord(m[0]):04x}", json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    return f'<script type="application/json" id="{id}">{text}</script>'
