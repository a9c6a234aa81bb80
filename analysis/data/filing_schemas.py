"""Tables beside the company filings: revenue by quarter, customers that filings name, and figures met a second time."""

from __future__ import annotations

from analysis.data import vocabulary as v
from analysis.data.columns import ACCESSION, CITES_SOURCE, EVIDENCE_TRAIL, FISCAL_QUARTER, FISCAL_YEAR, NOTE, date, number, text
from analysis.data.schema import Column, Reference, Table

_FIRM = text("firm", "Firm, as in the table of firms", required=True)
_NAMED = Reference("firm", "firms", "firm")
_READ = (
    text("accession", "The regulator's number of the report that holds the figure, where known", pattern=ACCESSION),
    *EVIDENCE_TRAIL[:2],
    text("read_in", "What was in fact read", required=True, allowed=tuple(v.READ_IN)),
    *EVIDENCE_TRAIL[2:], NOTE,
)

QUARTERLY_REVENUE = Table(
    "quarterly_revenue", "filings", "Quarterly revenue", "A firm's revenue in one fiscal quarter.",
    ("firm", "segment", "fiscal_quarter"), (
        _FIRM,
        text("segment", "total, or products: without the software (Broadcom) or the licences (Qualcomm) that are booked apart",
             required=True, allowed=v.REVENUE_SEGMENTS),
        text("fiscal_quarter", "Fiscal quarter, named after the year in which the fiscal year ends", required=True,
             pattern=FISCAL_QUARTER),
        date("period_end", "Last day of the quarter", required=True),
        text("end_precision", "day as filed, or the last day of the month where only the month is known", required=True,
             allowed=("day", "month")),
        number("revenue_usd_m", "Revenue of the quarter", "USD million", required=True, minimum=0),
        *_READ,
    ), (CITES_SOURCE, _NAMED),
    "For the calendar, not for sales to China. Most rows were read on pages that gather statements (grade C); they are kept "
    "because four quarters make the year of company_filings.")

NAMED_CUSTOMERS = Table(
    "named_customers", "filings", "Named customers", "A customer's share of a firm's revenue, where a report names it.",
    ("firm", "fiscal_year", "customer"), (
        _FIRM,
        text("fiscal_year", "Fiscal year or quarter", required=True, pattern=FISCAL_YEAR),
        Column("year", "integer", "The fiscal year that the period is, or is part of", unit="year", required=True, minimum=2010,
               maximum=2035),
        Column("months", "integer", "Length of the period", unit="months", required=True, minimum=1, maximum=24),
        date("period_end", "Last day of the period", required=True),
        text("customer", "Customer", required=True),
        text("customer_hq", "Country of the customer's headquarters", required=True, allowed=v.CUSTOMER_SEATS),
        number("share_pct", "Share of the firm's revenue", "%", required=True, minimum=0, maximum=100),
        text("stated_as", "How the share stands in the source", required=True, allowed=v.STATED_AS),
        *_READ,
    ), (CITES_SOURCE, _NAMED),
    "Bounds: a Chinese customer's share is a floor of sales to Chinese firms, an American one's a ceiling of the rest. Only "
    "customers above a tenth of revenue must be named, so a customer who is absent is not zero.")

FILING_CHECKS = Table(
    "filing_checks", "filings", "Figures met twice", "A figure of the filings and a second way to it.", ("check_id",), (
        text("check_id", "Identifier", required=True, pattern=r"K\d{2}"),
        _FIRM,
        text("fiscal_year", "Fiscal year or part of it", required=True, pattern=FISCAL_YEAR),
        text("quantity", "Which figure", required=True, allowed=v.CHECK_QUANTITIES),
        text("kind", "How it was met a second time", required=True, allowed=v.CHECK_KINDS),
        Column("value", "number", "The figure", unit="see unit", required=True, minimum=0),
        Column("other_value", "number", "The same by the second way", unit="see unit", required=True, minimum=0),
        text("used", "Which of the two the book uses", required=True, allowed=v.USED),
        text("unit", "Unit of both", required=True, allowed=("USD million", "%")),
        text("source_id", "Source of the figure", required=True, pattern=EVIDENCE_TRAIL[0].pattern),
        text("other_source", "Where the second way leads", required=True),
        text("other_url", "Its address, where it has one", pattern=r"https?://\S+"),
        NOTE,
    ), (CITES_SOURCE, _NAMED))
