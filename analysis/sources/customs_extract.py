"""Reduce a customs extract of any size to the monthly table the book needs, with DuckDB, out of core.

The extract is one CSV or Parquet file, or a folder or pattern of them, a row a shipment group: month, HS code, partner, flow, value in US
dollars. What cannot be summed honestly is refused: codes of different lengths (a total beside its parts), total exports beside domestic
and foreign ones, months written in two ways, values that are missing or negative.
"""

from __future__ import annotations

import difflib
import glob
import hashlib
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from analysis.sources.errors import SourceError
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
PARTNER_CODES = {"CN": "CN", "CHN": "CN", "5700": "CN", "156": "CN", "CHINA": "CN",
                 "HK": "HK", "HKG": "HK", "5820": "HK", "344": "HK", "HONG KONG": "HK"}
TOTAL_EXPORTS, PARTS_OF_EXPORTS, IMPORTS = ("X", "E", "EXPORT", "EXPORTS"), ("DX", "RX"), ("M", "I", "IMPORT", "IMPORTS")
MONTH_FORMS = {r"\d{4}-(0[1-9]|1[0-2])": "YYYY-MM", r"\d{4}(0[1-9]|1[0-2])": "YYYYMM", r"\d{4}-(0[1-9]|1[0-2])-\d\d( 00:00:00)?": "YYYY-MM-DD"}
DEFAULT_MEMORY = "1GB"


@dataclass(frozen=True)
class Extract:
    """What was found: USD by (heading, partner, YYYY-MM), rows used, rows in all."""

    months: Mapping[tuple[str, str, str], Decimal]
    rows_used: int
    rows: int


def monthly(path: str | Path, *, memory: str = DEFAULT_MEMORY, threads: int = 0, spill: Path | None = None) -> Extract:
    """Monthly US dollars by heading and partner from the extract at `path` (a file, a folder, or a pattern with *).

    `memory` is DuckDB's limit (e.g. 512MB); what does not fit goes to the folder `spill` (default: a temporary one). `threads` 0 means all.
    Raises SourceError that names what is wrong with the extract.
    """
    import duckdb

    if not re.fullmatch(r"\d+(\.\d+)?\s?(MB|MiB|GB|GiB)", memory):
        raise SourceError(f"{memory!r} is not an amount of memory.", "Write it as 512MB or 2GB.")
    files = _files(path)
    with tempfile.TemporaryDirectory(dir=spill) as folder, duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{memory}'")
        connection.execute("SET temp_directory = ?", [folder])
        connection.execute("SET preserve_insertion_order = false")
        if threads:
            connection.execute(f"SET threads = {int(threads)}")
        try:
            return _sum(connection, files, path)
        except duckdb.OutOfMemoryException:
            raise SourceError(f"{memory} of memory is too little for {path}.", "Give more with --memory, or room on disk for --spill.") from None
        except duckdb.Error as error:
            raise SourceError(f"{path} cannot be read: {_first_line(error)}.",
                              "Is it complete, and CSV (UTF-8, with a header) or Parquet as its name says?") from None


def _sum(connection, files: list[str], path: str | Path) -> Extract:
    connection.execute(f"CREATE VIEW extract AS SELECT * FROM {_reader(files)}")
    names = [row[0] for row in connection.execute("DESCRIBE extract").fetchall()]
    columns = find_columns(names, str(path))
    month, code, partner, flow = (f"trim(CAST(\"{columns[name]}\" AS VARCHAR))" for name in ("month", "hs_code", "partner", "flow"))
    value = f"\"{columns['value_usd']}\""
    headings = ", ".join(f"'{h}'" for h in HEADINGS)
    partners = ", ".join(f"'{p}'" for p in PARTNER_CODES)
    form = " ".join(f"WHEN regexp_full_match(m, '{pattern}') THEN '{name}'" for pattern, name in MONTH_FORMS.items())
    # One pass over the file: every group carries what is needed to judge it, so nothing is read twice.
    groups = connection.execute(f"""
        WITH kept AS (
            SELECT {month} AS m, replace({code}, '.', '') AS c, upper({partner}) AS p, upper({flow}) AS f,
                   TRY_CAST({value} AS DECIMAL(38, 2)) AS v
            FROM extract)
        SELECT CASE {form} ELSE coalesce(m, '') END AS form,
               CASE WHEN regexp_full_match(m, '\\d{{4}}-?\\d\\d.*') THEN left(m, 4) || '-' || substr(replace(m, '-', ''), 5, 2) END AS month,
               left(c, 4) AS heading, length(c) AS digits, p, f, sum(v), count(*), count(*) - count(v), count(*) FILTER (v < 0)
        FROM kept WHERE left(c, 4) IN ({headings}) AND p IN ({partners}) GROUP BY ALL""").fetchall()
    total = connection.execute("SELECT count(*) FROM extract").fetchone()[0]
    return _judged(groups, columns, total, path)


