"""Text to cells: the one way in which a CSV file of a user becomes a header and rows. Nothing is guessed away in silence.

In order: a line `sep=`, the separator, strict quotation, the header (below title lines, where the caller knows its names), its
names, then rows. What is left out without loss (blank rows, blank columns, row numbers) is a note; what could shift or lose a
cell is a problem. Types come later, by column: `numerals` and `days`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from analysis.data.hidden import visible
from analysis.data.problems import DataError, Problem, shown
from analysis.data.text_files import fault, read_text

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
SEPARATOR_LINE = re.compile(r'"?sep=(.|\\t)"?,*', re.IGNORECASE)
HEADER_WITHIN = 20  # title lines above a header are few
NAMELESS = re.compile(r"(Unnamed: \d+|\.\.\.\d+|__index_level_\d+__)?")  # what other tools call a column without a name

IsHeader = Callable[[Sequence[str]], bool]


@dataclass
class Sheet:
    """Cells as text, stripped. `numbers[i]` is the row of `rows[i]` in a spreadsheet, from 1; notes say what was left out."""

    file: str
    header: list[str]
    header_row: int
    rows: list[list[str]]
    numbers: list[int]
    separator: str = ","
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def column(self, name: str) -> list[str]:
        """The cells of one column."""
        place = self.header.index(name)
        return [row[place] for row in self.rows]

    def problem(self, i: int, column: str, message: str) -> Problem:
        """A problem in row `rows[i]`."""
        return Problem(self.file, self.numbers[i], column, message)


def read_sheet(path: Path, label: str = "", *, separators: str = ",", is_header: IsHeader | None = None, max_bytes: int) -> Sheet:
    """Read the CSV file `path`. `label` names it in messages (default: the path).

    `separators` are those that are accepted. `is_header` tells the header from title lines above it; without it the first line
    that is not blank is the header.

    Raises DataError for what is wrong with the file or its header; faults of rows are in `problems`.
    """
    label = label or str(path)
    return sheet_of_text(read_text(path, label, max_bytes), label, separators=separators, is_header=is_header)


def sheet_of_text(text: str, label: str, *, separators: str = ",", is_header: IsHeader | None = None) -> Sheet:
    """The same for a text that was read already."""
    said, text = _separator_line(text, label)
    if said and said not in separators:
        raise fault(
            label, f"its first line says that columns are separated by {SEPARATORS[said]}, expected {_listed(separators)}", 1
        )
    separator = said or _separator(text, separators, is_header)
    records = parse(text, separator, label)
    place = find_header(records, is_header)
    header = [visible(name) for name in records[place]]
    if len(header) == 1 and not said:
        _refuse_separator(records[place][0], separators, label, place + 1)
    sheet = Sheet(label, header, place + 1, [], [], separator)
    if place and any(map(any, records[:place])):
        sheet.notes.append(f"{label}: {place} line{'s' * (place > 1)} above the header passed over")
    _take_rows(sheet, records[place + 1 :])
    _drop_columns(sheet)
    _check_names(sheet)
    return sheet


def parse(text: str, separator: str, label: str) -> list[list[str]]:
    """Records of a CSV text, quotation strict. Raises DataError naming the row at which reading stopped."""
    records: list[list[str]] = []
    try:
        records.extend(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        why = "a quotation is not closed; is the file truncated?" if "unexpected end" in str(error) else str(error)
        raise fault(label, f"not readable as CSV: {why}", len(records) + 1) from None
    return records


def find_header(records: Sequence[Sequence[str]], is_header: IsHeader | None) -> int:
    """The place of the header among the records."""
    filled = [i for i, record in enumerate(records[:HEADER_WITHIN]) if any(cell.strip() for cell in record)]
    if is_header:
        for i in filled:
            if is_header([visible(cell) for cell in records[i]]):
                return i
    return filled[0] if filled else 0


def _separator_line(text: str, label: str) -> tuple[str, str]:
    """The separator that a first line `sep=;` names, and the text below; spreadsheets do not count that line."""
    first, _, rest = text.partition("\n")
    found = SEPARATOR_LINE.fullmatch(first.strip("\r").strip(" "))
    if not found:
        return "", text
    separator = "\t" if found[1] == "\\t" else found[1]
    if separator not in SEPARATORS:
        raise fault(
            label, f"its first line names {shown(separator)} as separator, expected one of: {_listed(''.join(SEPARATORS))}", 1
        )
    if not rest.strip():
        raise fault(label, "is empty below its first line, expected a header and rows")
    return separator, rest


def _separator(text: str, separators: str, is_header: IsHeader | None) -> str:
    """The separator under which the header is found, or which gives it most names."""
    if len(separators) == 1:
        return separators
    lines = [line for line in text[:100_000].splitlines()[:HEADER_WITHIN] if line.strip()]
    best, most = separators[0], 0
    for separator in separators:
        records = list(csv.reader(lines, delimiter=separator))
        header = [visible(name) for name in records[find_header(records, is_header)]] if records else []
        names = len(header) + (1000 if is_header and is_header(header) else 0)
        if names > most:
            best, most = separator, names
    return best


def _refuse_separator(only: str, separators: str, label: str, row: int) -> None:
    for separator, name in SEPARATORS.items():
        if separator in only and separator not in separators:
            raise fault(label, f"columns are separated by {name}, expected {_listed(separators)}", row)


def _listed(separators: str) -> str:
    return " or ".join(SEPARATORS[separator] for separator in separators)


def _take_rows(sheet: Sheet, records: list[list[str]]) -> None:
    """Rows with their numbers; blank ones are left out, those of another length are problems."""
    width, blank, lengths = len(sheet.header), [], []
    for number, record in enumerate(records, start=sheet.header_row + 1):
        cells = [cell.strip() for cell in record]
        if not any(cells):
            if cells:
                blank.append(number)
        elif len(cells) == width:
            sheet.rows.append(cells)
            sheet.numbers.append(number)
        else:
            lengths.append(len(cells) if cells[-1] or len(cells) < width else -len(cells))
            sheet.problems.append(
                Problem(
                    sheet.file,
                    number,
                    "",
                    f"{len(cells)} cells, expected {width}; a cell that holds a "
                    f"{SEPARATORS[sheet.separator][:-1]} must stand in double quotes",
                )
            )
    if blank:
        sheet.notes.append(f"{sheet.file}: {_count(len(blank), 'blank row')} left out, the first is row {blank[0]}")
    if not sheet.rows and len(set(lengths)) == 1 and abs(lengths[0]) == width + 1:
        # One cell more in every row: told once, with the two usual reasons.
        why = (
            "a separator stands at the end of each row; take it away"
            if lengths[0] < 0
            else "row numbers have no name in the header; give them one or leave them out"
        )
        raise fault(
            sheet.file,
            f"all {len(lengths):,} rows have {width + 1} cells under {width} names, so that columns would shift: {why}",
            sheet.problems[0].row,
        )


def _drop_columns(sheet: Sheet) -> None:
    """Leave out columns without name and content, and a column without name that only counts the rows."""
    left_out = []
    for place, name in enumerate(sheet.header):
        if not NAMELESS.fullmatch(name):
            continue
        cells = [row[place] for row in sheet.rows]
        if not any(cells) and sheet.rows:
            left_out.append(place)
            sheet.notes.append(f"{sheet.file}: column {place + 1} has neither name nor content and was left out")
        elif place == 0 and counts_rows(cells):
            left_out.append(place)
            sheet.notes.append(f"{sheet.file}: column 1 ({name or 'without a name'}) holds row numbers and was left out")
    if left_out:
        keep = [place for place in range(len(sheet.header)) if place not in left_out]
        sheet.header = [sheet.header[place] for place in keep]
        sheet.rows = [[row[place] for place in keep] for row in sheet.rows]


def counts_rows(cells: Sequence[str]) -> bool:
    """Whether the cells are whole numbers that go up by one from 0 or 1: row numbers, not data."""
    if len(cells) < 2 or not all(re.fullmatch(r"\d{1,9}", cell, re.ASCII) for cell in cells):
        return False
    first = int(cells[0])
    return first in (0, 1) and all(int(cell) == first + i for i, cell in enumerate(cells))


def _check_names(sheet: Sheet) -> None:
    """A doubled name raises: which of the two columns is meant cannot be known."""
    twice = [name for name in dict.fromkeys(sheet.header) if name and sheet.header.count(name) > 1]
    if twice:
        raise DataError([Problem(sheet.file, sheet.header_row, shown(name)[1:-1], "this column stands twice") for name in twice])


def _count(n: int, what: str) -> str:
    return f"{n:,} {what}{'s' * (n != 1)}"
