"""Long computations that stand as steps of their own in the graph, because several chapters read their results."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analysis import paths


@dataclass(frozen=True)
class Step:
    """A long computation that chapters read: `python -m analysis <command> --data <tables> --out <artifact>`.

    module: where its code starts (what it imports, and the tables that code loads, decide when it runs again).
    result: the file of its folder that it writes last; empty where it leaves no file.
    files: further files of `_build/data/` it reads, such as `parameters.yml`.
    scripts: scripts of the site that it runs.
    kept: a file of the project that names results kept in it, with their hashes.
    after: other long computations whose results it reads.
    """

    artifact: str
    command: str
    module: str
    result: str
    files: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    kept: str = ""
    after: tuple[str, ...] = ()


PARAMETERS = ("parameters.yml", "scenarios.yml", "replication.yml")
STEPS: dict[str, Step] = {step.artifact: step for step in (
    Step("estimate", "fit-estimate", "analysis.sales.estimate.run", "fit.json",
         kept="analysis/sales/estimate/reference/posterior/about.json"),
    Step("estimate_checks", "check-estimate", "analysis.sales.estimate.run", "checks.json",
         kept="analysis/sales/estimate/reference/about.json", after=("estimate",)),
    # Half a minute of one processor, beside the estimate; what follows would otherwise spend it when all wait for it.
    Step("compiled_model", "compile-model", "analysis.model.chunks", ""),
    Step("model", "model-results", "analysis.model.results", "meta.json", PARAMETERS, after=("estimate", "compiled_model")),
    Step("explorer", "explorer-results", "analysis.explorer.results", "agreement.json", PARAMETERS,
         ("explorer-model.js", "explorer-run.js", "explorer-state.js"), after=("estimate", "compiled_model")),
)}


def run_step(artifact: str, main: Callable[[Sequence[str]], int]) -> int:
    """Run the step's command (by `main`, the command line) on the complete tables; return its exit code."""
    paths.ARTIFACTS.mkdir(parents=True, exist_ok=True)
    tables = os.path.relpath(paths.TABLES, paths.ROOT)
    return main([*STEPS[artifact].command.split(), "--data", tables, "--out", str(paths.ARTIFACTS / artifact)])
