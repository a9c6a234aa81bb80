"""A row that code asks for by its name."""

from __future__ import annotations

import pandas as pd

from analysis.data.problems import DataError, Problem


def named(facts: pd.DataFrame, name: str) -> pd.Series:
    """The row of `huawei_facts` of that name; raises DataError when there is not exactly one."""
    rows = facts[facts["name"] == name]
    if len(rows) != 1:
        raise DataError([Problem("huawei_facts.csv", 0, "name", f"{len(rows)} rows are named {name!r}, expected one")])
    return rows.iloc[0]
