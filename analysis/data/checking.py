"""Check every table at once: files, types, keys, allowed values, references, rules. All problems are reported, not the first."""

from __future__ import annotations

import os
from typing import NamedTuple

import pandas as pd

from analysis.data.constraints import constraint_problems
from analysis.data.cross_rules import CROSS_RULES, cross_faults
from analysis.data.hidden import ANY, hidden_fault
from analysis.data.loading import duplicates, typed
from analysis.data.overlay import OverlayReport, read_merged
from analysis.data.problems import Problem, shown, suggest
from analysis.data.reading import RawTable
from analysis.data.rules import RULES
from analysis.data.schema import Table
from analysis.data.schemas import TABLES


class Examination(NamedTuple):
    """What a check found: problems, the tables that could be read, merged and corrected, and what the overlay did."""

    problems: list[Problem]
    tables: dict[str, RawTable]
    report: OverlayReport


def check(data_dir: str | os.PathLike | None = None, overlay: str | os.PathLike | None = None) -> list[Problem]:
    """Every problem of the tables in `data_dir` (default `data/`) with `overlay` applied, sorted by file and row."""
    return examine(data_dir, overlay).problems


def examine(data_dir: str | os.PathLike | None = None, overlay: str | os.PathLike | None = None) -> Examination:
    """Read, merge and check everything; `check` gives the problems alone."""
    raws, report, problems = read_merged(data_dir, overlay)
    frames: dict[str, pd.DataFrame] = {}
    for name, raw in raws.items():
        schema = TABLES[name]
        frame, faults = typed(raw, schema)
        frames[name] = frame
        problems += raw.problems + faults + _unprintable(raw) + duplicates(frame, schema, raw)
        problems += constraint_problems(frame, schema, raw) + _out_of_order(frame, schema, raw)
        for rule in RULES.get(name, ()):
            problems += [raw.problem(int(i), column, message) for i, column, message in rule(frame)]
    for name, raw in raws.items():
        problems += _dangling(frames, TABLES[name], raw)
    problems += _contradictions(frames, raws) + _firm_details(frames, raws) + _correction_targets(frames, raws)
    return Examination(sorted(set(problems)), raws, report)


def _unprintable(raw: RawTable) -> list[Problem]:
    """Line breaks (often a missing quotation mark that swallowed rows), hidden characters and what is no character."""
    return [raw.problem(i, raw.header[j], f"{shown(cell)} {hidden_fault(cell)}")
            for i, row in enumerate(raw.rows) for j, cell in enumerate(row) if ANY.search(cell)]


def _out_of_order(frame: pd.DataFrame, schema: Table, raw: RawTable) -> list[Problem]:
    """Rows that stand before one that belongs above them, in each file by itself: an overlay's rows follow those of the base."""
    problems = []
    last: dict[str, tuple] = {}
    for i, cells in enumerate(frame[list(schema.order)].itertuples(index=False, name=None)) if schema.order else ():
        file = raw.origins[i][0]
        if not any(pd.isna(cell) for cell in cells):
            if file in last and cells < last[file]:
                problems.append(raw.problem(i, schema.order[0], f"{_written(cells)} stands after {_written(last[file])}, expected "
                                                                f"rows in order of {', '.join(schema.order)}"))
            last[file] = max(cells, last.get(file, cells))
    return problems


def _written(cells: tuple) -> str:
    return " ".join(f"{cell:%Y-%m-%d}" if isinstance(cell, pd.Timestamp) else str(cell) for cell in cells)


def _dangling(frames: dict[str, pd.DataFrame], schema: Table, raw: RawTable) -> list[Problem]:
    """Values that the table they point at does not hold."""
    problems = []
    for reference in schema.references:
        if reference.target not in frames:
            continue
        known = {*frames[reference.target][reference.target_column], *reference.also}
        values = frames[schema.name][reference.column]
        if schema.column(reference.column).several:
            values = values.str.split("; ").explode()
        for i, value in values[~values.isin(known) & (values != "")].items():
            hint = f"{near} A new one" if (near := suggest(value, known)) else "; a new one"
            place = TABLES[reference.target].path if raw.origins[i][0] == raw.file else f"{reference.target}.csv in your folder"
            problems.append(raw.problem(i, reference.column, f"{shown(value)} is unknown, expected a {reference.target_column} "
                                                             f"that stands in {TABLES[reference.target].path}{hint} is first added "
                                                             f"to {place}"))
    return problems


def _contradictions(frames: dict[str, pd.DataFrame], raws: dict[str, RawTable]) -> list[Problem]:
    """Rows that contradict the table they interpret."""
    return [raws[name].problem(int(i), column, message)
            for (name, other), rules in CROSS_RULES.items() if {name, other} <= frames.keys()
            for i, column, message in cross_faults(frames[name], frames[other], rules)]


def _firm_details(frames: dict[str, pd.DataFrame], raws: dict[str, RawTable]) -> list[Problem]:
    """Ticker and segment of a filing are those of its firm."""
    if not {"company_filings", "firms"} <= frames.keys():
        return []
    firms = frames["firms"].drop_duplicates("firm").set_index("firm")
    filings = frames["company_filings"]
    problems = []
    for name in ("ticker", "industry_segment"):
        expected = filings["firm"].map(firms[name])
        for i in filings.index[expected.notna() & (filings[name] != expected)]:
            message = f"{shown(filings[name][i])}, expected {expected[i]!r} as in firms"
            problems.append(raws["company_filings"].problem(i, name, message))
    return problems


def _correction_targets(frames: dict[str, pd.DataFrame], raws: dict[str, RawTable]) -> list[Problem]:
    """Corrections name a table of the project."""
    if "corrections" not in frames:
        return []
    tables = frames["corrections"]["table"]
    return [raws["corrections"].problem(i, "table", f"{shown(tables[i])} is unknown, expected one of: {', '.join(TABLES)}")
            for i in tables.index[~tables.isin(TABLES)]]
