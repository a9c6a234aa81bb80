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


@pytest.fixture(scope="session")
def written(tmp_path_factory):
    """Results of the whole step, with few draws, made in this process."""
    from analysis.model.results import write_model_results

    return write_model_results(tmp_path_factory.mktemp("results"), draws=256, seed=1)
