"""The ensemble's verdicts, and the choice among policies."""

import numpy as np
import pandas as pd
import pytest

from analysis.model.decision import acceptability, closest_call, losses, partial_information, perfect_information
from analysis.model.discovery import Box, discover, discovery_table
from analysis.model.ensemble import HEADLINES, VARIANTS, ensemble_table, verdicts

TWO = {
    "ban": {"pv_lost_sales_usd_bn": np.array([10.0, 30.0]), "denied_months_listed_discounted": np.array([10.0, 10.0])},
    "open": {"pv_lost_sales_usd_bn": np.array([0.0, 0.0]), "denied_months_listed_discounted": np.array([0.0, 0.0])},
}


def test_the_loss_is_sales_less_what_the_denied_months_are_worth():
    np.testing.assert_allclose(losses(TWO, 2.0), [[-10.0, 10.0], [0.0, 0.0]])


def test_what_a_month_must_be_worth_decides_the_choice():
    """At 2 the ban is best in the cheap draw and worse by 10 in the dear one; at 4 it is best in both."""
    table = acceptability(TWO, [0.0, 2.0, 4.0]).set_index(["worth_usd_bn", "policy"])
    assert table.loc[(0.0, "open"), "probability_best"] == 1 and table.loc[(4.0, "ban"), "probability_best"] == 1
    assert table.loc[(2.0, "ban"), "probability_best"] == 0.5 and table.loc[(2.0, "ban"), "mean_regret_usd_bn"] == 5.0
    assert table.groupby("worth_usd_bn")["chosen"].sum().tolist() == [1, 1, 1]
    assert closest_call(table.reset_index()) == 2.0


def test_knowing_what_decides_is_worth_what_knowing_everything_is_and_knowing_noise_nothing():
    rng = np.random.default_rng(1)
    decisive, noise = rng.uniform(-1, 1, 20_000), rng.uniform(size=20_000)
    table = np.stack([decisive, np.zeros_like(decisive)])
    assert perfect_information(table) == pytest.approx(0.25, abs=0.01)  # the mean of the lower half, half of the time
    assert partial_information(table, decisive) == pytest.approx(0.25, abs=0.01)
    assert partial_information(table, noise, bins=5) < 0.01


def test_a_headline_is_firm_when_no_variant_turns_it():
    rows = [("a", "base", True, 0.9), ("a", "x", True, 0.6), ("b", "base", True, 0.9), ("b", "x", False, 0.2)]
    found = verdicts(pd.DataFrame([{"headline": h, "label": h, "variant": v, "variant_label": f"variant {v}", "holds": holds,
                                    "probability_positive": p} for h, v, holds, p in rows])).set_index("headline")
    assert found.loc["a", "firm"] and not found.loc["b", "firm"]
    assert found.loc["b", "turned_by"] == "variant x" and found.loc["b", "least_probability"] == 0.2


def test_every_headline_stands_under_every_variant_and_the_price_of_a_month_before_permission_is_a_cost_in_all(model, draws):
    few = {name: values[:128] for name, values in draws.items()}
    table = ensemble_table(model, {"base": ("", few), "other": ("Other draws", few)})
    assert len(table) == len(HEADLINES) * (len(VARIANTS) + 1)
    one, same = (table[table["variant"] == v].reset_index(drop=True)["median"] for v in ("base", "other"))
    pd.testing.assert_series_equal(one, same)
    assert (table.loc[table["headline"] == "month_open", "median"] > 0).all()


def test_a_ban_of_some_length_that_ends_in_permission_lies_between_none_and_a_ban_for_good(model, draws):
    from analysis.model.run import run_draws

    found = {name: run_draws(draws, model.prepare(name)[1], model.parameters.segments).headline
             for name in ("ban_6_open", "ban_12_open", "ban_24_open", "narrow_ban")}
    for result in ("pv_lost_sales_usd_bn", "denied_months_listed"):
        six, twelve, two_years, _ = (found[name][result] for name in found)
        assert (six < twelve).all() and (twelve < two_years).all()
    # Not the cost: a lasting ban goes on diverting sales to rivals who buy US chips, a permission leaves the sockets lost.
    assert (found["ban_24_open"]["denied_months_listed"] < found["narrow_ban"]["denied_months_listed"]).all()
    # A clear rule frightens others once.
    np.testing.assert_allclose(found["ban_24_open"]["pv_contagion_elsewhere_usd_bn"],
                               found["ban_12_open"]["pv_contagion_elsewhere_usd_bn"], rtol=0.02)


def corner(n=8000):
    """Cases in a corner of the cube: a above 0.6 and b below 0.5; c plays no part."""
    rng = np.random.default_rng(1)
    draws = {name: rng.uniform(size=n) for name in "abc"}
    return draws, (draws["a"] > 0.6) & (draws["b"] < 0.5)


def test_scenario_discovery_finds_the_corner_in_which_the_cases_lie():
    draws, cases = corner()
    box = discover(draws, cases, list(draws), density=0.95)
    assert set(box.limits) == {"a", "b"}
    assert box.limits["a"][0] == pytest.approx(0.6, abs=0.05) and box.limits["b"][1] == pytest.approx(0.5, abs=0.05)
    assert box.density(draws, cases) >= 0.95 and box.coverage(draws, cases) > 0.9


def test_a_box_is_judged_on_draws_it_was_not_found_on():
    draws, cases = corner()
    table = discovery_table(draws, cases, list(draws))
    half = len(cases) // 2
    fresh = {name: values[half:] for name, values in draws.items()}
    box = Box({row.parameter: (row.low, row.high) for row in table.itertuples()})
    inside = box.holds(fresh)
    assert table["density"].iloc[0] == pytest.approx(cases[half:][inside].mean())
    assert table["coverage"].iloc[0] == pytest.approx(cases[half:][inside].sum() / cases[half:].sum())


def test_where_no_parameter_matters_nothing_is_cut_off_for_long():
    rng = np.random.default_rng(2)
    draws = {"a": rng.uniform(size=4000)}
    cases = rng.uniform(size=4000) < 0.3
    table = discovery_table(draws, cases, ["a"], density=0.99)
    assert table.empty or table["density"].iloc[0] < 0.5
