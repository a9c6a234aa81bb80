"""An overlay: a folder that holds only the rows that are new or changed, under the same file names and headers.

Rows replace those with the same key or extend the table. Corrections apply to the result, whoever brought the row.
"""

from __future__ import annotations

import csv
import difflib
import io
import os
from dataclasses import dataclass, field
from pathlib import Path

from analysis import paths
from analysis.data.corrections import correct_raw, row_key
from analysis.data.loading import find, folder_of
from analysis.data.problems import DataError, Problem
from analysis.data.reading import RawTable, read_raw
from analysis.data.schema import Table
from analysis.data.schemas import TABLES

SPREADSHEETS = {".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".numbers"}
TEXTS = {"", ".txt", ".tsv", ".tab"}


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
    """What `resolve` did: changes by table, files of the overlay that are not tables, and tables whose written text changed."""

    changes: list[TableChange] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return "\n".join([*map(str, self.changes), *(f"{name}: not a table of the project, ignored" for name in self.ignored)])


def display_name(path: Path) -> str:
    """A path as the person at the keyboard knows it: relative to the project where it lies inside."""
    return path.relative_to(paths.ROOT).as_posix() if path.is_relative_to(paths.ROOT) else str(path)


def overlay_files(overlay: Path) -> tuple[dict[str, Path], list[str], list[Problem]]:
    """Files of the overlay by table, other files, and problems (a CSV file whose name is no table; the same table twice)."""
    found: dict[str, Path] = {}
    ignored, problems = [], []
    if not overlay.is_dir():
        what = "is not a folder" if overlay.exists() else "no such folder"
        message = f"{what}, expected a folder with tables (same file names as in data/)"
        return found, ignored, [Problem(str(overlay), 0, "", message)]
    for path in sorted(overlay.rglob("*")):
        relative = path.relative_to(overlay)
        if any(part.startswith(".") for part in relative.parts) or (path.is_dir() and path.suffix != ".csv"):
            continue
        if path.suffix != ".csv":
            if advice := _meant_as_table(path):
                problems.append(Problem(display_name(path), 0, "", advice))
            else:
                ignored.append(relative.as_posix())
        elif path.stem not in TABLES:
            near = difflib.get_close_matches(path.stem.lower(), TABLES, n=1)
            hint = f"did you mean {near[0]}.csv?" if near else f"tables: {', '.join(TABLES)}"
            problems.append(Problem(display_name(path), 0, "", f"no table has this name; {hint}"))
        elif path.stem in found:
            other = display_name(found[path.stem])
            problems.append(Problem(display_name(path), 0, "", f"the table stands twice in the overlay, also as {other}"))
        else:
            found[path.stem] = path
    return found, ignored, problems


def _meant_as_table(path: Path) -> str | None:
    """What to do with a file that was probably meant as a table but would not be read as one; None for any other file."""
    kind, stem = path.suffix.lower(), path.stem.lower()
    table = next(iter(difflib.get_close_matches(stem, TABLES, n=1)), None)
    did_you_mean = f"; did you mean {table}.csv?" if table else ""
    if kind in SPREADSHEETS:
        return f"is a spreadsheet, expected CSV{did_you_mean or '.'} Save the sheet as CSV UTF-8"
    if kind == ".csv":
        return f"the ending must be .csv in small letters{did_you_mean}"
    if kind in TEXTS and stem in TABLES:
        return f"is not read as a table{did_you_mean} Save it as CSV UTF-8"
    return None


def merge(base: RawTable, extra: RawTable, schema: Table) -> tuple[RawTable, TableChange]:
    """`base` with the rows of `extra`: a row with the same key takes the old one's place, others follow at the end."""
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
        else:
            merged.rows[i], merged.origins[i] = row, origin
            replaced.append(key)
        seen.add(key)
    return merged, TableChange(schema.name, tuple(added), tuple(replaced), identical)


def read_merged(data_dir: str | os.PathLike | None, overlay: str | os.PathLike | None,
                ) -> tuple[dict[str, RawTable], OverlayReport, list[Problem]]:
    """Every table with overlay and corrections applied, what the overlay did, and every problem met.

    A table that cannot be read is left out.
    """
    folder = folder_of(data_dir)
    files, ignored, problems = overlay_files(Path(overlay)) if overlay else ({}, [], [])
    report = OverlayReport(ignored=ignored)
    tables: dict[str, RawTable] = {}
    for name, schema in TABLES.items():
        try:
            path = find(folder, schema)
            tables[name] = read_raw(path, schema, display_name(path))
            if name in files:
                tables[name], change = merge(tables[name], read_raw(files[name], schema, display_name(files[name])), schema)
                report.changes.append(change)
        except DataError as error:
            tables.pop(name, None)
            problems += error.problems
    listed = tables.get("corrections")
    corrections = [dict(zip(listed.header, row, strict=True)) for row in listed.rows] if listed else []
    for name, raw in tables.items():
        if name != "corrections":
            problems += correct_raw(raw, TABLES[name], corrections, upstream=True)
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
    target = Path(out)
    target.mkdir(parents=True, exist_ok=True)
    for name, raw in tables.items():
        stream = io.StringIO(newline="")
        csv.writer(stream, lineterminator="\n").writerows([raw.header, *raw.rows])
        if _write_if_changed(target / f"{name}.csv", stream.getvalue().encode()):
            report.written.append(name)
    return report


def _write_if_changed(path: Path, content: bytes) -> bool:
    if path.is_file() and path.read_bytes() == content:
        return False
    draft = path.with_suffix(".csv.new")
    draft.write_bytes(content)
    draft.replace(path)
    return True
