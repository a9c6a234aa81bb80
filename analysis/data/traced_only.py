"""One switch: an overlay that leaves out the rows of filings which name no document, each by a correction with its reason."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

from analysis.data.corrections import row_key
from analysis.data.overlay import read_merged
from analysis.data.overlay_files import place_fault
from analysis.data.problems import DataError, Problem
from analysis.data.schemas import CORRECTIONS, TABLES

FILE = "corrections.csv"
REASON = "The figure is not traced to a primary document"


def write_traced_only(out: Path, data_dir: Path | None = None) -> int:
    """Write the overlay into the folder `out` and return the number of rows that it leaves out.

    Raises DataError when the tables cannot be read, or when `out` holds corrections already or is no place for them.
    """
    if fault := place_fault(out):
        raise DataError([Problem(str(out), 0, "", fault)])
    if (out / FILE).exists():
        raise DataError([Problem(str(out / FILE), 0, "", "is there already, expected a folder without it")])
    tables, _, problems = read_merged(data_dir, None)
    if problems:
        raise DataError(problems)
    raw, schema = tables["company_filings"], TABLES["company_filings"]
    traced, source = raw.header.index("traced"), raw.header.index("source_id")
    dropped = [row for row in raw.rows if row[traced] != "yes"]
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, CORRECTIONS.names, restval="", lineterminator="\n")
    writer.writeheader()
    for row in dropped:
        cells = {"table": schema.name, "key": row_key(raw.header, row, schema), "action": "drop", "source_id": row[source]}
        writer.writerow({**cells, "reason": REASON, "date": date.today().isoformat()})
    out.mkdir(parents=True, exist_ok=True)
    (out / FILE).write_text(stream.getvalue(), encoding="utf-8")
    return len(dropped)
