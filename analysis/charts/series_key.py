"""A line of coloured words that names the series of an Altair chart, wrapped to its width: stands where a legend would."""

from __future__ import annotations

import altair as alt
import pandas as pd

from analysis.charts.text import text_width

LINE_PX = 18
GAP_PX = 16


def series_key(words: list[tuple[str, str]], width: float) -> alt.Chart:
    """The words, each (text, colour from the theme), in order, in as many lines as the width asks for."""
    rows, x, line = [], 0.0, 0
    for text, colour in words:
        size = text_width(text, bold=True)
        if x and x + size > width:
            x, line = 0.0, line + 1
        rows.append({"x": x, "y": LINE_PX * (line + 0.5), "text": text, "colour": colour})
        x += size + GAP_PX
    height = LINE_PX * (line + 1)
    chart = alt.Chart(pd.DataFrame(rows)).mark_text(align="left", baseline="middle", fontWeight="bold")
    return chart.encode(
        x=alt.X("x:Q", scale=alt.Scale(domain=[0, width], nice=False), axis=None),
        y=alt.Y("y:Q", scale=alt.Scale(domain=[0, height], nice=False, reverse=True), axis=None),
        text="text:N",
        color=alt.Color("colour:N", scale=None),  # the colours themselves, so one layer serves them all
    ).properties(width=width, height=height)
