"""Names in any script: every free text column of every table takes them and gives them back; coded columns refuse them by name."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from analysis import paths
from analysis.data import check
from analysis.data.overlay import resolve
from analysis.data.schemas import TABLES

NAMES = "中芯国际 삼성전자 شركة Škoda 😀 Ångström"
ONE = "中芯国际"


def free_columns(table) -> list[str]:
    """Text columns that take any words: no code, no form, no key, nothing that is looked up elsewhere."""
    looked_up = {reference.column for reference in table.references} | {"table", "column"}
    return [
        column.name
        for column in table.columns
        if column.kind == "text"
        and not (column.allowed or column.pattern)
        and column.name not in (*table.key, *looked_up)
        and not column.name.endswith(("_id", "_ids"))
    ]


def coded_columns(table) -> list[str]:
    """Text columns of codes or of a form that the name has not."""
    return [
        column.name
        for column in table.columns
        if column.kind == "text" and (column.allowed or (column.pattern and not re.fullmatch(column.pattern, ONE)))
    ]


def first_row(table) -> dict[str, str]:
    with (paths.DATA / table.path).open(encoding="utf-8", newline="") as stream:
        return next(csv.DictReader(stream))


def written(folder, table, **cells) -> dict[str, str]:
    folder.mkdir(exist_ok=True)
    row = {**first_row(table), **cells}
    with (folder / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([table.names, [row[name] for name in table.names]])
    return row


DATA_TABLES = [table for table in TABLES.values() if table.name != "corrections"]


@pytest.mark.slow
def test_every_free_text_column_takes_names_in_any_script_and_gives_them_back(tmp_path):
    columns = {table.name: free_columns(table) for table in DATA_TABLES}
    assert sum(map(len, columns.values())) > 60
    rows = {t.name: written(tmp_path / "rows", t, **dict.fromkeys(columns[t.name], NAMES)) for t in DATA_TABLES if columns[t.name]}
    assert [str(problem) for problem in check(None, tmp_path / "rows")] == []
    resolve(None, tmp_path / "rows", tmp_path / "tables")
    for name, row in rows.items():
        with (tmp_path / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            found = [line for line in csv.DictReader(stream) if all(line[key] == row[key] for key in TABLES[name].key)]
        assert [{column: line[column] for column in columns[name]} for line in found] == [dict.fromkeys(columns[name], NAMES)]


@pytest.mark.slow
def test_every_coded_column_refuses_them_by_name(tmp_path):
    for table in DATA_TABLES:
        written(tmp_path / "rows", table, **dict.fromkeys(coded_columns(table), ONE))
    refused = {(Path(p.file).stem, p.column) for p in check(None, tmp_path / "rows") if p.row == 2 and ONE in p.message}
    assert {(table.name, column) for table in DATA_TABLES for column in coded_columns(table)} - refused == set()
