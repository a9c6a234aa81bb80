"""Write an overlay folder: new rows beside those already there, checked by the project's own checker, complete or not at all."""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from analysis.data import DataError, check
from analysis.data.corrections import row_key
from analysis.data.overlay_files import place_fault
from analysis.data.reading import read_raw
from analysis.data.schema import Table
from analysis.data.schemas import table_schema
from analysis.sources.errors import SourceError

Row = Mapping[str, str]
Tables = dict[str, list[Row]]
MAX_SHOWN = 12


def refuse_place(out: Path) -> None:
    """Raise SourceError when `out` is no folder for an overlay: one of the project's own, or one that holds much more."""
    if fault := place_fault(out):
        raise SourceError(fault, "Name a folder of its own with --out.")


def write_overlay(tables: Mapping[str, Sequence[Row]], out: Path, base: Path | None = None) -> dict[str, int]:
    """Put the rows into the overlay folder `out` and return the number of rows written by table.

    Rows already in `out` stay, unless one with the same key arrives. The folder is prepared beside `out`, checked together with the
    complete tables in `base` (default `data/`), and only then takes the place of `out`; on any problem `out` is as it was.

    Raises SourceError with one line a problem.
    """
    refuse_place(out)
    out = out.resolve()   # a link stays a link: the rows go where it leads
    draft = out.parent / f".{out.name}.new-{os.getpid()}"
    if out.exists() and not out.is_dir():
        raise SourceError(f"{out} is a file.", "Name a folder for the overlay with --out.")
    _clear_up(out)
    try:
        if out.exists():
            shutil.copytree(out, draft)
        else:
            draft.mkdir(parents=True)
        written = {name: _merge(draft, table_schema(name), rows) for name, rows in tables.items() if rows}
        problems = check(base, draft)
        if problems:
            known = set(check(base))  # faults of the complete tables are not of this refresh
            problems = [problem for problem in problems if problem not in known]
        if problems:
            shown = [str(problem).replace(str(draft), str(out)) for problem in problems]
            more = [f"… and {len(shown) - MAX_SHOWN} more"] if len(shown) > MAX_SHOWN else []
            raise SourceError(
                "\n".join([f"The new rows do not pass the checks ({len(shown)} problems):", *shown[:MAX_SHOWN], *more]),
                f"\nNothing was written. Correct the cause (or {out}, if the rows were there before) and run again.",
            )
        _take_place(draft, out)
    except DataError as error:
        raise SourceError(
            f"{out} holds tables that cannot be read:\n{error}".replace(str(draft), str(out)),
            "\nMend or remove them, or name another folder with --out.",
        ) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return written


def _merge(draft: Path, schema: Table, rows: Sequence[Row]) -> int:
    """Write the table into `draft`, new rows in place of those with the same key."""
    file = next(iter(sorted(draft.rglob(f"{schema.name}.csv"))), draft / f"{schema.name}.csv")
    header = list(schema.names)
    there = read_raw(file, schema).rows if file.exists() else []
    merged = {row_key(header, row, schema): row for row in there}
    for row in rows:
        unknown = set(row) - set(header)
        if unknown:
            raise ValueError(f"{schema.name} has no column {', '.join(sorted(unknown))}")
        cells = [row.get(name, "") for name in header]
        merged[row_key(header, cells, schema)] = cells
    with file.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, lineterminator="\n").writerows([header, *merged.values()])
    return len(rows)


def _clear_up(out: Path) -> None:
    """Remove what a killed run left beside `out`; when it was killed between the two renames, put the former folder back."""
    for left in sorted(out.parent.glob(f".{out.name}.*-*")):
        kind, _, process = left.name.removeprefix(f".{out.name}.").partition("-")
        if kind not in ("new", "former") or not process.isdigit() or _runs(int(process)):
            continue
        if kind == "former" and not out.exists():
            left.rename(out)
        else:
            shutil.rmtree(left, ignore_errors=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return process != os.getpid()


def _take_place(draft: Path, out: Path) -> None:
    """`draft` becomes `out`; between the two renames the older folder stands beside it under a plain name."""
    if not out.exists():
        draft.rename(out)
        return
    former = out.parent / f".{out.name}.former-{os.getpid()}"
    out.rename(former)
    draft.rename(out)
    shutil.rmtree(former, ignore_errors=True)
