"""A sweep: one chapter run over a grid of parameters, through the same graph as the book.

A grid file names a chapter and either a `grid` (every combination of the listed values) or `runs` (the combinations one
by one):

    chapter: scenarios
    grid:
      horizon_years: [5, 10]
      discount_rate_pct: [4, 8]

Each run is a step of the graph, so runs go side by side, a finished run is not repeated, and with one of Snakemake's
executors they go to a cluster such as Slurm. Where machines share no storage (Kubernetes, cloud batch services), each takes a
part of the grid. The results are collected into one table.
"""

from __future__ import annotations

import csv
import hashlib
import html
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from analysis import paths
from analysis.files import write_if_changed
from analysis.leftovers import remove
from analysis.registry.numbers import Number, load_numbers
from analysis.runner.build import CommandLine, bring_dates_back, one_at_a_time, prepare
from analysis.runner.contents import source_of
from analysis.runner.graph import Graph
from analysis.runner.inputs import InputError
from analysis.runner.overrides import nearest
from analysis.runner.parameters import ParameterError, check_parameters, declared_parameters
from analysis.runner.plan import notebooks, sweep_plan

MAX_RUNS = 100_000
SHOWN = 40   # problems of a grid shown in full; the same value may be wrong in thousands of runs
ASKS_ONLY = {"--dry-run", "--dryrun", "-n"}   # Snakemake's own words for a dry run
SECTIONS = ("chapter", "notebook", "grid", "runs")


def load_grid(file: Path, chapter: str | None) -> tuple[str, list[dict[str, Any]]]:
    """The chapter and the parameter sets of a grid file, checked. Raises ParameterError with every problem."""
    from analysis.data.safe_yaml import YamlError, load_yaml

    try:
        given = load_yaml(file)
    except YamlError as error:
        raise ParameterError(str(error)) from None
    if not isinstance(given, dict) or ("grid" in given) == ("runs" in given):
        raise ParameterError(f"{file}: expected 'chapter:' and either 'grid:' or 'runs:'")
    problems = [f"{file}: unknown section {name!r}{nearest(name, SECTIONS)}" for name in given if name not in SECTIONS]
    slug = chapter or given.get("chapter") or given.get("notebook")
    if slug not in notebooks():
        problems.append(f"{file}: no chapter {slug!r} to run{nearest(slug, notebooks())}")
        raise ParameterError("\n".join(problems))
    sets = runs_of(given["runs"], file) if "runs" in given else combinations(given["grid"], file)
    declared = declared_parameters(source_of(slug))
    checked = []
    for index, one in enumerate(sets, 1):
        try:
            checked.append(check_parameters(one, declared, f"run {index}"))
        except ParameterError as error:
            problems += [f"{file}, {line}" for line in str(error).splitlines()]
    if problems:
        rest = [f"and {len(problems) - SHOWN:,} more"] * (len(problems) > SHOWN)
        raise ParameterError("\n".join([*problems[:SHOWN], *rest, "Mend the grid and run again; nothing was run."]))
    return slug, checked


def runs_of(runs: object, where: object) -> list[dict[str, Any]]:
    """The runs listed one by one. Raises ParameterError when they are not a list of 'name: value' lines."""
    if not isinstance(runs, list) or not runs or not all(isinstance(one, dict) for one in runs):
        raise ParameterError(f"{where}: 'runs:' needs a list of parameter sets, as in '- {{horizon_years: 5}}'")
    return runs


def combinations(grid: dict[str, list], where: object = "grid") -> list[dict[str, Any]]:
    """Every combination of the listed values, the last name varying fastest. Raises ParameterError when malformed."""
    if not isinstance(grid, dict) or not all(isinstance(values, list) and values for values in grid.values()):
        raise ParameterError(f"{where}: each name in 'grid:' needs a list of values, as in 'discount_rate_pct: [4, 8]'")
    count = 1
    for values in grid.values():
        count *= len(values)
    if count > MAX_RUNS:
        raise ParameterError(f"{where}: {count:,} combinations; the limit is {MAX_RUNS:,}")
    return [dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())]


