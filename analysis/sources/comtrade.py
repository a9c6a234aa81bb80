"""UN Comtrade, API v1: annual US exports of chips, China's imports from the world, and partners' exports to China.

Documented at comtradedeveloper.un.org: `data/v1/get/C/A/HS` answers `{"count", "data", "error"}`; with the total of each
breakdown asked for (mode of transport 0, customs procedure C00, second partner 0) there is one record a reporter, partner,
code, flow and year. Read directly: the library `comtradeapicall` puts the key into the address, prints failures and returns
nothing instead of raising.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import product

from analysis.sources.answers import read_json
from analysis.sources.errors import Incomplete, SchemaChanged, SourceError
from analysis.sources.gaps import yearly_gaps
from analysis.sources.overlays import Tables
from analysis.sources.session import Request, Say, Session, quietly
from analysis.sources.settings import Provider
from analysis.sources.span import Span
from analysis.sources.trade_rows import PARTNERS, usd_m

PROVIDER = Provider(
    name="comtrade",
    title="The UN Comtrade interface",
    hosts={"api": "https://comtradeapi.un.org"},
    pause_s=1.2,
    first_month="2013-01",
    key_variable="COMTRADE_API_KEY",
    key_place="header:Ocp-Apim-Subscription-Key",
    key_page="https://comtradedeveloper.un.org/",
    refused="A free key has 500 requests a day: if they are used up, go on tomorrow.",
)
PERIODS_A_REQUEST = 12
LICENCE = "UN Comtrade terms apply to bulk redistribution; individual facts cited with attribution"
MIRROR_REPORTERS = {  # UN M49 code: suffix of the series, name
    "276": ("DEU", "Germany"),
    "344": ("HKG", "Hong Kong"),
    "372": ("IRL", "Ireland"),
    "376": ("ISR", "Israel"),
    "392": ("JPN", "Japan"),
    "410": ("KOR", "Korea"),
    "458": ("MYS", "Malaysia"),
    "608": ("PHL", "Philippines"),
    "702": ("SGP", "Singapore"),
    "842": ("USA", "United States"),
    "704": ("VNM", "Viet Nam"),
}
EXPORT_PARTNERS = {"0": "W", "156": "CN", "344": "HK"}
FIELDS = ("period", "reporterCode", "partnerCode", "cmdCode", "flowCode", "primaryValue", "motCode", "customsCode", "partner2Code")


@dataclass(frozen=True)
class Selection:
    """What is asked for in one go, and the table and source its rows go to."""

    label: str
    table: str
    source_id: str
    title: str
    reporters: tuple[str, ...]
    partners: tuple[str, ...]
    flow: str
    note: str


SELECTIONS = (
    Selection(
        "US exports of HS 8542",
        "us_exports",
        "un-comtrade-v1-us-exports-8542",
        "UN Comtrade API v1, annual exports, reporter USA, HS 8542",
        ("842",),
        tuple(EXPORT_PARTNERS),
        "X",
        "total exports including re-exports, primaryValue (FAS); classification as reported",
    ),
    Selection(
        "China's imports of HS 8542",
        "china_imports",
        "un-comtrade-v1-china-imports-8542",
        "UN Comtrade API v1, annual imports, reporter China, partner World, HS 8542",
        ("156",),
        ("0",),
        "M",
        "CIF; includes re-imports of Chinese-made goods; classification as reported",
    ),
    Selection(
        "partners' exports of HS 8542 to China",
        "china_imports",
        "un-comtrade-v1-mirror-exports-to-china-8542",
        "UN Comtrade API v1, annual exports to China by reporter, HS 8542",
        tuple(MIRROR_REPORTERS),
        ("156",),
        "X",
        "mirror series; FOB; Hong Kong value is almost wholly re-exports",
    ),
)


def plan(span: Span) -> list[Request]:
    return [request for selection in SELECTIONS for request in _requests(selection, span)]


def _requests(selection: Selection, span: Span) -> list[Request]:
    """Blocks of at most twelve years; only whole years are asked for, because annual values are."""
    years = [str(year) for year in span.years if span.whole_year(year)]
    blocks = [years[i : i + PERIODS_A_REQUEST] for i in range(0, len(years), PERIODS_A_REQUEST)]
    return [
        Request(
            "api",
            "/data/v1/get/C/A/HS",
            (
                ("reporterCode", ",".join(selection.reporters)),
                ("partnerCode", ",".join(selection.partners)),
                ("period", ",".join(block)),
                ("cmdCode", "8542"),
                ("flowCode", selection.flow),
                ("motCode", "0"),
                ("customsCode", "C00"),
                ("partner2Code", "0"),
                ("includeDesc", "false"),
            ),
            f"{selection.label}, {block[0]} to {block[-1]}",
        )
        for block in blocks
    ]


def parse(body: bytes) -> dict[tuple[str, str, str], Decimal]:
    """US dollars by (reporter, partner, year). A record that is null, or whose value or place is, is not there."""
    answer = read_json(body)
    if not isinstance(answer, dict) or not isinstance(answer.get("data"), list):
        raise SchemaChanged("'data' is missing")
    if answer.get("error"):
        raise SchemaChanged(f"it reports {str(answer['error'])[:200]!r}")
    if isinstance(answer.get("count"), int) and answer["count"] != len(answer["data"]):
        raise Incomplete(f"{len(answer['data'])} of {answer['count']} records")
    values: dict[tuple[str, str, str], Decimal] = {}
    for record in answer["data"]:
        if record is None:
            continue
        if not isinstance(record, dict):
            raise SchemaChanged("a record is not an object")
        missing = [name for name in FIELDS if name not in record]
        if missing:
            raise SchemaChanged(f"field {', '.join(missing)} is missing; fields: {', '.join(sorted(record))[:200]}")
        if any(record[name] is None for name in FIELDS):
            continue
        if (str(record["motCode"]), str(record["customsCode"]), str(record["partner2Code"])) != ("0", "C00", "0"):
            raise SchemaChanged("records are broken down by transport, procedure or second partner, expected their totals")
        if not isinstance(record["primaryValue"], int | float) or not 0 <= record["primaryValue"] < 1e15:
            raise SchemaChanged(f"primaryValue is {str(record['primaryValue'])[:40]!r}, expected US dollars")
        key = (str(record["reporterCode"]), str(record["partnerCode"]), str(record["period"]))
        if not re.fullmatch(r"\d{4}", key[2]):
            raise SchemaChanged(f"period is {key[2][:40]!r}, expected a year")
        if key in values:
            raise SchemaChanged(f"two records for reporter {key[0]}, partner {key[1]}, {key[2]}")
        values[key] = Decimal(str(record["primaryValue"]))
    return values


def fetch(session: Session, span: Span, say: Say = quietly, left_out: Say = quietly) -> Tables:
    """Annual rows of `us_exports` and `china_imports`, with their sources; what is missing goes to `left_out`."""
    if not any(span.whole_year(year) for year in span.years):
        raise SourceError(
            f"{span.first} to {span.last} holds no whole year, and annual values are asked for.",
            "Give for example --from 2023-01 --to 2024-12.",
        )
    whole = [str(year) for year in span.years if span.whole_year(year)]
    if parts := [str(year) for year in span.years if not span.whole_year(year)]:
        left_out(f"{', '.join(parts)}: not whole in {span.first} to {span.last}, and only whole years are asked for")
    tables: Tables = {"us_exports": [], "china_imports": [], "sources": []}
    for selection in SELECTIONS:
        rows, have = [], {_name(selection, *pair): set() for pair in product(selection.reporters, selection.partners)}
        for request in _requests(selection, span):
            for key, usd in sorted(session.get(request, parse).items()):
                rows.append(_row(selection, *key, usd, session.url(request)))
                have[_name(selection, *key[:2])].add(key[2])
        if not rows:
            left_out(f"{selection.label}: no records at all for {whole[0]} to {whole[-1]}")
            continue
        for gap in yearly_gaps(whole, have):
            left_out(f"{selection.label}: {gap}")
        tables[selection.table] += rows
        tables["sources"].append(
            {
                "source_id": selection.source_id,
                "publisher": "UN Comtrade",
                "title": selection.title,
                "licence": LICENCE,
                "url": "https://comtradeapi.un.org/data/v1/get/C/A/HS",
                "accessed": date.today().isoformat(),
                "cadence": "annual",
                "kind": "official statistics",
                "note": "",
            }
        )
    if not tables["sources"]:
        raise SourceError(
            f"UN Comtrade has no records for {span.first} to {span.last}.",
            "A year appears in the course of the next: choose earlier years with --from and --to.",
        )
    return tables


def _name(selection: Selection, reporter: str, partner: str) -> str:
    """Who reports, and to or from whom where that is not the same for all."""
    name = "China" if reporter == "156" else MIRROR_REPORTERS[reporter][1]
    return f"{name} to {PARTNERS[EXPORT_PARTNERS[partner]]}" if len(selection.partners) > 1 else name


def _row(selection: Selection, reporter: str, partner: str, year: str, usd: Decimal, url: str) -> dict[str, str]:
    if reporter not in selection.reporters or partner not in selection.partners:
        raise SourceError(
            f"UN Comtrade answered with reporter {reporter} and partner {partner}, which were not asked for.",
            "The interface may have changed; nothing was written.",
        )
    shared = {
        "period": year,
        "freq": "A",
        "value": usd_m(usd),
        "unit": "USD million",
        "source_id": selection.source_id,
        "retrieved_url": url,
        "grade": "A",
        "evidence": "seen",
        "note": selection.note,
    }
    if selection.table == "us_exports":
        short = EXPORT_PARTNERS[partner]
        return {
            "series_id": f"US_X_8542_{short}",
            "geography": "United States",
            "partner": PARTNERS[short],
            "hs_code_or_product": "HS 8542",
            **shared,
        }
    if selection.flow == "M":
        return {"series_id": "CN_M_8542_W", "geography": "China", "partner": "World", "hs_code_or_product": "HS 8542", **shared}
    suffix, name = MIRROR_REPORTERS[reporter]
    return {
        "series_id": f"MIRROR_X_8542_CN_{suffix}",
        "geography": name,
        "partner": "China",
        "hs_code_or_product": "HS 8542, exports reported by the partner",
        **shared,
    }
