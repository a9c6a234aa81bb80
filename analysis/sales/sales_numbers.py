"""The numbers of the chapter on the four lenses; what they are called stands in `book/numbers/sales.yml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.data.vocabulary import CLASS_OF_EVIDENCE
from analysis.registry.quantity import Quantity
from analysis.registry.recorder import Recorder
from analysis.registry.words import slug
from analysis.sales import buyers, customs, errors, exposure, filings, industry
from analysis.sales.measures import change_pct, in_billions, ratio

CUSTOMS_YEARS = (2018, 2019, 2021, 2022)
LENS_YEARS = (2018, 2022, 2024)


def record(page: Recorder, tables: Mapping[str, pd.DataFrame]) -> None:
    """Record every number of the chapter on `page`; `tables` maps table names to loaded tables."""
    record_customs(page, tables["us_exports"], tables["china_imports"])
    record_industry(page, tables["us_industry"], tables["market_sales"])
    record_filings(page, tables["company_filings"])
    record_buyers(page, tables)
    record_beside(page, tables["company_filings"], tables["us_exports"])


def record_customs(page: Recorder, exports: pd.DataFrame, imports: pd.DataFrame) -> None:
    """US exports by year, with Hong Kong where known, and the April 2025 break of China's origin rule."""
    for year in CUSTOMS_YEARS:
        page.record("sales.customs.us_8542_cn.{year}", customs.us_exports(exports, year).quantity(), year=year)
        try:
            hong_kong = customs.us_exports(exports, year, "Hong Kong")
        except errors.MissingFigureError:
            continue
        page.record("sales.customs.us_8542_hk.{year}", hong_kong.quantity(), year=year)
        both = in_billions(customs.us_exports_with_hong_kong(exports, year))
        page.record("sales.customs.us_8542_cn_hk.{year}", both.quantity(), year=year)
    earlier, later = (customs.us_exports(exports, year) for year in (2021, 2022))
    page.record("sales.customs.us_8542_cn.change_2022", Quantity(
        change_pct(earlier, later), "2022-12-31", tuple(dict.fromkeys((*earlier.sources, *later.sources)))))
    before, after = (customs.imports_by_origin(imports, year, "United States") for year in (2024, 2025))
    for year, measure in ((2024, before), (2025, after)):
        page.record("sales.customs.cn_imports_us_origin.{year}", measure.quantity(), year=year, rule=measure.origin_rule)
    page.record("sales.customs.cn_imports_us_origin.break", Quantity(
        change_pct(before, after, accept_origin_break=True), "2025-12-31",
        tuple(dict.fromkeys((*before.sources, *after.sources)))))


def record_industry(page: Recorder, us: pd.DataFrame, market: pd.DataFrame, year: int = 2022) -> None:
    """Sales of US firms into the China market, the identity of the five regions, and the share."""
    into, (share, source) = industry.us_sales_into(us, market, year), industry.us_share_pct(us, year)
    world = us[(us["series_id"] == "USHQ_SHARE_WW") & (us["period"] == "2019")].iloc[0]
    for key, quantity in {
        "china_market": into.quantity(),
        "us_share_of_china_market": Quantity(share, f"{year}-12-31", (source,)),
        "us_world": industry.us_sales_world(us, year).quantity(),
        "regions_sum": industry.us_sales_all_regions(us, market, year).quantity(),
        "china_share": Quantity(industry.china_share_of_us_sales_pct(us, market, year), f"{year}-12-31", into.sources),
        "market": industry.regional_market(market, year).quantity(),
    }.items():
        page.record(f"sales.industry.{key}.{{year}}", quantity, year=year)
    page.record("sales.industry.us_share_of_world.2019", Quantity(world["value"], "2019-12-31", (world["source_id"],)))


