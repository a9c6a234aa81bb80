"""What the chapters say of the shipped returns and indices, reproduced from the tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.data import load_table
from analysis.policy import market_response as mr
from analysis.policy import uncertainty


@pytest.fixture(scope="module")
def series():
    return uncertainty.monthly_table(load_table("uncertainty_monthly"))


@pytest.fixture(scope="module")
def shares():
    return mr.huawei_shares(load_table("huawei_facts"), load_table("company_filings"), load_table("firms"))


def test_the_listing_of_huawei_cost_its_suppliers_what_the_design_says(car):
    exposed, spread = mr.cell(car, mr.EXPOSED, mr.LISTING_DAY), mr.cell(car, mr.LONG_SHORT, mr.LISTING_DAY)
    assert (100 * exposed["car"], exposed["t"]) == pytest.approx((-18.3, -6.4), abs=0.05)
    assert (100 * spread["car"], spread["t"]) == pytest.approx((-14.2, -7.1), abs=0.05)


def test_the_sector_wide_loss_fades_when_firms_are_allowed_to_move_together(car):
    row = mr.cell(car, mr.ALL_FIRMS, mr.LISTING_DAY)
    assert (100 * row["car"], row["t"], row["t_bmp_kp"]) == pytest.approx((-7.3, -3.5, -1.4), abs=0.05)


def test_nothing_after_20_may_2019_has_t_above_two_for_all_firms(car):
    quiet = mr.quiet_dates(car)
    assert quiet["event_date"].nunique() == 12
    assert set(quiet["benchmark"]) == {mr.SP500, mr.NON_US}
    assert quiet["abs_t"].max() < 2


def test_relief_at_osaka_was_a_fifth_of_the_shock(car):
    shock, relief = mr.cell(car, mr.LONG_SHORT, mr.LISTING_DAY)["car"], mr.cell(car, mr.LONG_SHORT, mr.OSAKA_DAY)["car"]
    assert -relief / shock == pytest.approx(0.2, abs=0.02)


def test_losses_follow_the_huawei_share(car, shares):
    points, fit = mr.dose_response(shares, car)
    assert fit["n"] == len(points) == 8
    assert fit["slope"] == pytest.approx(-0.7, abs=0.05)
    assert fit["spearman"] == pytest.approx(-0.95, abs=0.005)
    assert fit["slope_low"] < fit["slope"] < fit["slope_high"] < 0


def test_the_slope_does_not_rest_on_the_firm_with_the_largest_share_nor_on_the_narrow_list(car, shares):
    _, fit = mr.dose_response(shares, car)
    assert fit["slope_without_largest"] < -0.5
    wide = mr.huawei_shares(load_table("huawei_facts"), load_table("company_filings"), load_table("firms"), wide=True)
    _, more = mr.dose_response(wide, car)
    assert more["n"] > fit["n"] and more["slope_high"] < 0


def test_only_16_may_2019_survives_multiple_testing_over_three_days(car):
    table = mr.multiple_testing(car).set_index("family")
    three = table[table.index.str.contains("three days")]
    assert (three["holm_16_may_2019"] > 0).all() and (three["holm_other"] == 0).all()
    assert table.loc["Every portfolio, every window", "holm_other"] == 0


def test_single_firms_over_longer_windows_do_survive_on_other_dates_and_the_table_shows_it(car):
    row = mr.multiple_testing(car).set_index("family").loc["Every US firm, every window"]
    assert row["holm_other"] > 0 and row["holm_other_dates"]


def test_every_event_of_the_study_lies_within_a_week_of_an_event_of_the_policy_file(car, events):
    export = events.loc[events["channel"] == "export", "date"].to_numpy()
    for day in mr.main_dates(car)["event_date"].unique():
        assert np.abs((export - np.datetime64(day)).astype("timedelta64[D]").astype(int)).min() <= 7


def test_asking_for_a_cell_that_is_not_there_says_so(car):
    with pytest.raises(KeyError, match="0 rows"):
        mr.cell(car, "XYZ", mr.LISTING_DAY)


def test_one_of_forty_uncertainty_regressions_has_t_above_two(series):
    result = uncertainty.regressions(series)
    assert len(result) == 40
    assert (result["t"].abs() > 2).sum() == 1


def test_other_definitions_do_not_turn_the_null_into_a_finding(series):
    curve = uncertainty.specification_curve(series)
    assert (curve["tests"] == 40).all() and len(curve) == 16
    assert curve["abs_t_above_2"].median() <= 2             # 2 of 40 is what chance gives
    assert curve["abs_t_above_2"].max() < 10


def test_a_planted_effect_of_uncertainty_is_found(series):
    planted = series.copy()
    shock = np.log(planted["EPU_US_CAT_TRADE"]).diff().shift(1).fillna(0)
    planted["IND_IPG3344S"] = np.exp(np.log(planted["IND_IPG3344S"]) - 0.02 * shock.cumsum())
    result = uncertainty.regressions(planted).set_index(["outcome", "index", "horizon_months"])
    row = result.loc[("IND_IPG3344S", "EPU_US_CAT_TRADE", 1)]
    assert row["t"] < -4


def test_the_us_indices_of_october_2022_were_ordinary(series):
    trace = uncertainty.trace_of_month(series)
    us = trace[trace["index"].str.startswith("EPU_US")]
    assert us["z"].abs().max() < 1 and len(us) == 6


def test_months_are_complete_and_series_may_end_early(series):
    assert len(series) == (series.index[-1] - series.index[0]).n + 1
    assert series["EPU_CN_SCMP"].isna().any() and isinstance(series.index, pd.PeriodIndex)
