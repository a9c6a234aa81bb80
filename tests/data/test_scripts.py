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

from ..any_script import DATA_TABLES, free_columns, write_overlay

ONE = "中芯国际"


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


@pytest.mark.slow
def test_every_free_text_of_every_row_takes_names_in_any_script_and_gives_them_back(tmp_path):
    assert sum(len(free_columns(table)) for table in DATA_TABLES) > 60
    given = write_overlay(tmp_path / "rows")
    assert [str(problem) for problem in check(None, tmp_path / "rows")] == []
    resolve(None, tmp_path / "rows", tmp_path / "tables")
    for name, rows in given.items():
        with (tmp_path / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            found = list(csv.DictReader(stream))
        columns = free_columns(TABLES[name])   # a correction of the project may change others
        assert [[row[column] for column in columns] for row in found] == [[row[column] for column in columns] for row in rows], name


@pytest.mark.slow
def test_every_coded_column_refuses_them_by_name(tmp_path):
    for table in DATA_TABLES:
        written(tmp_path / "rows", table, **dict.fromkeys(coded_columns(table), ONE))
    refused = {(Path(p.file).stem, p.column) for p in check(None, tmp_path / "rows") if p.row == 2 and ONE in p.message}
    assert {(table.name, column) for table in DATA_TABLES for column in coded_columns(table)} - refused == set()
