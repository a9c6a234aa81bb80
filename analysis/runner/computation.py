"""Run one long computation of the graph: all of its results, or none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence

from analysis import paths
from analysis.files import replace_folder, write_whole
from analysis.leftovers import remove
from analysis.runner.plan import result_of, step_reads
from analysis.runner.steps import STEPS

MADE_FROM = "made_from.txt"   # in the folder of the results: a hash of what they were made from


def run_step(artifact: str, main: Callable[[Sequence[str]], int]) -> int:
    """Run the step's command (by `main`, the command line) on the complete tables, and return its exit code.

    Its results take the place of the earlier ones when they are whole. Those of a step that says what it reads of other steps stay
    where all that it reads holds the same.
    """
    folder, content = paths.ARTIFACTS / artifact, step_reads(artifact)
    if content and result_of(artifact).is_file() and _made_from(artifact) == content:
        print("all that it reads holds the same as last time; its results stay", flush=True)
        return 0
    scratch = folder.with_name(f".{artifact}.new")
    remove(scratch)
    scratch.mkdir(parents=True)
    try:
        code = main([*STEPS[artifact].command.split(), "--data", os.path.relpath(paths.TABLES, paths.ROOT), "--out", str(scratch)])
        if code == 0:
            if content:
                write_whole(scratch / MADE_FROM, content)
            replace_folder(scratch, folder)
        return code
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _made_from(artifact: str) -> str:
    file = paths.ARTIFACTS / artifact / MADE_FROM
    return file.read_text(encoding="utf-8") if file.is_file() else ""
