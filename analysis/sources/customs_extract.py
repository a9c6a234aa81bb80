"""Reduce a customs extract of any size to the monthly table the book needs, with DuckDB, out of core.

The extract is one CSV or Parquet file, or a folder or pattern of them, a row a shipment group: month, HS code, partner,
flow, value in US dollars. A first look understands its codes and partners; one pass then sums the rows that are the book's by all
that is needed to judge them (`customs_judgement`); what cannot be summed honestly is refused there, with the place in the file.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from analysis.sources.customs_judgement import Group, judged
from analysis.sources.customs_places import place_of
from analysis.sources.customs_words import (
    CLASSIFICATION,
    IGNORED_IN_NAMES,
    MONTH_FORMS,
    PARTNER_CODES,
    PARTS,
    REPORTER,
    UNITED_STATES,
    YEAR,
    find_columns,
    first_named,
    looks_like_china,
    plain,
)
from analysis.sources.errors import SourceError
from analysis.sources.extract_files import files_of, identifier, links_to, reader
from analysis.sources.overlays import Tables
from analysis.sources.trade_rows import HEADINGS, export_row, missing_months, whole_years

DEFAULT_MEMORY = "1GB"
MAX_GROUPS = 500_000
OWN_COLUMNS = ("__file", "file_row_number")  # added by the reader


@dataclass(frozen=True)
class Extract:
    """What was found: USD by (heading, partner, YYYY-MM), rows used, rows in all, and what the person must be told."""

    months: Mapping[tuple[str, str, str], Decimal]
    rows_used: int
    rows: int
    notes: tuple[str, ...] = field(default=(), compare=False)


def monthly(path: str | Path, *, memory: str = DEFAULT_MEMORY, threads: int = 0, spill: Path | None = None) -> Extract:
    """Monthly US dollars by heading and partner from the extract at `path` (a file, a folder, or a pattern with *).

    `memory` is DuckDB's limit (e.g. 512MB); what does not fit goes to the folder `spill` (default: a temporary one).
    `threads` 0 means all.
    Raises SourceError that names what is wrong with the extract.
    """
    import duckdb

    if not re.fullmatch(r"\d+(\.\d+)?\s?(MB|MiB|GB|GiB)", memory):
        raise SourceError(f"{memory!r} is not an amount of memory.", "Write it as 512MB or 2GB.")
    files, notes = files_of(path)
    with tempfile.TemporaryDirectory(dir=spill) as folder, duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{memory}'")
        connection.execute("SET temp_directory = ?", [folder])
        connection.execute("SET preserve_insertion_order = false")
        if threads:
            connection.execute(f"SET threads = {int(threads)}")
        links = links_to(files, Path(folder))
        try:
            extract = _sum(connection, files, links, path)
        except duckdb.OutOfMemoryException:
            raise SourceError(
                f"{memory} of memory is too little for {path}.", "Give more with --memory, or room on disk for --spill."
            ) from None
        except (duckdb.Error, UnicodeError) as error:
            said = _first_line(error)
            for link, file in zip(links, files, strict=True):
                said = said.replace(str(link), file)
            raise SourceError(
                f"{path} cannot be read: {said}.",
                "Is it complete, and CSV (UTF-8, with a header) or Parquet as its name says?",
            ) from None
    return Extract(extract.months, extract.rows_used, extract.rows, (*notes, *extract.notes))


def _sum(connection, files: Sequence[str], links: Sequence[Path], path: str | Path) -> Extract:
    function, form = reader(files, links)
    connection.execute(f"CREATE VIEW extract AS SELECT * FROM {function}")
    described = {name: kind for name, kind, *_ in connection.execute("DESCRIBE extract").fetchall() if name not in OWN_COLUMNS}
    columns = find_columns(list(described), str(path), form.titles if form else ())
    separator = form.separator if form else ","
    total = _understand(connection, columns)
    rows = connection.execute(_query(described, columns, separator)).fetchmany(MAX_GROUPS + 1)
    if len(rows) > MAX_GROUPS:
        raise SourceError(
            f"{path}: column {columns['month']} has very many different values, such as {rows[0][0][:40]!r}.",
            f"Expected months: {', '.join(MONTH_FORMS)}.",
        )
    names = {str(link): file for link, file in zip(links, files, strict=True)}
    groups = [Group(*row[:-1], file=names.get(row[-1], "")) for row in rows]

    def first(kind: str, value: str) -> str:
        raw = [_raw(name) for name in described]
        more = "extract.file_row_number AS row" if form is None else f"[{', '.join(raw)}] AS cells"
        return place_of(connection, _near(described, columns, separator, more), kind, value, form, names)

    months, used, notes = judged(groups, columns, total, str(path), first)
    notes += [
        f"US_X_{code}_{partner}: no rows for {', '.join(lacking[:12])}{' …' if len(lacking) > 12 else ''}; no yearly sum is made "
        "of such a year"
        for (code, partner), lacking in missing_months(months).items()
    ]
    return Extract(months, used, total, tuple(notes))


def _understand(connection, columns: Mapping[str, str]) -> int:
    """The tables `codes` and `partners`: as written, and as understood, where they are or may be the book's; rows of the extract.

    A file of millions of rows has few different codes and partners, so that their spellings are understood once each.
    """
    code, partner = _raw(columns["hs_code"]), _raw(columns["partner"])
    connection.execute(f"""
        CREATE TEMP TABLE seen AS SELECT {code} AS raw_code, {partner} AS raw_partner, grouping({code}) AS partners, count(*) AS n
        FROM extract GROUP BY GROUPING SETS (({code}), ({partner}))""")
    headings = ", ".join(f"'{h}'" for h in HEADINGS)
    alike = " OR ".join(f"contains(bare, '{h}')" for h in HEADINGS)
    # A code may stand before its words, behind an apostrophe or "HS", with points, or as a number with ".0".
    connection.execute(f"""
        CREATE TEMP TABLE codes AS
        SELECT raw_code AS raw, trim(raw_code) AS written, replace(written, '.', '') AS bare,
               CASE WHEN contains(written, 'E+') THEN '' ELSE replace(regexp_replace(
                   regexp_extract(written, '^(?i:[''"]?(?:HS)?[ :-]*)([0-9][0-9.]*)', 1), '[.]0$', ''), '.', '')
               END AS code, left(code, 4) IN ({headings}) AS ours
        FROM seen WHERE partners = 0 AND ({alike} OR bare = '' OR left(bare, 1) NOT BETWEEN '0' AND '9' OR contains(bare, 'E+'))
                        AND (ours OR code = '')""")
    connection.execute(f"""
        CREATE TEMP TABLE named AS
        SELECT raw_partner AS raw, {_name(_code("trim(raw_partner)"))} AS p FROM seen WHERE partners = 1""")
    names = [name for (name,) in connection.execute("SELECT DISTINCT p FROM named").fetchall()]
    connection.execute(
        "CREATE TEMP TABLE partners AS SELECT *, list_contains(?, p) AS partner_known FROM named WHERE list_contains(?, p)",
        [list(PARTNER_CODES), [name for name in names if name in PARTNER_CODES or looks_like_china(name)]],
    )
    return connection.execute("SELECT CAST(coalesce(sum(n), 0) AS BIGINT) FROM seen WHERE partners = 1").fetchone()[0]


def _near(described: Mapping[str, str], columns: Mapping[str, str], separator: str, more: str) -> str:
    """The rows that are or may be the book's, each with what it is judged by, and `more` expressions."""
    month = _text(columns["month"])
    year = first_named(list(described), YEAR)
    if year and year != columns["month"]:  # the month as a number beside its year
        month = f"CASE WHEN length({month}) <= 2 THEN {_text(year)} || '-' || lpad({month}, 2, '0') ELSE {month} END"
    parts = [name for name in described if plain(name) in PARTS]
    whole = " AND ".join(f"{_code(_text(name))} IN ('', {', '.join(map(repr, PARTS[plain(name)]))})" for name in parts) or "true"
    reporter = first_named(list(described), REPORTER)
    here = f"{_name(_code(_text(reporter)))} IN ({', '.join(map(repr, UNITED_STATES))}, '')" if reporter else "true"
    classes = f"upper({_text(first_named(list(described), CLASSIFICATION))})"
    flow = f"upper({_text(columns['flow'])})" if "flow" in columns else "'X'"
    return f"""
        SELECT {month} AS m, codes.written AS code_written, p, {flow} AS f,
               {_text(columns["value_usd"])} AS written,
               {_value(columns["value_usd"], described[columns["value_usd"]], separator)} AS v, {whole} AS whole, {here} AS here,
               CASE WHEN {classes} = '' OR starts_with({classes}, 'H') THEN '' ELSE {classes} END AS kind,
               code, ours, partner_known AND {here} AS known, extract.__file AS file, {more}
        FROM extract JOIN codes ON {_raw(columns["hs_code"])} = codes.raw
                     JOIN partners ON {_raw(columns["partner"])} = partners.raw"""


