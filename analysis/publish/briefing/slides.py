"""The briefing as slides of one message each: the answer, where the rules stand, the options, two exhibits with editable charts,
what is not known, the numbers. What is said beside a slide stands in its notes.

Text that would not fit its box is set smaller, down to a size that can still be read from the back of a room; what does
not fit even then is refused, so that no sentence is ever cut.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lxml import etree
from pptx import Presentation
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.slide import Slide
from pptx.util import Emu, Mm, Pt

from analysis.charts import theme
from analysis.charts.text import wrap
from analysis.files import draft_of
from analysis.publish.briefing.archive import rewrite_with_fixed_dates
from analysis.publish.briefing.content import Briefing, BriefingError, Exhibit
from analysis.publish.briefing.drawing import drawing_png, drawing_svg
from analysis.publish.briefing.native_chart import FONT, add_native_chart, describe, rgb
from analysis.publish.briefing.pdf import sources_line
from analysis.registry import citations

WIDTH_MM, HEIGHT_MM, MARGIN_MM = 338.7, 190.5, 16
SLIDES = 7
_GAP_MM, _INDENT_MM = 6, 6
_TITLE_ONLY = 5   # layout of python-pptx's default template
Box = tuple[float, float, float, float]   # left, top, width, height in mm


def write_slides(briefing: Briefing, file: Path) -> None:
    """Write the briefing as a .pptx file. Raises BriefingError naming the text that fits no slide."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Mm(WIDTH_MM), Mm(HEIGHT_MM)
    _properties(deck, briefing)
    _answer(deck, briefing)
    _sentences(deck, briefing, "Where the rules stand", briefing.rules)
    _options(deck, briefing)
    for index, one in enumerate(briefing.exhibits, 1):
        _exhibit(deck, briefing, index, one)
    _sentences(deck, briefing, "What is not known", briefing.caveats)
    _numbers(deck, briefing)
    with draft_of(file) as draft:
        deck.save(str(draft))
        rewrite_with_fixed_dates(draft)


@dataclass(frozen=True)
class Block:
    """Paragraphs of one look: preferred and smallest size in points."""

    paragraphs: Sequence[str]
    size: float
    smallest: float
    colour: str = theme.INK
    bullets: bool = False


def _answer(deck, briefing: Briefing) -> None:
    slide = _slide(deck, briefing, briefing.title, briefing.address)
    _stack(slide, (MARGIN_MM, 36, 306, 134), [Block([briefing.subtitle], 18, 14, theme.MUTED), Block([briefing.answer], 26, 15)])
    _notes(slide, briefing.findings)


def _sentences(deck, briefing: Briefing, title: str, sentences: Sequence[str]) -> None:
    slide = _slide(deck, briefing, title, briefing.address)
    _stack(slide, (MARGIN_MM, 40, 306, 130), [Block(sentences, 22, 12, bullets=True)])


def _options(deck, briefing: Briefing) -> None:
    slide = _slide(deck, briefing, "The options", briefing.address)
    columns = len(briefing.options.columns)
    widths = (76, *[(306 - 76) / (columns - 1)] * (columns - 1))
    bottom = _table(slide, "Table of options", [briefing.options.columns, *briefing.options.rows], widths)
    _stack(slide, (MARGIN_MM, bottom + 5, 306, 172 - bottom - 5), [Block([briefing.options.note], 16, 10, theme.MUTED)])


def _exhibit(deck, briefing: Briefing, index: int, one: Exhibit) -> None:
    slide = _slide(deck, briefing, one.title, one.address)
    lines = one.native and one.native.form == "line" and one.native.bounds
    unit = f"{one.unit} (broken lines: the ends of the intervals)" if lines else one.unit
    _stack(slide, (MARGIN_MM, 37, 206, 8), [Block([unit], 14, 10, theme.MUTED)])
    box = (MARGIN_MM, 46, 206, 124)
    if one.native:
        add_native_chart(slide, box, one)
    else:
        _picture(slide, box, one)
    _stack(slide, (232, 46, 91, 124), [Block([one.takeaway], 20, 13)])
    _notes(slide, [*([one.note] if one.note else []),
                   f"Evidence: {', '.join(one.evidence)}. Sources: {sources_line(one.sources)}. Exhibit {index}."])


