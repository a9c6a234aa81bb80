"""Mend the content of a page: nothing scrolls sideways but wide things inside themselves, everything has a name.

Each function takes the page's content as a tree and changes one kind of thing in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import lxml.html
from lxml.html import HtmlElement

from analysis.publish.site.sections import size_sections
from analysis.publish.site.tables import mend_tables
from analysis.publish.site.text import text_of

if TYPE_CHECKING:
    from analysis.publish.site.article import Known

WORDS_A_MINUTE = 220


def mend(body: HtmlElement, known: Known, summary_page: bool = False) -> None:
    """All of the changes below, in order."""
    for change in (remove_leftovers, name_heading_links, mend_tables, mend_code, mend_code_cells, mend_citations,
                   mark_lead, set_headlines, mark_external_links):
        change(body)
    describe_links(body, known)
    if known.placeholder:   # a link to it would lead nowhere; its text takes the reader's address
        for link in body.xpath(".//a[starts-with(@href, $address)]", address=known.placeholder):
            link.drop_tag()
    if not summary_page:   # the summary is short, and lays its sections out in columns
        size_sections(body)
    link_firms(body, known.firms)


def remove_leftovers(body: HtmlElement) -> None:
    """Drop the theme's scripts, empty contents lists and the outer section's hints for MathJax."""
    for element in body.xpath(".//script | .//style | .//div[contains(@class, 'toctree-wrapper')][not(.//li)]"):
        element.drop_tree()
    for element in body.xpath(".//*[contains(@class, 'tex2jax_ignore')]"):
        del element.attrib["class"]


def name_heading_links(body: HtmlElement) -> None:
    """A heading's link to itself is named after the heading; it is a mark for the eye, and out of the tab order."""
    for link in body.xpath(".//a[contains(@class, 'headerlink')]"):
        heading = link.getparent()
        link.attrib.pop("title", None)
        link.set("aria-label", f"Link to: {text_of(heading)}")
        link.set("tabindex", "-1")


def mend_code(body: HtmlElement) -> None:
    """Code that may be wider than the screen can be reached and scrolled by keyboard."""
    for block in body.xpath(".//pre"):
        block.attrib.update({"tabindex": "0", "role": "region", "aria-label": "Code"})
        if block.xpath("ancestor::*[contains(@class, 'output')]"):
            block.set("aria-label", "Output")


def mend_code_cells(body: HtmlElement) -> None:
    """What made the page stands once, at its foot: the parameters of the run and the code of every cell, under one fold."""
    method = lxml.html.Element("details", {"class": "cs-code-fold cs-method"})
    summary = lxml.html.Element("summary")
    summary.text = "Method, code, data"
    method.append(summary)
    for fold in body.xpath(".//details[contains(@class, 'cs-parameters')]"):
        method.append(_out_of(fold))
    for fold in body.xpath(".//details[contains(@class, 'hide')]"):
        shown = fold.xpath("./summary")[0]
        if "above-input" in fold.get("class"):
            method.extend([child for child in fold if child is not shown])
            fold.drop_tree()
        else:
            for child in list(shown):
                shown.remove(child)
            shown.attrib.clear()
            shown.text = "Show more"
            fold.set("class", "cs-code-fold")
    for cell in body.xpath(".//div[contains(concat(' ', @class, ' '), ' cell ')]"):
        if not text_of(cell) and not cell.xpath(".//*[self::img or self::cs-kept or self::table]"):
            cell.drop_tree()
    if len(method) > 1:
        body.append(method)


def _out_of(element: HtmlElement) -> HtmlElement:
    """The element, taken out of its place; the text after it stays there."""
    copy = lxml.html.fragment_fromstring(lxml.html.tostring(element, encoding="unicode", with_tail=False))
    element.drop_tree()
    return copy


