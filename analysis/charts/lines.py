"""Lines over time with their names at the end, intervals as bands and policy dates as light marks."""

from __future__ import annotations

import altair as alt
import pandas as pd

from analysis.charts import theme
from analysis.charts.evidence import evidence_marks
from analysis.charts.plot import across, down, layered, linear, tip, written
from analysis.charts.policy_marks import policy_marks
from analysis.charts.rows import HALO, TRUE_MINUS, axis_format, domain, key, tips
from analysis.charts.text import spread, widest

HEIGHT_PX, HEIGHT_NARROW_PX = 300, 260
NAMES_SHARE = 0.27    # names wider than this part of the width move above the plot
MOST_SYMBOLS = 26     # series with more points show their evidence symbol at the last one only


def lines(
    data: pd.DataFrame, width: int, *, x: str, y: str, series: str, evidence: str, low: str | None = None,
    high: str | None = None, colours: dict[str, str] | None = None, policy: pd.DataFrame | None = None,
    marks: pd.DataFrame | None = None, zero: bool = True, number_format: str = ",.0f", x_format: str | None = None,
) -> alt.LayerChart | alt.VConcatChart:
    """Draw one line for each value of `series`, at most five.

    Arguments
    ---------
    data: tidy; `x` a year (number) or a date, `y` the values (a missing one breaks the line), `evidence` the classes.
    low, high: columns of the interval, drawn as a band.
    policy: columns `date` (in the unit of `x`) and `label`: policy dates.
    marks: single figures beside the lines; columns `x`, `y` as in `data`, and `label`, which stands at the mark.
    zero: start the value axis at zero. number_format, x_format: formats of the axes.
    Raises ValueError for more series than the palette can tell apart.
    """
    dated = pd.api.types.is_datetime64_any_dtype(data[x])
    table = pd.DataFrame({
        "__x": data[x], "__v": data[y].astype(float), "series": data[series].astype(str), "evidence": data[evidence],
        "__low": data[low].astype(float) if low else None, "__high": data[high].astype(float) if high else None,
        "__tip": tips(data[series].astype(str) + ", " + (data[x].dt.strftime("%Y-%m") if dated else data[x].astype(str)),
                      data[y], data[low] if low else None, data[high] if high else None, number_format),
    }).sort_values("__x", kind="stable")
    names = list(dict.fromkeys(data[series].astype(str)))
    palette = theme.colours(names, colours)
    dashes = dict(zip(names, theme.DASHES, strict=False))
    shown = [table[column] for column in ("__v", "__low", "__high")] + ([marks[y]] if marks is not None else [])
    bottom, top = domain(*shown, zero=zero)
    pad = (top - bottom) * 0.05
    bottom, top = (bottom if zero and bottom == 0 else bottom - pad), top + pad
    left = widest([format(value, number_format) for value in (bottom, top)]) + 12
    above = len(names) > 1 and widest(names, bold=True) > width * NAMES_SHARE
    right = 16 if above or len(names) == 1 else widest(names, bold=True) + 14
    plot_width, height = width - left - right, HEIGHT_PX if width >= 500 else HEIGHT_NARROW_PX
    first, last = table["__x"].min(), table["__x"].max()
    ticks = max(3, int(plot_width // 50))
    axis = {"format": x_format or ("%Y" if dated else "d"), "ticks": True, "tickSize": 5, "labelOverlap": True,
            "grid": False, **({"tickCount": _year_step(first, last, ticks)} if dated else {"tickCount": ticks, "tickMinStep": 1})}

    def when(field: str = "__x") -> alt.X:
        if dated:
            return alt.X(field=field, type="temporal", title=None, axis=axis, scale=alt.Scale(nice=False))
        return across(field, linear(float(first), float(last)), axis)

    y_axis = {"tickCount": 5, "format": axis_format(number_format), "minExtent": left, "maxExtent": left, "labelExpr": TRUE_MINUS}
    position = {"x": when(), "y": down("__v", linear(bottom, top), y_axis)}
    pointed = {**position, "tooltip": tip("__tip")}
    layers = []
    if policy is not None and len(policy):
        inside = policy[(policy["date"] >= first) & (policy["date"] <= last)]
        along = (inside["date"] - first) / (last - first) * plot_width
        layers += policy_marks(inside, when("date"), along, plot_width, height)
    if bottom < 0 < top:
        layers.append(alt.Chart(pd.DataFrame({"__v": [0.0]})).mark_rule(color=theme.AXIS, strokeWidth=1).encode(y=position["y"]))
    parts = {name: table[table["series"] == name] for name in names}
    layers += [alt.Chart(part.dropna(subset=["__low", "__high"])).mark_area(color=palette[name], opacity=0.18).encode(
        x=when(), y=down("__low", linear(bottom, top), y_axis), y2=alt.Y2(field="__high"))
        for name, part in parts.items() if part["__low"].notna().any()]
    for name, part in parts.items():
        layers.append(alt.Chart(part).mark_line(color=palette[name], strokeDash=dashes[name]).encode(**position))
        points = part.dropna(subset=["__v"])
        marked = points if len(points) <= MOST_SYMBOLS and width >= 500 else points.tail(1)
        layers += evidence_marks(marked, pointed, colour=palette[name], size=62)
        if len(marked) < len(points):   # invisible, for the pointer only
            layers.append(alt.Chart(points).mark_point(opacity=0, size=80).encode(**pointed))
    if marks is not None:
        layers += _marks(marks, x, y, position, (float(first), float(last)), plot_width)
    if not above and len(names) > 1:
        layers += _end_names(parts, palette, position, (bottom, top), height)
    plot = layered(layers, plot_width, height)
    if not above:
        return plot
    words = [(f"{symbol} {name}", palette[name]) for name, symbol in zip(names, theme.DASH_SYMBOLS, strict=False)]
    return alt.vconcat(key(words, width, left), plot, spacing=14)


def _marks(marks: pd.DataFrame, x: str, y: str, position: dict[str, object], ends: tuple[float, float],
           width: float) -> list[alt.Chart]:
    """Diamonds with their labels, on the side that has more room."""
    layers = []
    for at, value, label in marks[[x, y, "label"]].itertuples(index=False):
        left = (at - ends[0]) / (ends[1] - ends[0]) * width > widest([label]) + 12
        one = alt.Chart(pd.DataFrame({"__x": [at], "__v": [value], "__label": [label]}))
        layers.append(one.mark_point(shape="diamond", filled=True, color=theme.INK, size=80, opacity=1).encode(
            **position, tooltip=tip("__label")))
        layers += [one.mark_text(align="right" if left else "left", baseline="middle", dx=-9 if left else 9, **paint).encode(
            **position, text=written("__label")) for paint in (HALO, {"color": theme.INK})]
    return layers


def _end_names(parts: dict[str, pd.DataFrame], palette: dict[str, str], position: dict[str, object],
               limits: tuple[float, float], height: float) -> list[alt.Chart]:
    """The series' names beside their last points, moved apart where they would overlap."""
    ends = {name: part.dropna(subset=["__v"]).iloc[-1] for name, part in parts.items() if part["__v"].notna().any()}
    wanted = [(limits[1] - end["__v"]) / (limits[1] - limits[0]) * height for end in ends.values()]
    return [
        alt.Chart(pd.DataFrame({"__x": [end["__x"]], "__name": [name]})).mark_text(
            align="left", baseline="middle", dx=10, color=palette[name], fontWeight="bold").encode(
            x=position["x"], y=alt.YValue(place), text=written("__name"))
        for (name, end), place in zip(ends.items(), spread(wanted, 17, 0, height), strict=True)]


def _year_step(first: pd.Timestamp, last: pd.Timestamp, ticks: int) -> dict | int:
    """A tick every so many years, so that no more than `ticks` are drawn; within two years, as many as fit."""
    years = last.year - first.year
    if years < 2:
        return ticks
    step = next(step for step in (1, 2, 5, 10, 20, 50) if years / step <= ticks)
    return {"interval": "year", "step": step}
