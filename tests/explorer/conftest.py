"""The page's settings without the long computation: few draws, the real parameters and scenarios."""

import pytest

from analysis.data import load_table
from analysis.explorer.settings import page_settings
from analysis.model.from_estimate import load_estimate
from analysis.model.run import DEFAULT_SEED, Model, load_model

DRAWS = 256


@pytest.fixture(scope="session")
def model() -> Model:
    return load_model(policy_events=load_table("policy_events"), estimate=load_estimate())


@pytest.fixture(scope="session")
def settings(model) -> dict:
    return page_settings(model, DRAWS, DEFAULT_SEED)
