"""The plan of a build: which chapters run, with which parameters, tables, modules and artifacts.

The plan is files in `_build/plan/`, rewritten only when their content changes, so that Snakemake sees exactly what
changed: the code cells of a chapter (its text is not in there: a text change reruns nothing) and its parameters.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis import paths
from analysis.files import write_if_changed
from analysis.registry.edition import edition_day
from analysis.runner.contents import given_to, source_of, toc_files
from analysis.runner.dependencies import artifacts_of, chapter_code, code_cells, modules_of, tables_of
from analysis.runner.parameters import RESERVED, TABLES_FOLDER, check_parameters, declared_parameters

ALL_CHAPTERS = "all"
EDITION_DAY = "as_of"
MADE_FROM = "made_from.txt"   # in the folder of a run: the hash of what it was made from
MODEL = "model"


@dataclass(frozen=True)
class Step:
    """A long computation that chapters read: `python -m analysis <command> --data <tables> --out <artifact>`.

    module: where its code starts (what it imports, and the tables that code loads, decide when it runs again).
    files: further files of `_build/data/` it reads, such as `parameters.yml`.
    scripts: scripts of the site that it runs.
    kept: a file of the project that names results kept in it, with their hashes.
    after: other long computations whose results it reads.
    """

    artifact: str
    command: str
    module: str
    files: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    kept: str = ""
    after: tuple[str, ...] = ()


def notebooks() -> list[str]:
    """Slugs of the chapters that compute something, in reading order."""
    return [slug for slug in toc_files() if source_of(slug).exists()]


def write_plan(overrides: dict[str, dict[str, Any]]) -> None:
    """Write each chapter's code and parameters where Snakemake looks for changes.

    overrides: parameters by chapter, `all` (every chapter that has them). Raises ParameterError; nothing is written then.
    """
    day = edition_day(paths.TABLES)
    plans = {slug: _plan(slug, overrides, day) for slug in notebooks()}
    folder = paths.BUILD / "plan"
    folder.mkdir(parents=True, exist_ok=True)
    for slug, plan in plans.items():
        write_if_changed(folder / f"{slug}.json", json.dumps(plan, indent=1, sort_keys=True) + "\n")
        write_if_changed(folder / f"{slug}.ipynb", _code_only(source_of(slug)))


def chapter_values(slug: str, overrides: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The parameters that the overrides give the chapter `slug`. Raises ParameterError naming every problem."""
    declared = declared_parameters(source_of(slug))
    general = {k: v for k, v in overrides.get(ALL_CHAPTERS, {}).items() if k in declared and k not in RESERVED}
    return check_parameters({**general, **overrides.get(slug, {})}, declared, f"chapter {slug}")


def _plan(slug: str, overrides: dict[str, dict[str, Any]], day: str) -> dict[str, Any]:
    declared = declared_parameters(source_of(slug))
    values = {**chapter_values(slug, overrides), **given_to(slug)}
    if TABLES_FOLDER in declared:
        values[TABLES_FOLDER] = os.path.relpath(paths.TABLES, paths.ROOT)
    if EDITION_DAY in declared and not declared[EDITION_DAY].default:
        values.setdefault(EDITION_DAY, day)
    return {"parameters": values, "tables": tables_of(chapter_code(source_of(slug)))}


def _code_only(source: Path) -> str:
    """The notebook with its text cells and outputs left out: what execution depends on, and nothing else."""
    notebook = json.loads(source.read_text(encoding="utf-8"))
    cells = [{**cell, "outputs": [], "execution_count": None} for cell in code_cells(source)]
    return json.dumps({**notebook, "cells": cells}, indent=1, ensure_ascii=False) + "\n"


def chapter_inputs(slug: str) -> list[Path]:
    """Files whose content decides the chapter `slug`: its code, parameters, tables and modules."""
    code = chapter_code(source_of(slug))
    plan = paths.BUILD / "plan"
    tables = [paths.TABLES / f"{table}.csv" for table in tables_of(code)]
    words = [file for folder in (paths.WORDS, paths.FIGURE_WORDS) if (file := folder / f"{source_of(slug).stem}.yml").exists()]
    return [plan / f"{slug}.ipynb", plan / f"{slug}.json", *words, *tables, *modules_of(code)]


def chapter_digest(slug: str) -> str:
    """A hash of everything the chapter `slug` depends on, the long computations it reads included."""
    upstream = [step_digest(artifact) for artifact in artifacts_of(chapter_code(source_of(slug)))]
    return digest(chapter_inputs(slug), upstream)


