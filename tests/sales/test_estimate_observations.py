"""What enters the estimate: one observation a figure, each over its own months; revenue as the profile; bounds; Huawei."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.sales.estimate import bounds, huawei_observations, observations, periods, revenue
from analysis.sales.estimate.fit import OPTIONAL, TABLES, load_inputs

FIRMS = pd.DataFrame({"firm": ["Firm A"], "product_class": ["memory"], "fiscal_year_end_month": [8]})


@pytest.fixture(scope="module")
def inputs():
    from analysis.data import load_table

    return load_inputs({name: load_table(name) for name in (*TABLES, *OPTIONAL)}, first_year=2015)


def panel_of(filings, quarterly=None, firms=FIRMS, **more):
    return observations.build(filings, firms, first_year=2015, quarterly=quarterly, **more)


@pytest.mark.parametrize(
    ("label", "months", "end_month", "expected"),
    [
        ("H1 2024", 6, 12, "2024-06-30"),
        ("Q2 2023", 3, 12, "2023-06-30"),
        ("FY2024-9M", 9, 12, "2024-09-30"),
        ("FY2025-H1", 6, 8, "2025-02-28"),
        ("FQ4 2020", 3, 8, "2020-08-31"),
        ("FY2022", 12, 9, "2022-09-30"),
    ],
)
def test_a_part_of_a_year_without_a_day_ends_where_its_number_says(label, months, end_month, expected):
    year = int(next(part for part in label.replace("FY", " ").replace("-", " ").split() if part.startswith("20")))
    assert periods.period_end(label, year, months, pd.NaT, end_month) == pd.Timestamp(expected)


def test_a_part_of_a_year_that_names_no_part_is_not_placed():
    assert periods.period_end("FY2024", 2024, 6, pd.NaT, 12) is None


def test_a_52_week_year_that_ends_in_early_october_counts_to_september():
    covered = periods.months_of(pd.Timestamp("2015-10-02"), 12)
    assert (covered[0], covered[-1]) == (2014 * 12 + 9, 2015 * 12 + 8)


def test_revenue_of_a_year_fills_only_the_months_that_no_quarter_covers():
    totals = pd.DataFrame(
        {"firm": "Firm A", "end": pd.to_datetime(["2020-03-31", "2020-12-31"]), "months": [3, 12], "revenue_usd_m": [300.0, 2100.0]}
    )
    found = revenue.build(totals, ("Firm A",), 2020, 2020, pd.Series(dtype=float))
    assert found.by_quarter()[0] == pytest.approx([300, 600, 600, 600])
    assert found.quarterly[0].tolist() == [True] * 3 + [False] * 9


def test_a_gap_in_revenue_follows_the_neighbours_and_is_marked():
    totals = pd.DataFrame(
        {"firm": "Firm A", "end": pd.to_datetime(["2019-12-31", "2021-12-31"]), "months": 12, "revenue_usd_m": [1200.0, 4800.0]}
    )
    found = revenue.build(totals, ("Firm A",), 2019, 2021, pd.Series(dtype=float))
    year = found.by_quarter()[0].reshape(3, 4).sum(axis=1)
    assert 1200 < year[1] < 4800
    assert found.known_by_quarter()[0].tolist() == [True] * 4 + [False] * 4 + [True] * 4


def test_a_fiscal_year_is_spread_by_the_firms_own_quarters(make_filings):
    """A firm to August with most of its revenue in its last quarter has most of the year's sales there, not a twelfth a month."""
    ends = pd.to_datetime(["2022-11-30", "2023-02-28", "2023-05-31", "2023-08-31"])
    quarterly = pd.DataFrame({"firm": "Firm A", "end": ends, "months": 3, "revenue_usd_m": [100.0, 100.0, 100.0, 700.0]})
    panel = panel_of(
        make_filings({"fiscal_year": "FY2023", "year": 2023, "fiscal_year_end": "2023-08-31"}), quarterly, last_year=2023
    )
    weights = dict(zip(panel.quarters, panel.weights[0], strict=True))
    assert sum(weights.values()) == pytest.approx(1000)
    assert weights["2023Q3"] == pytest.approx(700 * 2 / 3)
    assert weights["2022Q3"] == pytest.approx(100 / 3)


def test_a_pair_of_figures_makes_neither_less_certain(make_filings):
    alone = panel_of(make_filings({"basis_class": "hq", "china_hq_revenue_usd_m": 151.0, "hong_kong": "included"}))
    pair = panel_of(make_filings({"china_hq_revenue_usd_m": 151.0, "hong_kong": "included"}))
    by_kind = pair.table.set_index("kind")
    assert set(by_kind.index) == {"location", "hq"}
    assert by_kind.loc["hq", "value"] == pytest.approx(151)
    assert by_kind.loc["hq", "sd"] == pytest.approx(alone.table["sd"].iloc[0])


def test_a_half_that_is_its_two_quarters_is_one_observation_less(make_filings):
    rows = [
        {
            "fiscal_year": f"FY2022-{part}",
            "months": months,
            "period_type": kind,
            "fiscal_year_end": end,
            "china_revenue_usd_m": value,
        }
        for part, months, kind, end, value in (
            ("Q1", 3, "quarter", "2022-03-31", 100.0),
            ("Q2", 3, "quarter", "2022-06-30", 110.0),
            ("H1", 6, "half", "2022-06-30", 210.0),
        )
    ]
    assert sorted(panel_of(make_filings(*rows)).table["months"]) == [3, 3]
    assert sorted(panel_of(make_filings(*rows[1:])).table["months"]) == [3, 6]


