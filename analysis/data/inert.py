"""Text that stays text: what a spreadsheet would run as a formula is published so that it is only shown.

The data may hold any printable text, a formula or markup included: refusing it would lose what a source said. Pages escape it
(HTML), and each published CSV passes through here. Prefixing an apostrophe is what OWASP recommends against CSV injection.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

_NUMBER_OR_SIGN = re.compile(r"[+-]?(\d[\d.,]*(e[+-]?\d+)?%?)?|%", re.IGNORECASE)   # a lone % is a unit
_TRIGGER = ("=", "+", "-", "@", "\t", "\r", "|", "%")


def as_csv_safe(text: str) -> str:
    """`text`, with an apostrophe in front when a spreadsheet could take it for a formula; numbers and single signs stay."""
    if text.lstrip(" ").startswith(_TRIGGER) and not _NUMBER_OR_SIGN.fullmatch(text.strip(" ")):
        return "'" + text
    return text


def as_text(cell: str) -> str:
    """The text of a published cell: what `as_csv_safe` put in front is taken off, so that a table can be given back unchanged.

    No text of the data begins with an apostrophe before a formula: spreadsheets do not count that apostrophe as content either.
    """
    return cell[1:] if cell.startswith("'") and as_csv_safe(cell[1:]) == cell else cell


def publish_tables(tables: Path, target: Path) -> list[Path]:
    """Copy every CSV file of the flat folder `tables` to `target`, each cell made inert; return the files written."""
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for path in sorted(tables.glob("*.csv")):
        public = target / path.name
        with path.open(encoding="utf-8", newline="") as source, public.open("w", encoding="utf-8", newline="") as copy:
            csv.writer(copy, lineterminator="\n").writerows([as_csv_safe(cell) for cell in row] for row in csv.reader(source))
        written.append(public)
    return written
