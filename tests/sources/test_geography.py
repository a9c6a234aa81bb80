"""Revenue by geography in a filing: the right facts, parts that add up, a mapping that is checked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analysis.data import load_table
from analysis.data.vocabulary import BASIS_CLASSES
from analysis.sources import edgar
from analysis.sources.errors import Incomplete, SchemaChanged, SourceError
from analysis.sources.filings_in_book import Book
from analysis.sources.geography import Basis, DoesNotReconcile, FirmMapping, read_mapping, split
from analysis.sources.xbrl import read_instance

from .conftest import fixture

INSTANCE = fixture("edgar_instance.xml")
BY_CUSTOMER = Basis(basis_class="hq", attribution="customer headquarters", hq_kind="direct_customer")
NVIDIA = FirmMapping(
    firm="NVIDIA", cik=1045810, source="nvidia", china=("nvda:ChinaIncludingHongKongMember",), bases=(BY_CUSTOMER,))
END = "2027-01-31"


def apart(**more) -> FirmMapping:
    """The mapping of a firm that reports Hong Kong apart from China."""
    return FirmMapping(**{**vars(NVIDIA), "hong_kong": ("nvda:OtherCountriesMember",), **more})


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
    found = split(read_instance(INSTANCE), apart(), END)
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
        ("A: {cik: 1, source: a, china: [x]}", "missing field 'bases'"),
        ("A: {cik: 1, source: a, chino: [x], china: [x], bases: [{basis: hq}]}", "unknown field 'chino'; did you mean 'china'?"),
        (
            "A: {cik: 1, source: a, china: [x], seen_in: {y: here}, bases: [{basis: billing}]}",
            "seen_in says of members named above",
        ),
        ("A: {cik: 1, source: a, china: [x], bases: [{basis: hq}]}", "a headquarters basis, and no other, has an hq_kind"),
        (
            "A: {cik: 1, source: a, china: [x], bases: [{basis: headquarters}]}",
            "bases: entry 1: basis 'headquarters' is not one of billing, ship_to",
        ),
        ("", "holds no firms"),
        ("A: [", "mapping.yml"),
    ],
)
def test_a_wrong_mapping_is_explained(entry: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "mapping.yml"
    file.write_text(entry)
    with pytest.raises(SourceError, match=re.escape(message)):
        read_mapping(file)
