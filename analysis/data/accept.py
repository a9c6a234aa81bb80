"""Take an overlay into the project's own tables, for good: after its check, each row at its place.

A build with the overlay and one after it was accepted give the same numbers. What stood in the tables before is in their history.
"""

from __future__ import annotations

import os
from pathlib import Path

from analysis.data.checking import check
from analysis.data.loading import find, folder_of
from analysis.data.overlay import OverlayReport, csv_text, read_merged
from analysis.data.overlay_files import display_name
from analysis.data.problems import DataError
from analysis.data.reading import RawTable
from analysis.data.schema import Table
from analysis.data.schemas import TABLES
from analysis.files import write_if_changed


def accept(overlay: str | os.PathLike, base: str | os.PathLike | None = None) -> OverlayReport:
    """Write the rows of the folder `overlay` into the tables of `base` (default `data/`); return what it did, `written` by table.

    Rows keep their values as given: corrections, those of the overlay too, stay in their list and are applied on reading. Sources
    are written first, so that a run that is interrupted leaves no row without its source; it can be run again. Raises DataError,
    with nothing written, when the tables with the overlay do not pass the check.
    """
    problems = check(base, overlay)
    if problems:
        raise DataError(problems)
    folder = folder_of(base)
    tables, report, _ = read_merged(base, overlay, corrected=False)
    for change in sorted(report.changes, key=lambda change: change.table != "sources"):
        schema = TABLES[change.table]
        if write_if_changed(find(folder, schema), csv_text([tables[schema.name].header, *in_order(tables[schema.name], schema)])):
            report.written.append(schema.name)
    return report


def in_order(raw: RawTable, schema: Table) -> list[list[str]]:
    """The rows, sorted where the table has an order; an added row may belong between others."""
    places = [raw.header.index(name) for name in schema.order]
    return sorted(raw.rows, key=lambda row: [row[place] for place in places])


def shown_path(table: str, base: Path | None) -> str:
    """Where a table stands, as a person would type it."""
    return display_name(find(folder_of(base), TABLES[table]))