def _numbers(deck, briefing: Briefing) -> None:
    slide = _slide(deck, briefing, "The numbers", briefing.address)
    rows = [("Number", "Value", "Interval", "Evidence", "As of"),
            *((row.label, row.value, row.interval, row.cls, row.as_of) for row in briefing.rows)]
    _table(slide, "Table of numbers", rows, (138, 46, 52, 36, 34))
    _notes(slide, [f"Cite: {briefing.citation}"])


def _notes(slide: Slide, sentences: Sequence[str]) -> None:
    """What the speaker sees."""
    slide.notes_slide.notes_text_frame.text = "\n".join(sentences)


def _table(slide: Slide, name: str, rows: Sequence[Sequence[str]], widths: Sequence[float]) -> float:
    """Put a table with a head under the title; returns where it ends, in mm from the top."""
    size, heights = _table_size(rows, widths)
    shape = slide.shapes.add_table(len(rows), len(widths), Mm(MARGIN_MM), Mm(36), Mm(sum(widths)), Mm(sum(heights)))
    shape.name = name
    describe(shape, f"{name}: " + "; ".join(f"{row[0]} {row[1]}" for row in rows[1:]))
    for column, width in zip(shape.table.columns, widths, strict=True):
        column.width = Mm(width)
    for index, row in enumerate(rows):
        shape.table.rows[index].height = Mm(heights[index])
        for cell, text in zip(shape.table.rows[index].cells, row, strict=True):
            cell.text = text
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            cell.margin_top = cell.margin_bottom = Emu(0)
            cell.margin_left = cell.margin_right = Mm(1.5)
            _style(cell.text_frame.paragraphs[0].runs[0], size, theme.BACKGROUND if index == 0 else theme.INK, index == 0)
            cell.fill.solid()
            cell.fill.fore_color.rgb = rgb(theme.ACCENT if index == 0 else theme.SEQ[0] if index % 2 == 0 else theme.BACKGROUND)
    return 36 + sum(heights)


def _table_size(rows: Sequence[Sequence[str]], widths_mm: Sequence[float]) -> tuple[float, list[float]]:
    """The largest size in points at which the table leaves room for a note below it, and the heights of its rows in mm."""
    for size in (16, 15, 14, 13, 12, 11, 10):
        line_mm = size * 25.4 / 72
        lines = [max(len(wrap(text, _px(width - 4), size * 96 / 72)) for text, width in zip(row, widths_mm, strict=True))
                 for row in rows]
        heights = [line_mm * (1.2 * count + 0.5) for count in lines]
        if sum(heights) <= 110:
            return size, heights
    raise BriefingError(f"briefing.yml: the table that begins with {rows[1][0][:60]!r} does not fit a slide; shorten it")


def _slide(deck, briefing: Briefing, title: str, address: str) -> Slide:
    """A slide with its title, and a foot with edition and address."""
    slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY])
    box = (MARGIN_MM, 11, 306, 23)
    slide.shapes.title.left, slide.shapes.title.top, slide.shapes.title.width, slide.shapes.title.height = map(Mm, box)
    slide.shapes.title.text_frame.vertical_anchor = MSO_ANCHOR.TOP
    heading = Block([title], 28, 20)
    _fill(slide.shapes.title.text_frame, heading, _scale([heading], box), bold=True)
    _stack(slide, (MARGIN_MM, 177, 280, 7), [
        Block([" · ".join(filter(None, (f"{citations.SHORT_WORK}, edition {briefing.edition}", address)))], 11, 9, theme.MUTED)])
    _stack(slide, (306, 177, 17, 7), [Block([f"{len(deck.slides)} of {SLIDES}"], 11, 9, theme.MUTED)])
    return slide


