"""Two pages, a Word document and slides say the same, with the values of the registry and nothing cut."""

from __future__ import annotations

import json
from dataclasses import replace

import pikepdf
import pypdf
import pytest
import yaml
from docx import Document
from pptx import Presentation

from analysis import paths
from analysis.publish.briefing.pdf import write_pdf
from analysis.registry.claims import PLACEHOLDER, load_claims, plain_sentence
from analysis.registry.forms import FORMS
from analysis.registry.numbers import load_numbers
from tests.publish.briefing.made_up import GIVEN, READERS, WRITERS, charts_of, pdf_text, slide_text, word_text
from tests.publish.conftest import REGISTRY


@pytest.mark.parametrize("read, ending", [(pdf_text, "pdf"), (word_text, "docx"), (slide_text, "pptx")])
def test_apostrophes_are_those_of_print(written, read, ending) -> None:
    text = read(written / f"briefing.{ending}")
    assert "A permission’s value is not a sale." in text and "'=Sold" not in text.replace("’", "")


@pytest.mark.parametrize("ending", READERS)
def test_each_document_holds_the_values_of_the_registry(written, ending) -> None:
    text = READERS[ending](written / f"briefing.{ending}")
    for number in REGISTRY:
        assert number.text in text, f"{number.id} is missing"
        assert number.interval in text
        assert number.cls in text


@pytest.mark.parametrize("ending", READERS)
def test_each_document_says_every_sentence_whole(written, ending) -> None:
    text = READERS[ending](written / f"briefing.{ending}")
    for sentence in ("One month more costs US$0.85 billion (90% interval −0.20 to 2.40); its sign is open.",
                     "Files waited 1,944 days in 2020, longer than the 1,122 days before.",
                     "Chinese firms bought US$24.5 billion (90% interval 20.1 to 29.9), not US$36.2 billion.",
                     "Waiting peaked in 2020 with 1,944 days.", "US$0.85 billion (−0.20 to 2.40)", "For one customer.",
                     "Nothing else is known.", *GIVEN["caveats"]):
        assert sentence in text


@pytest.mark.parametrize("ending", READERS)
def test_each_exhibit_carries_edition_and_address(written, ending) -> None:
    text = READERS[ending](written / f"briefing.{ending}").replace(" ", "")
    for slug, id in (("rules", "days"), ("sales", "lenses")):
        assert f"book.example/editions/2026.11/{slug}.html#fig-{id}" in text
    assert text.count("edition2026.11") >= 3


@pytest.mark.parametrize("ending", READERS)
def test_planted_formulas_and_markup_are_shown_as_text(written, ending) -> None:
    text = READERS[ending](written / f"briefing.{ending}")
    assert "=1+1 <b>bold</b> #strong[x] $x$" in text and "\u0007" not in text


