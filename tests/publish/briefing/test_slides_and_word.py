"""The Word document and the slides have a structure that can be edited: headings, tables, charts with values and intervals."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from docx import Document
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE

from analysis.publish.briefing.slides import write_slides
from tests.publish.briefing.made_up import FIGURES, GIVEN, YEARS, charts_of

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
