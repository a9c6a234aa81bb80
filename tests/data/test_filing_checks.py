"""Quarters must make the year, and what was met twice is listed with its difference."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.data import filing_checks, load_table
from analysis.data.filing_checks_page import render_filing_checks


def year(total: float = 1000.0, source: str = "report") -> dict:
    row = {"firm": "Firm A", "fiscal_year": "FY2022", "year": 2022, "months": 12}
    return {**row, "total_revenue_usd_m": total, "source_id": source}


def quarters(*revenue: float, evidence: str = "seen") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "firm": "Firm A",
            "segment": "total",
            "fiscal_quarter": [f"FY2022-Q{n + 1}" for n in range(len(revenue))],
            "revenue_usd_m": revenue,
            "evidence": [*["seen"] * (len(revenue) - 1), evidence],
        }
    )


def test_four_quarters_are_held_against_the_nearest_total_of_the_year():
    filings = pd.DataFrame([year(1000.0), year(1008.0, "recast")])
    (row,) = filing_checks.quarters_against_years(quarters(240, 250, 255, 260), filings).itertuples()
    assert (row.quarters_usd_m, row.year_usd_m) == (1005, 1008)
    assert row.difference_pct == pytest.approx(100 * (1005 / 1008 - 1))


def test_a_quarter_that_was_found_by_subtraction_tests_nothing():
    assert filing_checks.quarters_against_years(quarters(240, 250, 255, 255, evidence="derived"), pd.DataFrame([year()])).empty


def test_three_quarters_test_nothing():
    assert filing_checks.quarters_against_years(quarters(240, 250, 255), pd.DataFrame([year()])).empty


def test_every_fiscal_year_that_can_be_tested_adds_up_within_a_hundredth():
    years = filing_checks.quarters_against_years(load_table("quarterly_revenue"), load_table("company_filings"))
    assert len(years) > 40 and (years["difference_pct"].abs() < 1).all()
    assert (years["difference_pct"].abs() < 0.01).mean() > 0.9


def test_quarters_of_a_firm_follow_each_other_without_a_gap_in_time():
    table = load_table("quarterly_revenue").query("segment == 'total'").sort_values(["firm", "period_end"])
    step = table.groupby("firm")["period_end"].diff().dt.days.dropna()
    assert ((step > 80) & (step < 100)).mean() > 0.95  # a firm with years missing has a few long steps
    assert (step > 80).all()


def test_products_are_a_part_of_total_revenue():
    table = load_table("quarterly_revenue").pivot(index=["firm", "fiscal_quarter"], columns="segment", values="revenue_usd_m")
    both = table.dropna()
    assert len(both) > 60 and (both["products"] < both["total"]).all()


def test_named_customers_of_a_year_leave_room_for_others():
    shares = load_table("named_customers").groupby(["firm", "fiscal_year"])["share_pct"].sum()
    assert (shares < 100).all()


def test_the_figure_of_a_check_is_the_one_that_the_filings_hold():
    """A declared check that no longer speaks of the book's own figure is stale."""
    column = {"china": "china_revenue_usd_m", "china_hq": "china_hq_revenue_usd_m", "total": "total_revenue_usd_m"}
    filings = load_table("company_filings")
    for row in load_table("filing_checks").query("quantity in @column").itertuples():
        held = filings[(filings["firm"] == row.firm) & (filings["fiscal_year"] == row.fiscal_year)][column[row.quantity]]
        assert (held - row.value).abs().min() <= 0.001 * row.value, row


FILINGS = pd.DataFrame(
    [
        ("Firm A", "FY2022", "10-K", "yes"),
        ("Firm A", "FY2021", "10-K", "no"),
        ("Firm A", "FY2020", "call", "no"),
        ("Firm B", "FY2021", "", "no"),
        ("Firm B", "FY2020", "", "no"),
        ("Firm B", "FY2020", "", "no"),
    ],
    columns=["firm", "fiscal_year", "form", "traced"],
)


def test_the_share_of_traced_rows_is_of_those_whose_figure_stands_in_a_filing_and_of_all():
    assert filing_checks.traced_counts(FILINGS) == {"rows": 6, "traced": 1, "in_filings": 2}


def test_every_row_that_cannot_be_traced_is_listed_once_by_firm_with_its_years_and_the_reason():
    assert [tuple(row) for row in filing_checks.untraced(FILINGS).itertuples(index=False)] == [
        ("Firm A", "FY2020", filing_checks.SPOKEN),
        ("Firm A", "FY2021", filing_checks.NUMBER_UNKNOWN),
        ("Firm B", "FY2020, FY2021", filing_checks.NO_FILING_KNOWN),
    ]


def test_the_page_lists_every_firm_and_year_that_cannot_be_traced():
    page = render_filing_checks()
    lines = [line for line in page.splitlines() if line.startswith("| ")]
    for row in load_table("company_filings").query("traced == 'no'").itertuples():
        assert any(line.startswith(f"| {row.firm} |") and row.fiscal_year in line for line in lines), row


def test_nineteen_in_twenty_rows_whose_figure_stands_in_a_filing_name_its_number():
    counts = filing_checks.traced_counts(load_table("company_filings"))
    assert counts["traced"] / counts["in_filings"] > 0.95 and counts["traced"] / counts["rows"] > 0.79


def test_the_page_names_the_widest_difference_first_and_counts_the_traced_rows():
    page = render_filing_checks()
    first = page.partition("(filings-met-twice)=")[2].split("|---|\n")[1].splitlines()[0]
    assert "other measure" in first and "NVIDIA" in first
    filings = load_table("company_filings")
    assert f"{(filings['document_url'] != '').sum()} (" in page
