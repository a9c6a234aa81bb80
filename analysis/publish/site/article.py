"""The article of a page: what its chapter says, mended and measured once, when Sphinx writes it.

An article knows nothing of the edition around it, so that it is written again only when its chapter, a number or a term it
prints has changed; the theme's templates put it into a page. Figures, drawings, formulas and data blocks are set aside
verbatim before parsing and put back afterwards, so that they come through byte for byte and the parser stays fast.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import lxml.html
from lxml import etree
from lxml.html import HtmlElement

from analysis.publish.site import content, search_index
from analysis.publish.site.files import DRAWS_SCRIPT, SPECIFICATIONS
from analysis.publish.site.text import text_of
from analysis.registry.numbers import Number


@dataclass(frozen=True)
class Article:
    """What a page's chapter says. `before`, `heading` and `after` are HTML: what opens before the title, the title, the rest;
    `contents` is the list of the sections as HTML, `lead` the text of the first paragraph.

    numbers, terms: anchors of those that the text links to, in order. figures: HTML of each figure by id; specifications: what
    its interactive drawing is made from (JSON). draws: of the explorer, by version of the model. glossary: term and definition
    by anchor. entries: places of the search index.
    """

    slug: str
    title: str
    before: str
    heading: str
    after: str
    contents: str
    lead: str
    minutes: int
    numbers: list[str] = field(default_factory=list)
    terms: list[str] = field(default_factory=list)
    figures: dict[str, str] = field(default_factory=dict)
    specifications: dict[str, str] = field(default_factory=dict)
    draws: dict[str, str] = field(default_factory=dict)
    glossary: dict[str, tuple[str, str]] = field(default_factory=dict)
    entries: list[search_index.Entry] = field(default_factory=list)

    @property
    def file(self) -> str:
        return f"{self.slug}.html"

    def write(self, file: Path) -> None:
        file.write_text(json.dumps(asdict(self), ensure_ascii=False), encoding="utf-8")


def read_article(file: Path) -> Article:
    return Article(**json.loads(file.read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Known:
    """What an article may say of the rest of the book. numbers and terms (term, definition) by anchor, pages of firms by the
    firm's name; placeholder: an address that leads nowhere, or nothing when the book has one of its own."""

    numbers: Mapping[str, Number] = field(default_factory=dict)
    terms: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    firms: Mapping[str, str] = field(default_factory=dict)
    placeholder: str = ""


class Pieces:
    """Pieces of HTML that are not parsed, each standing in the tree as an empty element."""

    _VERBATIM = re.compile(r'<figure class="cs-figure".*?</figure>|<svg\b.*?</svg>|<math\b.*?</math>|'
                           r'<script type="application/json".*?</script>', re.DOTALL)
    _PLACEHOLDER = re.compile(r'<cs-kept data-n="(\d+)"></cs-kept>')

    def __init__(self) -> None:
        self.pieces: list[str] = []

    def set_aside(self, html: str) -> str:
        """`html` with every figure, drawing, formula and data block replaced by a placeholder."""
        def keep(match: re.Match) -> str:
            self.pieces.append(match[0])
            return f'<cs-kept data-n="{len(self.pieces) - 1}"></cs-kept>'

        return self._VERBATIM.sub(keep, html)

    def put_back(self, html: str) -> str:
        """`html` with the pieces in the places of their placeholders."""
        return self._PLACEHOLDER.sub(lambda match: self.pieces[int(match[1])], html)


def article_of(slug: str, html: str, contents: str = "", known: Known | None = None) -> Article:
    """The article of the page `slug` from the HTML of its text; `contents` is the list of its sections as Sphinx writes it.

    Raises ValueError when there is no heading.
    """
    known = known or Known()
    kept = Pieces()
    body = lxml.html.fragment_fromstring(kept.set_aside(html), create_parent="article")
    headings = body.xpath(".//h1")
    if not headings:
        raise ValueError(f"page {slug!r} has no first heading")
    content.mend(body, known, summary_page=slug == "index")
    title = text_of(headings[0])
    taken_out = _take_out_data(kept)
    before, heading, after = re.split(r"(<h1>.*?</h1>)", kept.put_back(inner_html(body)), maxsplit=1, flags=re.DOTALL)
    return Article(
        slug=slug, title=title, before=before, heading=heading, after=after, contents=_sections(contents),
        lead=content.lead_of(body), minutes=content.minutes_to_read(body),
        numbers=content.anchors(body, "cs-num"), terms=content.anchors(body, "cs-term"),
        figures={match[1]: piece for piece in kept.pieces if (match := _FIGURE.match(piece))},
        **taken_out, glossary=content.terms_of(body), entries=list(search_index.page_entries(f"{slug}.html", title, body)))


_FIGURE = re.compile(r'<figure class="cs-figure" id="fig-([a-z0-9-]+)".*?</figure>', re.DOTALL)
_SPECIFICATION = re.compile(r'<script type="application/json" class="cs-figure-spec">(.*?)</script>', re.DOTALL)
_DRAWS = re.compile(r'<script type="application/json" id="(cs-explorer-draws-([a-z]+))">(.*?)</script>', re.DOTALL)


def _take_out_data(kept: Pieces) -> dict[str, Any]:
    """Take what the interactive drawings and the explorer are made from out of the page, which is read far more often than charts
    are pointed at; the page keeps the address of the script that holds it."""
    specifications, draws = {}, {}

    def without_specification(match: re.Match) -> str:
        id = figure[1]
        specifications[id] = match[1]
        address = _address(f"{SPECIFICATIONS}/{id}.js", match[1])
        return f'<span hidden class="cs-figure-spec" data-figure="{id}" data-src="{address}"></span>'

    for place, piece in enumerate(kept.pieces):
        if figure := _FIGURE.match(piece):
            kept.pieces[place] = _SPECIFICATION.sub(without_specification, piece)
        elif match := _DRAWS.fullmatch(piece):
            id, version, draws[version] = match.groups()
            address = _address(DRAWS_SCRIPT.format(version), draws[version])
            kept.pieces[place] = f'<span hidden id="{id}" data-src="{address}"></span>'
    return {"specifications": specifications, "draws": draws}


def _address(script: str, text: str) -> str:
    return f"{script}?v={hashlib.sha256(text.encode()).hexdigest()[:8]}"


_FORMULA = re.compile(r'\s*\(?<span class="cs-formula-inline">.*?</span>\)?', re.DOTALL)


def _sections(contents: str) -> str:
    """The list below the page's title, without the symbols behind headings, which a list of headings does not need."""
    lists = lxml.html.fragment_fromstring(_FORMULA.sub("", contents), create_parent=True).xpath("./ul/li/ul")
    if not lists:
        return ""
    for element in lists[0].iter():
        element.attrib.pop("class", None)
    return lxml.html.tostring(lists[0], encoding="unicode", with_tail=False)


def inner_html(element: HtmlElement) -> str:
    """What stands inside an element, as HTML. The library takes the place for a line break for an element with content."""
    text = etree.Element("t")
    text.text = element.text
    children = "".join(lxml.html.tostring(child, encoding="unicode") for child in element).replace("</wbr>", "")
    return lxml.html.tostring(text, encoding="unicode")[3:-4] + children
