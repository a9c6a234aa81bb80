"""Names beside the points of a scatter, each where it touches no other name and no point, with a line to its point where it
had to move."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from analysis.charts import theme
from analysis.charts.plot import linear, written
from analysis.charts.rows import HALO
from analysis.charts.text import text_width

SHIFTS_PX = (0, -12, 12, -24, 24, -38, 38, -52, 52, -66, 66, -80, 80, -96, 96)
GAP_PX, HALF_LINE_PX, POINT_PX = 9, 7, 6
LEADER_FROM_PX = 8   # a name that stands nearer to its point needs no line


def label_places(
    x: Sequence[float], y: Sequence[float], texts: Sequence[str], x_domain: tuple[float, float], y_domain: tuple[float, float],
    width: float, height: float,
) -> pd.DataFrame:
    """Where each text stands: columns `x`, `y` (its left end and middle), `text`, `from_x`, `from_y` (its point), `moved`.

    `x` and `y` are the points in the units of the domains, which span a plot of `width` by `height` px. A text is tried right and
    left of its point and ever farther above and below; where none is free it stands right of the point.
    """
    px = (np.asarray(x, float) - x_domain[0]) / (x_domain[1] - x_domain[0]) * width
    py = (y_domain[1] - np.asarray(y, float)) / (y_domain[1] - y_domain[0]) * height
    taken = [(cx - POINT_PX, cy - POINT_PX, cx + POINT_PX, cy + POINT_PX) for cx, cy in zip(px, py, strict=True)]
    rows = []
    for i, text in enumerate(texts):
        length = text_width(text) + 2
        tries = [(start, py[i] + dy) for dy in SHIFTS_PX for start in (px[i] + GAP_PX, px[i] - GAP_PX - length)]
        free = [
            (left, at)
            for left, at in tries
            if 0 <= left <= width - length
            and HALF_LINE_PX < at < height - HALF_LINE_PX
            and not any(_touch((left, at - HALF_LINE_PX, left + length, at + HALF_LINE_PX), box)
                        for j, box in enumerate(taken) if j != i)
        ]
        left, at = free[0] if free else (min(px[i] + GAP_PX, width - length), py[i])
        taken.append((left, at - HALF_LINE_PX, left + length, at + HALF_LINE_PX))
        end = left if left > px[i] else left + length
        rows.append((left, at, text, px[i], py[i], end, abs(at - py[i]) > LEADER_FROM_PX))
    table = pd.DataFrame(rows, columns=["x", "y", "text", "from_x", "from_y", "end", "moved"])
    for column in ("x", "from_x", "end"):
        table[column] = x_domain[0] + table[column] / width * (x_domain[1] - x_domain[0])
    for column in ("y", "from_y"):
        table[column] = y_domain[1] - table[column] / height * (y_domain[1] - y_domain[0])
    return table


def label_layers(
    places: pd.DataFrame, x_domain: tuple[float, float], y_domain: tuple[float, float], bold: bool = False,
) -> list[alt.Chart]:
    """The texts of :func:`label_places` over a halo, and the lines to the points of those that moved.

    The channels name no axis, so that a layer which does keeps its own.
    """

    def at(x: str, y: str) -> dict[str, object]:
        return {"x": alt.X(f"{x}:Q", scale=linear(*x_domain)), "y": alt.Y(f"{y}:Q", scale=linear(*y_domain))}

    leaders = alt.Chart(places[places["moved"]]).mark_rule(color=theme.AXIS, strokeWidth=0.8).encode(
        **at("from_x", "from_y"), x2=alt.X2(field="end"), y2=alt.Y2(field="y"))
    weight = {"fontWeight": "bold"} if bold else {}
    names = [alt.Chart(places).mark_text(align="left", baseline="middle", **paint, **weight).encode(
        **at("x", "y"), text=written("text")) for paint in (HALO, {"color": theme.INK})]
    return [leaders, *names]


def _touch(a: tuple, b: tuple) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
