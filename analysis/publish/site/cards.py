"""The data behind the cards: each page carries the facts of the numbers it prints and of the terms it links, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from analysis.charts.evidence import MEANING
from analysis.publish.site.facts import Site
from analysis.registry import citations
from analysis.registry.numbers import Number

SOURCES_SHOWN = 4  # on a card; its last link leads to the rest


def cards(numbers: Sequence[Number], site: Site, terms: Iterable[str] = ()) -> dict[str, Any]:
    """The data of a page: facts of its numbers, titles of their sources, templates of the citations, and its terms."""
    used = {source for number in numbers for source in number.sources[:SOURCES_SHOWN]}
    return {
        "edition": {"edition": site.edition, "date": site.date, "author": citations.AUTHOR, "work": citations.SHORT_WORK,
                    "address": site.permanent()},
        "formats": citations.FORMATS, "templates": citations.TEMPLATES["part"],
        "classes": {name: MEANING[name] for name in dict.fromkeys(n.cls for n in numbers)},
        "sources": {source: site.source_titles.get(source, source) for source in sorted(used)},
        "numbers": {number.anchor: card(number, site) for number in numbers},
        "terms": {anchor: site.terms[anchor] for anchor in terms},
    }


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
