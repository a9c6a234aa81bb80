"""The page's settings without the long computation: few draws, the real parameters and scenarios."""

import pytest

from analysis.data import load_table
from analysis.explorer.agreement import Runs
from analysis.explorer.settings import page_settings
from analysis.model.from_estimate import load_estimate
from analysis.model.run import DEFAULT_SEED, Model, load_model

DRAWS = 256


@pytest.fixture(scope="session")
def model() -> Model:
    return load_model(policy_events=load_table("policy_events"), estimate=load_estimate())


@pytest.fixture(scope="session")
def calibrated(model) -> dict:
    """Other draws than those of the page, in place of a calibration; as in one, segments keep their weights."""
    steps = model.parameters.draw_steps(DEFAULT_SEED + 1, 0, DRAWS)
    return {name: row for name, row in steps.items() if not name.startswith("share_")}


@pytest.fixture(scope="session")
def runs(model, calibrated) -> Runs:
    return Runs(model, DEFAULT_SEED, calibrated)


@pytest.fixture(scope="session")
def settings(model, calibrated) -> dict:
    return page_settings(model, DRAWS, DEFAULT_SEED, calibrated)
