"""Scores, calibration and back-test."""

import copy
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.cli import main
from analysis.data import load_table
from analysis.model.assessment import _placebo, assess, load_tables
from analysis.model.backtest import counted, scores
from analysis.model.forecast_errors import error_per_year, forecast_errors
from analysis.model.from_estimate import Estimate
from analysis.model.importance import adaptive_sample, effective_size, normalised, systematic_resample, tempered
from analysis.model.realised import nvidia_by_calendar_year, realised_series, with_estimate
from analysis.model.replication import replication_row
from analysis.model.scores import crps, inside, pit
from analysis.model.studies import load_studies
from analysis.policy.reversals import share_undone, tightening_actions


@pytest.fixture(scope="module")
def tables():
    return load_tables()


@pytest.fixture(scope="module")
def found(model, tables):
    return assess(model, tables, load_studies(None), 512, 1)


def test_the_crps_of_a_normal_sample_agrees_with_its_closed_form():
    sample = stats.norm.ppf((np.arange(4000) + 0.5) / 4000)
    for y in (-1.0, 0.0, 2.5):
        exact = y * (2 * stats.norm.cdf(y) - 1) + 2 * stats.norm.pdf(y) - 1 / np.sqrt(np.pi)
        assert crps(sample, y) == pytest.approx(exact, abs=2e-3)


def test_the_crps_of_a_point_forecast_is_its_absolute_error():
    assert crps(np.array([3.0]), 5.0) == 2.0
    assert crps(np.full(50, 3.0), 5.0) == pytest.approx(2.0)


def test_pit_and_coverage_are_right_for_a_right_forecast():
    rng = np.random.default_rng(1)
    values = [pit(rng.normal(size=400), rng.normal()) for _ in range(400)]
    assert stats.kstest(values, "uniform").pvalue > 0.01
    assert inside(0, 1, 1) and not inside(0, 1, 1.01)


def test_importance_sampling_finds_a_known_posterior():
    """Standard normal prior, one observation of the first score: conjugate normal posterior."""
    scores, log_weights = adaptive_sample(lambda z: -0.5 * ((z[:, 0] - 2.0) / 0.3) ** 2, 6, 4000, 1)
    weights = normalised(log_weights)
    mean = weights @ scores[:, 0]
    sd = np.sqrt(weights @ (scores[:, 0] - mean) ** 2)
    assert mean == pytest.approx(2.0 / (1 + 0.09), abs=0.03)
    assert sd == pytest.approx(0.3 / np.sqrt(1.09), rel=0.06)
    assert weights @ scores[:, 3] == pytest.approx(0, abs=0.06)
    assert effective_size(weights) > 1000


