"""The numbers of the chapter on Huawei, each recorded once with its method and sources."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.sales import huawei

# fact id → (number id, label, unit, digits, end of the period it speaks of)
FACTS = {
    "H001": ("huawei.procurement.total.2018", "Huawei's purchases from all suppliers, 2018", "USD bn", 0, "2018-12-31"),
    "H003": ("huawei.procurement.us.2018", "Huawei's purchases from US firms, 2018, company figure", "USD bn", 0, "2018-12-31"),
    "H008": (
        "huawei.procurement.newspaper.2019",
        "US firms' yearly sales of chips and other components to Huawei, newspaper of late 2019 ('more than')",
        "USD bn",
        0,
        "2019-11-27",
    ),
    "H006": (
        "huawei.procurement.us.2019",
        "Huawei's purchases of goods and services from US firms, 2019, company claim",
        "USD bn",
        1,
        "2019-12-31",
    ),
    "H015": ("huawei.core_suppliers.2018", "Huawei's core suppliers named in 2018", "count", 0, "2018-12-31"),
    "H016": ("huawei.core_suppliers_us.2018", "of which from the United States", "count", 0, "2018-12-31"),
    "H027": ("huawei.broadcom.guidance_cut", "Broadcom's cut of its revenue guidance, June 2019", "USD bn", 1, "2019-06-30"),
    "H025": ("huawei.micron.quarter_loss", "Micron's sales lost to the listing in one quarter", "USD m", 0, "2019-05-30"),
    "H069": ("huawei.teardown.p30_us", "US-made share of the parts' cost of a P30 Pro", "%", 0, "2019-12-31"),
    "H072": ("huawei.teardown.mate30_us", "US-made share of the parts' cost of a Mate 30 5G", "%", 0, "2019-12-31"),
    "H092": ("huawei.licences.further", "Licence applications not yet processed, January 2021, value", "USD bn", 0, "2021-01-31"),
}


def record(page, tables: Mapping[str, pd.DataFrame]) -> None:
    """Record every number of the chapter on `page`."""
    record_facts(page, tables["huawei_facts"])
    record_gartner(page, tables["oem_demand"], tables["huawei_facts"])
    record_suppliers(page, tables["company_filings"])
    record_arithmetic(page, tables)
    record_licences(page, tables["export_licences"], tables["huawei_facts"])


def record_facts(page, facts: pd.DataFrame) -> None:
    """Figures stated by the company, the press or officials, as they stand."""
    for fact_id, (number_id, label, unit, digits, as_of) in FACTS.items():
        row = huawei.fact(facts, fact_id)
        page.number(
            number_id,
            row["value"],
            label=label,
            unit=unit,
            cls="reported",
            as_of=as_of,
            digits=digits,
            method=f"As stated ({row['qualifier']}): {row['definition'] or row['metric']}",
            sources=[row["source_id"]],
            figure="huawei-three-figures" if fact_id in huawei.PROCUREMENT else None,
        )
    total, us = huawei.fact(facts, "H001"), huawei.fact(facts, "H003")
    page.number(
        "huawei.procurement.us_share.2018",
        100 * us["value"] / total["value"],
        unit="%",
        cls="derived",
        digits=0,
        label="US firms' part of Huawei's purchases, 2018, company figures",
        as_of="2018-12-31",
        method="Purchases from US firms over purchases from all suppliers",
        sources=[us["source_id"], total["source_id"]],
    )


def record_gartner(page, oem: pd.DataFrame, facts: pd.DataFrame) -> None:
    """Chip spending by year from the newest release that has it, changes within releases, the revision of 2020."""
    series = huawei.gartner_series(oem, facts)
    for year in sorted(series["year"].unique()):
        found = huawei.gartner(series, int(year))
        page.number(
            f"huawei.gartner.chip_spending.{year}",
            found.value,
            label=f"{found.label}, {year}",
            unit="USD bn",
            cls="reported",
            as_of=f"{year}-12-31",
            digits=1,
            sources=found.sources,
            figure="huawei-gartner",
            method=f"Chips of all suppliers designed into Huawei's products; release {found.vintage[1:]}, the newest with the year",
        )
    for row in huawei.changes_within_vintage(series).to_dict("records"):
        page.number(
            f"huawei.gartner.change.{row['to_year']}",
            row["change_pct"],
            unit="%",
            cls="derived",
            digits=0,
            label=f"Change of Huawei's chip spending, {row['from_year']} to {row['to_year']}, release {row['vintage'][1:]}",
            as_of=f"{row['to_year']}-12-31",
            sources=[_source(series, row["vintage"])],
            figure="huawei-gartner",
            method="Both years from one release",
        )
    growth = oem[(oem["series_id"] == "GARTNER_GROWTH_v2020") & (oem["geography"] == "Huawei") & (oem["period"] == "2019")].iloc[0]
    page.number(
        "huawei.gartner.change.2019",
        growth["value"],
        unit="%",
        cls="reported",
        digits=1,
        label="Change of Huawei's chip spending, 2018 to 2019, release 2020",
        as_of="2019-12-31",
        sources=[growth["source_id"]],
        method="As printed in the release of 2020, which gives no dollars",
    )
    first = huawei.gartner(series, 2020, "v2021")
    page.number(
        "huawei.gartner.first_print.2020",
        first.value,
        label=f"{first.label}, 2020, first printed",
        unit="USD bn",
        cls="reported",
        as_of="2020-12-31",
        digits=1,
        sources=first.sources,
        figure="huawei-gartner-restated",
        method="Release of February 2021, later restated",
    )


def record_suppliers(page, filings: pd.DataFrame) -> None:
    """The largest disclosed Huawei share of each chip supplier, and Broadcom's dollars."""
    table = huawei.supplier_disclosures(filings)
    chips = table[(table["scope"] == "chips") & table["share_pct"].notna()]
    for row in chips.drop_duplicates("firm").to_dict("records"):
        page.number(
            f"huawei.supplier_share.{_slug(row['firm'])}",
            row["share_pct"],
            unit="%",
            digits=0,
            as_of=_as_of(row),
            cls="reported" if row["evidence"] == "seen" else "derived",
            sources=[row["source_id"]],
            label=f"{row['firm']}, Huawei's share of revenue, {row['period']}",
            figure="huawei-suppliers",
            method="As the supplier or the press stated it; the highest disclosed period",
        )
    dollars = table[table["revenue_usd_m"].notna() & (table["scope"] == "chips")]
    for row in dollars.sort_values("revenue_usd_m").drop_duplicates("firm", keep="last").to_dict("records"):
        page.number(
            f"huawei.supplier_revenue.{_slug(row['firm'])}",
            row["revenue_usd_m"],
            unit="USD m",
            digits=0,
            as_of=_as_of(row),
            cls="reported" if row["evidence"] == "seen" else "derived",
            sources=[row["source_id"]],
            label=f"{row['firm']}, revenue from Huawei, {row['period']}",
            method="As stated",
            figure="huawei-suppliers",
        )
    back_pay = table[table["scope"] == "patent licences"]
    for row in back_pay.to_dict("records"):
        page.number(
            "huawei.patent_back_pay.qualcomm",
            row["revenue_usd_m"],
            unit="USD m",
            cls="reported",
            digits=0,
            as_of=_as_of(row),
            label="Qualcomm, patent back-pay from Huawei",
            method="A settlement, not chips",
            sources=[row["source_id"]],
        )