def _query(described: Mapping[str, str], columns: Mapping[str, str], separator: str) -> str:
    """One pass over the file: every group carries what is needed to judge it."""
    near = _near(described, columns, separator, f"hash({', '.join(f'extract.{identifier(name)}' for name in described)}) AS fold")
    return f"""
        SELECT CASE WHEN ours AND known THEN m ELSE '' END,
               CASE WHEN NOT ours THEN left(code_written, 40) WHEN known THEN code ELSE '' END,
               CASE WHEN ours THEN p ELSE '' END, CASE WHEN ours AND known THEN f ELSE '' END,
               ours, here, whole, kind, sum(v), count(*), count(*) - count(v), count(*) FILTER (v < 0), max(v),
               CAST(bit_xor(fold) AS VARCHAR), CASE WHEN ours AND known THEN file ELSE '' END
        FROM ({near}) GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 15 ORDER BY ALL"""


def _text(name: str | None) -> str:
    """A column as trimmed text; '' for none."""
    return f"trim({_raw(name)})" if name else "''"


def _raw(name: str) -> str:
    return f"coalesce(CAST(extract.{identifier(name)} AS VARCHAR), '')"


def _code(text: str) -> str:
    """A code without the zeros of a decimal fraction (5700.0) and leading ones (0156)."""
    bare = f"rtrim(rtrim({text}, '0'), '.')"
    return f"ltrim(CASE WHEN contains({text}, '.') AND right({text}, 1) = '0' THEN {bare} ELSE {text} END, '0''')"


def _name(text: str) -> str:
    """A name in capitals, without spaces and marks."""
    return f"translate(upper({text}), '{IGNORED_IN_NAMES.replace(chr(39), chr(39) * 2)}', '')"


def _value(column: str, kind: str, separator: str) -> str:
    """US dollars as a decimal number; a comma counts as thousands mark only between groups of three, in a file with commas."""
    if kind != "VARCHAR":
        return f"TRY_CAST(extract.{identifier(column)} AS DECIMAL(38, 2))"
    text = f"trim(extract.{identifier(column)})"
    plain_number = f"TRY_CAST({text} AS DECIMAL(38, 2))"
    if separator != ",":
        return plain_number
    return (
        f"CASE WHEN contains({text}, ',') THEN CASE WHEN regexp_matches({text}, '^[$]?[0-9]{{1,3}}(,[0-9]{{3}})+([.][0-9]+)?$') "
        f"THEN TRY_CAST(replace(replace({text}, ',', ''), '$', '') AS DECIMAL(38, 2)) END ELSE {plain_number} END"
    )


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
