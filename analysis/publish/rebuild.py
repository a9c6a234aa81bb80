"""Run chapters again from other inputs, in a build folder of their own, to find which input moved a number."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from analysis import paths
from analysis.publish.diff import Inputs, Numbers


class RebuildError(RuntimeError):
    """Chapters that could not be run from these inputs; the message holds their own words."""


def rebuild(inputs: Inputs, slugs: Sequence[str]) -> Numbers:
    """Numbers of the chapters `slugs`, run with the present code from `inputs`. The build in `_build/` is not touched.

    Raises RebuildError, for example when the present code asks for a column that older tables do not have.
    """
    with tempfile.TemporaryDirectory(prefix="rebuild-") as scratch:
        write_inputs(inputs, Path(scratch) / "data")
        (Path(scratch) / "parameters.json").write_text(json.dumps({slug: inputs.parameters[slug] for slug in slugs}))
        done = subprocess.run(
            [sys.executable, "-m", "analysis", "run-chapters", str(Path(scratch) / "parameters.json")],
            env={**os.environ, "CHIP_BUILD_DIR": scratch, "PYTHONPATH": str(paths.ROOT)}, cwd=paths.ROOT, capture_output=True,
            text=True)
        if done.returncode:
            raise RebuildError(done.stderr.strip() or f"the run ended with code {done.returncode}")
        rows = [row for slug in slugs for row in json.loads((Path(scratch) / "runs" / slug / "numbers.json").read_text())]
        return {row["id"]: row for row in rows}


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


def run_chapters(parameters: dict[str, dict[str, Any]]) -> None:
    """Run chapters, and the long computations they read, in this process's build folder, whose `data/` is complete."""
    from analysis.runner.chapter import run_from_plan
    from analysis.runner.dependencies import chapter_code
    from analysis.runner.plan import artifacts_of, write_plan
    from analysis.runner.steps import run_step

    write_plan(parameters)
    for artifact in sorted({name for slug in parameters for name in artifacts_of(chapter_code(paths.BOOK / f"{slug}.ipynb"))}):
        if run_step(artifact):
            raise RebuildError(f"computation {artifact!r} failed")
    for slug in parameters:
        run_from_plan(slug)
