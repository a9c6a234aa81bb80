"""Dots with intervals: for estimates that are compared by position, and need not start at zero.

The symbol of the dot is that of its evidence class; the interval is always drawn where there is one.
"""

from __future__ import annotations

import altair as alt
import pandas as pd

from analysis.charts import theme
from analysis.charts.evidence import evidence_marks
from analysis.charts.rows import TRUE_MINUS, Rows, domain, label_room, number_text, scale, tips


def dots(
    data: pd.DataFrame, width: int, *, category: str, value: str, evidence: str, low: str | None = None,
    high: str | None = None, colours: dict[str, str] | None = None, colour: str = theme.ACCENT,
    number_format: str = ",.1f", axis_format: str = ",.0f", reference: float | None = None, zero: bool = False,
) -> alt.LayerChart:
    """Draw one dot a row of `data`, in its order.

    Arguments
    ---------
    category, value, evidence: columns of the names, the values and the evidence classes.
    low, high: columns of the interval, in the unit of `value`; a row may lack it.
    colours: name → theme colour for dots that differ from `colour`.
    reference: a value marked by a vertical line (no effect, a parity). zero: stretch the axis to zero.
    """
    texts = number_text(data[value], number_format)
    names = tuple(data[category].astype(str))
    rows = Rows(names, width, right=label_room(texts, mark=False), row_px=28)
    columns = [data[column] for column in (value, low, high) if column]
    if reference is not None:
        columns.append(pd.Series([reference]))
    least, most = domain(*columns, zero=zero)
    pad = (most - least) * 0.03
    x_scale = scale(least if zero and least == 0 else least - pad, most + pad)
    axis = alt.Axis(grid=True, domain=False, tickCount=max(3, int(rows.plot_width // 90)), format=axis_format,
                    labelExpr=TRUE_MINUS)
    table = pd.DataFrame({
        "value": data[value].astype(float), "text": texts, "__y": rows.middles,
        "__tip": tips(names, data[value], data[low] if low else None, data[high] if high else None, number_format),
        "evidence": data[evidence], "colour": [(colours or {}).get(name, colour) for name in names],
        "low": data[low] if low else None, "high": data[high] if high else None,
    }).reset_index(drop=True)
    x = alt.X("value:Q", scale=x_scale, axis=axis, title=None)
    layers: list[alt.Chart | alt.LayerChart] = []
    if reference is not None:
        layers.append(alt.Chart(pd.DataFrame({"value": [reference]})).mark_rule(color=theme.AXIS, strokeWidth=1.2).encode(x=x))
    for dot_colour, part in table.groupby("colour", sort=False):
        base = alt.Chart(part)
        if low and high:
            layers.append(alt.Chart(part.dropna(subset=["low", "high"])).mark_rule(
                color=dot_colour, strokeWidth=2, strokeCap="round").encode(
                x=alt.X("low:Q", scale=x_scale), x2="high:Q", y=rows.y()))
        layers.append(evidence_marks(base.encode(x=x, y=rows.y(), tooltip="__tip:N"), colour=dot_colour))
    layers.append(alt.Chart(table).mark_text(align="right", baseline="middle", color=theme.INK).encode(
        x=alt.value(rows.plot_width + rows.right), y=rows.y(), text="text:N"))
    layers.append(rows.labels())
    return alt.layer(*layers).properties(width=rows.plot_width, height=rows.height)
