"""The briefing as a Word document: real headings, real tables with a header row, alternative text on each drawing.

Text goes in as text; nothing of it is read as a field, a formula or markup.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from pathlib import Path

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from analysis.charts import theme
from analysis.files import draft_of
from analysis.publish.briefing.archive import rewrite_with_fixed_dates
from analysis.publish.briefing.content import Briefing, Exhibit
from analysis.publish.briefing.drawing import drawing_png, drawing_svg
from analysis.publish.briefing.pdf import sources_line
from analysis.registry import citations

FONT = "Calibri"
TEXT_WIDTH_MM, PICTURE_WIDTH_MM = 170, 135   # two exhibits on a page
TABLE_PT = 9
FIRST_COLUMN_MM = 46


def write_word(briefing: Briefing, file: Path) -> None:
    """Write the briefing as a .docx file. Equal briefings give equal bytes."""
    document = Document()
    _settings(document, briefing)
    document.add_heading(briefing.title, 0)
    document.add_paragraph(briefing.subtitle, style="Subtitle")
    where = f"Briefing, edition {briefing.edition}, built {briefing.built}. {briefing.address}".strip()
    document.add_paragraph(where, style="Caption")
    document.add_paragraph(briefing.answer, style="Intense Quote")
    _bullets(document, "Where the rules stand", briefing.rules)
    document.add_heading("The options", 1)
    _options(document, briefing)
    _bullets(document, "What the book finds", briefing.findings)
    _bullets(document, "What is not known", briefing.caveats)
    document.add_heading("Exhibits", 1).paragraph_format.page_break_before = True
    for index, one in enumerate(briefing.exhibits, 1):
        _exhibit(document, index, one, briefing.edition)
    document.add_heading("The numbers", 1)
    _numbers(document, briefing)
    document.add_heading("Cite this edition", 1)
    document.add_paragraph(briefing.citation)
    with draft_of(file) as draft:
        document.save(str(draft))
        rewrite_with_fixed_dates(draft)


def _settings(document: WordDocument, briefing: Briefing) -> None:
    """Page, fonts, language and properties; the edition stands in the footer of every page."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin = section.bottom_margin = Mm(18)
    foot = (f"{citations.SHORT_WORK}, edition {briefing.edition}", briefing.address)
    section.footer.paragraphs[0].text = " · ".join(filter(None, foot))
    section.footer.paragraphs[0].style = document.styles["Caption"]
    for name, size, colour in (("Normal", 10.5, theme.INK), ("Title", 24, theme.INK), ("Subtitle", 13, theme.MUTED),
                               ("Heading 1", 15, theme.INK), ("Heading 2", 12, theme.INK), ("Caption", 9, theme.MUTED),
                               ("Intense Quote", 12, theme.INK), ("List Bullet", 10.5, theme.INK)):
        style = document.styles[name]
        style.font.name, style.font.size, style.font.italic = FONT, Pt(size), False
        style.font.bold = name.startswith(("Heading", "Title"))
        style.font.color.rgb = RGBColor.from_string(colour.lstrip("#"))
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in [a for a in fonts.attrib if a.endswith("Theme")]:   # the theme's font would win
            del fonts.attrib[attribute]
        for attribute in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
            fonts.set(qn(attribute), FONT)
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), "en-GB")
        style.element.rPr.append(language)
    for name in ("Normal", "List Bullet", "Intense Quote"):
        document.styles[name].paragraph_format.line_spacing = 1.05
    document.styles["List Bullet"].paragraph_format.space_after = Pt(2)
    quote = document.styles["Intense Quote"].paragraph_format
    quote.left_indent = quote.right_indent = Mm(0)
    document.styles["Caption"].paragraph_format.space_after = Pt(3)
    for name in ("Title", "Subtitle", "Intense Quote"):   # the template's coloured rules and wide letter spacing
        for element in document.styles[name].element.xpath("./w:pPr/w:pBdr | ./w:rPr/w:spacing"):
            element.getparent().remove(element)
    properties = document.core_properties
    properties.title, properties.author, properties.language = briefing.title, citations.AUTHOR, "en-GB"
    properties.subject = f"{citations.SHORT_WORK}, edition {briefing.edition}"
    properties.comments, properties.last_modified_by = "", citations.AUTHOR
    moment = dt.datetime.fromisoformat(briefing.built)
    properties.created = properties.modified = moment
    properties.revision = 1


