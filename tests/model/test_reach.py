"""A filing and a policy event reach what the pages show of the model, with no change of code."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.explorer.results import preset_results
from analysis.explorer.settings import page_settings
from analysis.model.counted_limbo import counted_limbo
from analysis.model.from_estimate import Estimate
from analysis.model.run import load_model
from tests.model.test_from_estimate import draws_of

DRAWS = 256


def test_an_event_that_settles_a_file_earlier_shortens_the_limbo_that_is_counted_and_lowers_its_price(model):
    events = model.policy_events.copy()
    estimate = draws_of()
    before = counted_limbo(load_model(policy_events=events, estimate=estimate), DRAWS, 1).set_index("period").loc["2019"]
    days = pd.to_datetime(events["in_limbo_to"], errors="coerce")
    settled = events["target"].str.split("; ").map(lambda targets: "Huawei" in targets) & (days > "2019-11-01")
    events.loc[settled, "in_limbo_to"] = "2019-11-01"
    after = counted_limbo(load_model(policy_events=events, estimate=estimate), DRAWS, 1).set_index("period").loc["2019"]
    assert after["days"] == before["days"] - 61  # November and December
    assert after["median"] < before["median"]


def test_a_larger_estimate_is_in_the_draws_of_the_explorer_and_in_the_results_that_it_opens_with(model):
    sent, costs = [], []
    for scale in (1.0, 1.3):
        larger = Estimate({key: values * scale for key, values in draws_of().draws.items()})
        scaled = load_model(policy_events=model.policy_events, estimate=larger)
        page = page_settings(scaled, DRAWS, 1, scaled.parameters.draw_steps(2, 0, DRAWS))
        sent.append(next(p for p in page["parameters"] if p["name"] == "listed_customer_sales_usd_bn")["value"])
        costs.append(preset_results(scaled.run(page["default"], DRAWS, 1))["outputs"]["pv_lost_sales_usd_bn"][0])
    assert sent[1] == pytest.approx(1.3 * sent[0]) and costs[1] == pytest.approx(1.3 * costs[0], rel=0.1)


def test_the_share_of_accelerators_is_in_the_results_of_today():
    base = draws_of()
    fewer = {key: values * (0.5 if key[0] == "class:graphics and accelerators" else 1) for key, values in base.draws.items()}
    results = [load_model(estimate=estimate).run("today_accelerator_ban", DRAWS, 1).headline
               for estimate in (base, replace(base, draws=fewer))]
    costs = [np.median(result["pv_forbidden_unlisted_usd_bn"]) for result in results]
    assert costs[1] < 0.75 * costs[0]
