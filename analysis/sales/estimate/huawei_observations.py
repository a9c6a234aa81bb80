"""What is known of US chips sold to Huawei: suppliers' disclosures, who left and who had a licence, all suppliers' chips.

The newspaper's figure and the company's own are not here: they are judged by the estimate, so they are no evidence for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.sales import huawei
from analysis.sales.estimate import periods
from analysis.sales.estimate.observations import Observations, dated, totals
from analysis.sales.estimate.revenue import build as build_revenue

GRADE_SD = {"A": 0.03, "B": 0.06, "C": 0.12}
IMPLIED_SD = 0.15  # judged: a share of revenue that no printed figure covers
REMARK_SD = 0.40  # judged: "about 2.6%" from a data vendor, contradicted elsewhere
OTHERS = "others"
FIRST_STATE = pd.Period("2020Q4", "Q")  # first quarter wholly after the foreign-product rule took effect (15 September 2020)
LAST_LICENCE = pd.Period("2024Q2", "Q")  # licences of Intel and Qualcomm revoked on 7 May 2024
HALTED = ("Micron", "Analog Devices", "AMD")  # shipments halted in September 2020; to zero by the quarter's end; denied a licence
LICENSED = ("Qualcomm", "Intel")  # 4G chips from November 2020; processors for laptops


@dataclass(frozen=True)
class HuaweiObservations:
    """Suppliers' sales to Huawei (`suppliers`: place among the panel's firms, `at_quarter` months of each quarter over three),
    `bounds` of the same form, Huawei's spending on all chips by release (`spending`: year, vintage, log value) and its growth
    within
    a release (`growth`), and `states` (firms and others, quarters, 3): under licence, left, nobody has said."""

    suppliers: pd.DataFrame
    at_quarter: np.ndarray
    spending: pd.DataFrame
    growth: pd.DataFrame
    states: np.ndarray


def build(
    filings: pd.DataFrame,
    firms_table: pd.DataFrame,
    facts: pd.DataFrame,
    oem: pd.DataFrame,
    panel: Observations,
    quarterly: pd.DataFrame | None = None,
) -> HuaweiObservations:
    """Observations from company_filings, huawei_facts and oem_demand; chips only, patent settlements and storage left out."""
    rows = disclosures(filings, firms_table, facts, panel, quarterly)
    inside = rows["firm"].isin(panel.firms)
    rows = rows[inside].reset_index(drop=True)
    start, n = int(panel.quarters[0][:4]), len(panel.quarters)
    at = [
        periods.by_quarter(m, np.ones(len(m)), start, n) / 3
        for m in (periods.months_of(e, int(k)) for e, k in zip(rows["end"], rows["months"], strict=True))
    ]
    keep = np.array([a.sum() * 3 >= 0.7 * m for a, m in zip(at, rows["months"], strict=True)], dtype=bool)
    series = huawei.gartner_series(oem, facts)
    series = series[series["year"].isin(panel.years)].reset_index(drop=True)
    # A release that gives one year only says nothing within itself.
    within = series.groupby("vintage")["year"].transform("size") > 1
    spending = series[within].assign(log_usd_m=lambda t: np.log(t["spending_usd_bn"] * 1000)).reset_index(drop=True)
    changes = oem[oem["series_id"].str.startswith("GARTNER_GROWTH_") & (oem["geography"] == "Huawei")]
    growth = pd.DataFrame({"year": changes["period"].astype(int), "log_change": np.log1p(changes["value"].astype(float) / 100)})
    return HuaweiObservations(
        rows[keep].reset_index(drop=True),
        np.array(at)[keep].reshape(-1, n),
        spending,
        growth.reset_index(drop=True),
        states(panel),
    )


def disclosures(
    filings: pd.DataFrame, firms_table: pd.DataFrame, facts: pd.DataFrame, panel: Observations, quarterly: pd.DataFrame | None
) -> pd.DataFrame:
    """Every disclosure in dollars: firm, period, end, months, usd_m, sd, bound (True: at most), grade, source_id.

    A share is multiplied by the firm's revenue of exactly the months it speaks of.
    """
    chips = dated(filings[filings["industry_segment"] == "chips"], firms_table)
    names = tuple(sorted(chips["firm"].unique()))
    start, last = int(panel.quarters[0][:4]), int(panel.quarters[-1][:4])
    revenue = build_revenue(totals(chips, quarterly), names, start, last, pd.Series(dtype=float))
    table = chips[
        (chips["huawei_share_pct_of_revenue"].notna() | chips["huawei_revenue_usd_m"].notna())
        & (chips["includes"] != "licences only")
    ]
    rows = []
    for row in table[table["end"].notna()].to_dict("records"):
        months = periods.months_of(row["end"], int(row["months"]))
        rows.append(
            _row(
                row["firm"],
                row["fiscal_year"],
                row["end"],
                int(row["months"]),
                row["huawei_revenue_usd_m"],
                row["huawei_share_pct_of_revenue"],
                revenue,
                months,
                row["grade"],
                row["stated_as"] == "bound",
                row["source_id"],
            )
        )
    vendor = facts[
        (facts["topic"] == "supplier_exposure") & facts["entity"].isin(("Qualcomm", "Intel")) & (facts["unit"] == "% of revenue")
    ]
    for row in vendor[vendor["value"].notna()].to_dict("records"):
        months = np.arange(2019 * 12, 2020 * 12)
        found = _row(
            row["entity"],
            str(row["period"]),
            pd.Timestamp("2019-12-31"),
            12,
            np.nan,
            row["value"],
            revenue,
            months,
            row["grade"],
            row["value_kind"] == "less_than",
            row["source_id"],
        )
        rows.append(found | {"sd": REMARK_SD})
    found = pd.DataFrame([r for r in rows if np.isfinite(r["usd_m"]) and r["usd_m"] > 0])
    return _one_a_period(found)


def _row(firm, period, end, months, dollars, share, revenue, covered, grade, bound, source_id) -> dict:
    sd = GRADE_SD[grade]
    if not np.isfinite(dollars):
        own = revenue.of(firm, covered)
        at = covered - revenue.first_year * 12
        known = revenue.known[revenue.firms.index(firm), np.clip(at, 0, revenue.known.shape[1] - 1)].all() and (at >= 0).all()
        dollars = share / 100 * own.sum()
        sd = float(np.hypot(np.hypot(sd, 0.5 / share / np.sqrt(3)), 0.0 if known else IMPLIED_SD))
    return {
        "firm": firm,
        "period": period,
        "end": end,
        "months": months,
        "usd_m": float(dollars),
        "sd": sd,
        "bound": bool(bound),
        "grade": grade,
        "source_id": source_id,
    }


def states(panel: Observations) -> np.ndarray:
    """By supplier (the panel's firms, then the others) and quarter: part under licence, part after an exit, part unknown."""
    found = np.zeros((len(panel.firms) + 1, len(panel.quarters), 3))
    for q, label in enumerate(panel.quarters):
        quarter = pd.Period(label, "Q")
        if quarter < FIRST_STATE:
            continue
        for f, firm in enumerate((*panel.firms, OTHERS)):
            licensed = firm in LICENSED and quarter <= LAST_LICENCE
            left = firm in HALTED or (firm in LICENSED and not licensed)
            found[f, q] = (licensed, left, not (licensed or left))
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
