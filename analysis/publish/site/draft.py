"""Take a page of raw HTML apart: what the chapter wrote, without what the theme put around it.

Figures, drawings and data blocks are set aside verbatim before parsing and put back when the page is written, so that
they come through byte for byte and the parser stays fast.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import lxml.html
from lxml import etree
from lxml.html import HtmlElement

_VERBATIM = re.compile(
    r'<figure class="cs-figure".*?</figure>|<svg\b.*?</svg>|<script type="application/json".*?</script>', re.DOTALL)
_PLACEHOLDER = re.compile(r'<cs-kept data-n="(\d+)"></cs-kept>')


class Kept:
    """Pieces of HTML that are not parsed, each standing in the tree as an empty element."""

    def __init__(self) -> None:
        self.pieces: list[str] = []

    def set_aside(self, html: str) -> str:
        """`html` with every figure, drawing and data block replaced by a placeholder."""
        return _VERBATIM.sub(lambda match: self.placeholder(match[0]), html)

    def placeholder(self, piece: str) -> str:
        self.pieces.append(piece)
        return f'<cs-kept data-n="{len(self.pieces) - 1}"></cs-kept>'

    def element(self, piece: str) -> HtmlElement:
        return lxml.html.fragment_fromstring(self.placeholder(piece))

    def put_back(self, html: str) -> str:
        """`html` with the pieces in the places of their placeholders."""
        return _PLACEHOLDER.sub(lambda match: self.pieces[int(match[1])], html)


@dataclass(frozen=True)
class Link:
    href: str
    title: str


@dataclass(frozen=True)
class Part:
    """A part of the contents: its caption (may be empty) and its pages."""

    caption: str
    pages: tuple[Link, ...]


@dataclass
class Draft:
    """A page in the making. `body` is the chapter's own content; `contents` is the list of its sections as HTML."""

    slug: str
    title: str
    body: HtmlElement
    kept: Kept
    parts: tuple[Part, ...] = ()
    contents: str = ""
    previous: Link | None = None
    next: Link | None = None
    scripts: tuple[str, ...] = field(default=())   # local scripts that the page asks for, without query

    @property
    def part(self) -> str:
        """The caption of the part the page belongs to, or an empty string."""
        return next((part.caption for part in self.parts if any(page.href == self.file for page in part.pages)), "")

    @property
    def file(self) -> str:
        return f"{self.slug}.html"

    def html(self) -> str:
        """The content as HTML, with what was set aside back in its place."""
        return self.kept.put_back(inner_html(self.body))


_FORMULA = re.compile(r"\s*\(?\\\(.*?\\\)\)?")   # a symbol behind a heading, in TeX, which a list of headings does not need


def read_draft(slug: str, raw: str) -> Draft:
    """Parse one raw page. Raises ValueError when it has no article or no heading."""
    kept = Kept()
    tree = lxml.html.document_fromstring(kept.set_aside(raw))
    articles = tree.xpath("//article[contains(@class, 'bd-article')]")
    headings = articles[0].xpath(".//h1") if articles else []
    if not headings:
        raise ValueError(f"page {slug!r} has no article with a first heading")
    lists = tree.xpath("//nav[@id='pst-page-toc-nav']/ul")
    for element in tree.xpath("//nav[@id='pst-page-toc-nav']/ul/descendant-or-self::*[@class]"):
        del element.attrib["class"]
    for link in tree.xpath("//nav[@id='pst-page-toc-nav']//a[contains(., '\\(')]"):
        words = _FORMULA.sub("", text_of(link))
        link[:] = []
        link.text = words
    return Draft(
        slug=slug, title=text_of(headings[0]), body=articles[0], kept=kept, parts=_parts(tree, f"{slug}.html"),
        contents=lxml.html.tostring(lists[0], encoding="unicode", with_tail=False) if lists else "",
        previous=_link(tree, "left-prev"), next=_link(tree, "right-next"),
        scripts=tuple(s.split("?")[0] for s in tree.xpath("//script/@src") if s.startswith("_static/")),
    )


_TEXT = etree.XPath(".//text()[not(ancestor::a[contains(@class, 'headerlink')])]")


def text_of(element: HtmlElement) -> str:
    """The text a reader sees, without heading anchors, in single spaces."""
    if not len(element) and element.tag in ("td", "th"):   # most of a table's cells, of which there are tens of thousands
        return " ".join((element.text or "").split())
    return " ".join("".join(_TEXT(element)).split())


def inner_html(element: HtmlElement) -> str:
    """What stands inside an element, as HTML. The library takes the place for a line break for an element with content."""
    children = "".join(lxml.html.tostring(child, encoding="unicode") for child in element).replace("</wbr>", "")
    return (_escaped(element.text) if element.text else "") + children


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _parts(tree: HtmlElement, current: str) -> tuple[Part, ...]:
    parts, caption = [], ""
    for element in tree.xpath("//nav[contains(@class, 'bd-docs-nav')]//*[self::p[contains(@class, 'caption')] or "
                              "self::ul[contains(@class, 'bd-sidenav')]]"):
        if element.tag == "p":
            caption = text_of(element)
            continue
        pages = tuple(Link(current if (href := a.get("href")) == "#" else href, text_of(a)) for a in element.xpath(".//a"))
        parts.append(Part(caption, pages))
        caption = ""
    return tuple(parts)


def _link(tree: HtmlElement, kind: str) -> Link | None:
    found = tree.xpath(f"//a[@class='{kind}']")
    if not found:
        return None
    return Link(found[0].get("href"), text_of(found[0].xpath(".//p[@class='prev-next-title']")[0]))
