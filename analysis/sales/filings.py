"""The filings lens: the "China" lines of annual reports, by firm, fiscal year and attribution basis.

Four bases are printed under one word. *Billing* and *ship-to* place a sale where the invoice or the box goes, *headquarters* where
the customer is run from, *facility* (equipment, design software) where the tool or seat stands. They may not be summed, and
a firm that changes its basis has a break, not a trend. Only rows of period type `annual` are a firm's own full-year line;
recasts, alternative bases, quarters and shares quoted by others are kept apart. The reasons are in the data guide.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.data.vocabulary import CLASS_OF_EVIDENCE, SILENT_PERIOD_TYPES
from analysis.sales import errors
from analysis.sales.measures import Measure, add

BASES = ("billing", "ship_to", "hq", "facility", "unknown")
LOCATION_BASES = ("billing", "ship_to")
SCOPES = {
    "chips": "chips",
    "optics": "optical components",
    "equipment": "equipment",
    "eda": "design software",
    "storage_nand": "storage",
    "storage_non_semiconductor": "storage",
}
BASIS_LABELS = {
    "billing": "billing address",
    "ship_to": "shipping address",
    "hq": "customer's headquarters",
    "facility": "customer's site",
    "unknown": "basis not stated",
}


def china_lines(filings: pd.DataFrame) -> pd.DataFrame:
    """Every row of the filings table with its traps spelled out in columns of their own.

    Adds `scope`, `restated` (recast or "") and `calendar_year` (the year that holds most of the period; missing when it has no
    year). `hong_kong` becomes included, excluded or not stated: a line of its own is outside the China line. `taiwan` becomes
    included or excluded: a Taiwan that nobody mentions is outside.
    """
    table = filings.copy()
    table["scope"] = table["industry_segment"].map(SCOPES)
    table["hong_kong"] = table["hong_kong"].replace({"separate": "excluded", "": "not stated"})
    table["taiwan"] = table["taiwan"].where(table["taiwan"] == "included", "excluded")
    table["restated"] = table["period_type"].map(lambda kind: "recast" if kind == "annual_recast" else "")
    periods = zip(table["year"], table["months"], table["fiscal_year_end"], strict=True)
    table["calendar_year"] = [calendar_year(*period) for period in periods]
    return table


def calendar_year(year: int | None, months: int | None, fiscal_year_end: pd.Timestamp) -> int | None:
    """The calendar year in which the middle of the period falls: a year to January 2024 belongs to 2023.

    Without an end day it is the fiscal year the row is named after; None when the row names none.
    """
    if pd.notna(fiscal_year_end) and pd.notna(months):
        return (fiscal_year_end - pd.DateOffset(days=int(months * 15.2))).year
    return int(year) if pd.notna(year) else None


def firm_year(
    filings: pd.DataFrame, firm: str, fiscal_year: str, *, basis: str | None = None, period_type: str = "annual"
) -> Measure:
    """One firm's China line for one fiscal year (label as filed, e.g. FY2022), in USD m.

    `basis="hq"` takes the customer-headquarters figure where a firm publishes it beside the other. Raises
    AbsentIsNotZeroError when the firm prints no China line, MissingFigureError when the table has no such row,
    RepeatedFirmYearError when several rows answer (say which period type).
    """
    lines = china_lines(filings)
    rows = lines[(lines["firm"] == firm) & (lines["fiscal_year"] == fiscal_year)]
    if rows.empty:
        raise errors.MissingFigureError(f"{firm} {fiscal_year}: no row in company_filings")
    if rows["period_type"].isin(SILENT_PERIOD_TYPES).all():
        raise errors.AbsentIsNotZeroError(f"{firm} {fiscal_year}: the filing prints no China line; that is not zero")
    column = "china_hq_revenue_usd_m" if basis == "hq" else "china_revenue_usd_m"
    rows = rows[(rows["period_type"] == period_type) & rows[column].notna()]
    if basis not in (None, "hq"):
        rows = rows[rows["basis_class"] == basis]
    if rows.empty:
        raise errors.MissingFigureError(f"{firm} {fiscal_year}: no {period_type} figure on basis {basis or 'as filed'}")
    if len(rows) > 1:
        raise errors.RepeatedFirmYearError(f"{firm} {fiscal_year}: {len(rows)} rows answer")
    return _measure(rows.iloc[0], column)


def annual_lines(filings: pd.DataFrame, *, basis: str, scope: str = "chips") -> pd.DataFrame:
    """One row a firm and year on one basis: firm, fiscal_year, calendar_year, china_usd_m, share_pct and evidence.

    On the headquarters basis a dual disclosure's headquarters figure is used. AMD's lines that include Taiwan are left out.
    """
    lines = china_lines(filings)
    lines = lines[(lines["scope"] == scope) & (lines["period_type"] == "annual") & (lines["taiwan"] == "excluded")]
    if basis == "hq":
        lines = lines[lines["china_hq_revenue_usd_m"].notna()].assign(china_usd_m=lambda t: t["china_hq_revenue_usd_m"])
    else:
        lines = lines[(lines["basis_class"] == basis) & lines["china_revenue_usd_m"].notna()]
        lines = lines.assign(china_usd_m=lambda t: t["china_revenue_usd_m"])
    lines = lines.assign(share_pct=100 * lines["china_usd_m"] / lines["total_revenue_usd_m"], basis=basis)
    columns = [
        "firm",
        "fiscal_year",
        "calendar_year",
        "basis",
        "china_usd_m",
        "total_revenue_usd_m",
        "share_pct",
        "hong_kong",
        "grade",
        "evidence",
        "source_id",
    ]
    return lines[columns].sort_values(["firm", "calendar_year"]).reset_index(drop=True)


def firms_in(filings: pd.DataFrame, year: int, *, basis: str) -> list[str]:
    """Chip firms with an annual China line on a basis for a calendar year."""
    lines = annual_lines(filings, basis=basis)
    return list(lines.loc[lines["calendar_year"] == year, "firm"])


def total(filings: pd.DataFrame, year: int, *, basis: str, scope: str = "chips") -> Measure:
    """The sum over firms of the China lines on one basis for the fiscal years that fall mostly in `year`, in USD m."""
    lines = china_lines(filings)
    column = "china_hq_revenue_usd_m" if basis == "hq" else "china_revenue_usd_m"
    rows = lines[(lines["scope"] == scope) & (lines["period_type"] == "annual") & (lines["calendar_year"] == year)]
    rows = rows[rows[column].notna() & (rows["taiwan"] == "excluded")]
    if basis != "hq":
        rows = rows[rows["basis_class"] == basis]
    measures = [_measure(row, column, period=str(year)) for _, row in rows.iterrows()]
    return add(measures, f"Sum of the China lines by {BASIS_LABELS[basis]}, {len(measures)} firms")


def sum_china_lines(rows: pd.DataFrame) -> Measure:
    """The sum of the China lines of chosen rows of the filings table; refuses every mixture.

    Raises MixedBasisError, MixedPeriodTypeError, MixedScopeError, TaiwanIncludedError, RepeatedFirmYearError,
    AbsentIsNotZeroError (a row without a China line), MixedUnitError (rows of different years).
    """
    lines = china_lines(rows)
    silent = lines[lines["china_revenue_usd_m"].isna()]
    if not silent.empty:
        raise errors.AbsentIsNotZeroError(
            f"{', '.join(sorted(set(silent['firm'])))}: no China line in the filing; that is not zero"
        )
    measures = [_measure(row, "china_revenue_usd_m", period=str(row["calendar_year"])) for _, row in lines.iterrows()]
    if len(measures) == 1 and measures[0].taiwan == "included":
        raise errors.TaiwanIncludedError(f"{measures[0].label}: the China line includes Taiwan")
    return add(measures, "Sum of China lines")


def firms_without_china_line(filings: pd.DataFrame) -> list[str]:
    """Chip firms of the table that never print a China line: they are missing from every sum, not zero in it."""
    chips = filings[filings["industry_segment"] == "chips"]
    has_line = chips[["china_revenue_usd_m", "china_share_pct", "china_hq_revenue_usd_m"]].notna().any(axis=1)
    return sorted(set(chips["firm"]) - set(chips.loc[has_line, "firm"]))


def dual_disclosures(filings: pd.DataFrame) -> pd.DataFrame:
    """Periods for which a firm gives both a location figure and a customer-headquarters figure, with their ratio.

    The two may stand on one row or, from two documents, on two rows of the period. A period inside a longer one of the same firm (a
    quarter of a disclosed half-year) is left out: one observation, not two.
    Columns: firm, fiscal_year, basis, location_usd_m, hq_usd_m, ratio, grade, evidence, sources (a tuple).
    """
    chips = filings[(filings["industry_segment"] == "chips") & (filings["stated_as"] != "bound")]
    rows = chips[chips["basis_class"].isin(LOCATION_BASES) & chips["china_revenue_usd_m"].notna()]
    elsewhere = chips[(chips["basis_class"] == "hq") & chips["china_hq_revenue_usd_m"].notna()]
    taken = ["firm", "fiscal_year", "china_hq_revenue_usd_m", "grade", "source_id"]
    elsewhere = elsewhere.drop_duplicates(["firm", "fiscal_year"])[taken]
    rows = rows.merge(elsewhere, on=["firm", "fiscal_year"], how="left", suffixes=("", "_elsewhere"))
    from_two = rows["china_hq_revenue_usd_m"].isna() & rows["grade_elsewhere"].notna()
    rows["grade"] = rows["grade"].where(~from_two, rows[["grade", "grade_elsewhere"]].astype(str).max(axis=1))
    places = zip(rows["source_id"], rows["source_id_elsewhere"], from_two, strict=True)
    rows["sources"] = [(one, other) if two and one != other else (one,) for one, other, two in places]
    rows["china_hq_revenue_usd_m"] = rows["china_hq_revenue_usd_m"].fillna(rows["china_hq_revenue_usd_m_elsewhere"])
    rows = rows[rows["china_hq_revenue_usd_m"].notna()].reset_index(drop=True)
    last = rows["fiscal_year_end"].dt.to_period("M").map(lambda month: month.ordinal)
    first = last - rows["months"]
    inside = [
        ((rows["firm"] == row["firm"]) & (first <= first[i]) & (last >= last[i]) & (rows["months"] > row["months"])).any()
        for i, row in rows.iterrows()
    ]
    rows = rows[~np.array(inside, dtype=bool)]
    table = pd.DataFrame(
        {
            "firm": rows["firm"],
            "fiscal_year": rows["fiscal_year"],
            "basis": rows["basis_class"],
            "location_usd_m": rows["china_revenue_usd_m"],
            "hq_usd_m": rows["china_hq_revenue_usd_m"],
            "ratio": rows["china_hq_revenue_usd_m"] / rows["china_revenue_usd_m"],
            "grade": rows["grade"],
            "evidence": rows["evidence"],
            "sources": rows["sources"],
        }
    )
    return table.sort_values(["ratio", "firm"]).reset_index(drop=True)


def basis_changes(filings: pd.DataFrame) -> pd.DataFrame:
    """Firms whose annual China line changes basis from one year to the next: breaks, not trends.

    Columns: firm, from_year, to_year, from_basis, to_basis, share_before_pct, share_after_pct.
    """
    lines = china_lines(filings)
    lines = lines[(lines["period_type"] == "annual") & (lines["scope"] == "chips") & (lines["taiwan"] == "excluded")]
    lines = lines[lines["basis_class"].isin(("billing", "ship_to", "hq")) & lines["china_revenue_usd_m"].notna()]
    found = []
    for firm, rows in lines.sort_values("calendar_year").groupby("firm", sort=True):
        for before, after in zip(rows.iloc[:-1].to_dict("records"), rows.iloc[1:].to_dict("records"), strict=True):
            if before["basis_class"] != after["basis_class"]:
                found.append(
                    {
                        "firm": firm,
                        "from_year": before["fiscal_year"],
                        "to_year": after["fiscal_year"],
                        "from_basis": before["basis_class"],
                        "to_basis": after["basis_class"],
                        "share_before_pct": before["china_share_pct"],
                        "share_after_pct": after["china_share_pct"],
                    }
                )
    return pd.DataFrame(found)


def _measure(row: pd.Series, column: str, period: str | None = None) -> Measure:
    hq = column == "china_hq_revenue_usd_m"
    basis = "hq" if hq else row["basis_class"]
    return Measure(
        label=f"{row['firm']}, China by {BASIS_LABELS[basis]}",
        value=float(row[column]),
        unit="USD m",
        period=period or row["fiscal_year"],
        counts="sales",
        basis=basis,
        period_type=row["period_type"],
        hong_kong=row["hong_kong"],
        taiwan=row["taiwan"],
        scope=row["scope"],
        restated=row["restated"],
        firm=row["firm"],
        evidence=CLASS_OF_EVIDENCE[row["evidence"]],
        grade=row["grade"],
        sources=(row["source_id"],),
    )
