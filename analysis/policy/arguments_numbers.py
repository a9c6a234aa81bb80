"""The numbers that only the arguments need: licence outcomes, shares, teardowns. Each recorded once, each from one table."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.data.newest import period_end
from analysis.policy import market_response, markets_numbers, rules_numbers, uncertainty
from analysis.policy.arguments import NumberBook, tested_share
from analysis.policy.reversals import tightening_actions
from analysis.policy.spells import limbo_spells
from analysis.registry.numbers import Number

TABLES = (
    "export_licences", "huawei_facts", "company_filings", "us_industry", "policy_events", "reversals", "milestones",
    "event_study_car", "uncertainty_monthly",
)  # fmt: skip
SECOND_TERM = pd.Timestamp(2025, 1, 20)
HEARING_MONTHS = "2020-11-09/2021-04-20"  # the period whose licence figures a congressional committee released


def record_arguments(page, tables: Mapping[str, pd.DataFrame]) -> None:
    """Record every `arguments.*` number; `tables` by name as `load_table` gives them, `page` anything with `number`."""
    _licences(page, tables["export_licences"], tables["huawei_facts"])
    _firms(page, tables["company_filings"], tables["huawei_facts"])
    _industry(page, tables["us_industry"])
    _policy(page, tables["policy_events"], tables["reversals"])


def record_counts(page, arguments: pd.DataFrame, tests: pd.DataFrame) -> None:
    """How many arguments there are, and for how many at least one number decides something."""
    decided, total = tested_share(tests)
    newest = f"{arguments['stated_on'].map(period_end).max():%Y-%m-%d}"
    common = {"unit": "count", "as_of": newest, "sources": tuple(dict.fromkeys(arguments["source_id"]))}
    page.number("arguments.count", total, label="Arguments collected", cls="derived", method="Count", **common)
    page.number("arguments.tested", decided, label="Arguments with at least one number for or against", cls="judged",
                method="Count of arguments with a bearing of for or against", **common)  # fmt: skip


def argument_registry(page, tables: Mapping[str, pd.DataFrame], as_of: str) -> dict[str, Number]:
    """Every number the arguments point at: those of this chapter, published on `page`, and those of the two chapters before.

    The chapters on the rules and on prices publish theirs themselves; here they are worked out again from the same tables, so
    that their values can be shown.
    """
    record_arguments(page, tables)
    book = NumberBook("arguments")
    record_arguments(book, tables)
    events, reversals, car = tables["policy_events"], tables["reversals"], tables["event_study_car"]
    spells = limbo_spells(events)
    rules_numbers.record_limbo_days(book, spells, 2016, pd.Timestamp(as_of).year, as_of)
    rules_numbers.record_open_files(book, spells)
    rules_numbers.record_slippage(book, tables["milestones"], events)
    rules_numbers.record_reversals(book, events, reversals)
    markets_numbers.record_listing_day(book, car)
    markets_numbers.record_nulls(book, car, market_response.multiple_testing(car))
    series = uncertainty.monthly_table(tables["uncertainty_monthly"])
    markets_numbers.record_uncertainty(book, series, uncertainty.regressions(series), uncertainty.specification_curve(series),
                                       tuple(dict.fromkeys(tables["uncertainty_monthly"]["source_id"])))  # fmt: skip
    return book


def _licences(page, licences: pd.DataFrame, facts: pd.DataFrame) -> None:
    rows = licences[licences["period"] == HEARING_MONTHS].set_index("series_id")
    value = rows["value"]
    considered = value["LIC_HW_CONSIDERED"] + value["LIC_SMIC_CONSIDERED"]
    approved = value["LIC_HW_APPROVED_N"] + value["LIC_SMIC_APPROVED_N"]
    denied = value["LIC_HW_DENIED_N"] + value["LIC_SMIC_DENIED_N"]
    returned = value["LIC_HW_RWA_N"] + value["LIC_SMIC_RWA_N"]
    dollars = (value["LIC_HW_APPROVED_V"] + value["LIC_SMIC_APPROVED_V"]) / 1e9
    common = {"as_of": "2021-04-20", "sources": tuple(dict.fromkeys(rows["source_id"])), "cls": "derived"}
    share = {"unit": "%", "digits": 1}
    page.number(
        "arguments.licences.denied_share",
        100 * denied / considered,
        **common,
        **share,
        label="Huawei and SMIC applications denied, November 2020 to April 2021",
        method="Denied ÷ considered",
    )
    page.number(
        "arguments.licences.not_approved_share",
        100 * (1 - approved / considered),
        **common,
        **share,
        label="Huawei and SMIC applications not approved, November 2020 to April 2021",
        method="1 − approved ÷ considered; denied, returned without action, or without a stated outcome",
    )
    page.number(
        "arguments.licences.return_gap",
        100 * approved * (1 / (approved + denied) - 1 / (approved + denied + returned)),
        **common,
        unit="pp",
        digits=1,
        label="Approval rate of Huawei and SMIC applications without minus with returned ones",
        method="Approved ÷ (approved + denied) − approved ÷ (approved + denied + returned)",
    )
    page.number(
        "arguments.licences.approved_usd_bn",
        dollars,
        **common,
        unit="USD bn",
        digits=1,
        label="Value on approved Huawei and SMIC licences, November 2020 to April 2021 (permissions, not sales)",
        method="Sum of the applicants' estimates; never added to sales",
    )
    for firm, key in (("HW", "huawei"), ("SMIC", "smic")):
        page.number(
            f"arguments.licences.{key}_approved_share",
            100 * value[f"LIC_{firm}_APPROVED_N"] / value[f"LIC_{firm}_CONSIDERED"],
            **common,
            **share,
            label=f"{'Huawei' if firm == 'HW' else 'SMIC'} applications approved, November 2020 to April 2021",
            method="Approved ÷ considered",
        )
    days = licences[(licences["series_id"] == "LIC_CN_DAYS") & (licences["period"] == "FY2022")].iloc[0]
    page.number(
        "arguments.licences.days_china",
        days["value"],
        unit="days",
        cls="reported",
        as_of="2022-09-30",
        sources=(days["source_id"],),
        label="Average processing time of licence applications for China, fiscal 2022",
        method="As stated in testimony",
    )
    for id, fact_id, unit, digits, as_of, label in (
        ("arguments.licences.used_share", "H095", "%", 0, "2021-10-21", "Share of approved licences actually used, 'about half'"),
        ("arguments.licences.days_all", "H102", "days", 0, "2023-09-30", "Average processing time, all destinations, fiscal 2023"),
        ("arguments.licences.pending_2021", "H091", "count", 0, "2021-01-15", "Huawei applications pending in January 2021"),
        (
            "arguments.licences.applications_2019",
            "H085",
            "count",
            0,
            "2019-11-19",
            "Huawei applications received by 19 November 2019",
        ),
    ):
        fact = _fact(facts, fact_id)
        page.number(
            id,
            fact["value"] * (100 if unit == "%" else 1),
            unit=unit,
            digits=digits,
            cls="reported",
            as_of=as_of,
            sources=(fact["source_id"],),
            label=label,
            method=f"As reported: {fact['value_text']} {fact['unit']}",
        )


def _firms(page, filings: pd.DataFrame, facts: pd.DataFrame) -> None:
    for year in (2023, 2024):
        row = _annual(filings, "LRCX", year)
        page.number(
            f"arguments.lam.china_share_fy{year}",
            row["china_share_pct"],
            unit="%",
            digits=1,
            cls="reported",
            as_of=f"{row['fiscal_year_end']:%Y-%m-%d}",
            sources=(row["source_id"],),
            method="As filed, by place of the facility",
            label=f"China's share of Lam Research's revenue, fiscal {year}",
        )
    for year in (2024, 2026):
        row = _annual(filings, "NVDA", year)
        page.number(
            f"arguments.nvidia.china_share_fy{year}",
            100 * row["china_hq_revenue_usd_m"] / row["total_revenue_usd_m"],
            unit="%",
            digits=1,
            cls="derived",
            as_of=f"{row['fiscal_year_end']:%Y-%m-%d}",
            sources=(row["source_id"],),
            label=f"Share of Nvidia's revenue from customers with head office in China, fiscal {year}",
            method="Revenue by headquarters of the customer ÷ total revenue",
        )
    cut, sales = _fact(facts, "H027"), _fact(facts, "H026")
    page.number(
        "arguments.broadcom.other_share",
        100 * (1 - sales["value"] / 1000 / cut["value"]),
        unit="%",
        cls="derived",
        as_of="2019-06-13",
        sources=tuple(dict.fromkeys([cut["source_id"], sales["source_id"]])),
        label="Share of Broadcom's 2019 guidance cut that was not Huawei",
        method="1 − Huawei sales ÷ guidance cut; takes the loss of all Huawei sales as the direct part",
    )
    for id, fact_id, as_of, label in (
        ("arguments.teardown.chinese_share_2020", "H076", "2020-12-31", "Chinese-made share of component cost, Huawei Mate 40 Pro"),
        ("arguments.teardown.chinese_share_2023", "H077", "2023-12-31", "Chinese-made share of component cost, Huawei Mate 60 Pro"),
        (
            "arguments.teardown.us_share_2019",
            "H072",
            "2019-12-31",
            "US-made share of component cost, a 2019 Huawei phone, 'about 1'",
        ),
    ):
        fact = _fact(facts, fact_id)
        page.number(
            id,
            fact["value"],
            unit="%",
            cls="reported" if fact["evidence"] == "seen" else "derived",
            as_of=as_of,
            sources=(fact["source_id"],),
            label=label,
            method=f"As reported by {fact['qualifier']}",
        )


def _industry(page, industry: pd.DataFrame) -> None:
    share = industry[industry["series_id"] == "USHQ_SHARE_WW"].set_index("period")
    newest, before = share.loc["2024"], share.loc["2019"]
    page.number(
        "arguments.us_share.2024",
        newest["value"],
        unit="%",
        digits=1,
        cls="reported",
        as_of="2024-12-31",
        sources=(newest["source_id"],),
        label="World share of US-headquartered chip firms, 2024",
        method="As published by the association",
    )
    page.number(
        "arguments.us_share.change",
        newest["value"] - before["value"],
        unit="pp",
        digits=1,
        cls="derived",
        as_of="2024-12-31",
        sources=(before["source_id"], newest["source_id"]),
        label="Change of the world share of US firms, 2019 to 2024",
        method="Difference of two published shares",
    )
    rd = industry[industry["series_id"] == "US_RD"].set_index("period")
    page.number(
        "arguments.rd.growth",
        100 * (rd.loc["2022", "value"] / rd.loc["2017", "value"] - 1),
        unit="%",
        cls="derived",
        as_of="2022-12-31",
        sources=tuple(dict.fromkeys(rd.loc[["2017", "2022"], "source_id"])),
        label="Growth of US industry research spending, 2017 to 2022, in current dollars",
        method="Ratio of two published figures",
    )


def _policy(page, events: pd.DataFrame, reversals: pd.DataFrame) -> None:
    actions = tightening_actions(events, reversals)
    term = actions[actions["date"] >= SECOND_TERM]
    known = f"{events['date'].max():%Y-%m-%d}"
    sources = tuple(dict.fromkeys(events.set_index("event_id").loc[term["event_id"], "source_id"]))
    page.number(
        "arguments.second_term.actions",
        len(term),
        unit="count",
        cls="derived",
        as_of=known,
        sources=sources,
        label="Tightening actions on the export side since 20 January 2025",
        method="Count in the policy file",
    )
    page.number(
        "arguments.second_term.standing",
        int((~term["undone"]).sum()),
        unit="count",
        cls="judged",
        as_of=known,
        sources=sources,
        label="Of these still standing when the file was last seen",
        method="Not undone in effect, by the coding of reversals",
    )
    chinese = events[(events["channel"] == "china") & (events["direction"] == "tighten") & (events["date"] >= "2023-01-01")]
    page.number(
        "arguments.chinese_measures",
        len(chinese),
        unit="count",
        cls="derived",
        as_of=known,
        sources=tuple(dict.fromkeys(chinese["source_id"])),
        label="Chinese tightening measures since 2023",
        method="Count of Chinese tightening events in the policy file",
    )


def _fact(facts: pd.DataFrame, fact_id: str) -> pd.Series:
    return facts.set_index("fact_id").loc[fact_id]


def _annual(filings: pd.DataFrame, ticker: str, year: int) -> pd.Series:
    rows = filings[(filings["ticker"] == ticker) & (filings["fiscal_year"] == f"FY{year}") & (filings["period_type"] == "annual")]
    return rows.iloc[0]
