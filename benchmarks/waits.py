"""The five waits of a user (a fresh clone, a new filing, an event, a sentence, nothing), each beside its goal on two cores, beside
what it took before, and beside the processor time (all processes together), which another load on the machine moves little.

Works on a copy of the project, so the real build is not touched. The fresh build has no build folder to begin with; the new filing
is a firm's report for the year after its newest one (invented: the same figures a year later).
"""

from __future__ import annotations

import csv
import resource
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.build import change_sentence, change_table, copy_project, timed

GOALS_S = {"fresh clone": 180.0, "one new filing row": 90.0, "one policy event": 40.0, "one sentence": 8.0, "nothing changed": 1.5}
# Seconds of version 2026.11, whose fresh build and filing row computed every check of the sampler, in the same order.
BEFORE_S = dict(zip(GOALS_S, (420.0, 412.0, 124.1, 16.7, 3.6), strict=True))
FILINGS = Path("data") / "filings" / "company_filings.csv"
RUNS = {"fresh clone": 1, "one new filing row": 1}   # these take minutes; of the others the median of three is shown


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        project = copy_project(Path(folder) / "project", artifacts=False)
        prepare = {
            "fresh clone": lambda: None,
            "one new filing row": lambda: add_next_report(project),
            "one policy event": lambda: change_table(project, "policy/policy_events.csv"),
            "one sentence": lambda: change_sentence(project),
            "nothing changed": lambda: None,
        }
        build = [sys.executable, "-m", "analysis", "build"]
        print(f"{'wait':<22}{'seconds':>9}{'goal':>8}{'before':>8}{'processor':>11}")
        for name, goal in GOALS_S.items():
            measured = [with_processor(prepare[name], build, project) for _ in range(RUNS.get(name, 3))]
            seconds, processor = (statistics.median(values) for values in zip(*measured, strict=True))
            longer = "" if seconds <= goal else "  longer"
            print(f"{name:<22}{seconds:>9.1f}{goal:>8.1f}{BEFORE_S[name]:>8.1f}{processor:>11.1f}{longer}", flush=True)


def with_processor(prepare: Callable[[], object], command: list[str], project: Path) -> tuple[float, float]:
    """Elapsed seconds of a command, and the processor seconds of it and of all that it started and waited for."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = timed(prepare, command, project)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def add_next_report(project: Path) -> None:
    """Add a row to the copy: the newest annual figure of a chip firm again, a year later."""
    file = project / FILINGS
    with file.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    newest = max((row for row in rows if row["months"] == "12" and row["firm"] == "Texas Instruments" and row["hq_kind"]),
                 key=lambda row: row["fiscal_year_end"])
    year = int(newest["year"])
    later = {name: newest[name].replace(str(year), str(year + 1)) for name in ("fiscal_year", "year", "fiscal_year_end")}
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, newest.keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows([*rows, newest | later])


if __name__ == "__main__":
    main()
