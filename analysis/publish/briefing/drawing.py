"""A figure's drawing for a document: light colours, the briefing's font, no title (the document sets it as text)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from analysis.charts import svg, theme
from analysis.charts.fallback import png_of

FONT = "Source Sans 3"
_VARIABLE = re.compile(r"var\(--chart-[a-z0-9-]+, (#[0-9a-f]{6})\)")


def drawing_svg(id: str, spec: Mapping[str, Any], title: str, description: str) -> str:
    """The wide drawing as SVG text with plain colours."""
    page = svg.page_svg(svg.draw(dict(spec)), prefix=f"b-{id}", title=title, description=description, alternative="cs-wide")
    return _VARIABLE.sub(r"\1", page).replace(theme.PAGE_FONT_STACK, FONT).replace(f'"{theme.DRAWING_FONT}"', f'"{FONT}"')


def drawing_png(drawing: str) -> bytes:
    """The drawing on white paper at three times its size, for Word and for slides without an editable chart."""
    paper = f'<rect width="100%" height="100%" fill="{theme.BACKGROUND}"/>'   # translucent bands need it
    on_paper = re.sub(r"(<svg\b[^>]*>)", rf"\1{paper}", drawing, count=1)
    return png_of(on_paper.replace(FONT, theme.DRAWING_FONT), scale=3)   # vl-convert measures and draws with the font it carries
