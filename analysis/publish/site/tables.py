"""Mend the tables of a page: named, numbers aligned, and readable on a desk, on a phone and on paper.

A table of many columns takes the room beside the text; on a phone each of its rows is a card, and
in print, where it has too many columns for a sheet, a paragraph.
"""

from __future__ import annotations

import re
from copy import deepcopy

import lxml.html
from lxml.html import HtmlElement

from analysis.charts.table import ACROSS_FROM, CARDS_FROM
from analysis.publish.site.text import text_of

MANY_COLUMNS = 5   # from here on a table on a desk is wider than the text
LONG_TEXT, WORDS = 28, 12   # characters in a cell from which its column is one of text, or of a few words


def mend_tables(body: HtmlElement) -> None:
    """Heads get a scope, presentational attributes go, and each table scrolls inside a named region."""
    for table in body.xpath(".//table"):
        for attribute in ("border", "width"):
            table.attrib.pop(attribute, None)
        written = "docutils" in table.get("class", "").split()   # in the text, and not by a cell
        _remove_classes(table, "docutils", "align-default")
        for group in table.xpath("./colgroup"):
            group.drop_tree()
        for cell in table.xpath(".//tr | .//th | .//td"):
            for attribute in ("style", "halign", "valign"):
                cell.attrib.pop(attribute, None)
        _leave_out_row_numbers(table)
        for head in table.xpath("./thead//th"):
            if not text_of(head):
                head.tag = "td"
            elif "scope" not in head.attrib:
                head.set("scope", "col")
        for head in table.xpath("./tbody//th[not(@scope)]"):
            head.set("scope", "row")
        _join_names_of_indices(table)
        _repeat_what_spans_rows(table)
        _say_in_words(table)
        _align_numbers(table)
        _keep_short_values_whole(table)
        _give_room_to_text(table)
        wide = _fold_into_cards(table)
        if not table.xpath("ancestor::*[contains(@class, 'cs-scroll')]"):
            _wrap(table, "div", {"class": "cs-scroll cs-written" if written else "cs-scroll", "role": "region", "tabindex": "0",
                                 "aria-label": _table_name(table)})
        if wide:
            _add_class(table.xpath("ancestor::*[contains(@class, 'cs-scroll')][1]")[0], "cs-wide")


_YEARS = range(1900, 2101)


def _leave_out_row_numbers(table: HtmlElement) -> None:
    """pandas numbers the rows of a table that has no index of its own; a reader has no use for where a row stood in the data."""
    heads, rows = table.xpath("./thead/tr"), table.xpath("./tbody/tr")
    if "dataframe" not in table.get("class", "") or len(heads) != 1 or not len(heads[0]) or text_of(heads[0][0]):
        return
    names = [text_of(row[0]) if len(row) and row[0].tag == "th" else "" for row in rows]
    if rows and all(map(str.isdigit, names)) and not all(int(name) in _YEARS for name in names):
        for row in (heads[0], *rows):
            row[0].drop_tree()


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


def _repeat_what_spans_rows(table: HtmlElement) -> None:
    """Give each row its own copy of a head that spans several: read aloud, cut by the end of a sheet or shown as a card, a row
    must say what it belongs to. On a screen that is wide enough the copy stays out of sight."""
    for head in table.xpath("./tbody/tr/th[@rowspan]"):
        place, row = head.getparent().index(head), head.getparent()
        for _ in range(int(head.attrib.pop("rowspan")) - 1):
            row = row.getnext()
            copy = deepcopy(head)
            copy.tail = None
            copy.attrib.pop("id", None)
            if copy.get("scope"):
                copy.set("scope", "row")
            _add_class(copy, "cs-again")
            row.insert(place, copy)
        if head.get("scope"):
            head.set("scope", "row")


def _fold_into_cards(table: HtmlElement) -> bool:
    """Label the cells of a table of many columns, so that on a phone each row is a card; tell whether the table has many."""
    rows, heads = table.xpath("./tbody/tr"), table.xpath("./thead/tr")
    even = len(heads) == 1 and rows and {len(row) for row in rows} == {len(heads[0])}
    simple = even and not table.xpath(".//*[@colspan or @rowspan]")
    if not simple or len(heads[0]) < CARDS_FROM:
        return False
    names = [text_of(head) for head in heads[0]]
    for row in rows:
        for name, cell in zip(names, row, strict=True):
            cell.set("data-label", name)
    _add_class(table, "cs-cards")
    if len(names) >= ACROSS_FROM:
        _add_class(table, "cs-across")
    return len(names) >= MANY_COLUMNS


_WORDS = {"NaN": "–", "nan": "–", "None": "–", "True": "yes", "False": "no"}


_LONG_FLOAT = re.compile(r"-?\d+\.\d{6}")   # as pandas writes the numbers of a column that has fractions
_MINUS = re.compile(r"(?<![\w.)])-(?=[\d.])")


def _say_in_words(table: HtmlElement) -> None:
    """What a program prints for nothing, true, false, below zero and with more digits than there are."""
    for cell in table.xpath("./tbody//td[not(*)]"):
        if _LONG_FLOAT.fullmatch(text_of(cell)):
            cell.text = f"{float(text_of(cell)):.6g}"
        cell.text = _MINUS.sub("−", _WORDS.get(text_of(cell), cell.text or ""))


_DATE = re.compile(r"\d{4}-\d{2}(-\d{2})?")
_WITH_RANGE = re.compile(r"([−–-]?[\d,.]+%?) (\[[−–-]?[\d,.]+%?, [−–-]?[\d,.]+%?\])")


def _keep_short_values_whole(table: HtmlElement) -> None:
    """Dates do not break across lines; an interval stands on a line of its own below its value."""
    if "cs-table" in table.get("class", ""):
        return
    for cell in table.xpath("./tbody//td[not(*)]"):
        text = text_of(cell)
        if _DATE.fullmatch(text):
            _add_class(cell, "cs-nowrap")
        elif found := _WITH_RANGE.fullmatch(text):
            _add_class(cell, "cs-nowrap")
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
                _add_class(cell, "cs-number")


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
                _add_class(cell, "cs-text" if longest > LONG_TEXT else "cs-words")


def _table_name(table: HtmlElement) -> str:
    caption = table.xpath("./caption")
    if caption:
        return text_of(caption[0])
    summary = table.xpath("ancestor::details[1]/summary")
    if summary:
        return text_of(summary[0])
    heading = table.xpath("(preceding::*[self::h1 or self::h2 or self::h3 or self::h4])[last()]")
    return "Table: " + (text_of(heading[0]) if heading else ", ".join(text_of(h) for h in table.xpath(".//th")[:3]))


def _add_class(element: HtmlElement, name: str) -> None:
    names = element.get("class", "").split()
    if name not in names:
        element.set("class", " ".join([*names, name]))


def _remove_classes(element: HtmlElement, *names: str) -> None:
    kept = [name for name in element.attrib.pop("class", "").split() if name not in names]
    if kept:
        element.set("class", " ".join(kept))


def _wrap(element: HtmlElement, tag: str, attributes: dict[str, str]) -> None:
    parent, tail = element.getparent(), element.tail
    wrapper = lxml.html.Element(tag, attributes)
    element.tail = None
    parent.replace(element, wrapper)
    wrapper.append(element)
    wrapper.tail = tail
