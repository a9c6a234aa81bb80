"""The event-study engine on returns whose truth is known."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from analysis.policy.event_study.market_model import ESTIMATION, WINDOWS, abnormal_returns, day_zero, mean_correlation
from analysis.policy.event_study.significance import (
    adjust,
    bmp_t,
    implied_correlation,
    kolari_pynnonen_t,
    placebo_p,
    two_sided_p,
)
from analysis.policy.event_study.simulation import rejection_rates, synthetic_returns
from analysis.policy.event_study.study import COLUMNS, run_event_study, window_label

FIRMS = 22
RUNS = 300


def _tables(returns: np.ndarray, market: np.ndarray):
    index = pd.bdate_range("2015-01-01", periods=len(returns))
    return (pd.DataFrame(returns, index, [f"F{i:02d}" for i in range(returns.shape[1])]),
            pd.DataFrame(market, index, [f"B{i}" for i in range(market.shape[1])]))


def _events(index: pd.DatetimeIndex, count: int) -> pd.DataFrame:
    at = np.linspace(260, len(index) - 15, count).astype(int)
    return pd.DataFrame({"event_date": index[at], "event": [f"event {i}" for i in range(count)]})


def test_a_planted_abnormal_return_is_recovered_within_its_standard_error():
    planted, events = -0.08, 400
    returns, market = synthetic_returns(events * 20 + 300, 1, seed=1)
    day0 = 270 + 20 * np.arange(events)
    returns[day0] += planted
    # Windows that hold the planted day; estimation windows hold earlier planted days too, so use the plain variance of CARs.
    result = abnormal_returns(returns, market, day0, ((0, 0), (-1, 1)), estimation=(-19, -2))
    car, se = result.car[..., 0, 0], result.se[..., 0, 0]
    assert car.mean(axis=0) == pytest.approx([planted, planted], abs=3 * (se / np.sqrt(events)).mean())
    inside = np.abs(car - planted) < se
    assert 0.60 < inside.mean() < 0.75               # about 68% of errors are below one standard error


def test_one_planted_event_is_found_with_a_t_near_effect_over_error():
    returns, market = synthetic_returns(400, FIRMS, seed=2)
    returns[300] -= 0.15
    result = abnormal_returns(returns, market, np.array([300]))
    assert np.abs(result.car[0, 0, 0] + 0.15).mean() < result.se[0, 0, 0].mean()
    assert (result.t[0, 0, 0] < -4).all()


def _mean_rejections(correlation: float, runs: int = 6) -> dict[str, float]:
    """Average over sets of 1,000 events: one set alone has a standard error of 0.7 points, too coarse for a band of one."""
    sets = [rejection_rates(correlation, seed=seed) for seed in range(runs)]
    return {name: float(np.mean([s[name] for s in sets])) for name in sets[0]}


def test_every_test_rejects_four_to_six_per_cent_of_events_without_effect_on_independent_firms():
    rates = _mean_rejections(correlation=0.0)
    assert {name: rate for name, rate in rates.items() if not 0.04 <= rate <= 0.06} == {}


def test_with_alike_firms_only_the_adjusted_and_the_portfolio_tests_keep_their_size():
    rates = _mean_rejections(correlation=0.3)
    assert 0.04 <= rates["kp"] <= 0.06 and 0.04 <= rates["portfolio"] <= 0.06
    assert rates["patell"] > 0.3 and rates["bmp"] > 0.3


@pytest.mark.slow
def test_sizes_hold_over_twenty_thousand_events():
    runs = [rejection_rates(0.3, seed=100 + i) for i in range(20)]
    for name in ("firm", "portfolio", "kp"):
        assert np.mean([r[name] for r in runs]) == pytest.approx(0.05, abs=0.004)


def test_the_market_model_agrees_with_statsmodels_to_ten_digits():
    returns, market = synthetic_returns(700, 5, benchmarks=2, correlation=0.2, seed=3)
    day0 = np.array([260, 400, 650])
    result = abnormal_returns(returns, market, day0)
    for e, d0 in enumerate(day0):
        rows = np.arange(d0 + ESTIMATION[0], d0 + ESTIMATION[1] + 1)
        for b in range(2):
            for f in range(5):
                fit = sm.OLS(returns[rows, f], sm.add_constant(market[rows, b])).fit()
                for w, (first, last) in enumerate(WINDOWS):
                    days = np.arange(d0 + first, d0 + last + 1)
                    design = sm.add_constant(market[days, b], has_constant="add")
                    car = (returns[days, f] - fit.predict(design)).sum()
                    # Variance of a sum of forecasts: σ² k + 1'X Cov(β) X'1.
                    total = design.sum(axis=0)
                    se = np.sqrt(fit.scale * len(days) + total @ fit.cov_params() @ total)
                    assert abs(result.car[e, w, b, f] - car) < 1e-10
                    assert abs(result.se[e, w, b, f] - se) < 1e-10


def test_residual_correlation_agrees_with_the_correlation_matrix():
    returns, market = synthetic_returns(400, 6, correlation=0.4, seed=4)
    from analysis.policy.event_study.market_model import estimate
    residuals = estimate(returns, market, np.array([300])).residuals
    matrix = np.corrcoef(residuals[0, :, 0, :].T)
    expected = matrix[~np.eye(6, dtype=bool)].mean()
    assert mean_correlation(residuals)[0, 0] == pytest.approx(expected, abs=1e-12)


def test_twenty_two_firms_fifteen_events_four_windows_two_benchmarks_take_under_a_second():
    returns, market = _tables(*synthetic_returns(3000, FIRMS, benchmarks=2, correlation=0.3, seed=5))
    events = _events(returns.index, 15)
    run_event_study(returns, market, events)                        # imports and first calls are not what is measured
    start = time.process_time()
    table = run_event_study(returns, market, events)
    assert time.process_time() - start < 1.0
    assert len(table) == (FIRMS + 1) * 15 * 4 * 2


def test_the_table_has_the_shape_of_the_shipped_one(car):
    returns, market = _tables(*synthetic_returns(800, 4, seed=6))
    table = run_event_study(returns, market, _events(returns.index, 2))
    shipped = [c for c in car.columns if c in COLUMNS]
    assert list(table.columns) == shipped == list(COLUMNS)
    assert set(table["window"]) == set(car["window"]) == {window_label(w) for w in WINDOWS}
    assert set(table["n_est"]) == set(car["n_est"].astype(int)) == {221}


def test_the_shipped_cross_section_tests_are_those_of_the_engine(car):
    """The engine, fed with the shipped CARs, gives the shipped tests: same formulas, to the rounding of the table."""
    usable = car[(car["group"] == "US") & (car["flag"] == "")]
    keys = ["event", "day_choice", "window", "benchmark"]
    engine = usable.assign(scar=usable["car"] / usable["se"]).groupby(keys)["scar"].agg(lambda s: float(bmp_t(s.to_numpy())))
    portfolio = car[car["firm"] == "EW:US_CHIP_ALL"].set_index(keys)
    both = portfolio.join(engine.rename("engine"))
    assert (both["engine"] - both["t_bmp"]).abs().max() < 5e-3


def test_a_firm_listed_later_is_left_out_of_the_event_and_of_its_portfolio():
    raw, market = synthetic_returns(900, 4, seed=7)
    raw[:500, 3] = np.nan
    returns, market = _tables(raw, market)
    events = _events(returns.index, 2)
    table = run_event_study(returns, market, events)
    early = table[table["event"] == "event 0"]
    assert set(early["firm"]) == {"F00", "F01", "F02", "EW:ALL"}
    counts = table[table["group"] == "PORTFOLIO"].groupby("event")["n_firms"].unique()
    assert counts["event 0"] == [3] and counts["event 1"] == [4]
    without = run_event_study(returns.drop(columns="F03"), market, events.head(1))
    ours = early[early["firm"] == "EW:ALL"].reset_index(drop=True)
    theirs = without[without["firm"] == "EW:ALL"].reset_index(drop=True)
    pd.testing.assert_frame_equal(ours, theirs)


def test_an_event_on_a_closed_day_moves_to_the_next_trading_day():
    index = pd.bdate_range("2019-06-24", periods=10).to_numpy("datetime64[D]")
    assert index[day_zero(index, np.array(["2019-06-29"], "datetime64[D]"))[0]] == np.datetime64("2019-07-01")


def test_windows_that_do_not_fit_are_refused():
    returns, market = synthetic_returns(300, 2, seed=8)
    with pytest.raises(IndexError, match="begins before"):
        abnormal_returns(returns, market, np.array([200]))
    with pytest.raises(IndexError, match="ends after"):
        abnormal_returns(returns, market, np.array([295]))
    with pytest.raises(ValueError, match="inside the estimation"):
        abnormal_returns(returns, market, np.array([280]), ((-40, 0),))


def test_the_adjustment_for_correlation_can_be_undone_and_only_ever_lowers_t():
    t, r, n = np.array([-4.5, 2.0]), np.array([0.31, 0.2]), np.array([22, 5])
    adjusted = kolari_pynnonen_t(t, r, n)
    assert (np.abs(adjusted) < np.abs(t)).all()
    assert implied_correlation(t, adjusted, n) == pytest.approx(r)
    assert kolari_pynnonen_t(t, -r, n) == pytest.approx(t)


def test_a_placebo_p_value_is_never_zero_and_uniform_without_effect():
    assert placebo_p(np.array([9.0]), np.zeros((1, 99)))[0] == pytest.approx(0.01)
    rng = np.random.default_rng(9)
    p = placebo_p(rng.standard_normal(4000), rng.standard_normal((4000, 199)))
    assert (p <= 0.05).mean() == pytest.approx(0.05, abs=0.012)


def test_family_wise_error_is_held_by_holm_on_dependent_tests():
    rng = np.random.default_rng(10)
    tests, wrong = 20, 0
    for _ in range(RUNS):
        t = 0.8 * rng.standard_normal() + 0.6 * rng.standard_normal(tests)
        wrong += two_sided_p(t).min() * tests <= 0.05      # Holm's first step decides whether anything is rejected
    assert wrong / RUNS <= 0.085


def test_holm_rejects_exactly_when_its_first_step_does():
    p = np.array([0.004, 0.02, 0.6, 0.9])
    assert adjust(p)[0] == pytest.approx(0.016)
    assert adjust(p)[1] == pytest.approx(0.06)


def test_missing_p_values_do_not_count_as_tests():
    assert adjust(np.array([0.02, np.nan, 0.5]))[0] == pytest.approx(0.04)
    assert np.isnan(adjust(np.array([0.02, np.nan]))[1])
