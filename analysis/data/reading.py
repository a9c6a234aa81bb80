"""Read a table's CSV file strictly, as text, against its schema, and say what is wrong with it when it is not one.

Accepted: UTF-8 with or without a byte-order mark, LF or CRLF, commas, columns in any order; blank rows and blank columns are left
out and said. Refused, with the reason: a folder, an empty file, a file over MAX_BYTES, another encoding or separator, an
unfinished quotation (a truncated file), a row that is too short or long, a column that is unknown, doubled or missing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from analysis.data.inert import as_text
from analysis.data.problems import DataError, Problem, shown, suggest
from analysis.data.schema import Table
from analysis.data.sheets import read_sheet

# The largest table has half a megabyte; a customs extract of millions of rows is reduced before it comes here.
MAX_BYTES = 50_000_000


@dataclass
class RawTable:
    """Cells of a table as text, in the schema's column order; `origins[i]` is file and spreadsheet row of `rows[i]`."""

    file: str
    header: list[str]
    rows: list[list[str]]
    origins: list[tuple[str, int]]
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def problem(self, i: int, column: str, message: str) -> Problem:
        """A problem at row `i` of this table."""
        return Problem(*self.origins[i], column, message)


def read_raw(path: Path, table: Table, label: str = "") -> RawTable:
    """Read `path` against the header of `table`; faults of rows are collected, faults of the file raise DataError.

    Columns may stand in any order. `label` is the name shown in messages (default: the path). The apostrophe that the published
    tables put before what a spreadsheet would run as a formula is taken off again, so that they can be given back unchanged.
    """
    label = label or str(path)
    sheet = read_sheet(path, label, max_bytes=MAX_BYTES)
    _check_header(sheet.header, table, label, sheet.header_row)
    order = [sheet.header.index(name) for name in table.names]
    rows = [[as_text(row[i]) for i in order] for row in sheet.rows]
    return RawTable(label, list(table.names), rows, [(label, number) for number in sheet.numbers], sheet.problems, sheet.notes)


def _check_header(header: list[str], table: Table, label: str, row: int) -> None:
    expected = table.names
    faults = []
    missing = [name for name in expected if name not in header]
    for place, name in enumerate(header, start=1):
        if not name:
            faults.append(Problem(label, row, f"column {place}", "has cells but no name, expected a name or a blank column"))
        elif name not in expected:
            hint = suggest(name, missing or expected, f"; columns: {', '.join(expected)}", cutoff=0.5)
            faults.append(Problem(label, row, shown(name)[1:-1], f"unknown column{hint}"))
    faults += [Problem(label, row, name, "this column is missing") for name in missing]
    if faults:
        raise DataError(faults)
