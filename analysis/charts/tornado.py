"""Horizontal ranges, one a row, with the row's name above it: a tornado around a central value, or dots with intervals.

Names stand above their bars, so that they keep their full length on a phone; those of dots stand left of the plot where it is wide.
"""

from __future__ import annotations

import altair as alt
import pandas as pd

from analysis.charts import theme
from analysis.charts.evidence import SYMBOL_PATHS
from analysis.charts.text import widest, wrap

ROW_PX = 40
STROKE_ROWS = 0.45   # half the length of a stroke of the central line, in half rows
NAMES_BESIDE_PX, NAME_GAP_PX = 560, 14   # from this width on the names of `ranges` stand left of the plot


def tornado(
    data: pd.DataFrame,
    width: int,
    *,
    name: str,
    low: str,
    high: str,
    central: float,
    x_title: str,
    low_text: str | None = None,
    high_text: str | None = None,
    x_format: str = ",.0f",
) -> alt.LayerChart:
    """One bar a parameter from the result at its low end to that at its high end; `central` is a vertical line.

    The low end's half of the bar is light, the high end's dark; `low_text`, `high_text` are columns of words at the ends.
    """
    table = data.reset_index(drop=True)
    names, positions, rows = _rows(table[name], width)
    reach = table[[low, high]].to_numpy()
    domain = _domain(min(reach.min(), central), max(reach.max(), central), 0.16 if low_text else 0.04)
    table = table.assign(__y=positions, __central=central)
    y_scale, x_axis = _scales(rows, domain, x_title, x_format)
    y = alt.Y("__y:Q", axis=None, scale=y_scale)
    layers = [
        alt.Chart(table).mark_bar(color=colour, size=12).encode(x=alt.X(f"{column}:Q", **x_axis), x2="__central:Q", y=y)
        for column, colour in ((low, theme.ACCENT_SOFT), (high, theme.ACCENT))
    ]
    layers.append(_line_at(central, positions, x_axis, y_scale, theme.INK))
    for column, text in ((low, low_text), (high, high_text)):
        if text:
            right = table[column] >= central
            for side, align, dx in ((right, "left", 5), (~right, "right", -5)):
                if side.any():
                    layers.append(
                        alt.Chart(table[side])
                        .mark_text(align=align, baseline="middle", dx=dx, color=theme.MUTED)
                        .encode(x=alt.X(f"{column}:Q", **x_axis), y=y, text=f"{text}:N")
                    )
    return alt.layer(*layers, _name_layer(names, y_scale)).properties(width=width - 24, height=ROW_PX * rows * 0.5)


def ranges(
    data: pd.DataFrame,
    width: int,
    *,
    name: str,
    value: str,
    low: str,
    high: str,
    x_title: str,
    cls: str = "modelled",
    colour: str | None = None,
    zero: bool = True,
    x_format: str = ",.0f",
    reference: float | None = None,
) -> alt.LayerChart:
    """One point with its interval a row; `colour` a column of theme colours; `reference` a vertical line."""
    table = data.reset_index(drop=True)
    room = min(widest(table[name]) + NAME_GAP_PX, 0.4 * width) if width >= NAMES_BESIDE_PX else 0.0
    names, positions, rows = _rows_beside(table[name], room) if room else _rows(table[name], width)
    edges = [table[low].min(), table[high].max(), *([0.0] if zero else []), *([reference] if reference is not None else [])]
    y_scale, x_axis = _scales(rows, _domain(min(edges), max(edges), 0.03), x_title, x_format)
    table = table.assign(__y=positions, __colour=table[colour] if colour else theme.ACCENT)
    y = alt.Y("__y:Q", axis=None, scale=y_scale)
    layers = []
    for line in {0.0 if zero else None, reference} - {None}:
        layers.append(_line_at(line, [] if room else positions, x_axis, y_scale, theme.AXIS))
    for tone, part in table.groupby("__colour", sort=False):
        layers += [
            alt.Chart(part)
            .mark_rule(color=theme.soft(tone), strokeWidth=6)
            .encode(x=alt.X(f"{low}:Q", **x_axis), x2=f"{high}:Q", y=y),
            alt.Chart(part)
            .mark_point(filled=True, opacity=1, color=tone, size=theme.DOT_AREA_PX2, shape=SYMBOL_PATHS[cls])
            .encode(x=alt.X(f"{value}:Q", **x_axis), y=y),
        ]
    plot = {"width": width - 24 - room, "height": ROW_PX * rows * 0.5}
    return alt.layer(*layers, _name_layer(names, y_scale, -room)).properties(**plot)


def _line_at(value: float, positions: list[float], x_axis: dict, y_scale: alt.Scale, colour: str) -> alt.Chart:
    """A vertical line; where names stand between the rows at `positions`, a stroke beside each row, so that it crosses no name."""
    if not positions:
        line = alt.Chart(pd.DataFrame({"__at": [value]})).mark_rule(color=colour, strokeWidth=1.2)
        return line.encode(x=alt.X("__at:Q", **x_axis))
    ends = {"__y0": [y - STROKE_ROWS for y in positions], "__y1": [y + STROKE_ROWS for y in positions]}
    strokes = pd.DataFrame({"__at": value, **ends})
    return alt.Chart(strokes).mark_rule(color=colour, strokeWidth=1.2).encode(
        x=alt.X("__at:Q", **x_axis), y=alt.Y("__y0:Q", axis=None, scale=y_scale), y2=alt.Y2(field="__y1"))


def _rows(labels: pd.Series, width: int) -> tuple[pd.DataFrame, list[float], float]:
    """Lines of the names, the position of each bar, and the number of lines in all (two half rows a bar)."""
    lines, positions, at = [], [], 0.0
    for label in labels:
        for line in wrap(str(label), width - 30):
            lines.append({"line": at, "text": line})
            at += 0.85
        positions.append(at)
        at += 1.15
    return pd.DataFrame(lines), positions, at


def _rows_beside(labels: pd.Series, room: float) -> tuple[pd.DataFrame, list[float], float]:
    """As :func:`_rows`, with the names left of the plot, where no line of it crosses them."""
    lines, positions, at = [], [], 0.0
    for label in labels:
        words = wrap(str(label), room - NAME_GAP_PX)
        middle = at + 0.425 * len(words) - 0.425
        lines += [{"line": at + 0.85 * place, "text": text} for place, text in enumerate(words)]
        positions.append(middle)
        at += 0.85 * len(words) + 0.65
    return pd.DataFrame(lines), positions, at


def _domain(low: float, high: float, pad: float) -> list[float]:
    return [low - pad * (high - low), high + pad * (high - low)]


def _scales(rows: float, domain: list[float], x_title: str, x_format: str) -> tuple[alt.Scale, dict]:
    return (
        alt.Scale(domain=[-0.6, rows - 0.4], reverse=True, nice=False),
        {"title": x_title, "scale": alt.Scale(domain=domain, nice=False), "axis": alt.Axis(format=x_format, tickCount=5)},
    )


def _name_layer(names: pd.DataFrame, y_scale: alt.Scale, x: float = 0) -> alt.LayerChart:
    """The names, with a halo of the background so that lines do not strike them through."""
    base = alt.Chart(names).encode(x=alt.value(x), y=alt.Y("line:Q", axis=None, scale=y_scale), text="text:N")
    return base.mark_text(
        align="left", baseline="middle", stroke=theme.BACKGROUND, strokeWidth=5, strokeJoin="round"
    ) + base.mark_text(align="left", baseline="middle", color=theme.INK)
