"""The tables of `data/`, described one by one; everything that reads, checks or documents them starts here."""

from __future__ import annotations

from analysis.data import vocabulary as v
from analysis.data.columns import (
    ACCESSION,
    CITES_SOURCE,
    EVIDENCE_TRAIL,
    FISCAL_YEAR,
    MONTH,
    NOTE,
    SOURCE_ID,
    date,
    number,
    series_table,
    text,
)
from analysis.data.filing_schemas import FILING_CHECKS, NAMED_CUSTOMERS, QUARTERLY_REVENUE
from analysis.data.policy_schemas import POLICY_TABLES
from analysis.data.problems import suggest
from analysis.data.schema import Column, Reference, Table

SOURCES = Table("sources", "", "Sources", "A source: one publication, data interface or filing.", ("source_id",), (
    text("source_id", "Stable readable identifier; for a study it is the bibliography key", required=True, pattern=SOURCE_ID),
    text("publisher", "Who published it", required=True),
    text("title", "Title; the note says when it was read from the address or describes what the source is cited for",
         required=True),
    text("url", "Public address; the note says when it is not the original's", pattern=r"https?://\S+"),
    text("licence", "Terms under which the facts are used", required=True),
    date("accessed", "Day on which, or before which, it was read", required=True),
    text("cadence", "How often the publisher renews it", required=True, allowed=v.CADENCES),
    text("kind", "Kind of source", required=True, allowed=v.SOURCE_KINDS),
    text("note", "What is not exact about address or title; required when there is no address"),
))

FIRMS = Table("firms", "filings", "Firms", "A US-headquartered firm whose filings are used.", ("firm",), (
    text("firm", "Name used in every table", required=True),
    text("slug", "The firm's name in addresses and in the ids of numbers", required=True, pattern=r"[a-z0-9_]+"),
    text("ticker", "Ticker symbol", required=True, pattern=r"[A-Z]{1,5}"),
    text("industry_segment", "Only chips enters the estimate of chip sales", required=True, allowed=v.INDUSTRY_SEGMENTS),
    text("product_class", "Class of the firm's main products", required=True, allowed=v.PRODUCT_CLASSES),
    Column("fiscal_year_end_month", "integer", "Month at whose end the fiscal year nominally ends; 52- and 53-week years end a few "
           "days before or after", unit="month", required=True, minimum=1, maximum=12),
))

