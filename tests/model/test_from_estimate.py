"""The door between the estimate and the model."""

import numpy as np
import pandas as pd
import pytest

from analysis.model.from_estimate import Estimate, load_estimate, with_exposures
from analysis.model.outcome import LOSSES
from analysis.model.run import load_model, run_draws

OTHERS = ("computer processors", "handset processors", "networking and logic", "analogue and radio", "memory")


def draws_of(n=500, seed=1):
    """Sales of 60 and 90; a fifth, then two fifths are accelerators in the mean, the five other classes are of one size."""
    rng = np.random.default_rng(seed)
    chinese = rng.normal(60, 5, n)
    draws = {("headquarters", 2018): chinese, ("huawei", 2018): chinese / 6, ("headquarters", 2025): chinese * 1.5,
             ("huawei", 2022): chinese / 12}
    for year, mean in ((2018, 0.2), (2025, 0.4)):
        share = rng.uniform(mean - 0.1, mean + 0.1, n)
        draws["class:graphics and accelerators", year] = share * draws["headquarters", year]
        draws |= {(f"class:{name}", year): (1 - share) / 5 * draws["headquarters", year] for name in OTHERS}
    return Estimate(draws)


def test_exposures_are_drawn_together_row_by_row():
    model = load_model(estimate=draws_of())
    drawn = model.parameters.draw_block(3, 0, 400)
    ratio = drawn["chinese_sales_usd_bn"] / drawn["listed_customer_sales_usd_bn"]
    np.testing.assert_allclose(ratio, 6, rtol=2e-3)   # up to the grid the draws lie on
    assert np.median(drawn["chinese_sales_usd_bn"]) == pytest.approx(60, abs=1.5)
    assert model.parameters["chinese_sales_usd_bn"].evidence_class == "estimated"


def test_sales_by_product_class_are_drawn_with_them_accelerators_apart():
    estimate = draws_of()
    for year, mean in ((2018, 0.2), (2025, 0.4)):
        parameters = with_exposures(load_model().parameters, estimate, year)
        drawn = parameters.draw_block(3, 0, 400)
        share = drawn["share_accelerators"]
        assert share.mean() == pytest.approx(mean, abs=0.01) and share.std() == pytest.approx(0.2 / 12**0.5, abs=0.004)
        np.testing.assert_allclose(drawn["share_logic"], 3 * (1 - share) / 5, atol=2e-5)
        np.testing.assert_allclose(drawn["share_memory"], drawn["share_rf_analogue"], atol=2e-5)
        assert sum(segment.weight for segment in parameters.segments) == pytest.approx(1)
        rows = estimate.draws["class:graphics and accelerators", year] / estimate.draws["headquarters", year]
        pairs = np.stack([drawn["chinese_sales_usd_bn"] / estimate.draws["headquarters", year].mean(), share])
        known = np.stack([estimate.draws["headquarters", year] / estimate.draws["headquarters", year].mean(), rows])
        distance = np.abs(pairs[:, :, None] - known[:, None, :]).max(axis=0).min(axis=1)
        assert distance.max() < 1e-3   # every draw is a row of the estimate


def test_a_ban_on_accelerators_forbids_their_share_and_no_other_sale():
    model = load_model(estimate=draws_of())
    parameters, path = model.prepare("today_accelerator_ban")
    drawn = parameters.draw_block(3, 0, 300)
    outcome = run_draws(drawn, path, parameters.segments)
    others = drawn["chinese_sales_usd_bn"] - drawn["listed_customer_sales_usd_bn"]
    forbidden = outcome.losses_by_year[LOSSES.index("forbidden_unlisted"), 0]
    np.testing.assert_allclose(forbidden, others * drawn["share_accelerators"], rtol=1e-4)


def test_a_class_that_the_estimate_does_not_have_is_named():
    estimate = draws_of()
    del estimate.draws["class:memory", 2018]
    with pytest.raises(ValueError, match="no sales of memory in 2018"):
        load_model(estimate=estimate)


def test_other_draws_stay_as_they_were_and_a_fixed_exposure_stays_fixed():
    with_it, without = load_model(estimate=draws_of()).parameters, load_model().parameters
    for name in ("contagion_unlisted", "rd_lag_years"):
        np.testing.assert_array_equal(with_it.draw_block(3, 0, 50)[name], without.draw_block(3, 0, 50)[name])
    fixed = with_it.with_values({"listed_customer_sales_usd_bn": 11})
    assert (fixed.draw_block(3, 0, 50)["listed_customer_sales_usd_bn"] == 11).all()


def test_a_larger_estimate_raises_the_price_of_waiting():
    costs = []
    for scale in (1.0, 1.3):
        estimate = Estimate({key: values * scale for key, values in draws_of().draws.items()})
        costs.append(np.median(load_model(estimate=estimate).run("stalemate_12_open", 256).headline["pv_lost_sales_usd_bn"]))
    assert costs[1] == pytest.approx(1.3 * costs[0], rel=0.05)


def test_scenarios_of_today_take_the_newest_year_known():
    parameters = with_exposures(load_model().parameters, draws_of(), 2025)
    assert parameters["chinese_sales_usd_bn"].value == pytest.approx(90, abs=2)
    assert parameters["listed_customer_sales_usd_bn"].value == pytest.approx(5, abs=0.2)


def test_an_estimate_without_its_draws_is_refused_with_what_to_run(tmp_path):
    pd.DataFrame({"year": [2018], "quantity": ["headquarters"], "value": [56.0]}).to_parquet(tmp_path / "totals.parquet")
    with pytest.raises(ValueError, match="python -m analysis fit-estimate"):
        load_estimate(tmp_path)


def test_draws_are_read_from_the_estimates_file_and_none_from_none(tmp_path):
    assert load_estimate(tmp_path) is None
    rows = [(draw, year, quantity, 10.0 + draw) for draw in range(4) for year in (2018, 2019)
            for quantity in ("huawei", "headquarters")]
    table = pd.DataFrame(rows, columns=["draw", "year", "quantity", "value"])
    table.sample(frac=1, random_state=1).to_parquet(tmp_path / "joint.parquet")
    found = load_estimate(tmp_path)
    np.testing.assert_array_equal(found.draws["huawei", 2019], [10, 11, 12, 13])
    table.query("year == 2019").to_parquet(tmp_path / "joint.parquet")
    with pytest.raises(ValueError, match="2018"):
        load_estimate(tmp_path)
