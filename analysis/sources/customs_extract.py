"""Reduce a customs extract of any size to the monthly table the book needs, with DuckDB, out of core.

The extract is one CSV or Parquet file, or a folder or pattern of them, a row a shipment group: month, HS code, partner,
flow, value in US dollars. What cannot be summed honestly is refused: codes of different lengths (a total beside its parts),
total exports beside domestic and foreign ones, months written in two ways, values that are missing or negative.
"""

from __future__ import annotations

import difflib
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from analysis.sources.errors import SourceError
from analysis.sources.extract_files import files_of, identifier, reader
from analysis.sources.overlays import Tables
from analysis.sources.trade_rows import HEADINGS, export_row, whole_years

# Column of the book: names under which extracts carry it, the first being the documented one.
COLUMNS = {
    "month": ("month", "period", "time", "year_month"),
    "hs_code": ("hs_code", "hs10", "hs", "hs6", "hs4", "commodity", "e_commodity", "schedule_b"),
    "partner": ("partner", "partner_code", "cty_code", "country_code", "partner_iso"),
    "flow": ("flow", "flow_code"),
    "value_usd": ("value_usd", "value", "all_val_mo", "primaryvalue"),
}
PARTNER_CODES = {
    "CN": "CN",
    "CHN": "CN",
    "5700": "CN",
    "156": "CN",
    "CHINA": "CN",
    "HK": "HK",
    "HKG": "HK",
    "5820": "HK",
    "344": "HK",
    "HONG KONG": "HK",
}
TOTAL_EXPORTS, PARTS_OF_EXPORTS, IMPORTS = ("X", "E", "EXPORT", "EXPORTS"), ("DX", "RX"), ("M", "I", "IMPORT", "IMPORTS")
MONTH_FORMS = {
    r"\d{4}-(0[1-9]|1[0-2])": "YYYY-MM",
    r"\d{4}(0[1-9]|1[0-2])": "YYYYMM",
    r"\d{4}-(0[1-9]|1[0-2])-\d\d( 00:00:00)?": "YYYY-MM-DD",
}
DEFAULT_MEMORY = "1GB"
MAX_GROUPS = 500_000


@dataclass(frozen=True)
class Extract:
    """What was found: USD by (heading, partner, YYYY-MM), rows used, rows in all."""

    months: Mapping[tuple[str, str, str], Decimal]
    rows_used: int
    rows: int


def monthly(path: str | Path, *, memory: str = DEFAULT_MEMORY, threads: int = 0, spill: Path | None = None) -> Extract:
    """Monthly US dollars by heading and partner from the extract at `path` (a file, a folder, or a pattern with *).

    `memory` is DuckDB's limit (e.g. 512MB); what does not fit goes to the folder `spill` (default: a temporary one).
    `threads` 0 means all.
    Raises SourceError that names what is wrong with the extract.
    """
    import duckdb

    if not re.fullmatch(r"\d+(\.\d+)?\s?(MB|MiB|GB|GiB)", memory):
        raise SourceError(f"{memory!r} is not an amount of memory.", "Write it as 512MB or 2GB.")
    files = files_of(path)
    with tempfile.TemporaryDirectory(dir=spill) as folder, duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{memory}'")
        connection.execute("SET temp_directory = ?", [folder])
        connection.execute("SET preserve_insertion_order = false")
        if threads:
            connection.execute(f"SET threads = {int(threads)}")
        try:
            return _sum(connection, files, path)
        except duckdb.OutOfMemoryException:
            raise SourceError(
                f"{memory} of memory is too little for {path}.", "Give more with --memory, or room on disk for --spill."
            ) from None
        except duckdb.Error as error:
            raise SourceError(
                f"{path} cannot be read: {_first_line(error)}.",
                "Is it complete, and CSV (UTF-8, with a header) or Parquet as its name says?",
            ) from None


