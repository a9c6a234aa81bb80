"""What enters the estimate: one observation a figure, fiscal years on the calendar, errors from grade and rounding."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.sales.estimate import observations, periods

YEARS = {"first_year": 2015}


@pytest.fixture(scope="module")
def panel(tables):
    return observations.build(tables["company_filings"], **YEARS)


def test_a_year_to_late_january_covers_eleven_months_of_the_year_before():
    weights = periods.year_weights(pd.Timestamp("2024-01-28"), 12, np.arange(2022, 2026))
    assert weights == pytest.approx([0, 11 / 12, 1 / 12, 0])


def test_a_52_week_year_that_ends_in_early_october_counts_to_september():
    weights = periods.year_weights(pd.Timestamp("2015-10-02"), 12, np.arange(2014, 2016))
    assert weights == pytest.approx([3 / 12, 9 / 12])


@pytest.mark.parametrize(
    ("label", "months"),
    [
        ("FY2022", 12),
        ("H1 2023", 6),
        ("FY2025-H1", 6),
        ("FY2022-9M", 9),
        ("Q2 2023", 3),
        ("FY2021-Q1", 3),
        ("FQ4 2020", 3),
        ("H1 FY2019", 6),
    ],
)
def test_the_label_says_how_long_a_period_is(label, months):
    assert periods.months_long(label) == months


def test_weights_sum_to_the_length_of_each_period(panel):
    assert panel.weights.sum(axis=1) == pytest.approx(panel.table["months"] / 12)


def test_no_figure_enters_twice(panel):
    assert not panel.table.duplicated(["firm", "end", "months", "kind"]).any()


def test_intels_restated_year_is_one_observation_that_covers_both_figures(panel):
    rows = panel.table.query("firm == 'Intel' and fiscal_year == 'FY2021'")
    assert len(rows) == 1
    assert abs(np.log(rows["value"].iloc[0] / 21141)) < 2 * rows["sd"].iloc[0]
    assert abs(np.log(rows["value"].iloc[0] / 22961)) < 2 * rows["sd"].iloc[0]


def test_amds_lines_with_taiwan_are_observations_of_another_kind(panel):
    amd = panel.table[panel.table["firm"] == "AMD"]
    assert set(amd.loc[amd["end"].dt.year <= 2016, "kind"]) == {"location with Taiwan"}


def test_a_dual_disclosure_is_a_location_figure_and_a_ratio_and_not_two_levels(panel):
    micron = panel.table.query("firm == 'Micron' and fiscal_year == 'FY2018'")
    assert sorted(micron["kind"]) == ["location", "ratio"]
    assert micron.loc[micron["kind"] == "ratio", "value"].iloc[0] == pytest.approx(5368 / 17340, rel=1e-3)


def test_a_ratio_carries_no_calendar_error(panel):
    half = panel.table.query("firm == 'Texas Instruments' and fiscal_year == 'H1 2023'").set_index("kind")["sd"]
    assert half["ratio"] < half["location"]


def test_tis_quarters_inside_disclosed_halves_are_left_out(panel):
    assert not panel.table.query("firm == 'Texas Instruments'")["fiscal_year"].str.startswith("Q").any()


def test_mainland_only_headquarters_lines_and_bounds_are_left_out(panel):
    micron = panel.table.query("firm == 'Micron' and fiscal_year == 'FY2022'")
    assert list(micron["value"].round()) == [4921]
    qorvo = panel.table.query("firm == 'Qorvo'")
    assert not qorvo["fiscal_year"].str.contains("Q").any() and "Wolfspeed (Cree)" not in panel.firms


def test_only_chips_enter(panel, tables):
    segments = tables["company_filings"].drop_duplicates("firm").set_index("firm")["industry_segment"]
    assert {segments[f] for f in panel.firms} == {"chips"}


def test_a_weaker_grade_has_a_wider_error(make_filings):
    strong, weak = (
        observations.build(make_filings({"grade": g, "china_revenue_usd_m": 401.0}), **YEARS).table["sd"].iloc[0] for g in "AC"
    )
    assert weak > 2 * strong


def test_a_figure_made_from_a_rounded_share_has_a_wider_error(make_filings):
    printed = observations.build(make_filings({"china_revenue_usd_m": 101.0, "china_share_pct": 10.1}), **YEARS)
    made = observations.build(make_filings({"china_revenue_usd_m": 101.0, "china_share_pct": 10.0, "evidence": "derived"}), **YEARS)
    assert made.table["sd"].iloc[0] > printed.table["sd"].iloc[0]


def test_a_firm_without_a_listed_class_joins_other_chips(make_filings):
    assert observations.build(make_filings({"firm": "New Chips"}), **YEARS).class_of("New Chips") == observations.OTHER_CLASS


def test_a_later_fiscal_year_extends_the_grid(make_filings):
    rows = make_filings({}, {"fiscal_year": "FY2027", "fiscal_year_end": "2027-01-31"})
    assert observations.build(rows, **YEARS).years[-1] == 2027


def test_a_storage_or_equipment_row_never_becomes_an_observation(make_filings):
    rows = make_filings(
        {"firm": "A"}, {"firm": "B", "industry_segment": "storage_nand"}, {"firm": "C", "industry_segment": "equipment"}
    )
    assert observations.build(rows, **YEARS).firms == ("A",)


def test_a_year_is_published_once_half_of_the_firms_have_reported_half_of_it(panel, tables):
    assert panel.last_covered_year() == 2025
    filings = tables["company_filings"]
    newest = filings[
        (filings["period_type"] == "annual") & filings["china_revenue_usd_m"].notna() & (filings["industry_segment"] == "chips")
    ]
    newest = newest.sort_values("fiscal_year_end").groupby("firm").tail(1)
    later = newest.assign(fiscal_year="FY2026", fiscal_year_end=pd.Timestamp("2026-12-26"))
    assert observations.build(pd.concat([filings, later]), **YEARS).last_covered_year() == 2026
    one = later[later["firm"] == "Intel"]
    assert observations.build(pd.concat([filings, one]), **YEARS).last_covered_year() == 2025
