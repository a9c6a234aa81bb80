"""Federal Reserve industrial production and capacity of NAICS 3344 (release G.17), from FRED.

Documented at fred.stlouisfed.org/docs/api/fred: `fred/series` describes a series, `fred/series/observations` gives its
values, "." where one is missing. Read directly: the library `fredapi` sets no time-out, retries nothing, writes
the key into the address that its errors show, and saves about ten lines.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from analysis.sources.answers import read_json
from analysis.sources.errors import Incomplete, KeyRefused, SchemaChanged, SourceError
from analysis.sources.gaps import monthly_gaps
from analysis.sources.overlays import Tables
from analysis.sources.session import Request, Say, Session, quietly
from analysis.sources.settings import Provider
from analysis.sources.span import Span

PROVIDER = Provider(
    name="fred",
    title="The FRED interface",
    hosts={"api": "https://api.stlouisfed.org"},
    pause_s=0.6,
    first_month="2010-01",
    key_variable="FRED_API_KEY",
    key_place="param:api_key",
    key_page="https://fredaccount.stlouisfed.org/apikeys",
    refused="Wait a minute: at most 120 requests a minute are answered.",
)
MOST_VALUES = 100_000  # that FRED gives at once; a century of months has 1,200
BASE_YEAR = "2017"  # the tables hold the index with this base; another base is another series
SERIES = {
    "IPG3344S": (
        "IND_IPG3344S",
        "index 2017=100",
        "fed-g17-production-naics3344",
        "G.17 industrial production, semiconductors and other electronic components (NAICS 3344), seasonally adjusted",
    ),
    "CAPG3344S": (
        "IND_CAPG3344S",
        "index",
        "fed-g17-capacity-naics3344",
        "G.17 industrial capacity, NAICS 3344, seasonally adjusted",
    ),
}


def plan(span: Span) -> list[Request]:
    """For each series its description and the first page of its values."""
    return [request for name in SERIES for request in (_description(name), _observations(name, span))]


def _description(name: str) -> Request:
    return Request("api", "/fred/series", (("series_id", name), ("file_type", "json")), f"{name}, description")


def _observations(name: str, span: Span) -> Request:
    return Request(
        "api",
        "/fred/series/observations",
        (
            ("series_id", name),
            ("file_type", "json"),
            ("observation_start", f"{span.first}-01"),
            ("observation_end", f"{span.last}-28"),
            ("limit", str(MOST_VALUES)),
        ),
        f"{name}, {span.first} to {span.last}",
    )


def _document(body: bytes, wanted: str) -> dict[str, Any]:
    document = read_json(body)
    if isinstance(document, dict) and "api_key" in str(document.get("error_message", "")):
        raise KeyRefused
    if not isinstance(document, dict) or not isinstance(document.get(wanted), list):
        raise SchemaChanged(f"{wanted!r} is missing")
    return document


def parse_description(body: bytes) -> dict[str, str]:
    """Units and frequency of a series; its base year must be BASE_YEAR."""
    found = _document(body, "seriess")["seriess"]
    if not found or not isinstance(found[0], dict) or not {"units", "frequency_short"} <= found[0].keys():
        raise SchemaChanged("the description of the series has no units or frequency")
    units, frequency = str(found[0]["units"]), str(found[0]["frequency_short"])
    if frequency != "M":
        raise SchemaChanged(f"the series has frequency {frequency!r}, expected monthly")
    if BASE_YEAR not in units:
        raise SchemaChanged(
            f"the series is now in {units!r}, but the tables hold base {BASE_YEAR}; rows of two bases must not be mixed"
        )
    return {"units": units}


def parse_observations(body: bytes) -> dict[str, str]:
    """Values by YYYY-MM as written; one that is missing (".") or null is not there.

    Raises Incomplete when the answer counts more observations than it gives.
    """
    document = _document(body, "observations")
    values = {}
    for row in document["observations"]:
        if row is not None and not isinstance(row, dict):
            raise SchemaChanged("an observation is not an object")
        if row is None or row.get("date", "") is None or row.get("value", "") is None:
            continue
        day, value = str(row.get("date", "")), str(row.get("value", ""))
        if not re.fullmatch(r"\d{4}-\d\d-01", day) or not re.fullmatch(r"-?\d+(\.\d+)?|\.", value):
            raise SchemaChanged(f"an observation reads {day!r}: {value!r}, expected a first of a month and a number or '.'")
        if value != ".":
            values[day[:7]] = value
    count = document.get("count", 0)
    if not isinstance(count, int):
        raise SchemaChanged(f"count is {str(count)[:40]!r}, expected a number")
    if count > len(document["observations"]):
        raise Incomplete(f"{len(document['observations']):,} of {count:,} observations")
    return values


def fetch(session: Session, span: Span, say: Say = quietly, left_out: Say = quietly) -> Tables:
    """Rows of `uncertainty_monthly` (where the output series stand beside the uncertainty series), with their sources; what is
    missing goes to `left_out`."""
    tables: Tables = {"uncertainty_monthly": [], "sources": []}
    have: dict[str, set[str]] = {}
    for name, (series_id, unit, source_id, title) in SERIES.items():
        session.get(_description(name), parse_description)
        request = _observations(name, span)
        values = {month: value for month, value in session.get(request, parse_observations).items() if month in span}
        have[name] = set(values)
        rows = [
            {
                "series_id": series_id,
                "month": month,
                "value": value,
                "unit": unit,
                "source_id": source_id,
                "retrieved_url": session.url(request),
                "grade": "A",
                "evidence": "seen",
            }
            for month, value in values.items()
        ]
        if not rows:
            continue
        tables["uncertainty_monthly"] += rows
        tables["sources"].append(
            {
                "source_id": source_id,
                "publisher": "Federal Reserve Board",
                "title": title,
                "url": f"https://fred.stlouisfed.org/series/{name}",
                "licence": "US government work: public domain; FRED asks for citation",
                "accessed": date.today().isoformat(),
                "cadence": "monthly",
                "kind": "official statistics",
                "note": "",
            }
        )
    if not tables["sources"]:
        raise SourceError(
            f"FRED has no values of {', '.join(SERIES)} for {span.first} to {span.last}.",
            "Choose earlier months with --from and --to.",
        )
    for gap in monthly_gaps(span, have):
        left_out(gap)
    say(f"fred: {len(tables['uncertainty_monthly'])} values")
    return tables
