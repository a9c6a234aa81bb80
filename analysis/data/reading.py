"""Read a CSV file strictly, as text, and say what is wrong with it when it is not one.

Accepted: UTF-8 with or without a byte-order mark, LF or CRLF. Refused, with the reason: a folder, an empty file, a file over
MAX_BYTES, another encoding, another separator, an unfinished quotation (a truncated file), a row that is too short or long.
"""

from __future__ import annotations

import csv
import difflib
import io
from dataclasses import dataclass, field
from pathlib import Path

from analysis.data.problems import DataError, Problem, shown
from analysis.data.schema import Table

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

    def problem(self, i: int, column: str, message: str) -> Problem:
        """A problem at row `i` of this table."""
        return Problem(*self.origins[i], column, message)


def read_raw(path: Path, table: Table, label: str = "") -> RawTable:
    """Read `path` against the header of `table`; faults of rows are collected, faults of the file raise DataError.

    Columns may stand in any order. `label` is the name shown in messages (default: the path).
    """
    label = label or str(path)
    header, records = _parse(_text_of(path, label), label)
    _check_header(header, table, label)
    order = [header.index(name) for name in table.names]
    raw = RawTable(label, list(table.names), [], [])
    for number, record in enumerate(records, start=2):
        if len(record) == len(header):
            raw.rows.append([record[i].strip() for i in order])
            raw.origins.append((label, number))
        elif record:
            raw.problems.append(Problem(label, number, "", f"{len(record)} cells, expected {len(header)}; a cell that holds a "
                                                           "comma must stand in double quotes"))
    return raw


def _fault(label: str, message: str, row: int = 0, column: str = "") -> DataError:
    return DataError([Problem(label, row, column, message)])


def _text_of(path: Path, label: str) -> str:
    if path.is_dir():
        raise _fault(label, "is a folder, expected a CSV file")
    if not path.exists():
        raise _fault(label, "no such file")
    if not path.is_file():   # a device or a pipe has no end
        raise _fault(label, "is not a regular file, expected a CSV file")
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise _fault(label, f"{size / 1e6:,.0f} MB, expected at most {MAX_BYTES / 1e6:.0f} MB; reduce a large extract to the "
                            "table's rows first")
    content = path.read_bytes()
    if not content.strip():
        raise _fault(label, "is empty, expected a header and rows")
    if b"\0" in content:
        raise _fault(label, "holds zero bytes, expected UTF-8 text; is it a spreadsheet file or UTF-16? Save it as CSV UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        raise _fault(label, f"not UTF-8 (byte 0x{content[error.start]:02x}); save it as CSV UTF-8", row) from None


def _parse(text: str, label: str) -> tuple[list[str], list[list[str]]]:
    """Header and records; record i stands on spreadsheet row i + 2."""
    records: list[list[str]] = []
    try:
        records.extend(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        why = "a quotation is not closed; is the file truncated?" if "unexpected end" in str(error) else str(error)
        raise _fault(label, f"not readable as CSV: {why}", len(records) + 1) from None
    return [name.strip() for name in records[0]], records[1:]


def _check_header(header: list[str], table: Table, label: str) -> None:
    expected = table.names
    if len(header) == 1 and len(expected) > 1:
        for separator, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
            if separator in header[0]:
                raise _fault(label, f"columns are separated by {name}, expected commas", 1)
    faults = []
    missing = [name for name in expected if name not in header]
    for name in dict.fromkeys(header):
        if header.count(name) > 1:
            faults.append(Problem(label, 1, name, "this column stands twice"))
        if name not in expected:
            near = difflib.get_close_matches(name, missing or expected, n=1, cutoff=0.5)
            hint = f"; did you mean {near[0]!r}?" if near else f"; columns: {', '.join(expected)}"
            faults.append(Problem(label, 1, shown(name)[1:-1], f"unknown column{hint}"))
    faults += [Problem(label, 1, name, "this column is missing") for name in missing]
    if faults:
        raise DataError(faults)
