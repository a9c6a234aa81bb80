"""Allowed values, patterns and ranges of a table as a pandera schema, and its verdict as problems.

Only the full check imports this module: pandera takes 0.3 s to import, which each chapter would pay otherwise.
"""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from analysis.data.forms import expected_form
from analysis.data.problems import Problem, listed, shown, suggest
from analysis.data.reading import RawTable
from analysis.data.schema import Column, Table


def pandera_schema(table: Table) -> pa.DataFrameSchema:
    """The constraints of each column of a typed table; missing values are left to loading, which knows what is required."""
    checks = {column.name: _checks(column) for column in table.columns}
    columns = {name: pa.Column(None, found, nullable=True) for name, found in checks.items() if found}
    return pa.DataFrameSchema(columns, name=table.name)


def _checks(column: Column) -> list[pa.Check]:
    checks = []
    if column.allowed and not column.several:
        checks.append(pa.Check.isin(column.allowed, error=f"expected one of: {listed(column.allowed)}"))
    if column.pattern:
        checks.append(pa.Check.str_matches(rf"(?:{column.pattern})\Z", error=f"expected {expected_form(column.pattern)}"))
    if column.minimum is not None or column.maximum is not None:
        low, high = _bound(column, column.minimum), _bound(column, column.maximum)
        unit = f" {column.unit}" if column.unit and column.unit != "see unit" else ""
        if low is not None:
            checks.append(pa.Check.ge(low, error=f"expected at least {column.minimum}{unit}"))
        if high is not None:
            checks.append(pa.Check.le(high, error=f"expected at most {column.maximum}{unit}"))
    return checks


def _bound(column: Column, value: float | str | None) -> float | pd.Timestamp | None:
    return pd.Timestamp(value) if column.kind == "date" and value is not None else value


def constraint_problems(frame: pd.DataFrame, table: Table, raw: RawTable) -> list[Problem]:
    """A problem for each cell of the typed `frame` that its column does not allow; rows as in `raw`."""
    return _parts_problems(frame, table, raw) + _cell_problems(frame, table, raw)


def _parts_problems(frame: pd.DataFrame, table: Table, raw: RawTable) -> list[Problem]:
    """Columns that hold several allowed values: each part of a cell is one of them, written exactly so."""
    problems = []
    for column in (column for column in table.columns if column.several and column.allowed):
        for i, cell in enumerate(frame[column.name]):
            for part in (part.strip() for part in cell.split(";") if cell):
                if part not in column.allowed:
                    problems.append(raw.problem(i, column.name, f"{shown(part)}, expected one of: {listed(column.allowed)}"
                                                                f"{_nearest(part, column)}"))
    return problems


def _cell_problems(frame: pd.DataFrame, table: Table, raw: RawTable) -> list[Problem]:
    texts = [c.name for c in table.columns if c.kind == "text"]
    present = frame.assign(**{name: frame[name].mask(frame[name] == "") for name in texts})
    try:
        pandera_schema(table).validate(present, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        found = zip(cases["index"], cases["column"], cases["failure_case"], cases["check"], strict=True)
        return [raw.problem(int(i), name, f"{_written(value)}, {check}{_nearest(value, table.column(name))}")
                for i, name, value, check in found]
    return []


def _written(value: object) -> str:
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    return f"{value:g}" if isinstance(value, float) else shown(value)


def _nearest(value: object, column: Column) -> str:
    same = next((f"; did you mean {word!r}?" for word in column.allowed if word.casefold() == str(value).casefold()), "")
    return suggest(value, column.allowed, otherwise=same)
