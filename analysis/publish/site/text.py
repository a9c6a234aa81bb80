"""The text of a piece of a page, as a reader sees it."""

from __future__ import annotations

from lxml import etree
from lxml.html import HtmlElement

_TEXT = etree.XPath(".//text()[not(ancestor::a[contains(@class, 'headerlink')])]")


def text_of(element: HtmlElement) -> str:
    """The text a reader sees, without heading anchors, in single spaces."""
    if not len(element) and element.tag in ("td", "th"):   # most of a table's cells, of which there are tens of thousands
        return " ".join((element.text or "").split())
    return " ".join("".join(_TEXT(element)).split())
