"""From draws to the published tables, on a made-up estimate of two firms whose every figure can be worked out in the head."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis.sales import diagnostics_figures
from analysis.sales.estimate import around_rules, draws, summary, waterfalls
from analysis.sales.estimate.observations import Observations
from analysis.sales.estimate.revenue import Revenue

YEARS = range(2016, 2020)
N_QUARTERS = 4 * len(YEARS)


def quarters(*by_year: float) -> np.ndarray:
    """Quarters of the four years, each a fourth of its year's figure: one figure a year, or one for all years."""
    return np.repeat(by_year if len(by_year) > 1 else by_year * len(YEARS), 4) / 4


@pytest.fixture(scope="module")
def inputs():
    """Firm A sells US$12 bn a year to all customers and its figures end in 2018; firm B sells 6 bn, in 2019 known to June by China
    line, and to December by revenue."""
    months = 12 * len(YEARS)
    revenue = Revenue(2016, ("A", "B"), np.array([[1000.0] * months, [500.0] * months]),
                      np.array([[True] * 36 + [False] * 12, [True] * months]), np.zeros((2, months), bool))
    table = pd.DataFrame({"firm": ["A", "B"], "kind": ["hq", "location"], "end": pd.to_datetime(["2018-12-31", "2019-06-30"]),
                          "months": [12, 6]})
    weights = np.zeros((2, N_QUARTERS))
    weights[0, 8:12], weights[1, 12:14] = 3000, 1500
    panel = Observations(table, weights, [f"{y}Q{q}" for y in YEARS for q in range(1, 5)], ("A", "B"),
                         {"A": "memory", "B": "logic"}, {"A": "billing", "B": "ship_to"}, {"A": "end customer", "B": ""}, revenue)
    spending = pd.DataFrame({"year": [2018], "log_usd_m": [np.log(2000.0)]})
    return SimpleNamespace(panel=panel, context=SimpleNamespace(us_sales_usd_m=pd.Series({2018: 44_000.0})),
                           huawei=SimpleNamespace(spending=spending))


@pytest.fixture(scope="module")
def found(inputs):
    """One chain of two equal draws, in USD bn."""
    def twice(values) -> np.ndarray:
        return np.broadcast_to(np.asarray(values, float), (1, 2, *np.shape(values)))

    headquarters, location = [quarters(12, 4, 8, 12), quarters(2)], [quarters(2), quarters(4)]
    return draws.Draws(
        headquarters=twice(headquarters), location=twice(location),
        huawei_by_supplier=twice([quarters(0.4), quarters(0.2), quarters(0.04)]),
        total_headquarters=twice(np.sum(headquarters, axis=0) + quarters(1)),
        total_location=twice(np.sum(location, axis=0) + quarters(1.2)),
        total_chips=twice(quarters(8.8)), location_chips=twice(quarters(6)), total_look_through=twice(quarters(10.4)),
        mean=twice([0.0]), z=twice([0.0]), spread=twice([1.0]), to_year=inputs.panel.to_year)


def values(table: pd.DataFrame, *keys: str) -> dict:
    assert (table["low"] == table["value"]).all() and (table["high"] == table["value"]).all()
    return table.set_index(list(keys))["value"].round(9).to_dict()


def test_a_quantity_is_the_median_of_its_draws_between_their_fifth_and_ninety_fifth_percentile():
    assert draws.summary(np.arange(101.0)[::-1].reshape(1, -1)) == {"value": 50, "low": 5, "high": 95}


def test_exposure_is_sales_by_headquarters_over_revenue_of_the_newest_year_whose_revenue_is_known(inputs, found):
    table = summary.exposure(inputs, found, YEARS).set_index("firm")
    assert table["value"].to_dict() == pytest.approx({"A": 100 * 8 / 12, "B": 100 * 2 / 6})
    assert table["year"].to_dict() == {"A": 2018, "B": 2019}
    assert table["observed_by"].to_dict() == {"A": "headquarters", "B": "location"}


