"""A waterfall from one quantity to another: each step starts where the last one ended.

Steps run down the page, so that their names stay readable on a phone. Rises and falls differ by sign, colour and
direction; totals stand on zero.
"""

from __future__ import annotations

import altair as alt
import pandas as pd

from analysis.charts import theme
from analysis.charts.bars import BAR_PX, intervals
from analysis.charts.evidence import evidence_marks
from analysis.charts.plot import across, layered, linear, tip, written
from analysis.charts.rows import Rows, domain, label_room, number_text, tips


def waterfall(
    data: pd.DataFrame, width: int, *, step: str, change: str, total: str, evidence: str, low: str | None = None,
    high: str | None = None, number_format: str = ",.1f", zero: bool = True,
) -> alt.LayerChart:
    """Draw the steps of `data` in its order.

    Arguments
    ---------
    step, change: columns of the names and of the signed changes; for a total, `change` holds the total itself.
    total: boolean column, true where the row is a level that stands on zero (the first row must be one).
    evidence: column of the evidence classes. low, high: columns of the interval of the *change* (or of the total).
    zero: start the axis at zero; otherwise close to the smallest level, for small changes of a large level.
    Raises ValueError when the first row is no total, or a total differs from the steps before it by more than 1%.
    """
    spans = levels(data[change], data[total])
    start, end = spans["start"], spans["end"]
    shift = start.where(~data[total].reset_index(drop=True), 0.0)
    texts = [shown if is_total or shown.startswith("−") else f"+{shown}"
             for shown, is_total in zip(number_text(data[change], number_format), data[total], strict=True)]
    interval_low = data[low].reset_index(drop=True) + shift if low else pd.Series(dtype=float)
    interval_high = data[high].reset_index(drop=True) + shift if high else pd.Series(dtype=float)
    names = tuple(data[step].astype(str))
    rows = Rows(names, width, right=label_room(texts, mark=True), row_px=34)
    least, most = domain(start.where(~data[total].reset_index(drop=True)), end, interval_low, interval_high, zero=zero)
    edge = least if zero else least - (most - least) * 0.15
    x_scale, floor = linear(edge, most), 0.0 if zero else edge
    colour = [theme.NEUTRAL if is_total else theme.ACCENT if value >= 0 else theme.CONTRAST
              for is_total, value in zip(data[total], data[change], strict=True)]
    table = pd.DataFrame({
        "start": start.where(~data[total].reset_index(drop=True), floor), "end": end, "text": texts,
        "__tip": tips(names, data[change], data[low] if low else None, data[high] if high else None, number_format),
        "__y": rows.middles,
        "__y0": [y - BAR_PX / 2 for y in rows.middles], "__y1": [y + BAR_PX / 2 for y in rows.middles], "colour": colour,
        "evidence": data[evidence].to_numpy(),
    })
    table["low"] = interval_low if low else None
    table["high"] = interval_high if high else None
    columns = ["start", "end"] + (["high"] if high else [])
    table["label_at"] = table[columns].astype(float).max(axis=1)
    links = pd.DataFrame({"x": end[:-1], "y0": table["__y1"][:-1], "y1": table["__y0"].shift(-1)[:-1]})
    layers = [alt.Chart(links).mark_rule(color=theme.AXIS, strokeWidth=1).encode(
        x=across("x", x_scale), y=rows.y("y0"), y2=alt.Y2(field="y1"))]
    layers += [alt.Chart(part).mark_rect(fill=fill).encode(
        x=across("start", x_scale), x2=alt.X2(field="end"), y=rows.y("__y0"), y2=alt.Y2(field="__y1"), tooltip=tip("__tip"))
        for fill, part in table.groupby("colour", sort=False)]
    if low and high:
        layers += intervals(table.dropna(subset=["low", "high"]), rows, x_scale)
    at_label = {"x": across("label_at", x_scale), "y": rows.y()}
    layers += evidence_marks(table, at_label, colour=theme.MUTED, shift_px=13, size=56)
    layers.append(alt.Chart(table).mark_text(align="left", baseline="middle", dx=22, color=theme.INK).encode(
        **at_label, text=written("text")))
    return layered(layers + rows.labels(), rows.plot_width, rows.height)


def levels(change: pd.Series, total: pd.Series) -> pd.DataFrame:
    """Where each step starts and ends.

    >>> levels(pd.Series([10.0, -4.0, 6.0]), pd.Series([True, False, True])).to_dict("list")
    {'start': [0.0, 10.0, 0.0], 'end': [10.0, 6.0, 6.0]}
    """
    if not bool(total.iloc[0]):
        raise ValueError("a waterfall starts with a total")
    rows, level = [], 0.0
    for position, (value, is_total) in enumerate(zip(change, total, strict=True)):
        if is_total:
            if position and abs(value - level) > 0.01 * max(abs(value), abs(level)):
                raise ValueError(f"row {position}: the total is {value:g} but the steps before it lead to {level:g}")
            rows.append((0.0, float(value)))
            level = float(value)
        else:
            rows.append((level, level + float(value)))
            level += float(value)
    return pd.DataFrame(rows, columns=["start", "end"])
