"""Run a chapter again from other inputs, in a build folder of its own, to find which input moved a number."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis import paths
from analysis.files import write_whole
from analysis.publish.diff import Inputs, Numbers, RebuildError

FAILED = "failed"  # no number has an id without a dot


class StoppedError(RebuildError):
    """The chapter did not end by itself: tried again by the next build."""

def rebuild(inputs: Inputs, slug: str) -> Numbers:
    """Numbers of the chapter `slug`, run with the present code from `inputs`. The build in `_build/` is not touched.

    Raises RebuildError, for example when the present code asks for a column that older tables do not have.
    """
    _check_columns(inputs)
    with tempfile.TemporaryDirectory(prefix="rebuild-") as scratch:
        write_inputs(inputs, Path(scratch) / "data")
        done = subprocess.run(
            [sys.executable, "-m", "analysis", "run-alone", slug, "--parameters", json.dumps(dict(inputs.parameters))],
            env={**os.environ, "CHIP_BUILD_DIR": scratch, paths.NUMBERS_ONLY_VARIABLE: "1"}, cwd=paths.ROOT, capture_output=True,
            text=True)
        if done.returncode < 0:   # stopped from outside, which says nothing of the inputs
            raise StoppedError(f"chapter {slug!r} was stopped by signal {-done.returncode}")
        if done.returncode:
            raise RebuildError(done.stderr.strip() or f"chapter {slug!r} ended with code {done.returncode}")
        return {row["id"]: row for row in json.loads((Path(scratch) / "runs" / slug / "numbers.json").read_text())}


def _check_columns(inputs: Inputs) -> None:
    """Say in no time what the chapter would say after seconds: a table of an older edition has other columns than are read now."""
    from analysis.data.schemas import TABLES

    for name, rows in inputs.tables.items():
        schema = TABLES.get(name.removesuffix(".csv"))
        if schema and rows and (other := sorted(set(rows[0]) ^ set(schema.names))):
            raise RebuildError(f"{name} has other columns than the present code reads: {', '.join(other)}")


@dataclass
class QuickRebuild:
    """`rebuild` for chapters that take seconds, each from the same inputs only once.

    kept: folder in which numbers stay from build to build, each file named by everything they depend on: the inputs, the chapter's
    code and words, the locked packages. What was not asked for between entering and leaving is removed. A failure is kept as well:
    tables of an older edition that the present code cannot read cost seconds a chapter, and are no more readable the next time.
    Calling it raises RebuildError for a chapter that reads a long computation, or that failed from these inputs before.
    """

    kept: Path | None = None
    known: dict[str, Numbers | RebuildError] = field(default_factory=dict)

    def __call__(self, inputs: Inputs, slug: str) -> Numbers:
        text = json.dumps([slug, _code(slug), inputs.tables, inputs.parameter_files, inputs.parameters], sort_keys=True)
        key = hashlib.sha256(text.encode()).hexdigest()
        if key not in self.known:
            try:
                self.known[key] = self._kept(key) or _quickly(inputs, slug)
            except RebuildError as error:
                self.known[key] = error
            self._keep(key, self.known[key])
        if isinstance(self.known[key], RebuildError):
            raise self.known[key]
        return self.known[key]

    def __enter__(self) -> QuickRebuild:
        return self

    def __exit__(self, *_error) -> None:
        for file in self.kept.glob("*") if self.kept else ():
            if file.stem not in self.known:
                file.unlink(missing_ok=True)

    def _kept(self, key: str) -> Numbers | RebuildError | None:
        try:
            found = json.loads((self.kept / f"{key}.json").read_text(encoding="utf-8")) if self.kept else None
        except (OSError, ValueError):   # not there, or not whole
            return None
        return RebuildError(found[FAILED]) if found and FAILED in found else found

    def _keep(self, key: str, found: Numbers | RebuildError) -> None:
        if self.kept and not isinstance(found, StoppedError):
            self.kept.mkdir(parents=True, exist_ok=True)
            content = {FAILED: str(found)} if isinstance(found, RebuildError) else found
            write_whole(self.kept / f"{key}.json", json.dumps(content))


def _code(slug: str) -> str:
    """A hash of what decides the chapter's numbers besides its tables and parameters."""
    from analysis.runner.plan import chapter_inputs, chapters_read, code_hash, digest

    notebook, *others = chapter_inputs(slug)
    files = [file for file in others if file.suffix in (".py", ".yml")]
    return digest([*files, paths.ROOT / "requirements.txt"], [code_hash(notebook), *map(_code, chapters_read(slug))])


def _quickly(inputs: Inputs, slug: str) -> Numbers:
    from analysis.runner.contents import source_of
    from analysis.runner.dependencies import artifacts_of, chapter_code

    if artifacts_of(chapter_code(source_of(slug))):
        raise RebuildError(f"chapter {slug!r} reads a long computation; 'python -m analysis diff --rerun' runs it again")
    return rebuild(inputs, slug)


def write_inputs(inputs: Inputs, folder: Path) -> None:
    """Write tables and parameter files where a build looks for its complete inputs."""
    folder.mkdir(parents=True)
    for name, text in inputs.parameter_files.items():
        (folder / name).write_text(text, encoding="utf-8")
    for name, rows in inputs.tables.items():
        with (folder / name).open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]) if rows else _header(name), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def _header(name: str) -> list[str]:
    from analysis.data.schemas import TABLES

    return list(TABLES[name.removesuffix(".csv")].names)


def run_alone(slug: str, parameters: Mapping[str, Any], main: Callable[[Sequence[str]], int]) -> None:
    """Run a chapter, and the long computations it reads, in this process's build folder, whose `data/` is complete.

    main: the command line, by which a computation is run. Raises RebuildError, ChapterError or ParameterError.
    """
    from analysis.runner.chapter import run_planned
    from analysis.runner.computation import run_step
    from analysis.runner.plan import chapters_read, computations_behind, write_plan

    write_plan({slug: dict(parameters)})
    for artifact in computations_behind(slug):
        if run_step(artifact, main):
            raise RebuildError(f"computation {artifact!r} failed")
    for other in chapters_read(slug):
        run_alone(other, {}, main)
    run_planned(slug, paths.RUNS / slug)