_USD_M = {"unit": "USD million", "minimum": 0}
_PCT = {"unit": "%", "minimum": 0, "maximum": 100}
COMPANY_FILINGS = Table(
    "company_filings", "filings", "Company filings", "A firm, a period, and one basis on which sales to China are attributed.",
    ("firm", "fiscal_year", "period_type", "source_id"), (
        text("firm", "Firm, as in the table of firms", required=True),
        text("ticker", "Ticker symbol", required=True, pattern=r"[A-Z]{1,5}"),
        text("industry_segment", "Segment of the firm", required=True, allowed=v.INDUSTRY_SEGMENTS),
        text("fiscal_year", "Fiscal year (FY2022), part of one (FY2022-Q1, -H1, -9M), or the period in words", required=True,
             pattern=FISCAL_YEAR),
        Column("year", "integer", "The fiscal year that the period is, is part of, or ends in", unit="year", minimum=2010,
               maximum=2035),
        Column("months", "integer", "Length of the period", unit="months", minimum=1, maximum=24),
        text("period_type", "What kind of period or disclosure; different kinds are never added", required=True,
             allowed=v.PERIOD_TYPES),
        date("fiscal_year_end", "Last day of the period"),
        number("total_revenue_usd_m", "Total revenue of the period", **_USD_M),
        number("china_revenue_usd_m", "Revenue attributed to China on the row's basis", **_USD_M),
        number("china_share_pct", "The same as a share of total revenue", **_PCT),
        text("stated_as", "How the China figure (or the Huawei figure, where there is no China figure) stands in the source",
             allowed=v.STATED_AS),
        text("basis_class", "Basis: billing location, ship-to location, customer headquarters (hq), the seller's view of the "
             "customer's facility; empty when the row has no China figure", allowed=v.BASIS_CLASSES),
        text("basis_as_filed", "Basis of attribution in the source's words"),
        text("hong_kong", "Whether the China figure includes Hong Kong", allowed=v.HONG_KONG),
        text("hong_kong_as_filed", "The same in the source's words"),
        text("taiwan", "Whether the China figure includes Taiwan", allowed=v.TAIWAN),
        text("includes", "What the firm's revenue counts besides the products of its segment", required=True, allowed=v.INCLUDES),
        number("china_hq_revenue_usd_m", "Revenue from customers headquartered in China, where disclosed", **_USD_M),
        number("china_hq_mainland_usd_m", "The same for mainland China alone", **_USD_M),
        text("hq_kind", "Whose headquarters the headquarters figure counts", allowed=v.HQ_KINDS),
        number("rd_expense_usd_m", "Research and development expense", **_USD_M),
        number("huawei_share_pct_of_revenue", "Huawei's share of revenue", **_PCT),
        number("huawei_revenue_usd_m", "Revenue from Huawei", **_USD_M),
        text("source_form", "Document in words, with the note or column where the figure stands", required=True),
        text("form", "Kind of primary document that holds the figure; empty when only the press or a data page is known",
             allowed=v.FORMS),
        text("accession", "The regulator's number of that document", pattern=ACCESSION),
        text("document_url", "Its address at the regulator or the firm", pattern=r"https?://\S+"),
        text("traced", "yes: the primary document is named by its number or address; no: the figure rests on others' word",
             required=True, allowed=v.YES_NO),
        *EVIDENCE_TRAIL[:2],
        text("read_in", "What was in fact read, there or at document_url: the filing, a full copy, an excerpt of its table, or "
             "what others wrote about it", required=True, allowed=tuple(v.READ_IN)),
        *EVIDENCE_TRAIL[2:], NOTE,
    ), (CITES_SOURCE, Reference("firm", "firms", "firm")),
    "Filter basis_class and period_type before any sum: rows of different basis, and annual rows with recast, alternative-basis, "
    "quarterly, half-year, partial or totals-only rows, must not be added. On hq rows the figure stands in both China columns. "
    "An absent China line is absent, not zero.")

US_EXPORTS = series_table(
    "us_exports", "trade", "US exports", "A series of US exports and a period.", v.TRADE_UNITS,
    "US_X_8542_CN holds months (2010-01 to 2022-06) and years (to 2022) side by side: choose one frequency. Hong Kong is given for "
    "2019 and 2022 only. Total exports include re-exports, at free-alongside-ship value by destination.",
    partner="Destination")
CHINA_IMPORTS = series_table(
    "china_imports", "trade", "Chinese imports and mirror data",
    "A series of imports (or a partner's exports), a partner and a period.",
    v.TRADE_UNITS,
    "China's imports are at cost, insurance and freight by country of origin; the origin rule for chips changed to the site of the "
    "wafer fabrication in April 2025, so origin-based series break there. The world total of an origin table is a row of it.",
    key=("series_id", "partner", "period"), partner="Partner; '(country of origin)' marks an origin basis")
MARKET_SALES = series_table(
    "market_sales", "industry", "Semiconductor sales by region", "A series of semiconductor billings by region and a period.",
    v.INDUSTRY_UNITS,
    "By ship-to region (WSTS/SIA). The full monthly series may not be republished and is not here. China's level for 2024 is "
    "chained, and sources disagree (28.0, 28.9, 29.1% of the world).")
US_INDUSTRY = series_table(
    "us_industry", "industry", "US industry", "A series about US-headquartered firms or US operations and a year.",
    v.INDUSTRY_UNITS,
    "The US share of 2018 is 48 by BCG and 45 by SIA, different definitions. Do not divide research spending by US sales to get "
    "SIA's intensity. Direct employment has two definitions (250,000 and 277,000).",
    frequencies=("A",), value_required=False, minimum=0)
OEM_DEMAND = series_table(
    "oem_demand", "industry", "Chip demand of device makers",
    "A buyer (or market), a year and the release in which the figure stands.",
    v.INDUSTRY_UNITS,
    "Gartner restates each year: compare only within one series_id, which carries the vintage of the release (_v2019).",
    key=("series_id", "geography", "period"), frequencies=("A", "H"), value_required=False)