def test_a_firm_has_both_bases_their_ratio_and_what_was_seen_of_the_year(inputs, found):
    table = summary.firms(inputs, found, range(2018, 2020))
    assert values(table[table["year"] == 2018], "firm", "quantity") == {
        ("A", "headquarters"): 8, ("A", "location"): 2, ("A", "ratio"): 4,
        ("B", "headquarters"): 2, ("B", "location"): 4, ("B", "ratio"): 0.5}
    seen = table.drop_duplicates(["firm", "year"]).set_index(["firm", "year"])
    assert seen["observed_by"].to_dict() == {("A", 2018): "headquarters", ("A", 2019): "nothing", ("B", 2018): "nothing",
                                             ("B", 2019): "location"}
    assert seen.loc[("A", 2018), ["product_class", "basis", "hq_kind"]].tolist() == ["memory", "billing", "end customer"]


def test_classes_and_the_firms_outside_the_panel_add_up_to_the_total(inputs, found):
    assert values(summary.classes(inputs, found, range(2018, 2019)), "product_class") == {"memory": 8, "logic": 2, summary.REST: 1}


def test_totals_of_a_year_by_either_basis_and_in_chips_alone(inputs, found):
    table = summary.totals(inputs, found, range(2018, 2020))
    assert values(table[table["year"] == 2018], "quantity") == {
        "headquarters": 11, "location": 7.2, "ratio": round(11 / 7.2, 9), "chips": 8.8, "location_chips": 6, "look_through": 10.4,
        "panel_headquarters": 10, "rest_headquarters": 1, "share_of_us_sales_pct": 20}
    assert "share_of_us_sales_pct" not in set(table.loc[table["year"] == 2019, "quantity"])   # nobody counted their world sales


def test_quarters_end_with_the_newest_that_a_printed_figure_covers_and_say_how_much_of_them_it_is(inputs, found):
    table = summary.quarters(inputs, found)
    assert (table["quarter"].iloc[0], table["quarter"].iloc[-1]) == ("2017Q1", "2019Q2")
    assert values(table[table["quarter"] == "2018Q2"], "quantity") == {"headquarters": 2.75, "chips": 2.2, "location": 1.8,
                                                                      "huawei": 0.16}
    part = table.drop_duplicates("quarter").set_index("quarter")["observed_part"]
    assert part[["2017Q4", "2018Q1", "2019Q1"]].tolist() == pytest.approx([0, 8 / 11, 2 / 15])
    assert summary.last_covered_year(inputs, found) == 2018


def test_a_nowcast_gives_the_year_under_way_whole_and_to_its_newest_quarter(inputs, found):
    table = summary.nowcast(inputs, found)
    assert set(table["year"]) == {2019} and values(table, "period") == {"whole year": 15, "to 2019Q2": 7.5}
    assert table["observed_part"].tolist() == pytest.approx([1 / 15, 2 / 15])


def test_a_change_is_per_cent_of_the_earlier_year_with_the_chance_of_a_fall(inputs, found):
    table = summary.changes(inputs, found, range(2016, 2020)).set_index(["from_year", "to_year"])
    expected = {(2016, 2017): 100 * (7 / 15 - 1), (2017, 2018): 100 * (11 / 7 - 1), (2018, 2019): 100 * (15 / 11 - 1)}
    assert table["value"].to_dict() == pytest.approx(expected)
    assert table["probability_of_fall"].tolist() == [1, 0, 0]


def test_huawei_in_dollars_in_the_total_and_in_what_it_spent(inputs, found):
    table = summary.huawei(inputs, found, YEARS)
    assert values(table[table["year"] == 2018], "quantity") == {
        "bought": 0.64, "share_of_total_pct": round(64 / 11, 9), "share_of_spending_pct": 32}
    assert set(table.loc[table["year"] == 2019, "quantity"]) == {"bought", "share_of_total_pct"}


def test_a_claim_is_held_against_huaweis_chips_of_the_years_it_speaks_of(inputs, found):
    facts = pd.DataFrame({"fact_id": ["H003", "H008", "H006"], "value": [0.5, 6.4, 0.65]})
    table = summary.claims(inputs, found, facts)
    assert values(table[table["quantity"] == "chips_usd_bn"], "fact_id") == {"H003": 0.64, "H008": 0.64, "H006": 0.64}
    assert values(table[table["quantity"] == "part_pct"], "fact_id") == {
        "H003": 128, "H008": 10, "H006": round(6400 / 65, 9)}
    assert table.set_index("fact_id")["chance_of_claim"].to_dict() == {"H003": 1, "H008": 0, "H006": 0}