def record_filings(page: Recorder, table: pd.DataFrame) -> None:
    """Sums by basis, dual disclosures, basis changes, firms without a line, the two figures of Intel for 2021."""
    for year in LENS_YEARS:
        for basis in ("billing", "ship_to", "hq"):
            found = in_billions(filings.total(table, year, basis=basis))
            firms = len(filings.firms_in(table, year, basis=basis))
            page.record("sales.filings.{basis}.{year}", found.quantity(), basis=basis, year=year, firms=firms)
            page.record("sales.filings.{basis}_firms.{year}", Quantity(firms, f"{year}-12-31", found.sources), basis=basis,
                        year=year, by=filings.BASIS_LABELS[basis])
    for row in filings.dual_disclosures(table).to_dict("records"):
        firm, year = row["firm"], row["fiscal_year"]
        page.record("sales.dual.{firm}.{fiscal_year}", Quantity(row["ratio"], _year_end(table, firm, year), row["sources"]),
                    firm=slug(firm), fiscal_year=slug(year), name=firm, given_year=year)
    for row in filings.basis_changes(table).to_dict("records"):
        for when, year in (("before", row["from_year"]), ("after", row["to_year"])):
            value, firm = row[f"share_{when}_pct"], row["firm"]
            if pd.notna(value):
                page.record("sales.break.{firm}.{when}", Quantity(value, _year_end(table, firm, year), _sources(table, firm, year)),
                            firm=slug(firm), name=firm, fiscal_year=year, when=when)
    lines = filings.annual_lines(table, basis="hq")
    before = lines[(lines["firm"] == "NVIDIA") & (lines["fiscal_year"] == "FY2025")].iloc[0]
    page.record("sales.break.nvidia.before_by_headquarters", Quantity(
        before["share_pct"], _year_end(table, "NVIDIA", "FY2025"), (before["source_id"],)))
    silent = filings.firms_without_china_line(table)
    newest = str(table["fiscal_year_end"].max().date())
    page.record("sales.filings.firms_without_line", Quantity(len(silent), newest, _sources_of_firms(table, silent)),
                names=", ".join(silent))
    for key, kind in (("first", "annual"), ("recast", "annual_recast")):
        found = filings.firm_year(table, "Intel", "FY2021", period_type=kind)
        page.record("sales.filings.intel_2021.{key}", found.quantity(), key=key, kind=kind)


def record_buyers(page: Recorder, tables: Mapping[str, pd.DataFrame]) -> None:
    """Chip spending of Chinese device makers, all suppliers."""
    for year in (2018, 2022):
        makers = buyers.chinese_device_makers(tables["oem_demand"], year)
        page.record("sales.buyers.four_makers.{year}", makers.quantity(), year=year)
    demand = buyers.chinese_demand_bcg(tables["us_industry"], tables["market_sales"])
    page.record("sales.buyers.all_chinese.2018", demand.quantity())
    mainland = in_billions(customs.us_exports(tables["us_exports"], 2022))
    into = industry.us_sales_into(tables["us_industry"], tables["market_sales"], 2022)
    page.record("sales.industry_over_customs.2022", Quantity(
        ratio(into, mainland), "2022-12-31", (*into.sources, *mainland.sources)))


def record_beside(page: Recorder, table: pd.DataFrame, exports: pd.DataFrame) -> None:
    """Newest reported China share of each equipment and design-software firm, and US exports of machines."""
    shares = exposure.latest_shares(table, first_year=2015, last_year=2100)
    shares = shares.sort_values("fiscal_year_end", kind="stable", na_position="first").drop_duplicates("firm", keep="last")
    for row in shares[shares["scope"].isin(("equipment", "design software"))].to_dict("records"):
        cls = CLASS_OF_EVIDENCE[row["evidence"]]
        share = Quantity(row["share_pct"], _year_end(table, row["firm"], row["fiscal_year"]), (row["source_id"],), cls=cls)
        page.record("sales.beside.{firm}.share", share, firm=slug(row["firm"]), name=row["firm"], fiscal_year=row["fiscal_year"],
                    by=filings.BASIS_LABELS[row["basis"]])
    for year in (2019, 2022):
        machines = in_billions(customs.us_equipment_exports(exports, year))
        page.record("sales.customs.us_8486_cn.{year}", machines.quantity(), year=year)


def _rows(table: pd.DataFrame, firm: str, fiscal_year: str) -> pd.DataFrame:
    return table[(table["firm"] == firm) & (table["fiscal_year"] == fiscal_year)]


def _year_end(table: pd.DataFrame, firm: str, fiscal_year: str) -> str:
    ends = _rows(table, firm, fiscal_year)["fiscal_year_end"].dropna()
    return str(ends.iloc[0].date()) if len(ends) else f"{fiscal_year[-4:]}-12-31"


def _sources(table: pd.DataFrame, firm: str, fiscal_year: str) -> tuple[str, ...]:
    rows = _rows(table, firm, fiscal_year)
    return tuple(dict.fromkeys(rows.loc[rows["china_revenue_usd_m"].notna(), "source_id"]))


def _sources_of_firms(table: pd.DataFrame, firms: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(table.loc[table["firm"].isin(firms), "source_id"])) or (table["source_id"].iloc[0],)
