"""The published estimate meets its own standards, read from the build's artifacts."""

from __future__ import annotations

import pytest

from analysis import paths
from analysis.sales.estimate.results import load_estimate


@pytest.fixture(scope="module")
def estimate():
    folder = paths.ARTIFACTS / "estimate"
    if not (folder / "fit.json").exists():
        pytest.skip("the estimate was not built: run 'make book' first ('make test' does it)")
    return load_estimate(folder)


@pytest.fixture(scope="module")
def checks():
    folder = paths.ARTIFACTS / "estimate_checks"
    if not (folder / "checks.json").exists():
        pytest.skip("the checks were not built: run 'make book' first ('make test' does it)")
    return load_estimate(folder)


def test_every_published_quantity_has_converged(estimate):
    fit = estimate["fit"]
    assert fit["divergences"] == 0
    assert fit["worst_r_hat"] < 1.01
    assert fit["least_ess_bulk"] > 400


def test_the_joint_draws_of_classes_add_up_to_the_total(estimate):
    joint = estimate["joint"].pivot_table(index=["draw", "year"], columns="quantity", values="value")
    classes = [c for c in joint if c.startswith("class:")]
    assert joint[classes].sum(axis=1).to_numpy() == pytest.approx(joint["headquarters"].to_numpy(), rel=1e-4)
    assert (joint["huawei"] < joint["headquarters"]).all()


def test_no_firm_lies_beyond_what_is_known_to_bound_it(estimate):
    assert estimate["fit"]["beyond_bounds_pct"] == 0


def test_the_last_published_year_has_figures_for_half_of_its_dollars(estimate):
    assert estimate["nowcast"]["year"].max() >= estimate["fit"]["last_year"]
    assert estimate["quarters"]["observed_part"].between(0, 1).all()


def test_every_interval_holds_its_median(estimate):
    for name in ("firms", "classes", "totals", "huawei", "exposure"):
        table = estimate[name]
        assert ((table["low"] <= table["value"]) & (table["value"] <= table["high"])).all(), name


def test_no_firm_sells_more_to_chinese_firms_than_it_sells(estimate):
    assert (estimate["exposure"]["high"] < 100).all()


def test_huawei_is_a_part_of_the_total_and_of_its_own_spending(estimate):
    shares = estimate["huawei"][estimate["huawei"]["quantity"].str.startswith("share")]
    assert (shares["high"] < 100).all() and (shares["low"] > 0).all()


def test_a_firm_year_without_a_figure_is_marked_and_wider_than_its_neighbours(estimate):
    broadcom = estimate["firms"].query("firm == 'Broadcom' and quantity == 'location'").set_index("year")
    width = (broadcom["high"] - broadcom["low"]) / broadcom["value"]
    assert broadcom.loc[2022, "observed_by"] == "nothing"
    assert width[2022] > 2 * width[2020]


def test_reweighted_priors_can_be_trusted(estimate):
    assert estimate["priors"]["pareto_k"].max() < 0.7


def test_the_hidden_figures_are_scored_beside_two_baselines(checks):
    assert set(checks["scores"]["test"]) == {"new in an edition", "out of time", "firm out", "location figure out"}
    hidden = checks["hidden"]
    assert set(hidden.loc[hidden["test"] == "firm out", "firm"]) >= {
        "Micron",
        "Texas Instruments",
        "Skyworks Solutions",
        "NVIDIA",
        "Qualcomm",
    }
    assert hidden[["crps", "carried_crps", "pooled_crps"]].notna().all(axis=None)


def test_a_switched_lens_is_shown_with_the_error_of_its_simulation(checks):
    assert (checks["lenses"]["mc_error"] > 0).all()


def test_the_calibration_says_what_it_would_notice(checks):
    made = checks["calibration"]
    assert made["runs"].min() >= 20
    assert made["power_shifted"].between(0, 1).all() and made["power_narrow"].between(0, 1).all()
    assert made["within"].mean() > 0.9


def test_other_structures_are_tried(checks):
    tried = {"no effect of product class", "no effect of the basis", "Student errors of four degrees"}
    assert tried <= set(checks["lenses"]["case"])


def test_huaweis_share_of_us_chips_does_not_rise_under_the_ban(estimate):
    share = estimate["huawei"].query("quantity == 'share_of_spending_pct'").set_index("year")["value"]
    assert share[2021] < share[2019] and share[2022] < share[2019]


def test_microns_calendar_years_are_near_its_fiscal_years_spread_by_its_own_quarters(estimate):
    """Shares of fiscal 2023 to 2025 by direct customer (2,521, 4,116 and 3,777) on its printed quarters give 2.75 and 4.17."""
    micron = estimate["firms"].query("firm == 'Micron' and quantity == 'headquarters'").set_index("year")
    assert micron.loc[2023, "low"] < 2.75 < micron.loc[2023, "high"]
    assert micron.loc[2024, "low"] < 4.17 < micron.loc[2024, "high"]


def test_a_ratio_that_nobody_observes_has_no_trend(estimate):
    ratio = estimate["firms"].query("firm == 'Broadcom' and quantity == 'ratio'").set_index("year")["value"]
    assert ratio[2025] == pytest.approx(ratio[2016], rel=0.05)
