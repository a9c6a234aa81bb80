"""A fan: medians as lines with their interval as a band, for one or a few series, with observed points if there are any.

The series' names stand as coloured words above the plot, so no legend is needed; dashes say the same without colour.
"""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import pandas as pd

from analysis.charts import theme
from analysis.charts.text import text_width

HEIGHT_PX = 280
AXIS_ROOM_PX = 34  # left of the plot, for the axis labels; the words above start there


def fan(
    data: pd.DataFrame,
    width: int,
    *,
    x: str,
    y: str,
    series: str,
    x_title: str,
    y_title: str,
    low: str | None = None,
    high: str | None = None,
    observed: pd.DataFrame | None = None,
    observed_name: str = "",
    colours: Mapping[str, str] | None = None,
    zero: bool = False,
    y_format: str = ",.0f",
    x_format: str = "d",
    height: int = HEIGHT_PX,
) -> alt.LayerChart:
    """Draw the fan.

    data: one row per `x` and `series`; `low`, `high` the columns of the band. observed: table with `x` and `y` of what
    happened, drawn as points. Titles: `y_title` above the plot, `x_title` below the axis. zero: include zero.
    """
    names = list(dict.fromkeys(data[series]))
    palette = theme.colours(names, dict(colours or {}))
    dashes = dict(zip(names, theme.DASHES, strict=False))
    words = [(name, palette[name]) for name in names] + ([(f"● {observed_name}", theme.INK)] if observed_name else [])
    plot_width = width - 52
    columns = [column for column in (low, high, y) if column]
    bottom = min(data[columns].min().min(), observed[y].min() if observed is not None else float("inf"))
    top = max(data[columns].max().max(), observed[y].max() if observed is not None else -float("inf"))
    if zero:
        bottom, top = min(bottom, 0), max(top, 0)
    pad = (top - bottom) * 0.04
    x_axis = alt.X(
        f"{x}:Q",
        title=x_title,
        scale=alt.Scale(nice=False),
        axis=alt.Axis(grid=False, format=x_format, tickMinStep=1, tickCount=max(3, plot_width // 70)),
    )
    y_axis = alt.Y(
        f"{y}:Q",
        title=None,
        scale=alt.Scale(domain=[bottom - pad, top + pad], nice=False),
        axis=alt.Axis(tickCount=5, format=y_format),
    )
    layers = []
    if low and high:
        for name in names:
            layers.append(
                alt.Chart(data[data[series] == name])
                .mark_area(color=theme.soft(palette[name]), opacity=0.55)
                .encode(
                    x=x_axis, y=alt.Y(f"{low}:Q", scale=alt.Scale(domain=[bottom - pad, top + pad], nice=False)), y2=f"{high}:Q"
                )
            )
    if bottom < 0 < top:
        layers.append(alt.Chart(pd.DataFrame({y: [0.0]})).mark_rule(color=theme.AXIS, strokeWidth=1).encode(y=y_axis))
    for name in names:
        layers.append(
            alt.Chart(data[data[series] == name])
            .mark_line(color=palette[name], strokeWidth=theme.LINE_PX, strokeDash=dashes[name])
            .encode(x=x_axis, y=y_axis)
        )
    for name in names:   # invisible, for the pointer only
        part = data[data[series] == name]
        tips = part.assign(__tip=[_tip(name, row, x, (y, low, high), x_format, y_format) for row in part.to_dict("records")])
        layers.append(
            alt.Chart(tips).mark_point(opacity=0, size=theme.DOT_AREA_PX2).encode(x=x_axis, y=y_axis, tooltip="__tip:N")
        )
    if observed is not None:
        tips = [_tip(observed_name, row, x, (y, None, None), x_format, y_format) for row in observed.to_dict("records")]
        layers.append(
            alt.Chart(observed.assign(__tip=tips))
            .mark_point(filled=True, color=theme.INK, size=theme.DOT_AREA_PX2)
            .encode(x=x_axis, y=y_axis, tooltip="__tip:N")
        )
    return alt.layer(*layers, *_words(words, plot_width, y_title)).properties(width=plot_width, height=height)


def _tip(name: str, row: Mapping, x: str, columns: tuple[str, str | None, str | None], x_format: str, y_format: str) -> str:
    """What the pointer shows: 'Ban, 12: 340 (210 to 520)'."""
    value, low, high = (format(row[column], y_format).replace("-", "−") if column else "" for column in columns)
    where = (f"{name}, " if name else "") + format(row[x], ".0f" if x_format == "d" else x_format)
    return f"{where}: {value}" + (f" ({low} to {high})" if low and high else "")


def _words(words: list[tuple[str, str]], width: float, title: str) -> list[alt.Chart]:
    """Above the plot: the axis title and, below it, the series names in their colours, wrapped into lines."""
    rows = [(title, theme.MUTED, 0.0, 0, "normal")] if title else []
    at, line = 0.0, 1
    for text, colour in words:
        shown = text if text.startswith("●") else f"— {text}"
        length = text_width(shown, bold=True)
        if at and at + length > width + AXIS_ROOM_PX:
            at, line = 0.0, line + 1
        rows.append((shown, colour, at, line, "bold"))
        at += length + 18
    return [
        alt.Chart(pd.DataFrame({"text": [text]}))
        .mark_text(align="left", baseline="middle", color=colour, fontWeight=weight)
        .encode(x=alt.value(left - AXIS_ROOM_PX), y=alt.value(-18.0 * (line - row) - 14), text="text:N")
        for text, colour, left, row, weight in rows
    ]
