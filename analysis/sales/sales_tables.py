"""Small tables for the chapters on sales, as fixed-width text that is the same on every machine."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.sales import huawei, lenses


def lens_summary(tables: Mapping[str, pd.DataFrame], year: int) -> str:
    """The lenses of a year: name, US$ billion, Hong Kong."""
    table = lenses.lens_table(tables, year).sort_values("value_usd_bn")
    shown = pd.DataFrame(
        {"lens": table["lens"], "US$ billion": table["value_usd_bn"].map("{:.1f}".format), "Hong Kong": table["hong_kong"]}
    )
    return shown.to_string(index=False)


def procurement_summary(facts: pd.DataFrame) -> str:
    """The three figures for Huawei's purchases from US firms: period, US$ billion, grade."""
    table = huawei.procurement_table(facts)
    shown = pd.DataFrame(
        {"period": table["period"], "US$ billion": table["value_usd_bn"].map("{:.1f}".format), "grade": table["grade"]}
    )
    return shown.to_string(index=False)
