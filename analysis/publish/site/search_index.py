"""The search index: every section, figure, number and term of the book with its address, as one local script.

A script, not a JSON file, because a page opened from disk may load the first and not the second.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping

from lxml.html import HtmlElement

from analysis.publish.site.facts import FigureFacts
from analysis.publish.site.text import text_of
from analysis.registry.numbers import Number

# kind, page title, heading, address, text
Entry = tuple[str, str, str, str, str]


def index_script(entries: Iterable[Entry]) -> str:
    """The index as a script that sets `csSearchIndex`, entries with the same page title next to each other."""
    return f"window.csSearchIndex={json.dumps(list(entries), ensure_ascii=False, separators=(',', ':'))};\n"


def page_entries(file: str, title: str, body: HtmlElement) -> Iterator[Entry]:
    """A page's sections, each with the text that belongs to it and to no deeper section, its glossary terms and its events."""
    for term in body.xpath(".//dl[contains(@class, 'glossary')]/dt[@id]"):
        meaning = term.xpath("following-sibling::dd[1]")
        yield "term", title, text_of(term), f"{file}#{term.get('id')}", text_of(meaning[0]) if meaning else ""
    for event in body.xpath(".//ol[@class='cs-events-list']/li"):
        text = " ".join(text_of(part) for part in event.xpath("./p"))
        yield "event", title, text_of(event.xpath("./h3")[0]), f"{file}#{event.get('id')}", text
    for section in body.xpath(".//section"):
        headings = section.xpath("./h1 | ./h2 | ./h3 | ./h4")
        if not headings:
            continue
        top = headings[0].tag == "h1"
        text = " ".join(text_of(child) for child in section if child.tag != "section" and child is not headings[0]
                        and not _left_out(child))
        anchor = "" if top else f"#{section.get('id')}"
        yield ("page" if top else "section"), title, text_of(headings[0]), file + anchor, _tidy(text)


def number_entries(numbers: Iterable[Number]) -> Iterator[Entry]:
    """Every number, found by its label or its id."""
    for n in numbers:
        text = f"{n.text_with_interval}, {n.cls}, as of {n.as_of}. {n.id}"
        yield "number", "All numbers", n.label, f"numbers.html#{n.anchor}", text


def figure_entries(figures: Mapping[str, FigureFacts], titles: Mapping[str, str]) -> Iterator[Entry]:
    """Every figure shown on a page, found by its finding or its description."""
    for figure in figures.values():
        if figure.page:
            yield "figure", titles.get(figure.page, ""), figure.title, f"{figure.page}.html#fig-{figure.id}", figure.description


def _left_out(element: HtmlElement) -> bool:
    """Code, the table of all numbers (its rows are entries of their own), events and the glossary (so are theirs)."""
    return bool(element.xpath("self::*[contains(@class, 'cell_input') or contains(@class, 'highlight')] | "
                              ".//table[contains(@class, 'cs-numbers')] | .//ol[@class='cs-events-list'] | "
                              "self::dl[contains(@class, 'glossary')] | self::details[contains(@class, 'cs-code-fold')]"))


def _tidy(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
