"""Say about how tall each section is, so that a browser need not lay out what is far from the screen.

The style sheet turns the two counts into a height (`content-visibility: auto` with `contain-intrinsic-block-size`); it only
sizes the scroll bar until the reader comes near. Reference: CSS Containment Level 2.
"""

from __future__ import annotations

from lxml.html import HtmlElement

from analysis.publish.site.text import text_of

ROW_CHARACTERS = 60   # a table's row is about as tall as a line and a half of text
LEAST_CHARACTERS = 1200   # shorter sections are laid out at once


def size_sections(body: HtmlElement) -> None:
    """Mark the sections of the page's second level that are long or hold figures with their counts."""
    for section in body.xpath("./section/section"):
        figures = len(section.xpath(".//cs-kept[not(ancestor::details)]"))
        characters = sum(len(text_of(block)) for block in section.xpath(
            ".//*[self::p or self::li or self::dd or self::h2 or self::h3][not(ancestor::details) and not(ancestor::table)]"))
        rows = len(section.xpath(".//tr[not(ancestor::details)]"))
        characters += rows * ROW_CHARACTERS
        if figures or characters >= LEAST_CHARACTERS:
            section.set("class", f"{section.get('class', '')} cs-far".strip())
            section.set("style", f"--cs-characters:{characters};--cs-figures:{figures}")
