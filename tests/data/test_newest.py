"""The newest day comes from rows, and what is due from calendars; the expectations are worked out by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.data import due, load_table
from analysis.data.due_page import render_due
from analysis.data.newest import KIND_OF, newest_rows, period_end


@pytest.mark.parametrize(("period", "day"), [
    ("2022", "2022-12-31"), ("2022-02", "2022-02-28"), ("2024-Q1", "2024-03-31"), ("2024-H1", "2024-06-30"),
    ("FY2023", "2023-12-31"), ("2022-01/2022-07", "2022-07-31"), ("2020-11-09/2021-04-20", "2021-04-20"),
    ("2015-2018", "2018-12-31"), ("c.2019", "2019-12-31"),
])  # fmt: skip
def test_a_period_ends_on_its_last_day(period, day):
    assert period_end(period) == pd.Timestamp(day)


@pytest.mark.parametrize("period", ["2026F", "recent years", ""])
def test_a_forecast_and_words_have_no_day(period):
    assert pd.isna(period_end(period))


def test_a_period_that_ended_after_its_source_was_read_is_a_forecast():
    sources = pd.DataFrame({"source_id": ["s"], "accessed": [pd.Timestamp(2026, 3, 1)]})
    rows = pd.DataFrame({"period": ["2024", "2025", "2030"], "value": [1.0, 2.0, 3.0], "source_id": "s"})
    row = newest_rows({"us_industry": rows}, sources).iloc[0]
    assert (row["kind"], row["day"]) == ("market", pd.Timestamp(2025, 12, 31))
    assert newest_rows({"us_industry": rows.assign(value=[1.0, None, 3.0])}, sources)["day"].item() == pd.Timestamp(2024, 12, 31)


def test_every_table_of_the_book_is_older_than_the_day_on_which_it_was_read():
    sources = load_table("sources")
    newest = newest_rows({name: load_table(name) for name in KIND_OF}, sources)
    assert set(newest["table"]) == set(KIND_OF)
    assert (newest["day"] <= due.updated_on(sources)).all()


def firm(month: int) -> pd.DataFrame:
    return pd.DataFrame({"firm": ["F"], "fiscal_year_end_month": [month]})


def test_reports_are_due_by_the_firm_s_own_calendar():
    # The year ends in August; after the year to 3 September 2026 the quarter to November is due forty days later, on 9 January.
    (row,) = due.reports_due(firm(8), pd.Series({"F": pd.Timestamp(2026, 9, 3)}), pd.Timestamp(2026, 11, 27)).itertuples()
    assert (row.missing, row.next_kind, row.next_end, row.next_by) == (
        0,
        "10-Q",
        pd.Timestamp(2026, 11, 30),
        pd.Timestamp(2027, 1, 9),
    )
    # The year ends in December; after June, the quarter to September was due on 9 November.
    (row,) = due.reports_due(firm(12), pd.Series({"F": pd.Timestamp(2026, 6, 27)}), pd.Timestamp(2026, 11, 27)).itertuples()
    assert (row.missing, row.next_kind, row.next_by) == (1, "10-Q", pd.Timestamp(2026, 11, 9))
    # A year has sixty days: that to December 2025 was due on 1 March, the quarters of 2026 on 10 May and 9 August.
    (row,) = due.reports_due(firm(12), pd.Series({"F": pd.Timestamp(2025, 9, 30)}), pd.Timestamp(2026, 8, 9)).itertuples()
    assert (row.missing, row.next_kind, row.next_by) == (3, "10-K", pd.Timestamp(2026, 3, 1))


def test_a_firm_silent_for_two_years_promises_nothing():
    assert due.reports_due(firm(12), pd.Series({"F": pd.Timestamp(2021, 12, 31)}), pd.Timestamp(2026, 11, 27)).empty


def test_months_of_customs_are_counted_from_the_newest_row():
    # October 2025 in the table; by 10 February 2026 November (9 January) and December (9 February) are out.
    found = due.periods_due({"us_exports": pd.Timestamp(2025, 10, 31)}, pd.Timestamp(2026, 2, 10)).iloc[0]
    assert (found["missing"], found["next_by"]) == (2, pd.Timestamp(2026, 1, 9))


def test_a_date_that_passed_after_the_last_observation_is_named_with_what_was_to_come():
    page = render_due()
    line = next(line for line in page.splitlines() if line.startswith("| Affiliates (50%) Rule"))
    assert "10 November 2026" in line and "25 September 2026" in line
    assert "{" not in page