def forget_if_changed(run: Path, made_from: str) -> None:
    """Remove the numbers of a run that was not made from `made_from`, so that the graph makes it again."""
    mark = run / MADE_FROM
    if not mark.exists() or mark.read_text() != made_from:
        (run / "numbers.json").unlink(missing_ok=True)


def chapter_artifacts(slug: str) -> list[str]:
    """Marks (named from the build folder) of the long computations that must be finished before the chapter `slug`.

    A mark carries the hash of what its computation depends on, so results of other data or code are never taken for it.
    """
    names = artifacts_of(chapter_code(source_of(slug)))
    return [f"artifacts/{name}-{step_digest(name)[:16]}.done" for name in names]


def results_of(slug: str) -> list[Path]:
    """What the graph leaves of the chapter `slug`: its run, and the marks of the long computations it reads."""
    run = paths.RUNS / slug
    return [run / "chapter.ipynb", run / "numbers.json", *(paths.BUILD / mark for mark in chapter_artifacts(slug))]


def step_digest(artifact: str) -> str:
    """A hash of everything the long computation `artifact` depends on: its tables, parameter files and modules."""
    from analysis.runner.steps import STEPS

    step = next(s for s in STEPS if s.artifact == artifact)
    code = f"import {step.module}"
    files = {*(f"{table}.csv" for table in tables_of(code)), *step.files}
    further = [*(paths.SCRIPTS / script for script in step.scripts), *([paths.ROOT / step.kept] if step.kept else [])]
    upstream = [step.command, *(step_digest(before) for before in step.after)]
    return digest([*(paths.TABLES / file for file in sorted(files)), *modules_of(code), *further], upstream)


def step_artifacts(artifact: str) -> list[str]:
    """Marks of the long computations that must be finished before the long computation `artifact`."""
    from analysis.runner.steps import STEPS

    step = next(s for s in STEPS if s.artifact == artifact)
    return [f"artifacts/{name}-{step_digest(name)[:16]}.done" for name in step.after]


def site_digest() -> str:
    """A hash of everything the site depends on: chapters, text, assets, settings, sources, edition, publishing code, locked
    packages, and the earlier editions it is compared with."""
    assets = sorted(p for p in paths.BOOK.rglob("*") if p.is_file() and ".ipynb_checkpoints" not in p.parts)
    tables = sorted(paths.TABLES.glob("*.*"))
    plan = paths.BUILD / "plan"
    settings = [paths.JUPYTER_BOOK_CONFIG, paths.ROOT / "CHANGELOG.md", paths.ROOT / "requirements.txt"]
    files = [*assets, *settings, *tables, plan / "edition.txt", plan / "compared_with.txt",
             *modules_of("import analysis.publish.commands")]
    return digest(files, [chapter_digest(slug) for slug in notebooks()])


def digest(files: Iterable[Path], upstream: Iterable[str] = ()) -> str:
    """One hash over names and contents; a file's date plays no part, so a touched file or a wrong clock changes nothing."""
    total = hashlib.sha256()
    for file in files:
        total.update(f"{_name(file, paths.BUILD)}\0{_file_hash(file)}\n".encode())
    for one in upstream:
        total.update(f"{one}\n".encode())
    return total.hexdigest()


@functools.cache
def _name(file: Path, build: Path) -> str:
    """The file as named from the build folder it lies in, or else from the project's."""
    return str(file.relative_to(build if file.is_relative_to(build) else paths.ROOT))


@functools.cache
def _file_hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else "missing"


def sweep_runs(name: str) -> list[str]:
    """Ids of the runs of the sweep `name`, as its plan lists them."""
    return json.loads((paths.BUILD / "sweeps" / name / "plan.json").read_text())["runs"]


def sweep_run_digest(name: str, run: str) -> str:
    """A hash of everything one run of a sweep depends on."""
    folder = paths.BUILD / "sweeps" / name
    slug = json.loads((folder / "plan.json").read_text())["chapter"]
    return digest([folder / "plan" / f"{run}.json"], [chapter_digest(slug)])


def sweep_run_artifacts(name: str) -> list[str]:
    """Marks of the long computations that must be finished before the runs of the sweep `name`."""
    return chapter_artifacts(json.loads((paths.BUILD / "sweeps" / name / "plan.json").read_text())["chapter"])
