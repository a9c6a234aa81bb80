"""What enters the estimate: one observation a figure, fiscal years on the calendar, errors from grade and rounding."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.sales.estimate import huawei_observations, observations, periods, revenue

YEARS = {"first_year": 2015}


@pytest.fixture(scope="module")
def panel(tables):
    return observations.build(tables["company_filings"], quarterly=tables["quarterly_revenue"], **YEARS)


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


@pytest.mark.parametrize(("label", "end_month", "expected"), [
    ("H1 2024", 12, "2024-06"), ("Q2 2023", 12, "2023-06"), ("FY2024-9M", 12, "2024-09"), ("FY2025-H1", 8, "2025-02"),
    ("FQ4 2020", 8, "2020-08"), ("FY2022", 9, "2022-09")])
def test_a_part_of_a_year_without_a_day_ends_where_its_number_says(label, end_month, expected):
    assert f"{periods.year_end(label, pd.NaT, end_month):%Y-%m}" == expected


def test_a_fiscal_year_is_spread_by_the_firms_own_revenue(make_filings):
    """Three quarters of the months of 2023 lie in a year to September, but only half of the revenue."""
    ends = pd.to_datetime(["2022-12-31", "2023-03-31", "2023-06-30", "2023-09-30", "2023-12-31"])
    quarterly = pd.DataFrame(
        {"firm": "Firm A", "segment": "total", "period_end": ends, "revenue_usd_m": [100.0, 100.0, 100.0, 700.0, 900.0]})
    row = make_filings({"fiscal_year": "FY2023", "year": 2023, "fiscal_year_end": "2023-09-30"})
    found = observations.build(row, quarterly=quarterly, **YEARS)
    assert dict(zip(found.years, found.weights[0], strict=True))[2023] == pytest.approx(900 / 1800)


def test_micron_of_2023_and_2024_agrees_with_its_figures_spread_by_its_own_revenue(panel):
    """The years before and after a slump may not ring: each fiscal share times the calendar year's own revenue is the answer."""
    rows = panel.table[(panel.table["firm"] == "Micron") & (panel.table["kind"] == "hq") & (panel.table["end"].dt.year >= 2022)]
    weights = panel.weights[rows.index][:, np.isin(panel.years, (2022, 2023, 2024, 2025))]
    share = {2022: 0.16, 2023: 0.163, 2024: 0.145, 2025: 0.09}
    year = panel.revenue_usd_m.loc["Micron", list(share)].to_numpy() * np.array(list(share.values()))
    assert weights[1:3] @ year == pytest.approx(rows["value"].to_numpy()[1:3], rel=0.1)


def test_revenue_of_a_year_fills_only_the_months_that_no_quarter_covers():
    totals = pd.DataFrame({"firm": "Firm A", "end": pd.to_datetime(["2020-03-31", "2020-12-31"]), "months": [3, 12],
                           "revenue_usd_m": [300.0, 2100.0]})
    found = revenue.build(totals, ("Firm A",), 2020, 2020, pd.Series(dtype=float))
    assert found.usd_m[0] == pytest.approx([100.0] * 3 + [200.0] * 9)
    assert found.quarterly[0].tolist() == [True] * 3 + [False] * 9


def test_a_blank_total_is_taken_from_its_own_row_and_never_from_another_year(make_filings):
    rows = make_filings({"fiscal_year": "FY2021", "year": 2021, "fiscal_year_end": "2021-12-31", "total_revenue_usd_m": None},
                        {"fiscal_year": "FY2022", "total_revenue_usd_m": 5000.0})
    assert observations.build(rows, **YEARS).revenue_usd_m.loc["Firm A", 2021] == pytest.approx(100 * 400 / 40)


def test_bought_software_is_no_growth_of_chips(panel):
    """Broadcom bought VMware in November 2023: its revenue of 2024 rose by more than half, that of its chips by far less."""
    own = panel.revenue_usd_m.loc["Broadcom"]
    assert own[2024] / own[2023] < 1.3


def test_qualcomms_recast_year_is_a_pair(panel):
    rows = panel.table.query("firm == 'Qualcomm' and fiscal_year == 'FY2023'").set_index("kind")["value"]
    assert rows["location"] == pytest.approx(22380)
    assert rows["ratio"] == pytest.approx(13386 / 22380)


def test_a_suppliers_share_is_multiplied_by_revenue_of_its_own_months(tables):
    """Micron's 13% is of the half-year to February 2019, which sold 13.7 billion, and not of half a neighbouring year."""
    rows = huawei_observations.build(
        tables["company_filings"], tables["huawei_facts"], tables["oem_demand"], tables["quarterly_revenue"]).suppliers
    quarters = tables["quarterly_revenue"].query("firm == 'Micron' and fiscal_quarter in ('FY2019-Q1', 'FY2019-Q2')")
    micron = rows[(rows["firm"] == "Micron") & (rows["months"] == 6)]["usd_m"].item()
    assert micron == pytest.approx(0.13 * quarters["revenue_usd_m"].sum())
    assert "Texas Instruments" in set(rows["firm"]), "a blank total drops no supplier"


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


def test_leaving_a_half_year_out_leaves_the_year_that_holds_it_out(panel):
    from analysis.sales.estimate.checks import overlapping

    table = panel.table
    half = table[(table["firm"] == "Texas Instruments") & (table["fiscal_year"] == "H1 2022") & (table["kind"] == "ratio")].index[0]
    left_out = table.loc[overlapping(table, half)]
    assert "FY2022" in set(left_out["fiscal_year"])
    assert not set(left_out["fiscal_year"]) & {"FY2021", "FY2023", "FY2025"}
