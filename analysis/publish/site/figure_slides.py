"""A slide for every figure: its finding as the title, the drawing, edition and address at the foot, the rest in the notes."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from functools import cache, partial
from pathlib import Path

from analysis.publish.kept import Kept
from analysis.publish.site.facts import FigureFacts, Site
from analysis.registry import citations

WIDTH_MM, HEIGHT_MM, MARGIN_MM = 338.7, 190.5, 16
DRAWING_TOP_MM, DRAWING_BOTTOM_MM = 44, 172
_TITLE_ONLY = 5   # layout of python-pptx's default template


def write_figure_slides(site: Site, figures: Iterable[FigureFacts], folder: Path, kept: Kept) -> None:
    """Write `figures/<id>.pptx` beside the other files of each figure. Equal figures of a day give equal bytes, and are `kept`."""
    for figure in figures:
        facts = json.loads((folder / "figures" / f"{figure.id}.json").read_text(encoding="utf-8"))
        where = site.cite_figure(figure).url if citations.own_address(site.address) else ""
        foot = " · ".join(filter(None, (f"{citations.SHORT_WORK}, edition {site.edition}", where, citations.LICENCE)))
        sources = "; ".join(site.source_titles.get(source, source) for source in facts["source_ids"])
        notes = [facts["description"], facts["note"], f"Evidence: {', '.join(facts['evidence'])}.", f"Sources: {sources}."]
        slide, picture = folder / "figures" / f"{figure.id}.pptx", folder / "figures" / f"{figure.id}.png"
        says = (facts["title"], facts["unit"], facts["description"], foot, [note for note in notes if note], site.date)
        kept.put([slide], json.dumps(says).encode() + picture.read_bytes(), partial(_write, slide, picture, *says))


@cache
def _template() -> bytes:
    """An empty deck of the slides' size, as a file in memory."""
    import io

    from pptx import Presentation
    from pptx.util import Mm

    deck, file = Presentation(), io.BytesIO()
    deck.slide_width, deck.slide_height = Mm(WIDTH_MM), Mm(HEIGHT_MM)
    deck.save(file)
    return file.getvalue()


def _write(file: Path, picture: Path, title: str, unit: str, description: str, foot: str, notes: list[str], day: str) -> None:
    import io

    from pptx import Presentation
    from pptx.util import Mm

    from analysis.publish.briefing.archive import rewrite_with_fixed_dates
    from analysis.publish.briefing.native_chart import describe

    deck = Presentation(io.BytesIO(_template()))
    slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY])
    _say(slide.shapes.title, title, 28, bold=True, box=(MARGIN_MM, 10, WIDTH_MM - 2 * MARGIN_MM, 24))
    width = WIDTH_MM - 2 * MARGIN_MM
    for text, size, top in ((f"{unit[:1].upper()}{unit[1:]}", 16, 35), (foot, 11, 178)):
        _say(slide.shapes.add_textbox(0, 0, 0, 0), text, size, box=(MARGIN_MM, top, width, 8))
    shape = slide.shapes.add_picture(str(picture), Mm(MARGIN_MM), Mm(DRAWING_TOP_MM))
    scale = min(Mm(width) / shape.width, Mm(DRAWING_BOTTOM_MM - DRAWING_TOP_MM) / shape.height)
    shape.width, shape.height = int(shape.width * scale), int(shape.height * scale)
    shape.left = (deck.slide_width - shape.width) // 2
    describe(shape, f"{title}. {description}")
    slide.notes_slide.notes_text_frame.text = "\n".join(notes)
    properties = deck.core_properties
    properties.title, properties.author, properties.language = title, citations.AUTHOR, "en-GB"
    properties.last_modified_by, properties.revision = citations.AUTHOR, 1
    properties.created = properties.modified = dt.datetime.fromisoformat(day)
    deck.save(str(file))
    rewrite_with_fixed_dates(file)


def _say(shape, text: str, size: float, *, box: tuple[float, float, float, float], bold: bool = False) -> None:
    """Put one paragraph into a shape and the shape into its place (left, top, width, height in mm)."""
    from pptx.enum.text import PP_ALIGN
    from pptx.util import Mm, Pt

    from analysis.charts import theme
    from analysis.publish.briefing.native_chart import FONT, rgb

    shape.left, shape.top, shape.width, shape.height = map(Mm, box)
    frame = shape.text_frame
    frame.word_wrap = True
    frame.text = text
    paragraph = frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.LEFT
    font = paragraph.runs[0].font
    font.size, font.name, font.bold = Pt(size if len(text) < 90 or not bold else size * 0.8), FONT, bold
    font.color.rgb = rgb(theme.INK if bold else theme.MUTED)