@pytest.mark.parametrize("ending", READERS)
def test_equal_briefings_give_equal_bytes(make, tmp_path, ending) -> None:
    write = next(write for write, name in WRITERS if name == ending)
    write(make(), tmp_path / "one")
    write(make(), tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize("ending", READERS)
def test_the_built_briefing_holds_the_values_of_the_built_numbers_json(site, ending) -> None:
    """The book's own briefing: each number it names stands in each document with the value that numbers.json has."""
    published = {row["id"]: row for row in json.loads((site / "numbers.json").read_text())["numbers"]}
    registry = load_numbers(paths.NUMBERS_FILE)
    text = READERS[ending](site / "briefing" / f"briefing.{ending}")
    named = yaml.safe_load((paths.BOOK / "briefing.yml").read_text())["numbers"]
    entries = [next(iter(entry)) if isinstance(entry, dict) else entry for entry in named]
    assert entries
    for id, _, form in (entry.partition("|") for entry in entries):
        assert registry[id].value == published[id]["value"]
        assert FORMS[form](registry[id]) in text, f"{id} is missing in briefing.{ending}"
        assert registry[id].interval in text


def test_every_exhibit_of_the_built_slides_can_be_edited_and_shows_its_intervals(site) -> None:
    charts = charts_of(site / "briefing" / "briefing.pptx")
    assert len(charts) == 2
    for chart in charts:
        ends = [one.name for one in chart.plots[0].series if "end of the interval" in one.name]
        assert ends or chart._chartSpace.xpath("//c:errBars"), "neither lines nor brackets"


@pytest.mark.parametrize("ending", READERS)
def test_every_sentence_of_the_built_briefing_stands_whole_with_the_published_values(site, ending) -> None:
    published = {row["id"]: row for row in json.loads((site / "numbers.json").read_text())["numbers"]}
    registry = load_numbers(paths.NUMBERS_FILE)
    given = yaml.safe_load((paths.BOOK / "briefing.yml").read_text())
    claimed = {claim.id: claim.text for claim in load_claims()}
    sentences = [given["answer"], *(claimed[id] for id in given["claims"]), *(one["takeaway"] for one in given["exhibits"]),
                 *given["caveats"], *(rule for rule in given["rules"] if "|day" not in rule)]
    text = READERS[ending](site / "briefing" / f"briefing.{ending}")
    for sentence in sentences:
        assert plain_sentence(sentence, registry) in text, sentence
        for id, _ in PLACEHOLDER.findall(sentence):
            assert all(getattr(registry[id], field) == published[id][field] for field in ("value", "low", "high"))
SCRIPTS = "中芯国际 華為技術 삼성전자 ルネサス شركة الرقائق Škoda Łódź 👩‍💻😀"


def in_every_text(briefing, text):
    """The briefing with `text` in every one of its texts."""
    def exhibit(one):
        return replace(one, title=f"{one.title} {text}", unit=f"{one.unit} {text}", description=f"{one.description} {text}",
                       note=f"{one.note} {text}", takeaway=f"{one.takeaway} {text}", sources=(f"{text} {one.sources[0]}",))
    return replace(
        briefing, title=f"{briefing.title} {text[:4]}", subtitle=f"{briefing.subtitle} {text}", answer=f"{briefing.answer} {text}",
        rules=tuple(f"{one} {text}" for one in briefing.rules),
        findings=tuple(f"{one} {text}" for one in briefing.findings), caveats=tuple(f"{one} {text}" for one in briefing.caveats),
        rows=tuple(replace(row, label=f"{row.label} {text}") for row in briefing.rows),
        exhibits=tuple(map(exhibit, briefing.exhibits)))


def test_names_in_any_script_stand_in_all_three_documents(make, tmp_path, capsys) -> None:
    """One character that the font lacks used to end the build: the standard forbids a text that nobody can read."""
    briefing = in_every_text(make(), SCRIPTS)
    for write, ending in WRITERS:
        write(briefing, tmp_path / f"b.{ending}")
    text = "".join(page.extract_text() for page in pypdf.PdfReader(tmp_path / "b.pdf").pages)
    for name in ("中芯国际", "華為技術", "삼성전자", "ルネサス", "Škoda", "Łódź", "😀"):
        assert name in text, name
    assert any("\u0600" <= c <= "\u06ff" or "\ufb50" <= c <= "\ufefc" for c in text)
    with pikepdf.open(tmp_path / "b.pdf") as opened:
        assert opened.open_metadata().get("pdfuaid:part") == "1" and len(opened.pages) == 2
    assert SCRIPTS in "".join(paragraph.text for paragraph in Document(str(tmp_path / "b.docx")).paragraphs)
    slides = Presentation(str(tmp_path / "b.pptx")).slides
    assert any(SCRIPTS in shape.text_frame.text for slide in slides for shape in slide.shapes if shape.has_text_frame)
    assert capsys.readouterr().out == ""


def test_a_character_that_no_font_holds_is_printed_as_its_number_and_said(make, tmp_path, capsys) -> None:
    write_pdf(replace(make(), subtitle="A rune, ᚠ, and a private one, \ue000"), tmp_path / "b.pdf")
    text = "".join(page.extract_text() for page in pypdf.PdfReader(tmp_path / "b.pdf").pages)
    assert "A rune, [U+16A0], and a private one, [U+E000]" in text
    assert "! The briefing prints U+16A0, U+E000 as its number, because no font holds it, in: A rune" in capsys.readouterr().out
