"""One series out of a long table, and refusal to mix what must not be compared.

`US_X_8542_CN` has months and years under one name; Gartner restates its figures each year; China's imports by origin break in
April 2025. A chart or sum that crosses such a line looks right and is wrong, so crossing it is a `MixedSeriesError` here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

ORIGIN_RULE_CHANGE = pd.Timestamp("2025-04-01")  # China's customs: chips originate where the wafer was made
ORIGIN_MARK = "(country of origin)"
ONE_OF_EACH = ("freq", "unit", "partner", "hs_code_or_product")

_VINTAGE = re.compile(r"_v(\d{4})(?=_|$)")
_MONTHS_OF_PART = {"Q": 3, "H": 6}


class MixedSeriesError(ValueError):
    """Rows were asked for together that measure different things; `mixed` says in what they differ."""

    def __init__(self, mixed: str, values: Sequence[object], remedy: str):
        self.mixed = mixed
        super().__init__(f"rows differ in {mixed} ({', '.join(map(str, values))}): {remedy}")


def series(table: pd.DataFrame, series_id: str | Sequence[str], *, allow_break: bool = False, **choose: str) -> pd.DataFrame:
    """Rows of one series (or of comparable series), with `start` and `end` of each period as dates, sorted by them.

    `choose` picks by column, e.g. `freq="A"` or `partner="World"`. `allow_break` admits a series by origin on both sides of
    April 2025.

    Raises KeyError when nothing is left, MixedSeriesError when frequencies, units, partners, products or release vintages differ.
    """
    wanted = [series_id] if isinstance(series_id, str) else list(series_id)
    rows = table[table["series_id"].isin(wanted)]
    unknown = sorted(set(wanted) - set(rows["series_id"]))
    for column, value in choose.items():
        if column not in table.columns:
            raise KeyError(f"no column {column!r} to choose by; columns: {', '.join(table.columns)}")
        rows = rows[rows[column] == value]
    if unknown or rows.empty:
        raise KeyError(f"no rows of {', '.join(unknown or wanted)}" + (f" with {choose}" if choose else ""))
    refuse_mixture(rows)
    spans = [period_span(period) for period in rows["period" if "period" in rows else "month"]]
    rows = rows.assign(start=[a for a, _ in spans], end=[b for _, b in spans]).sort_values(["start", "end"], kind="stable")
    if not allow_break:
        _refuse_origin_break(rows)
    return rows.reset_index(drop=True)


def refuse_mixture(rows: pd.DataFrame) -> None:
    """Raise MixedSeriesError unless `rows` agree in vintage, frequency, unit, partner and product."""
    vintages = sorted({m.group(1) if (m := _VINTAGE.search(name)) else "none" for name in rows["series_id"].unique()})
    if len(vintages) > 1:
        raise MixedSeriesError("release vintage", vintages, "figures are restated each year; compare within one series_id")
    for column in ONE_OF_EACH:
        values = sorted(rows[column].unique()) if column in rows else []
        if len(values) > 1:
            raise MixedSeriesError(column, values, f"choose one, e.g. {column}={values[0]!r}")


def refuse_mixed_filings(rows: pd.DataFrame) -> None:
    """Raise MixedSeriesError unless rows of company filings share one basis and one kind of period, once per firm and year."""
    for column in ("basis_class", "period_type"):
        values = sorted(rows[column].unique())
        if len(values) > 1:
            raise MixedSeriesError(column, values, "such rows must not be summed or read as a trend; filter to one")
    repeated = rows[rows.duplicated(["firm", "fiscal_year"], keep=False)]
    if len(repeated):
        firms = sorted(repeated["firm"].unique())
        raise MixedSeriesError("source of one firm-year", firms, "a firm-year counts once; choose one row")


def _refuse_origin_break(rows: pd.DataFrame) -> None:
    if "partner" not in rows or not rows["partner"].str.endswith(ORIGIN_MARK).any():
        return
    before, after = rows["start"] < ORIGIN_RULE_CHANGE, rows["end"] >= ORIGIN_RULE_CHANGE
    if before.any() and after.any():
        raise MixedSeriesError("origin rule", ["before April 2025", "from April 2025"],
                               "origin moved to the site of wafer fabrication; pass allow_break=True and say so beside the figure")


def period_span(period: str) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last day of a period as written in the tables: 2021, 2021-06, 2021-Q2, 2021-H1, FY2021, 2024F, c.2019, start/end.

    A fiscal year without an end date is taken as the calendar year. Raises ValueError for another form.
    """
    if "/" in period:
        first, last = period.split("/")
        return period_span(first)[0], period_span(last)[1]
    plain = re.sub(r"^(FY|CY|c\.)|F$", "", period)
    if span := re.fullmatch(r"(\d{4})-(\d{4})", plain):
        return pd.Timestamp(f"{span[1]}-01-01"), pd.Timestamp(f"{span[2]}-12-31")
    if part := re.fullmatch(r"(\d{4})-([QH])(\d)", plain):
        months = _MONTHS_OF_PART[part[2]]
        start = pd.Timestamp(int(part[1]), (int(part[3]) - 1) * months + 1, 1)
        return start, start + pd.offsets.MonthEnd(months)
    if re.fullmatch(r"\d{4}", plain):
        return pd.Timestamp(f"{plain}-01-01"), pd.Timestamp(f"{plain}-12-31")
    if re.fullmatch(r"\d{4}-\d{2}", plain):
        start = pd.Timestamp(f"{plain}-01")
        return start, start + pd.offsets.MonthEnd(1)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", plain):
        return pd.Timestamp(plain), pd.Timestamp(plain)
    raise ValueError(f"{period!r} is not a period such as 2021, 2021-06, 2021-Q2 or 2021-01/2021-07")
