"""Every sentence of the page Refresh is held by a test, or says nothing that could fail: a new sentence needs its line here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from analysis import paths

TESTS = Path(__file__).parents[1]
SAYS_NOTHING = "explains; promises nothing"
WALKED = "sources/test_refresh_walkthrough.py::test_each_command_of_the_page_prints_what_the_page_shows"
# The beginning of each sentence, and the tests that hold it.
PROMISES = {
    "The tables of this book are entered by hand": SAYS_NOTHING,
    "Four official interfaces can bring newer rows":
        "sources/test_rows.py::test_an_overlay_passes_the_checks_and_enters_the_tables",
    "A refresh never touches `data/`": "sources/test_rows.py::test_a_refresh_leaves_the_tables_of_the_book_as_they_are "
    "sources/test_rows.py::test_a_folder_of_the_project_or_one_that_holds_more_is_no_place_for_rows "
    "data/test_overlay.py::test_an_overlay_never_touches_the_base",
    "The dry run shows every request and makes none": "sources/test_rows.py::test_a_dry_run_shows_the_requests_and_makes_none",
    "The build then says which numbers moved": WALKED,
    "Several refreshes may share one folder": "sources/test_rows.py::test_two_providers_share_a_folder_and_rows_already_there_stay",
    "Keys are free": SAYS_NOTHING,
    "They are read from the environment": "sources/test_faults.py::test_the_key_appears_nowhere",
    "The Securities and Exchange Commission wants no key": "sources/test_faults.py::test_the_sec_is_not_asked_without_a_contact",
    "Every new row carries its source": "sources/test_rows.py::test_every_row_says_where_it_is_from_and_how_it_was_got "
    "sources/test_rows.py::test_a_year_is_summed_only_when_it_is_whole",
    "What you asked for and did not get is named": "sources/test_gaps.py::test_census_names_what_did_not_come_and_writes_the_rest",
    "a month or a year without a value": "sources/test_gaps.py::"
    "test_a_series_that_is_absent_begins_late_stops_early_or_has_a_hole_is_named",
    "a country that has not reported a year yet": "sources/test_gaps.py::test_comtrade_names_who_has_not_reported "
    "sources/test_gaps.py::test_comtrade_names_years_that_are_not_whole_and_a_selection_without_records",
    "a value, a row or a record that the interface gives as null": "sources/test_gaps.py::test_fred_names_months_without_a_value "
    "sources/test_gaps.py::test_a_null_in_the_list_of_filings_costs_that_filing",
    "an amended annual report or one on another form": "sources/test_gaps.py::"
    "test_an_amendment_or_another_annual_form_is_named_and_not_read "
    "sources/test_gaps.py::test_of_two_reports_of_one_year_the_one_filed_later_counts_and_the_other_is_named",
    "years before a firm had its present number":
        "sources/test_gaps.py::test_years_without_a_report_are_named_by_their_likely_reason",
    "Where the mapping knows the former number":
        "sources/test_gaps.py::test_a_report_filed_under_a_former_number_is_found_and_read",
    "The programs ask slowly": "sources/test_rows.py::test_requests_keep_their_distance "
    "sources/test_rows.py::test_retry_after_is_honoured sources/test_faults.py::test_a_passing_fault_is_overcome",
    "Each request, with all its attempts, has one deadline":
        "sources/test_hostile.py::test_every_way_of_stalling_meets_one_deadline "
    "sources/test_promises.py::test_the_deadline_is_the_ten_minutes_of_the_page",
    "When a failure does not pass": "sources/test_faults.py::test_a_refused_key_is_named_by_its_variable "
    "sources/test_hostile.py::test_a_proxy_that_wants_a_password_is_named "
    "sources/test_hostile.py::test_a_network_that_opens_tls_with_its_own_certificate_is_named",
    "Pages that arrived are kept for a day": "sources/test_faults.py::test_an_interrupted_refresh_goes_on_where_it_stopped "
    "sources/test_robustness.py::test_an_old_page_is_asked_for_again",
    "An answer in another form than documented": "sources/test_faults.py::test_a_changed_form_is_named_and_nothing_is_written "
    "sources/test_hostile.py::test_a_page_that_is_too_large_is_refused",
    "The overlay is checked together": "sources/test_rows.py::test_rows_that_fail_the_checks_leave_the_folder_as_it_was "
    "sources/test_robustness.py::test_what_a_kill_while_writing_left_is_cleared_up",
    "Firms name the same place differently": SAYS_NOTHING,
    "So a filing is read only as far as": "sources/test_edgar.py::test_an_unknown_firm_is_answered_with_those_there_are "
    "sources/test_geography.py::test_a_member_that_the_mapping_does_not_know_is_not_guessed",
    "a member of the report counts as China only":
        "sources/test_geography.py::test_a_member_that_the_mapping_does_not_know_is_not_guessed",
    "all members must add up to the revenue":
        "sources/test_geography.py::test_parts_that_miss_the_total_are_refused_with_every_member "
        "sources/test_geography.py::test_parts_may_miss_the_total_by_their_rounding_and_no_more",
    "a fiscal year whose basis nobody has read": "sources/test_edgar.py::test_a_year_without_a_known_basis_is_left_out_and_named "
    "sources/test_gaps.py::test_one_report_of_another_form_costs_that_year_and_not_the_run",
    "a figure on another basis": "sources/test_edgar.py::test_another_basis_is_entered_beside_the_books_row_never_over_it",
    "a figure read in the filing takes the place": "sources/test_edgar.py::"
    "test_a_figure_from_the_filing_takes_the_place_of_one_from_notes",
    "The older row is dropped by a correction": "sources/test_edgar.py::test_the_replaced_row_leaves_the_complete_tables",
    "The name of the member is confirmed for": "sources/test_edgar.py::test_a_filing_that_does_not_reconcile_is_left_out_and_named "
    "sources/test_geography.py::test_a_member_that_the_mapping_does_not_know_is_not_guessed "
    "sources/test_promises.py::test_the_firms_whose_member_is_confirmed_are_those_of_the_mapping",
    "An extract of tens of millions of customs rows": "sources/test_customs_extract.py::"
    "test_the_command_writes_an_overlay_that_passes_the_checks",
    "CSV and Parquet are read by DuckDB": "sources/test_customs_extract.py::"
    "test_a_million_rows_equal_pandas_within_a_small_memory_limit",
    "Columns are month, HS code": "sources/test_customs_extract.py::test_other_names_and_forms_of_the_columns_are_understood",
    "What cannot be added honestly is refused": "given/test_customs_files.py::test_a_form_whose_sum_would_be_wrong_is_refused "
    "given/test_customs_files.py::test_a_wrong_cell_is_named_by_file_and_row",
    "`make bench` times it beside pandas": "sources/test_customs_extract.py::test_the_benchmark_runs_and_its_two_ways_agree",
    "This is a whole update": WALKED,
    "The interface is played": WALKED,
    "The build here is of the chapter on sales alone": SAYS_NOTHING,
    "Every number that moved is named with its cause": WALKED,
    "What you do not accept stays": "data/test_overlay.py::test_an_overlay_never_touches_the_base",
    "`accept` checks all tables once more":
        "data/test_accept.py::test_rows_that_fail_the_check_are_not_accepted_and_no_table_is_touched",
    "A row with a known key takes": "data/test_accept.py::test_what_was_accepted_is_what_the_overlay_showed",
}


def sentences() -> list[str]:
    """The sentences and points of the page's prose, without code, tables and headings."""
    text = re.sub(r"```.*?```", "", (paths.ROOT / "book" / "refresh.md").read_text(encoding="utf-8"), flags=re.DOTALL)
    parts = re.split(r"\n\s*\n|\n(?=- )", text)
    units = [" ".join(unit.split()) for unit in parts if unit.strip() and unit.strip()[0] not in "#|("]
    return [part.removeprefix("- ") for unit in units for part in re.split(r"(?<=[.:;]) (?=[A-Z`])", unit)]


