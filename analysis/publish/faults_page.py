"""The page *Faults tried*: what was done to the book on purpose, and what happened, as the tests recorded it."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path

from analysis import paths

Row = Mapping[str, str]

GROUPS = {
    "A build": "Builds that are disturbed",
    "A file": "Files that are no table",
    "An overlay folder": "Overlay folders as offices leave them",
    "A price file": "Price files as vendors and programs write them",
    "An event file": "Event files",
    "A row": "Rows that cannot be right",
    "A parameter file": "Parameter files",
    "A customs extract": "Customs extracts",
    "A refresh": "Refreshes told to write where they must not",
    "A network": "Networks with a gate of their own",
    "An official interface": "Official interfaces that fail",
}
INTRODUCTION = """\
# Faults tried

A book that others rerun meets bad rows, full disks and killed processes. Each line below is a fault that a test of this
book causes on purpose, and what then happened. The tests write the table themselves, when they pass, and compare themselves
with it in every later run: a line whose test is gone, or shows something else, stops the tests. Lines that say so need the
rights of root: elsewhere their tests are skipped, and the line stands on the project's own checks, where they must run.

Three rules hold throughout: a message names what to mend, all problems of the data are named at once, and the last good site
stays whole. *Tried* counts the trials of a line, over all tests that stand behind it.

"""


def load_faults(file: Path = paths.FAULTS) -> list[Row]:
    """Rows of the table: group, fault, answer, says, trials, test."""
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def render_faults(rows: Iterable[Row]) -> str:
    """MyST text of the page: a section and a table for each group of faults, equal lines of several tests in one."""
    by_group: dict[str, list[Row]] = {}
    for row in rows:
        by_group.setdefault(row["group"], []).append(row)
    order = [*GROUPS, *sorted(by_group.keys() - GROUPS.keys())]
    return INTRODUCTION + "\n".join(_section(GROUPS.get(group, group), by_group[group]) for group in order if group in by_group)


def _section(heading: str, rows: list[Row]) -> str:
    lines = "\n".join(_line(list(same)) for _, same in itertools.groupby(sorted(rows, key=_place), _place))
    return (f"## {heading}\n\n<div class='cs-scroll' role='region' aria-label='{heading}' tabindex='0'>\n<table class='cs-table'>"
            "<thead><tr><th scope='col'>Fault</th><th scope='col'>What happens</th><th scope='col'>Tried</th></tr></thead>\n"
            f"<tbody>\n{lines}\n</tbody></table></div>\n")


def _place(row: Row) -> tuple[str, str]:
    return row["fault"].lower(), row["answer"]


def _line(rows: list[Row]) -> str:
    first = rows[0]
    fault = escape(first["fault"][:1].upper() + first["fault"][1:])
    says = f"<br><code>{escape(first['says'])}</code>" if first["says"] else ""
    answer = escape(first["answer"][:1].upper() + first["answer"][1:])
    return f"<tr><th scope='row'>{fault}</th><td>{answer}{says}</td><td>{sum(int(row['trials']) for row in rows)}</td></tr>"
