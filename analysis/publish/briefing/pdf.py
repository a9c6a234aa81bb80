"""The briefing as two A4 pages, tagged (PDF/UA-1) and archivable (PDF/A-2a), set by Typst without a network."""

from __future__ import annotations

import datetime as dt
import functools
import io
import json
import re
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lxml import etree

from analysis.charts import theme
from analysis.charts.fallback import fonts_for
from analysis.files import write_whole
from analysis.publish.ancillary import note
from analysis.publish.briefing.content import Briefing, BriefingError
from analysis.publish.briefing.drawing import FONT, drawing_svg
from analysis.registry import citations

STANDARDS = ["ua-1", "a-2a"]
PAGES = 2
CHART_WIDTH_MM, CHART_MAX_HEIGHT_MM = 150, 82   # the text of a chart can be read at arm's length
_FONTS = Path(__file__).parent / "fonts"
_TEMPLATE = Path(__file__).parent / "briefing.typ"


def write_pdf(briefing: Briefing, file: Path) -> None:
    """Set the briefing into `file`. Equal briefings give equal bytes. A character that no font holds is printed as its number.

    Raises BriefingError when the text does not fit two pages, and TypstError when the result would break a standard.
    """
    content, pages = _set(briefing)
    if pages > PAGES:
        raise BriefingError(f"briefing.yml: the PDF has {pages} pages, {PAGES} are wanted; shorten it")
    if pages < PAGES:
        note(f"The briefing has {pages} page; there is room for more.")
    write_whole(file, content)


def _set(briefing: Briefing) -> tuple[bytes, int]:
    """The PDF and the number of its pages."""
    import pikepdf
    import typst

    with tempfile.TemporaryDirectory(prefix="briefing-") as folder:
        work = Path(folder)
        data = _data(briefing, work)
        drawings = "".join(drawing.read_text(encoding="utf-8") for drawing in work.glob("*.svg"))
        fonts, families, missing = fonts_for(lacking(json.dumps(data, ensure_ascii=False) + drawings))
        data["font"] = [FONT, *families]
        text = json.dumps(_printable(data, missing), ensure_ascii=False)
        (work / "briefing.typ").write_text(_TEMPLATE.read_text(encoding="utf-8"), encoding="utf-8")
        (work / "briefing.json").write_text(text, encoding="utf-8")
        for drawing in work.glob("*.svg") if missing else ():
            drawing.write_text(_without(drawing.read_text(encoding="utf-8"), missing), encoding="utf-8")
        year, month, day = _date(briefing)
        folders = [str(_FONTS), *([str(fonts)] if fonts else [])]
        content = typst.compile(str(work / "briefing.typ"), root=folder, font_paths=folders, ignore_system_fonts=True,
                                pdf_standards=STANDARDS, timestamp=dt.datetime(year, month, day, tzinfo=dt.UTC))
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return content, len(pdf.pages)


def lacking(text: str) -> frozenset[str]:
    """The characters of `text` that the briefing's own font does not hold in every style."""
    return frozenset(c for c in set(text) - _own() if not c.isspace())


@functools.cache
def _own() -> frozenset[str]:
    from fontTools.ttLib import TTFont

    held = [{chr(code) for code in TTFont(file, lazy=True).getBestCmap()} for file in sorted(_FONTS.glob("*.otf"))]
    return frozenset(set.intersection(*held))


def _printable(value: Any, missing: frozenset[str]) -> Any:
    """`value` with the characters that no font holds as their numbers; each text that has some is said."""
    if isinstance(value, str):
        if found := sorted(missing & set(value)):
            note(f"The briefing prints {', '.join(f'U+{ord(c):04X}' for c in found)} as its number, because no font holds it, in: "
                 f"{_without(value, missing)[:100]}")
        return _without(value, missing)
    if isinstance(value, dict):
        return {name: _printable(one, missing) for name, one in value.items()}
    return [_printable(one, missing) for one in value] if isinstance(value, list | tuple) else value


def _without(text: str, missing: frozenset[str]) -> str:
    return "".join(f"[U+{ord(c):04X}]" if c in missing else c for c in text) if missing else text


def _date(briefing: Briefing) -> tuple[int, int, int]:
    year, month, day = map(int, briefing.built.split("-"))
    return year, month, day


def _data(briefing: Briefing, folder: Path) -> dict:
    """What the template reads; the drawings are written beside it."""
    exhibits = []
    for one in briefing.exhibits:
        drawing = drawing_svg(one.id, one.spec, one.title, one.description)
        (folder / f"{one.id}.svg").write_text(drawing, encoding="utf-8")
        root = etree.fromstring(drawing.encode())
        scale = min(CHART_WIDTH_MM / float(root.get("width")), CHART_MAX_HEIGHT_MM / float(root.get("height")))
        exhibits.append({
            **{name: getattr(one, name) for name in ("title", "unit", "description", "note", "takeaway", "url", "address")},
            "evidence": ", ".join(one.evidence), "sources": sources_line(one.sources), "file": f"{one.id}.svg",
            "address_parts": re.findall(r"#?[^/#]+/?", one.address), "width_mm": scale * float(root.get("width")),
            "height_mm": scale * float(root.get("height"))})
    return {
        "title": briefing.title, "subtitle": briefing.subtitle, "answer": briefing.answer, "findings": briefing.findings,
        "rules": briefing.rules, "options": asdict(briefing.options),
        "rows": [asdict(row) for row in briefing.rows], "caveats": briefing.caveats, "exhibits": exhibits,
        "edition": briefing.edition, "built": briefing.built, "date": _date(briefing), "address": briefing.address,
        "citation": briefing.citation, "author": citations.AUTHOR, "work": citations.SHORT_WORK, "font": FONT,
        "colours": {name: theme.BY_NAME[name].light for name in ("ink", "muted", "accent", "grid")},
    }


def sources_line(sources: tuple[str, ...], limit: int = 3) -> str:
    """The first sources and how many more there are; the figure's address leads to all of them."""
    more = f" and {len(sources) - limit} more" if len(sources) > limit else ""
    return "; ".join(sources[:limit]) + more
