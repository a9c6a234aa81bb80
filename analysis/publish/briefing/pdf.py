"""The briefing as two A4 pages, tagged (PDF/UA-1) and archivable (PDF/A-2a), set by Typst without a network."""

from __future__ import annotations

import datetime as dt
import json
import re
import tempfile
from dataclasses import asdict
from pathlib import Path

from lxml import etree

from analysis.charts import theme
from analysis.publish.briefing.content import Briefing, BriefingError
from analysis.publish.briefing.drawing import FONT, drawing_svg
from analysis.registry import citations

STANDARDS = ["ua-1", "a-2a"]
PAGES = 2
CHART_WIDTH_MM, CHART_MAX_HEIGHT_MM = 118, 62
_FONTS = Path(__file__).parent / "fonts"
_TEMPLATE = Path(__file__).parent / "briefing.typ"


def write_pdf(briefing: Briefing, file: Path) -> None:
    """Set the briefing into `file`. Equal briefings give equal bytes.

    Raises BriefingError when the text does not fit two pages, and TypstError when the result would break a standard.
    """
    import pikepdf
    import typst

    with tempfile.TemporaryDirectory(prefix="briefing-") as folder:
        work = Path(folder)
        (work / "briefing.typ").write_text(_TEMPLATE.read_text(encoding="utf-8"), encoding="utf-8")
        (work / "briefing.json").write_text(json.dumps(_data(briefing, work), ensure_ascii=False), encoding="utf-8")
        year, month, day = _date(briefing)
        content = typst.compile(str(work / "briefing.typ"), root=folder, font_paths=[str(_FONTS)], ignore_system_fonts=True,
                                pdf_standards=STANDARDS, timestamp=dt.datetime(year, month, day, tzinfo=dt.UTC))
    scratch = file.with_name(f".{file.name}.tmp")
    scratch.write_bytes(content)
    with pikepdf.open(scratch) as pdf:
        pages = len(pdf.pages)
    if pages != PAGES:
        scratch.unlink()
        raise BriefingError(f"briefing.yml: the PDF has {pages} pages, {PAGES} are wanted; "
                            + ("shorten it" if pages > PAGES else "there is room for more"))
    scratch.replace(file)


def _date(briefing: Briefing) -> tuple[int, int, int]:
    year, month, day = map(int, briefing.built[:10].split("-"))
    return year, month, day


def _data(briefing: Briefing, folder: Path) -> dict:
    """What the template reads; the drawings are written beside it."""
    exhibits = []
    for one in briefing.exhibits:
        drawing = drawing_svg(one.id, one.spec, one.title, one.description)
        (folder / f"{one.id}.svg").write_text(drawing, encoding="utf-8")
        root = etree.fromstring(drawing.encode())
        height = CHART_WIDTH_MM * float(root.get("height")) / float(root.get("width"))
        exhibits.append({
            **{name: getattr(one, name) for name in ("title", "unit", "description", "note", "takeaway", "url", "address")},
            "evidence": ", ".join(one.evidence), "sources": sources_line(one.sources), "file": f"{one.id}.svg",
            "address_parts": re.findall(r"#?[^/#]+/?", one.address), "height_mm": min(height, CHART_MAX_HEIGHT_MM)})
    return {
        "title": briefing.title, "subtitle": briefing.subtitle, "answer": briefing.answer, "findings": briefing.findings,
        "rows": [asdict(row) for row in briefing.rows], "caveats": briefing.caveats, "exhibits": exhibits,
        "edition": briefing.edition, "built": briefing.built[:10], "date": _date(briefing), "address": briefing.address,
        "citation": briefing.citation, "author": citations.AUTHOR, "work": citations.SHORT_WORK, "font": FONT,
        "colours": {name: theme.BY_NAME[name].light for name in ("ink", "muted", "accent", "grid")},
    }


def sources_line(sources: tuple[str, ...], limit: int = 3) -> str:
    """The first sources and how many more there are; the figure's address leads to all of them."""
    more = f" and {len(sources) - limit} more" if len(sources) > limit else ""
    return "; ".join(sources[:limit]) + more