def test_resampling_keeps_the_proportions_of_the_weights():
    weights = np.array([0.5, 0.25, 0.25, 0.0])
    counts = np.bincount(systematic_resample(np.repeat(weights / 100, 100), 1) // 100, minlength=4)
    np.testing.assert_allclose(counts / counts.sum(), weights, atol=0.01)


def test_tempering_keeps_enough_effective_draws():
    likelihood = -0.5 * np.linspace(0, 400, 1000)
    assert effective_size(tempered(np.zeros(1000), likelihood, 200)) == pytest.approx(200, rel=0.01)


def test_the_realised_series_are_those_of_the_tables(tables):
    realised = realised_series(tables.published_results, tables.company_filings, tables.us_industry)
    share = realised.observations.query("quantity == 'us_share_pct'").set_index("year")["value"]
    assert share[2021] == 46 and share[2024] == 50.4
    assert realised.base["us_share_pct"] == 48 and realised.base["us_share_sia_base_pct"] == pytest.approx(44.6)
    index = realised.demand_index(2019, 24)
    assert index[0] == pytest.approx(412.3 / 468) and index[12] == pytest.approx(440 / 468)


def test_nvidias_fiscal_year_that_ends_in_january_is_the_calendar_year_before(tables):
    assert nvidia_by_calendar_year(tables.company_filings)[2024] == pytest.approx(130.497)


def test_no_change_errs_as_the_design_says(found):
    rows = found.backtest.query("version == 'blind' and path == 'realised' and quantity == 'us_share_pct'").set_index("year")
    np.testing.assert_allclose(rows.loc[[2021, 2022, 2024], "naive_error"], [2, 0, 2.4], atol=1e-9)
    np.testing.assert_allclose(rows.loc[[2021, 2022, 2024], "bcg_error"], [6, 8, 10.4], atol=1e-9)


def test_ic_insights_is_scored_where_it_made_a_forecast(found):
    scored = found.backtest.dropna(subset=["ic_insights_error"])
    assert set(zip(scored["quantity"], scored["year"], strict=True)) == {("china_self_sufficiency_pct", 2023)}
    assert scored["ic_insights_error"].iloc[0] == pytest.approx(2.5)


def test_the_blind_version_uses_only_what_was_known_in_june_2019(found):
    informed, blind = (found.calibrations[v].moments["id"].tolist() for v in ("informed", "blind"))
    assert blind == ["bcg_second_round"] and set(blind) < set(informed)


def test_the_weights_of_the_calibration_can_be_trusted(found):
    for calibration in found.calibrations.values():
        assert calibration.ess > calibration.size / 5 and calibration.pareto_k < 0.7


def test_the_informed_version_moves_towards_its_targets(found):
    table = found.calibrations["informed"].moments
    before = ((table["prior_median"] - table["observed"]) / table["sd"]).abs()
    after = ((table["posterior_median"] - table["observed"]) / table["sd"]).abs()
    assert (after**2).sum() < (before**2).sum()


def test_the_steps_from_bcgs_forecast_to_the_outcome_add_up(found):
    table = found.decomposition
    assert table["level_pct"].iloc[0] == 40 and table["level_pct"].iloc[-1] == 50.4
    assert table["change_pp"].sum() == pytest.approx(10.4)


def test_variants_of_the_share_are_not_counted_twice(found):
    counted = found.backtest.query("version == 'blind' and path == 'realised' and not variant and not not_a_test")
    assert found.scores["forecasts"].iloc[0] == len(counted) < len(found.backtest) / 4
    assert found.scores.query("version == 'blind' and path == 'realised'")["coverage_pct"].iloc[0] == pytest.approx(
        100 * counted["inside"].mean()
    )


def test_a_quantity_whose_own_outcomes_set_a_prior_is_shown_but_not_counted(found):
    assert set(found.backtest.loc[found.backtest["not_a_test"], "quantity"]) == {"china_self_sufficiency_pct"}
    rows = found.backtest.query("version == 'blind' and path == 'realised'")
    assert "china_self_sufficiency_pct" in set(rows["quantity"]) and not counted(rows)["not_a_test"].any()


def test_the_scaled_rival_knows_the_market_as_the_model_does(found):
    """Dollars grow with the realised market (440 of 468 in 2020), shares stay."""
    rows = found.backtest.query("version == 'blind' and path == 'realised' and year == 2020").set_index("quantity")
    assert rows.loc["us_rd_usd_bn", "naive_scaled"] == pytest.approx(39 * 440 / 468, rel=2e-3)
    assert rows.loc["us_share_pct", "naive_scaled"] == rows.loc["us_share_pct", "naive"] == 48


def test_losses_are_counted_against_each_rival_by_the_score_that_is_named():
    one = {"version": "blind", "path": "realised", "variant": False, "not_a_test": False, "quantity": "a", "inside": True,
           "held_out": True, "naive": 10.0}
    table = pd.DataFrame([
        {**one, "error": 3.0, "crps": 1.5, "naive_error": 2.0, "naive_scaled_error": 1.0},
        {**one, "error": 3.0, "crps": 1.5, "naive_error": 3.0, "naive_scaled_error": 2.0},      # a tie is no loss
        {**one, "held_out": False, "error": 9.0, "crps": 9.0, "naive_error": 0.0, "naive_scaled_error": 0.0},
        {**one, "variant": True, "error": 9.0, "crps": 9.0, "naive_error": 0.0, "naive_scaled_error": 0.0},
        {**one, "not_a_test": True, "error": 9.0, "crps": 9.0, "naive_error": 0.0, "naive_scaled_error": 0.0},
    ])
    row = scores(table).iloc[0]
    assert row["forecasts"] == 2 and row["quantities"] == 1
    assert row["lose_to_no_change_by_error"] == 1 and row["lose_to_scaled_by_error"] == 2
    assert row["lose_to_no_change"] == 0 and row["lose_to_scaled"] == 1
    assert row["crps_pct"] == 15.0 and row["naive_pct"] == 15.0


def test_the_width_left_out_is_that_of_forecasts_made_before_the_outcomes(tables):
    """Two forecasts of one year and one of another, the second two years ahead: squared errors a year, averaged by year."""
    row = {"scenario": "market_forecast_x", "quantity": "world_sales", "source_id": "x", "authors": "X"}
    published = pd.DataFrame([
        {**row, "year": 2009, "baseline_year": 2010, "value": 100.0}, {**row, "year": 2009, "baseline_year": 2010, "value": 200.0},
        {**row, "year": 2010, "baseline_year": 2012, "value": 100.0}, {**row, "year": 2018, "baseline_year": 2019, "value": 1.0}])
    market = pd.DataFrame({"series_id": "WSTS_ANN_WW", "period": ["2010", "2012", "2019"], "value": [200.0, 100.0 * np.e, 400.0]})
    errors = forecast_errors(published, market)
    assert len(errors) == 3 and errors["log_error"].tolist() == pytest.approx([np.log(2), 0, 1])
    assert error_per_year(errors) == pytest.approx(np.sqrt((np.log(2) ** 2 / 2 + 0.5) / 2))
    real = forecast_errors(tables.published_results, tables.market_sales)
    assert real["year"].between(2010, 2018).all() and 0.05 < error_per_year(real) < 0.4


def test_outcomes_that_the_informed_calibration_has_seen_are_not_scored_for_it(found):
    rows = found.backtest.query("path == 'realised'")
    seen = rows[~rows["held_out"]]
    assert set(seen["version"]) == {"informed"} and {("us_share_pct", 2021), ("us_share_pct", 2022)} <= set(
        zip(seen["quantity"], seen["year"], strict=True))
    assert rows.loc[rows["version"] == "blind", "held_out"].all()


def test_the_estimates_outcomes_are_scored_with_their_own_uncertainty(tables):
    grown = np.linspace(0.9, 1.1, 201)
    estimate = Estimate({("huawei", 2018): np.full(201, 8.0), ("headquarters", 2018): np.full(201, 50.0),
                         ("huawei", 2019): 8.0 * grown, ("headquarters", 2019): 60.0 * grown})
    realised = with_estimate(realised_series(tables.published_results, tables.company_filings, tables.us_industry), estimate)
    rows = realised.observations.set_index(["quantity", "year"])["value"]
    assert rows["huawei_purchases_usd_bn", 2019] == pytest.approx(8.0)
    assert rows["chinese_purchases_usd_bn", 2019] == pytest.approx(60)
    assert realised.base["huawei_purchases_usd_bn"] == 8.0
    assert realised.estimated_sd["huawei_purchases_usd_bn", 2019] == pytest.approx(np.log(grown).std())


def test_the_risk_of_reversal_today_is_that_of_the_books_own_reversals(model, tables):
    share = share_undone(tightening_actions(tables.policy_events, load_table("reversals")))["share_pct"]
    for name in (n for n in model.scenarios.names if n.startswith("today_")):
        assert model.scenarios[name].parameters["reversal_risk_per_year"] == pytest.approx(share / 100, abs=0.01)


def test_research_and_jobs_of_today_are_those_of_the_tables(model, tables):
    industry = tables.us_industry.set_index(["series_id", "period"])["value"].astype(float)
    share, intensity, jobs = (industry[key] for key in (("USHQ_SHARE_WW", "2024"), ("US_RD_INTENSITY", "2024"),
                                                        ("US_EMPLOYMENT_DIRECT", "2020")))
    world = realised_series(tables.published_results, tables.company_filings, tables.us_industry).world_sales_usd_bn
    for name in (n for n in model.scenarios.names if n.startswith("today_")):
        given = model.scenarios[name].parameters
        assert given["world_sales_usd_bn"] == pytest.approx(world[2025]) and given["us_share_pct"] == share
        assert given["rd_usd_bn"] == pytest.approx(intensity / 100 * share / 100 * world[2024], abs=0.1)
        assert given["direct_jobs"] == jobs


def test_the_placebos_take_their_inputs_from_the_policy_file_and_the_replication(model, tables):
    studies = load_studies(None)
    found = _placebo(model, tables, studies)
    events = tables.policy_events.copy()
    events.loc[events["event_id"] == studies["backtest"]["placebo"]["zte_denied_to"], "date"] += pd.Timedelta(days=89)
    longer = _placebo(model, replace(tables, policy_events=events), studies)
    assert longer["model"].iloc[0] == pytest.approx(2 * found["model"].iloc[0])
    at_once = copy.deepcopy(studies)
    replication_row(at_once, "resist")["assumptions"]["delay_months"]["value"] = 0
    assert _placebo(model, tables, at_once)["model"].iloc[1] < -5 < found["model"].iloc[1]


def test_bcgs_second_round_is_that_of_the_replication(found):
    multiplier = replication_row(load_studies(None), "bcg_s2_share")["assumptions"]["multiplier"]["value"]
    assert set(found.multiplier["multiplier"]) == {1.0, multiplier}


def test_the_placebos_show_no_large_effect(found):
    assert (found.placebo["model"].abs() < 1.5).all()


def test_the_realised_path_follows_the_policy_file(model):
    path = model.prepare("realised")[1]
    limbo = path.limbo[0, :, 0].max(axis=1)
    month = {f"{2019 + m // 12}-{m % 12 + 1:02d}": m for m in range(path.months)}
    assert limbo[month["2019-04"]] == 0 and 0 < limbo[month["2019-05"]] < 1 and limbo[month["2019-12"]] == 1
    assert limbo[month["2022-06"]] == 0 and path.denied[0, month["2022-06"], 0].max() == 1
    # No new licences from February 2023: what the rule had forbidden stays forbidden, and the rest waits.
    before, after = (month["2022-06"], month["2023-06"])
    assert (path.denied[0, after, 0] >= path.denied[0, before, 0]).all() and limbo[after] == 1
    assert path.denied[0, month["2025-04"], 1].max() == 1
    assert path.denied[0, month["2022-09"], 1].max() == 0 and path.denied[0, month["2022-12"], 1].max() == 1
    assert path.limbo[0, month["2025-08"], 1].max() == 1
    assert (path.limbo + path.denied <= 1 + 1e-12).all()


def test_the_command_prints_the_contract_fields(capsys):
    assert main(["backtest", "--json", "--draws", "256"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {"quantity", "year", "predicted", "low", "high", "realised", "inside", "naive_error", "bcg_error",
            "exposures"} <= set(rows[0])
    assert {row["version"] for row in rows} == {"blind"}
