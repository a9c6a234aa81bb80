"""The table of faults tried and survived: written by the tests that try them, and held to them.

A test of a fault takes the fixture `survived` and calls it when the fault was survived. Each run compares the test with its
row in `book/faults.csv`, which the book publishes; a run with `--faults=record` writes the rows of the tests that passed anew
and drops those of tests that failed. So the table can say only what a test has shown; a test that this machine cannot run (no
root, no Slurm) keeps the row of the machine that could:

    python -m pytest tests/data tests/runner tests/sources tests/build -k "not slurm" --faults=record
"""

from __future__ import annotations

import csv
import re
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import pytest

from analysis import paths

RECORD = "python -m pytest --faults=record"


@dataclass(frozen=True)
class Row:
    """One fault: its group, what was done, what happens then, what the person reads, how often it was tried, and by which test."""

    group: str
    fault: str
    answer: str
    says: str
    trials: str
    test: str


def load(file: Path = paths.FAULTS) -> dict[str, Row]:
    """Rows of the published table by test."""
    if not file.exists():
        return {}
    with file.open(encoding="utf-8", newline="") as stream:
        return {row["test"]: Row(**row) for row in csv.DictReader(stream)}


class FaultTable:
    """The plugin: gives `survived`, and records or lists when asked to."""

    def __init__(self, mode: str) -> None:
        self.mode = mode
        self.published = load()
        self.said: dict[str, Row] = {}
        self.passed: set[str] = set()
        self.run: set[str] = set()

    @pytest.fixture
    def survived(self, request):
        """survived(group, fault, answer, says="", trials=1): this test has shown that the fault is survived."""

        def say(group: str, fault: str, answer: str, says: str = "", trials: int = 1) -> None:
            test = request.node.nodeid
            row = Row(group, fault, answer, says, str(trials), test)
            self.said[test] = row
            if self.mode != "record":
                assert _comparable(self.published.get(test)) == _comparable(row), \
                    f"book/faults.csv does not say what this test shows; run: {RECORD} {test.split('::')[0]}"

        return say

    def pytest_collection_modifyitems(self, items) -> None:
        if self.mode == "list":
            for item in items:
                if "survived" in getattr(item, "fixturenames", ()):
                    print(f"fault {item.nodeid}")

    def pytest_runtest_logreport(self, report) -> None:
        if report.when == "call" and not report.skipped:   # what cannot be tried on this machine keeps its row
            self.run.add(report.nodeid)
            if report.passed:
                self.passed.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        if self.mode != "record":
            return
        kept = {test: row for test, row in self.published.items() if test not in self.run and _exists(test)}
        kept |= {test: row for test, row in self.said.items() if test in self.passed}
        rows = sorted(kept.values(), key=lambda row: (row.group, row.fault, row.test))
        with paths.FAULTS.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, [field.name for field in fields(Row)], lineterminator="\n")
            writer.writeheader()
            writer.writerows(map(asdict, rows))
        print(f"\n{len(rows)} faults in {paths.FAULTS.name}, {len(self.passed & set(self.said))} of them tried now")


def _exists(test: str) -> bool:
    """Whether the file of a test that was not run still has a function of its name."""
    file, _, name = test.partition("::")
    return (paths.ROOT / file).exists() and f"def {name.partition('[')[0]}(" in (paths.ROOT / file).read_text(encoding="utf-8")


def _comparable(row: Row | None) -> Row | None:
    """The row without the figures in its message: the place of a row in a table may move."""
    return row and Row(**{**asdict(row), "says": re.sub(r"\d+", "0", row.says)})
