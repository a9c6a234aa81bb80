"""The words of customs extracts: names of columns, partners, flows and months, as their publishers write them.

USA Trade Online, the Census interface and the bulk files of UN Comtrade are known by their own names.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from analysis.data.problems import nearest
from analysis.sources.errors import SourceError

# Column of the book: names under which extracts carry it, the first being the documented one.
COLUMNS = {
    "month": ("month", "period", "time", "year_month", "refperiodid", "date"),
    "hs_code": (
        "hs_code",
        "hs10",
        "hs",
        "hs6",
        "hs4",
        "commodity",
        "e_commodity",
        "schedule_b",
        "cmdcode",
        "commodity_code",
        "cmd_code",
        "commoditycode",
    ),
    "partner": (
        "partner",
        "partner_code",
        "cty_code",
        "country_code",
        "partner_iso",
        "partnercode",
        "partneriso",
        "partnerdesc",
        "country",
        "cty_name",
        "country_name",
        "partner_desc",
    ),
    "flow": ("flow", "flow_code", "flowcode", "flowdesc", "trade_flow", "flow_desc"),
    "value_usd": (
        "value_usd",
        "value",
        "all_val_mo",
        "primaryvalue",
        "total_value_us",
        "total_exports_value_us",
        "value_us",
        "total_value",
        "total_exports_value",
        "total_value_usd",
        "trade_value_us",
        "fas_value_us",
    ),
}
REPORTER = ("reportercode", "reporteriso", "reporter", "reporter_code", "reporterdesc", "reporter_iso")
CLASSIFICATION = ("classificationcode", "classification", "classification_code")
YEAR = ("year", "yr")
# Columns by which a file gives parts beside their totals, and how a total is marked in them.
PARTS = {
    "motcode": ("0",),
    "mot_code": ("0",),
    "customscode": ("C00",),
    "customs_code": ("C00",),
    "partner2code": ("0",),
    "partner2_code": ("0",),
    "partner2iso": ("W00",),
    "moscode": ("0",),
}
UNITED_STATES = ("842", "840", "US", "USA", "UNITEDSTATES", "UNITEDSTATESOFAMERICA")
TOTAL_EXPORTS = ("X", "E", "EXPORT", "EXPORTS", "TOTAL EXPORTS")
PARTS_OF_EXPORTS = {
    "DX": "DX",
    "DOMESTIC EXPORT": "DX",
    "DOMESTIC EXPORTS": "DX",
    "RX": "RX",
    "RE-EXPORT": "RX",
    "RE-EXPORTS": "RX",
    "REEXPORT": "RX",
    "REEXPORTS": "RX",
    "FOREIGN EXPORTS": "RX",
}
IMPORTS = ("M", "I", "IMPORT", "IMPORTS", "RM", "FM", "RE-IMPORT", "RE-IMPORTS")

_CHINA = (
    "CN",
    "CHN",
    "5700",
    "156",
    "CHINA",
    "CHINA MAINLAND",
    "MAINLAND CHINA",
    "PRC",
    "PR CHINA",
    "CHINA PR",
    "CHINA PRC",
    "PEOPLES REPUBLIC OF CHINA",
    "PEOPLE REPUBLIC OF CHINA",
    "CHINA PEOPLES REPUBLIC OF",
    "CHINA PEOPLES REPUBLIC",
    "THE PEOPLES REPUBLIC OF CHINA",
    "CHINA P R",
)
_HONG_KONG = (
    "HK",
    "HKG",
    "5820",
    "344",
    "HONG KONG",
    "HONG KONG SAR",
    "CHINA HONG KONG SAR",
    "HONG KONG SAR CHINA",
    "HONG KONG CHINA",
    "CHINA HONG KONG",
    "HONG KONG SAR OF CHINA",
    "HK SAR",
    "CHINA HK",
    "CHINA HK SAR",
    "HONG KONG SPECIAL ADMINISTRATIVE REGION",
    "CHINA HONG KONG SPECIAL ADMINISTRATIVE REGION",
    "HONG KONG SPECIAL ADMINISTRATIVE REGION OF CHINA",
    "CHINA SAR HONG KONG",
)
IGNORED_IN_NAMES = " .,'’()-&/:;\u00a0"
PARTNER_CODES = {name.replace(" ", ""): code for code, names in (("CN", _CHINA), ("HK", _HONG_KONG)) for name in names}
_OTHERS = re.compile(r"TAIWAN|TAIPEI|MACA[OU]|INDOCHIN|CHINASEA")
_ALIKE = re.compile(r"CHIN[AE]|HONGKONG|HONKONG|^PRC|^HK")

_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")
_BY_NAME = {name: i for i, name in enumerate(_MONTHS, start=1)} | {name[:3]: i for i, name in enumerate(_MONTHS, start=1)}
_MM, _DD = r"(?P<m>0[1-9]|1[0-2])", r"(0[1-9]|[12]\d|3[01])"
MONTH_FORMS = {
    "YYYY-MM": rf"(?P<y>\d{{4}})-{_MM}",
    "YYYYMM": rf"(?P<y>\d{{4}}){_MM}(\.0)?",
    "YYYY-MM-DD": rf"(?P<y>\d{{4}})-{_MM}-{_DD}( 00:00:00)?",
    "YYYYMMDD": rf"(?P<y>\d{{4}}){_MM}{_DD}(\.0)?",
    "YYYY/MM": rf"(?P<y>\d{{4}})/{_MM}",
    "YYYYMnn": rf"(?P<y>\d{{4}})-?M{_MM}",
    "January 2030": r"(?P<name>[A-Za-z]{3,9})\.?[ -](?P<y>\d{4})",
}


@functools.lru_cache(maxsize=4096)
def month_of(text: str) -> tuple[str, str]:
    """The form in which a month is written and the month as YYYY-MM; two empty texts when it is none."""
    for form, pattern in MONTH_FORMS.items():
        found = re.fullmatch(pattern, text, re.ASCII)
        if found:
            parts = found.groupdict()
            number = int(parts["m"]) if "m" in parts else _BY_NAME.get(parts["name"].lower(), 0)
            return (form, f"{parts['y']}-{number:02d}") if number else ("", "")
    return "", ""


def looks_like_china(partner: str) -> bool:
    """Whether a partner, without spaces and marks, may mean China or Hong Kong though it is not written as any known name."""
    if partner in PARTNER_CODES or _OTHERS.search(partner):
        return False
    return bool(_ALIKE.search(partner)) or nearest(partner, ("CHINA", "HONGKONG"), cutoff=0.8) is not None


def plain(name: str) -> str:
    """The name of a column as it is compared: `Total Value ($US)` is `total_value_us`."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def first_named(names: Sequence[str], wanted: Sequence[str]) -> str | None:
    """The extract's column that has the first of the wanted names."""
    by_plain = {plain(name): name for name in reversed(names)}
    return next((by_plain[name] for name in wanted if name in by_plain), None)


