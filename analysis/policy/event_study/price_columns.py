"""Which column of a price file is what: the day, the firm, the price; and the choice when the file leaves it open.

Two prices often stand side by side, as traded and adjusted for dividends and splits. Only the adjusted one gives the right return,
and vendors call it by many names, so that a name which is not known is asked about and never passed over.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

DATE_NAMES = ("date", "day", "time", "timestamp", "datetime", "tradedate", "tradingdate", "tradingday", "refdate", "pricedate")
FIRM_NAMES = (
    "firm",
    "ticker",
    "symbol",
    "company",
    "tickersymbol",
    "tic",
    "stock",
    "ric",
    "permno",
    "isin",
    "cusip",
    "sedol",
    "instrument",
)
PLAIN_NAMES = ("price", "close", "last", "closeprice", "closingprice", "lastprice", "pxlast", "prc", "closelast", "settle", "value")
# What a file may hold besides the price without being one.
OTHER_FIELDS = (
    "open",
    "high",
    "low",
    "vol",
    "volume",
    "change",
    "changepct",
    "chg",
    "pctchange",
    "return",
    "ret",
    "returns",
    "dividend",
    "dividends",
    "stocksplits",
    "splits",
    "split",
    "splitfactor",
    "divcash",
    "splitratio",
    "currency",
    "exchange",
    "name",
    "isin",
    "sector",
    "industry",
    "vwap",
    "bid",
    "ask",
    "turnover",
    "marketcap",
    "trades",
    "transactions",
    "capitalgains",
    "index",
    "country",
    "type",
    "source",
    "mic",
    "figi",
    "cusip",
    "sedol",
    "firmname",
    "companyname",
    "issuer",
)
_ADJUSTED = re.compile(r"adj")
_NOT_A_PRICE = ("open", "high", "low", "vol", "factor", "split", "dividend", "ratio", "shares", "ret")


class Undecided(ValueError):
    """The file leaves open which column is meant; the message puts the choice."""


def plain_name(name: str) -> str:
    """A name as it is compared: small letters and digits only, so that `Adj. Close*` is `adjclose`."""
    return re.sub(r"[^a-z0-9%]", "", name.lower()).replace("%", "pct")


def named(header: Sequence[str], names: Sequence[str]) -> str | None:
    """The first of `names` that the header has, as the header writes it."""
    by_plain = {plain_name(name): name for name in reversed(header)}
    return next((by_plain[name] for name in names if name in by_plain), None)


def is_adjusted_price(name: str) -> bool:
    """Whether a name is that of an adjusted price (not of an adjusted volume, opening price or factor)."""
    plain = plain_name(name)
    return bool(_ADJUSTED.search(plain)) and "unadj" not in plain and not any(word in plain for word in _NOT_A_PRICE)


def price_column(header: Sequence[str], taken: Sequence[str], numeric: Sequence[str], chosen: str = "") -> str:
    """The price column of a long file: the one that is `chosen`, the adjusted one, or the only one.

    `taken` are the columns of day and firm, `numeric` those that hold numbers. Raises Undecided with the choice.
    """
    rest = [name for name in header if name not in taken]
    if chosen:
        if chosen in rest:
            return chosen
        raise Undecided(f"no column {chosen!r}, expected one of: {', '.join(rest)}")
    adjusted = [name for name in rest if is_adjusted_price(name)]
    if len(adjusted) == 1:
        return adjusted[0]
    plain = [name for name in rest if plain_name(name) in PLAIN_NAMES]
    unknown = [name for name in rest if name in numeric and name not in plain and name not in adjusted and not _is_other(name)]
    candidates = [*adjusted] if adjusted else [*plain, *unknown]
    if not plain and not adjusted:
        raise Undecided(
            "a long file needs a price column; expected one of price, adj_close, adjusted, close"
            + (f"; say which with --price, for example --price {unknown[0]!r}" if unknown else "")
        )
    if len(candidates) > 1:
        raise Undecided(
            f"{' and '.join(candidates)} stand side by side, and only one is adjusted for splits and dividends: "
            f"say which with --price, for example --price {candidates[-1]!r}, or keep only that column"
        )
    return candidates[0]


def fields_of_a_wide_file(columns: Sequence[str]) -> list[str]:
    """Columns of a wide file that are fields of a price table (open, volume; MU.Close), not firms; none when all are firms."""
    words = {*OTHER_FIELDS, *PLAIN_NAMES} - {"value", "last", "name", "ret", "vol", "low", "index", "type", "open"}
    strong = [name for name in columns if plain_name(name) in words or is_adjusted_price(name)]
    if strong:
        return [name for name in columns if name in strong or _is_other(name)]
    ends = re.compile(r"(?:^|[^A-Za-z])(open|high|low|close|last|vol(ume)?|adj\w*( close)?|adjusted)(?:$|[^A-Za-z])", re.IGNORECASE)
    several = [name for name in columns if len(re.findall(r"[A-Za-z]+", name)) > 1 and ends.search(name)]
    return several if len({ends.search(name)[1].lower() for name in several}) > 1 else []


def _is_other(name: str) -> bool:
    plain = plain_name(name)
    return plain in OTHER_FIELDS or (bool(_ADJUSTED.search(plain)) and any(word in plain for word in _NOT_A_PRICE))
