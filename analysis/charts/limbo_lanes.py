"""A wall timeline: one lane a file, hatched while it waits, under headed groups; strips of marks on top.

On a desk each name stands beside its bar, on whichever side has room. On a phone it stands above its bar, so nothing is cut.
Positions are worked out here in pixels, because a name's place depends on the bar's.
"""

from __future__ import annotations

import altair as alt
import pandas as pd

from analysis.charts import theme
from analysis.charts.series_key import series_key
from analysis.charts.text import text_width

LANE_PX, LANE_NARROW_PX, HEAD_PX, STRIP_PX, AXIS_PX = 21, 36, 30, 22, 24
BAR_PX = 12
NARROW_BELOW_PX = 500
STYLES = ("waiting", "apart")
Size = tuple[float, float]


def limbo_lanes(
    bars: pd.DataFrame,
    width: int,
    colours: dict[str, str],
    first: str,
    last: str,
    strips: dict[str, pd.DataFrame] | None = None,
    lines: dict[str, str] | None = None,
) -> alt.VConcatChart:
    """Draw the lanes.

    Arguments
    ---------
    bars: in drawing order; columns `group` (heading), `name`, `start`, `end` (datetime), `series` (a key of `colours`), `style`
        ('waiting' hatched, 'apart' pale), `open` (the end is not known: a question mark follows the bar).
    colours: series → colour from the theme; the key above the plot.
    first, last: days at the ends of the time axis.
    strips: heading → columns `day`, `colour`, `symbol` ('tick' or 'cross'): one line of marks each, above the lanes.
    lines: day → words: light vertical lines through the whole plot.
    Raises ValueError for an unknown series or style.
    """
    unknown = sorted(set(bars["series"]) - set(colours)) + sorted(set(bars["style"]) - set(STYLES))
    if unknown:
        raise ValueError(f"unknown series or style: {', '.join(unknown)}")
    narrow = width < NARROW_BELOW_PX
    plot_width = width - 10
    axis = _Axis(pd.Timestamp(first), pd.Timestamp(last), plot_width)
    strips, lines = strips or {}, lines or {}
    texts: list[dict] = []
    y = 0.0
    for day, words in lines.items():
        texts.append(_beside_line(axis, day, words, y + 8, plot_width))
        y += 18
    top = y
    y += AXIS_PX
    marks = []
    for heading, table in strips.items():
        texts.append(_text(0, y + 6, heading, theme.MUTED, bold=False))
        y += 14
        marks.append(table.assign(__x=table["day"].map(axis.x), __y=y + STRIP_PX / 2))
        y += STRIP_PX
    rows = []
    for heading, group in bars.groupby("group", sort=False):
        texts.append(_text(0, y + HEAD_PX - 11, heading, theme.INK, bold=True))
        y += HEAD_PX
        for bar in group.itertuples():
            x0, x1 = axis.x(bar.start), max(axis.x(bar.end), axis.x(bar.start) + 2)
            middle = y + (LANE_NARROW_PX - BAR_PX / 2 - 4 if narrow else LANE_PX / 2)
            tail = 12 if bar.open else 0
            rows.append(
                {
                    "x0": x0,
                    "x1": x1,
                    "y0": middle - BAR_PX / 2,
                    "y1": middle + BAR_PX / 2,
                    "fill": _fill(bar, colours),
                    "edge": colours[bar.series],
                }
            )
            if bar.open:
                texts.append(_text(min(x1 + 4, plot_width - 8), middle, "?", colours[bar.series], bold=True))
            texts.append(
                _text(min(x0, max(0, plot_width - text_width(bar.name))), y + 9, _cut(bar.name, plot_width), theme.INK)
                if narrow
                else _beside(bar.name, x0, x1 + tail, middle, plot_width)
            )
            y += LANE_NARROW_PX if narrow else LANE_PX
    bottom = y + 6
    ticks = axis.years(narrow)
    size = (plot_width, bottom + 20)
    labels = [_text(t.x, at, t.label, theme.MUTED, align="center") for t in ticks.itertuples() for at in (top + 8, bottom + 10)]
    vertical = pd.DataFrame({"x": [axis.x(pd.Timestamp(d)) for d in lines], "y0": top + AXIS_PX - 6, "y1": bottom})
    layers = [
        _rules(ticks.assign(y0=top + AXIS_PX - 6, y1=bottom), size, theme.GRID),
        *([_rules(vertical, size, theme.POLICY, 1.5)] if lines else []),
        _bars(pd.DataFrame(rows), size),
        *[_marks(table, size) for table in marks],
        *_texts(texts + labels, size),
    ]
    plot = alt.layer(*layers).properties(width=size[0], height=size[1])
    words = [
        *((f"■ {name}", colour) for name, colour in colours.items()),
        ("hatched: waiting", theme.MUTED),
        ("?: end not known", theme.MUTED),
    ]
    return alt.vconcat(series_key(words, plot_width), plot, spacing=10)


