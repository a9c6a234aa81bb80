"""Long computations that stand as steps of their own in the graph, because several chapters read their results."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from analysis import paths
from analysis.runner.plan import Step

STEPS: tuple[Step, ...] = (
    Step("estimate", "fit-estimate", "analysis.sales.estimate.run",
         kept="analysis/sales/estimate/reference/posterior/about.json"),
    Step("estimate_checks", "check-estimate", "analysis.sales.estimate.run", kept="analysis/sales/estimate/reference/about.json",
         after=("estimate",)),
    # Half a minute of one processor, beside the estimate; what follows would otherwise spend it when all wait for it.
    Step("compiled_model", "compile-model", "analysis.model.chunks"),
    Step("model", "model-results", "analysis.model.results", ("parameters.yml", "scenarios.yml", "replication.yml"),
         after=("estimate", "compiled_model")),
    Step("explorer", "explorer-results", "analysis.explorer.results", ("parameters.yml", "scenarios.yml", "replication.yml"),
         ("explorer-model.js", "explorer-run.js", "explorer-state.js"), after=("estimate", "compiled_model")),
)


def run_step(artifact: str, main: Callable[[Sequence[str]], int]) -> int:
    """Run the step's command (by `main`, the command line) on the complete tables; return its exit code. Marks of earlier results
    are removed first."""
    step = next(s for s in STEPS if s.artifact == artifact)
    paths.ARTIFACTS.mkdir(parents=True, exist_ok=True)
    for mark in paths.ARTIFACTS.glob(f"{artifact}-*.done"):
        mark.unlink()
    tables = os.path.relpath(paths.TABLES, paths.ROOT)
    return main([*step.command.split(), "--data", tables, "--out", str(paths.ARTIFACTS / step.artifact)])
