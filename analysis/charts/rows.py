"""Named rows under one another, the layout that bars, dots, dumbbells and waterfalls share.

On a desk the names stand left of the marks. Where they would take too much of the width (a phone), each stands above
its own row instead, so that nothing is cut and text keeps its size. Positions down the page are in pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import altair as alt
import pandas as pd

from analysis.charts import theme
from analysis.charts.plot import down, layered, linear, written
from analysis.charts.text import text_width, widest, wrap

LINE_HEIGHT_PX = 17
TRUE_MINUS = "replace(datum.label, '-', '−')"   # label expression of an axis
# Mark properties of a text in the background's colour that is drawn under a text to keep lines away from it.
HALO = {"color": theme.BACKGROUND, "stroke": theme.BACKGROUND, "strokeWidth": 5, "strokeJoin": "round"}
NAMES_SHARE = 0.38   # the names may take this much of the width before they move above the rows


@dataclass(frozen=True)
class Rows:
    """Rows named `names` in a chart `width` px wide that keeps `right` px free for value labels."""

    names: tuple[str, ...]
    width: int
    right: float = 0.0
    row_px: int = 30

    @cached_property
    def above(self) -> bool:
        """Whether the names stand above their rows."""
        return widest(self.names) > self.width * NAMES_SHARE and self.width < 500

    @cached_property
    def _lines(self) -> list[list[str]]:
        return [wrap(name, self.width if self.above else self.width * NAMES_SHARE) for name in self.names]

    @cached_property
    def left(self) -> float:
        """Room left of the plot for the names, px."""
        return 0.0 if self.above else widest(line for lines in self._lines for line in lines) + 12

    @cached_property
    def plot_width(self) -> float:
        """Width of the plot itself, px."""
        return self.width - self.left - self.right - 2

    @cached_property
    def _heights(self) -> list[float]:
        if self.above:
            return [LINE_HEIGHT_PX * len(lines) + self.row_px + 4 for lines in self._lines]
        return [max(self.row_px, LINE_HEIGHT_PX * len(lines) + 8) for lines in self._lines]

    @cached_property
    def height(self) -> float:
        """Height of all rows, px."""
        return sum(self._heights)

    @cached_property
    def middles(self) -> list[float]:
        """Where each row's marks stand, px from the top."""
        tops = [sum(self._heights[:index]) for index in range(len(self.names))]
        if self.above:   # close under its name, away from the next one
            return [top + LINE_HEIGHT_PX * len(lines) + 13 for top, lines in zip(tops, self._lines, strict=True)]
        return [top + height / 2 for top, height in zip(tops, self._heights, strict=True)]

    def y(self, field: str = "__y") -> alt.Y:
        """The position channel of a field that holds pixels from the top."""
        return down(field, linear(self.height, 0))

    def labels(self) -> list[alt.Chart]:
        """Layers of the names; above the rows they get a halo, so that gridlines do not run through them."""
        table = pd.DataFrame({"__y": self.middles, "__name": ["\n".join(lines) for lines in self._lines]})
        form = {"lineBreak": "\n", "lineHeight": LINE_HEIGHT_PX, "baseline": "top" if self.above else "middle",
                "align": "left" if self.above else "right"}
        if self.above:
            table["__y"] -= [LINE_HEIGHT_PX * len(lines) + 12 for lines in self._lines]
        else:   # several lines hang from the first one's middle
            table["__y"] -= [(len(lines) - 1) * LINE_HEIGHT_PX / 2 for lines in self._lines]
        return [alt.Chart(table).mark_text(**paint, **form).encode(
            x=alt.XValue(0 if self.above else -12), y=self.y(), text=written("__name"))
            for paint in ([HALO] if self.above else []) + [{"color": theme.INK}]]


def number_text(values: pd.Series, pattern: str) -> list[str]:
    """Values as text by a Python format pattern, with a true minus sign; missing values are empty.

    >>> number_text(pd.Series([1122.0, -3.25, None]), ",.1f")
    ['1,122.0', '−3.2', '']
    """
    return ["" if pd.isna(value) else format(value, pattern).replace("-", "−") for value in values]


def axis_format(pattern: str) -> str:
    """The d3 format of an axis for values shown with a Python format: no more decimals than a tick needs.

    >>> axis_format(",.1f")
    ',.1~f'
    """
    return f"{pattern[:-1]}~{pattern[-1]}"


def tips(names, values: pd.Series, low: pd.Series | None, high: pd.Series | None, pattern: str) -> list[str]:
    """One line a value for the pointer: name, value and, where there is one, the interval.

    >>> tips(["Sales"], pd.Series([4.25]), pd.Series([3.0]), pd.Series([5.0]), ".1f")
    ['Sales: 4.2 (3.0 to 5.0)']
    """
    lines = [f"{name}: {text or 'no value'}" for name, text in zip(names, number_text(values, pattern), strict=True)]
    if low is None or high is None:
        return lines
    ends = zip(number_text(low, pattern), number_text(high, pattern), strict=True)
    return [f"{line} ({least} to {most})" if least and most else line for line, (least, most) in zip(lines, ends, strict=True)]


def label_room(texts: list[str], mark: bool) -> float:
    """Room for value labels right of the marks, px, with that of an evidence symbol before them."""
    return widest(texts) + 10 + (14 if mark else 0)


def domain(*columns: pd.Series, zero: bool = True) -> tuple[float, float]:
    """Smallest and largest value of all columns, stretched to zero if asked.

    >>> domain(pd.Series([3.0, 9.0]))
    (0.0, 9.0)
    """
    values = pd.concat([column.dropna().astype(float) for column in columns])
    low, high = float(values.min()), float(values.max())
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    return (low, high) if high > low else (low, low + 1.0)


def key(words: list[tuple[str, str]], width: float, left: float = 0.0) -> alt.LayerChart:
    """Names in their colours as one or more lines of words, to stand above a plot; each is (text, colour).

    `width` is that of the whole chart, `left` the room left of its plot, where the words start.
    """
    at, line, layers = 0.0, 0, []
    for words_text, colour in words:
        length = text_width(words_text, bold=True)
        if at and at + length > width:
            at, line = 0.0, line + 1
        layers.append(alt.Chart(pd.DataFrame({"text": [words_text]})).mark_text(
            align="left", baseline="middle", color=colour, fontWeight="bold").encode(
            x=alt.XValue(at - left), y=alt.YValue(line * 19 + 9), text=written("text")))
        at += length + 18
    return layered(layers, width - left - 2, 19 * (line + 1))