def _judged(groups: Sequence[tuple], columns: Mapping[str, str], total: int, path: str | Path) -> Extract:
    """The sums, or every reason why they would be wrong."""
    if not groups:
        raise SourceError(f"{path}: none of its {total:,} rows is of HS {', '.join(HEADINGS)} with China or Hong Kong.",
                          f"Columns used: {', '.join(f'{k} = {v}' for k, v in columns.items())}; partners are known as {', '.join(PARTNER_CODES)}.")
    forms = sorted({g[0] for g in groups})
    known_flows = {*TOTAL_EXPORTS, *PARTS_OF_EXPORTS, *IMPORTS}
    flows = {g[5] for g in groups}
    exports = [g for g in groups if g[5] in TOTAL_EXPORTS or g[5] in PARTS_OF_EXPORTS]
    lengths = sorted({g[3] for g in exports})
    faults = []
    unknown_forms = [form for form in forms if form not in MONTH_FORMS.values()]
    if unknown_forms:
        faults.append(f"column {columns['month']}: {unknown_forms[0]!r} is not a month, expected {', '.join(MONTH_FORMS.values())}")
    elif len(forms) > 1:
        faults.append(f"column {columns['month']}: months are mixed, written as {' and as '.join(forms)}; expected one form throughout")
    if flows - known_flows:
        faults.append(f"column {columns['flow']}: {', '.join(sorted(map(repr, flows - known_flows)))} is unknown, expected X (total exports), "
                      "DX and RX (domestic and re-exports) or M (imports)")
    if flows & set(TOTAL_EXPORTS) and flows & set(PARTS_OF_EXPORTS):
        faults.append(f"column {columns['flow']}: total exports stand beside DX or RX and would be counted twice; keep one kind")
    elif len(flows & set(PARTS_OF_EXPORTS)) == 1:
        faults.append(f"column {columns['flow']}: only {', '.join(flows & set(PARTS_OF_EXPORTS))}; total exports need both DX and RX")
    if len(lengths) > 1:
        faults.append(f"column {columns['hs_code']}: codes of {' and '.join(map(str, lengths))} digits, so that totals stand beside their parts and "
                      "would be counted twice; keep one length")
    missing, negative = sum(g[8] for g in exports), sum(g[9] for g in exports)
    if missing:
        faults.append(f"column {columns['value_usd']}: {missing:,} values are missing or not numbers")
    if negative:
        faults.append(f"column {columns['value_usd']}: {negative:,} values are negative")
    if not exports and not faults:
        faults.append(f"column {columns['flow']}: only imports, expected exports")
    if faults:
        raise SourceError("\n".join([f"{path} cannot be summed:", *faults]), "\nNothing was written. Correct the extract and run again.")
    months: dict[tuple[str, str, str], Decimal] = {}
    for _, month, heading, _, partner, _, usd, *_ in exports:
        key = (heading, PARTNER_CODES[partner], month)
        months[key] = months.get(key, Decimal(0)) + usd
    return Extract(dict(sorted(months.items())), sum(g[7] for g in exports), total)


def find_columns(names: Sequence[str], path: str) -> dict[str, str]:
    """The extract's name of each column. Raises SourceError naming all that are missing, each with the nearest name there is."""
    lower = {name.lower().strip(): name for name in names}
    found, faults = {}, []
    for column, aliases in COLUMNS.items():
        match = next((lower[alias] for alias in aliases if alias in lower), None)
        if match is not None:
            found[column] = match
            continue
        near = difflib.get_close_matches(column, lower, n=1, cutoff=0.5) or [n for a in aliases for n in difflib.get_close_matches(a, lower, n=1)]
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
    rows += [export_row(code, partner, year, usd, **trail, note=f"sum of twelve months; {note}")
             for (code, partner, year), usd in sorted(whole_years(extract.months).items())]
    return {"us_exports": rows, "sources": [dict(source)]}


def source_row(title: str, publisher: str, url: str, fingerprint: str) -> dict[str, str]:
    """The source's row; its id is made from the fingerprint, so that another extract is another source."""
    return {"source_id": f"customs-extract-{fingerprint[:12]}", "publisher": publisher, "title": title, "url": url,
            "licence": "Official customs statistics; terms of the publisher", "accessed": date.today().isoformat(), "cadence": "once",
            "kind": "official statistics", "note": f"sums of an extract, SHA-256 {fingerprint}"}


def fingerprint(path: str | Path) -> str:
    """SHA-256 over the files of the extract, in order of their names."""
    digest = hashlib.sha256()
    for file in _files(path):
        with open(file, "rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _files(path: str | Path) -> list[str]:
    pattern = Path(path)
    if pattern.is_dir():
        found = sorted(str(f) for f in pattern.iterdir() if f.suffix in (".csv", ".parquet") or f.name.endswith(".csv.gz"))
    else:
        found = sorted(glob.glob(str(path))) if "*" in str(path) else [str(path)] * pattern.is_file()
    if not found:
        raise SourceError(f"{path}: no such file, and no .csv, .csv.gz or .parquet files there.", "Name the extract, its folder, or a pattern with *.")
    kinds = {"parquet" if file.endswith(".parquet") else "csv" for file in found if file.endswith((".csv", ".csv.gz", ".parquet"))}
    if len(kinds) != 1:
        raise SourceError(f"{path}: expected files of one kind, .csv (or .csv.gz) or .parquet.", "Convert or rename the others.")
    return found


def _reader(files: list[str]) -> str:
    quoted = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
    if files[0].endswith(".parquet"):
        return f"read_parquet([{quoted}])"
    return f"read_csv([{quoted}], header = true, all_varchar = true, strict_mode = true)"  # as text: leading zeros of codes stay


def _first_line(error: Exception) -> str:
    return " ".join(str(error).splitlines()[0].split())[:300]
