"""Two pages, a Word document and slides say the same, with the values of the registry and nothing cut."""

from __future__ import annotations

import io
import itertools
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import altair as alt
import page
import pandas as pd
import pikepdf
import pypdf
import pytest
import yaml
from docx import Document
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE

from analysis import paths
from analysis.charts import Figure, figure_files
from analysis.publish.briefing.content import BriefingError, load_briefing
from analysis.publish.briefing.pdf import write_pdf
from analysis.publish.briefing.slides import write_slides
from analysis.publish.briefing.word import write_word
from analysis.registry.claims import FORMS, PLACEHOLDER, Claim, load_claims, plain_sentence
from analysis.registry.numbers import load_numbers
from tests.publish.conftest import REGISTRY

WRITERS = ((write_pdf, "pdf"), (write_word, "docx"), (write_slides, "pptx"))

ADDRESS = "https://book.example/"
EDITION = {"edition": "2026.11", "built": "2026-11-22T10:00:00Z", "commit": "abc", "inputs_sha256": "0" * 64}
CLAIMS = [
    Claim("peak", "rules", "Files waited {rules.limbo_days.2020} in 2020, longer than the {rules.limbo_days.2019} before.",
          "{rules.limbo_days.2020} > {rules.limbo_days.2019}", "It dates the stalemate."),
    Claim("sales", "sales", "Chinese firms bought {sales.chinese_firms.2022|interval}, not {sales.china.2022}.",
          "{sales.chinese_firms.2022|high} < {sales.china.2022}", "Bases differ."),
    Claim("month", "cost", "The sign of a month's cost is open: {cost.month|interval}.", "{cost.month|low} < 0", "It is honest."),
]
GIVEN = {
    "title": "What does it cost not to decide?", "subtitle": "US chip sales to Chinese firms",
    "answer": "One month more costs {cost.month|interval}; its sign is open.",
    "rules": ["Files waited {rules.limbo_days.2020}, as known on {rules.limbo_days.2020|day}.", "Nothing else is known."],
    "options": {"columns": ["Choice", "Cost", "Weight"],
                "rows": [["Wait", "{cost.month} ({cost.month|range})", "{cost.weight}"], ["Decide", "nothing", "0"]],
                "note": "For one customer."},
    "claims": ["peak", "sales", "month"],
    "numbers": ["rules.limbo_days.2020", "sales.china.2022", "sales.chinese_firms.2022", "cost.month", "cost.weight"],
    "exhibits": [
        {"figure": "days", "takeaway": "Waiting peaked in 2020 with {rules.limbo_days.2020}.",
         "slide": {"form": "column", "category": "Year", "series": ["Days undecided"]}},
        {"figure": "lenses", "takeaway": "Two bases, two answers.",
         "slide": {"form": "line", "category": "Year", "by": "Lens", "value": "US$ billion"}}],
    "caveats": ["A permission's value is not a sale.", "The month's cost is a model's output, not a ledger's."],
}
PICTURE = {"figure": "cost", "takeaway": "The interval holds zero."}   # without an editable chart
YEARS = range(2016, 2026)
FIGURES = {
    "days": pd.DataFrame({"Year": YEARS, "Days undecided": [0, 10, 120, 1122, 1944, 800, 300, 250, 200, 900]}),
    "lenses": pd.DataFrame([{"Year": year, "Lens": lens, "US$ billion": (year - 2010) * factor}
                            for year in YEARS for lens, factor in (("Shipped to China", 3.1), ("=Sold to Chinese firms", 2.0))]),
    "cost": pd.DataFrame({"Months": range(1, 13), "Cost, US$ billion": [0.85 - 0.02 * m for m in range(1, 13)]}),
}


