"""Shared inputs of the model's tests: the real parameters and scenarios, and a small set of draws."""

import pytest

from analysis.model.run import Model, load_model

FEW = 512


@pytest.fixture(scope="session")
def model() -> Model:
    from analysis.data import load_table

    return load_model(policy_events=load_table("policy_events"))


@pytest.fixture(scope="session")
def draws(model):
    return model.parameters.draw_block(1, 0, FEW)
