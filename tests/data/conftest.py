"""What the data tests share: a small copy of the data, and a way to write an overlay."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.data.overlay import read_merged
from analysis.data.schemas import TABLES

ROWS_KEPT = 40


def write_csv(path: Path, header: list[str], rows: list[list[str]]) -> None:
    """Write a table as the project's own files are written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerows([header, *rows])
    path.write_bytes(stream.getvalue().encode())


@pytest.fixture(scope="session")
def table_writer() -> Callable[[Path, list[str], list[list[str]]], None]:
    """write(path, header, rows)."""
    return write_csv


@pytest.fixture(scope="session")
def full_tables():
    """Every table of the project as text, corrected, and so without the corrections, which would find nothing to correct."""
    tables = read_merged(None, None)[0]
    tables["corrections"].rows.clear()
    tables["corrections"].origins.clear()
    return tables


@pytest.fixture(scope="session")
def small_data(tmp_path_factory, full_tables) -> Path:
    """A folder with the first rows of every table (all firms, sources and policy events): valid, and quick to check."""
    folder = tmp_path_factory.mktemp("small")
    for name, raw in full_tables.items():
        rows = raw.rows if name in ("firms", "sources", "policy_events") else raw.rows[:ROWS_KEPT]
        write_csv(folder / TABLES[name].path, raw.header, rows)
    return folder


@pytest.fixture
def overlay_of(tmp_path, full_tables) -> Callable[..., Path]:
    """overlay_of(table={...changes...}, …) writes an overlay folder: for each table, its first row with the changed cells.

    A list of dicts gives several rows; `_row` picks another row of the table to start from.
    """

    def write(**tables) -> Path:
        for name, changes in tables.items():
            raw = full_tables[name]
            rows = []
            for change in changes if isinstance(changes, list) else [changes]:
                cells = dict(zip(raw.header, raw.rows[change.get("_row", 0)], strict=True))
                rows.append([{**cells, **change}[column] for column in raw.header])
            write_csv(tmp_path / "overlay" / f"{name}.csv", raw.header, rows)
        return tmp_path / "overlay"

    return write
