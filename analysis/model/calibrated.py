"""The draws of the calibrated model, kept so that any policy can be run on the very draws behind the chapters' numbers.

They are other draws than the prior's, not weights on them: the last round of the importance sampling proposed them near what the
evidence allows (see :mod:`analysis.model.calibration`), so nothing smaller than the draws themselves is exactly that version.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import paths
from analysis.model.outcome import Outcome
from analysis.model.parameters import RESOLUTION, Draws, Parameters
from analysis.model.policy_path import PolicyPath
from analysis.model.run import run_draws

TABLE = "calibrated_draws"
TO_CALIBRATE = "python -m analysis assess-model"

Steps = Mapping[str, np.ndarray]


class CalibratedError(ValueError):
    """There are no calibrated draws that fit the parameters; the message names the command that makes them."""


def draws_table(draws: Draws, parameters: Parameters) -> pd.DataFrame:
    """What is uncertain and the resolution, a column each, in the parameters' units."""
    return pd.DataFrame({name: draws[name] for name in (*parameters.uncertain, RESOLUTION)})


def load_calibrated(parameters: Parameters, folder: Path | None = None) -> Steps:
    """The calibrated draws as steps (n,) on the grids of the priors of `parameters`.

    Raises CalibratedError where there are none, or where they were made with other priors.
    """
    file = (folder or paths.ARTIFACTS / "assessment") / f"{TABLE}.parquet"
    if not file.is_file():
        raise CalibratedError(f"there are no calibrated draws in {file.parent}; run: {TO_CALIBRATE}")
    table = pd.read_parquet(file)
    wanted = (*parameters.uncertain, RESOLUTION)
    if set(table.columns) == set(wanted):
        draws = {name: table[name].to_numpy() for name in wanted}
        if _inside(draws, parameters):
            steps = parameters.steps_of(draws)
            again = parameters.from_steps(steps)
            if all(np.array_equal(again[name], draws[name]) for name in wanted):
                return steps
    raise CalibratedError(f"the calibrated draws in {file.parent} were made with other priors; run: {TO_CALIBRATE}")


def run_calibrated(parameters: Parameters, path: PolicyPath, steps: Steps, draws: int) -> Outcome:
    """The first `draws` of the calibrated draws along `path`. A parameter that is fixed in `parameters` has its value in all of
    them; the others keep their draws, for nothing is calibrated anew.

    Raises CalibratedError for more draws than there are.
    """
    return run_draws(parameters.from_steps(first_steps(steps, draws)), path, parameters.segments)


def first_steps(steps: Steps, draws: int) -> Steps:
    """The first `draws` of the calibrated draws. Raises CalibratedError for more draws than there are."""
    there = len(steps[RESOLUTION])
    if draws > there:
        raise CalibratedError(f"there are {there} calibrated draws, not {draws}")
    return {name: row[:draws] for name, row in steps.items()}


def _inside(draws: Draws, parameters: Parameters) -> bool:
    """Whether every draw lies in its prior's support: outside of it there are no steps."""
    supports = {name: parameters[name].prior.support for name in parameters.uncertain}  # type: ignore[union-attr]
    return all(low <= draws[name].min() and draws[name].max() <= high for name, (low, high) in supports.items())