def _picture(slide: Slide, box: Box, one: Exhibit) -> None:
    drawing = drawing_svg(one.id, one.spec, one.title, one.description)
    root = etree.fromstring(drawing.encode())
    left, top, width, height = box
    scale = min(width / float(root.get("width")), height / float(root.get("height")))
    picture = io.BytesIO(drawing_png(drawing))
    shape = slide.shapes.add_picture(picture, Mm(left), Mm(top), width=Mm(float(root.get("width")) * scale))
    shape.name = one.title
    describe(shape, f"{one.title}. {one.description}")


def _stack(slide: Slide, box: Box, blocks: Sequence[Block]) -> None:
    """Set blocks under one another in a box, all scaled alike so that they fit."""
    left, top, width, _ = box
    scale = _scale(blocks, box)
    for block in blocks:
        height = _height(block, width, scale)
        shape = slide.shapes.add_textbox(Mm(left), Mm(top), Mm(width), Mm(height))
        _fill(shape.text_frame, block, scale)
        top += height + _GAP_MM * scale


def _scale(blocks: Sequence[Block], box: Box) -> float:
    """The largest factor on all sizes at which the blocks fit the box. Raises BriefingError when none does."""
    _, _, width, height = box
    for percent in range(100, 39, -4):
        scale = percent / 100
        needed = sum(_height(block, width, scale) for block in blocks) + (len(blocks) - 1) * _GAP_MM * scale
        if needed <= height:
            return scale
        if all(block.size * scale <= block.smallest for block in blocks):
            break
    first = next((text for block in blocks for text in block.paragraphs), "")
    raise BriefingError(f"briefing.yml: the text that begins {first[:60]!r} does not fit its place on a slide; shorten it")


def _points(block: Block, scale: float) -> float:
    return max(block.smallest, round(block.size * scale * 2) / 2)


def _height(block: Block, width_mm: float, scale: float) -> float:
    """Height in mm of a block, by the widths of its characters."""
    points = _points(block, scale)
    indent = _INDENT_MM if block.bullets else 0
    lines = sum(len(wrap(text, _px(width_mm - indent), points * 96 / 72)) for text in block.paragraphs)
    return (lines * 1.22 + max(len(block.paragraphs) - 1, 0) * 0.35) * points * 25.4 / 72


def _fill(frame, block: Block, scale: float, bold: bool = False) -> None:
    points = _points(block, scale)
    frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = Emu(0)
    for index, text in enumerate(block.paragraphs):
        paragraph = frame.paragraphs[0] if index == 0 else frame.add_paragraph()
        paragraph.alignment, paragraph.space_after = PP_ALIGN.LEFT, Pt(points * 0.35)
        _style(paragraph.add_run(), points, block.colour, bold)
        paragraph.runs[0].text = text
        if block.bullets:
            properties = paragraph._p.get_or_add_pPr()
            properties.set("marL", str(Mm(_INDENT_MM)))
            properties.set("indent", str(-Mm(_INDENT_MM)))
            bullet = etree.SubElement(properties, qn("a:buChar"))
            bullet.set("char", "•")


def _px(mm: float) -> float:
    return mm * 96 / 25.4


def _style(run, size: float, colour: str, bold: bool = False) -> None:
    run.font.size, run.font.name, run.font.bold = Pt(size), FONT, bold
    run.font.color.rgb = rgb(colour)


def _properties(deck, briefing: Briefing) -> None:
    properties = deck.core_properties
    properties.title, properties.author, properties.language = briefing.title, citations.AUTHOR, "en-GB"
    properties.subject, properties.last_modified_by = f"{citations.SHORT_WORK}, edition {briefing.edition}", citations.AUTHOR
    moment = dt.datetime.fromisoformat(briefing.built)
    properties.created = properties.modified = moment
    properties.revision = 1
