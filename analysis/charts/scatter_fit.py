"""A scatter of few named points with vertical intervals and a fitted line with its band.

Every point carries its name, so it needs no legend; names move apart where points are close.
"""

from __future__ import annotations

import altair as alt
import pandas as pd

from analysis.charts import theme
from analysis.charts.label_places import label_layers, label_places
from analysis.charts.text import text_width

HEIGHT_PX = 320


def scatter_fit(
    data: pd.DataFrame, width: int, x: str, y: str, name: str, x_title: str, y_title: str, line: tuple[float, float],
    low: str | None = None, high: str | None = None, height: int = HEIGHT_PX, hollow: pd.Series | None = None,
) -> alt.LayerChart:
    """Draw the points.

    Arguments: `data` one row a point; `low` and `high` the columns of the interval of `y`; `line` = (intercept, slope) of the
    fit, drawn from 0 to the largest `x`; titles stand above the plot and below the axis; `hollow` says which points are.
    """
    x_max = float(data[x].max())
    label_room = max(text_width(str(v)) for v in data[name]) + 10
    plot_width = width - 58
    x_top = x_max * plot_width / max(plot_width - label_room, plot_width * 0.7)
    y_low = float(min(data[low].min() if low else data[y].min(), line[0] + line[1] * x_max))
    y_high = float(max(data[high].max() if high else data[y].max(), line[0], 0))
    pad = (y_high - y_low) * 0.04
    x_axis = alt.X(f"{x}:Q", title=x_title, scale=alt.Scale(domain=[0, x_top], nice=False),
                   axis=alt.Axis(grid=False, tickCount=5))
    y_axis = alt.Y(f"{y}:Q", title=None, scale=alt.Scale(domain=[y_low - pad, y_high + pad], nice=False),
                   axis=alt.Axis(tickCount=6))
    fit = pd.DataFrame({x: [0.0, x_max], y: [line[0], line[0] + line[1] * x_max]})
    base = alt.Chart(data)
    layers = [
        alt.Chart(pd.DataFrame({y: [0.0]})).mark_rule(color=theme.AXIS, strokeWidth=1).encode(y=y_axis),
        alt.Chart(fit).mark_line(color=theme.NEUTRAL, strokeDash=[6, 4], strokeWidth=1.6).encode(x=x_axis, y=y_axis),
    ]
    if low and high:
        layers.append(base.mark_rule(color=theme.CONTRAST_SOFT, strokeWidth=3)
                      .encode(x=x_axis, y=alt.Y(f"{low}:Q"), y2=f"{high}:Q"))
    empty = pd.Series(False, index=data.index) if hollow is None else hollow
    for part, fill in ((data[~empty], theme.CONTRAST), (data[empty], theme.BACKGROUND)):
        points = alt.Chart(part).mark_point(fill=fill, stroke=theme.CONTRAST, strokeWidth=1.8, size=theme.DOT_AREA_PX2, opacity=1)
        layers.append(points.encode(x=x_axis, y=y_axis))
    domains = (0.0, x_top), (y_low - pad, y_high + pad)
    layers += label_layers(label_places(data[x], data[y], data[name].astype(str), *domains, plot_width, height), *domains)
    title = alt.TitleParams(y_title, anchor="start", frame="group", offset=8, color=theme.MUTED, fontWeight="normal",
                            fontSize=theme.TEXT_PX)
    return alt.layer(*layers).properties(width=plot_width, height=height, title=title)