def _sum(connection, files: list[str], path: str | Path) -> Extract:
    connection.execute(f"CREATE VIEW extract AS SELECT * FROM {reader(files)}")
    names = [row[0] for row in connection.execute("DESCRIBE extract").fetchall()]
    columns = find_columns(names, str(path))
    month, code, partner, flow = (
        f"trim(CAST({identifier(columns[name])} AS VARCHAR))" for name in ("month", "hs_code", "partner", "flow")
    )
    value = identifier(columns["value_usd"])
    headings = ", ".join(f"'{h}'" for h in HEADINGS)
    partners = ", ".join(f"'{p}'" for p in PARTNER_CODES)
    # One pass over the file: every group carries what is needed to judge it, so nothing is read twice.
    groups = connection.execute(f"""
        WITH kept AS (
            SELECT {month} AS m, replace({code}, '.', '') AS c, upper({partner}) AS p, upper({flow}) AS f,
                   TRY_CAST({value} AS DECIMAL(38, 2)) AS v
            FROM extract)
        SELECT coalesce(m, ''), left(c, 4), length(c), p, coalesce(f, ''),
               sum(v), count(*), count(*) - count(v), count(*) FILTER (v < 0)
        FROM kept WHERE left(c, 4) IN ({headings}) AND p IN ({partners}) GROUP BY ALL ORDER BY ALL""").fetchmany(MAX_GROUPS + 1)
    if len(groups) > MAX_GROUPS:
        raise SourceError(
            f"{path}: column {columns['month']} has very many different values, such as {groups[0][0][:40]!r}.",
            f"Expected months: {', '.join(MONTH_FORMS.values())}.",
        )
    total = connection.execute("SELECT count(*) FROM extract").fetchone()[0]
    return _judged([Group(*group) for group in groups], columns, total, path)


@dataclass(frozen=True)
class Group:
    """Rows that agree in month (as written), heading, length of code, partner and flow."""

    month: str
    heading: str
    digits: int
    partner: str
    flow: str
    usd: Decimal | None
    rows: int
    missing: int
    negative: int

    @property
    def form(self) -> str:
        """How the month is written; "" when it is none."""
        return next((name for pattern, name in MONTH_FORMS.items() if re.fullmatch(pattern, self.month)), "")


def _judged(groups: Sequence[Group], columns: Mapping[str, str], total: int, path: str | Path) -> Extract:
    """The sums, or every reason why they would be wrong."""
    if not groups:
        used = ", ".join(f"{wanted} = {name}" for wanted, name in columns.items())
        raise SourceError(
            f"{path}: none of its {total:,} rows is of HS {', '.join(HEADINGS)} with China or Hong Kong.",
            f"Columns used: {used}; partners are known as {', '.join(PARTNER_CODES)}.",
        )
    exports = [group for group in groups if group.flow in TOTAL_EXPORTS or group.flow in PARTS_OF_EXPORTS]
    faults = [*_month_faults(groups, columns["month"]), *_flow_faults({group.flow for group in groups}, columns["flow"])]
    lengths = sorted({group.digits for group in exports})
    if len(lengths) > 1:
        faults.append(
            f"column {columns['hs_code']}: codes of {' and '.join(map(str, lengths))} digits, so that totals stand beside their "
            "parts and would be counted twice; keep one length"
        )
    for count, what in (
        (sum(g.missing for g in exports), "missing or not numbers"),
        (sum(g.negative for g in exports), "negative"),
    ):
        if count:
            faults.append(f"column {columns['value_usd']}: {count:,} values are {what}")
    if faults:
        raise SourceError(
            "\n".join([f"{path} cannot be summed:", *faults]), "\nNothing was written. Correct the extract and run again."
        )
    months: dict[tuple[str, str, str], Decimal] = {}
    for group in exports:
        digits = group.month.replace("-", "")
        key = (group.heading, PARTNER_CODES[group.partner], f"{digits[:4]}-{digits[4:6]}")
        months[key] = months.get(key, Decimal(0)) + (group.usd or 0)
    return Extract(dict(sorted(months.items())), sum(group.rows for group in exports), total)


