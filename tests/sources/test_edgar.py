"""Revenue by geography: the right facts, parts that add up, bases that are known, and each firm-year once."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from analysis.data import load_table, resolve
from analysis.data.vocabulary import BASIS_CLASSES
from analysis.sources import edgar
from analysis.sources.errors import Incomplete, SchemaChanged, SourceError
from analysis.sources.filing_list import fiscal_quarter, fiscal_year
from analysis.sources.filings_in_book import Book
from analysis.sources.geography import Basis, DoesNotReconcile, FirmMapping, read_mapping, split
from analysis.sources.xbrl import read_instance

from .conftest import SET_UP, Refresh, Replay, fixture

INSTANCE = fixture("edgar_instance.xml")
NVIDIA = FirmMapping("NVIDIA", 1045810, "nvidia", ("nvda:ChinaIncludingHongKongMember",), (Basis("hq", "customer headquarters"),))
END = "2027-01-31"


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_chinas_part_is_the_member_of_the_right_year_and_of_geography_alone() -> None:
    found = split(read_instance(INSTANCE), NVIDIA, END)
    assert (found.total, found.china, found.research) == (250_000_000_000, 12_345_000_000, 21_000_000_000)
    assert set(found.parts) == {"country:US", "country:TW", "nvda:ChinaIncludingHongKongMember", "nvda:OtherCountriesMember"}
    assert sum(found.parts.values()) == found.total


def test_standard_names_are_known_by_their_namespace_not_by_the_prefix() -> None:
    renamed = (
        INSTANCE.replace(b"us-gaap:", b"g:")
        .replace(b"xmlns:us-gaap", b"xmlns:g")
        .replace(b"srt:", b"s:")
        .replace(b"xmlns:srt", b"xmlns:s")
    )
    assert split(read_instance(renamed), NVIDIA, END).china == 12_345_000_000


INLINE = b"""<?xml version="1.0" encoding="utf-8"?>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:ix="http://www.xbrl.org/2013/inlineXBRL"
 xmlns:xbrli="http://www.xbrl.org/2003/instance"
 xmlns:xbrldi="http://xbrl.org/2006/xbrldi" xmlns:us-gaap="http://fasb.org/us-gaap/2026" xmlns:srt="http://fasb.org/srt/2026"
 xmlns:country="http://xbrl.sec.gov/country/2026" xmlns:dei="http://xbrl.sec.gov/dei/2026" xmlns:iso4217="http://www.xbrl.org/2003/iso4217"
 xmlns:ixt="http://www.xbrl.org/inlineXBRL/transformation/2020-02-12" xmlns:nvda="http://www.nvidia.com/2026">
