"""Filings become rows: bases that are known, each firm-year once, nothing of the book overwritten without a reason."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from analysis.data import load_table, resolve
from analysis.sources import edgar
from analysis.sources.filing_list import Filing, fiscal_quarter, fiscal_year
from analysis.sources.filings_in_book import Book
from analysis.sources.geography import Basis, split
from analysis.sources.xbrl import read_instance

from .conftest import SET_UP, Refresh, Replay, fixture
from .test_geography import END, INLINE, INSTANCE, apart


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_a_filing_without_an_extracted_instance_is_read_from_its_main_page(refresh: Refresh, replay: Replay) -> None:
    SET_UP["edgar"](replay)
    replay.on(r"/index\.json", b'{"directory": {"item": [{"name": "nvda-20270131.htm"}, {"name": "R1.htm"}]}}')
    replay.on(r"nvda-20270131\.htm", INLINE)
    run = refresh("edgar")
    assert run.code == 0, run.stderr
    (row,) = rows(refresh.out / "company_filings.csv")
    assert (row["fiscal_year"], row["china_revenue_usd_m"]) == ("FY2027", "12345")


def test_a_row_by_headquarters_has_hong_kong_in_the_china_line_and_not_in_the_mainland_one() -> None:
    """China with Hong Kong is 25,000; Hong Kong, which the filing reports apart, 12,655 of it."""
    report = Filing("0001045810-27-000001", "2027-02-26", END, 1045810)
    firm = {"ticker": "NVDA", "industry_segment": "chips", "fiscal_year_end_month": "1"}
    found = split(read_instance(INSTANCE), apart(), END)
    row = edgar.filing_row(apart(), report, found, firm, "https://example.org/")
    amounts = ("total_revenue_usd_m", "china_revenue_usd_m", "china_hq_revenue_usd_m", "china_hq_mainland_usd_m")
    assert [row[name] for name in amounts] == ["250000", "25000", "25000", "12345"]
    assert row["rd_expense_usd_m"] == "21000" and row["months"] == "12"
    by_place = apart(bases=(Basis(basis_class="ship_to", attribution="shipping address"),))
    row = edgar.filing_row(by_place, report, found, firm, "https://example.org/")
    assert row["china_revenue_usd_m"] == "25000" and row["china_hq_revenue_usd_m"] == row["china_hq_mainland_usd_m"] == ""


@pytest.mark.parametrize(
    ("end", "year"), [("2026-01-25", "FY2026"), ("2021-01-02", "FY2020"), ("2024-12-28", "FY2024"), ("2022-09-01", "FY2022")]
)
def test_a_fiscal_year_is_named_as_the_tables_name_it(end: str, year: str) -> None:
    assert fiscal_year(end) == year


def test_a_new_annual_report_becomes_a_row_with_its_basis(refresh: Refresh, replay: Replay) -> None:
    SET_UP["edgar"](replay)
    assert refresh("edgar").code == 0
    (row,) = rows(refresh.out / "company_filings.csv")
    assert (row["fiscal_year"], row["total_revenue_usd_m"], row["china_revenue_usd_m"]) == ("FY2027", "250000", "12345")
    assert (row["basis_class"], row["china_hq_revenue_usd_m"], row["rd_expense_usd_m"]) == ("hq", "12345", "21000")
    assert (row["source_id"], row["grade"], row["evidence"]) == ("nvidia-10k-fy2027", "A", "seen")
    assert [asked.path.rsplit("/", 1)[-1] for asked in replay.asked] == [
        "CIK0001045810.json",
        "index.json",
        "nvda-20270131_htm.xml",
    ]


@pytest.mark.parametrize(
    ("end", "end_month", "quarter"),
    [
        ("2025-07-27", 1, "FY2026-Q2"),
        ("2026-04-26", 1, "FY2027-Q1"),
        ("2026-01-31", 10, "FY2026-Q1"),
        ("2018-03-01", 8, "FY2018-Q2"),
        ("2021-04-03", 12, "FY2021-Q1"),
        ("2025-06-29", 9, "FY2025-Q3"),
    ],
)
def test_a_fiscal_quarter_is_named_after_the_year_it_belongs_to(end: str, end_month: int, quarter: str) -> None:
    assert fiscal_quarter(end, end_month) == quarter


def test_a_day_that_ends_no_quarter_is_refused() -> None:
    with pytest.raises(ValueError, match="ends no quarter"):
        fiscal_quarter("2026-05-31", 12)


def test_quarterly_reports_are_read_when_they_are_asked_for(refresh: Refresh, replay: Replay) -> None:
    SET_UP["edgar"](replay)
    year_to_date = INSTANCE.replace(b"2026-01-26", b"2026-07-27").replace(b"2027-01-31", b"2026-10-25")
    index = fixture("edgar_index.json").replace(b"20270131", b"20261025")
    replay.on(r"/Archives/edgar/data/1045810/000104581026000122/index\.json", index)
    replay.on(r"nvda-20261025_htm\.xml", year_to_date)
    run = refresh("edgar", "--quarters", "--from", "2026-10", "--to", "2026-12")
    assert run.code == 0, run.stderr
    (row,) = rows(refresh.out / "company_filings.csv")
    assert (row["fiscal_year"], row["period_type"], row["months"], row["form"]) == ("FY2027-Q3", "quarter", "3", "10-Q")
    assert (row["source_id"], row["accession"]) == ("nvidia-10q-q3-fy2027", "0001045810-26-000122")


def test_quarterly_reports_are_left_alone_when_nobody_asks(refresh: Refresh, replay: Replay) -> None:
    SET_UP["edgar"](replay)
    assert refresh("edgar").code == 0
    assert [row["form"] for row in rows(refresh.out / "company_filings.csv")] == ["10-K"]


def report_of(end: str, start: str, cik: int, total_usd_m: int, china_usd_m: int) -> bytes:
    """The same filing of another firm and period with other figures; the rest of the world takes the difference."""
    body = (
        INSTANCE.replace(b"2025-01-27", b"2001-01-01")
        .replace(b"2026-01-25", b"2001-12-30")
        .replace(b"0001045810", f"{cik:010d}".encode())
    )
    body = (
        body.replace(b"2027-01-31", end.encode()).replace(b"2026-01-26", start.encode()).replace(b">21000000000<", b">9310000000<")
    )
    for old, new in ((250000, total_usd_m), (12345, china_usd_m), (180000, 1), (45000, 2), (12655, total_usd_m - china_usd_m - 3)):
        body = body.replace(f">{old}000000<".encode(), f">{new}000000<".encode())
    return body


def listing(end: str) -> bytes:
    """A list of filings whose newest annual report is of the year to `end`."""
    return fixture("edgar_submissions.json").replace(b'"2026-01-25"', b'"2001-12-30"').replace(b'"2027-01-31"', f'"{end}"'.encode())


def test_a_report_that_says_what_the_book_says_changes_nothing(refresh: Refresh, replay: Replay) -> None:
    SET_UP["edgar"](replay)
    book = next(r for r in Book.load().filings if r["source_id"] == "nvidia-10k-fy2024" and r["grade"] == "A")
    replay.on(r"/submissions/", listing("2023-01-29"))
    replay.on(
        r"_htm\.xml",
        report_of("2023-01-29", "2022-01-31", 1045810, int(book["total_revenue_usd_m"]), int(book["china_revenue_usd_m"])),
    )
    run = refresh("edgar", "--from", "2023-01", "--to", "2023-06")
    assert run.code == 0, run.stderr
    assert "nothing new" in run.stdout and "1 as in the book" in run.stderr and refresh.leftovers() == []


def test_a_figure_from_the_filing_takes_the_place_of_one_from_notes(tmp_path: Path) -> None:
    """The older row is dropped by a correction with a reason, what only it tells is carried over, the firm-year stays single."""
    old = book_row("Broadcom", "FY2024", "C", rd_expense_usd_m="9310", source_id="broadcom-10k-fy2024-via-notes")
    new = book_row("Broadcom", "FY2024", "A", china_revenue_usd_m="10316", source_id="broadcom-10k-fy2024")
    placed = Book([old], []).place(new)
    assert (
        placed is not None
        and placed.row["rd_expense_usd_m"] == "9310"
        and "as in broadcom-10k-fy2024-via-notes" in placed.row["note"]
    )
    (correction,) = placed.corrections
    assert correction["key"] == "Broadcom | FY2024 | annual | broadcom-10k-fy2024-via-notes" and correction["action"] == "drop"
    assert "10316 (was 10315, grade C)" in correction["reason"]


def test_the_replaced_row_leaves_the_complete_tables(
    refresh: Refresh, replay: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    SET_UP["edgar"](replay)
    before = load_table("company_filings").query("firm == 'Broadcom' and fiscal_year == 'FY2024' and period_type == 'annual'")
    assert list(before["grade"]) != ["A"]
    mapping = tmp_path / "mapping.yml"
    mapping.write_text(edgar.MAPPING.read_text().replace("avgo:ChinaIncludingHongKongMember", "nvda:ChinaIncludingHongKongMember"))
    monkeypatch.setattr(edgar, "MAPPING", mapping)
    replay.on(r"/submissions/", listing("2024-11-03"))
    replay.on(r"_htm\.xml", report_of("2024-11-03", "2023-10-30", 1730168, 51574, 10316))
    replay.on(r"/index\.json", "edgar_index.json")
    run = refresh("edgar", "--firm", "Broadcom", "--from", "2024-10", "--to", "2024-12")
    assert run.code == 0, run.stderr
    mapping.unlink()
    resolve(None, refresh.out, tmp_path / "complete")
    after = load_table("company_filings", tmp_path / "complete").query("firm == 'Broadcom' and fiscal_year == 'FY2024'")
    assert list(after["china_revenue_usd_m"]) == [10316.0] and list(after["source_id"]) == ["broadcom-10k-fy2024"]


def test_another_basis_is_entered_beside_the_books_row_never_over_it() -> None:
    """Texas Instruments moved from ship-to to headquarters: a change of basis must not look like a fall in sales."""
    old = book_row("Texas Instruments", "FY2021", "A", basis_class="ship_to", source_id="ti-10k-fy2021")
    placed = Book([old], []).place(
        book_row("Texas Instruments", "FY2021", "A", basis_class="hq", china_revenue_usd_m="4586", source_id="ti-10k-fy2023")
    )
    assert placed is not None and placed.row["period_type"] == "annual_alt_basis" and placed.corrections == []


def book_row(firm: str, year: str, grade: str, **more: str) -> dict[str, str]:
    from analysis.data.schemas import COMPANY_FILINGS

    row = dict.fromkeys(COMPANY_FILINGS.names, "") | {
        "firm": firm,
        "fiscal_year": year,
        "period_type": "annual",
        "total_revenue_usd_m": "51574",
        "china_revenue_usd_m": "10315",
        "basis_class": "ship_to",
        "grade": grade,
        "evidence": "seen",
        "note": "a note",
    }
    return row | more


def test_a_year_without_a_known_basis_is_left_out_and_named(refresh: Refresh, replay: Replay) -> None:
    """Skyworks changed its basis between the years that the mapping covers."""
    SET_UP["edgar"](replay)
    replay.on(r"/submissions/", fixture("edgar_submissions.json").replace(b"2027-01-31", b"2019-09-27"))
    run = refresh("edgar", "--firm", "Skyworks Solutions", "--from", "2019-09", "--to", "2019-09")
    assert run.code == 1 and "Skyworks Solutions, year to 2019-09-27: the mapping has no basis for this year" in run.stderr
    assert refresh.leftovers() == []


def test_a_filing_that_does_not_reconcile_is_left_out_and_named(refresh: Refresh, replay: Replay) -> None:
    SET_UP["edgar"](replay)
    replay.on(r"_htm\.xml", INSTANCE.replace(b">45000000000<", b">46000000000<"))
    run = refresh("edgar")
    assert run.code == 1 and "left out: NVIDIA, year to 2027-01-31: the members add up to 251,000" in run.stderr
    assert refresh.leftovers() == []


def test_older_filings_are_looked_up_when_the_span_reaches_back(refresh: Refresh, replay: Replay) -> None:
    SET_UP["edgar"](replay)
    replay.on(r"submissions-001\.json", fixture("edgar_submissions.json").replace(b"2027-01-31", b"2018-01-28"))
    replay.on(r"CIK0001045810\.json", "edgar_submissions.json")
    refresh("edgar", "--from", "2018-01", "--to", "2018-06")
    assert "/submissions/CIK0001045810-submissions-001.json" in [asked.path for asked in replay.asked]


def test_an_unknown_firm_is_answered_with_those_there_are(refresh: Refresh, replay: Replay) -> None:
    run = refresh("edgar", "--firm", "Nvidea")
    assert run.code == 1 and "No mapping for Nvidea. Firms: NVIDIA, AMD" in run.stderr and replay.asked == []
