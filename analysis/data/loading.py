"""The one way in: `load_table(name)` returns a typed table, or says which cell is wrong.

Loading checks the header, the types, the key and what must not be empty; `check` (the command `check-data`) looks at everything
else, and a build runs it before any chapter starts.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import paths
from analysis.data.problems import DataError, Problem, listed, shown
from analysis.data.reading import RawTable, read_raw
from analysis.data.schema import Column, Table
from analysis.data.schemas import table_schema

TABLES_READ_VARIABLE = "CHIP_TABLES_READ"  # a file to which name and folder of each loaded table are appended, when it is set

EXPECTED = {"number": "a number such as 1234.5", "integer": "a whole number", "date": "a date as YYYY-MM-DD"}
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def load_table(name: str, data_dir: str | os.PathLike | None = None) -> pd.DataFrame:
    """Return table `name`, typed: dates as datetime64, numbers as float64 (NaN when missing), text as str ("" when missing).

    `data_dir` is a folder with the complete tables, flat or laid out as `data/` (default: `data/` of the project); a
    relative path counts from the project's root. Corrections are applied when the folder holds a `corrections.csv`.

    Raises KeyError for an unknown table, DataError naming file, row and column for data that cannot be used.
    """
    schema = table_schema(name)
    folder = folder_of(data_dir)
    record = os.environ.get(TABLES_READ_VARIABLE)
    if record:
        with open(record, "a", encoding="utf-8") as stream:
            stream.write(f"{name}\t{folder.resolve()}\n")
    raw = read_raw(find(folder, schema), schema)
    if name != "corrections":
        from analysis.data.corrections import correct_raw, read_corrections

        raw.problems += correct_raw(raw, schema, read_corrections(folder))
    frame, problems = typed(raw, schema)
    problems += raw.problems + duplicates(frame, schema, raw)
    if problems:
        raise DataError(problems)
    return frame


def folder_of(data_dir: str | os.PathLike | None) -> Path:
    """The folder that `data_dir` means: default `data/`, relative paths from the project's root."""
    return paths.ROOT / (data_dir or paths.DATA)


def find(folder: Path, schema: Table) -> Path:
    """The table's file in `folder`: laid out in folders, or flat."""
    nested = folder / schema.path
    return nested if nested.exists() else folder / f"{schema.name}.csv"


def typed(raw: RawTable, schema: Table) -> tuple[pd.DataFrame, list[Problem]]:
    """Columns with their types, and a problem for each cell that is not of its type or is empty but required."""
    problems: list[Problem] = []
    if not raw.rows and not schema.may_be_empty:
        problems.append(Problem(raw.file, 0, "", "has no rows, expected a header and rows"))
    columns = {}
    for column, cells in zip(schema.columns, zip(*raw.rows, strict=True) if raw.rows else [()] * len(schema.columns), strict=True):
        columns[column.name], bad = _convert(cells, column)
        problems += [raw.problem(i, column.name, f"{shown(cells[i])}, expected {EXPECTED[column.kind]}") for i in bad]
        if column.required:
            expected = f"one of: {listed(column.allowed)}" if column.allowed else "a value"
            problems += [raw.problem(i, column.name, f"is empty, expected {expected}") for i, cell in enumerate(cells) if not cell]
    return pd.DataFrame(columns), problems


def _convert(cells: Sequence[str], column: Column) -> tuple[pd.Series, list[int]]:
    """The typed column and the places of the cells that do not convert."""
    if column.kind == "text":
        return pd.Series(cells, dtype="str"), []
    if column.kind == "date":
        plain = [cell if ISO_DAY.fullmatch(cell) else None for cell in cells]
        values = pd.to_datetime(pd.Series(plain, dtype="str"), format="%Y-%m-%d", errors="coerce")
    else:
        values = pd.Series([float(cell) if NUMBER.fullmatch(cell) else math.nan for cell in cells], dtype="float64")
        values = values.where(np.isfinite(values))
        if column.kind == "integer":
            values = values.where(values % 1 == 0)
    return values, [i for i in np.flatnonzero(values.isna()) if cells[i]]


def duplicates(frame: pd.DataFrame, schema: Table, raw: RawTable) -> list[Problem]:
    """A problem for each row whose key stands in an earlier row."""
    key = list(schema.key)
    repeated = np.flatnonzero(frame.duplicated(key))
    first = frame.drop_duplicates(key).reset_index().set_index(key)["index"] if len(repeated) else None
    problems = []
    for i in repeated:
        values = tuple(frame.loc[i, key])
        file, row = raw.origins[first.loc[values if len(key) > 1 else values[0]]]
        earlier = f"row {row}" if file == raw.origins[i][0] else f"row {row} of {file}"
        problems.append(raw.problem(i, "+".join(key), f"same key as {earlier} ({shown(' | '.join(map(str, values)))}), "
                                                      "expected one row a key"))
    return problems