def record_arithmetic(page, tables: Mapping[str, pd.DataFrame]) -> None:
    """Whether the newspaper's figure can be chips: beside Gartner's total, and beside what suppliers disclosed."""
    facts, filings = tables["huawei_facts"], tables["company_filings"]
    claim = huawei.fact(facts, "H008")
    spending = huawei.gartner(huawei.gartner_series(tables["oem_demand"], facts), 2019)
    disclosed, outside = huawei.disclosed_dollars(filings), huawei.third_party_dollars(facts, filings)
    total = disclosed["usd_bn"].sum()
    common = {"cls": "derived", "as_of": "2019-12-31"}
    page.number(
        "huawei.newspaper_over_gartner.2019",
        100 * claim["value"] / spending.value,
        unit="%",
        digits=0,
        label="The newspaper's figure over Huawei's chip spending from all suppliers, 2019",
        method="The newspaper's 14 (no year given) over Gartner's 2019, newest release: what the US share would be if all were "
        "chips",
        sources=[claim["source_id"], *spending.sources],
        **common,
    )
    sources = list(dict.fromkeys(disclosed["source_id"]))
    page.number(
        "huawei.disclosed.total",
        total,
        unit="USD bn",
        digits=1,
        label="Disclosed yearly chip sales to Huawei, fiscal 2018 or 2019, one figure a supplier, added up",
        method="Dollars as stated, else the disclosed share times the fiscal year's revenue; errs on the high side. The fiscal "
        "years end in different months of 2018 and 2019, so the sum is an order of size, not the sales of one year",
        sources=sources,
        figure="huawei-disclosed",
        **common,
    )
    page.number(
        "huawei.disclosed.firms",
        len(disclosed),
        unit="count",
        label="Chip suppliers whose disclosures for fiscal 2018 and 2019 can be put in dollars",
        method=f"Count: {', '.join(disclosed['firm'])}",
        sources=sources,
        figure="huawei-disclosed",
        **common,
    )
    page.number(
        "huawei.disclosed.gap",
        claim["value"] - total,
        unit="USD bn",
        digits=1,
        label="What all other suppliers would have had to sell for the newspaper's figure to be chips",
        method="The newspaper's figure less the disclosed total, which adds fiscal years that end in different months",
        sources=[*sources, claim["source_id"]],
        figure="huawei-disclosed",
        **common,
    )
    page.number(
        "huawei.third_party.intel_qualcomm",
        outside["usd_bn"].sum(),
        unit="USD bn",
        digits=1,
        label="Third-party estimate of Intel's and Qualcomm's yearly sales to Huawei",
        method="A data vendor's shares as a blog quotes them (grade C, Intel's an upper bound) times revenue of fiscal 2019",
        sources=list(dict.fromkeys(outside["source_id"])),
        **common,
    )


