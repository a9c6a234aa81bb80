"""Dumbbells: the same quantity on two bases, side by side for each row, so that the gap is what one sees.

The two ends differ by colour, by place and, where the classes differ, by symbol; both values stand beside them.
"""

from __future__ import annotations

import altair as alt
import pandas as pd

from analysis.charts import theme
from analysis.charts.evidence import evidence_marks
from analysis.charts.plot import across, layered, linear, tip, written
from analysis.charts.rows import Rows, domain, key, number_text, tips
from analysis.charts.text import widest


def dumbbell(
    data: pd.DataFrame, width: int, *, category: str, first: str, second: str, first_evidence: str, second_evidence: str,
    first_name: str, second_name: str, number_format: str = ",.1f", zero: bool = True,
    first_colour: str = theme.ACCENT, second_colour: str = theme.CONTRAST,
) -> alt.VConcatChart:
    """Draw one dumbbell a row of `data`, in its order.

    Arguments
    ---------
    category: column of the names; first, second: columns of the values on either basis, one unit; one may be missing.
    first_evidence, second_evidence: columns of their evidence classes.
    first_name, second_name: what the bases are called, above the plot.
    """
    texts = {column: number_text(data[column], number_format) for column in (first, second)}
    room = widest(texts[first] + texts[second]) + 14
    rows = Rows(tuple(data[category].astype(str)), width, right=room)
    low, high = domain(data[first], data[second], zero=zero)
    # Room on the left for the label of the smaller value.
    low -= room / (rows.plot_width - room) * (high - low)
    x_scale = linear(low, high + (high - low) * 0.01)
    smaller_first = data[first].fillna(data[second]) <= data[second].fillna(data[first])
    table = pd.DataFrame({
        "__y": rows.middles, "first": data[first].to_numpy(float), "second": data[second].to_numpy(float),
    })
    layers = [alt.Chart(table.dropna()).mark_rule(color=theme.NEUTRAL_SOFT, strokeWidth=5, strokeCap="round").encode(
        x=across("first", x_scale), x2=alt.X2(field="second"), y=rows.y())]
    ends = ((first, "first", first_evidence, first_colour, smaller_first),
            (second, "second", second_evidence, second_colour, ~smaller_first))
    for column, field, evidence, colour, is_left in ends:
        part = table.assign(text=texts[column], evidence=data[evidence].to_numpy(), is_left=is_left.to_numpy(),
                            __tip=tips(data[category], data[column], None, None, number_format)).dropna(subset=[field])
        position = {"x": across(field, x_scale), "y": rows.y()}
        layers += evidence_marks(part, {**position, "tooltip": tip("__tip")}, colour=colour)
        for left, side in part.groupby("is_left", sort=False):
            layers.append(alt.Chart(side).mark_text(
                align="right" if left else "left", dx=-10 if left else 10, baseline="middle", color=colour).encode(
                **position, text=written("text")))
    plot = layered(layers + rows.labels(), rows.plot_width, rows.height)
    head = key([(f"● {first_name}", first_colour), (f"● {second_name}", second_colour)], width, rows.left)
    return alt.vconcat(head, plot, spacing=8)