class _Axis:
    """Days to pixels."""

    def __init__(self, first: pd.Timestamp, last: pd.Timestamp, width: int) -> None:
        self.first, self.last, self.scale = first, last, (width - 16) / (last - first).days

    def x(self, day: pd.Timestamp) -> float:
        return round(4 + (min(max(day, self.first), self.last) - self.first).days * self.scale, 1)

    def years(self, narrow: bool) -> pd.DataFrame:
        years = [y for y in range(self.first.year, self.last.year + 1) if pd.Timestamp(y, 1, 1) >= self.first]
        return pd.DataFrame(
            {"x": [self.x(pd.Timestamp(y, 1, 1)) for y in years], "label": [f"’{y % 100:02d}" if narrow else str(y) for y in years]}
        )


def _fill(bar, colours: dict[str, str]) -> str:
    return theme.hatch(colours[bar.series]) if bar.style == "waiting" else theme.soft(colours[bar.series])


def _text(x: float, y: float, text: str, colour: str, bold: bool = False, align: str = "left") -> dict:
    return {"x": float(x), "y": float(y), "text": text, "colour": colour, "bold": bold, "align": align}


def _beside(name: str, x0: float, x1: float, y: float, width: float) -> dict:
    """The name right of the bar where it fits, else left of it, else on the roomier side, cut."""
    right, left = width - x1 - 6, x0 - 6
    if text_width(name) <= right or right >= left:
        return _text(x1 + 6, y, _cut(name, right), theme.INK)
    return _text(x0 - 6, y, _cut(name, left), theme.INK, align="right")


def _beside_line(axis: _Axis, day: str, words: str, y: float, width: float) -> dict:
    x = axis.x(pd.Timestamp(day))
    fits = x + 4 + text_width(words) <= width
    return _text(x + 4 if fits else x - 4, y, words, theme.MUTED, align="left" if fits else "right")


def _cut(name: str, room: float) -> str:
    """`name`, or as many of its words as fit with an ellipsis."""
    if text_width(name) <= room:
        return name
    words = name.split()
    while words and text_width(" ".join(words) + " …") > room:
        words.pop()
    return " ".join(words).rstrip(",;:") + " …" if words else ""


def _xy(x: str, y: str, size: tuple[float, float]) -> dict:
    """Encodings in pixels from the upper left corner of a plot of the given width and height."""
    across, down = (
        alt.Scale(domain=[0, span], nice=False, zero=False, reverse=reverse)
        for span, reverse in zip(size, (False, True), strict=True)
    )
    return {"x": alt.X(f"{x}:Q", scale=across, axis=None), "y": alt.Y(f"{y}:Q", scale=down, axis=None)}


def _rules(table: pd.DataFrame, size: Size, colour: str, thickness: float = 1) -> alt.Chart:
    return alt.Chart(table).mark_rule(color=colour, strokeWidth=thickness).encode(**_xy("x", "y0", size), y2="y1:Q")


def _bars(table: pd.DataFrame, size: Size) -> alt.Chart:
    # scale=None: the colours themselves, so one layer serves them all.
    colours = {"fill": alt.Fill("fill:N", scale=None), "stroke": alt.Stroke("edge:N", scale=None)}
    return alt.Chart(table).mark_rect(strokeWidth=1).encode(**_xy("x0", "y0", size), x2="x1:Q", y2="y1:Q", **colours)


def _marks(table: pd.DataFrame, size: Size) -> alt.LayerChart:
    layers = []
    for (colour, symbol), rows in table.groupby(["colour", "symbol"], sort=False):
        chart = alt.Chart(rows)
        if symbol == "cross":
            layers.append(chart.mark_text(text="×", fontSize=19, fontWeight="bold", color=colour).encode(**_xy("__x", "__y", size)))
        else:
            layers.append(
                chart.mark_point(shape="stroke", angle=90, size=160, strokeWidth=2.2, filled=False, color=colour).encode(
                    **_xy("__x", "__y", size)
                )
            )
    return alt.layer(*layers)


def _texts(texts: list[dict], size: Size) -> list[alt.Chart]:
    return [
        alt.Chart(group)
        .mark_text(align=align, baseline="middle", fontWeight="bold" if bold else "normal")
        .encode(**_xy("x", "y", size), text="text:N", color=alt.Color("colour:N", scale=None))
        for (bold, align), group in pd.DataFrame(texts).groupby(["bold", "align"], sort=False)
    ]
