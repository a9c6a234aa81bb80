"""SEC EDGAR: China's part of revenue in each firm's own annual (10-K) and quarterly reports (10-Q), from their inline XBRL.

Documented at sec.gov/search-filings/edgar-application-programming-interfaces: `submissions/CIK##########.json` lists a
firm's filings as parallel arrays, older ones in further files; each filing's folder has an `index.json`. The SEC wants a
contact in the user agent and at most ten requests a second; five are made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from analysis import paths
from analysis.sources.answers import read_json
from analysis.sources.errors import FormChanged, SchemaChanged, SourceError
from analysis.sources.filing_list import (
    QUARTERLY,
    Filing,
    fiscal_quarter,
    missing_years,
    newest_of_each_quarter,
    newest_of_each_year,
    parse_list,
)
from analysis.sources.filings_in_book import Book
from analysis.sources.geography import QUARTER_DAYS, YEAR_DAYS, DoesNotReconcile, FirmMapping, Split, read_mapping, split
from analysis.sources.overlays import Tables
from analysis.sources.session import Request, Say, Session, quietly
from analysis.sources.settings import Provider
from analysis.sources.span import Span
from analysis.sources.trade_rows import usd_m
from analysis.sources.xbrl import Instance, read_instance

PROVIDER = Provider(
    name="edgar",
    title="SEC EDGAR",
    hosts={"data": "https://data.sec.gov", "www": "https://www.sec.gov"},
    pause_s=0.2,
    first_month="2022-01",
    contact_needed=True,
    refused="The SEC turns away requests without a contact and more than ten a second: check that CHIP_CONTACT holds your name and "
    "a real address, wait ten minutes.",
)
MAPPING = paths.DATA / "filings" / "edgar_mapping.yml"
NOT_INSTANCES = ("_cal.xml", "_def.xml", "_lab.xml", "_pre.xml", "_ref.xml")


def chosen(mappings: dict[str, FirmMapping], firms: Iterable[str]) -> list[FirmMapping]:
    """The entries of `firms` (all when none are named). Raises SourceError with the names there are."""
    wanted = list(firms)
    unknown = [name for name in wanted if name not in mappings]
    if unknown:
        raise SourceError(f"No mapping for {', '.join(unknown)}.", f"Firms: {', '.join(mappings)}.")
    return [mappings[name] for name in wanted or mappings]


def plan(span: Span, firms: Iterable[str] = (), quarters: bool = False) -> list[Request]:
    """The list of filings of each firm; then, for each report in the span, its folder and its instance."""
    return [request for mapping in chosen(read_mapping(MAPPING), firms) for request in _lists(mapping)]


def _lists(mapping: FirmMapping) -> list[Request]:
    """The list of filings under the firm's number, and under those it had before."""
    return [
        Request("data", f"/submissions/CIK{cik:010d}.json", (), f"{mapping.firm}, list of filings as CIK {cik}")
        for cik in (mapping.cik, *mapping.former)
    ]


def parse_folder(body: bytes) -> str:
    """Name of the instance in a filing's folder; "" when it has none."""
    document: Any = read_json(body)
    try:
        names = [name for item in document["directory"]["item"]
                 if item is not None and item["name"] is not None and re.fullmatch(r"[\w.-]+", name := str(item["name"]))]
    except (TypeError, KeyError):
        raise SchemaChanged("the folder's index has no directory of items") from None
    extracted = [name for name in names if name.endswith("_htm.xml")]
    filed = [
        name
        for name in names
        if name.endswith(".xml")
        and not name.endswith(NOT_INSTANCES)
        and name != "FilingSummary.xml"
        and not (name.startswith("R") and name[1:-4].isdigit())
    ]
    return next(iter(extracted or filed), "")


def reports_of(session: Session, mapping: FirmMapping, span: Span, left_out: Say, quarters: bool = False) -> list[Filing]:
    """The annual report of each fiscal year that ends within the span, oldest first, and with `quarters` the quarterly reports
    after them; what is not read goes to `left_out`."""
    filings: list[Filing] = []
    quarterly: list[Filing] = []
    for cik, request in zip((mapping.cik, *mapping.former), _lists(mapping), strict=True):
        listing = session.get(request, parse_list)
        for name, newest in listing.files:
            if newest >= f"{span.first}-01":
                older = session.get(Request("data", f"/submissions/{name}", (), f"{mapping.firm}, older filings"), parse_list)
                listing.filings += older.filings
                listing.quarters += older.quarters
                listing.nulls += older.nulls
        known = {filing.accession for filing in filings}   # a report of both registrants stands in both lists
        filings += [replace(filing, cik=cik) for filing in listing.filings if filing.accession not in known]
        quarterly += [replace(filing, cik=cik) for filing in listing.quarters]
        for null in listing.nulls:
            left_out(f"{mapping.firm}: {null}: the list of filings does not say of which year it is")
    reports, said = newest_of_each_year(filings, span)
    for line in [*said, *missing_years(filings, span, date.today())]:
        left_out(f"{mapping.firm}: {line}")
    return reports + (newest_of_each_quarter(quarterly, span) if quarters else [])


