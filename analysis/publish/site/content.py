"""Mend the content of a page: nothing scrolls sideways but wide things inside themselves, everything has a name.

Each function takes the page's content as a tree and changes one kind of thing in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import lxml.html
from lxml.html import HtmlElement

from analysis.publish.site.draft import text_of

WORDS_A_MINUTE = 220
SEVERAL_COLUMNS, MANY_COLUMNS = 4, 5   # from here on a row is a card on a phone, a table wider than the text on a desk
LONG_TEXT, WORDS = 28, 12   # characters in a cell from which its column is one of text, or of a few words


def mend(body: HtmlElement) -> None:
    """All of the changes below, in order."""
    for change in (remove_leftovers, name_heading_links, mend_tables, mend_code, mend_code_cells, mend_citations,
                   mark_lead, set_headlines, mark_external_links):
        change(body)


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


def mend_tables(body: HtmlElement) -> None:
    """Heads get a scope, presentational attributes go, and each table scrolls inside a named region."""
    for table in body.xpath(".//table"):
        for attribute in ("border", "width"):
            table.attrib.pop(attribute, None)
        for group in table.xpath("./colgroup"):
            group.drop_tree()
        for cell in table.xpath(".//tr | .//th | .//td"):
            for attribute in ("style", "halign", "valign"):
                cell.attrib.pop(attribute, None)
        for head in table.xpath("./thead//th"):
            if not text_of(head):
                head.tag = "td"
            elif "scope" not in head.attrib:
                head.set("scope", "col")
        for head in table.xpath("./tbody//th[not(@scope)]"):
            head.set("scope", "row")
        _join_names_of_indices(table)
        _say_in_words(table)
        _align_numbers(table)
        _keep_short_values_whole(table)
        _give_room_to_text(table)
        wide = _fold_into_cards(table)
        if not table.xpath("ancestor::*[contains(@class, 'cs-scroll')]"):
            _wrap(table, "div", {"class": "cs-scroll", "role": "region", "tabindex": "0",
                                 "aria-label": _table_name(table)})
        if wide:
            region = table.xpath("ancestor::*[contains(@class, 'cs-scroll')][1]")[0]
            region.set("class", f"{region.get('class')} cs-wide")


def _join_names_of_indices(table: HtmlElement) -> None:
    """pandas writes the name of the index into a row of its own below the head; it belongs beside the names of the columns."""
    rows = table.xpath("./thead/tr")
    if len(rows) != 2 or len(rows[0]) != len(rows[1]):
        return
    pairs = list(zip(rows[0], rows[1], strict=True))
    if any(text_of(lower) for _, lower in pairs[1:]) and any(text_of(upper) and text_of(lower) for upper, lower in pairs):
        return   # two rows that both say something of the columns
    for upper, lower in pairs:
        if text_of(upper) and text_of(lower):   # what the rows are, and what the columns are
            lower.text = f"{text_of(lower)} ↓, {text_of(upper)} →"
        if text_of(lower):
            rows[0].replace(upper, lower)
    rows[1].drop_tree()


def _fold_into_cards(table: HtmlElement) -> bool:
    """Label the cells of a table of many columns, so that on a phone each row is a card; tell whether the table has many."""
    rows, heads = table.xpath("./tbody/tr"), table.xpath("./thead/tr")
    even = len(heads) == 1 and rows and {len(row) for row in rows} == {len(heads[0])}
    simple = even and not table.xpath(".//*[@colspan or @rowspan]")
    if not simple or len(heads[0]) < SEVERAL_COLUMNS:
        return False
    names = [text_of(head) for head in heads[0]]
    for row in rows:
        for name, cell in zip(names, row, strict=True):
            cell.set("data-label", name)
    if "cs-cards" not in table.get("class", ""):
        table.set("class", f"{table.get('class', '')} cs-cards".strip())
    return len(names) >= MANY_COLUMNS


_WORDS = {"NaN": "–", "nan": "–", "None": "–", "True": "yes", "False": "no"}


def _say_in_words(table: HtmlElement) -> None:
    """What a program prints for nothing, true and false."""
    for cell in table.xpath("./tbody//td[not(*)]"):
        cell.text = _WORDS.get(text_of(cell), cell.text)


_DATE = re.compile(r"\d{4}-\d{2}(-\d{2})?")
_WITH_RANGE = re.compile(r"([−–-]?[\d,.]+%?) (\[[−–-]?[\d,.]+%?, [−–-]?[\d,.]+%?\])")


def _keep_short_values_whole(table: HtmlElement) -> None:
    """Dates do not break across lines; an interval stands on a line of its own below its value."""
    if "cs-table" in table.get("class", ""):
        return
    for cell in table.xpath("./tbody//td[not(*)]"):
        text = text_of(cell)
        if _DATE.fullmatch(text):
            cell.set("class", f"{cell.get('class', '')} cs-nowrap".strip())
        elif found := _WITH_RANGE.fullmatch(text):
            cell.set("class", f"{cell.get('class', '')} cs-nowrap".strip())
            cell.text = f"{found[1]} "
            interval = lxml.html.Element("small", {"class": "cs-range"})
            interval.text = found[2]
            cell.append(interval)


_NUMERIC = re.compile(r"[−–-]?[\s$€£]*[\d,.]+\s*%?|[–-]|nan|NaN|")


def _align_numbers(table: HtmlElement) -> None:
    """Mark the cells of columns that hold nothing but numbers, to be set right-aligned."""
    rows = table.xpath("./tbody/tr")
    if "cs-table" in table.get("class", "") or len({len(row) for row in rows}) != 1:
        return
    for column in range(len(rows[0])):
        cells = [row[column] for row in rows]
        texts = [text_of(cell) for cell in cells]
        if all(c.tag == "td" for c in cells) and any(re.search(r"\d", t) for t in texts) and all(map(_NUMERIC.fullmatch, texts)):
            heads = [row[column] for row in table.xpath("./thead/tr") if len(row) > column]
            for cell in [*cells, *heads]:
                cell.set("class", f"{cell.get('class', '')} cs-number".strip())


def _give_room_to_text(table: HtmlElement) -> None:
    """Mark the columns of longer text, which must not be squeezed to a word a line beside numbers that cannot break."""
    if "cs-table" in table.get("class", ""):
        return
    rows = table.xpath("./thead/tr | ./tbody/tr")
    for column in range(max((len(row) for row in rows), default=0)):
        cells = [row[column] for row in rows if len(row) > column]
        texts = [text_of(cell) for cell in cells if cell.getparent().getparent().tag == "tbody" and not cell.xpath("./small")]
        longest = max((len(text) for text in texts if not _DATE.fullmatch(text)), default=0)
        if longest > WORDS:
            for cell in cells:
                cell.set("class", f"{cell.get('class', '')} {'cs-text' if longest > LONG_TEXT else 'cs-words'}".strip())


def _table_name(table: HtmlElement) -> str:
    caption = table.xpath("./caption")
    if caption:
        return text_of(caption[0])
    summary = table.xpath("ancestor::details[1]/summary")
    if summary:
        return text_of(summary[0])
    heading = table.xpath("(preceding::*[self::h1 or self::h2 or self::h3 or self::h4])[last()]")
    return "Table: " + (text_of(heading[0]) if heading else ", ".join(text_of(h) for h in table.xpath(".//th")[:3]))


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


def summary_of(body: HtmlElement, length: int = 200) -> str:
    """The first paragraph, cut at a word to at most `length` characters, for link previews and search engines."""
    paragraphs = body.xpath("(.//p[normalize-space()])[1]")
    text = text_of(paragraphs[0]) if paragraphs else ""
    if len(text) <= length:
        return text
    return text[:length].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def _wrap(element: HtmlElement, tag: str, attributes: dict[str, str]) -> None:
    parent, tail = element.getparent(), element.tail
    wrapper = lxml.html.Element(tag, attributes)
    element.tail = None
    parent.replace(element, wrapper)
    wrapper.append(element)
    wrapper.tail = tail
