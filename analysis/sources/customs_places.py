"""Where in the files of a customs extract a fault first stands, looked for only when there is one: it reads the file again."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Mapping

from analysis.data.problems import shown
from analysis.sources.extract_files import Form

MOST_KINDS = 10_000  # different faulty rows, of which the first in the file is looked for
CONDITIONS = {
    "month": "ours AND known AND m = ?",
    "flow": "ours AND known AND f = ?",
    "partner": "ours AND p = ?",
    "code": "NOT ours AND left(code_written, 40) = ?",
    "missing": "ours AND known AND whole AND v IS NULL AND f = ?",
    "negative": "ours AND known AND whole AND v < 0 AND f = ?",
}


def place_of(connection, near: str, kind: str, value: str, form: Form | None, names: Mapping[str, str]) -> str:
    """The first place of a fault as the end of a message: " (first in exports.csv, row 12)".

    `near` is the query of the rows that are judged, with the text of all their cells as `cells` (CSV) or their number in the file
    as `row` (Parquet); `kind` is one of CONDITIONS, `value` what it compares; `names` are the files by the names of their links.
    Rows are counted as a spreadsheet shows them, the first line of a CSV file being 1; in Parquet the first row of data is 1.
    """
    where = f"FROM ({near}) WHERE {CONDITIONS[kind]}"
    if form is None:
        link, row, written = connection.execute(f"SELECT file, row, written {where} ORDER BY ALL LIMIT 1", [value]).fetchone()
        return f" (first {_shown(kind, written)}in {names[link]}, row {row + 1:,})"
    link = connection.execute(f"SELECT min(file) {where}", [value]).fetchone()[0]
    faulty = connection.execute(f"SELECT DISTINCT cells, written {where} AND file = ? LIMIT {MOST_KINDS}", [value, link]).fetchall()
    row, written = _first_row(names[link], form, {tuple(cells): written for cells, written in faulty})
    return f" (first {_shown(kind, written)}in {names[link]}, row {row:,})" if row else f" (in {names[link]})"


def _shown(kind: str, written: str) -> str:
    """The faulty value where the message does not hold it already."""
    return f"{shown(written)} " if kind in ("missing", "negative") else ""


def _first_row(file: str, form: Form, wanted: Mapping[tuple[str, ...], str]) -> tuple[int, str]:
    """The number of the first record of `file` that is one of `wanted`, and what `wanted` says of it; 0 for none."""
    with (gzip.open if file.endswith(".gz") else open)(file, "rt", encoding="utf-8-sig", newline="") as stream:
        for row, record in enumerate(csv.reader(stream, delimiter=form.separator), start=1):
            if tuple(record) in wanted:
                return row, wanted[tuple(record)]
    return 0, ""