def mend_citations(body: HtmlElement) -> None:
    """Bibliography entries read as a list, and a study's tooltip does not repeat its address."""
    for entry in body.xpath(".//div[@class='citation']"):
        entry.attrib.pop("role", None)
        entry.set("role", "listitem")
    for link in body.xpath(".//span[@class='bibtex-citation']//a[@title]"):
        link.set("title", re.sub(r"\s*URL: .*$", "", link.get("title")))


def mark_lead(body: HtmlElement) -> None:
    """The paragraph after the title states the finding, and is set larger."""
    paragraphs = body.xpath("(.//h1)[1]/following-sibling::*[1]/descendant-or-self::p[1]")
    if paragraphs:
        paragraphs[0].set("class", f"{paragraphs[0].get('class', '')} cs-lead".strip())


def set_headlines(body: HtmlElement) -> None:
    """In the list of headline numbers the interval stands on a line of its own, below the value."""
    for link in body.xpath(".//*[contains(@class, 'cs-headlines')]//a[contains(@class, 'cs-num')]"):
        found = re.fullmatch(r"(.*?) \((\d.*% interval .*)\)", text_of(link))
        if found and len(link) == 0:
            link.text = found[1]
            interval = lxml.html.Element("span", {"class": "cs-interval"})
            interval.text = found[2]
            link.addnext(interval)
            link.tail = " "


def mark_external_links(body: HtmlElement) -> None:
    """Links that leave the site say so to the style sheet and pass no referrer."""
    for link in body.xpath(".//a[starts-with(@href, 'http')]"):
        link.set("rel", "external noreferrer")
    for link in body.xpath(".//a[contains(@href, '.ipynb') or contains(@href, '.csv') or contains(@href, '.json')]"):
        link.attrib.pop("target", None)


def link_firms(body: HtmlElement, pages: Mapping[str, str]) -> None:
    """A row of a table that is headed by a firm's name leads to the firm's page; `pages` are files by name."""
    for head in body.xpath(".//tbody/tr/*[1][not(*)]"):
        if (file := pages.get(text_of(head))) is not None:
            link = lxml.html.Element("a", {"href": file})
            link.text, head.text = head.text, None
            head.append(link)


def minutes_to_read(body: HtmlElement) -> int:
    """Minutes an adult needs for the running text (code and tables left out), at least one."""
    listed = "[not(ancestor::*[contains(@class, 'cs-events')])]"
    text = " ".join(body.xpath(f".//p//text(){listed} | .//li//text(){listed} | .//dd//text()"))
    return max(1, round(len(text.split()) / WORDS_A_MINUTE))


def lead_of(body: HtmlElement) -> str:
    """The text of the first paragraph."""
    paragraphs = body.xpath("(.//p[normalize-space()])[1]")
    return text_of(paragraphs[0]) if paragraphs else ""


def describe_links(body: HtmlElement, known: Known) -> None:
    """Without a script, pointing at a number shows its label, class and date, pointing at a term its definition."""
    for link in body.xpath(".//a[contains(@class, 'cs-num')]"):
        number = known.numbers.get(link.get("href").partition("#")[2])
        if number is not None:
            link.set("title", f"{number.label} ({number.cls}, as of {number.as_of})")
    for link in body.xpath(".//a[starts-with(@href, 'glossary.html#term-')]"):
        if (anchor := link.get("href").partition("#")[2]) in known.terms:
            link.set("class", f"{link.get('class', '')} cs-term".strip())
            link.set("title", known.terms[anchor][1])


def anchors(body: HtmlElement, css: str) -> list[str]:
    """The anchors that the links of a class lead to, each once, in order."""
    return list(dict.fromkeys(link.get("href").partition("#")[2] for link in body.xpath(f".//a[contains(@class, '{css}')]")))


def terms_of(body: HtmlElement) -> dict[str, tuple[str, str]]:
    """Term and definition by anchor, where the page holds a glossary."""
    return {head.get("id"): (text_of(head), text_of(definition[0]))
            for head in body.xpath(".//dl[contains(@class, 'glossary')]/dt[@id]")
            if (definition := head.xpath("following-sibling::dd[1]"))}
