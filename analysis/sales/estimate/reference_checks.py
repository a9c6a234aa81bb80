"""The checks whose results are kept (:mod:`.reference`), each as independent cases, and how they are computed: resumably."""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import os
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import paths
from analysis.sales.estimate import calibration, checks, holdouts, model, reference
from analysis.sales.estimate.fit import Sampler, Sampling
from analysis.sales.estimate.model import Inputs

QUICK = Sampling(chains=2, draws=400, tune=250, target_accept=0.9)
SIMULATIONS = 300
UNFINISHED = paths.BUILD / "reference"
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Check:
    """A kept table: independent cases, each some rows.

    cases: their names. start: prepares what the cases share and gives the function that computes the rows of one.
    disagreement: what speaks against two tables of the same cases being draws of the same posteriors, a sentence each.
    sample: how many cases a test computes again, spread over all; every one when None.
    """

    name: str
    cases: Callable[[Inputs], Sequence[str]]
    start: Callable[[Sampler], Callable[[str], list[dict]]]
    disagreement: Callable[[pd.DataFrame, pd.DataFrame], list[str]]
    sample: int | None = None


def _simulate(sampler: Sampler) -> Callable[[str], list[dict]]:
    return lambda case: calibration.recover(sampler, int(case))


def _hide(sampler: Sampler) -> Callable[[str], list[dict]]:
    named = {_name(case): case for case in holdouts.cases(sampler.inputs)}
    return lambda name: holdouts.refit(sampler, QUICK, named[name])


def _name(case: holdouts.Case) -> str:
    return f"{case.test}: {case.name}"


def _switch(sampler: Sampler) -> Callable[[str], list[dict]]:
    return lambda case: checks.switched(sampler, QUICK, case)


def _take_out(sampler: Sampler) -> Callable[[str], list[dict]]:
    return lambda case: checks.conflict(sampler, QUICK, case)


CHECKS = (
    Check("hidden", lambda inputs: [_name(case) for case in holdouts.cases(inputs)], _hide, holdouts.disagreement, sample=3),
    Check("lenses", lambda inputs: checks.lens_cases(), _switch, checks.disagreement, sample=2),
    Check("conflicts", lambda inputs: list(checks.SOURCES), _take_out, checks.conflict_disagreement, sample=1),
    Check(
        "ranks", lambda inputs: [f"{run:03d}" for run in range(1, SIMULATIONS + 1)], _simulate, calibration.disagreement, sample=4
    ),
)


def compute(inputs: Inputs, progress: Progress) -> dict[str, pd.DataFrame]:
    """All checks on `inputs`. Cases that an interrupted run has finished are taken from the build folder."""
    folder = UNFINISHED / f"{reference.code_digest()[:12]}-{reference.inputs_digest(inputs)[:12]}"
    sampler = Sampler(inputs)
    return {check.name: rows_of(check, check.cases(inputs), sampler, progress, folder / check.name) for check in CHECKS}


def rows_of(check: Check, cases: Sequence[str], sampler: Sampler, progress: Progress, folder: Path | None = None) -> pd.DataFrame:
    """The rows of the cases named, in their order; they fill the cores, and what is computed does not depend on how many.

    folder: where each finished case is kept until all are.
    """
    from threadpoolctl import threadpool_limits

    files = {case: folder / f"{i:03d}.json" for i, case in enumerate(check.cases(sampler.inputs))} if folder else {}
    done = {case: json.loads(files[case].read_text(encoding="utf-8")) for case in cases if case in files and files[case].exists()}
    left = [case for case in cases if case not in done]
    if left:
        one, started = check.start(sampler), time.monotonic()

        def run(case: str) -> list[dict]:
            rows = json.loads(json.dumps(one(case)))
            if folder:
                folder.mkdir(parents=True, exist_ok=True)
                scratch = files[case].with_suffix(".tmp")
                scratch.write_text(json.dumps(rows), encoding="utf-8")
                scratch.replace(files[case])
            return rows

        # One thread in the linear algebra for the whole time: the cases themselves are what is parallel.
        with threadpool_limits(1), ThreadPoolExecutor(os.cpu_count() or 1) as workers:
            for i, (case, rows) in enumerate(zip(left, workers.map(run, left), strict=True), 1):
                done[case] = rows
                rest = (time.monotonic() - started) / i * (len(left) - i)
                progress(f"{check.name}: {i} of {len(left)} ({case}), about {rest / 60:.0f} min left")
    return pd.DataFrame([row for case in cases for row in done[case]])


def about(inputs: Inputs) -> dict:
    """What is to be said of results computed now from `inputs`."""
    from analysis.registry.edition import edition_name

    return {
        "computed": datetime.date.today().isoformat(),
        "edition": edition_name(),
        "code": reference.code_digest(),
        "inputs": reference.inputs_digest(inputs),
        "observations": len(observations(inputs)),
        "python": platform.python_version(),
        "packages": {name: importlib.metadata.version(name) for name in (*reference.PACKAGES, "numpy")},
    }


def observations(inputs: Inputs) -> pd.DataFrame:
    """Label, value and error of every observation that the model sees, log scale."""
    values, sd = model.joined(model.observed(inputs)), model.joined(model.errors_of(inputs))
    return pd.DataFrame({"label": checks.labels(inputs), "value": values, "sd": sd})


def keep(tables: Mapping[str, pd.DataFrame], inputs: Inputs, progress: Progress, folder: Path = reference.KEPT) -> None:
    """Compute everything from `tables`, which gave `inputs`, and keep it in `folder`."""
    results = compute(inputs, progress)
    reference.write(folder, {**results, reference.OBSERVATIONS: observations(inputs)}, tables, about(inputs))


def disagreements(inputs: Inputs, results: Mapping[str, pd.DataFrame], progress: Progress) -> list[str]:
    """Compute from the kept rows' `inputs` what is small, and a sample of what is large; name all that speaks against `results`.

    Every check runs on one compiled model; none of what is kept is used but to be compared.
    """
    sampler, found = Sampler(inputs), []
    for check in CHECKS:
        every = list(check.cases(inputs))
        cases = every if check.sample is None else [every[i] for i in np.linspace(0, len(every) - 1, check.sample).astype(int)]
        found += check.disagreement(results[check.name], rows_of(check, cases, sampler, progress))
    return found
