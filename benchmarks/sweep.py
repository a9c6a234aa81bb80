"""A sweep of 50 scenarios at one and two workers, with its efficiency: the time of one worker over all workers' time together.

Works on a copy of the project. Everything counts: the start, the check of the inputs, the graph, collecting the table. Both
runs must give the same table. For comparison, one scenario alone shows what a sweep costs before its first run.
"""

from __future__ import annotations

import itertools
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.build import copy_project, timed

SCENARIOS = 50
CHAPTER, YEARS = "rules", range(2016, 2027)
WORKERS = (1, 2)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        project = copy_project(Path(folder) / "project")
        write_grid(project / "grid.yml", SCENARIOS)
        write_grid(project / "single.yml", 1)
        seconds, tables = {}, []
        timed(lambda: None, command("single", 1), project)   # compiles the modules, fills the caches
        alone = timed(lambda: forget(project), command("single", 1), project)
        for workers in WORKERS:
            seconds[workers] = timed(lambda: forget(project), command("grid", workers), project)
            tables.append((project / "out-grid" / "table.csv").read_bytes())
    if len(set(tables)) > 1:
        raise SystemExit("the sweeps at different numbers of workers disagree")
    print(f"one scenario alone: {alone:.1f} s")
    print(f"{'scenarios':>10}{'workers':>9}{'seconds':>9}{'a scenario':>12}{'efficiency':>12}")
    for workers, taken in seconds.items():
        efficiency = seconds[1] / (workers * taken)
        print(f"{SCENARIOS:>10}{workers:>9}{taken:>9.1f}{taken / SCENARIOS:>11.2f}s{efficiency:>12.0%}")


def write_grid(file: Path, count: int) -> None:
    """A grid file with the first `count` spans of years that the chapter can show."""
    spans = itertools.islice(itertools.combinations(YEARS, 2), count)
    runs = "".join(f"  - {{first_year: {first}, last_year: {last}}}\n" for first, last in spans)
    file.write_text(f"chapter: {CHAPTER}\nruns:\n{runs}", encoding="utf-8")


def command(grid: str, workers: int) -> list[str]:
    return [sys.executable, "-m", "analysis", "sweep", f"{grid}.yml", "--out", f"out-{grid}", "--cores", str(workers)]


def forget(project: Path) -> None:
    """Remove the runs of earlier sweeps, which would not be repeated."""
    shutil.rmtree(project / "_build" / "sweeps", ignore_errors=True)


if __name__ == "__main__":
    main()
