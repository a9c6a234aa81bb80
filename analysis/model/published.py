"""Look up figures of the published studies, so that no reported value is typed into code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd


def published_value(results: pd.DataFrame, key: Sequence[str], field: str = "value", year: int | None = None) -> float:
    """The figure of (study, scenario, quantity), from the column `field`: value, low or high.

    `year` picks among rows that differ in `baseline_year`. Raises KeyError when there is none or more than one.
    """
    study, scenario, quantity = key
    rows = results[(results["study_id"] == study) & (results["scenario"] == scenario) & (results["quantity"] == quantity)]
    if year is not None:
        rows = rows[rows["baseline_year"] == str(year)]
    values = pd.to_numeric(rows[field], errors="coerce").dropna().unique()
    if len(values) != 1:
        raise KeyError(f"published_results: {len(values)} values of {field} for {study}/{scenario}/{quantity}"
                       + (f" in {year}" if year else ""))
    return float(values[0])


def resolve(results: pd.DataFrame, given: Mapping) -> object:
    """An assumption or target as written in replication.yml: {from: key, field?, year?, times?} or {value}."""
    if "from" in given:
        value = published_value(results, given["from"], given.get("field", "value"), given.get("year"))
        return value * given.get("times", 1)
    if "change_from" in given:
        before, after = published_value(results, given["change_from"]), published_value(results, given["change_to"])
        return 100 * (after / before - 1)
    return given["value"]