def record_licences(page, table: pd.DataFrame, facts: pd.DataFrame) -> None:
    """Licence outcomes, November 2020 to April 2021: permissions, never sales."""
    outcomes = huawei.licences(table).set_index("outcome")
    used, further, revenue = (huawei.fact(facts, fact_id) for fact_id in ("H095", "H092", "H046"))
    page.number(
        "huawei.licences.used",
        100 * used["value"],
        unit="%",
        cls="reported",
        digits=0,
        label="Part of the approved Huawei and SMIC licences that was used, about",
        as_of="2021-12-31",
        method="As the Commerce Department stated it ('about half')",
        sources=[used["source_id"]],
    )
    page.number(
        "huawei.licences.further_over_revenue",
        further["value"] / revenue["value"],
        unit="multiple",
        cls="derived",
        digits=1,
        label="Value of the applications that waited in January 2021 over Huawei's revenue of 2019",
        as_of="2021-01-31",
        method="Value applied for over group revenue: shows that licence values are ceilings",
        sources=[further["source_id"], revenue["source_id"]],
    )
    source = [table.loc[table["series_id"] == "LIC_HW_APPROVED_V", "source_id"].iloc[0]]
    common = {"as_of": "2021-04-20", "sources": source, "figure": "huawei-licences"}
    for outcome, key in (("approved", "approved"), ("returned without action", "returned"), ("denied", "denied")):
        page.number(
            f"huawei.licences.{key}",
            outcomes.loc[outcome, "applications"],
            unit="count",
            cls="reported",
            label=f"Huawei licence applications {outcome}, November 2020 to April 2021",
            method="As released",
            **common,
        )
        page.number(
            f"huawei.licences.{key}_value",
            outcomes.loc[outcome, "value_usd_bn"],
            unit="USD bn",
            cls="reported",
            digits=1,
            label=f"Value of Huawei licence applications {outcome}: permission, not sales",
            method="Applicants' estimates of what would be permitted; about half of licences are used",
            **common,
        )
    page.number(
        "huawei.licences.considered",
        outcomes["applications"].sum(),
        unit="count",
        cls="reported",
        label="Huawei licence applications considered",
        method="As released",
        **common,
    )
    page.number(
        "huawei.licences.not_listed",
        outcomes.loc["outcome not listed", "applications"],
        unit="count",
        cls="derived",
        label="Applications considered whose outcome is not listed",
        method="Considered less the listed outcomes",
        **common,
    )
    decided = outcomes.loc[["approved", "returned without action", "denied"], "applications"].sum()
    page.number(
        "huawei.licences.approval_share",
        100 * outcomes.loc["approved", "applications"] / decided,
        unit="%",
        cls="derived",
        digits=1,
        label="Approved share of the listed outcomes",
        method="Approved over approved, returned and denied",
        **common,
    )


def _slug(firm: str) -> str:
    return firm.split(" (")[0].lower().replace(" ", "_")


def _as_of(row: dict) -> str:
    end = row["fiscal_year_end"]
    return str(end.date()) if pd.notna(end) else "2019-12-31"


def _source(series: pd.DataFrame, vintage: str) -> str:
    return series.loc[series["vintage"] == vintage, "source_id"].iloc[-1]
