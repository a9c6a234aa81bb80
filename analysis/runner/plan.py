"""The plan of a build: which chapters run, with which parameters, and which files each step of the graph reads.

The chapters' parameters are laid out as files in `_build/plan/`. The Snakefile names what the functions below list, and the hash of
what those files hold: `content`. Of a notebook only the code counts: a text change reruns nothing.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from analysis import paths
from analysis.data.problems import suggest
from analysis.files import write_if_changed
from analysis.registry.edition import edition_day
from analysis.runner.contents import given_to, source_of, toc_files
from analysis.runner.dependencies import artifacts_of, chapter_code, chapters_of, code_cells, modules_of, tables_of
from analysis.runner.parameters import RESERVED, TABLES_FOLDER, check_parameters, declared_parameters
from analysis.runner.steps import STEPS

ALL_CHAPTERS = "all"
EDITION_DAY = "as_of"
MODEL = "model"


class PlanError(ValueError):
    """Chapters that cannot be run in any order; the message names them."""


def notebooks() -> list[str]:
    """Slugs of the chapters that compute something, in reading order."""
    return [slug for slug in toc_files() if source_of(slug).exists()]


def write_plan(overrides: dict[str, dict[str, Any]]) -> None:
    """Write each chapter's parameters where the graph looks for them.

    overrides: parameters by chapter, `all` (every chapter that has them). Raises ParameterError or PlanError; nothing is written
    then.
    """
    day = edition_day(paths.TABLES)
    plans = {slug: _plan(slug, overrides, day) for slug in notebooks()}
    for slug in plans:
        read_first(slug)
    for slug, plan in plans.items():
        write_if_changed(planned(slug), json.dumps(plan, indent=1, sort_keys=True) + "\n")


def read_first(slug: str, before: tuple[str, ...] = ()) -> None:
    """Raises PlanError where the chapter `slug` reads numbers of a chapter that is not there, or, on whatever way, its own."""
    if slug in before:
        raise PlanError(f"chapters read each other's numbers in a circle: {' from '.join([*before, slug])}")
    for other in chapters_read(slug):
        if other not in notebooks():
            raise PlanError(f"chapter {slug!r} reads the numbers of {other!r}, which is no chapter{suggest(other, notebooks())}")
        read_first(other, (*before, slug))


def planned(slug: str) -> Path:
    """The file of the plan for the chapter `slug`: its parameters, the tables and the chapters it may read, and its modules."""
    return paths.BUILD / "plan" / f"{slug}.json"


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
    code = chapter_code(source_of(slug))
    return {"parameters": values, "tables": tables_of(code), "chapters": chapters_of(code),
            "modules": {_name(module, paths.BUILD): _file_hash(module) for module in modules_of(code)}}


def words_beside(notebook: Path) -> list[Path]:
    """What the numbers and figures of a chapter are called."""
    return [file for folder in (paths.WORDS, paths.FIGURE_WORDS) if (file := folder / f"{notebook.stem}.yml").exists()]


def tables_read(code: str) -> list[Path]:
    """The complete tables that `code` loads; a table that is not there is refused with the nearest name when it is loaded."""
    return [file for table in tables_of(code) if (file := paths.TABLES / f"{table}.csv").exists()]


def chapters_read(slug: str) -> list[str]:
    """The chapters whose numbers the chapter `slug` reads."""
    return chapters_of(chapter_code(source_of(slug)))


def chapter_sources(slug: str) -> list[Path]:
    """Files that decide the chapter `slug` and that no step makes: its notebook, words, tables and plan. The plan names its modules
    with what they hold: Snakemake looks at every file of every step that waits, many times, and these would be most of them."""
    notebook = source_of(slug)
    return [notebook, planned(slug), *words_beside(notebook), *tables_read(chapter_code(notebook))]


def chapter_inputs(slug: str) -> list[Path]:
    """The same, and its modules."""
    return [*chapter_sources(slug), *modules_of(chapter_code(source_of(slug)))]


def chapter_results(slug: str) -> list[Path]:
    """What other steps make for the chapter `slug`: results of long computations, numbers of other chapters."""
    code = chapter_code(source_of(slug))
    return [*map(result_of, artifacts_of(code)), *(chapter_files(other)[1] for other in chapters_of(code))]


def chapter_files(slug: str) -> list[Path]:
    """What the graph knows of the folder that the chapter `slug` leaves: the executed notebook and the numbers."""
    return [paths.RUNS / slug / name for name in ("chapter.ipynb", "numbers.json")]


def computations_behind(slug: str) -> list[str]:
    """The long computations whose results the chapter `slug` reads, and those that they read, in an order in which they can run."""
    needed, waiting = set(), artifacts_of(chapter_code(source_of(slug)))
    while waiting:
        artifact = waiting.pop()
        if artifact not in needed:
            needed.add(artifact)
            waiting.extend(STEPS[artifact].after)
    return [artifact for artifact in STEPS if artifact in needed]   # each stands there after those that it reads


def behind(slug: str) -> set[Path]:
    """Files that decide the chapter `slug`, the long computations and the chapters that it reads, and that no step makes."""
    computed = map(step_inputs, computations_behind(slug))
    return set(chapter_inputs(slug)).union(*computed, *map(behind, chapters_read(slug)))


def chapter_content(slug: str) -> str:
    """A hash of everything the chapter `slug` depends on, through the steps whose results it reads."""
    notebook, *files = chapter_inputs(slug)
    code = chapter_code(notebook)
    return digest(files, [code_hash(notebook), *map(step_content, artifacts_of(code)), *map(chapter_content, chapters_of(code))])


def step_inputs(artifact: str) -> list[Path]:
    """Files that decide the long computation `artifact` and that no step makes: its tables, parameter files, scripts, kept results
    and modules."""
    step, code = STEPS[artifact], f"import {STEPS[artifact].module}"
    tables = sorted({*tables_read(code), *(paths.TABLES / file for file in step.files)})
    scripts = [paths.SCRIPTS / script for script in step.scripts]
    return [*tables, *modules_of(code), *scripts, *([paths.ROOT / step.kept] if step.kept else [])]


def step_results(artifact: str) -> list[Path]:
    """What other long computations make for the long computation `artifact`."""
    return [result_of(before) for before in STEPS[artifact].after]


def result_of(artifact: str) -> Path:
    """The file that stands for the result of a long computation: the one that is written last, or a mark where there is none."""
    result = STEPS[artifact].result
    return paths.ARTIFACTS / artifact / result if result else paths.ARTIFACTS / f"{artifact}.done"


def step_content(artifact: str) -> str:
    """A hash of everything the long computation `artifact` depends on, through those whose results it reads."""
    return digest(step_inputs(artifact), [STEPS[artifact].command, *map(step_content, STEPS[artifact].after)])


def step_reads(artifact: str) -> str:
    """A hash of what the long computation `artifact` reads, of other computations the content of the files named in its `reads`;
    empty where it names none."""
    step = STEPS[artifact]
    return digest([*step_inputs(artifact), *(paths.ARTIFACTS / file for file in step.reads)], [step.command]) if step.reads else ""


def site_inputs() -> list[Path]:
    """Files that decide the site and that no step makes: text, assets, settings, tables, edition, the earlier editions it is
    compared with, publishing code, locked packages."""
    assets = sorted(p for p in paths.BOOK.rglob("*") if p.is_file() and ".ipynb_checkpoints" not in p.parts)
    settings = [file for name in ("_config.yml", "CHANGELOG.md", "requirements.txt") if (file := paths.ROOT / name).exists()]
    plan = [paths.BUILD / "plan" / name for name in ("edition.txt", "compared_with.txt")]
    return [*assets, *settings, *sorted(paths.TABLES.glob("*.*")), *plan, *modules_of("import analysis.publish.commands")]


def site_content() -> str:
    """Two hashes with a hyphen between them: of all that the chapters depend on, and of what the site depends on besides."""
    return f"{digest([], map(chapter_content, notebooks()))}-{digest(site_inputs())}"


def named(files: Iterable[Path]) -> list[str]:
    """Files as the graph names them: from the build folder, so that no name holds a character of the project's place."""
    return [os.path.relpath(file, paths.BUILD) for file in files]