def draw(id: str, data: pd.DataFrame) -> Figure:
    x, y, *_ = [name for name in data.columns if name != "Lens"]

    def build(width: int) -> alt.Chart:
        chart = alt.Chart(data).mark_line() if id == "lenses" else alt.Chart(data).mark_bar()
        encoded = chart.encode(x=alt.X(x, type="ordinal"), y=alt.Y(y, type="quantitative"))
        return (encoded.encode(color="Lens:N") if id == "lenses" else encoded).properties(width=width - 90, height=200)
    return Figure(id=id, title=f"Finding of the figure {id}, stated as a sentence that a reader can quote",
                  description=f"Chart of {y} by {x}.", unit=y, source_ids=("bis-1", "sia-1"), evidence=("derived",), data=data,
                  chart=build, note="A caveat under the chart")


@pytest.fixture(scope="session")
def figures(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("figures")
    for id, data in FIGURES.items():
        figure_files(draw(id, data), folder)
    return folder


@pytest.fixture
def make(numbers, figures, tmp_path):
    """Load a briefing from GIVEN with changes."""
    def load(**changes):
        file = tmp_path / "briefing.yml"
        file.write_text(yaml.safe_dump({**GIVEN, **changes}, allow_unicode=True))
        return load_briefing(numbers, CLAIMS, figures, {"days": "rules", "lenses": "sales", "cost": "cost"}, EDITION, ADDRESS,
                             {"bis-1": "Federal Register", "sia-1": "SIA Factbook"}, file)
    return load


def test_every_number_of_the_briefing_comes_from_the_registry(make) -> None:
    briefing = make()
    assert briefing.answer == "One month more costs US$0.85 billion (90% interval −0.20 to 2.40); its sign is open."
    assert briefing.findings[0] == "Files waited 1,944 days in 2020, longer than the 1,122 days before."
    assert [row.value for row in briefing.rows] == ["1,944 days", "US$36.2 billion", "US$24.5 billion", "US$0.85 billion", "0.50"]
    assert briefing.rows[2].interval == "20.1 to 29.9 (90%)" and briefing.rows[1].interval == "–"


def test_exhibits_carry_the_permanent_address_of_their_edition(make) -> None:
    assert make().exhibits[0].address == "book.example/editions/2026.11/rules.html#fig-days"


def test_an_editable_chart_takes_its_values_from_the_figure_s_own_table(make) -> None:
    days, lenses = (one.native for one in make().exhibits)
    cost = make(exhibits=[GIVEN["exhibits"][0], PICTURE]).exhibits[1].native
    assert days.categories[:2] == ("2016", "2017") and days.series["Days undecided"][4] == 1944.0
    assert list(lenses.series) == ["Shipped to China", "'=Sold to Chinese firms"] and lenses.series["Shipped to China"][0] == 18.6
    assert cost is None


INTERVALS = {
    "stack": {"form": "stacked column", "category": "Year", "series": ["Own", "Other"], "low": "Low", "high": "High"},
    "groups": {"form": "line", "category": "Year", "by": "Lens", "value": "Mid", "low": "Low", "high": "High"},
}


@pytest.fixture
def with_intervals(make, figures):
    """A briefing whose first two exhibits have intervals: of a stack of columns, and of each of two lines."""
    kept = {id: (figures / f"{id}.csv").read_text() for id in ("days", "lenses")}
    (figures / "days.csv").write_text("Year,Own,Other,Low,High\n2019,100,20,90,150\n2020,200,0,150,1210\n")
    (figures / "lenses.csv").write_text("Year,Lens,Mid,Low,High\n2019,A,5,4,7\n2019,B,3,2,4\n2020,A,6,5,9\n2020,B,4,3,\n")
    yield make(exhibits=[{"figure": "days", "takeaway": "t", "slide": INTERVALS["stack"]},
                         {"figure": "lenses", "takeaway": "t", "slide": INTERVALS["groups"]}])
    for id, text in kept.items():
        (figures / f"{id}.csv").write_text(text)


def charts_of(file: Path) -> list:
    return [s.chart for slide in Presentation(str(file)).slides for s in slide.shapes if s.has_chart]


def test_an_editable_chart_draws_its_intervals(with_intervals, tmp_path) -> None:
    write_slides(with_intervals, tmp_path / "b.pptx")
    stack, lines = charts_of(tmp_path / "b.pptx")
    *without, last = stack.plots[0].series
    assert not any(one._element.xpath("./c:errBars") for one in without), "one bracket a column"
    plus, minus = (last._element.xpath(f"./c:errBars/c:{side}//c:v/text()") for side in ("plus", "minus"))
    assert (plus, minus) == (["30", "1010"], ["30", "50"]), "from the sum of 120 to 90 and 150, of 200 to 150 and 1,210"
    assert stack.value_axis.maximum_scale >= 1210, "the bracket is not cut"
    values = {one.name: list(one.values) for one in lines.plots[0].series}
    assert values["A"] == [5, 6] and values["A, lower end of the interval"] == [4, 5]
    assert values["B, upper end of the interval"][0] == 4 and len(values) == 6
    assert len(lines.legend._element.xpath("./c:legendEntry/c:delete")) == 4, "the legend names the lines, not their ends"


@pytest.mark.parametrize("change, message", [
    ({"low": "Days undecided"}, "give low and high, or neither"),
    ({"low": "Year", "high": "Year", "series": ["Days undecided", "Year"]}, "an interval belongs to one series"),
    ({"low": "Days undecided", "high": "Upper"}, "has no column 'Upper'"),
])
def test_half_an_interval_is_refused(make, change, message) -> None:
    slide = {"form": "column", "category": "Year", "series": ["Days undecided"], **change}
    with pytest.raises(BriefingError, match=message):
        make(exhibits=[{"figure": "days", "takeaway": "t", "slide": slide}, *GIVEN["exhibits"][1:]])


def test_a_slide_may_call_a_column_by_another_name(make) -> None:
    slide = {"form": "line", "category": "Year", "series": {"Days undecided": "Days that files waited"}}
    first = make(exhibits=[{"figure": "days", "takeaway": "t", "slide": slide}, *GIVEN["exhibits"][1:]]).exhibits[0].native
    assert list(first.series) == ["Days that files waited"] and first.series["Days that files waited"][4] == 1944.0


@pytest.mark.parametrize("changes, message", [
    ({"answer": "It costs {no.such.number}."}, "no number is registered as 'no.such.number'"),
    ({"claims": ["peak", "other"]}, "no claim 'other' in claims.yml"),
    ({"numbers": ["no.such"]}, "no number is registered as 'no.such'"),
    ({"numbers": ["cost.month|interval"]}, "cost.month|interval: in the table use bn or nothing after the bar"),
    ({"exhibits": GIVEN["exhibits"][:1]}, "1 exhibits; a page holds 2"),
    ({"rules": ["{no.such} holds."]}, "no number is registered as 'no.such'"),
    ({"rules": ["As known on {no.such|day}."]}, "no number is registered as 'no.such'"),
    ({"options": {"columns": ["Choice", "Cost"], "rows": [["Wait"]], "note": ""}}, "as many cells as there are columns"),
    ({"options": {"columns": ["Choice"]}}, "options has the fields columns, note, rows"),
    ({"numbers": [{"no.such": "A name"}]}, "no number is registered as 'no.such'"),
    ({"exhibits": [{"figure": "none", "takeaway": "t"}, *GIVEN["exhibits"][1:]]}, "there is no figure 'none'"),
    ({"exhibits": [{"figure": "days", "takeaway": "t", "slide": {"form": "pie", "category": "Year", "series": ["Days"]}},
                   *GIVEN["exhibits"][1:]]}, "form 'pie' is not one of"),
    ({"exhibits": [{"figure": "days", "takeaway": "t",
                    "slide": {"form": "column", "category": "Year", "series": ["Days undecided"], "colours": ["pink"]}},
                   *GIVEN["exhibits"][1:]]}, "no colour 'pink'"),
    ({"exhibits": [{"figure": "days", "takeaway": "t",
                    "slide": {"form": "column", "category": "Year", "series": ["Days undecided"], "muted": ["1999"]}},
                   *GIVEN["exhibits"][1:]]}, "no category '1999'"),
    ({"colour": "red"}, "unknown field colour"),
])
def test_a_briefing_that_names_what_does_not_exist_is_refused(make, changes, message) -> None:
    with pytest.raises(BriefingError) as caught:
        make(**changes)
    assert message in str(caught.value) and str(caught.value).startswith("briefing.yml: ")


def test_all_problems_of_a_briefing_are_reported_at_once(make) -> None:
    with pytest.raises(BriefingError) as caught:
        make(numbers=["no.one", "no.two"], claims=["other"])
    assert len(str(caught.value).splitlines()) == 3


PLANTED = "=1+1 <b>bold</b> #strong[x] $x$ \u0007"


@pytest.fixture(scope="module")
def written(tmp_path_factory, figures) -> Path:
    """The three documents, with formula, markup and a control character planted in texts."""
    folder = tmp_path_factory.mktemp("briefing")
    registry = {n.id: n for n in REGISTRY}
    registry["cost.weight"] = replace(registry["cost.weight"], label=PLANTED)
    file = folder / "briefing.yml"
    file.write_text(yaml.safe_dump({**GIVEN, "caveats": [*GIVEN["caveats"], PLANTED[:-1]]}, allow_unicode=True))
    briefing = load_briefing(registry, CLAIMS, figures, {"days": "rules", "lenses": "sales", "cost": "cost"}, EDITION, ADDRESS,
                             {"bis-1": "Federal Register", "sia-1": "SIA Factbook"}, file)
    for write, ending in WRITERS:
        write(briefing, folder / f"briefing.{ending}")
    return folder


def pdf_text(file: Path) -> str:
    text = " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(file).pages).split())
    return re.sub(r"(?<=\w)- (?=\w)", "-", text)   # a line may end after the hyphen of a compound word


def word_text(file: Path) -> str:
    document = Document(str(file))
    texts = [p.text for p in document.paragraphs]
    texts += ["".join(cell._tc.itertext()) for table in document.tables for row in table.rows for cell in row.cells]
    return " ".join(" ".join(texts).split())


def slide_text(file: Path) -> str:
    texts = []
    for slide in Presentation(str(file)).slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                texts.append(shape.text_frame.text)
            if shape.has_table:
                texts += [cell.text for row in shape.table.rows for cell in row.cells]
        if slide.has_notes_slide:
            texts.append(slide.notes_slide.notes_text_frame.text)
    return " ".join(" ".join(texts).split())


def as_typed(read: Callable[[Path], str]) -> Callable[[Path], str]:
    """The text of a document with the apostrophes of the keyboard, as the sources have them."""
    return lambda file: read(file).replace("’", "'")


READERS = {"pdf": as_typed(pdf_text), "docx": as_typed(word_text), "pptx": as_typed(slide_text)}


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


def structure(element, found: list) -> list:
    """Structure elements of a tagged PDF in reading order."""
    children = element.get("/K", [])
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        if isinstance(child, pikepdf.Dictionary) and "/S" in child:
            found.append(child)
            structure(child, found)
    return found


@pytest.fixture(scope="module")
def pdf(written):
    with pikepdf.open(written / "briefing.pdf") as opened:
        yield opened


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


@pytest.mark.parametrize("damage, rule", [
    (lambda pdf: pdf.Root.MarkInfo.__setitem__("/Marked", False), "TAGGED-DOCUMENT"),
    (lambda pdf: pdf.Root.ViewerPreferences.__setitem__("/DisplayDocTitle", False), "VIEWER-PREFERENCES"),
    (lambda pdf: [one.__delitem__("/Alt") for one in structure(pdf.Root.StructTreeRoot, []) if "/Alt" in one],
     "FIGURE-ALTERNATIVE-TEXT"),
    (lambda pdf: pdf.Root.__delitem__("/Lang"), "TEXT-LANGUAGE"),
])
def test_the_validator_sees_a_document_that_is_not_accessible(written, tmp_path, damage, rule) -> None:
    with pikepdf.open(written / "briefing.pdf") as opened:
        damage(opened)
        opened.save(tmp_path / "worse.pdf")
    report = page.validate_pdf(tmp_path / "worse.pdf", profile=page.ValidationProfile.PDF_UA_1)
    assert not report.is_compliant
    assert any(rule in failure.rule_id for failure in report.failures), [failure.rule_id for failure in report.failures]


def test_the_pdf_is_tagged_titled_and_says_its_language(pdf) -> None:
    """Matterhorn checkpoints that a program can decide: 02 tagged, 06/07 metadata and title shown, 11 language."""
    root = pdf.Root
    assert bool(root.MarkInfo.Marked) is True
    assert bool(root.ViewerPreferences.DisplayDocTitle) is True
    assert str(root.Lang).startswith("en")
    assert "/StructTreeRoot" in root and "/ParentTree" in root.StructTreeRoot
    assert all(page.get("/Tabs") == "/S" for page in pdf.pages if "/Annots" in page)


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


def test_every_font_of_the_pdf_is_embedded_and_maps_to_unicode(pdf) -> None:
    fonts = [font for page in pdf.pages for font in page.resources.get("/Font", {}).values()]
    assert fonts
    for font in fonts:
        assert "/ToUnicode" in font
        descriptor = font.DescendantFonts[0].FontDescriptor
        assert any(name in descriptor for name in ("/FontFile", "/FontFile2", "/FontFile3"))
        assert "SourceSans3" in str(descriptor.FontName)


def test_every_link_of_the_pdf_says_where_it_leads(pdf) -> None:
    links = [a for page in pdf.pages for a in page.get("/Annots", []) if a.Subtype == "/Link"]
    assert links and all("/Contents" in link and "/StructParent" in link for link in links)


def test_a_briefing_that_is_too_long_for_two_pages_is_refused(make, tmp_path) -> None:
    briefing = make()
    with pytest.raises(BriefingError, match="the PDF has 3 pages, 2 are wanted; shorten it"):
        write_pdf(replace(briefing, caveats=briefing.caveats * 30), tmp_path / "b.pdf")
    assert not (tmp_path / "b.pdf").exists()


def test_a_text_that_fits_no_slide_is_refused_and_never_cut(make, tmp_path) -> None:
    briefing = make()
    with pytest.raises(BriefingError, match="does not fit its place on a slide; shorten it"):
        write_slides(replace(briefing, answer=briefing.answer * 40), tmp_path / "b.pptx")
    assert not (tmp_path / "b.pptx").exists()


def test_the_word_document_has_real_headings_a_header_row_and_alternative_texts(written) -> None:
    document = Document(str(written / "briefing.docx"))
    headings = [(p.style.name, p.text) for p in document.paragraphs if p.style.name.startswith(("Heading", "Title"))]
    assert headings[0] == ("Title", GIVEN["title"]) and [name for name, _ in headings].count("Heading 1") == 7
    assert [name for name, _ in headings].count("Heading 2") == 2
    options, table = document.tables
    assert options.rows[0]._tr.xpath("./w:trPr/w:tblHeader") and len(options.rows) == 1 + len(GIVEN["options"]["rows"])
    assert table.rows[0]._tr.xpath("./w:trPr/w:tblHeader") and len(table.rows) == 1 + len(GIVEN["numbers"])
    descriptions = document.element.xpath("//wp:docPr/@descr")
    assert len(descriptions) == 2 and all("Chart of" in text for text in descriptions)
    *rows, last = ([p.paragraph_format.keep_with_next for cell in row.cells for p in cell.paragraphs] for row in table.rows)
    assert all(map(all, rows)) and not any(last), "the table stays on one page"
    assert document.core_properties.title == GIVEN["title"] and document.core_properties.language == "en-GB"
    assert not document.element.xpath("//w:fldSimple | //w:instrText")


def test_seven_slides_each_with_a_title_of_its_own_and_described_pictures(written) -> None:
    slides = Presentation(str(written / "briefing.pptx")).slides
    assert len({slide.shapes.title.text for slide in slides} - {""}) == len(slides) == 7
    shown = [s for slide in slides for s in slide.shapes if s.has_chart or s.has_table or s.shape_type == MSO_SHAPE_TYPE.PICTURE]
    assert len(shown) == 4 and all(s._element.xpath(".//p:cNvPr")[0].get("descr") for s in shown)


def test_editable_charts_hold_the_figure_s_values_and_no_formula(written) -> None:
    charts = [s.chart for slide in Presentation(str(written / "briefing.pptx")).slides for s in slide.shapes if s.has_chart]
    assert len(charts) == 2
    days, lenses = charts
    assert list(days.plots[0].series[0].values) == [float(v) for v in FIGURES["days"]["Days undecided"]]
    assert list(lenses.plots[0].categories) == [str(year) for year in YEARS]
    for chart in charts:
        with zipfile.ZipFile(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)) as workbook:
            sheet = workbook.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet


