"""An overlay: a folder that holds only the rows that are new or changed, under the same file names and headers.

Rows replace those with the same key or extend the table. Corrections apply to the result, whoever brought the row.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from analysis.data.corrections import correct_raw, row_key
from analysis.data.loading import find, folder_of
from analysis.data.overlay_files import display_name, overlay_files
from analysis.data.problems import DataError, Problem, shown
from analysis.data.reading import RawTable, read_raw
from analysis.data.schema import Table
from analysis.data.schemas import TABLES
from analysis.files import write_if_changed


@dataclass(frozen=True)
class TableChange:
    """What an overlay did to one table; keys as in corrections."""

    table: str
    added: tuple[str, ...]
    replaced: tuple[str, ...]
    identical: int

    def __str__(self) -> str:
        return (f"{self.table}: {len(self.added)} rows added, {len(self.replaced)} replaced, "
                f"{self.identical} identical to the base (ignored)")


@dataclass
class OverlayReport:
    """What `resolve` did: changes by table, files of the overlay that are not tables, what was left out of a table without loss
    (blank rows), and tables whose written text changed."""

    changes: list[TableChange] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        ignored = (f"{name}: not a table of the project, ignored" for name in self.ignored)
        return "\n".join([*map(str, self.changes), *self.notes, *ignored])


def merge(base: RawTable, extra: RawTable, schema: Table, published: Mapping[str, list[str]]) -> tuple[RawTable, TableChange]:
    """`base` with the rows of `extra`: a row with the same key takes the old one's place, others follow at the end.

    `published` holds, by key, the rows that corrections change, as they are published: such a row given back changes nothing.
    """
    places = {row_key(base.header, row, schema): i for i, row in enumerate(base.rows)}
    merged = RawTable(base.file, base.header, list(base.rows), list(base.origins), base.problems + extra.problems)
    added, replaced, identical, seen = [], [], 0, set()
    for row, origin in zip(extra.rows, extra.origins, strict=True):
        key = row_key(extra.header, row, schema)
        i = places.get(key)
        if i is None or key in seen:  # a key given twice in the overlay is kept, so that the check names it
            merged.rows.append(row)
            merged.origins.append(origin)
            added.append(key)
        elif base.rows[i] == row:
            merged.origins[i] = origin  # what is wrong with the row is mended where the person wrote it
            identical += 1
        elif published.get(key) == row:
            identical += 1
        else:
            merged.problems.extend(_changed_steady(extra, row, origin, base.rows[i], schema))
            merged.rows[i], merged.origins[i] = row, origin
            replaced.append(key)
        seen.add(key)
    return merged, TableChange(schema.name, tuple(added), tuple(replaced), identical)


def _changed_steady(extra: RawTable, row: list[str], origin: tuple[str, int], old: list[str], schema: Table) -> list[Problem]:
    """What a row must keep of the one whose place it takes: code that finds it by its key reads it in that unit, for that firm."""
    places = ((name, extra.header.index(name)) for name in schema.steady)
    return [Problem(origin[0], origin[1], name, f"{shown(row[j])}, expected {shown(old[j])} as on the row that it replaces; what "
                                                "is measured otherwise is a row with a key of its own")
            for name, j in places if row[j] != old[j]]


def _as_published(base: RawTable, schema: Table, corrections: list[dict[str, str]]) -> dict[str, list[str]]:
    """By key, the rows of the base that corrections change, corrected."""
    corrected = RawTable(base.file, base.header, [list(row) for row in base.rows], list(base.origins))
    correct_raw(corrected, schema, corrections, upstream=True)
    before = {row_key(base.header, row, schema): row for row in base.rows}
    after = {row_key(base.header, row, schema): row for row in corrected.rows}
    return {key: row for key, row in after.items() if before.get(key) != row}


def read_merged(data_dir: str | os.PathLike | None, overlay: str | os.PathLike | None, corrected: bool = True,
                ) -> tuple[dict[str, RawTable], OverlayReport, list[Problem]]:
    """Every table with the overlay and, unless `corrected` is false, the corrections applied, what the overlay did, and every
    problem met.

    A table that cannot be read is left out.
    """
    folder = folder_of(data_dir)
    files, ignored, problems = overlay_files(Path(overlay)) if overlay else ({}, [], [])
    report = OverlayReport(ignored=ignored)
    tables: dict[str, RawTable] = {}
    extra: dict[str, RawTable] = {}
    for name, schema in TABLES.items():
        try:
            path = find(folder, schema)
            tables[name] = read_raw(path, schema, display_name(path))
            if name in files:
                extra[name] = read_raw(files[name], schema, display_name(files[name]))
                report.notes += extra[name].notes
        except DataError as error:
            tables.pop(name, None)
            problems += error.problems
    corrections: list[dict[str, str]] = []
    for name in sorted(tables, key=lambda name: name != "corrections"):  # they come first, as they tell what the others mean
        raw, schema = tables[name], TABLES[name]
        if name in extra:
            tables[name], change = merge(raw, extra[name], schema, _as_published(raw, schema, corrections))
            report.changes.append(change)
        if name == "corrections":
            corrections = [dict(zip(raw.header, row, strict=True)) for row in tables[name].rows]
        elif corrected:
            problems += correct_raw(tables[name], schema, corrections, upstream=True)
    report.changes.sort(key=lambda change: list(TABLES).index(change.table))
    return tables, report, problems


def resolve(base: str | os.PathLike | None, overlay: str | os.PathLike | None, out: str | os.PathLike) -> OverlayReport:
    """Write complete, corrected tables to the folder `out`, flat, one `<table>.csv` each; return what the overlay did.

    A file is written only when its content changes, so that nothing downstream runs without need. Nothing is written when a table
    cannot be read. Raises DataError. Run `check` first: `resolve` reads, merges and corrects, and checks no values.
    """
    tables, report, problems = read_merged(base, overlay)
    problems += [problem for raw in tables.values() for problem in raw.problems]
    if problems:
        raise DataError(problems)
    return write_tables(tables, report, Path(out))


def write_tables(tables: dict[str, RawTable], report: OverlayReport, out: Path) -> OverlayReport:
    """Write tables to the folder `out`, flat, where their content changes; return the report with the names of those."""
    for name, raw in tables.items():
        if write_if_changed(out / f"{name}.csv", csv_text([raw.header, *raw.rows])):
            report.written.append(name)
    return report


def csv_text(rows: Sequence[Sequence[str]]) -> str:
    """Rows as the text of a table's file."""
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue()
