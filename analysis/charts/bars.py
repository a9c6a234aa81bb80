"""Horizontal bars with their values at the end: for amounts that are compared by length.

Bars start at zero, so the value axis is left out; the label carries value and evidence symbol. An interval is drawn
over the end of its bar.
"""

from __future__ import annotations

import altair as alt
import pandas as pd

from analysis.charts import theme
from analysis.charts.evidence import evidence_marks
from analysis.charts.rows import Rows, domain, label_room, number_text, scale, tips

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
    x_scale = scale(low_limit, limits[1])
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
    x = alt.X("value:Q", scale=x_scale, axis=None)
    layers: list[alt.Chart | alt.LayerChart] = [
        alt.Chart(part).mark_rect(fill=fill).encode(x=x, x2="zero:Q", y=rows.y("__y0"), y2="__y1:Q", tooltip="__tip:N")
        for fill, part in table.groupby("colour", sort=False)]
    layers.append(alt.Chart(pd.DataFrame({"zero": [0.0], "top": [0.0], "bottom": [rows.height]})).mark_rule(
        color=theme.AXIS, strokeWidth=1).encode(x=alt.X("zero:Q", scale=x_scale), y=rows.y("top"), y2="bottom:Q"))
    if low and high:
        layers.append(intervals(table.dropna(subset=["low", "high"]), rows, x_scale))
    for is_negative, part in table.groupby("negative", sort=False):
        side = -1 if is_negative else 1
        base = alt.Chart(part)
        if evidence:
            layers.append(evidence_marks(base.encode(y=rows.y(), x=alt.X("end:Q", scale=x_scale)),
                                         colour=theme.MUTED, shift_px=side * 13, size=56))
        layers.append(base.mark_text(align="right" if is_negative else "left", baseline="middle", color=theme.INK,
                                     dx=side * (22 if evidence else 7)).encode(
            x=alt.X("end:Q", scale=x_scale), y=rows.y(), text="text:N"))
    layers.append(rows.labels())
    return alt.layer(*layers).properties(width=rows.plot_width, height=rows.height)


def intervals(table: pd.DataFrame, rows: Rows, x_scale: alt.Scale, colour: str = theme.INK) -> alt.LayerChart:
    """Intervals from column `low` to `high` as a thin line with end strokes, at `__y`, with a halo against the bar."""
    base = alt.Chart(table)
    layers = []
    for line_colour, thickness, size in ((theme.BACKGROUND, 4.5, 130), (colour, 1.5, 80)):
        layers.append(base.mark_rule(color=line_colour, strokeWidth=thickness).encode(
            x=alt.X("low:Q", scale=x_scale), x2="high:Q", y=rows.y()))
        layers += [base.mark_point(shape="stroke", angle=90, size=size, filled=False, strokeWidth=thickness,
                                   color=line_colour, opacity=1)
                   .encode(x=alt.X(f"{end}:Q", scale=x_scale), y=rows.y()) for end in ("low", "high")]
    return alt.layer(*layers)