def test_text_on_slides_stays_inside_the_slide(written) -> None:
    deck = Presentation(str(written / "briefing.pptx"))
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.left + shape.width <= deck.slide_width
            assert shape.top >= 0 and shape.top + shape.height <= deck.slide_height


def test_no_document_tells_about_the_machine(written) -> None:
    for ending in ("docx", "pptx"):
        with zipfile.ZipFile(written / f"briefing.{ending}") as archive:
            content = b"".join(archive.read(name) for name in archive.namelist())
        assert b"/tmp/" not in content and str(Path.home()).encode() + b"/" not in content


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
        assert getattr(registry[id], FORMS[form]) in text, f"{id} is missing in briefing.{ending}"
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


@pytest.mark.parametrize("change", [
    lambda one: replace(one, caveats=one.caveats * 40),
    lambda one: replace(one, answer=one.answer * 40),
    lambda one: replace(one, findings=one.findings * 12, rows=one.rows * 8),
    lambda one: replace(one, exhibits=tuple(replace(e, sources=("A title that goes on and on " * 40,) * 3) for e in one.exhibits)),
    lambda one: replace(one, exhibits=tuple(replace(e, note="很长的注释" * 300) for e in one.exhibits)),
], ids=["caveats", "answer", "findings and numbers", "titles of sources", "notes without a space"])
def test_a_briefing_that_is_too_long_is_shortened_in_all_three_documents_and_says_so(change, make, tmp_path, monkeypatch, capsys):
    from analysis.publish import briefing as pack

    long = change(make())
    monkeypatch.setattr("analysis.publish.briefing.content.load_briefing", lambda *_unused: long)
    written = pack.write_briefing(tmp_path / "briefing", {}, tmp_path, {}, EDITION, ADDRESS, {})
    assert sorted(file.name for file in (tmp_path / "briefing").iterdir()) == sorted(pack.FILES)
    with pikepdf.open(tmp_path / "briefing" / "briefing.pdf") as opened:
        assert len(opened.pages) == 2
    assert "! The briefing did not fit two pages and its slides; in all three documents: " in capsys.readouterr().out
    assert [row.value for row in written.rows] == [row.value for row in long.rows[:len(written.rows)]], "a number is never cut"
    assert len(written.caveats) >= 2 and len(written.findings) >= 3
