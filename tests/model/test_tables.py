"""Each row and column of a published table holds what its name says: made-up results in which no two values are alike."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from analysis.model import tables
from analysis.model.outcome import LOSSES

PARTS = ("total", "sockets", "contagion", "research", "waiting", "timing", "access", "diversion")


def whole(text: str) -> float:
    """The value that stands before its interval."""
    return float(text.split(" [")[0])


@pytest.fixture
def months() -> pd.DataFrame:
    """Cost of a month by resolution, part and version, each value another one."""
    values = itertools.count(1.0)
    return pd.DataFrame([
        {"version": version, "resolution": resolution, "month": month, "part": part, "median": (v := next(values)), "low": v - 0.4,
         "high": v + 0.3}
        for version in ("prior", "informed") for resolution in ("open", "narrow_ban") for month in (0, 12) for part in PARTS])


@pytest.mark.parametrize("version", ["prior", "informed"])
@pytest.mark.parametrize(("label", "resolution"), [("permission", "open"), ("narrow ban", "narrow_ban")])
def test_the_cost_of_a_month_stands_in_the_row_of_its_resolution_and_the_column_of_its_part(months, version, label, resolution):
    table = tables.month_table({"month_cost": months}, version)
    names = ["Whole", "Sockets", "Contagion", "Research", "Waiting", "Timing", "Ban comes later", "Diversion"]
    own = months.query("version == @version and resolution == @resolution").set_index(["month", "part"])
    for month, (part, name) in itertools.product((0, 12), zip(PARTS, names, strict=True)):
        row = own.loc[(month, part)]
        assert table.loc[(label, month), name] == f"{row['median']:.1f} [{row['low']:.1f}, {row['high']:.1f}]"


def test_a_policys_losses_stand_under_their_own_names_and_jobs_in_thousands():
    values = {"pv_lost_sales_usd_bn": 50.0, "pv_rd_lost_usd_bn": 11.0, "us_share_change_year_10_pp": -2.5,
              "jobs_lost_year_5": 17_300.0, "denied_months_listed": 36.0}
    rows = [{"scenario": name, "scenario_label": name.title(), "output": output, "version": version,
             "median": values[output] * size, "low": values[output] * size, "high": values[output] * size}
            for name, more in (("ban", 1), ("limbo", 2)) for output in values
            for version, size in (("prior", more), ("informed", more / 2))]
    table = tables.cost_table({"scenarios": pd.DataFrame(rows)}, ["limbo", "ban"])
    assert list(table.index) == ["Limbo", "Ban"]
    assert [whole(text) for text in table.loc["Ban"]] == [50.0, 25.0, 11.0, -2.5, 17.3, 36.0]
    assert [whole(text) for text in table.loc["Limbo"]] == [100.0, 50.0, 22.0, -5.0, 34.6, 72.0]
    assert list(table.columns)[1] == "the same, informed, US$ bn" and "Jobs" in table.columns[4] and "Research" in table.columns[2]


def test_the_losses_of_a_year_are_grouped_by_customer_without_a_rest():
    size = {loss: 2.0**place for place, loss in enumerate(LOSSES)}   # no sum of some is a sum of others
    values = {**{f"mean_{loss}_usd_bn": value for loss, value in size.items()}, "us_share_pct": 45.0, "rd_ratio": 0.97,
              "capex_ratio": 0.9, "jobs": 12_000.0, "rd_abroad_pct": 21.0}
    rows = [{"scenario": "ban", "year": 2021, "quantity": name, "median": value} for name, value in values.items()]
    row = tables.yearly_table({"yearly": pd.DataFrame(rows)}, "ban").loc[2021]
    listed = [loss for loss in LOSSES if loss in ("timing", "waiting", "sockets", "forbidden_listed")]
    assert row["Listed customer, US$ bn"] == sum(size[loss] for loss in listed) and len(listed) == 4
    assert row["Won through rivals, US$ bn"] == size["diversion"]
    assert row["Whole, US$ bn"] == sum(size.values()) == sum(row[f"{group}, US$ bn"] for group in tables.GROUP_LOSSES)
    assert row[["US share, %", "Research, % of baseline", "Capital spending, % of baseline", "Jobs, thousand"]].tolist() == [
        45.0, 97.0, 90.0, 12.0]


def test_a_forecast_outside_its_interval_is_not_said_to_be_inside_and_a_variant_is_not_counted():
    common = {"version": "blind", "path": "realised", "unit": "%", "crps": 0.5, "pit": 0.25, "naive": 7.0, "bcg": 8.0,
              "naive_error": 3.0, "naive_scaled_error": 4.0, "bcg_error": 5.0, "ic_insights_error": 6.0}
    rows = [{**common, "label": "share", "quantity": "q", "year": year, "predicted": 10.0, "low": 9.0, "high": 11.0,
             "realised": realised, "inside": inside, "variant": variant, "not_a_test": fixed, "error": realised - 10.0}
            for year, realised, inside, variant, fixed in ((2020, 10.5, True, False, False), (2021, 12.0, False, True, False),
                                                           (2022, 13.0, False, False, True))]
    results = {"backtest": pd.DataFrame(rows)}
    table = tables.backtest_table(results, "blind", "realised").droplevel("Quantity")
    assert table["Inside"].tolist() == ["yes", "no", "no"] and table["Realised"].tolist() == [10.5, 12.0, 13.0]
    assert table["Counted"].tolist() == ["yes", "no, variant", "no, set a prior"]
    assert table.loc[2021, ["No change", "No change, scaled", "BCG", "IC Insights", "CRPS", "PIT"]].tolist() == [
        3.0, 4.0, 5.0, 6.0, 0.5, 0.25]
    assert tables.rival_forecasts(results, "q") == {"no_change": 7.0, "bcg": 8.0}


def test_scores_count_against_the_rival_and_by_the_measure_that_their_column_names():
    counts = {"forecasts": 24, "inside": 16, "lose_to_no_change_by_error": 1, "lose_to_scaled_by_error": 2, "lose_to_no_change": 3,
              "lose_to_scaled": 4}
    rows = [{"version": "blind", "path": path, **{name: n + more for name, n in counts.items()}}
            for path, more in (("realised", 0), ("forecaster", 10))]
    table = tables.score_table({"scores": pd.DataFrame(rows)}, "blind")
    assert table.loc["policy as it was"].tolist() == [24, 16, 1, 2, 3, 4]
    assert table.loc["restrictions of mid-2019 kept"].tolist() == [34, 26, 11, 12, 13, 14]
    assert [("CRPS" in name, "scaled" in name) for name in table.columns[2:]] == [
        (False, False), (False, True), (True, False), (True, True)]


def test_thresholds_read_across_by_reentry_and_down_by_design_out():
    rows = [{"hazard": hazard, "reentry": reentry, "threshold": hazard + reentry if hazard < 0.2 else np.nan}
            for hazard in (0.1, 0.2) for reentry in (0.01, 0.05)]
    table = tables.threshold_table({"thresholds": pd.DataFrame(rows)})
    assert (table.index.name, table.columns.name) == ("design-out hazard", "re-entry hazard")
    assert table.loc[0.1].tolist() == ["0.11", "0.15"] and table.loc[0.2].tolist() == ["none", "none"]


def test_who_dominates_a_policy_is_named_and_nobody_is_none():
    rows = [{"denial": "listed", "choice": "a", "policy": policy, "label": label, "probability_dominated": p,
             "probability_dominated_by_mix": p + 0.1, "most_often_by": by, "rd_usd_bn": 3.0, "jobs_year_5": 4000.0}
            for policy, label, p, by in (("ban", "Ban", 0.25, "limbo"), ("limbo", "Limbo", 0.0, ""))]
    table = tables.dominance_table({"frontier": pd.DataFrame(rows)}, "listed", "a")
    assert table.loc["Ban"].tolist() == [25, 35, "Limbo", 3.0, 4.0] and table.loc["Limbo", "Most often by"] == "none"
