"""Never a silent gap: what was asked for and did not come is named, also with --quiet, and the rest is written."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date

import pytest

from analysis.sources.filing_list import Filing, missing_years, newest_of_each_year
from analysis.sources.gaps import monthly_gaps, runs, yearly_gaps
from analysis.sources.span import Span

from .conftest import SET_UP, Refresh, Replay, fixture

YEAR = Span("2023-01", "2023-12")
MONTHS = YEAR.months


def left_out(stderr: str) -> list[str]:
    """The lines that name a gap, without what stands before each."""
    return [line.partition(": left out: ")[2] for line in stderr.splitlines() if ": left out: " in line]


def test_a_series_that_is_absent_begins_late_stops_early_or_has_a_hole_is_named() -> None:
    series = {"whole": MONTHS, "absent": [], "late": MONTHS[2:], "early": MONTHS[:9], "hole": MONTHS[:4] + MONTHS[5:]}
    assert list(monthly_gaps(YEAR, series)) == [
        "absent has no value at all for 2023-01 to 2023-12 (left out, not taken as zero)",
        "late has no value for 2023-01, 2023-02 (left out, not taken as zero)",
        "early has no value for 2023-10 to 2023-12 (left out, not taken as zero)",
        "hole has no value for 2023-05 (left out, not taken as zero)",
    ]


def test_months_that_nobody_has_yet_are_said_once() -> None:
    assert list(monthly_gaps(YEAR, {"one": MONTHS[:6], "other": MONTHS[:6]})) == [
        "nothing is there yet after 2023-06 (asked for up to 2023-12)"]


def test_a_reporter_that_has_not_reported_is_named_and_a_year_that_nobody_reported_is_said_once() -> None:
    years = ["2021", "2022", "2023", "2024"]
    reporters = {"Japan": {"2021", "2022", "2023"}, "Korea": {"2021", "2023"}, "Ireland": set()}
    assert list(yearly_gaps(years, reporters)) == [
        "nobody has reported 2024 yet",
        "Korea has not reported 2022 (left out, not taken as zero)",
        "Ireland has not reported 2021 to 2023 (left out, not taken as zero)",
    ]
    assert list(yearly_gaps(years, {"China": {"2021"}})) == ["China has not reported 2022 to 2024 (left out, not taken as zero)"]


def test_neighbours_are_drawn_together() -> None:
    assert runs(["2023-01", "2023-03", "2023-04", "2023-06", "2023-07", "2023-08"], MONTHS) == [
        "2023-01", "2023-03, 2023-04", "2023-06 to 2023-08"]


def census(change: Callable[[list], list]) -> bytes:
    header, *rows = json.loads(fixture("census_exports_hs_2023.json"))
    return json.dumps([header, *change(rows)]).encode()


def without(*wanted: str) -> Callable[[list], list]:
    return lambda rows: [row for row in rows if not set(wanted) <= set(row)]


def null_at(column: int, *wanted: str) -> Callable[[list], list]:
    return lambda rows: [[None if i == column and set(wanted) <= set(row) else cell for i, cell in enumerate(row)] for row in rows]


CENSUS = {
    "a series is absent": (without("8541", "5820"), ["HS 8541 to Hong Kong has no value for 2023-01 to 2023-12"]),
    "a month is not there": (without("8541", "5820", "2023-03"), ["HS 8541 to Hong Kong has no value for 2023-03 (left"]),
    "a value is null": (null_at(2, "8541", "5820", "2023-03"), ["HS 8541 to Hong Kong has no value for 2023-03 (left"]),
    "a month is null": (null_at(6, "8541", "5820", "2023-03"), ["HS 8541 to Hong Kong has no value for 2023-03 (left"]),
    "a row is null": (lambda rows: [None if {"8541", "5820", "2023-03"} <= set(row) else row for row in rows],
                      ["HS 8541 to Hong Kong has no value for 2023-03 (left"]),
}


@pytest.mark.parametrize("gap", CENSUS)
@pytest.mark.parametrize("quiet", [(), ("--quiet",)], ids=["", "quiet"])
def test_census_names_what_did_not_come_and_writes_the_rest(
    gap: str, quiet: tuple[str, ...], refresh: Refresh, replay: Replay, survived
) -> None:
    change, said = CENSUS[gap]
    SET_UP["census"](replay)
    replay.on(r"2023-01", census(change))
    run = refresh("census", *quiet)
    assert run.code == 0, run.stderr
    assert left_out(run.stderr)[0] == "nothing is there yet after 2024-06 (asked for up to 2024-12)"
    assert [line for line, start in zip(left_out(run.stderr)[1:], said, strict=True) if not line.startswith(start)] == []
    assert "2 things were left out, named above" in run.stdout
    with (refresh.out / "us_exports.csv").open(encoding="utf-8", newline="") as file:
        written = {(row["series_id"], row["period"]) for row in csv.DictReader(file)}
    assert ("US_X_8541_HK", "2023-03") not in written and ("US_X_8541_CN", "2023-03") in written
    assert ("US_X_8541_HK", "2023") not in written and ("US_X_8541_CN", "2023") in written
    survived("An official interface", f"leaves a gap: {gap}{', with --quiet' if quiet else ''}",
             "the gap is named; the rest is written", left_out(run.stderr)[1])


def changed(name: str, change: Callable[[dict], object]) -> bytes:
    document = json.loads(fixture(name))
    change(document)
    return json.dumps(document).encode()


def korea(record: dict) -> bool:
    return (record["reporterCode"], record["period"]) == (410, "2024")


COMTRADE = {
    "a record is not there": lambda d: d.update(data=[r for r in d["data"] if not korea(r)], count=d["count"] - 1),
    "a value is null": lambda d: [r.update(primaryValue=None) for r in d["data"] if korea(r)],
    "a year is null": lambda d: [r.update(period=None) for r in d["data"] if korea(r)],
    "a record is null": lambda d: d.update(data=[None if korea(r) else r for r in d["data"]]),
}


@pytest.mark.parametrize("gap", COMTRADE)
def test_comtrade_names_who_has_not_reported(gap: str, refresh: Refresh, replay: Replay, survived) -> None:
    SET_UP["comtrade"](replay)
    replay.on(r"reporterCode=276", changed("comtrade_mirror.json", COMTRADE[gap]))
    run = refresh("comtrade", "--quiet")
    assert run.code == 0, run.stderr
    said = left_out(run.stderr)
    assert "partners' exports of HS 8542 to China: Korea has not reported 2024 (left out, not taken as zero)" in said
    assert "partners' exports of HS 8542 to China: Ireland has not reported 2023, 2024 (left out, not taken as zero)" in said
    with (refresh.out / "china_imports.csv").open(encoding="utf-8", newline="") as file:
        written = {(row["series_id"], row["period"]) for row in csv.DictReader(file)}
    assert ("MIRROR_X_8542_CN_KOR", "2024") not in written and ("MIRROR_X_8542_CN_KOR", "2023") in written
    survived("An official interface", f"leaves a gap: of one reporter {gap}",
             "the reporter and the year are named; the rest is written", next(line for line in said if "Korea" in line))


def test_comtrade_names_years_that_are_not_whole_and_a_selection_without_records(refresh: Refresh, replay: Replay) -> None:
    SET_UP["comtrade"](replay)
    replay.on(r"reporterCode=156&", b'{"count":0,"data":[],"error":""}')
    run = refresh("comtrade", "--from", "2022-07", "--to", "2024-12")
    assert run.code == 0, run.stderr
    assert left_out(run.stderr)[0] == "2022: not whole in 2022-07 to 2024-12, and only whole years are asked for"
    assert "China's imports of HS 8542: no records at all for 2023 to 2024" in left_out(run.stderr)


FRED = {
    "a value is missing": (lambda d: d["observations"][3].update(value="."), "2026-04"),
    "a value is null": (lambda d: d["observations"][3].update(value=None), "2026-04"),
    "an observation is null": (lambda d: d["observations"].__setitem__(3, None), "2026-04"),
    "a series stops early": (lambda d: d.update(observations=d["observations"][:7], count=7), "2026-08, 2026-09"),
}


@pytest.mark.parametrize("gap", FRED)
def test_fred_names_months_without_a_value(gap: str, refresh: Refresh, replay: Replay, survived) -> None:
    change, months = FRED[gap]
    SET_UP["fred"](replay)
    replay.on(r"observations.*IPG", changed("fred_observations_IPG3344S.json", change))
    run = refresh("fred", "--quiet")
    assert run.code == 0, run.stderr
    assert left_out(run.stderr) == ["nothing is there yet after 2026-09 (asked for up to 2026-10)",
                                    f"IPG3344S has no value for {months} (left out, not taken as zero)"]
    survived("An official interface", f"leaves a gap: of one series {gap}", "the months are named; the rest is written",
             left_out(run.stderr)[1])


def test_fred_without_one_of_its_series_writes_the_other(refresh: Refresh, replay: Replay) -> None:
    SET_UP["fred"](replay)
    replay.on(r"observations.*IPG", b'{"count":0,"observations":[]}')
    run = refresh("fred", "--quiet")
    assert run.code == 0, run.stderr
    assert "IPG3344S has no value at all for 2026-01 to 2026-10 (left out, not taken as zero)" in left_out(run.stderr)


def test_observations_that_are_counted_and_not_given_are_asked_for_again(refresh: Refresh, replay: Replay) -> None:
    SET_UP["fred"](replay)
    replay.on(r"observations.*IPG", changed("fred_observations_IPG3344S.json", lambda d: d.update(count=1000)))
    run = refresh("fred")
    assert run.code == 1 and "the answer is incomplete: 10 of 1,000 observations" in run.stderr


def filing(end: str, filed: str, form: str = "10-K", number: int = 1) -> Filing:
    return Filing(f"0000000001-{filed[2:4]}-{number:06d}", filed, end, 1, form)


def test_of_two_reports_of_one_year_the_one_filed_later_counts_and_the_other_is_named() -> None:
    """The order of the list says nothing: the SEC's begins with the newest, a further file need not."""
    older, newer = filing("2024-12-28", "2025-02-05"), filing("2024-12-28", "2025-06-01", number=2)
    for order in ([older, newer], [newer, older]):
        found, said = newest_of_each_year(order, Span("2024-01", "2024-12"))
        assert found == [newer]
        assert said == ["FY2024: the 10-K filed 2025-02-05 (0000000001-25-000001), because a later one, filed 2025-06-01 "
                        "(0000000001-25-000002), is of the same year and counts"]


