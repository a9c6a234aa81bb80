"""The numbers of the chapter on the four lenses, each recorded once with its method and sources."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.sales import buyers, customs, errors, exposure, filings, industry
from analysis.sales.measures import Measure, change_pct, in_billions, ratio

CUSTOMS_YEARS = (2018, 2019, 2021, 2022)
LENS_YEARS = (2018, 2022, 2024)


def record(page, tables: Mapping[str, pd.DataFrame]) -> None:
    """Record every number of the chapter on `page`; `tables` maps table names to loaded tables."""
    record_customs(page, tables["us_exports"], tables["china_imports"])
    record_industry(page, tables["us_industry"], tables["market_sales"])
    record_filings(page, tables["company_filings"])
    record_buyers(page, tables)
    record_beside(page, tables["company_filings"], tables["us_exports"])


def record_customs(page, exports: pd.DataFrame, imports: pd.DataFrame) -> None:
    """US exports by year, with Hong Kong where known, and the April 2025 break of China's origin rule."""
    for year in CUSTOMS_YEARS:
        _record(
            page,
            f"sales.customs.us_8542_cn.{year}",
            customs.us_exports(exports, year),
            "Customs value, free alongside ship, domestic goods and re-exports",
            "sales-customs",
            digits=0,
        )
    known = [year for year in CUSTOMS_YEARS if _has(lambda year=year: customs.us_exports(exports, year, "Hong Kong"))]
    for year in known:
        _record(
            page,
            f"sales.customs.us_8542_hk.{year}",
            customs.us_exports(exports, year, "Hong Kong"),
            "Customs value, free alongside ship, domestic goods and re-exports",
            "sales-customs",
            digits=0,
        )
        _record(
            page,
            f"sales.customs.us_8542_cn_hk.{year}",
            in_billions(customs.us_exports_with_hong_kong(exports, year)),
            "Mainland China plus Hong Kong",
            "sales-four-lenses",
            digits=1,
        )
    earlier, later = (customs.us_exports(exports, year) for year in (2021, 2022))
    page.number(
        "sales.customs.us_8542_cn.change_2022",
        change_pct(earlier, later),
        unit="%",
        cls="derived",
        as_of="2022-12-31",
        label="Change of US exports of HS 8542 to China, 2021 to 2022",
        digits=0,
        sources=later.sources,
        method="Percentage change of the annual customs value",
    )
    before, after = (customs.imports_by_origin(imports, year, "United States") for year in (2024, 2025))
    for year, measure in ((2024, before), (2025, after)):
        _record(
            page,
            f"sales.customs.cn_imports_us_origin.{year}",
            measure,
            f"Origin rule: {measure.origin_rule}",
            "sales-origin-break",
            digits=1,
        )
    page.number(
        "sales.customs.cn_imports_us_origin.break",
        change_pct(before, after, accept_origin_break=True),
        unit="%",
        cls="derived",
        as_of="2025-12-31",
        label="Apparent rise of China's chip imports of US origin, 2024 to 2025",
        digits=0,
        sources=after.sources,
        figure="sales-origin-break",
        method="Percentage change across the change of origin rule of April 2025: a change of rule, not of trade",
    )


def record_industry(page, us: pd.DataFrame, market: pd.DataFrame, year: int = 2022) -> None:
    """Sales of US firms into the China market, the identity of the five regions, and the share."""
    into = industry.us_sales_into(us, market, year)
    _record(
        page,
        f"sales.industry.china_market.{year}",
        into,
        "China market (trade statistics) times the published share of US-headquartered firms in it",
        "sales-four-lenses",
        digits=1,
    )
    share, source = industry.us_share_pct(us, year)
    page.number(
        f"sales.industry.us_share_of_china_market.{year}",
        share,
        unit="%",
        cls="reported",
        as_of=f"{year}-12-31",
        label=f"US firms' share of the China chip market, {year}",
        digits=1,
        sources=[source],
        method="As published by the industry association",
    )
    _record(
        page,
        f"sales.industry.us_world.{year}",
        industry.us_sales_world(us, year),
        "As published by the industry association",
        None,
        digits=0,
    )
    _record(
        page,
        f"sales.industry.regions_sum.{year}",
        industry.us_sales_all_regions(us, market, year),
        "Sum over the five regions of market times US share; must return the published world total",
        None,
        digits=2,
    )
    page.number(
        f"sales.industry.china_share.{year}",
        industry.china_share_of_us_sales_pct(us, market, year),
        unit="%",
        cls="derived",
        as_of=f"{year}-12-31",
        label=f"China's share of US firms' chip sales by shipping address, {year}",
        digits=1,
        sources=into.sources,
        method="US firms' sales into China over their published world sales",
    )
    world = us[(us["series_id"] == "USHQ_SHARE_WW") & (us["period"] == "2019")].iloc[0]
    page.number(
        "sales.industry.us_share_of_world.2019",
        world["value"],
        unit="%",
        cls="reported",
        as_of="2019-12-31",
        digits=0,
        label="US firms' share of world chip sales, 2019",
        sources=[world["source_id"]],
        method="As published by the industry association",
    )
    whole = industry.regional_market(market, year)
    _record(
        page,
        f"sales.industry.market.{year}",
        whole,
        "Annual billings by shipping address, all suppliers",
        "sales-industry",
        digits=1,
    )


