"""A frontier: named points in two dimensions with an interval in each, the undominated ones joined by a line."""

from __future__ import annotations

import altair as alt
import pandas as pd

from analysis.charts import theme
from analysis.charts.evidence import SYMBOL_PATHS
from analysis.charts.text import text_width, wrap

HEIGHT_PX = 420
LINE_HEIGHT_PX = 17
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
) -> alt.LayerChart:
    """Draw the frontier.

    data: one row a point; `on_frontier` is True for undominated points, which are drawn in the accent colour and joined in
    the order of `x`. Points carry numbers, explained in a list below the axis: names beside the points would collide.
    """
    table = data.sort_values(x, ignore_index=True).assign(__number=lambda t: [str(i + 1) for i in range(len(t))])
    plot_width, plot_height = width - 60, int(height * (0.8 if width < 500 else 1))
    x_top = float(table[x_high].max()) * 1.04 + 1e-9
    y_bottom, y_top = float(min(table[y_low].min(), 0)), float(table[y_high].max()) * 1.04
    x_scale, y_scale = alt.Scale(domain=[-0.03 * x_top, x_top], nice=False), alt.Scale(domain=[y_bottom, y_top], nice=False)
    x_axis = alt.X(f"{x}:Q", title=x_title, scale=x_scale, axis=alt.Axis(tickCount=6))
    y_axis = alt.Y(f"{y}:Q", title=None, scale=y_scale, axis=alt.Axis(tickCount=6, format=",.0f"))
    layers = [
        alt.Chart(table[table[on_frontier]])
        .mark_line(color=theme.ACCENT, strokeWidth=1.4, strokeDash=[5, 4])
        .encode(x=x_axis, y=y_axis, order=alt.Order(f"{x}:Q"))
    ]
    for inside, colour in ((True, theme.ACCENT), (False, theme.NEUTRAL)):
        part = alt.Chart(table[table[on_frontier] == inside])
        layers += [
            part.mark_rule(color=theme.soft(colour), strokeWidth=2).encode(
                x=alt.X(f"{x_low}:Q", scale=x_scale), x2=f"{x_high}:Q", y=y_axis
            ),
            part.mark_rule(color=theme.soft(colour), strokeWidth=2).encode(
                x=x_axis, y=alt.Y(f"{y_low}:Q", scale=y_scale), y2=f"{y_high}:Q"
            ),
            part.mark_point(filled=True, color=colour, size=theme.DOT_AREA_PX2, shape=SYMBOL_PATHS["modelled"], opacity=1).encode(
                x=x_axis, y=y_axis
            ),
        ]
    labels = _places(table, x, y, (-0.03 * x_top, x_top), (y_bottom, y_top), plot_width, plot_height, table["__number"])
    place = {"x": alt.X("x:Q", scale=x_scale), "y": alt.Y("y:Q", scale=y_scale), "text": "text:N"}
    layers += [
        alt.Chart(labels)
        .mark_text(align="left", baseline="middle", stroke=theme.BACKGROUND, strokeWidth=4, strokeJoin="round")
        .encode(**place),
        alt.Chart(labels).mark_text(align="left", baseline="middle", color=theme.INK, fontWeight="bold").encode(**place),
    ]
    layers += _list(table, name, width, plot_height)
    title = alt.TitleParams(
        y_title, anchor="start", frame="group", offset=8, color=theme.MUTED, fontWeight="normal", fontSize=theme.TEXT_PX
    )
    return alt.layer(*layers).properties(width=plot_width, height=plot_height, title=title)


def _places(table, x, y, x_domain, y_domain, plot_width, plot_height, texts) -> pd.DataFrame:
    """Labels beside their points, tried right, left, above and below in turn until they touch no other label or point."""
    px = (table[x].to_numpy() - x_domain[0]) / (x_domain[1] - x_domain[0]) * plot_width
    py = (y_domain[1] - table[y].to_numpy()) / (y_domain[1] - y_domain[0]) * plot_height
    taken = [(cx - 6, cy - 6, cx + 6, cy + 6) for cx, cy in zip(px, py, strict=True)]
    rows = []
    for i, text in enumerate(texts):
        length = text_width(text) + 2
        tries = [(px[i] + 9, py[i] + dy) for dy in (0, -12, 12, -24, 24, -38, 38)]
        tries += [(px[i] - 9 - length, py[i] + dy) for dy in (0, -12, 12, -24, 24, -38, 38)]
        free = [
            (left, at)
            for left, at in tries
            if left >= 0
            and left + length <= plot_width
            and 8 <= at <= plot_height - 8
            and not any(_touch((left, at - 7, left + length, at + 7), box) for j, box in enumerate(taken) if j != i)
        ]
        left, at = free[0] if free else (min(px[i] + 9, plot_width - length), py[i])
        taken.append((left, at - 7, left + length, at + 7))
        rows.append(
            {
                "x": x_domain[0] + left / plot_width * (x_domain[1] - x_domain[0]),
                "y": y_domain[1] - at / plot_height * (y_domain[1] - y_domain[0]),
                "text": text,
            }
        )
    return pd.DataFrame(rows)


def _touch(a: tuple, b: tuple) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _list(table: pd.DataFrame, name: str, width: int, plot_height: int) -> list[alt.Chart]:
    """Below the axis, the numbers and what they stand for; in the order of `x`."""
    lines = [line for _, row in table.iterrows() for line in wrap(f"{row['__number']}  {row[name]}", width - 16)]
    return [
        alt.Chart(pd.DataFrame({"text": [line]}))
        .mark_text(align="left", baseline="middle", color=theme.INK)
        .encode(x=alt.value(-40), y=alt.value(plot_height + LIST_OFFSET_PX + LINE_HEIGHT_PX * at), text="text:N")
        for at, line in enumerate(lines)
    ]