HUAWEI_FACTS = Table(
    "huawei_facts", "huawei", "Huawei facts", "A figure about Huawei, its suppliers or its licences, for a period.", ("fact_id",), (
        text("fact_id", "Identifier", required=True, pattern=r"H\d{3}"),
        text("name", "Short name by which the book asks for the figure; empty for figures that it only lists",
             pattern=r"[a-z0-9_]+"),
        text("topic", "Topic", required=True, allowed=v.HUAWEI_TOPICS),
        text("entity", "Whom or what it describes: a firm of the table of firms, or one of: " + ", ".join(v.HUAWEI_ENTITIES),
             required=True),
        text("metric", "What is measured", required=True),
        text("period", "Period, as stated", required=True),
        date("period_start", "First day of the period; empty when the source gives none"),
        date("period_end", "Last day of the period; empty when the source gives none"),
        Column("value", "number", "The figure; the first one where the source gives several", unit="see unit"),
        Column("value_low", "number", "Lower end of a stated range", unit="see unit"),
        Column("value_high", "number", "Upper end of a stated range", unit="see unit"),
        text("value_kind", "How to read the figure", required=True, allowed=v.VALUE_KINDS),
        text("value_text", "The figure as the source states it", required=True),
        text("unit", "Unit; of each figure in turn, where several are given", required=True, allowed=v.HUAWEI_UNITS, several=True),
        text("counts_as", "What the figure counts", required=True, allowed=v.HUAWEI_COUNTS),
        text("qualifier", "Who says so", required=True),
        text("definition", "What is counted"),
        text("shown_as", "What charts and tables call it, where it stands beside others"),
        text("shown_definition", "What is counted, in the few words that a chart has room for"),
        *EVIDENCE_TRAIL, NOTE,
    ), (CITES_SOURCE, Reference("entity", "firms", "firm", also=v.HUAWEI_ENTITIES)),
    "The three procurement figures (11, more than 14, 18.7 USD billion) have different definitions, none of them chips only. "
    "Gartner's measure of chip spending covers suppliers of all nationalities.",
    steady=("name", "topic", "entity", "unit", "counts_as"))

PUBLISHED_RESULTS = Table(
    "published_results", "studies", "Published results", "A quantity that a study reports for a scenario.",
    ("study_id", "scenario", "quantity", "baseline_year", "horizon_years"), (
        text("study_id", "Study; also its source and bibliography key", required=True, pattern=SOURCE_ID),
        text("authors", "Authors, separated by semicolons"),
        Column("year", "integer", "Year of publication", unit="year", minimum=1980, maximum=2035),
        text("title", "Title", required=True),
        text("publisher", "Publisher, journal or series"),
        text("scenario", "Scenario, in the study's terms", required=True, pattern=r"[A-Za-z0-9_.]+"),
        text("quantity", "Quantity", required=True, pattern=r"[A-Za-z0-9_.]+"),
        Column("value", "number", "Central value", unit="see unit"),
        Column("low", "number", "Lower end where a range is given", unit="see unit"),
        Column("high", "number", "Upper end where a range is given", unit="see unit"),
        text("unit", "Unit of value, low and high; qualitative_ and sign mark results without a figure", required=True,
             pattern=r"[a-z0-9_]+"),
        text("horizon_years", "Years after the start of the scenario, in words where there is no number"),
        text("baseline_year", "Year the result is measured against", pattern=r"(FY)?\d{4}(-\d\d)?"),
        *EVIDENCE_TRAIL,
    ), (CITES_SOURCE, Reference("study_id", "sources", "source_id")),
    "Most originals were seen as abstracts, releases or press reports. The New York Fed figures -8.6, -25 and -7.1 come "
    "from the press.", steady=("unit",))

_T = {"unit": "t statistic"}
STUDIED_FIRMS = Table(
    "studied_firms", "markets", "Names in the event study",
    "A firm or portfolio of the event study that the table of firms does not name.", ("code",), (
        text("code", "How the event study names it: a ticker, or a portfolio", required=True),
        text("name", "How the book names it", required=True),
        text("members", "Tickers of the firms in a portfolio that has a list of them, separated by semicolons"),
    ))

