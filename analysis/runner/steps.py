"""Long computations that stand as steps of their own in the graph, because several chapters read their results."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """A long computation that chapters read: `python -m analysis <command> --data <tables> --out <artifact>`.

    module: where its code starts (what it imports, and the tables that code loads, decide when it runs again).
    result: the file of its folder that it writes last; empty where it leaves no file.
    files: further files of `_build/data/` it reads, such as `parameters.yml`.
    scripts: scripts of the site that it runs.
    kept: a file of the project that names results kept in it, with their hashes.
    after: other long computations whose results it reads.
    reads: all that it reads of them, where that can be the same although they ran again; its results then stay as they are.
    """

    artifact: str
    command: str
    module: str
    result: str
    files: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    kept: str = ""
    after: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()


PARAMETERS = ("parameters.yml", "scenarios.yml")
SCRIPTS = ("explorer-model.js", "explorer-run.js", "explorer-state.js")
DRAWS = ("estimate/joint.parquet", "assessment/calibrated_draws.parquet")
STEPS: dict[str, Step] = {step.artifact: step for step in (
    Step("estimate", "fit-estimate", "analysis.sales.estimate.run", "fit.json",
         kept="analysis/sales/estimate/reference/posterior/about.json"),
    Step("estimate_checks", "check-estimate", "analysis.sales.estimate.run", "checks.json",
         kept="analysis/sales/estimate/reference/about.json", after=("estimate",)),
    # Half a minute of one processor, beside the estimate; what follows would otherwise spend it when all wait for it.
    Step("compiled_model", "compile-model", "analysis.model.chunks", ""),
    # Whether the explorer's script says what the model says depends on no filing and no event.
    Step("explorer_agreement", "explorer-agreement", "analysis.explorer.results", "agreement.json", PARAMETERS, SCRIPTS,
         after=("compiled_model",)),
    Step("assessment", "assess-model", "analysis.model.assessed", "meta.json", (*PARAMETERS, "replication.yml"),
         after=("estimate", "compiled_model")),
    Step("model", "model-results", "analysis.model.results", "meta.json", PARAMETERS,
         after=("estimate", "assessment"), reads=DRAWS),
    Step("explorer", "explorer-results", "analysis.explorer.results", "agreement.json", PARAMETERS, SCRIPTS,
         after=("estimate", "assessment"), reads=DRAWS),
)}