<head><title>10-K</title></head><body><div style="display:none"><ix:header><ix:hidden>
<ix:nonNumeric name="dei:EntityCentralIndexKey" contextRef="all">0001045810</ix:nonNumeric></ix:hidden><ix:resources>
<xbrli:context id="all"><xbrli:entity>
<xbrli:identifier scheme="http://www.sec.gov/CIK">0001045810</xbrli:identifier></xbrli:entity>
<xbrli:period><xbrli:startDate>2026-01-26</xbrli:startDate><xbrli:endDate>2027-01-31</xbrli:endDate></xbrli:period></xbrli:context>
<xbrli:context id="us"><xbrli:entity>
<xbrli:identifier scheme="http://www.sec.gov/CIK">0001045810</xbrli:identifier><xbrli:segment>
<xbrldi:explicitMember dimension="srt:StatementGeographicalAxis">country:US</xbrldi:explicitMember></xbrli:segment></xbrli:entity>
<xbrli:period><xbrli:startDate>2026-01-26</xbrli:startDate><xbrli:endDate>2027-01-31</xbrli:endDate></xbrli:period></xbrli:context>
<xbrli:context id="cn"><xbrli:entity>
<xbrli:identifier scheme="http://www.sec.gov/CIK">0001045810</xbrli:identifier><xbrli:segment>
<xbrldi:explicitMember dimension="srt:StatementGeographicalAxis">nvda:ChinaIncludingHongKongMember</xbrldi:explicitMember>
</xbrli:segment>
</xbrli:entity>
<xbrli:period><xbrli:startDate>2026-01-26</xbrli:startDate><xbrli:endDate>2027-01-31</xbrli:endDate></xbrli:period></xbrli:context>
<xbrli:unit id="usd"><xbrli:measure>iso4217:USD</xbrli:measure></xbrli:unit></ix:resources></ix:header></div>
<p>United States $<ix:nonFraction name="us-gaap:Revenues" contextRef="us" unitRef="usd" decimals="-6" scale="6"
 format="ixt:num-dot-decimal">237,655</ix:nonFraction>; China $<ix:nonFraction name="us-gaap:Revenues" contextRef="cn" unitRef="usd"
 decimals="-6" scale="6" format="ixt:num-dot-decimal"><b>12,345</b></ix:nonFraction>; total $<ix:nonFraction name="us-gaap:Revenues"
 contextRef="all" unitRef="usd" decimals="-6" scale="6" format="ixt:num-dot-decimal">250,000</ix:nonFraction>;
 other (<ix:nonFraction
 name="us-gaap:OtherNonoperatingIncomeExpense" contextRef="all" unitRef="usd" decimals="-6" scale="6" sign="-"
 format="ixt:num-dot-decimal">7</ix:nonFraction>), none <ix:nonFraction name="us-gaap:GoodwillImpairmentLoss" contextRef="all"
 unitRef="usd" decimals="-6" scale="6" format="ixt:fixed-zero">\xe2\x80\x94</ix:nonFraction></p></body></html>"""


def test_an_inline_document_is_read_like_the_instance_extracted_from_it() -> None:
    instance = read_instance(INLINE)
    found = split(instance, NVIDIA, END)
    assert (found.total, found.china) == (250_000_000_000, 12_345_000_000)
    assert instance.cover == {"dei:EntityCentralIndexKey": "0001045810"}
    values = {fact.concept: fact.value for fact in instance.facts}
    assert values["us-gaap:OtherNonoperatingIncomeExpense"] == -7_000_000 and values["us-gaap:GoodwillImpairmentLoss"] == 0


def test_a_web_page_without_facts_is_no_inline_document() -> None:
    with pytest.raises(SchemaChanged, match="no XBRL contexts"):
        read_instance(b'<html xmlns="http://www.w3.org/1999/xhtml"><body>Access denied</body></html>')


def test_a_filing_without_an_extracted_instance_is_read_from_its_main_page(refresh: Refresh, replay: Replay) -> None:
    SET_UP["edgar"](replay)
    replay.on(r"/index\.json", b'{"directory": {"item": [{"name": "nvda-20270131.htm"}, {"name": "R1.htm"}]}}')
    replay.on(r"nvda-20270131\.htm", INLINE)
    run = refresh("edgar")
    assert run.code == 0, run.stderr
    (row,) = rows(refresh.out / "company_filings.csv")
    assert (row["fiscal_year"], row["china_revenue_usd_m"]) == ("FY2027", "12345")


def test_parts_that_miss_the_total_are_refused_with_every_member() -> None:
    with pytest.raises(DoesNotReconcile, match=r"add up to 250,010, but total revenue is 250,000 .*country:TW 45,010"):
        split(read_instance(INSTANCE.replace(b">45000000000<", b">45010000000<")), NVIDIA, END)


def test_parts_may_miss_the_total_by_their_rounding_and_no_more() -> None:
    """Five figures to the million, each off by at most half a million."""
    near = INSTANCE.replace(b">45000000000<", b">45002000000<")
    assert split(read_instance(near), NVIDIA, END).china == 12_345_000_000
    with pytest.raises(DoesNotReconcile):
        split(read_instance(INSTANCE.replace(b">45000000000<", b">45003000000<")), NVIDIA, END)


def test_a_subtotal_is_left_out_when_the_mapping_names_it() -> None:
    regional = INSTANCE.replace(b"country:TW", b"srt:AsiaMember").replace(b">45000000000<", b">57345000000<")
    with pytest.raises(DoesNotReconcile, match="If one of them contains others, name it under subtotals"):
        split(read_instance(regional), NVIDIA, END)
    # With the subtotal set aside the rest must still add up: the United States take what Asia outside China had.
    whole = regional.replace(b">180000000000<", b">225000000000<")
    named = FirmMapping(**{**vars(NVIDIA), "subtotals": ("srt:AsiaMember",)})
    assert split(read_instance(whole), named, END).china == 12_345_000_000


def test_a_member_that_the_mapping_does_not_know_is_not_guessed() -> None:
    unknown = INSTANCE.replace(b"nvda:ChinaIncludingHongKongMember", b"nvda:GreaterChinaMember")
    with pytest.raises(
        DoesNotReconcile,
        match=r"no member that the mapping knows as China; members in USD million: .*nvda:GreaterChinaMember 12,345",
    ):
        split(read_instance(unknown), NVIDIA, END)


def test_two_members_for_china_are_not_chosen_between() -> None:
    both = FirmMapping(**{**vars(NVIDIA), "china": (*NVIDIA.china, "country:TW")})
    with pytest.raises(DoesNotReconcile, match="several members for China"):
        split(read_instance(INSTANCE), both, END)


def test_hong_kong_reported_apart_is_added_and_kept_apart() -> None:
    apart = FirmMapping(**{**vars(NVIDIA), "hong_kong": ("nvda:OtherCountriesMember",)})
    found = split(read_instance(INSTANCE), apart, END)
    assert found.china == 25_000_000_000 and found.hong_kong == 12_655_000_000


def test_a_figure_that_the_filing_contradicts_itself_is_refused() -> None:
    twice = INSTANCE.replace(
        b'decimals="-8" id="f-12" unitRef="usd">250000000000', b'decimals="-8" id="f-12" unitRef="usd">251000000000'
    )
    with pytest.raises(DoesNotReconcile, match="stands in the filing as 251,000,000,000 and as 250,000,000,000"):
        split(read_instance(twice), NVIDIA, END)


def test_a_quarter_is_not_taken_for_a_year() -> None:
    quarter = INSTANCE.replace(b"<startDate>2026-01-26<", b"<startDate>2026-10-26<")
    with pytest.raises(DoesNotReconcile, match="no revenue by geography is tagged"):
        split(read_instance(quarter), NVIDIA, END)


@pytest.mark.parametrize(
    ("body", "error", "message"),
    [
        (INSTANCE[: len(INSTANCE) // 2], Incomplete, "does not end"),
        (b"", Incomplete, "the XML"),
        (b"<html><body>Not Found</body></html>", SchemaChanged, "expected an XBRL instance"),
        (INSTANCE.replace(b'contextRef="c-12"', b'contextRef="c-99"'), SchemaChanged, "refers to the context 'c-99'"),
        (INSTANCE.replace(b">12345000000<", b">twelve<"), SchemaChanged, "is 'twelve' with decimals '-6', expected numbers"),
    ],
)
def test_a_damaged_instance_is_refused_with_the_reason(body: bytes, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        read_instance(body)


def test_an_instance_cannot_read_files_of_this_machine(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("12345")
    hostile = INSTANCE.replace(b"<xbrl ", f'<!DOCTYPE xbrl [<!ENTITY x SYSTEM "{secret.as_uri()}">]>\n<xbrl '.encode(), 1).replace(
        b">12345000000<", b">&x;<"
    )
    with pytest.raises((SchemaChanged, Incomplete)) as caught:
        read_instance(hostile)
    assert "12345" not in str(caught.value)


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


def test_the_mapping_agrees_with_the_tables() -> None:
    """Every firm is in the table of firms, and where the newest annual row has a basis, the mapping has the same for that year."""
    mappings, book = read_mapping(edgar.MAPPING), Book.load()
    annual = load_table("company_filings").query("period_type == 'annual' and basis_class != '' and basis_class != 'unknown'")
    for firm, mapping in mappings.items():
        assert book.firm(firm) and mapping.bases and {basis.basis_class for basis in mapping.bases} <= set(BASIS_CLASSES)
        known = annual[annual["firm"] == firm].sort_values("fiscal_year_end")
        if len(known):
            newest = known.iloc[-1]
            basis = mapping.basis(f"{newest['fiscal_year_end']:%Y-%m-%d}")
            assert basis is not None and basis.basis_class == newest["basis_class"], firm


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("A: {cik: 1, source: a, china: [x]}", "bases is missing"),
        ("A: {cik: 1, source: a, chino: [x], china: [x], bases: [{basis: hq}]}", "unknown field 'chino'; did you mean 'china'?"),
        (
            "A: {cik: 1, source: a, china: [x], seen_in: {y: here}, bases: [{basis: billing}]}",
            "seen_in says of members named above",
        ),
        ("A: {cik: 1, source: a, china: [x], bases: [{basis: hq}]}", "a headquarters basis, and no other, has an hq_kind"),
        ("A: {cik: 1, source: a, china: [x], bases: [{basis: headquarters}]}", "a basis is not one of billing, ship_to"),
        ("", "holds no firms"),
        ("A: [", "mapping.yml"),
    ],
)
def test_a_wrong_mapping_is_explained(entry: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "mapping.yml"
    file.write_text(entry)
    with pytest.raises(SourceError, match=re.escape(message)):
        read_mapping(file)