def part_of(sets: list[dict[str, Any]], part: str) -> list[dict[str, Any]]:
    """Every N-th run beginning with the I-th, for a `part` written I/N. Raises ParameterError when it is not one."""
    found = re.fullmatch(r"(\d{1,6})/(\d{1,6})", part)
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise ParameterError(f"part {part!r}: expected I/N with I from 1 to N, as in 3/20")
    chosen = sets[int(found[1]) - 1::int(found[2])]
    if not chosen:
        raise ParameterError(f"part {part}: the grid has only {len(sets)} runs; use at most that many parts")
    return chosen


def run_id(parameters: dict[str, Any]) -> str:
    """A short name that depends on the parameters only, so that a finished run is found again."""
    return "r" + hashlib.sha256(json.dumps(parameters, sort_keys=True).encode()).hexdigest()[:12]


def sweep(grid: Path, out: Path, chapter: str | None, cores: int, options: Sequence[str], dry_run: bool = False,
          part: str = "1/1", *, main: CommandLine) -> int:
    """Run the grid and leave `table.csv`, `comparison.html` and the executed runs in `out`; return the exit code.

    `part` (I/N) leaves the other parts of the grid to other machines. `options` are handed to Snakemake, for example an
    executor. A dry run lists the runs; with options, Snakemake also checks them and counts the jobs it would start. `main` is the
    command line, by which the runs are run.
    """
    started = time.monotonic()
    slug, sets = load_grid(grid, chapter)
    sets = part_of(sets, part)
    if dry_run or not ASKS_ONLY.isdisjoint(options):
        print(f"{len(sets)} runs of chapter {slug!r}; nothing was run.", flush=True)
        for one in sets[:10]:
            print("  " + ", ".join(f"{name}={value}" for name, value in one.items()), flush=True)
        return ask_snakemake(slug, sets, cores, options) if options else 0
    name = re.sub(r"[^a-z0-9-]", "-", grid.stem.lower()) + ("" if part == "1/1" else "-part-" + part.replace("/", "-of-"))
    folder = paths.BUILD / "sweeps" / name
    steps = run_graph(slug, sets, folder, cores, options, main)
    if steps is None:
        print(f"The sweep stopped; finished runs are kept in {folder} and will not be repeated.", file=sys.stderr)
        return 1
    copy_results(folder, out, sets)
    print(f"{len(sets)} runs of {slug!r} in {time.monotonic() - started:.1f} s ({max(steps - 1, 0)} run now). "
          f"Open {(out / 'comparison.html').resolve().as_uri()}")
    return 0


def run_graph(
    slug: str, sets: list[dict[str, Any]], folder: Path, cores: int, options: Sequence[str], main: CommandLine,
) -> int | None:
    """Plan the runs in `folder` and let Snakemake do those that are not finished; how many steps it took, None when one failed."""
    with one_at_a_time() as scratch:
        folder.mkdir(parents=True, exist_ok=True)
        with Graph(f"sweeps/{folder.name}/sweep.json", cores, scratch, options=options) as graph:
            prepare(None, None, None, main)
            for one in sets:
                write_if_changed(folder / "plan" / f"{run_id(one)}.json", json.dumps(one, sort_keys=True) + "\n")
            plan = {"chapter": slug, "runs": [run_id(one) for one in sets]}
            write_if_changed(folder / "plan.json", json.dumps(plan) + "\n")
            bring_dates_back()
            return graph.run(main, "" if "--dry-run" in options else "run-sweep")


def ask_snakemake(slug: str, sets: list[dict[str, Any]], cores: int, options: Sequence[str]) -> int:
    """Let Snakemake check its `options` and count its jobs, in a build folder that is thrown away; return the exit code.

    The build folder of the project is not touched, not even read: finished runs are counted like the others.
    """
    with tempfile.TemporaryDirectory() as scratch:
        code = ("import json, sys; from analysis.cli import main; from analysis.runner.sweep import dry_run; "
                "sys.exit(dry_run(**json.load(sys.stdin), main=main))")
        return subprocess.run(
            [sys.executable, "-c", code], input=json.dumps({"slug": slug, "sets": sets, "cores": cores, "options": list(options)}),
            env={**os.environ, "CHIP_BUILD_DIR": scratch, "PYTHONPATH": str(paths.ROOT)}, text=True).returncode


