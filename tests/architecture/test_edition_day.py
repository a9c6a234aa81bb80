"""The day of the edition stands in one place, the tables' own list of sources: neither a module nor a notebook types it."""

from __future__ import annotations

import csv
import datetime as dt
import re

import nbformat
import pytest

from analysis import paths

MODULES = sorted((paths.ROOT / "analysis").rglob("*.py"))
CHAPTERS = sorted(paths.BOOK.glob("*.ipynb"))
A_DAY = re.compile(r"(?<![–\d])20\d\d-\d\d-\d\d(?![–\d])")   # the ends of a range of days are no day


def newest_event() -> str:
    with (paths.DATA / "policy" / "policy_events.csv").open(encoding="utf-8", newline="") as stream:
        return max(row["date"] for row in csv.DictReader(stream))


def typed_days(code: str) -> list[str]:
    """Days in the code that can only be the day of this edition, or of one near it: after everything that has happened."""
    latest = (dt.date.fromisoformat(newest_event()) + dt.timedelta(days=366)).isoformat()
    return [day for day in A_DAY.findall(code) if newest_event() < day <= latest]


def test_the_scan_finds_a_typed_day_and_leaves_ranges() -> None:
    day = (dt.date.fromisoformat(newest_event()) + dt.timedelta(days=20)).isoformat()
    assert typed_days(f'as_of="{day}"') == [day] and typed_days(f"({newest_event()}–{day})") == [] == typed_days("2019-05-16")


@pytest.mark.parametrize("file", MODULES, ids=lambda f: str(f.relative_to(paths.ROOT)))
def test_no_module_types_a_day_of_the_edition(file) -> None:
    assert typed_days(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("file", CHAPTERS, ids=lambda f: f.name)
def test_no_notebook_types_a_day_of_the_edition(file) -> None:
    code = "\n".join(cell.source for cell in nbformat.read(file, 4).cells if cell.cell_type == "code")
    assert typed_days(code) == []
