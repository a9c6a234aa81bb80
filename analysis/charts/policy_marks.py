"""Policy dates as light vertical marks in a time chart, with short names staggered above the plot."""

from __future__ import annotations

from dataclasses import dataclass

import altair as alt
import pandas as pd

from analysis.charts import theme
from analysis.charts.plot import tip, written
from analysis.charts.text import text_width

LINE_PX = 17
MAX_LINES = 5


@dataclass(frozen=True)
class _Name:
    """A name on one of the lines above the plot: its box from `start` to `end`, its mark at `at`, px; line 0 is on top."""

    at: float
    start: float
    end: float
    line: int

    def meets(self, other: _Name) -> bool:
        """Whether the names overlap, or the mark of one runs through the other."""
        if self.line == other.line and self.start < other.end + 6 and other.start < self.end + 6:
            return True
        return any(upper.line < lower.line and lower.start - 2 < upper.at < lower.end + 2
                   for upper, lower in ((self, other), (other, self)))


def policy_marks(dates: pd.DataFrame, x: alt.X, position_px: pd.Series, plot_width: float, height: float) -> list[alt.Chart]:
    """The marks as layers of a chart that shares the channel `x`; the names stand above its plot.

    Arguments
    ---------
    dates: columns `date` (in the unit of the axis: datetime or year) and `label` (two or three words).
    x: the channel of the chart, on the field `date`.
    position_px: where each date stands on the axis, px from the left; needed to keep the names apart.
    plot_width, height: size of the plot, px.
    A name for which there is no room is left out; its mark stays.
    """
    table = dates[["date", "label"]].reset_index(drop=True).assign(at=list(position_px)).sort_values("at", kind="stable")
    names = place_names(table["label"], table["at"], plot_width)
    lines = max((name.line for name in names if name), default=-1) + 1
    layers = []
    for row, name in zip(table.itertuples(index=False), names, strict=True):
        top = -LINE_PX * (lines - name.line) if name else 0
        one = pd.DataFrame({"date": [row.date], "label": [row.label]})
        layers.append(alt.Chart(one).mark_rule(color=theme.POLICY, strokeWidth=1.2, strokeDash=[3, 3]).encode(
            x=x, y=alt.YValue(top), y2=alt.Y2Value(height), tooltip=tip("label")))
        if name:
            left = name.end <= name.at
            layers.append(alt.Chart(one).mark_text(
                align="right" if left else "left", dx=-5 if left else 5, baseline="middle", color=theme.MUTED).encode(
                x=x, y=alt.YValue(top + LINE_PX / 2), text=written("label")))
    return layers


def place_names(labels: pd.Series, at: pd.Series, plot_width: float) -> list[_Name | None]:
    """A free place for each name in order of date, right of its mark or, near the edge, left of it; None if there is none.

    >>> [name.line for name in place_names(pd.Series(["Listed", "Widened"]), pd.Series([10.0, 20.0]), 300)]
    [0, 1]
    """
    placed: list[_Name | None] = []
    for label, mark in zip(labels, at, strict=True):
        length = text_width(label) + 5
        start = mark - length if mark + length > plot_width + 20 else mark
        candidates = (_Name(mark, start, start + length, line) for line in range(MAX_LINES))
        placed.append(next((name for name in candidates if start > -30 and not any(
            name.meets(other) for other in placed if other)), None))
    return placed