@pytest.mark.parametrize("form", ["10-K/A", "10-KT", "10-KT/A", "20-F", "40-F", "10-K405"])
def test_an_amendment_or_another_annual_form_is_named_and_not_read(form: str) -> None:
    found, said = newest_of_each_year([filing("2024-12-28", "2025-02-05"), filing("2024-12-28", "2025-04-01", form)],
                                      Span("2024-01", "2024-12"))
    assert [report.form for report in found] == ["10-K"]
    assert said == [f"the {form} filed 2025-04-01 (0000000001-25-000001) for the period to 2024-12-28: only forms 10-K are read; "
                    "look into it and enter by hand what it changes"]


def test_years_without_a_report_are_named_by_their_likely_reason() -> None:
    reports = [filing("2018-11-04", "2018-12-21"), filing("2019-11-03", "2019-12-20"), filing("2021-10-31", "2021-12-17")]
    assert list(missing_years(reports, Span("2016-01", "2024-12"), date(2026, 11, 27))) == [
        "FY2016, FY2017: the first 10-K is of the year to 2018-11-04; if the firm filed under another number before, name it under "
        "former in data/filings/edgar_mapping.yml",
        "FY2020: no 10-K is listed",
        "every year after 2021-10-31: no later 10-K is listed",
    ]
    assert list(missing_years(reports, Span("2018-01", "2022-06"), date(2022, 6, 30))) == ["FY2020: no 10-K is listed"]
    assert list(missing_years([], Span("2016-01", "2024-12"), date(2026, 11, 27))) == ["there is no 10-K at all under this number"]


