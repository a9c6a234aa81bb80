"""How exposed each firm is: its reported China share by basis, its estimated share of revenue from Chinese firms, its Huawei share.

Shares on different bases stand in different columns and are never averaged. An empty cell means "not published".
"""

from __future__ import annotations

import pandas as pd

from analysis.sales import filings as lines
from analysis.sales import huawei

LEAST_MONTHS = 6   # of a period whose share can stand for a firm


def latest_shares(filings: pd.DataFrame, *, first_year: int, last_year: int) -> pd.DataFrame:
    """Each firm's newest China share on each basis between two calendar years: of a year, or of the half-year or more since.

    Columns: firm, scope, basis, fiscal_year, fiscal_year_end, calendar_year, share_pct, china_usd_m, hong_kong, grade, evidence,
    source_id.
    """
    table = lines.china_lines(filings)
    year = table["period_type"].isin(("annual", "calendar_year", "annual_year_assumed"))
    part = table["period_type"].isin(("half", "partial")) & (table["months"] >= LEAST_MONTHS)
    table = table[(year | part) & (table["taiwan"] == "excluded")]
    table = table[(table["calendar_year"] >= first_year) & (table["calendar_year"] <= last_year)]
    parts = []
    for basis in lines.BASES:
        if basis == "hq":
            rows = table[table["china_hq_revenue_usd_m"].notna()]
            value = rows["china_hq_revenue_usd_m"]
            share = 100 * value / rows["total_revenue_usd_m"]
        else:
            rows = table[table["basis_class"] == basis]
            value = rows["china_revenue_usd_m"]
            share = rows["china_share_pct"].fillna(100 * value / rows["total_revenue_usd_m"])
        parts.append(rows.assign(basis=basis, share_pct=share, china_usd_m=value))
    found = pd.concat(parts)
    found = (
        found[found["share_pct"].notna()]
        .sort_values("fiscal_year_end", kind="stable", na_position="first")
        .groupby(["firm", "basis"], as_index=False)
        .last()
    )
    columns = [
        "firm",
        "scope",
        "basis",
        "fiscal_year",
        "fiscal_year_end",
        "calendar_year",
        "share_pct",
        "china_usd_m",
        "hong_kong",
        "grade",
        "evidence",
        "source_id",
    ]
    return found[columns].sort_values(["scope", "share_pct"], ascending=[True, False]).reset_index(drop=True)


def exposure_table(filings: pd.DataFrame, *, first_year: int, last_year: int, estimate: pd.DataFrame | None = None) -> pd.DataFrame:
    """One row a firm: reported shares by basis with their fiscal years, highest disclosed Huawei share, grade, estimated share.

    `estimate` is the firm table of the reconciled estimate (columns firm, share_pct, share_low_pct, share_high_pct); without
    it only reported figures are shown.
    """
    shares = latest_shares(filings, first_year=first_year, last_year=last_year)
    grades = shares.groupby("firm").agg(scope=("scope", "first"), grade=("grade", "max"), source_id=("source_id", "last"))
    wide = shares.pivot(index="firm", columns="basis", values="share_pct").add_suffix("_share_pct")
    years = shares.pivot(index="firm", columns="basis", values="fiscal_year").add_suffix("_year")
    disclosed = huawei.supplier_disclosures(filings)
    disclosed = disclosed[disclosed["share_pct"].notna() & (disclosed["scope"] != "patent licences")]
    peak = disclosed.sort_values("share_pct").groupby("firm").last()[["share_pct", "period"]]
    peak.columns = ["huawei_share_pct", "huawei_period"]
    table = grades.join(wide).join(years).join(peak, how="outer")
    missing = table["scope"].isna()
    firm_scopes = filings.drop_duplicates("firm").set_index("firm")["industry_segment"].map(lines.SCOPES)
    table.loc[missing, "scope"] = firm_scopes.reindex(table.index[missing])
    if estimate is not None:
        table = table.join(estimate.set_index("firm")[["share_pct", "share_low_pct", "share_high_pct"]].add_prefix("estimated_"))
    return table.reset_index().sort_values(["scope", "firm"]).reset_index(drop=True)


def beside(filings: pd.DataFrame, scope: str) -> pd.DataFrame:
    """Reported annual China lines of firms outside the estimate (equipment, design software, storage, optical components).

    Columns: firm, fiscal_year, calendar_year, basis, china_usd_bn, share_pct, grade, evidence, source_id.
    """
    table = lines.china_lines(filings)
    table = table[(table["scope"] == scope) & table["period_type"].isin(("annual", "calendar_year"))]
    table = table[table["china_revenue_usd_m"].notna()].assign(china_usd_bn=lambda t: t["china_revenue_usd_m"] / 1000)
    share = table["china_share_pct"].fillna(100 * table["china_revenue_usd_m"] / table["total_revenue_usd_m"])
    columns = ["firm", "fiscal_year", "calendar_year", "basis_class", "china_usd_bn", "share_pct", "grade", "evidence", "source_id"]
    return (
        table.assign(share_pct=share)[columns]
        .rename(columns={"basis_class": "basis"})
        .sort_values(["firm", "calendar_year"])
        .reset_index(drop=True)
    )
