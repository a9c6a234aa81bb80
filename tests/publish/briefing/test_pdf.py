"""The PDF is accessible and made to last, by an independent validator that is shown to see what would be wrong."""

from __future__ import annotations

import itertools

import page
import pikepdf
import pypdf
import pytest

from tests.publish.briefing.made_up import GIVEN, structure


def test_the_pdf_has_two_pages_and_declares_pdf_ua_and_pdf_a(pdf) -> None:
    assert len(pdf.pages) == 2
    metadata = pdf.open_metadata()
    assert metadata.get("pdfuaid:part") == "1"
    assert (metadata.get("pdfaid:part"), metadata.get("pdfaid:conformance")) == ("2", "A")
    assert metadata.get("dc:title") == GIVEN["title"]


@pytest.mark.parametrize("standard", ["PDF_UA_1", "PDF_A_2A"])
def test_an_independent_validator_finds_no_fault_in_the_pdf(written, standard) -> None:
    report = page.validate_pdf(written / "briefing.pdf", profile=getattr(page.ValidationProfile, standard))
    assert report.is_compliant, [f"{failure.rule_id}: {failure.message}" for failure in report.failures]
    assert report.rules.total > 100


def fonts_of(pdf) -> list:
    return [font for page in pdf.pages for font in page.resources.get("/Font", {}).values()]


def links_of(pdf) -> list:
    return [a for page in pdf.pages for a in page.get("/Annots", []) if a.Subtype == "/Link"]


@pytest.mark.parametrize("damage, rule", [
    (lambda pdf: pdf.Root.MarkInfo.__setitem__("/Marked", False), "TAGGED-DOCUMENT"),
    (lambda pdf: pdf.Root.ViewerPreferences.__setitem__("/DisplayDocTitle", False), "VIEWER-PREFERENCES"),
    (lambda pdf: [one.__delitem__("/Alt") for one in structure(pdf.Root.StructTreeRoot, []) if "/Alt" in one],
     "FIGURE-ALTERNATIVE-TEXT"),
    (lambda pdf: pdf.Root.__delitem__("/Lang"), "TEXT-LANGUAGE"),
    (lambda pdf: [font.DescendantFonts[0].FontDescriptor.__delitem__("/" + file) for font in fonts_of(pdf)
                  for file in ("FontFile2", "FontFile3") if "/" + file in font.DescendantFonts[0].FontDescriptor], "FONT"),
    (lambda pdf: [link.__delitem__("/Contents") for link in links_of(pdf)], "LINK"),
    (lambda pdf: [link.__delitem__("/StructParent") for link in links_of(pdf)], "LINK"),
    (lambda pdf: [page.__delitem__("/Tabs") for page in pdf.pages], "TAB"),
])
def test_the_validator_sees_a_document_that_is_not_accessible(written, tmp_path, damage, rule) -> None:
    with pikepdf.open(written / "briefing.pdf") as opened:
        damage(opened)
        opened.save(tmp_path / "worse.pdf")
    report = page.validate_pdf(tmp_path / "worse.pdf", profile=page.ValidationProfile.PDF_UA_1)
    assert not report.is_compliant
    assert any(rule in failure.rule_id for failure in report.failures), [failure.rule_id for failure in report.failures]


def test_headings_of_the_pdf_descend_without_gaps(pdf) -> None:
    kinds = [str(one.S) for one in structure(pdf.Root.StructTreeRoot, [])]
    levels = [int(kind[2:]) for kind in kinds if kind in ("/H1", "/H2", "/H3")]
    assert levels.count(1) >= 4 and levels.count(2) == 2 and levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_every_figure_of_the_pdf_has_alternative_text(pdf) -> None:
    described = [str(one.Alt) for one in structure(pdf.Root.StructTreeRoot, []) if str(one.S) == "/Figure"]
    assert [text for text in described if text] == ["Chart of Days undecided by Year.", "Chart of US$ billion by Year."]


def test_an_address_in_the_pdf_is_broken_only_after_a_slash_or_before_its_fragment(written) -> None:
    """A hyphen at the end of a line would be read as one that the line break put there."""
    lines = [line for page in pypdf.PdfReader(written / "briefing.pdf").pages for line in page.extract_text().splitlines()]
    beginnings = [line.strip() for line in lines if "book.example/" in line and "fig-" not in line and "Page" not in line]
    assert beginnings and all(line.endswith("/") or line.endswith(".html") for line in beginnings), beginnings


def test_the_tables_of_the_pdf_have_header_cells_with_a_scope(pdf) -> None:
    elements = structure(pdf.Root.StructTreeRoot, [])
    heads = [one for one in elements if str(one.S) == "/TH"]
    assert len(heads) == 5 + len(GIVEN["options"]["columns"])
    for head in heads:
        attributes = head.A if isinstance(head.A, pikepdf.Array) else [head.A]
        assert any(str(a.get("/Scope", "")) == "/Column" for a in attributes)
    rows = [one for one in elements if str(one.S) == "/TR"]
    assert len(rows) == 2 + len(GIVEN["numbers"]) + len(GIVEN["options"]["rows"])


def test_every_font_of_the_pdf_is_the_books_own_and_maps_to_unicode(pdf) -> None:
    fonts = fonts_of(pdf)
    assert fonts and all("/ToUnicode" in font for font in fonts)
    assert all("SourceSans3" in str(font.DescendantFonts[0].FontDescriptor.FontName) for font in fonts)
