"""An overlay in which every free text of every table holds names in scripts from everywhere: in every row that stands, and, where
a row's place in the world is itself free text (a region, a buyer), in a row that is added."""

from __future__ import annotations

import csv
from pathlib import Path

from analysis import paths
from analysis.data.schema import Table
from analysis.data.schemas import TABLES

NAMES = "中芯国际 삼성전자 شركة Škoda 😀"
DATA_TABLES = tuple(table for table in TABLES.values() if table.name != "corrections")


def written_in_words(table: Table) -> list[str]:
    """Text columns that take any words: no code, no form, nothing that is looked up elsewhere."""
    looked_up = {reference.column for reference in table.references} | {"table", "column"}
    return [
        column.name
        for column in table.columns
        if column.kind == "text"
        and not (column.allowed or column.pattern)
        and column.name not in looked_up
        and not column.name.endswith(("_id", "_ids"))
    ]


def free_columns(table: Table) -> list[str]:
    """Of these, the ones that a row may change when it takes another's place."""
    return [name for name in written_in_words(table) if name not in (*table.key, *table.steady)]


def write_overlay(folder: Path) -> dict[str, list[dict[str, str]]]:
    """Write the overlay to `folder`; return its rows by table."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = {table.name: _rows(table) for table in DATA_TABLES if free_columns(table)}
    for name, own in rows.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, TABLES[name].names, lineterminator="\n")
            writer.writeheader()
            writer.writerows(own)
    return rows


def _rows(table: Table) -> list[dict[str, str]]:
    with (paths.DATA / table.path).open(encoding="utf-8", newline="") as stream:
        base = list(csv.DictReader(stream))
    free = free_columns(table)
    changed = [{**row, **{name: f"{row[name]} {NAMES}" for name in free if row[name]}} for row in base]
    if "geography" not in table.names:
        return changed
    return [*changed, {**changed[0], "series_id": "IN_ANOTHER_SCRIPT", **dict.fromkeys(written_in_words(table), NAMES)}]
