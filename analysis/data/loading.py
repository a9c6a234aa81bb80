"""The one way in: `load_table(name)` returns a typed table, or says which cell is wrong.

Loading checks the header, the types, the key and what must not be empty; `check` (the command `check-data`) looks at everything else, and a
build runs it before any chapter starts.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import paths
from analysis.data.problems import DataError, Problem, shown
from analysis.data.reading import RawTable, read_raw
from analysis.data.schema import Column, Table
from analysis.data.schemas import table_schema

TABLES_READ_VARIABLE = "CHIP_TABLES_READ"  # a file to which the name of each loaded table is appended, when it is set


def load_table(name: str, data_dir: str | os.PathLike | None = None) -> pd.DataFrame:
    """Return table `name`, typed: dates as datetime64, numbers as float64 (NaN when missing), text as str ("" when missing).

    `data_dir` is a folder with the complete tables, flat or laid out as `data/` (default: `data/` of the project); a relative path counts from
    the project's root. Corrections are applied when the folder holds a `corrections.csv`.

    Raises KeyError for an unknown table, DataError naming file, row and column for data that cannot be used.
    """
    schema = table_schema(name)
    folder = folder_of(data_dir)
    record = os.environ.get(TABLES_READ_VARIABLE)
    if record:
        with open(record, "a", encoding="utf-8") as stream:
            stream.write(name + "\n")
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
    """Columns in the schema's order with their types, and a problem for each cell that is not of its type or is empty but required."""
    cells = pd.DataFrame(raw.rows, columns=raw.header, dtype="str")
    problems: list[Problem] = []
    columns = {}
    for column in schema.columns:
        given = cells[column.name]
        columns[column.name], bad = _convert(given, column)
        if column.required:
            problems += [raw.problem(i, column.name, "is empty, expected a value") for i in np.flatnonzero(given == "")]
        expected = {"number": "a number such as 1234.5", "integer": "a whole number", "date": "a date as YYYY-MM-DD"}.get(column.kind)
        problems += [raw.problem(i, column.name, f"{shown(given.iloc[i])}, expected {expected}") for i in np.flatnonzero(bad)]
    return pd.DataFrame(columns), problems


def _convert(given: pd.Series, column: Column) -> tuple[pd.Series, np.ndarray]:
    """The typed column and a mask of the cells that do not convert."""
    empty = (given == "").to_numpy()
    if column.kind == "text":
        return given, np.zeros(len(given), bool)
    if column.kind == "date":
        plain = given.str.fullmatch(r"\d{4}-\d{2}-\d{2}").to_numpy(bool)
        values = pd.to_datetime(given.where(plain), format="%Y-%m-%d", errors="coerce")
    else:
        plain = given.str.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?").to_numpy(bool)
        values = pd.to_numeric(given.where(plain), errors="coerce").astype("float64")
        plain = plain & np.isfinite(values.to_numpy())
        if column.kind == "integer":
            plain = plain & (values % 1 == 0).to_numpy()
    return values, ~empty & ~(plain & values.notna().to_numpy())


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