def is_header(names: Sequence[str]) -> bool:
    """Whether a line holds the names of the columns: at least three of them are known."""
    return sum(first_named(names, aliases) is not None for aliases in COLUMNS.values()) >= 3


def find_columns(names: Sequence[str], path: str, titles: Sequence[str] = ()) -> dict[str, str]:
    """The extract's name of each column; flow may lack where the layout of USA Trade Online says by its measure that it is exports.

    `titles` are the lines above the header. Raises SourceError naming all that are missing, each with the nearest name there is.
    """
    lower = {plain(name): name for name in names}
    found, faults = {}, []
    for column, aliases in COLUMNS.items():
        match = first_named(names, aliases)
        if match is not None:
            found[column] = match
            continue
        if (
            column == "flow"
            and plain(found.get("hs_code", "")) == "commodity"
            and first_named(names, ("total_value_us", "total_exports_value_us"))
        ):
            if any("import" in line.lower() for line in titles):
                faults.append("its title says imports, expected exports")
            continue
        scaled = [
            name for name in names if column == "value_usd" and re.search(r"thousand|million|billion|000", name, re.IGNORECASE)
        ]
        if scaled:
            faults.append(f"column value_usd is missing; {scaled[0]!r} is in another unit, expected US dollars: multiply it out")
            continue
        near = nearest(column, lower, cutoff=0.5) or next(filter(None, (nearest(alias, lower) for alias in aliases)), None)
        hint = f"; did you mean {lower[near]!r}?" if near else ""
        faults.append(f"column {column} is missing{hint} (also understood: {', '.join(aliases[1:])})")
    if faults:
        raise SourceError("\n".join([f"{path}:", *faults]), f"\nColumns there: {', '.join(names)[:300]}.")
    return found
