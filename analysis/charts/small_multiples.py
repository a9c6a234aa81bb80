"""Small multiples: the same small chart for each of many names, on one scale or each on its own."""

from __future__ import annotations

import altair as alt
import pandas as pd

from analysis.charts import theme
from analysis.charts.evidence import evidence_marks
from analysis.charts.plot import across, down, layered, linear, tip, written
from analysis.charts.rows import HALO, LINE_HEIGHT_PX, TRUE_MINUS, axis_format, domain, number_text, tips
from analysis.charts.text import widest, wrap

COLUMNS, MORE_COLUMNS, COLUMNS_NARROW = 3, 4, 2
HEIGHT_PX, GAP_PX, AXIS_PX = 96, 26, 44
OWN_GAP_PX = 8   # where each panel has an axis of its own, which keeps it apart


def small_multiples(
    data: pd.DataFrame, width: int, *, panel: str, x: str, y: str, evidence: str, low: str | None = None,
    high: str | None = None, colours: dict[str, str] | None = None, zero: bool = True, number_format: str = ",.0f",
    own_scales: bool = False,
) -> alt.ConcatChart:
    """Draw one panel for each value of `panel`, in order of appearance: three columns (four where that saves a last row of one
    panel), two on a phone.

    Arguments
    ---------
    x: column of years; y: of values; low, high: of the interval, drawn as a band; evidence: of the classes.
    colours: panel → theme colour where it differs from the accent.
    number_format: of the last value in each panel and of the axis.
    own_scales: give each panel the scale of its values, so that a small name's course is seen; say so beside the chart.
    """
    table = pd.DataFrame({
        "panel": data[panel].astype(str), "__x": data[x].astype(float), "__v": data[y].astype(float), "evidence": data[evidence],
        "__low": data[low].astype(float) if low else None, "__high": data[high].astype(float) if high else None,
        "__text": number_text(data[y], number_format),
        "__tip": tips(data[panel].astype(str) + ", " + data[x].astype(str), data[y], data[low] if low else None,
                      data[high] if high else None, number_format),
    }).sort_values("__x", kind="stable")
    names = list(dict.fromkeys(data[panel].astype(str)))
    columns = _columns(len(names), width)
    parts = {name: table[table["panel"] == name] for name in names}
    limits = {name: _limits(part if own_scales else table, zero) for name, part in parts.items()}
    axis_px = widest([f"{value:,.0f}" for ends in limits.values() for value in ends]) + 10
    gap = OWN_GAP_PX if own_scales else GAP_PX
    axes, value_px = columns if own_scales else 1, widest(table["__text"]) + 12
    panel_width = (width - axes * axis_px - columns * value_px - (columns - 1) * gap - 2) / columns
    titles = [wrap(name, panel_width + value_px, bold=True) for name in names]
    title_lines = max(len(lines) for lines in titles)
    years = table["__x"].min(), table["__x"].max()
    panels = [
        _panel(parts[name], (colours or {}).get(name, theme.ACCENT), limits[name], years, panel_width,
               lines, own_scales or position % columns == 0, number_format)
        for position, (name, lines) in enumerate(zip(names, titles, strict=True))]
    spacing = {"row": AXIS_PX + title_lines * LINE_HEIGHT_PX, "column": gap + value_px + (axis_px if own_scales else 0)}
    return alt.concat(*panels, columns=columns, bounds="flush", align="all", spacing=spacing)


def _columns(panels: int, width: int) -> int:
    """Columns for a chart `width` px wide; no panel stands alone in the last row where that can be helped."""
    if width < 500:
        return COLUMNS_NARROW
    return MORE_COLUMNS if panels > COLUMNS and panels % COLUMNS == 1 and panels % MORE_COLUMNS != 1 else COLUMNS


def _limits(table: pd.DataFrame, zero: bool) -> tuple[float, float]:
    """Ends of the value axis for these rows."""
    bottom, top = domain(*(table[column] for column in ("__v", "__low", "__high")), zero=zero)
    pad = (top - bottom) * 0.08
    return (bottom if zero and bottom == 0 else bottom - pad, top + pad)


def _panel(table: pd.DataFrame, colour: str, limits: tuple[float, float], years: tuple[float, float], width: float,
           title: list[str], labelled: bool, number_format: str) -> alt.LayerChart:
    y_axis = {"tickCount": 3, "format": axis_format(number_format), "labels": labelled, "labelExpr": TRUE_MINUS}
    x = across("__x", linear(*years), {"values": list(years), "format": "d", "labelFlush": True, "ticks": True, "tickSize": 4})
    position = {"x": x, "y": down("__v", linear(*limits), y_axis)}
    layers = []
    if table["__low"].notna().any():
        layers.append(alt.Chart(table).mark_area(color=colour, opacity=0.18).encode(
            x=x, y=down("__low", linear(*limits), y_axis), y2=alt.Y2(field="__high")))
    layers.append(alt.Chart(table).mark_line(color=colour).encode(**position))
    layers.append(alt.Chart(table).mark_point(opacity=0, size=60).encode(**position, tooltip=tip("__tip")))   # for the pointer
    last = table.dropna(subset=["__v"]).tail(1)
    layers += evidence_marks(last, position, colour=colour, size=50)
    layers += [alt.Chart(last).mark_text(align="left", baseline="middle", dx=8, **paint).encode(**position, text=written("__text"))
               for paint in (HALO, {"color": theme.INK})]
    # A text mark, not a Vega title: titles are pushed up by axis labels, and would not stand in line across a row.
    name = pd.DataFrame({"__title": ["\n".join(title)]})
    layers.append(alt.Chart(name).mark_text(
        align="left", baseline="alphabetic", lineBreak="\n", lineHeight=LINE_HEIGHT_PX, fontWeight="bold", color=theme.INK,
    ).encode(x=alt.XValue(0), y=alt.YValue(-14 - (len(title) - 1) * LINE_HEIGHT_PX), text=written("__title")))
    return layered(layers, width, HEIGHT_PX)