def record_filings(page, table: pd.DataFrame) -> None:
    """Sums by basis, dual disclosures, basis changes, firms without a line, the two figures of Intel for 2021."""
    for year in LENS_YEARS:
        for basis in ("billing", "ship_to", "hq"):
            found = in_billions(filings.total(table, year, basis=basis))
            firms = len(filings.firms_in(table, year, basis=basis))
            _record(
                page,
                f"sales.filings.{basis}.{year}",
                found,
                f"Sum of the annual China lines of {firms} firms on this basis, fiscal years that fall mostly in the year",
                "sales-four-lenses",
                digits=1,
            )
            page.number(
                f"sales.filings.{basis}_firms.{year}",
                firms,
                unit="count",
                cls="derived",
                as_of=f"{year}-12-31",
                label=f"Firms with an annual China line by {filings.BASIS_LABELS[basis]}, {year}",
                sources=found.sources,
                method="Count of firms",
            )
    for row in filings.dual_disclosures(table).to_dict("records"):
        page.number(
            f"sales.dual.{_slug(row['firm'])}.{_slug(row['fiscal_year'])}",
            row["ratio"],
            unit="ratio",
            cls="derived",
            label=f"{row['firm']} {row['fiscal_year']}, headquarters figure over location figure",
            as_of=_end(table, row),
            digits=2,
            sources=[row["source_id"]],
            figure="sales-dual-disclosures",
            method="Revenue from customers headquartered in China over revenue by location, one period, one firm",
        )
    for row in filings.basis_changes(table).to_dict("records"):
        for when, year in (("before", row["from_year"]), ("after", row["to_year"])):
            value = row[f"share_{when}_pct"]
            if pd.notna(value):
                page.number(
                    f"sales.break.{_slug(row['firm'])}.{when}",
                    value,
                    unit="%",
                    cls="derived",
                    digits=1,
                    label=f"{row['firm']}, China share in {year}, {when} the change of basis",
                    as_of=_year_end(table, row["firm"], year),
                    sources=_sources(table, row["firm"], year),
                    figure="sales-filings",
                    method="China line over total revenue, on the basis of that year",
                )
    lines = filings.annual_lines(table, basis="hq")
    before = lines[(lines["firm"] == "NVIDIA") & (lines["fiscal_year"] == "FY2025")].iloc[0]
    page.number(
        "sales.break.nvidia.before_by_headquarters",
        before["share_pct"],
        unit="%",
        cls="derived",
        digits=1,
        label="NVIDIA, China share in FY2025 by the customer's headquarters, as recast",
        as_of=_year_end(table, "NVIDIA", "FY2025"),
        sources=[before["source_id"]],
        figure="sales-dual-disclosures",
        method="Recast headquarters figure over total revenue: the like-for-like start of the change to FY2026",
    )
    silent = filings.firms_without_china_line(table)
    page.number(
        "sales.filings.firms_without_line",
        len(silent),
        unit="count",
        cls="derived",
        as_of=str(_newest(table)),
        label="Chip firms in the table that print no China line",
        method=f"Count: {', '.join(silent)}",
        sources=_sources_of_firms(table, silent),
    )
    for key, kind in (("first", "annual"), ("recast", "annual_recast")):
        found = filings.firm_year(table, "Intel", "FY2021", period_type=kind)
        _record(
            page, f"sales.filings.intel_2021.{key}", found, f"Period type {kind}; never compared with the other", None, digits=0
        )


