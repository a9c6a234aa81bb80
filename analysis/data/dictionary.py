"""Two generated pages: what each table and column means, and where every figure comes from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape

from analysis.data import vocabulary
from analysis.data.loading import find, folder_of, load_table
from analysis.data.reading import read_raw
from analysis.data.schema import Column, Table
from analysis.data.schemas import TABLES
from analysis.data.units import unit_label

SOURCE = "source_id"
TABLES_FOLDER = "tables"  # where the site publishes the complete tables

_DATA_INTRODUCTION = """\
# The data

Every figure in this book comes from the tables below. Each row names its source, a grade and an evidence class:

- **grade** {{A}}: an official text, official statistics, a filing or the author's own publication; {{B}}: press, a law firm, a
  transcript; {{C}}: compiled notes or a repost, usable with a wide error;
- **evidence** *seen*: the figure stood in a text that was read; *derived*: arithmetic on such figures, described in the row.

{summary} Known errors of a publisher are corrected in one visible list, which names the value it expects upstream: {corrections}.
The tables are checked by `python -m analysis check-data`; they are also a
[Frictionless data package](https://datapackage.org). How to add or correct a row is described in `data/README.md`.

"""

_SOURCES_INTRODUCTION = """\
# Sources

The {count} sources of this book, by kind. The address of a row (`sources.html#source-…`) is permanent. Read the note of a row for
what is not exact: some originals were seen in a report or a copy, and some titles were read from the address. The last column
leads to the rows that each source gave: the table, and the rows in it as a spreadsheet counts them, the header being row 1.

"""

_KIND_TITLES = {
    "official text": "Official texts", "official statistics": "Official statistics", "filing": "Company filings",
    "industry body": "Industry bodies", "market research": "Market research", "study": "Studies",
    "press": "Press and law firms", "transcript": "Transcripts of calls", "compiled": "Compiled notes and reposts",
    "data page": "Pages that gather others' figures", "own calculation": "Own calculations",
}


def render_dictionary(data_dir: str | None = None) -> str:
    """MyST text of the data page: one section a table. `data_dir` as for `load_table`."""
    frames = {name: load_table(name, data_dir) for name in TABLES}
    rows = sum(len(frame) for name, frame in frames.items() if name not in ("sources", "corrections"))
    summary = f"{len(TABLES) - 2} tables hold {rows:,} rows from {len(frames['sources'])} sources."
    corrections = len(frames["corrections"])
    introduction = _DATA_INTRODUCTION.format(summary=summary, corrections=f"{corrections or 'none'} at present")
    introduction = introduction.replace("{A}", "*A*").replace("{B}", "*B*").replace("{C}", "*C*")
    return introduction + "\n".join(_section(table, len(frames[name]), _evidence(frames[name])) for name, table in TABLES.items())


def _evidence(frame) -> str:
    if "grade" not in frame or frame.empty:
        return ""
    grades, evidence = Counter(frame["grade"]), Counter(frame["evidence"])
    return (" Grades: " + ", ".join(f"{grades[g]:,} {g}" for g in vocabulary.GRADES if grades[g])
            + "; evidence: " + ", ".join(f"{evidence[e]:,} {e}" for e in vocabulary.EVIDENCE if evidence[e]) + ".")


def _section(table: Table, rows: int, evidence: str) -> str:
    read_first = f"\n```{{admonition}} Read this first\n{unit_label(table.read_first)}\n```\n" if table.read_first else ""
    body = "\n".join(_column_row(table, column) for column in table.columns)
    return (
        f"(table-{table.name})=\n## {table.title}\n\n"
        f"*A row is:* {table.row} {rows:,} {'row' if rows == 1 else 'rows'}, key {_code(table.key)}.{evidence}\n"
        f"<a href=\"{TABLES_FOLDER}/{table.name}.csv\">{table.name}.csv</a>\n"
        f"{read_first}\n"
        f"<div class='cs-scroll' role='region' aria-label='Columns of {table.name}' tabindex='0'>\n<table class='cs-table'>"
        "<thead><tr><th scope='col'>Column</th><th scope='col'>Type and unit</th><th scope='col'>Meaning</th></tr></thead>\n"
        f"<tbody>\n{body}\n</tbody></table></div>\n"
    )


def _code(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _column_row(table: Table, column: Column) -> str:
    kind = f"{column.kind}, {unit_label(column.unit)}" if column.unit else column.kind
    limits = []
    if column.required:
        limits.append("required")
    if column.allowed:
        words = ", ".join(f"<code>{escape(value)}</code>" for value in column.allowed)
        limits.append(("one or more of: " if column.several else "one of: ") + words)
    if column.kind in ("number", "integer") and column.minimum is not None:
        limits.append(f"from {column.minimum:g}" + (f" to {column.maximum:g}" if column.maximum is not None else ""))
    limits += [f"a <a href='#table-{r.target.replace('_', '-')}'>{r.target}</a> row"
               for r in table.references if r.column == column.name]
    suffix = f". <span class='cs-muted'>{'; '.join(limits)}</span>" if limits else ""
    return (f"<tr><th scope='row'><code>{column.name}</code></th><td>{escape(kind)}</td>"
            f"<td>{escape(column.description)}{suffix}</td></tr>")


def render_sources(data_dir: str | None = None) -> str:
    """MyST text of the sources page: a table a kind, each row with the anchor `source-<id>`. `data_dir` as for `load_table`."""
    sources, rows_of = load_table("sources", data_dir), rows_of_sources(data_dir)
    parts = [_SOURCES_INTRODUCTION.format(count=f"{len(sources):,}")]
    for kind in vocabulary.SOURCE_KINDS:
        group = sources[sources["kind"] == kind]
        if len(group):
            rows = "\n".join(_source_row(row, rows_of.get(row.source_id, {})) for row in group.itertuples())
            parts.append(
                f"## {_KIND_TITLES[kind]}\n\n<div class='cs-scroll' role='region' aria-label='{_KIND_TITLES[kind]}' tabindex='0'>\n"
                "<table class='cs-table'><thead><tr><th scope='col'>Source</th><th scope='col'>Publisher</th>"
                f"<th scope='col'>Licence</th><th scope='col'>Read</th><th scope='col'>Rows</th></tr></thead>\n"
                f"<tbody>\n{rows}\n</tbody></table></div>\n")
    return "\n".join(parts)


def rows_of_sources(data_dir: str | None = None) -> dict[str, dict[str, list[int]]]:
    """Where each source is used: table → rows by source id. A row is counted as a spreadsheet does, the header being row 1."""
    found: dict[str, dict[str, list[int]]] = {}
    for name, table in TABLES.items():
        if name != "sources" and SOURCE in table.names:
            raw = read_raw(find(folder_of(data_dir), table), table)
            column = raw.header.index(SOURCE)
            for cells, (_, row) in zip(raw.rows, raw.origins, strict=True):
                found.setdefault(cells[column], {}).setdefault(name, []).append(row)
    return found


def spans(rows: Sequence[int], limit: int = 4) -> str:
    """'12, 48–51 and 7 more': ascending row numbers in runs, the first `limit` of them."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    shown = ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in runs[:limit])
    left = sum(last - first + 1 for first, last in runs[limit:])
    return shown + (f" and {left} more" if left else "")


def _source_row(row, rows_of: Mapping[str, Sequence[int]]) -> str:
    title = escape(row.title)
    if row.url:
        title = f"<a href='{escape(row.url, quote=True)}' rel='noreferrer'>{title}</a>"
    note = f"<br><span class='cs-muted'>{escape(row.note)}</span>" if row.note else ""
    name = escape(row.source_id, quote=True)
    used = "<br>".join(f"<a href='{TABLES_FOLDER}/{table}.csv'>{table}</a> {spans(rows)}" for table, rows in rows_of.items()) or "–"
    return (f"<tr id='source-{name}'><th scope='row'>{title}{note}<br><code>{name}</code></th><td>{escape(row.publisher)}</td>"
            f"<td>{escape(row.licence)}</td><td class='cs-nowrap'>{row.accessed:%Y-%m-%d}</td><td>{used}</td></tr>")
