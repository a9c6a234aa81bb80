"""The second way to a figure of the filings: quarters that must make the year, and figures that were met twice."""

from __future__ import annotations

import numpy as np
import pandas as pd

FILED = ("10-K", "10-Q", "8-K", "other filing")
NUMBER_UNKNOWN = "the filing is known; its number stood in no text that could be read"
SPOKEN = "said on a call or in a release, of which no address was found"
NO_FILING_KNOWN = "from the press or a data page; which document holds the figure is not known"


def quarters_against_years(quarterly: pd.DataFrame, filings: pd.DataFrame) -> pd.DataFrame:
    """Every fiscal year with four quarters in `quarterly` and a total in `filings`, with their difference.

    Columns: firm, year, quarters_usd_m, year_usd_m (of several totals of a year the nearest), difference_pct. A year whose fourth
    quarter was found by subtraction tests nothing and is left out.
    """
    rows = quarterly[quarterly["segment"] == "total"]
    rows = rows.assign(year=rows["fiscal_quarter"].str[2:6].astype(int), derived=rows["evidence"] == "derived")
    sums = rows.groupby(["firm", "year"]).agg(
        n=("revenue_usd_m", "size"), quarters_usd_m=("revenue_usd_m", "sum"), derived=("derived", "any")
    )
    sums = sums[(sums["n"] == 4) & ~sums["derived"]].reset_index()
    full = (filings["months"] == 12) & filings["fiscal_year"].str.startswith("FY") & filings["total_revenue_usd_m"].notna()
    totals = filings[full][["firm", "year", "total_revenue_usd_m"]].drop_duplicates().astype({"year": int})
    both = sums.merge(totals, on=["firm", "year"]).rename(columns={"total_revenue_usd_m": "year_usd_m"})
    both["difference_pct"] = 100 * (both["quarters_usd_m"] / both["year_usd_m"] - 1)
    nearest = both.assign(gap=both["difference_pct"].abs()).sort_values("gap").drop_duplicates(["firm", "year"])
    columns = ["firm", "year", "quarters_usd_m", "year_usd_m", "difference_pct"]
    return nearest.sort_values(["firm", "year"])[columns].reset_index(drop=True)


def met_twice(checks: pd.DataFrame) -> pd.DataFrame:
    """The declared figures with the difference of their second way from the first, largest first: adds `difference_pct`."""
    table = checks.assign(difference_pct=100 * (checks["other_value"] / checks["value"] - 1))
    return table.sort_values("difference_pct", key=abs, ascending=False, kind="stable").reset_index(drop=True)


def traced(filings: pd.DataFrame) -> pd.DataFrame:
    """The rows that name their primary document."""
    return filings[filings["traced"] == "yes"]


def traced_counts(filings: pd.DataFrame) -> dict[str, int]:
    """Rows in all, rows that name their document, and rows whose figure is known to stand in a filing."""
    return {"rows": len(filings), "traced": len(traced(filings)), "in_filings": int(filings["form"].isin(FILED).sum())}


def untraced(filings: pd.DataFrame) -> pd.DataFrame:
    """The rows that name no document, by firm and reason: columns firm, periods, why."""
    left = filings[filings["traced"] != "yes"]
    why = np.select([left["form"].isin(FILED), left["form"] != ""], [NUMBER_UNKNOWN, SPOKEN], NO_FILING_KNOWN)
    by_reason = left.assign(why=why).groupby(["firm", "why"], as_index=False)
    table = by_reason.agg(periods=("fiscal_year", lambda years: ", ".join(sorted(set(years)))))
    return table.sort_values(["firm", "periods"])[["firm", "periods", "why"]].reset_index(drop=True)
