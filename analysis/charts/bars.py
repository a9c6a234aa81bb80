"""Horizontal bars with their values at the end: for amounts that are compared by length.

Bars start at zero, so the value axis is left out; the label carries value and evidence symbol. An interval is drawn
over the end of its bar.
"""

from __future__ import annotations

import altair as alt
import pandas as pd

from analysis.charts import theme
from analysis.charts.evidence import evidence_marks
from analysis.charts.plot import across, layered, linear, tip, written
from analysis.charts.rows import Rows, domain, label_room, number_text, tips

BAR_PX = 18


def bars(
    data: pd.DataFrame, width: int, *, category: str, value: str, low: str | None = None, high: str | None = None,
    evidence: str | None = None, colours: dict[str, str] | None = None, colour: str = theme.ACCENT,
    number_format: str = ",.0f",
) -> alt.LayerChart:
    """Draw one bar a row of `data`, in its order.

    Arguments
    ---------
    category, value: columns of the names (each once) and the lengths, which may be negative.
    low, high: columns of the interval, in the unit of `value`; rows without one may be missing.
    evidence: column of the evidence classes; its symbol stands before the value.
    colours: name → theme colour for bars that differ from `colour`; a hatch is a colour (:func:`theme.hatch`).
    Raises ValueError for names that repeat.
    """
    names = tuple(data[category].astype(str))
    if len(set(names)) < len(names):
        raise ValueError(f"{category!r} names a bar twice")
    texts = number_text(data[value], number_format)
    below = bool((data[value] < 0).any())
    room = label_room(texts, evidence is not None)
    rows = Rows(names, width, right=room)
    limits = domain(*(data[column] for column in (value, low, high) if column))
    span = rows.plot_width - (room if below else 0)
    low_limit = limits[0] - (room / span * (limits[1] - limits[0]) if below else 0)
    x_scale = linear(low_limit, limits[1])
    ends = data[[column for column in (value, low, high) if column]]
    negative = data[value] < 0
    table = pd.DataFrame({
        "value": data[value].astype(float), "zero": 0.0, "text": texts,
        "__tip": tips(names, data[value], data[low] if low else None, data[high] if high else None, number_format),
        "__y": rows.middles, "__y0": [y - BAR_PX / 2 for y in rows.middles], "__y1": [y + BAR_PX / 2 for y in rows.middles],
        "end": ends.max(axis=1).clip(lower=0).where(~negative, ends.min(axis=1).clip(upper=0)),
        "colour": [(colours or {}).get(name, colour) for name in names],
        "negative": negative, "evidence": data[evidence] if evidence else "",
        "low": data[low] if low else None, "high": data[high] if high else None,
    }).reset_index(drop=True)
    layers = [alt.Chart(part).mark_rect(fill=fill).encode(
        x=across("value", x_scale), x2=alt.X2(field="zero"), y=rows.y("__y0"), y2=alt.Y2(field="__y1"), tooltip=tip("__tip"))
        for fill, part in table.groupby("colour", sort=False)]
    # One line for all bars, or, where names stand between the bars, a stroke for each.
    zero = (table[["zero"]].assign(top=table["__y0"] - 3, bottom=table["__y1"] + 3) if rows.above
            else pd.DataFrame({"zero": [0.0], "top": [0.0], "bottom": [rows.height]}))
    layers.append(alt.Chart(zero).mark_rule(color=theme.AXIS, strokeWidth=1).encode(
        x=across("zero", x_scale), y=rows.y("top"), y2=alt.Y2(field="bottom")))
    if low and high:
        layers += intervals(table.dropna(subset=["low", "high"]), rows, x_scale)
    at_end = {"x": across("end", x_scale), "y": rows.y()}
    for is_negative, part in table.groupby("negative", sort=False):
        side = -1 if is_negative else 1
        if evidence:
            layers += evidence_marks(part, at_end, colour=theme.MUTED, shift_px=side * 13, size=56)
        layers.append(alt.Chart(part).mark_text(
            align="right" if is_negative else "left", baseline="middle", color=theme.INK, dx=side * (22 if evidence else 7),
        ).encode(**at_end, text=written("text")))
    return layered(layers + rows.labels(), rows.plot_width, rows.height)


def intervals(table: pd.DataFrame, rows: Rows, x_scale: alt.Scale, colour: str = theme.INK) -> list[alt.Chart]:
    """Layers of intervals from `low` to `high`, a thin line with end strokes at `__y`, with a halo against the bar."""
    layers, spans = [], alt.Chart(table)
    for line_colour, thickness, size in ((theme.BACKGROUND, 4.5, 130), (colour, 1.5, 80)):
        layers.append(spans.mark_rule(color=line_colour, strokeWidth=thickness).encode(
            x=across("low", x_scale), x2=alt.X2(field="high"), y=rows.y()))
        layers += [spans.mark_point(shape="stroke", angle=90, size=size, filled=False, strokeWidth=thickness, color=line_colour,
                                    opacity=1).encode(x=across(end, x_scale), y=rows.y()) for end in ("low", "high")]
    return layers