def read_report(session: Session, mapping: FirmMapping, report: Filing) -> Split:
    """China's part of revenue in one report. Raises DoesNotReconcile when the filing needs a person's decision."""
    folder = report.folder
    name = session.get(
        Request("www", f"{folder}/index.json", (), f"{mapping.firm}, folder of the {report.form} to {report.end}"), parse_folder
    ) or report.document   # without an extracted instance the main page is read, which holds the same facts inline
    if not name:
        raise DoesNotReconcile(f"{mapping.firm}, year to {report.end}: the filing has no XBRL instance.", "Enter the row by hand.")
    document = Request("www", f"{folder}/{name}", (), f"{mapping.firm}, {report.form} to {report.end}")
    instance: Instance = session.get(document, read_instance)
    filer = instance.cover.get("dei:EntityCentralIndexKey", "")
    if filer.isdigit() and int(filer) != report.cik:
        raise DoesNotReconcile(f"{mapping.firm}: the filing is of CIK {filer}, expected {report.cik}.", "Correct the mapping.")
    return split(instance, mapping, report.end, QUARTER_DAYS if report.form == QUARTERLY else YEAR_DAYS)


def filing_row(mapping: FirmMapping, report: Filing, found: Split, firm: dict[str, str], address: str) -> dict[str, str]:
    """A row of `company_filings`; amounts in USD million."""
    basis = mapping.basis(report.end)
    assert basis is not None
    is_hq = basis.basis_class == "hq"
    period = period_of(report, firm)
    quarter = report.form == QUARTERLY
    members = ", ".join([found.member, *(name for name in mapping.hong_kong if name in found.parts)])
    return {
        "firm": mapping.firm,
        "ticker": firm["ticker"],
        "industry_segment": firm["industry_segment"],
        "fiscal_year": period,
        "period_type": "quarter" if quarter else "annual",
        "fiscal_year_end": report.end,
        "total_revenue_usd_m": usd_m(found.total),
        "china_revenue_usd_m": usd_m(found.china),
        "year": period[2:6],
        "months": "3" if quarter else "12",
        "stated_as": "amount",
        "basis_class": basis.basis_class,
        "basis_as_filed": basis.attribution,
        "hong_kong": mapping.hong_kong_code,
        "hong_kong_as_filed": mapping.hong_kong_label,
        "taiwan": mapping.taiwan_code,
        "includes": mapping.includes,
        "hq_kind": basis.hq_kind,
        "china_hq_revenue_usd_m": usd_m(found.china) if is_hq else "",
        "china_hq_mainland_usd_m": usd_m(found.china - found.hong_kong) if is_hq and found.hong_kong is not None else "",
        "rd_expense_usd_m": usd_m(found.research) if found.research is not None else "",
        "source_form": f"{report.form} {period}, inline XBRL",
        "form": report.form,
        "accession": report.accession,
        "document_url": address,
        "traced": "yes",
        "source_id": source_id(mapping, report, period),
        "retrieved_url": address,
        "read_in": "filing",
        "grade": "A",
        "evidence": "seen",
        "note": f"XBRL member {members}; {len(found.parts)} members add up to total revenue; filed {report.filed}",
    }


def period_of(report: Filing, firm: dict[str, str]) -> str:
    """The fiscal year of an annual report, the fiscal quarter of a quarterly one."""
    return fiscal_quarter(report.end, int(firm["fiscal_year_end_month"])) if report.form == QUARTERLY else report.year


def source_id(mapping: FirmMapping, report: Filing, period: str) -> str:
    year, _, quarter = period.lower().partition("-")
    return "-".join(filter(None, (mapping.source, report.form.replace("-", "").lower(), quarter, year)))


def fetch(
    session: Session,
    span: Span,
    say: Say = quietly,
    left_out: Say = quietly,
    firms: Iterable[str] = (),
    book: Book | None = None,
    quarters: bool = False,
) -> Tables:
    """Rows of `company_filings` that are new or differ from the book, their sources, and the rows they take the place of.

    A filing that needs a person's decision, or cannot be read, goes to `left_out`; the others are written.
    """
    book = book or Book.load()
    tables: Tables = {"company_filings": [], "sources": [], "corrections": []}
    confirmed = 0
    for mapping in chosen(read_mapping(MAPPING), firms):
        for report in reports_of(session, mapping, span, left_out, quarters):
            if mapping.basis(report.end) is None:
                left_out(
                    f"{mapping.firm}, year to {report.end}: the mapping has no basis for this year; read the note in the filing "
                    "and add it to data/filings/edgar_mapping.yml"
                )
                continue
            try:
                found = read_report(session, mapping, report)
            except DoesNotReconcile as fault:
                left_out(str(fault))
                continue
            except FormChanged as fault:
                left_out(f"{mapping.firm}, year to {report.end}: {fault.what}")
                continue
            address = session.access.hosts["www"] + report.folder + "/"
            row = filing_row(mapping, report, found, book.firm(mapping.firm), address)
            source = {
                "source_id": row["source_id"],
                "publisher": mapping.firm,
                "title": f"{mapping.firm} Form {report.form} {row['fiscal_year']}, revenue by geography",
                "url": address,
                "licence": "Public company filing; facts quoted with attribution",
                "accessed": date.today().isoformat(),
                "cadence": "quarterly" if report.form == QUARTERLY else "annual",
                "kind": "filing",
                "note": "",
            }
            placed = book.place(row)
            if placed is None:
                confirmed += 1
                continue
            tables["company_filings"].append(placed.row)
            tables["sources"].append(source)
            tables["corrections"] += placed.corrections
            say(f"edgar: {placed.remark}")
    say(f"edgar: {len(tables['company_filings'])} rows new or changed, {confirmed} as in the book")
    if not tables["company_filings"] and not confirmed:
        raise SourceError(
            f"No annual report with a usable split for {span.first} to {span.last}.",
            "A 10-K appears one to three months after the fiscal year ends: choose other months with --from and --to, or see "
            "the filings left out above.",
        )
    return tables if tables["company_filings"] else {}