EVENT_STUDY_CAR = Table(
    "event_study_car", "markets", "Event study", "A firm or portfolio, an event, a window and a benchmark.",
    ("firm", "event", "day_choice", "window", "benchmark"), (
        text("firm", "Ticker, or portfolio (EW: equally weighted, VW: value weighted)", required=True),
        date("event_date", "Day of the policy event", required=True),
        text("event", "Event", required=True),
        text("day_choice", "Whether day 0 is the one used or an alternative to it", required=True, allowed=v.DAY_CHOICES),
        text("window", "Window in trading days around day 0", required=True, allowed=v.EVENT_WINDOWS),
        text("benchmark", "Market of the market model", required=True, allowed=v.BENCHMARKS),
        number("car", "Cumulative abnormal return", "fraction", required=True, minimum=-1, maximum=2),
        number("se", "Its standard error from the estimation window", "fraction", required=True, minimum=0),
        number("t", "Its t statistic", "t statistic", required=True),
        Column("n_est", "integer", "Trading days in the estimation window", unit="days", required=True, minimum=60),
        date("day0", "Trading day 0", required=True),
        text("expected_sign", "Sign that the event would have", required=True, allowed=v.EXPECTED_SIGNS),
        text("group", "Group of the firm", required=True, allowed=v.EVENT_GROUPS),
        Column("n_firms", "integer", "Firms in a portfolio", unit="count", minimum=1),
        number("t_cross_section", "Cross-sectional t of a portfolio", **_T),
        number("t_bmp", "Standardised cross-sectional test (Boehmer, Musumeci, Poulsen)", **_T),
        number("t_bmp_kp", "The same, adjusted for cross-correlation (Kolari, Pynnonen)", **_T),
        number("p_placebo", "Share of placebo days with a larger |CAR|", "fraction", minimum=0, maximum=1),
        text("flag", "What else moved the share in the window"),
        *EVIDENCE_TRAIL,
    ), (CITES_SOURCE,),
    "Computed from share prices that may not be redistributed. Only 16 May 2019 survives a correction for multiple testing.")

UNCERTAINTY_MONTHLY = Table(
    "uncertainty_monthly", "markets", "Uncertainty and chip output by month", "A series and a month.", ("series_id", "month"), (
        text("series_id", "Series", required=True, pattern=r"[A-Z0-9_]+"),
        text("month", "Month", required=True, pattern=MONTH),
        number("value", "Value of the index", "see unit", required=True, minimum=0),
        text("unit", "Unit of the value", required=True, allowed=("index", "index 2017=100")),
        *EVIDENCE_TRAIL,
    ), (CITES_SOURCE,), "Only series whose terms allow redistribution with attribution; others can be added in an overlay.")

CORRECTIONS = Table(
    "corrections", "", "Corrections", "A known error upstream, and what is used instead.", ("table", "key", "column"), (
        text("table", "Table that is corrected", required=True, pattern=r"[a-z_]+"),
        text("key", "Locator: the values of the table's key, joined by ' | '", required=True),
        text("column", "Column that is corrected; empty when the row is dropped"),
        text("action", "replace the value, or drop the row", required=True, allowed=v.CORRECTION_ACTIONS),
        text("expected", "The upstream value that is corrected; when it no longer stands there, the publisher may have fixed it"),
        text("value", "The value used instead"),
        text("reason", "Why", required=True),
        date("date", "Day of the correction", required=True),
        text("source_id", "Source of the right value", required=True, pattern=SOURCE_ID),
    ), (CITES_SOURCE,), may_be_empty=True)

TABLES: dict[str, Table] = {table.name: table for table in (
    COMPANY_FILINGS, QUARTERLY_REVENUE, NAMED_CUSTOMERS, FILING_CHECKS, FIRMS, US_EXPORTS, CHINA_IMPORTS, MARKET_SALES,
    US_INDUSTRY, OEM_DEMAND, *POLICY_TABLES, HUAWEI_FACTS, PUBLISHED_RESULTS, STUDIED_FIRMS, EVENT_STUDY_CAR, UNCERTAINTY_MONTHLY,
    SOURCES, CORRECTIONS,
)}


def table_schema(name: str) -> Table:
    """The description of table `name`. Raises KeyError that names the nearest table."""
    if name not in TABLES:
        raise KeyError(f"no table {name!r}" + suggest(name, TABLES, f"; tables: {', '.join(TABLES)}"))
    return TABLES[name]
