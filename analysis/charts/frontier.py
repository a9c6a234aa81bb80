"""A frontier: named points in two dimensions with an interval in each, the undominated ones joined by a line."""

from __future__ import annotations

from typing import NamedTuple

import altair as alt
import pandas as pd

from analysis.charts import theme
from analysis.charts.evidence import SYMBOL_PATHS
from analysis.charts.label_places import label_layers, label_places
from analysis.charts.plot import linear
from analysis.charts.text import wrap

HEIGHT_PX = 420
LINE_HEIGHT_PX = 17
CORNER_X, CORNER_Y = 0.2, 0.4   # the part of each axis that is the lower left corner
MOST_IN_CORNER = 3
NARROW_BELOW_PX = 500
LIST_OFFSET_PX = 58  # room for the axis labels and title above the list


def frontier(
    data: pd.DataFrame,
    width: int,
    *,
    x: str,
    y: str,
    name: str,
    on_frontier: str,
    x_title: str,
    y_title: str,
    x_low: str,
    x_high: str,
    y_low: str,
    y_high: str,
    height: int = HEIGHT_PX,
) -> alt.LayerChart | alt.VConcatChart:
    """Draw the frontier.

    data: one row a point; `on_frontier` is True for undominated points, which are drawn in the accent colour and joined in
    the order of `x`. Points carry their names, those of a crowded lower left corner in a second plot that enlarges it. On a phone
    they carry numbers instead, explained in a list below the axis.
    """
    table = data.sort_values(x, ignore_index=True).assign(__number=lambda t: [str(i + 1) for i in range(len(t))])
    x_top, y_top = float(table[x_high].max()) * 1.04 + 1e-9, float(table[y_high].max()) * 1.04
    whole = (-0.03 * x_top, x_top), (float(min(table[y_low].min(), 0)), y_top)
    columns = _Columns(x, y, x_low, x_high, y_low, y_high, on_frontier)
    title = alt.TitleParams(
        y_title, anchor="start", frame="group", offset=8, color=theme.MUTED, fontWeight="normal", fontSize=theme.TEXT_PX
    )
    narrow = width < NARROW_BELOW_PX
    plot_width, plot_height = width - 60, int(height * 0.8) if narrow else height
    texts = table["__number"] if narrow else table[name].astype(str)
    size = {"width": plot_width, "height": plot_height}
    crowd = _crowd(table, x, y)
    far = _plot(table, columns, whole, plot_width, plot_height, x_title, texts.where(~crowd, ""), bold=narrow)
    key = _list(table, name, width, plot_height) if narrow else []
    if not crowd.any():
        return alt.layer(*far, *key).properties(title=title, **size)
    right, top = table[x][crowd].max(), table[y][crowd].max()
    room = 1.1 if narrow else 1.9   # for the names of the points furthest right
    close = (-0.03 * right, right * room), (min(float(table[y][crowd].min()), 0.0) - 0.04 * top, top * 1.12)
    near = _plot(table[crowd], columns, close, plot_width, plot_height, x_title, texts[crowd], bold=narrow)
    corner = pd.DataFrame({"x": [close[0][0]], "x2": [right * 1.12], "y": [close[1][0]], "y2": [close[1][1]]})
    box = alt.Chart(corner).mark_rect(fill=None, stroke=theme.AXIS, strokeDash=[3, 3]).encode(
        x=alt.X("x:Q", scale=linear(*whole[0])), x2=alt.X2(field="x2"), y=alt.Y("y:Q", scale=linear(*whole[1])),
        y2=alt.Y2(field="y2"))
    below = title.copy()
    below.text = "The lower left corner, enlarged"
    return alt.vconcat(
        alt.layer(*far, box).properties(title=title, **size), alt.layer(*near, *key).properties(title=below, **size), spacing=22)


class _Columns(NamedTuple):
    """Columns of the table, by what they are drawn as."""

    x: str
    y: str
    x_low: str
    x_high: str
    y_low: str
    y_high: str
    on_frontier: str


def _crowd(table: pd.DataFrame, x: str, y: str) -> pd.Series:
    """The points of the lower left corner, where names beside the points would collide; none unless they are several."""
    inside = (table[x] <= CORNER_X * table[x].max()) & (table[y] <= CORNER_Y * table[y].max())
    return inside & (inside.sum() > MOST_IN_CORNER)


def _plot(table, columns: _Columns, domains, width: int, height: int, x_title: str, texts: pd.Series, bold: bool = False) -> list:
    """Line, crosses, points and their names over the domains; what lies outside of them is cut."""
    c = columns
    x_scale, y_scale = (alt.Scale(domain=list(ends), nice=False) for ends in domains)
    x_axis = alt.X(f"{c.x}:Q", title=x_title, scale=x_scale, axis=alt.Axis(tickCount=6))
    y_axis = alt.Y(f"{c.y}:Q", title=None, scale=y_scale, axis=alt.Axis(tickCount=6, format=",.0f"))
    layers = [
        alt.Chart(table[table[c.on_frontier]])
        .mark_line(color=theme.ACCENT, strokeWidth=1.4, strokeDash=[5, 4], clip=True)
        .encode(x=x_axis, y=y_axis, order=alt.Order(f"{c.x}:Q"))
    ]
    for inside, colour in ((True, theme.ACCENT), (False, theme.NEUTRAL)):
        part = alt.Chart(table[table[c.on_frontier] == inside])
        layers += [
            part.mark_rule(color=theme.soft(colour), strokeWidth=2, clip=True).encode(
                x=alt.X(f"{c.x_low}:Q", scale=x_scale), x2=f"{c.x_high}:Q", y=y_axis
            ),
            part.mark_rule(color=theme.soft(colour), strokeWidth=2, clip=True).encode(
                x=x_axis, y=alt.Y(f"{c.y_low}:Q", scale=y_scale), y2=f"{c.y_high}:Q"
            ),
            part.mark_point(filled=True, color=colour, size=theme.DOT_AREA_PX2, shape=SYMBOL_PATHS["modelled"], opacity=1).encode(
                x=x_axis, y=y_axis
            ),
        ]
    places = label_places(table[c.x], table[c.y], list(texts), *domains, width, height)
    return [*layers, *label_layers(places[places["text"] != ""], *domains, bold=bold)]


def _list(table: pd.DataFrame, name: str, width: int, plot_height: int) -> list[alt.Chart]:
    """Below the axis, the numbers and what they stand for; in the order of `x`."""
    lines = [line for _, row in table.iterrows() for line in wrap(f"{row['__number']}: {row[name]}", width - 16)]
    return [
        alt.Chart(pd.DataFrame({"text": [line]}))
        .mark_text(align="left", baseline="middle", color=theme.INK)
        .encode(x=alt.value(-40), y=alt.value(plot_height + LIST_OFFSET_PX + LINE_HEIGHT_PX * at), text="text:N")
        for at, line in enumerate(lines)
    ]
