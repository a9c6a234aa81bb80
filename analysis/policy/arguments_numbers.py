"""The numbers that only the arguments need: licence outcomes, shares, teardowns. Each is recorded once, from one table, with the
words of `book/numbers/arguments.yml`."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.data.named import named
from analysis.data.newest import period_end
from analysis.policy.arguments import tested_share
from analysis.policy.reversals import tightening_actions
from analysis.registry.facts import record_facts
from analysis.registry.quantity import Quantity
from analysis.registry.recorder import Recorder

TABLES = ("export_licences", "huawei_facts", "company_filings", "us_industry", "policy_events", "reversals")
SECOND_TERM = pd.Timestamp(2025, 1, 20)
HEARING_MONTHS = "2020-11-09/2021-04-20"  # the period whose licence figures a congressional committee released
HEARING_END = HEARING_MONTHS[-10:]


def record_arguments(page: Recorder, tables: Mapping[str, pd.DataFrame]) -> None:
    """Record every `arguments.*` number; `tables` by name as `load_table` gives them."""
    record_facts(page, tables["huawei_facts"])
    _licences(page, tables["export_licences"])
    _firms(page, tables["company_filings"], tables["huawei_facts"])
    _industry(page, tables["us_industry"])
    _policy(page, tables["policy_events"], tables["reversals"])


def record_counts(page: Recorder, arguments: pd.DataFrame, tests: pd.DataFrame) -> None:
    """How many arguments there are, and for how many at least one number decides something."""
    decided, total = tested_share(tests)
    newest = f"{arguments['stated_on'].map(period_end).max():%Y-%m-%d}"
    sources = tuple(dict.fromkeys(arguments["source_id"]))
    page.record("arguments.count", Quantity(total, newest, sources))
    page.record("arguments.tested", Quantity(decided, newest, sources))


def _licences(page: Recorder, licences: pd.DataFrame) -> None:
    rows = licences[licences["period"] == HEARING_MONTHS].set_index("series_id")
    value, sources = rows["value"], tuple(dict.fromkeys(rows["source_id"]))
    considered = value["LIC_HW_CONSIDERED"] + value["LIC_SMIC_CONSIDERED"]
    approved = value["LIC_HW_APPROVED_N"] + value["LIC_SMIC_APPROVED_N"]
    denied = value["LIC_HW_DENIED_N"] + value["LIC_SMIC_DENIED_N"]
    returned = value["LIC_HW_RWA_N"] + value["LIC_SMIC_RWA_N"]
    for key, quantity in {
        "denied_share": 100 * denied / considered,
        "not_approved_share": 100 * (1 - approved / considered),
        "return_gap": 100 * approved * (1 / (approved + denied) - 1 / (approved + denied + returned)),
        "approved_usd_bn": (value["LIC_HW_APPROVED_V"] + value["LIC_SMIC_APPROVED_V"]) / 1e9,
        "huawei_approved_share": 100 * value["LIC_HW_APPROVED_N"] / value["LIC_HW_CONSIDERED"],
        "smic_approved_share": 100 * value["LIC_SMIC_APPROVED_N"] / value["LIC_SMIC_CONSIDERED"],
    }.items():
        page.record(f"arguments.licences.{key}", Quantity(quantity, HEARING_END, sources))
    days = licences[(licences["series_id"] == "LIC_CN_DAYS") & (licences["period"] == "FY2022")].iloc[0]
    page.record("arguments.licences.days_china", Quantity(days["value"], "2022-09-30", (days["source_id"],)))


def _firms(page: Recorder, filings: pd.DataFrame, facts: pd.DataFrame) -> None:
    for year in (2023, 2024):
        row = _annual(filings, "LRCX", year)
        page.record("arguments.lam.china_share_fy{year}", _filed(row, row["china_share_pct"]), year=year)
    for year in (2024, 2026):
        row = _annual(filings, "NVDA", year)
        share = 100 * row["china_hq_revenue_usd_m"] / row["total_revenue_usd_m"]
        page.record("arguments.nvidia.china_share_fy{year}", _filed(row, share), year=year)
    cut, sales = named(facts, "broadcom_guidance_cut"), named(facts, "broadcom_huawei_2018")
    sources = tuple(dict.fromkeys([cut["source_id"], sales["source_id"]]))
    page.record("arguments.broadcom.other_share", Quantity(100 * (1 - sales["value"] / 1000 / cut["value"]), "2019-06-13", sources))


def _industry(page: Recorder, industry: pd.DataFrame) -> None:
    share = industry[industry["series_id"] == "USHQ_SHARE_WW"].set_index("period")
    newest, before = share.loc["2024"], share.loc["2019"]
    page.record("arguments.us_share.2024", Quantity(newest["value"], "2024-12-31", (newest["source_id"],)))
    page.record("arguments.us_share.change", Quantity(
        newest["value"] - before["value"], "2024-12-31", (before["source_id"], newest["source_id"])))
    rd = industry[industry["series_id"] == "US_RD"].set_index("period")
    page.record("arguments.rd.growth", Quantity(
        100 * (rd.loc["2022", "value"] / rd.loc["2017", "value"] - 1), "2022-12-31",
        tuple(dict.fromkeys(rd.loc[["2017", "2022"], "source_id"]))))


def _policy(page: Recorder, events: pd.DataFrame, reversals: pd.DataFrame) -> None:
    actions = tightening_actions(events, reversals)
    term = actions[actions["date"] >= SECOND_TERM]
    known = f"{events['date'].max():%Y-%m-%d}"
    sources = tuple(dict.fromkeys(events.set_index("event_id").loc[term["event_id"], "source_id"]))
    page.record("arguments.second_term.actions", Quantity(len(term), known, sources))
    page.record("arguments.second_term.standing", Quantity(int((~term["undone"]).sum()), known, sources))
    chinese = events[(events["channel"] == "china") & (events["direction"] == "tighten") & (events["date"] >= "2023-01-01")]
    page.record("arguments.chinese_measures", Quantity(len(chinese), known, tuple(dict.fromkeys(chinese["source_id"]))))


def _filed(row: pd.Series, value: float) -> Quantity:
    return Quantity(value, f"{row['fiscal_year_end']:%Y-%m-%d}", (row["source_id"],))


def _annual(filings: pd.DataFrame, ticker: str, year: int) -> pd.Series:
    rows = filings[(filings["ticker"] == ticker) & (filings["fiscal_year"] == f"FY{year}") & (filings["period_type"] == "annual")]
    return rows.iloc[0]
