"""A figure's drawing for a document: light colours, the briefing's font, no title (the document sets it as text)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import vl_convert

from analysis.charts import svg, theme
from analysis.charts.evidence import SYMBOL_PATHS

FONT = "Source Sans 3"
_VARIABLE = re.compile(r"var\(--chart-[a-z0-9-]+, (#[0-9a-f]{6})\)")


def drawing_svg(id: str, spec: Mapping[str, Any], title: str, description: str) -> str:
    """The wide drawing as SVG text with plain colours."""
    page = svg.page_svg(svg.draw(dict(spec)), prefix=f"b-{id}", title=title, description=description, alternative="cs-wide")
    return _VARIABLE.sub(r"\1", page).replace(theme.PAGE_FONT_STACK, FONT).replace(f'"{theme.DRAWING_FONT}"', f'"{FONT}"')


def drawing_png(drawing: str) -> bytes:
    """The drawing at three times its size, for Word and for slides without an editable chart."""
    # vl-convert measures and draws with the font it carries.
    return vl_convert.svg_to_png(drawing.replace(FONT, theme.DRAWING_FONT), scale=3)


def evidence_svg(evidence: Sequence[str]) -> dict[str, str]:
    """The symbol of each evidence class as a small SVG."""
    return {name: (f'<svg xmlns="{svg.SVG}" viewBox="-1.6 -1.6 3.2 3.2" width="32" height="32">'
                   f'<path d="{SYMBOL_PATHS[name]}" fill="{theme.MUTED}"/></svg>') for name in evidence}
