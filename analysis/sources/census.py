"""US Census Bureau, International Trade API: monthly US exports by HS heading to China and Hong Kong.

Documented at census.gov/data/developers/data-sets/international-trade.html: `timeseries/intltrade/exports/hs` answers a JSON
array of arrays whose first row names the columns, HTTP 204 when nothing matches, and a redirect to a page about keys when
the key is wrong. Values (`ALL_VAL_MO`) are total exports, domestic and foreign, in US dollars, free alongside ship, by
country of destination.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from analysis.sources.answers import read_json
from analysis.sources.errors import SchemaChanged, SourceError
from analysis.sources.gaps import monthly_gaps
from analysis.sources.overlays import Tables
from analysis.sources.session import Request, Say, Session, quietly
from analysis.sources.settings import Provider
from analysis.sources.span import Span
from analysis.sources.trade_rows import HEADINGS, PARTNERS, export_row, whole_years

PROVIDER = Provider(
    name="census",
    title="The US Census trade interface",
    hosts={"api": "https://api.census.gov"},
    pause_s=0.5,
    first_month="2010-01",
    key_variable="CENSUS_API_KEY",
    key_place="param:key",
    key_page="https://api.census.gov/data/key_signup.html",
    refused="Wait a while: too many requests from one address are turned away.",
)
COUNTRIES = {"5700": "CN", "5820": "HK"}  # Census country codes (Schedule C)
COLUMNS = ("E_COMMODITY", "CTY_CODE", "ALL_VAL_MO", "time")
SOURCE_ID = "us-census-intltrade-exports-hs"
SOURCE = {
    "source_id": SOURCE_ID,
    "publisher": "US Census Bureau",
    "title": "International Trade API, monthly US exports by HS code",
    "url": "https://api.census.gov/data/timeseries/intltrade/exports/hs",
    "cadence": "monthly",
    "kind": "official statistics",
    "licence": "US government statistics (US Census Bureau data): public domain in the US",
}
DEFINITION = "total exports (domestic and foreign), FAS, by destination; USD in the source"


def plan(span: Span) -> list[Request]:
    """One request a year: all headings, both partners."""
    return [_request(span.in_year(year)) for year in span.years]


def _request(part: Span) -> Request:
    return Request(
        "api",
        "/data/timeseries/intltrade/exports/hs",
        (
            ("get", ",".join(COLUMNS[:3])),
            ("COMM_LVL", "HS4"),
            *(("E_COMMODITY", code) for code in HEADINGS),
            *(("CTY_CODE", code) for code in COUNTRIES),
            ("time", f"from {part.first} to {part.last}"),
        ),
        f"US exports, {part.first} to {part.last}",
    )


def parse(body: bytes) -> dict[tuple[str, str, str], Decimal]:
    """US dollars by (heading, partner, YYYY-MM); empty when the answer is empty (HTTP 204). What is null is not there."""
    if not body.strip():
        return {}
    table = read_json(body)
    if not isinstance(table, list) or not table or not all(isinstance(row, list | None) for row in table) or not table[0]:
        raise SchemaChanged("it is not an array of arrays")
    header = [str(name) for name in table[0]]
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise SchemaChanged(f"column {', '.join(missing)} is missing; columns: {', '.join(header)[:200]}")
    values: dict[tuple[str, str, str], Decimal] = {}
    for cells in filter(None, table[1:]):
        if len(cells) != len(header):
            raise SchemaChanged(f"a row has {len(cells)} cells, expected {len(header)}")
        given = dict(zip(header, cells, strict=True))
        if any(given[name] is None for name in COLUMNS):
            continue
        row = {name: str(cell) for name, cell in given.items()}
        if row["E_COMMODITY"] not in HEADINGS or row["CTY_CODE"] not in COUNTRIES:
            raise SchemaChanged(f"it holds {row['E_COMMODITY']!r} to {row['CTY_CODE']!r}, which was not asked for")
        key = (row["E_COMMODITY"], COUNTRIES[row["CTY_CODE"]], row["time"])
        if not re.fullmatch(r"\d{1,15}", row["ALL_VAL_MO"]) or not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", row["time"]):
            raise SchemaChanged(f"{row['time'][:40]!r} has {row['ALL_VAL_MO'][:40]!r}, expected a month and US dollars")
        usd = Decimal(row["ALL_VAL_MO"])
        if key in values and values[key] != usd:
            raise SchemaChanged(f"{key[0]} to {key[1]} in {key[2]} stands twice, as {values[key]} and {usd}")
        values[key] = usd
    return values


def fetch(session: Session, span: Span, say: Say = quietly, left_out: Say = quietly) -> Tables:
    """Monthly rows of `us_exports`, and annual ones for whole years, with their source; what is missing goes to `left_out`."""
    months: dict[tuple[str, str, str], Decimal] = {}
    seen_at: dict[str, str] = {}
    for year, request in zip(span.years, plan(span), strict=True):
        part = session.get(request, parse)
        months |= {key: usd for key, usd in part.items() if key[2] in span}
        seen_at[str(year)] = session.url(request)
    if not months:
        raise SourceError(
            f"The Census interface has no rows for {span.first} to {span.last}.",
            "The newest month appears about five weeks after its end: choose earlier months with --from and --to.",
        )
    series = {f"HS {code} to {PARTNERS[partner]}": {month for c, p, month in months if (c, p) == (code, partner)}
              for code in HEADINGS for partner in COUNTRIES.values()}
    for gap in monthly_gaps(span, series):
        left_out(gap)
    trail = {"source_id": SOURCE_ID, "grade": "A"}
    rows = [
        export_row(code, partner, month, usd, **trail, evidence="seen", note=DEFINITION, retrieved_url=seen_at[month[:4]])
        for (code, partner, month), usd in sorted(months.items())
    ]
    rows += [
        export_row(
            code,
            partner,
            year,
            usd,
            **trail,
            evidence="derived",
            note=f"sum of twelve months; {DEFINITION}",
            retrieved_url=seen_at[year],
        )
        for (code, partner, year), usd in sorted(whole_years(months).items())
    ]
    return {"us_exports": rows, "sources": [SOURCE | {"accessed": date.today().isoformat(), "note": ""}]}