def test_a_blank_total_is_taken_from_its_own_row_and_never_from_another_year(make_filings):
    rows = make_filings(
        {"fiscal_year": "FY2021", "year": 2021, "fiscal_year_end": "2021-12-31", "total_revenue_usd_m": None},
        {"fiscal_year": "FY2022", "total_revenue_usd_m": 5000.0},
    )
    panel = panel_of(rows, firms=FIRMS.assign(fiscal_year_end_month=12))
    months = np.arange(2021 * 12, 2022 * 12)
    assert panel.revenue.of("Firm A", months).sum() == pytest.approx(100 * 400 / 40)


def test_no_figure_enters_twice(inputs):
    assert not inputs.panel.table.duplicated(["firm", "end", "months", "kind", "hq_kind"]).any()


def test_intels_restated_year_is_one_observation_that_covers_both_figures(inputs):
    rows = inputs.panel.table.query("firm == 'Intel' and fiscal_year == 'FY2021'")
    assert len(rows) == 1
    assert abs(np.log(rows["value"].iloc[0] / 21141)) < 2 * rows["sd"].iloc[0]
    assert abs(np.log(rows["value"].iloc[0] / 22961)) < 2 * rows["sd"].iloc[0]


def test_amds_lines_with_taiwan_are_observations_of_another_kind(inputs):
    amd = inputs.panel.table[inputs.panel.table["firm"] == "AMD"]
    assert set(amd.loc[amd["end"].dt.year <= 2016, "kind"]) == {"location with Taiwan"}


def test_microns_remark_that_looks_through_distributors_is_another_kind_of_headquarters_figure(inputs):
    micron = inputs.panel.table.query("firm == 'Micron' and fiscal_year == 'FY2023' and kind == 'hq'").set_index("hq_kind")["value"]
    assert micron["direct_customer"] == pytest.approx(2521)
    assert micron["end_customer"] == pytest.approx(15540 / 4)


def test_mainland_only_headquarters_lines_are_left_out(inputs):
    assert list(inputs.panel.table.query("firm == 'Micron' and fiscal_year == 'FY2022'")["value"].round()) == [4921]


def test_only_chips_enter(inputs, tables):
    segments = tables["company_filings"].drop_duplicates("firm").set_index("firm")["industry_segment"]
    assert {segments[f] for f in inputs.panel.firms} == {"chips"}


def test_a_figure_made_from_a_rounded_share_has_a_wider_error(make_filings):
    printed = panel_of(make_filings({"china_revenue_usd_m": 101.0, "china_share_pct": 10.1}))
    made = panel_of(make_filings({"china_revenue_usd_m": 101.0, "china_share_pct": 10.0, "stated_as": "share"}))
    assert made.table["sd"].iloc[0] > printed.table["sd"].iloc[0]


def test_a_firm_without_a_listed_class_joins_other_chips(make_filings):
    assert panel_of(make_filings({"firm": "New Chips"})).class_of("New Chips") == observations.OTHER_CLASS


def test_a_storage_or_equipment_row_never_becomes_an_observation(make_filings):
    rows = make_filings({}, {"firm": "B", "industry_segment": "storage_nand"}, {"firm": "C", "industry_segment": "equipment"})
    assert panel_of(rows).firms == ("Firm A",)


def test_named_customers_bound_a_firm_from_both_sides(make_filings):
    customers = pd.DataFrame(
        {
            "firm": "Firm A",
            "customer": ["Lenovo", "Dell"],
            "end": pd.Timestamp("2022-12-31"),
            "months": 12,
            "share": [0.12, 0.30],
            "chinese": [True, False],
        }
    )
    panel = panel_of(make_filings({}), firms=FIRMS.assign(fiscal_year_end_month=12))
    found, in_2022 = bounds.build(panel, customers), np.array([q.startswith("2022") for q in panel.quarters])
    assert found.floor[0, in_2022] == pytest.approx(0.12) and found.cap[0, in_2022] == pytest.approx(0.70)
    assert (found.floor[0, ~in_2022] < 0.001).all() and (found.cap[0, ~in_2022] == 1).all()


def test_the_circulating_claims_are_no_observations(inputs):
    assert not {"H003", "H006", "H008"} & set(inputs.huawei.suppliers.get("fact_id", []))
    assert inputs.huawei.suppliers["usd_m"].max() < 5000


def test_gartners_releases_are_compared_only_within_themselves(inputs):
    assert (inputs.huawei.spending.groupby("vintage").size() > 1).all()
    assert inputs.huawei.spending.groupby("year")["vintage"].nunique().max() > 1
    assert inputs.huawei.growth["log_change"].tolist() == pytest.approx([np.log(1 - 0.018)])


def test_a_suppliers_share_is_multiplied_by_revenue_of_its_own_months(inputs, tables):
    """Micron's 13% is of the half-year to February 2019, which had more revenue than half of the year before or after it."""
    micron = inputs.huawei.suppliers.query("firm == 'Micron' and months == 6").iloc[0]
    own = inputs.panel.revenue.of("Micron", periods.months_of(pd.Timestamp("2019-02-28"), 6)).sum()
    assert micron["usd_m"] == pytest.approx(0.13 * own)


def test_texas_instruments_share_of_huawei_is_not_dropped_for_a_blank_total(inputs):
    assert "Texas Instruments" in set(inputs.huawei.suppliers["firm"])


def test_a_supplier_that_left_and_one_with_a_licence_stand_in_different_states(inputs):
    states, quarter = huawei_observations.states(inputs.panel), inputs.panel.quarters.index("2022Q1")
    at = {firm: states[inputs.panel.firms.index(firm), quarter].tolist() for firm in ("Micron", "Qualcomm", "Broadcom")}
    assert at == {"Micron": [0, 1, 0], "Qualcomm": [1, 0, 0], "Broadcom": [0, 0, 1]}
    assert not states[:, inputs.panel.quarters.index("2020Q2")].any()
