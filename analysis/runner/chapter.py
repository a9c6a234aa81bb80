"""Run one chapter with papermill and leave its folder whole or not at all.

`_build/runs/<slug>/` holds the executed notebook, the chapter's numbers and figures, and the names of the tables it read.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat

from analysis import paths
from analysis.data.loading import TABLES_READ_VARIABLE
from analysis.files import replace_folder
from analysis.leftovers import remove
from analysis.registry.numbers import NUMBERS_READ_VARIABLE
from analysis.runner.contents import source_of
from analysis.runner.plan import planned

TIME_LIMIT_S = 900


class ChapterError(RuntimeError):
    """A chapter that could not be run; the message names the chapter, the cell and what to do."""


def run_chapter(
    notebook: Path, out: Path, parameters: dict[str, Any], declared_tables: list[str], time_limit_s: int = TIME_LIMIT_S,
    declared_chapters: Sequence[str] = (), slug: str = "",
) -> None:
    """Execute the code of `notebook` with `parameters` and move the finished folder to `out`. `slug`: its name in messages.

    Raises ChapterError when a cell raises, when the time limit passes, or when the chapter read a table outside
    `declared_tables` or the numbers of a chapter outside `declared_chapters`. `out` is then unchanged.
    """
    slug = slug or notebook.stem
    scratch = out.with_name(f".{out.name}.{os.getpid()}")
    remove(scratch)
    scratch.mkdir(parents=True)
    try:
        variables = {paths.RUN_DIR_VARIABLE: str(scratch), TABLES_READ_VARIABLE: str(scratch / "tables.txt"),
                     NUMBERS_READ_VARIABLE: str(scratch / "chapters.txt")}
        with _environment(variables), _time_limit(time_limit_s, slug):
            executed = _execute(notebook, parameters, slug)
        _check_tables(scratch / "tables.txt", declared_tables, slug)
        _check_chapters(scratch / "chapters.txt", declared_chapters, slug)
        nbformat.write(_without_traces(executed), scratch / "chapter.ipynb")
        if not (scratch / "numbers.json").exists():
            (scratch / "numbers.json").write_text("[]\n")
        (scratch / "figures").mkdir(exist_ok=True)
        replace_folder(scratch, out)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _execute(notebook: Path, parameters: dict[str, Any], slug: str) -> nbformat.NotebookNode:
    import logging

    logging.getLogger("papermill").setLevel(logging.ERROR)
    import papermill
    from papermill.exceptions import PapermillExecutionError

    from analysis.runner.warm import engine

    try:
        return papermill.execute_notebook(
            _code_of(notebook), None, parameters=parameters, engine_name=engine.NAME, progress_bar=False,
            kernel_name="python3", request_save_on_cell_execute=False,
        )
    except PapermillExecutionError as error:
        trace = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(error.traceback)).splitlines()
        raise ChapterError(
            f"chapter {slug!r} failed in code cell {error.exec_count}: {error.ename}: {error.evalue}\n"
            + "\n".join(trace[-25:])
            + f"\nThe published site is unchanged. Open book/{notebook.name} in Jupyter to look into it."
        ) from None


def _code_of(notebook: Path) -> nbformat.NotebookNode:
    """The notebook without its text, which may change while its results stay."""
    found = nbformat.read(notebook, 4)
    found.cells = [cell for cell in found.cells if cell.cell_type == "code"]
    return found


def _without_traces(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Drop what changes from run to run or tells about the machine: papermill's paths, times and durations."""
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.execution_count = None
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = None
    return notebook


def _check_tables(record: Path, declared: list[str], slug: str) -> None:
    read = {tuple(line.split("\t", 1)) for line in _taken(record)}
    missed = sorted({name for name, _ in read} - set(declared))
    if missed:
        raise ChapterError(
            f"chapter {slug!r} read {', '.join(missed)}, which the dependency scan did not find; "
            "load tables by a literal name, as in load_table(\"policy_events\")"
        )
    elsewhere = sorted({(name, folder) for name, folder in read if Path(folder) != paths.TABLES.resolve()})
    if elsewhere:
        raise ChapterError(
            f"chapter {slug!r} read {', '.join(f'{name} in {folder}' for name, folder in elsewhere)}, but the tables of this "
            f"build, which were checked and which the receipt names, are in {paths.TABLES}; load them by the chapter's "
            'parameter, as in load_table("policy_events", data_dir)'
        )


def _check_chapters(record: Path, declared: Sequence[str], slug: str) -> None:
    if missed := sorted(set(_taken(record)) - set(declared)):
        raise ChapterError(
            f"chapter {slug!r} read the numbers of {', '.join(missed)}, which the dependency scan did not find; "
            "name the chapter literally, as in numbers_of(\"rules\")"
        )


def _taken(record: Path) -> list[str]:
    """The lines of a record, which goes."""
    lines = record.read_text(encoding="utf-8").splitlines() if record.exists() else []
    record.unlink(missing_ok=True)
    return lines


@contextmanager
def _environment(values: dict[str, str]):
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _time_limit(seconds: int, slug: str):
    def out_of_time(_signal, _frame):
        print(f"chapter {slug!r} ran longer than its limit of {seconds} s and was stopped", file=sys.stderr, flush=True)
        os._exit(124)

    before = signal.signal(signal.SIGALRM, out_of_time)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def run_planned(slug: str, out: Path, given: Mapping[str, Any] | None = None) -> None:
    """Run the chapter `slug` as the build's plan says (see :mod:`analysis.runner.plan`), with the parameters `given` besides."""
    plan = json.loads(planned(slug).read_text(encoding="utf-8"))
    run_chapter(source_of(slug), out, {**plan["parameters"], **(given or {})}, plan["tables"], declared_chapters=plan["chapters"],
                slug=slug)