def dry_run(slug: str, sets: list[dict[str, Any]], cores: int, options: Sequence[str], main: CommandLine) -> int:
    """What :func:`ask_snakemake` runs in a process whose build folder is its own."""
    try:
        if run_graph(slug, sets, paths.BUILD / "sweeps" / "dry", cores, [*options, "--dry-run"], main) is None:
            return 1
    except InputError as error:
        print(error, file=sys.stderr)
        return 1
    jobs = re.findall(r"^(\w+) +(\d+)$", (paths.BUILD / "build.log").read_text(encoding="utf-8"), flags=re.MULTILINE)
    print(f"Snakemake accepts '{' '.join(options)}' and would start, had no run been finished before: "
          + ", ".join(f"{count} {rule}" for rule, count in dict(jobs).items() if rule != "total") + ".")
    return 0


def run_one(name: str, run: str) -> None:
    """Execute one run of a sweep (called by the graph)."""
    from analysis.runner.chapter import run_planned

    folder = paths.BUILD / "sweeps" / name
    run_planned(sweep_plan(name)["chapter"], folder / "runs" / run, json.loads((folder / "plan" / f"{run}.json").read_text()))


def copy_results(folder: Path, out: Path, sets: list[dict[str, Any]]) -> None:
    """Collect the runs' numbers into `table.csv` (a row a run and number) and a page that compares them."""
    out.mkdir(parents=True, exist_ok=True)
    results = [(one, list(load_numbers(folder / "runs" / run_id(one) / "numbers.json").values())) for one in sets]
    names = list(dict.fromkeys(name for one in sets for name in one))
    with (out / "table.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["run", *names, "id", "value", "low", "high", "unit", "class"])
        for one, numbers in results:
            for n in numbers:
                writer.writerow([run_id(one), *(one.get(name, "") for name in names), n.id, n.value, n.low, n.high, n.unit, n.cls])
    (out / "comparison.html").write_text(comparison_page(results, names), encoding="utf-8")
    for one in sets:
        target = out / "runs" / run_id(one)
        remove(target)
        shutil.copytree(folder / "runs" / run_id(one), target)


def comparison_page(results: list[tuple[dict[str, Any], list[Number]]], names: list[str]) -> str:
    """A page with a row a number and a column a run; only numbers that differ between runs are listed."""
    by_id: dict[str, list[Number | None]] = {}
    for index, (_, numbers) in enumerate(results):
        for n in numbers:
            by_id.setdefault(n.id, [None] * len(results))[index] = n
    moving = {id: row for id, row in by_id.items() if len({n and (n.value, n.low, n.high) for n in row}) > 1}
    head = "".join(
        "<th scope='col'>" + "<br>".join(html.escape(f"{name} = {one.get(name, 'default')}") for name in names) + "</th>"
        for one, _ in results)
    rows = "".join(
        f"<tr><th scope='row'>{html.escape(next(n for n in row if n).label)}<br><code>{html.escape(id)}</code></th>"
        + "".join(f"<td>{html.escape(n.text_with_interval) if n else '–'}</td>" for n in row) + "</tr>"
        for id, row in moving.items())
    note = f"{len(moving)} of {len(by_id)} numbers differ between the {len(results)} runs; the others are the same in all."
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>Comparison of runs</title><style>"
        "body{font:16px/1.5 system-ui,sans-serif;margin:2rem;color-scheme:light dark}table{border-collapse:collapse}"
        "th,td{padding:.4rem .8rem;border-bottom:1px solid #8886;text-align:left;vertical-align:top;"
        "font-variant-numeric:tabular-nums}div{overflow-x:auto}</style></head><body><h1>Comparison of runs</h1>"
        f"<p>{note}</p><div tabindex='0' role='region' aria-label='Numbers by run'><table><thead><tr>"
        f"<th scope='col'>Number</th>{head}</tr></thead><tbody>{rows}</tbody></table></div></body></html>\n")
