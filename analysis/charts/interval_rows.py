"""Estimates with intervals, one a row, against a reference line; points may be coloured by series.

On a phone the row names stand above their rows, so the plot keeps its width.
"""

from __future__ import annotations

import altair as alt
import pandas as pd

from analysis.charts import theme
from analysis.charts.series_key import series_key
from analysis.charts.text import widest, wrap

SHARED_PX = 12
LINE_PX = 15
NARROW_BELOW_PX = 500


def interval_rows(
    data: pd.DataFrame,
    width: int,
    name: str,
    value: str,
    low: str,
    high: str,
    colours: dict[str, str],
    series: str,
    x_title: str = "",
    reference: float = 0.0,
) -> alt.VConcatChart:
    """Draw the rows in the order of `data`.

    Arguments: columns of `data` by name; `colours` series → colour from the theme, which is also the key above the plot;
    `x_title` stands below the axis. Raises ValueError for a series without a colour.
    """
    missing = sorted(set(data[series]) - set(colours))
    if missing:
        raise ValueError(f"no colour given for {', '.join(missing)}")
    narrow = width < NARROW_BELOW_PX
    room = 0.0 if narrow else min(widest(data[name]) + 12, width * 0.45)
    table = data.rename(columns={name: "__name", value: "__value", low: "__low", high: "__high", series: "__series"})
    table["__row"], words, height = _rows(table["__name"].astype(str), narrow, width - 8 if narrow else room - 12)
    plot_width = width - room - 14
    left, right = min(table["__low"].min(), reference), max(table["__high"].max(), reference)
    pad = (right - left) * 0.04
    y = alt.Y("__row:Q", scale=alt.Scale(domain=[0, height], nice=False, reverse=True), axis=None)
    x = alt.X(
        "__value:Q",
        title=x_title or None,
        scale=alt.Scale(domain=[left - pad, right + pad], nice=False),
        axis=alt.Axis(tickCount=5, grid=True, titlePadding=8),
    )
    layers = [alt.Chart(pd.DataFrame({"__value": [reference]})).mark_rule(color=theme.AXIS, strokeWidth=1.5).encode(x=x)]
    for group, colour in colours.items():
        base = alt.Chart(table[table["__series"] == group])
        layers.append(base.mark_rule(color=colour, strokeWidth=2.2).encode(x=alt.X("__low:Q"), x2="__high:Q", y=y))
        layers.append(base.mark_point(filled=True, color=colour, size=theme.DOT_AREA_PX2).encode(x=x, y=y))
    names = alt.Chart(words).mark_text(align="left", baseline="middle", color=theme.INK, lineBreak="\n", lineHeight=LINE_PX)
    layers.append(names.encode(x=alt.value(2 if narrow else -room), y=y, text="__words:N"))
    plot = alt.layer(*layers).properties(width=plot_width, height=height)
    return (
        alt.vconcat(series_key([(f"● {word}", colour) for word, colour in colours.items()], plot_width), plot, spacing=6)
        if len(colours) > 1
        else alt.vconcat(plot)
    )


def _rows(names: pd.Series, narrow: bool, room: float) -> tuple[list[float], pd.DataFrame, float]:
    """Vertical places in px: of every estimate, of every name (columns `__words`, `__row`), and the height of the plot.

    Estimates that follow one another under one name share its row, one below the other. A name that is wider than `room` runs
    over several lines, and its row grows with it; no name is cut.
    """
    places, words, y = [], [], 0.0
    for _, group in names.groupby((names != names.shift()).cumsum(), sort=False):
        lines = wrap(str(group.iloc[0]), room)
        more, size = (len(lines) - 1) * LINE_PX, len(group) * SHARED_PX
        above = 20 + more if narrow else 5 + max(0.0, (len(lines) * LINE_PX - size) / 2 - 3)
        places += [y + above + SHARED_PX * (i + 0.5) for i in range(len(group))]
        first = y + 11 if narrow else y + above + size / 2 - more / 2   # the middle of the first line
        words.append(("\n".join(lines), first))
        y += above + size + (5 if narrow else above)
    return places, pd.DataFrame(words, columns=["__words", "__row"]), y