def test_a_report_filed_under_a_former_number_is_found_and_read(refresh: Refresh, replay: Replay, tmp_path, monkeypatch) -> None:
    from analysis.sources import edgar

    mapping = tmp_path / "mapping.yml"
    text = edgar.MAPPING.read_text(encoding="utf-8")
    mapping.write_text(text.replace("  cik: 1045810\n", "  cik: 1999999\n  former: [1045810]\n"))
    monkeypatch.setattr(edgar, "MAPPING", mapping)
    SET_UP["edgar"](replay)
    replay.on(r"/submissions/CIK0001999999\.json", json.dumps({name: [] for name in (
        "accessionNumber", "filingDate", "reportDate", "form", "primaryDocument")}).encode())
    run = refresh("edgar", "--quiet")
    assert run.code == 0, run.stderr
    assert [asked.path for asked in replay.asked][:3] == [
        "/submissions/CIK0001999999.json", "/submissions/CIK0001045810.json",
        "/Archives/edgar/data/1045810/000104581027000021/index.json"]


def test_edgar_names_the_amendment_and_the_year_before_the_list(refresh: Refresh, replay: Replay, survived) -> None:
    SET_UP["edgar"](replay)
    replay.on(r"/submissions/CIK0001045810-", b"{}")
    replay.on(r"/submissions/CIK0001045810\.json", changed("edgar_submissions.json", lambda d: d["filings"].update(files=[])))
    run = refresh("edgar", "--from", "2025-01", "--to", "2027-12", "--quiet")
    said = left_out(run.stderr)
    assert [line for line in said if "the 10-K/A filed 2026-03-20 (0001045810-26-000099) for the period to 2026-01-25" in line]
    assert [line for line in said if line.startswith("NVIDIA: FY2025: the first 10-K is of the year to 2026-01-25")]
    survived("An official interface", "lists an amended annual report", "said with its number, and not read",
             next(line for line in said if "10-K/A" in line))


