"""Dots with intervals: for estimates that are compared by position, and need not start at zero.

The symbol of the dot is that of its evidence class; the interval is always drawn where there is one.
"""

from __future__ import annotations

import altair as alt
import pandas as pd

from analysis.charts import theme
from analysis.charts.evidence import evidence_marks
from analysis.charts.plot import across, layered, linear, tip, written
from analysis.charts.rows import TRUE_MINUS, Rows, domain, label_room, number_text, tips


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
    x_scale = linear(least if zero and least == 0 else least - pad, most + pad)
    axis = {"grid": True, "domain": False, "tickCount": max(3, int(rows.plot_width // 90)), "format": axis_format,
            "labelExpr": TRUE_MINUS, "labelFlush": rows.above}   # nothing stands left of the plot when names are above
    table = pd.DataFrame({
        "value": data[value].astype(float), "text": texts, "__y": rows.middles,
        "__tip": tips(names, data[value], data[low] if low else None, data[high] if high else None, number_format),
        "evidence": data[evidence], "colour": [(colours or {}).get(name, colour) for name in names],
        "low": data[low] if low else None, "high": data[high] if high else None,
    }).reset_index(drop=True)
    position = {"x": across("value", x_scale, axis), "y": rows.y()}
    layers = []
    if reference is not None:
        line = alt.Chart(pd.DataFrame({"value": [reference]}))
        layers.append(line.mark_rule(color=theme.AXIS, strokeWidth=1.2).encode(x=position["x"]))
    for dot_colour, part in table.groupby("colour", sort=False):
        if low and high:
            spans = alt.Chart(part.dropna(subset=["low", "high"]))
            layers.append(spans.mark_rule(color=dot_colour, strokeWidth=2, strokeCap="round").encode(
                x=across("low", x_scale, axis), x2=alt.X2(field="high"), y=rows.y()))
        layers += evidence_marks(part, {**position, "tooltip": tip("__tip")}, colour=dot_colour)
    layers.append(alt.Chart(table).mark_text(align="right", baseline="middle", color=theme.INK).encode(
        x=alt.XValue(rows.plot_width + rows.right), y=rows.y(), text=written("text")))
    return layered(layers + rows.labels(), rows.plot_width, rows.height)