def _bullets(document: WordDocument, heading: str, sentences: Sequence[str]) -> None:
    document.add_heading(heading, 1)
    for sentence in sentences:
        document.add_paragraph(sentence, style="List Bullet")


def _options(document: WordDocument, briefing: Briefing) -> None:
    options = briefing.options
    table = document.add_table(rows=1, cols=len(options.columns), style="Normal Table")
    for cell, name in zip(table.rows[0].cells, options.columns, strict=True):
        cell.text = name
    for row in options.rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    each = (TEXT_WIDTH_MM - FIRST_COLUMN_MM) / (len(options.columns) - 1)
    _lay_out(table, [Mm(FIRST_COLUMN_MM), *[Mm(each)] * (len(options.columns) - 1)])
    document.add_paragraph(options.note, style="Caption")


def _numbers(document: WordDocument, briefing: Briefing) -> None:
    table = document.add_table(rows=1, cols=5, style="Normal Table")
    for cell, name in zip(table.rows[0].cells, ("Number", "Value", "Interval", "Evidence", "As of"), strict=True):
        cell.text = name
    for row in briefing.rows:
        cells = table.add_row().cells
        _link(cells[0].paragraphs[0], row.label, row.url, TABLE_PT)
        for cell, text in zip(cells[1:], (row.value, row.interval, row.cls, row.as_of), strict=True):
            cell.text = text
    others = [Mm(28), Mm(32), Mm(21), Mm(23)]   # "estimated" and a day stand whole in a wide substitute font, too
    _lay_out(table, [Mm(TEXT_WIDTH_MM) - sum(others), *others])


def _lay_out(table, widths: Sequence[int]) -> None:
    """Column widths, a head that is repeated, rows that are never split, thin rules."""
    table.autofit = False
    _repeat_as_header(table.rows[0])
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for index, row in enumerate(table.rows):
        _never_split(row)
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.space_after = Pt(0)
                paragraph.paragraph_format.keep_with_next = index < len(table.rows) - 1   # the table stays on one page
                for run in paragraph.runs:
                    run.font.size, run.font.bold = Pt(TABLE_PT), index == 0
            _underline(cell, theme.GRID if index else theme.MUTED)


def _exhibit(document: WordDocument, index: int, one: Exhibit, edition: str) -> None:
    heading = document.add_heading(f"Exhibit {index}. {one.title}", 2)
    takeaway = document.add_paragraph(one.takeaway)
    unit = document.add_paragraph(one.unit, style="Caption")
    drawing = drawing_svg(one.id, one.spec, one.title, one.description)
    picture = document.add_paragraph()
    shape = picture.add_run().add_picture(io.BytesIO(drawing_png(drawing)), width=Mm(PICTURE_WIDTH_MM))
    described = shape._inline.docPr
    described.set("descr", f"{one.title}. {one.description}")
    described.set("title", one.title)
    picture.alignment = WD_ALIGN_PARAGRAPH.LEFT
    notes = [one.note] if one.note else []
    notes.append(f"Evidence: {', '.join(one.evidence)}. Sources: {sources_line(one.sources)}.")
    for note in notes:
        paragraph = document.add_paragraph(note, style="Caption")
        paragraph.paragraph_format.keep_with_next = True
    cite = document.add_paragraph(f"{citations.SHORT_WORK}, edition {edition}. ", style="Caption")
    _link(cite, one.address, one.url)
    for paragraph in (heading, takeaway, unit, picture):   # an exhibit stays together
        paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.keep_together = True


def _link(paragraph: Paragraph, text: str, url: str, size: float | None = None) -> None:
    """Add a hyperlink; python-docx has no call for it."""
    relation = paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), relation)
    run = paragraph.add_run(text)
    run.font.color.rgb = RGBColor.from_string(theme.ACCENT.lstrip("#"))
    run.font.size = size and Pt(size)
    link.append(run._r)
    paragraph._p.append(link)


def _underline(cell, colour: str) -> None:
    """A thin line under a cell: the only rule the table needs."""
    borders = OxmlElement("w:tcBorders")
    line = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", colour.lstrip("#"))):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    cell._tc.get_or_add_tcPr().append(borders)


def _repeat_as_header(row) -> None:
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _never_split(row) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