@pytest.mark.parametrize("column", ["reportDate", "filingDate", "accessionNumber"])
def test_a_null_in_the_list_of_filings_costs_that_filing(column: str, refresh: Refresh, replay: Replay) -> None:
    SET_UP["edgar"](replay)
    replay.on(r"/submissions/CIK0001045810\.json",
              changed("edgar_submissions.json", lambda d: d["filings"]["recent"][column].__setitem__(3, None)))
    run = refresh("edgar", "--quiet")
    assert run.code == 0, run.stderr
    (said,) = [line for line in left_out(run.stderr) if "does not say" in line]
    assert said.startswith("NVIDIA: the 10-K ") and (refresh.out / "company_filings.csv").exists()


def test_one_report_of_another_form_costs_that_year_and_not_the_run(refresh: Refresh, replay: Replay) -> None:
    SET_UP["edgar"](replay)
    replay.on(r"/Archives/edgar/data/1045810/000104581026000021/index\.json", b'{"surprise": true}')
    run = refresh("edgar", "--from", "2026-01", "--to", "2027-12", "--quiet")
    assert run.code == 0, run.stderr
    assert [line for line in left_out(run.stderr)
            if line.startswith("NVIDIA, year to 2026-01-25: SEC EDGAR answered in another form than documented")]
    assert (refresh.out / "company_filings.csv").exists()


def test_nulls_in_a_filings_folder_are_passed_over(refresh: Refresh, replay: Replay) -> None:
    SET_UP["edgar"](replay)
    replay.on(r"000104581027000021/index\.json",
              changed("edgar_index.json", lambda d: d["directory"]["item"].extend([None, {"name": None}])))
    assert refresh("edgar").code == 0
