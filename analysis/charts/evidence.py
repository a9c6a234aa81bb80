"""How a mark shows what kind of evidence stands behind a value, without relying on colour.

The five classes of the number registry each have one symbol, the same in every chart, legend and table:

======== ========================================= ======================
class    meaning                                   symbol
======== ========================================= ======================
reported stated by the source                      full circle
derived  arithmetic on reported figures            half-full circle
estimated statistical inference                    ring
modelled output of a scenario model                hollow diamond
judged   an informed judgement                     hollow triangle
======== ========================================= ======================

The hollow symbols are drawn as *filled outlines* (an outer contour and an inner one of opposite direction, which the
non-zero rule leaves empty), so that one fill colour draws all five and a legend can reuse the same path.
"""

from __future__ import annotations

from math import cos, pi, sin
from typing import TYPE_CHECKING

import pandas as pd

from analysis.charts import theme
from analysis.data.vocabulary import CLASSES

if TYPE_CHECKING:
    import altair as alt

MEANING = dict(zip(CLASSES, (
    "stated by the source", "arithmetic on reported figures", "statistical inference, with its interval",
    "output of a scenario model", "an informed judgement"), strict=True))


_STROKE = 0.42   # thickness of the hollow symbols' outline, in units of the full circle's radius


def _disc(radius: float) -> str:
    return f"M{-radius:g},0A{radius:g},{radius:g},0,1,1,{radius:g},0A{radius:g},{radius:g},0,1,1,{-radius:g},0Z"


def _polygon(radius: float, angles_deg: tuple[int, ...]) -> str:
    """A closed polygon through points at these angles (degrees, clockwise from the right)."""
    points = (f"{radius * cos(angle * pi / 180):.3f},{radius * sin(angle * pi / 180):.3f}" for angle in angles_deg)
    return "M" + "L".join(points) + "Z"


def _symbols() -> tuple[dict[str, str], dict[str, str]]:
    inner = 1 - _STROKE
    disc, diamond, triangle = _disc(1), _polygon(1.28, (0, 90, 180, 270)), _polygon(1.35, (-90, 30, 150))
    # The holes run the other way round than their outlines.
    right_half = f"M0,{inner:g}A{inner:g},{inner:g},0,0,0,0,{-inner:g}Z"
    ring_hole = f"M{-inner:g},0A{inner:g},{inner:g},0,1,0,{inner:g},0A{inner:g},{inner:g},0,1,0,{-inner:g},0Z"
    diamond_hole = _polygon(1.28 - _STROKE * 2 ** 0.5, (270, 180, 90, 0))
    triangle_hole = _polygon(1.35 - _STROKE * 2, (150, 30, -90))
    marks = {
        "reported": disc, "derived": disc + right_half, "estimated": disc + ring_hole,
        "modelled": diamond + diamond_hole, "judged": triangle + triangle_hole,
    }
    outlines = {"reported": disc, "derived": disc, "estimated": disc, "modelled": diamond, "judged": triangle}
    return marks, outlines


SYMBOL_PATHS, OUTLINE_PATHS = _symbols()


def evidence_marks(table: pd.DataFrame, channels: dict[str, object], colour: str = theme.INK, field: str = "evidence",
                   size: float = theme.DOT_AREA_PX2, shift_px: float = 0.0) -> list[alt.Chart]:
    """Layers that mark each row of `table` with the symbol of the evidence class in `field`.

    A plain outline in the background's colour lies under each symbol, so that lines do not show through hollow ones.
    `channels` encode the position; `colour` is a theme colour; `shift_px` moves the symbols to the right.
    Raises ValueError for anything that is not an evidence class.
    """
    import altair as alt

    unknown = sorted(set(table[field].astype(str)) - set(CLASSES))
    if unknown:
        raise ValueError(f"{', '.join(map(repr, unknown))}: evidence classes are {', '.join(CLASSES)}")
    table = table.assign(__shape=table[field].map(SYMBOL_PATHS), __outline=table[field].map(OUTLINE_PATHS))
    return [
        alt.Chart(table).mark_point(filled=True, color=paint, opacity=1, size=area, xOffset=shift_px).encode(
            **channels, shape=alt.Shape(field=path, type="nominal", scale=None, legend=None))
        for path, paint, area in (("__outline", theme.BACKGROUND, size * 1.5), ("__shape", colour, size))]


def symbol_svg(evidence: str) -> str:
    """A class's symbol as a small inline SVG in the text's colour, hidden from screen readers (its name stands beside)."""
    return (f'<svg class="cs-evidence-symbol" viewBox="-1.6 -1.6 3.2 3.2" width="14" height="14" aria-hidden="true" '
            f'focusable="false"><path d="{SYMBOL_PATHS[evidence]}" fill="currentColor"/></svg>')
