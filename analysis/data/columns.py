"""Columns that many tables share, and short ways to declare a column."""

from __future__ import annotations

from analysis.data import vocabulary as v
from analysis.data.schema import Column, Reference, Table

SOURCE_ID = r"[a-z0-9]+([_-][a-z0-9]+)*"
ACCESSION = r"\d{10}-\d{2}-\d{6}"
FISCAL_QUARTER = r"FY20\d\d-Q[1-4]"
ISO_DAY = r"\d{4}-\d{2}-\d{2}"
MONTH = r"\d{4}-(0[1-9]|1[0-2])"
FISCAL_YEAR = (
    r"(FY|CY)20\d\d(-(Q[1-4](/Q[1-4])?|H[12]|9M|\d\d))?|F?Q[1-4] 20\d\d|H[12] (FY)?20\d\d|" + f"{ISO_DAY} to {ISO_DAY}"
    + r"|all|normal year|recent years .*"
)
PERIOD = (  # year, month, quarter, half; fiscal or forecast year; a span with a slash; an approximate year
    rf"(FY|c\.)?\d{{4}}F?|{MONTH}|\d{{4}}-Q[1-4]|\d{{4}}-H[12]|(c\.)?\d{{4}}-\d{{4}}|{ISO_DAY}/{ISO_DAY}|{MONTH}/({MONTH}|{ISO_DAY})|\d{{4}}/\d{{4}}"
)
FIRST_DAY, LAST_DAY = "1990-01-01", "2035-12-31"


def text(name: str, description: str, **rest) -> Column:
    return Column(name, "text", description, **rest)


def number(name: str, description: str, unit: str, **rest) -> Column:
    return Column(name, "number", description, unit=unit, **rest)


def date(name: str, description: str, **rest) -> Column:
    return Column(name, "date", description, minimum=FIRST_DAY, maximum=LAST_DAY, **rest)


EVIDENCE_TRAIL = (
    text("source_id", "The source that the figure is attributed to", required=True, pattern=SOURCE_ID),
    text("retrieved_url", "Where the figure was actually seen, when that is another place (a page, or a pinned public copy)"),
    text("grade", "A official text, statistics, filing or the author's own publication; B press, law firm, transcript; "
         "C compiled notes or repost", required=True, allowed=v.GRADES),
    text("evidence", "seen: the figure stood in a retrieved text; derived: arithmetic on such figures, described in the note",
         required=True, allowed=v.EVIDENCE),
)
NOTE = text("note", "Definition, caveat or arithmetic that belongs to this row")
CITES_SOURCE = Reference("source_id", "sources", "source_id")


def series_table(name: str, folder: str, title: str, row: str, units: tuple[str, ...], read_first: str, *,
                  key: tuple[str, ...] = ("series_id", "period"), frequencies: tuple[str, ...] = v.FREQUENCIES,
                  regular: bool = True, partner: str = "Counterpart, where there is one", value_required: bool = True,
                  minimum: float | None = None) -> Table:
    """A long table of series: one value a row, the unit beside it."""
    return Table(name, folder, title, row, key, (
        text("series_id", "Name of the series; rows of different series are never added or compared unread", required=True,
             pattern=r"[A-Za-z0-9_]+"),
        text("period", "Year, month (YYYY-MM), quarter (YYYY-Qn), half (YYYY-Hn), fiscal (FY) or forecast (F) year, span "
             "(start/end), c. for an approximate year", required=True, pattern=PERIOD),
        text("freq", "Frequency: A annual, H half-year, Q quarter, M month, YTD year to date; empty for an irregular period",
             required=regular, allowed=frequencies),
        text("geography", "Reporting country, region, group of firms or buyer", required=True),
        text("partner", partner),
        text("hs_code_or_product", "Product: Harmonised System code, or in words", required=True),
        Column("value", "number", "Value in the unit of the row", unit="see unit", required=value_required, minimum=minimum),
        text("unit", "Unit of the value", required=True, allowed=units),
        *EVIDENCE_TRAIL, NOTE,
    ), (CITES_SOURCE,), read_first, steady=tuple(name for name in ("geography", "partner", "unit") if name not in key))