def test_every_sentence_of_the_page_has_its_test():
    without = [sentence for sentence in sentences() if not any(sentence.startswith(start) for start in PROMISES)]
    assert without == [], "name the test that holds it in PROMISES, or take the sentence away"


@pytest.mark.parametrize("start", PROMISES)
def test_a_promise_stands_on_the_page_and_its_tests_are_there(start):
    assert any(sentence.startswith(start) for sentence in sentences())
    for node in PROMISES[start].split() if PROMISES[start] != SAYS_NOTHING else []:
        file, _, name = node.partition("::")
        assert name and f"def {name}(" in (TESTS / file).read_text(encoding="utf-8"), node


def test_the_deadline_is_the_ten_minutes_of_the_page():
    from analysis.sources.session import Manners

    assert Manners().whole_s == 600


def test_the_firms_whose_member_is_confirmed_are_those_of_the_mapping():
    mapping = yaml.safe_load((paths.DATA / "filings" / "edgar_mapping.yml").read_text(encoding="utf-8"))
    (sentence,) = [sentence for sentence in sentences() if sentence.startswith("The name of the member is confirmed for")]
    named = sentence.partition(";")[0]
    assert {firm for firm in mapping if firm in named} == {firm for firm, entry in mapping.items() if entry.get("seen_in")}