def record_buyers(page, tables: Mapping[str, pd.DataFrame]) -> None:
    """Chip spending of Chinese device makers, all suppliers."""
    oem = tables["oem_demand"]
    for year in (2018, 2022):
        found = buyers.chinese_device_makers(oem, year)
        _record(
            page,
            f"sales.buyers.four_makers.{year}",
            found,
            "Sum of Huawei, Lenovo, BBK and Xiaomi within one release, chips of all suppliers",
            "sales-four-lenses",
            digits=1,
        )
    bcg = buyers.chinese_demand_bcg(tables["us_industry"], tables["market_sales"])
    _record(
        page,
        "sales.buyers.all_chinese.2018",
        bcg,
        "Published share of world demand times world sales, chips of all suppliers",
        None,
        digits=0,
    )
    mainland = in_billions(customs.us_exports(tables["us_exports"], 2022))
    into = industry.us_sales_into(tables["us_industry"], tables["market_sales"], 2022)
    page.number(
        "sales.industry_over_customs.2022",
        ratio(into, mainland),
        unit="multiple",
        cls="derived",
        as_of="2022-12-31",
        label="Industry lens over customs lens, 2022",
        digits=0,
        sources=(*into.sources, *mainland.sources),
        method="US firms' sales into China over US exports of HS 8542 to China; whether the first includes Hong Kong is not stated",
    )


def record_beside(page, table: pd.DataFrame, exports: pd.DataFrame) -> None:
    """Newest reported China shares of equipment and design-software firms, and US exports of machines."""
    shares = exposure.latest_shares(table, first_year=2015, last_year=2100)
    for row in shares[shares["scope"].isin(("equipment", "design software"))].to_dict("records"):
        page.number(
            f"sales.beside.{_slug(row['firm'])}.share",
            row["share_pct"],
            unit="%",
            cls="reported" if row["evidence"] == "seen" else "derived",
            digits=0,
            label=f"{row['firm']}, China share of revenue, {row['fiscal_year']}",
            sources=[row["source_id"]],
            as_of=_year_end(table, row["firm"], row["fiscal_year"]),
            figure="sales-beside",
            method=f"As reported, by {filings.BASIS_LABELS[row['basis']]}",
        )
    for year in (2019, 2022):
        _record(
            page,
            f"sales.customs.us_8486_cn.{year}",
            in_billions(customs.us_equipment_exports(exports, year)),
            "Customs value, free alongside ship, domestic goods and re-exports",
            None,
            digits=1,
        )


def _record(page, number_id: str, measure: Measure, method: str, figure: str | None, *, digits: int) -> None:
    year = measure.period[-4:]
    page.number(
        number_id,
        measure.value,
        label=f"{measure.label}, {measure.period}",
        unit=measure.unit,
        cls=measure.evidence,
        as_of=f"{year}-12-31",
        method=method,
        sources=measure.sources,
        figure=figure,
        digits=digits,
    )


def _has(way) -> bool:
    try:
        way()
    except errors.MissingFigureError:
        return False
    return True


def _slug(text: str) -> str:
    short = {
        "Texas Instruments": "ti",
        "Skyworks Solutions": "skyworks",
        "Microchip Technology": "microchip",
        "Applied Materials": "applied_materials",
        "Cadence Design Systems": "cadence",
        "Lam Research": "lam_research",
    }
    return short.get(text, "".join(c if c.isalnum() else "_" for c in text.lower()).strip("_"))


def _rows(table: pd.DataFrame, firm: str, fiscal_year: str) -> pd.DataFrame:
    return table[(table["firm"] == firm) & (table["fiscal_year"] == fiscal_year)]


def _year_end(table: pd.DataFrame, firm: str, fiscal_year: str) -> str:
    ends = _rows(table, firm, fiscal_year)["fiscal_year_end"].dropna()
    return str(ends.iloc[0].date()) if len(ends) else f"{fiscal_year[-4:]}-12-31"


def _end(table: pd.DataFrame, row: dict) -> str:
    return _year_end(table, row["firm"], row["fiscal_year"])


def _sources(table: pd.DataFrame, firm: str, fiscal_year: str) -> list[str]:
    rows = _rows(table, firm, fiscal_year)
    return list(dict.fromkeys(rows.loc[rows["china_revenue_usd_m"].notna(), "source_id"]))


def _sources_of_firms(table: pd.DataFrame, firms: list[str]) -> list[str]:
    return list(dict.fromkeys(table.loc[table["firm"].isin(firms), "source_id"])) or [table["source_id"].iloc[0]]


def _newest(table: pd.DataFrame):
    return table["fiscal_year_end"].max().date()
