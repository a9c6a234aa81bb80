"""Stacked bars by year or category, with the total above each bar and an optional range of other counts.

Few series only (up to three): their names stand as coloured words above the plot, in the order of the stack.
"""

from __future__ import annotations

import altair as alt
import pandas as pd

from analysis.charts import theme
from analysis.charts.text import text_width

HEIGHT_PX = 260


def stacked_bars(
    data: pd.DataFrame, width: int, x: str, y: str, series: str, fills: dict[str, str], y_title: str = "",
    ranges: pd.DataFrame | None = None, total_format: str = ",.0f", height: int = HEIGHT_PX,
) -> alt.LayerChart:
    """Draw the bars.

    Arguments
    ---------
    data: tidy, one row per `x` × `series` with a non-negative `y`.
    fills: series name → colour from the theme, bottom of the stack first.
    y_title: one short line above the plot; empty leaves it out.
    ranges: columns `x`, `low`, `high`: a thin bracket beside each bar, for totals under other definitions.
    Raises ValueError for series without a colour.
    """
    missing = sorted(set(data[series]) - set(fills))
    if missing:
        raise ValueError(f"no colour given for {', '.join(missing)}")
    order = list(dict.fromkeys(data[x]))
    top = max(data.groupby(x)[y].sum().max(), ranges["high"].max() if ranges is not None else 0)
    x_axis = alt.X(f"{x}:N", sort=order, title=None,
                   axis=alt.Axis(labelAngle=0, labelExpr=_short_years(order, width), labelOverlap=False, labelPadding=6))
    y_axis = alt.Y("sum(__value):Q", title=None, scale=alt.Scale(domain=[0, top * 1.1]), axis=alt.Axis(tickCount=5, format=",.0f"))
    table = data.rename(columns={y: "__value"}).assign(__order=data[series].map({name: i for i, name in enumerate(fills)}))
    bars = alt.Chart(table).mark_bar().encode(
        x=x_axis, y=y_axis, order=alt.Order("__order:Q"),
        color=alt.Color(f"{series}:N", scale=alt.Scale(domain=list(fills), range=list(fills.values())), legend=None))
    totals = table.groupby(x, sort=False, as_index=False)["__value"].sum()
    totals["__label"] = totals["__value"].map(lambda v: format(v, total_format))
    totals["__at"] = totals["__value"]
    room = (width - 60) / len(order)
    layers = [bars]
    if ranges is not None:
        at = ranges.merge(totals[[x, "__at"]], on=x)
        at["__at"] = at[["__at", "high"]].max(axis=1)
        totals = totals.drop(columns="__at").merge(at[[x, "__at"]], on=x)
        layers.append(alt.Chart(ranges).mark_rule(color=theme.INK, strokeWidth=1.5).encode(x=x_axis, y="low:Q", y2="high:Q"))
        for end in ("low", "high"):
            layers.append(alt.Chart(ranges).mark_tick(color=theme.INK, thickness=1.5, size=min(14, room * 0.5))
                          .encode(x=x_axis, y=f"{end}:Q"))
    if max(text_width(label) for label in totals["__label"]) < room:
        layers.append(alt.Chart(totals).mark_text(dy=-8, color=theme.INK).encode(x=x_axis, y="__at:Q", text="__label:N"))
    plot = alt.layer(*layers).properties(width=width - 48, height=height)
    return alt.vconcat(*_key(fills, width, y_title), plot, spacing=6).configure_concat(spacing=6)


def _key(fills: dict[str, str], width: int, y_title: str) -> list[alt.Chart]:
    """The series names in their colours, wrapped into lines, after the axis title."""
    rows: list[list[tuple[str, str, float]]] = [[]]
    at = 0.0
    if y_title:
        rows[0].append((y_title, theme.MUTED, 0.0))
        rows.append([])
    for name, colour in fills.items():
        words = f"■ {name}"
        if at and at + text_width(words, bold=True) > width:
            rows.append([])
            at = 0.0
        rows[-1].append((words, colour, at))
        at += text_width(words, bold=True) + 16
    table = pd.DataFrame([(text, colour, left, line) for line, row in enumerate(rows) for text, colour, left in row],
                         columns=["text", "colour", "left", "line"])
    parts = [
        alt.Chart(group).mark_text(align="left", baseline="middle", fontWeight="normal" if colour == theme.MUTED else "bold",
                                   color=colour)
        .encode(x=alt.X("left:Q", scale=alt.Scale(domain=[0, width]), axis=None),
                y=alt.Y("line:Q", scale=alt.Scale(domain=[-0.5, len(rows) - 0.5], reverse=True), axis=None), text="text:N")
        for colour, group in table.groupby("colour", sort=False)
    ]
    return [alt.layer(*parts).properties(width=width - 12, height=20 * len(rows))]


def _short_years(order: list, width: int) -> str:
    """Full labels where there is room; two-digit years on a phone."""
    room = (width - 60) / len(order)
    if max(text_width(str(v)) for v in order) + 4 < room:
        return "datum.label"
    return "'’' + slice(datum.label, 2)"
