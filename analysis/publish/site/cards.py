"""The data behind the number cards: each page carries the facts of the numbers it prints, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from lxml.html import HtmlElement

from analysis.charts.evidence import MEANING
from analysis.publish.site.facts import Site
from analysis.registry import citations
from analysis.registry.numbers import Number

SOURCES_SHOWN = 4  # on a card; its last link leads to the rest


def numbers_on(body: HtmlElement, site: Site) -> list[Number]:
    """The registered numbers that the page's text links to, each once, in order."""
    by_anchor = {number.anchor: number for number in site.numbers.values()}
    anchors = (href.partition("#")[2] for href in body.xpath(".//a[contains(@class, 'cs-num')]/@href"))
    return [by_anchor[anchor] for anchor in dict.fromkeys(anchors) if anchor in by_anchor]


def describe_links(body: HtmlElement, site: Site) -> None:
    """Without a script, pointing at a number shows its label, class and date."""
    by_anchor = {number.anchor: number for number in site.numbers.values()}
    for link in body.xpath(".//a[contains(@class, 'cs-num')]"):
        number = by_anchor.get(link.get("href").partition("#")[2])
        if number is not None:
            link.set("title", f"{number.label} ({number.cls}, as of {number.as_of})")


def card_block(numbers: Iterable[Number], site: Site) -> str:
    """The data block of a page: facts of its numbers, titles of their sources, templates of the citations."""
    numbers = list(numbers)
    if not numbers:
        return ""
    used = {source for number in numbers for source in number.sources[:SOURCES_SHOWN]}
    return data_block("cs-numbers", {
        "edition": {"edition": site.edition, "date": site.date, "author": citations.AUTHOR, "work": citations.SHORT_WORK,
                    "address": site.permanent()},
        "formats": citations.FORMATS, "templates": citations.TEMPLATES["part"],
        "classes": {name: MEANING[name] for name in dict.fromkeys(n.cls for n in numbers)},
        "sources": {source: site.source_titles.get(source, source) for source in sorted(used)},
        "numbers": {number.anchor: card(number, site) for number in numbers},
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
