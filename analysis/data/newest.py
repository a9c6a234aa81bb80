"""The newest day that the data speak of, by kind and by table, computed from rows.

A day here is the end of a period or the day of an event: never the day on which something was read or built. Forecasts do not
count (a period that ended after its source was read, or is marked as one), and neither do rows without a figure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

# kind of observation → its tables, and the column that dates a row
KINDS: dict[str, dict[str, str]] = {
    "rules": {"policy_events": "date"},
    "filings": {"company_filings": "fiscal_year_end", "quarterly_revenue": "period_end"},
    "customs": {"us_exports": "period", "china_imports": "period"},
    "market": {"market_sales": "period", "us_industry": "period", "oem_demand": "period"},
    "licences": {"export_licences": "period"},
    "Huawei": {"huawei_facts": "period_end"},
    "share prices": {"event_study_car": "event_date"},
    "uncertainty": {"uncertainty_monthly": "month"},
}
KIND_OF = {table: kind for kind, tables in KINDS.items() for table in tables}


def period_end(period: str) -> pd.Timestamp:
    """Last day of a period as tables write it: '2022', '2022-07', '2022-Q3', '2022-H1', '2022-01/2022-07', 'FY2022'.

    NaT for a forecast ('2026F') and for words. A fiscal year counts as the calendar year of its name, since a series of fiscal
    years does not say when they end.

    >>> period_end("2022-Q3").date().isoformat(), period_end("2025-01/2025-02").date().isoformat()
    ('2022-09-30', '2025-02-28')
    """
    text = period.removeprefix("FY").removeprefix("c.")
    if "/" in text:
        text = text.rsplit("/", 1)[1]
    elif re.fullmatch(r"\d{4}-\d{4}", text):
        text = text[5:]
    if re.fullmatch(r"\d{4}-H[12]", text):
        text = f"{text[:4]}-{'06' if text[-1] == '1' else '12'}"
    if not re.fullmatch(r"\d{4}(-Q[1-4]|-\d{2}(-\d{2})?)?", text):
        return pd.NaT
    if len(text) == 10:
        return pd.Timestamp(text)
    frequency = {4: "Y", 7: "Q" if "Q" in text else "M"}[len(text)]
    return pd.Period(text.replace("-Q", "Q"), frequency).end_time.normalize()


def row_days(table: str, frame: pd.DataFrame) -> pd.Series:
    """The day that each row of a table speaks of; NaT where it gives none. Raises KeyError for a table that is not in KINDS."""
    column = KINDS[KIND_OF[table]][table]
    days = frame[column]
    if not pd.api.types.is_datetime64_any_dtype(days):
        days = pd.to_datetime(days.map(period_end))
    return days.where(frame["value"].notna()) if "value" in frame and table != "huawei_facts" else days


def newest_rows(tables: Mapping[str, pd.DataFrame], sources: pd.DataFrame) -> pd.DataFrame:
    """One row a table that is given and dated: `kind`, `table`, `day` (the newest), `rows`, `source_id` (of the newest row).

    `sources` is the table of that name: a period that ended after the day on which its source was read is a forecast.
    """
    read_on = sources.drop_duplicates("source_id").set_index("source_id")["accessed"]
    found = []
    for table, frame in tables.items():
        if table in KIND_OF and not frame.empty:
            days = row_days(table, frame)
            days = days.mask(days > frame["source_id"].map(read_on))
            if days.notna().any():
                found.append({"kind": KIND_OF[table], "table": table, "day": days.max(), "rows": len(frame),
                              "source_id": frame.loc[days.idxmax(), "source_id"]})
    order = {table: place for place, table in enumerate(KIND_OF)}
    return pd.DataFrame(found, columns=["kind", "table", "day", "rows", "source_id"]).sort_values(
        "table", key=lambda names: names.map(order), ignore_index=True)