def test_joint_draws_hold_each_draw_of_huawei_the_total_and_each_class(inputs, found):
    by_year, by_quarter = summary.joint(inputs, found)
    last = by_year[(by_year["year"] == 2019) & (by_year["draw"] == 1)].set_index("quantity")["value"]
    assert last.to_dict() == pytest.approx(
        {"huawei": 0.64, "headquarters": 15, "class:memory": 12, "class:logic": 2, f"class:{summary.REST}": 1})
    assert sorted(by_year["year"].unique()) == [2017, 2018, 2019] and set(by_year["draw"]) == {0, 1}
    assert by_quarter["quarter"].agg(["min", "max"]).tolist() == ["2017Q1", "2019Q2"]


def test_the_industry_lens_becomes_the_estimate_by_steps_that_add_up(inputs, found):
    table = waterfalls.from_industry(inputs, found, 2018, industry_usd_bn=2.0)
    assert table["change_usd_bn"].tolist() == pytest.approx([2, 5.2, -2, 6, -0.2, 11])
    assert table["step"].str.contains("Logic|Memory|outside").tolist() == [False, False, True, True, True, False]
    assert table["is_total"].tolist() == [True, False, False, False, False, True]
    assert table["change_usd_bn"].iloc[:-1].sum() == pytest.approx(11)


def test_the_customs_lens_becomes_the_estimate_away_from_china_and_towards_it(inputs, found):
    table = waterfalls.from_customs(inputs, found, 2018, mainland_usd_bn=3.0, hong_kong_usd_bn=1.0)
    assert table["change_usd_bn"].tolist() == pytest.approx([3, 1, 3.2, -2.2, 6, 11])


def test_a_step_of_a_waterfall_has_an_interval_unless_it_is_known():
    table = waterfalls._table([("known", np.ones((1, 3)), True), ("unsure", np.array([[1.0, 2.0, 6.0]]), False)],
                              ("derived", "estimated"))
    assert table["evidence"].tolist() == ["derived", "estimated"]
    assert table["change_usd_bn"].tolist() == [1, 3]
    assert table["low"].tolist() == pytest.approx([np.nan, 1.1], nan_ok=True)
    assert table["high"].tolist() == pytest.approx([np.nan, 5.6], nan_ok=True)


def test_sales_around_a_rule_are_named_firms_less_the_others_beside_the_same_on_other_quarters(inputs, found, monkeypatch):
    monkeypatch.setattr(around_rules, "NAMED", {"P1": ("A rule", "2018Q1", ("A",)), "P2": ("Too late", "2019Q2", ("A",))})
    (row,) = around_rules.compare(inputs, found).to_dict("records")
    assert (row["rule"], row["quarter"], row["named"], row["placebos"]) == ("P1", "2018Q1", "A", 1)
    assert row["value"] == pytest.approx(100 * np.log(8 / 4))
    assert row["placebo_low"] == pytest.approx(100 * np.log(4 / 12)) and row["more_extreme_placebos"] == 1
    assert row["covered_pct"] == pytest.approx(50)


def test_two_hidden_figures_of_one_firm_and_period_are_two_rows_with_colours_of_their_own():
    """By address and by headquarters: one inside its interval, the other not."""
    one = {"test": "new in an edition", "case": "2026.11", "label": "Firm FY2025", "observed_usd_bn": 2.0, "predicted_usd_bn": 2.2,
           "low": 1.0, "high": 3.0, "inside": True, "crps": 0.1, "carried_crps": 0.2, "pooled_crps": 0.3}
    other = {**one, "observed_usd_bn": 8.841, "inside": False}
    third = {**one, "label": "Firm FY2024"}
    estimate = {"observations": pd.DataFrame({"firm": ["Firm"], "source_id": ["a"]}),
                "firms": pd.DataFrame({"firm": ["Firm"], "quantity": ["headquarters"], "value": [1.0]})}
    figure = diagnostics_figures.hidden({"hidden": pd.DataFrame([one, other, third])}, estimate, "new in an edition")
    assert figure.data["Hidden"].tolist() == ["Firm FY2025: US$2 bn", "Firm FY2025: US$8.84 bn", "Firm FY2024"]
