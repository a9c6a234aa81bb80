"""The numbers of the chapter on Huawei; what they are called stands in `book/numbers/huawei.yml`."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.data.named import named
from analysis.data.vocabulary import CLASS_OF_EVIDENCE
from analysis.registry.facts import record_facts
from analysis.registry.quantity import Quantity
from analysis.registry.recorder import Recorder
from analysis.registry.words import slug
from analysis.sales import huawei

OUTCOMES = {"approved": "approved", "returned": "returned without action", "denied": "denied"}
HEARING_END = "2021-04-20"


def record(page: Recorder, tables: Mapping[str, pd.DataFrame]) -> None:
    """Record every number of the chapter on `page`."""
    record_stated(page, tables["huawei_facts"])
    record_gartner(page, tables["oem_demand"], tables["huawei_facts"])
    record_suppliers(page, tables["company_filings"])
    record_arithmetic(page, tables)
    record_licences(page, tables["export_licences"], tables["huawei_facts"])


def record_stated(page: Recorder, facts: pd.DataFrame) -> None:
    """Figures stated by the company, the press or officials, as they stand, and the US part of what the company bought."""
    record_facts(page, facts)
    total, us = named(facts, "purchases_2018"), named(facts, "company_2018")
    page.record("huawei.procurement.us_share.2018", Quantity(
        100 * us["value"] / total["value"], "2018-12-31", (us["source_id"], total["source_id"])))


def record_gartner(page: Recorder, oem: pd.DataFrame, facts: pd.DataFrame) -> None:
    """Chip spending by year from the newest release that has it, changes within releases, the revision of 2020."""
    series = huawei.gartner_series(oem, facts)
    for year in sorted(series["year"].unique()):
        found = huawei.gartner(series, int(year))
        page.record("huawei.gartner.chip_spending.{year}", Quantity(found.value, f"{year}-12-31", found.sources, words={
            "what": found.label}), year=year, release=found.vintage[1:])
    for row in huawei.changes_within_vintage(series).to_dict("records"):
        both = (huawei.gartner(series, row[year], row["vintage"]) for year in ("from_year", "to_year"))
        sources = tuple(dict.fromkeys(source for measure in both for source in measure.sources))
        page.record("huawei.gartner.change.{year}", Quantity(row["change_pct"], f"{row['to_year']}-12-31", sources),
                    year=row["to_year"], before=row["from_year"], release=row["vintage"][1:])
    growth = oem[(oem["series_id"] == "GARTNER_GROWTH_v2020") & (oem["geography"] == "Huawei") & (oem["period"] == "2019")].iloc[0]
    page.record("huawei.gartner.change.2019", Quantity(growth["value"], "2019-12-31", (growth["source_id"],)))
    first = huawei.gartner(series, 2020, "v2021")
    page.record("huawei.gartner.first_print.2020", Quantity(first.value, "2020-12-31", first.sources, words={"what": first.label}))


def record_suppliers(page: Recorder, filings: pd.DataFrame) -> None:
    """The largest disclosed Huawei share of each chip supplier, and Broadcom's dollars."""
    table = huawei.supplier_disclosures(filings)
    chips = table[table["scope"] == "chips"]
    shares = chips[chips["share_pct"].notna()].drop_duplicates("firm")
    dollars = chips[chips["revenue_usd_m"].notna()].sort_values("revenue_usd_m").drop_duplicates("firm", keep="last")
    for family, column, rows in (("share", "share_pct", shares), ("revenue", "revenue_usd_m", dollars)):
        for row in rows.to_dict("records"):
            cls = CLASS_OF_EVIDENCE[row["evidence"]]
            page.record(f"huawei.supplier_{family}.{{firm}}", Quantity(row[column], _as_of(row), (row["source_id"],), cls=cls),
                        firm=slug(row["firm"]), name=row["firm"], period=row["period"])
    for row in table[table["scope"] == "patent licences"].to_dict("records"):
        page.record("huawei.patent_back_pay.qualcomm", Quantity(row["revenue_usd_m"], _as_of(row), (row["source_id"],)))


def record_arithmetic(page: Recorder, tables: Mapping[str, pd.DataFrame]) -> None:
    """Whether the newspaper's figure can be chips: beside Gartner's total, and beside what suppliers disclosed."""
    facts, filings = tables["huawei_facts"], tables["company_filings"]
    claim, day = named(facts, "newspaper"), "2019-12-31"
    spending = huawei.gartner(huawei.gartner_series(tables["oem_demand"], facts), 2019)
    disclosed, outside = huawei.disclosed_dollars(filings), huawei.third_party_dollars(facts, filings)
    total, sources = disclosed["usd_bn"].sum(), tuple(dict.fromkeys(disclosed["sources"].explode()))
    page.record("huawei.newspaper_over_gartner.2019", Quantity(
        100 * claim["value"] / spending.value, day, (claim["source_id"], *spending.sources)))
    page.record("huawei.disclosed.total", Quantity(total, day, sources))
    page.record("huawei.disclosed.firms", Quantity(len(disclosed), day, sources), names=", ".join(disclosed["firm"]))
    page.record("huawei.disclosed.gap", Quantity(claim["value"] - total, day, (*sources, claim["source_id"])))
    page.record("huawei.third_party.intel_qualcomm", Quantity(
        outside["usd_bn"].sum(), day, tuple(dict.fromkeys(outside["sources"].explode()))))


def record_licences(page: Recorder, table: pd.DataFrame, facts: pd.DataFrame) -> None:
    """Licence outcomes, November 2020 to April 2021: permissions, never sales."""
    outcomes = huawei.licences(table).set_index("outcome")
    further, revenue = named(facts, "licences_unprocessed_2021"), named(facts, "huawei_revenue_2019")
    page.record("huawei.licences.further_over_revenue", Quantity(
        further["value"] / revenue["value"], "2021-01-31", (further["source_id"], revenue["source_id"])))
    sources = (table.loc[table["series_id"] == "LIC_HW_APPROVED_V", "source_id"].iloc[0],)

    def released(pattern: str, value: float, **words: str) -> None:
        page.record(f"huawei.licences.{pattern}", Quantity(value, HEARING_END, sources), **words)

    for key, outcome in OUTCOMES.items():
        released("{outcome}", outcomes.loc[outcome, "applications"], outcome=key, stated_as=outcome)
        released("{outcome}_value", outcomes.loc[outcome, "value_usd_bn"], outcome=key, stated_as=outcome)
    released("considered", outcomes["applications"].sum())
    released("not_listed", outcomes.loc["outcome not listed", "applications"])
    decided = outcomes.loc[list(OUTCOMES.values()), "applications"].sum()
    released("approval_share", 100 * outcomes.loc["approved", "applications"] / decided)


def _as_of(row: Mapping) -> str:
    end = row["fiscal_year_end"]
    return str(end.date()) if pd.notna(end) else "2019-12-31"