def digest(files: Iterable[Path], upstream: Iterable[str] = ()) -> str:
    """One hash over names and contents; a file's date plays no part, so a touched file or a wrong clock changes nothing."""
    total = hashlib.sha256()
    for file in files:
        total.update(f"{_name(file, paths.BUILD)}\0{_file_hash(file)}\n".encode())
    for one in upstream:
        total.update(f"{one}\n".encode())
    return total.hexdigest()


def code_hash(notebook: Path) -> str:
    """A hash of what the execution of a notebook depends on: its code cells and its settings, not its text and kept outputs."""
    settings = json.loads(notebook.read_bytes())["metadata"]
    cells = [{**cell, "outputs": [], "execution_count": None} for cell in code_cells(notebook)]
    return hashlib.sha256(json.dumps([settings, cells], sort_keys=True).encode()).hexdigest()


@functools.cache
def _name(file: Path, build: Path) -> str:
    """The file as named from the build folder it lies in, or else from the project's."""
    return str(file.relative_to(build if file.is_relative_to(build) else paths.ROOT))


@functools.cache
def _file_hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else "missing"


def sweep_plan(name: str) -> dict[str, Any]:
    """The `chapter` of the sweep `name`, and the ids of its `runs`."""
    return json.loads((paths.BUILD / "sweeps" / name / "plan.json").read_text(encoding="utf-8"))


def sweep_run_content(name: str, run: str) -> str:
    """A hash of everything one run of a sweep depends on."""
    return digest([paths.BUILD / "sweeps" / name / "plan" / f"{run}.json"], [chapter_content(sweep_plan(name)["chapter"])])
