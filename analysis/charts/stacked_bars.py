"""Stacked bars by year or category, with the total above each bar and an optional range of other counts.

Few series only (up to three): their names stand as coloured words above the plot, in the order of the stack.
"""

from __future__ import annotations

import altair as alt
import pandas as pd

from analysis.charts import theme
from analysis.charts.series_key import series_key
from analysis.charts.text import text_width

HEIGHT_PX = 260
AXIS_ROOM_PX = 52


def stacked_bars(
    data: pd.DataFrame,
    width: int,
    x: str,
    y: str,
    series: str,
    fills: dict[str, str],
    ranges: pd.DataFrame | None = None,
    total_format: str = ",.0f",
    height: int = HEIGHT_PX,
) -> alt.VConcatChart:
    """Draw the bars.

    Arguments
    ---------
    data: tidy, one row per `x` × `series` with a non-negative `y`.
    fills: series name → colour from the theme, bottom of the stack first.
    ranges: columns `x`, `low`, `high`: a thin bracket beside each bar, for totals under other definitions.
    Raises ValueError for series without a colour.
    """
    missing = sorted(set(data[series]) - set(fills))
    if missing:
        raise ValueError(f"no colour given for {', '.join(missing)}")
    order = list(dict.fromkeys(data[x]))
    top = max(data.groupby(x)[y].sum().max(), ranges["high"].max() if ranges is not None else 0)
    x_axis = alt.X(
        f"{x}:N",
        sort=order,
        title=None,
        axis=alt.Axis(labelAngle=0, labelExpr=_short_years(order, width), labelOverlap=False, labelPadding=6),
    )
    y_axis = alt.Y("sum(__value):Q", title=None, scale=alt.Scale(domain=[0, top * 1.1]), axis=alt.Axis(tickCount=5, format=",.0f"))
    table = data.rename(columns={y: "__value"}).assign(__order=data[series].map({name: i for i, name in enumerate(fills)}))
    shown = table["__value"].map(lambda value: format(value, total_format))
    table["__tip"] = table[x].astype(str) + ", " + table[series].astype(str) + ": " + shown
    bars = (
        alt.Chart(table)
        .mark_bar()
        .encode(
            x=x_axis,
            y=y_axis,
            tooltip="__tip:N",
            order=alt.Order("__order:Q"),
            color=alt.Color(f"{series}:N", scale=alt.Scale(domain=list(fills), range=list(fills.values())), legend=None),
        )
    )
    totals = table.groupby(x, sort=False, as_index=False)["__value"].sum()
    totals["__label"] = totals["__value"].map(lambda v: format(v, total_format))
    room = (width - AXIS_ROOM_PX) / len(order)
    layers = [bars]
    if ranges is not None:
        # Beside the middle of the bar, so that the number above it belongs to the bar and not to the bracket.
        aside = room * 0.38
        spans = ranges[ranges["high"] > ranges["low"]]
        layers.append(
            alt.Chart(spans).mark_rule(color=theme.INK, strokeWidth=1.5, xOffset=aside).encode(x=x_axis, y="low:Q", y2="high:Q")
        )
        layers += [
            alt.Chart(spans)
            .mark_tick(color=theme.INK, thickness=1.5, size=min(10, room * 0.4), xOffset=aside)
            .encode(x=x_axis, y=f"{end}:Q")
            for end in ("low", "high")
        ]
    if max(text_width(label) for label in totals["__label"]) < room:
        layers.append(
            alt.Chart(totals)
            .mark_text(dy=-8, dx=-5 if ranges is not None else 0, color=theme.INK)
            .encode(x=x_axis, y="__value:Q", text="__label:N")
        )
    plot_width = width - AXIS_ROOM_PX
    return alt.vconcat(
        series_key([(f"■ {name}", colour) for name, colour in fills.items()], plot_width),
        alt.layer(*layers).properties(width=plot_width, height=height),
        spacing=6,
    )


def _short_years(order: list, width: int) -> str:
    """Full labels where there is room; two-digit years on a phone."""
    room = (width - AXIS_ROOM_PX) / len(order)
    if max(text_width(str(v)) for v in order) + 4 < room:
        return "datum.label"
    return "'’' + slice(datum.label, 2)"
