"""What every page of the site may say about the edition: its name, address, numbers, sources and figures."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.publish.embeds import edition_address
from analysis.registry import citations
from analysis.registry.numbers import Number

TITLE = citations.SHORT_WORK
TAGLINE = "US chip sales to Chinese firms and the cost of not deciding"


@dataclass(frozen=True)
class FigureFacts:
    """What a published figure says of itself; `page` is the slug of the page that shows it."""

    id: str
    title: str
    description: str
    page: str = ""


@dataclass(frozen=True)
class Link:
    file: str
    title: str

    @property
    def slug(self) -> str:
        return self.file.removesuffix(".html")


HOME = Link("index.html", "Summary")
ONE_OF_MANY = "firm-"   # pages that a list of their own leads to, and the menu does not repeat


@dataclass(frozen=True)
class Part:
    """A part of the contents: its caption (may be empty) and its pages."""

    caption: str
    pages: tuple[Link, ...]

    @property
    def listed(self) -> list[Link]:
        """The pages that the menu lists."""
        return [page for page in self.pages if not page.file.startswith(ONE_OF_MANY)]


@dataclass(frozen=True)
class Site:
    """One edition of the site. `address` ends with a slash; `built` is a time in UTC (ISO 8601)."""

    address: str
    edition: str
    built: str
    commit: str
    numbers: Mapping[str, Number]
    source_titles: Mapping[str, str] = field(default_factory=dict)
    figures: Mapping[str, FigureFacts] = field(default_factory=dict)
    terms: Mapping[str, tuple[str, str]] = field(default_factory=dict)   # of the glossary, by anchor: term, definition
    receipt: Mapping[str, Any] = field(default_factory=dict)   # what the chapters are made from, when it is known
    parts: tuple[Part, ...] = ()   # the book's pages in reading order; the summary stands before them

    @functools.cached_property
    def by_anchor(self) -> dict[str, Number]:
        return {number.anchor: number for number in self.numbers.values()}

    @property
    def own_address(self) -> bool:
        """Whether the book was given an address of its own."""
        return citations.own_address(self.address)

    def part_of(self, slug: str) -> str:
        """The caption of the part that a page belongs to, or an empty string."""
        return next((part.caption for part in self.parts if any(page.slug == slug for page in part.pages)), "")

    def neighbours(self, slug: str) -> tuple[Link | None, Link | None]:
        """The pages before and after a page of the book in reading order."""
        order = [HOME, *(page for part in self.parts for page in part.pages)]
        place = next((n for n, page in enumerate(order) if page.slug == slug), None)
        if place is None:
            return None, None
        return order[place - 1] if place else None, order[place + 1] if place + 1 < len(order) else None

    @property
    def date(self) -> str:
        """The day the edition was built (YYYY-MM-DD)."""
        return self.built[:10]

    def url(self, path: str = "") -> str:
        """The full address of a page or file; the summary page is the address itself."""
        return self.address + ("" if path == "index.html" else path)

    def permanent(self, path: str = "") -> str:
        """The address of a page or file in the frozen edition, which never changes."""
        return edition_address(self.address, self.edition) + ("" if path == "index.html" else path)

    def cite_page(self, slug: str, title: str) -> citations.Citation:
        if slug == "index":
            return citations.cite_work(self.edition, self.date, self.permanent())
        return citations.cite_page(slug, title, self.edition, self.date, self.permanent(f"{slug}.html"))

    def cite_number(self, number: Number) -> citations.Citation:
        return citations.cite_number(number, self.edition, self.date, self.permanent(f"numbers.html#{number.anchor}"))

    def cite_figure(self, figure: FigureFacts) -> citations.Citation:
        return citations.cite_figure(figure.id, figure.title, self.edition, self.date,
                                     self.permanent(f"{figure.page or 'index'}.html#fig-{figure.id}"))


def counted(count: int, name: str) -> str:
    """'3 tables' of 3 and 'table'; nothing of none."""
    return f"{count} {name}{'s' * (count != 1)}" if count else ""


def read_figures(folder: Path, pages: Mapping[str, str]) -> dict[str, FigureFacts]:
    """The figures published in `folder`, by id. `pages` gives the slug of the page that shows each."""
    found = {}
    for file in sorted(folder.glob("*.json")):
        facts = json.loads(file.read_text(encoding="utf-8"))
        found[file.stem] = FigureFacts(file.stem, facts["title"], facts["description"], pages.get(file.stem, ""))
    return found
