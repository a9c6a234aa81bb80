"""What is known of US chips sold to Huawei: suppliers' disclosures, the circulating claims, Gartner's total of all suppliers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.sales import huawei
from analysis.sales.estimate import periods, revenue
from analysis.sales.estimate.observations import GRADE_SD, PART_YEAR_SD, SPREAD_SD

YEARS = np.arange(2016, 2025)
IMPLIED_SD = 0.15  # judged: a rounded share times a total of a neighbouring period
REMARK_SD = 0.30  # judged: "about 2.6%" from a data vendor, contradicted elsewhere
CLAIM_SD = {"B": 0.07, "C": 0.15}  # judged: "about 11", "more than 14", an unaudited statement
# Which years a claim speaks of: the newspaper gives none and stands between the company's figures for 2018 and 2019.
CLAIM_YEARS = {"H003": (2018,), "H008": (2018, 2019), "H006": (2019,)}


@dataclass(frozen=True)
class HuaweiObservations:
    """Suppliers' sales to Huawei (rows with weights on YEARS), claims (rows), Gartner's series (rows), supplier names."""

    suppliers: pd.DataFrame
    supplier_weights: np.ndarray
    claims: pd.DataFrame
    claim_weights: np.ndarray
    gartner: pd.DataFrame
    firms: tuple[str, ...]


def build(
    filings: pd.DataFrame, facts: pd.DataFrame, oem: pd.DataFrame, quarterly: pd.DataFrame | None = None
) -> HuaweiObservations:
    """Observations from company_filings, huawei_facts and oem_demand; chips only, patent settlements and storage left out."""
    rows = _suppliers(filings, facts, quarterly)
    weights = np.array([periods.year_weights(e, m, YEARS) for e, m in zip(rows["end"], rows["months"], strict=True)])
    keep = weights.sum(axis=1) >= 0.7 * rows["months"].to_numpy() / 12
    rows, weights = rows[keep].reset_index(drop=True), weights[keep]
    claims = pd.DataFrame(
        [
            {
                "fact_id": i,
                "usd_m": float(huawei.fact(facts, i)["value"]) * 1000,
                "sd": CLAIM_SD.get(huawei.fact(facts, i)["grade"], 0.2),
                "definition": huawei.PROCUREMENT[i][1],
            }
            for i in CLAIM_YEARS
        ]
    )
    claim_weights = np.array([[(y in years) / len(years) for y in YEARS] for years in CLAIM_YEARS.values()])
    series = huawei.gartner_series(oem, facts)
    series = series[series["latest"] & series["year"].isin(YEARS)]
    return HuaweiObservations(rows, weights, claims, claim_weights, series.reset_index(drop=True), tuple(sorted(set(rows["firm"]))))


def _suppliers(filings: pd.DataFrame, facts: pd.DataFrame, quarterly: pd.DataFrame | None) -> pd.DataFrame:
    table = huawei.supplier_disclosures(filings[~filings["period_type"].str.startswith("partial_upper")])
    table = table[table["scope"] == "chips"]
    chips = filings[filings["industry_segment"] == "chips"].copy()
    usual = {firm: periods.typical_end_month(group["fiscal_year_end"]) for firm, group in chips.groupby("firm")}
    ends = [
        periods.year_end(label, end, usual[firm])
        for firm, label, end in zip(chips["firm"], chips["fiscal_year"], chips["fiscal_year_end"], strict=True)
    ]
    chips["end"] = pd.to_datetime(pd.Series(ends, index=chips.index))
    own = revenue.build(
        revenue.totals(chips, quarterly), tuple(sorted(usual)), int(YEARS[0]) - 2, int(YEARS[-1]) + 1, pd.Series(dtype=float)
    )
    rows = []
    for row in table.to_dict("records"):
        months = periods.months_long(row["period"])
        end = periods.year_end(row["period"], row["fiscal_year_end"], usual[row["firm"]])
        value, sd = row["revenue_usd_m"], GRADE_SD[row["grade"]]
        if not np.isfinite(value) and end is not None:
            sold = own.of(row["firm"], periods.months_of(end, months)).sum()
            value, sd = row["share_pct"] / 100 * sold, float(np.hypot(sd, IMPLIED_SD))
        if end is not None and np.isfinite(value):
            rows.append(
                {
                    "firm": row["firm"],
                    "period": row["period"],
                    "end": end,
                    "months": months,
                    "usd_m": value,
                    "sd": sd,
                    "grade": row["grade"],
                    "source_id": row["source_id"],
                }
            )
    rows += _vendor_share(facts, own)
    table = _one_a_period(pd.DataFrame(rows))
    table["sd"] = np.sqrt(table["sd"] ** 2 + SPREAD_SD**2 + np.where(table["months"] < 12, PART_YEAR_SD, 0.0) ** 2)
    return table


def _vendor_share(facts: pd.DataFrame, own: revenue.Revenue) -> list[dict]:
    """Qualcomm's Huawei share as a data vendor gave it for 2019; one figure for the largest mobile supplier before the rule."""
    rows = facts[(facts["topic"] == "supplier_exposure") & (facts["entity"] == "Qualcomm") & facts["value"].notna()]
    found = []
    for row in rows.to_dict("records"):
        # The vendor's years are calendar years.
        end = periods.year_end(str(row["period"]), pd.NaT, 12)
        if end is not None and "Qualcomm" in own.firms:
            found.append(
                {
                    "firm": "Qualcomm",
                    "period": str(row["period"]),
                    "end": end,
                    "months": 12,
                    "grade": row["grade"],
                    "usd_m": row["value"] / 100 * own.of("Qualcomm", periods.months_of(end, 12)).sum(),
                    "sd": REMARK_SD,
                    "source_id": row["source_id"],
                }
            )
    return found


def _one_a_period(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a supplier and period: conflicting figures become their geometric mean, half the gap joins the sd; parts drop out."""
    last = rows["end"].map(periods.last_month)
    first = last - rows["months"] + 1
    inside = [
        (
            (rows["firm"] == rows.at[i, "firm"]) & (first <= first[i]) & (last >= last[i]) & (rows["months"] > rows.at[i, "months"])
        ).any()
        for i in rows.index
    ]
    merged = []
    for _, group in rows[[not x for x in inside]].groupby(["firm", "end", "months"], sort=True):
        row, logs = group.iloc[0].copy(), np.log(group["usd_m"])
        row["usd_m"] = float(np.exp(logs.mean()))
        row["sd"] = float(np.hypot(group["sd"].min(), (logs.max() - logs.min()) / 2))
        merged.append(row)
    return pd.DataFrame(merged).reset_index(drop=True)
