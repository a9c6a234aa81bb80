"""A stack of dots: how many of many results lie where, one dot a result, so that each can still be pointed at."""

from __future__ import annotations

import altair as alt
import pandas as pd

from analysis.charts import theme
from analysis.charts.plot import across, down, layered, linear, tip
from analysis.charts.rows import TRUE_MINUS
from analysis.charts.series_key import series_key

ROW_PX = 15
LEAST_ROWS = 6


def dot_stack(
    data: pd.DataFrame, width: int, *, value: str, name: str, series: str, colours: dict[str, str], bin_width: float,
    references: tuple[float, ...] = (), x_title: str = "",
) -> alt.VConcatChart:
    """Draw one dot a row of `data`, stacked in bins of `bin_width`.

    Arguments
    ---------
    value, name, series: columns of the values, of what the pointer shows and of the groups; colours: group → theme colour,
    which is also the key above. references: values marked by a line. x_title: stands below the axis.
    Raises ValueError for a group without a colour.
    """
    if missing := sorted(set(data[series]) - set(colours)):
        raise ValueError(f"no colour given for {', '.join(missing)}")
    table = data.sort_values(value, kind="stable")
    bins = (table[value] / bin_width).round() * bin_width
    table = pd.DataFrame({
        "__x": bins, "__y": table.groupby(bins).cumcount() + 0.5, "__series": table[series],
        "__tip": [f"{words}: {number:.2f}".replace("-", "−") for words, number in zip(table[name], table[value], strict=True)],
    })
    ends = [*bins, *references]
    left, right = min(ends) - bin_width, max(ends) + bin_width
    tallest = max(LEAST_ROWS, int(table["__y"].max() + 0.5))
    x = across("__x", linear(left, right), {"grid": False, "tickCount": 7, "labelExpr": TRUE_MINUS, "title": x_title or None})
    y = down("__y", linear(0, tallest))
    plot_width = width - 24
    layers = [alt.Chart(pd.DataFrame({"__x": [place]})).mark_rule(color=theme.AXIS, strokeDash=[4, 3]).encode(x=x)
              for place in references]
    for group, colour in colours.items():
        dots = alt.Chart(table[table["__series"] == group])
        layers.append(dots.mark_point(filled=True, color=colour, size=theme.DOT_AREA_PX2, opacity=1).encode(
            x=x, y=y, tooltip=tip("__tip")))
    key = series_key([(f"● {group}", colour) for group, colour in colours.items()], plot_width)
    return alt.vconcat(key, layered(layers, plot_width, tallest * ROW_PX), spacing=8)
