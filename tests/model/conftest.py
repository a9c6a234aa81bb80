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
    """A folder with the results of both steps, `assessment` and `model`, with few draws, made in this process."""
    from analysis.model.assessed import write_assessment
    from analysis.model.results import write_model_results

    artifacts = tmp_path_factory.mktemp("artifacts")
    assessed = write_assessment(artifacts / "assessment", draws=256, seed=1)
    write_model_results(artifacts / "model", draws=256, seed=1, assessed=assessed)
    return artifacts