def _month_faults(groups: Sequence[Group], column: str) -> list[str]:
    wrong = next((group.month for group in groups if not group.form), None)
    if wrong is not None:
        return [f"column {column}: {wrong[:40]!r} is not a month, expected {', '.join(MONTH_FORMS.values())}"]
    examples = {group.form: group.month for group in groups}
    if len(examples) > 1:
        return [
            f"column {column}: months are mixed, written as {' and as '.join(map(repr, examples.values()))}; "
            "expected one form throughout"
        ]
    return []


def _flow_faults(flows: set[str], column: str) -> list[str]:
    unknown, parts = flows - {*TOTAL_EXPORTS, *PARTS_OF_EXPORTS, *IMPORTS}, flows & set(PARTS_OF_EXPORTS)
    if unknown:
        return [
            f"column {column}: {', '.join(sorted(map(repr, unknown)))} is unknown, expected X (total exports), "
            "DX and RX (domestic and "
            "re-exports) or M (imports)"
        ]
    if parts and flows & set(TOTAL_EXPORTS):
        return [
            f"column {column}: total exports stand beside {' and '.join(sorted(parts))} and would be counted twice; keep one kind"
        ]
    if len(parts) == 1:
        return [f"column {column}: only {parts.pop()}; total exports need both DX and RX"]
    return [f"column {column}: only imports, expected exports"] if flows <= set(IMPORTS) else []


def find_columns(names: Sequence[str], path: str) -> dict[str, str]:
    """The extract's name of each column. Raises SourceError naming all that are missing, each with the nearest name there is."""
    lower = {name.lower().strip(): name for name in names}
    found, faults = {}, []
    for column, aliases in COLUMNS.items():
        match = next((lower[alias] for alias in aliases if alias in lower), None)
        if match is not None:
            found[column] = match
            continue
        near = difflib.get_close_matches(column, lower, n=1, cutoff=0.5) or [
            n for a in aliases for n in difflib.get_close_matches(a, lower, n=1)
        ]
        hint = f"; did you mean {lower[near[0]]!r}?" if near else ""
        faults.append(f"column {column} is missing{hint} (also understood: {', '.join(aliases[1:])})")
    if faults:
        raise SourceError("\n".join([f"{path}:", *faults]), f"\nColumns there: {', '.join(names)[:300]}.")
    return found


def tables(extract: Extract, source: Mapping[str, str], file_name: str) -> Tables:
    """Rows of `us_exports` (months, and years with twelve of them) and the source's row."""
    trail = {"source_id": source["source_id"], "retrieved_url": file_name, "grade": "A", "evidence": "derived"}
    note = "sum of customs rows of an extract; total exports, USD in the extract"
    rows = [export_row(code, partner, month, usd, **trail, note=note) for (code, partner, month), usd in extract.months.items()]
    rows += [
        export_row(code, partner, year, usd, **trail, note=f"sum of twelve months; {note}")
        for (code, partner, year), usd in sorted(whole_years(extract.months).items())
    ]
    return {"us_exports": rows, "sources": [dict(source)]}


def source_row(title: str, publisher: str, url: str, fingerprint: str) -> dict[str, str]:
    """The source's row; its id is made from the fingerprint, so that another extract is another source."""
    return {
        "source_id": f"customs-extract-{fingerprint[:12]}",
        "publisher": publisher,
        "title": title,
        "url": url,
        "licence": "Official customs statistics; terms of the publisher",
        "accessed": date.today().isoformat(),
        "cadence": "once",
        "kind": "official statistics",
        "note": f"sums of an extract, SHA-256 {fingerprint}",
    }


def _first_line(error: Exception) -> str:
    return " ".join(str(error).splitlines()[0].split())[:300]
