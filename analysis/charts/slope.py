"""Slopes: where each name stood at two moments, and which way it went."""

from __future__ import annotations

import altair as alt
import pandas as pd

from analysis.charts import theme
from analysis.charts.evidence import evidence_marks
from analysis.charts.plot import across, down, layered, linear, tip, written
from analysis.charts.rows import domain, number_text, tips
from analysis.charts.text import spread, widest

HEIGHT_PX = 320
LABEL_GAP_PX = 17


def slope(
    data: pd.DataFrame, width: int, *, category: str, start: str, end: str, start_evidence: str, end_evidence: str,
    start_name: str, end_name: str, colours: dict[str, str] | None = None, number_format: str = ",.0f",
) -> alt.LayerChart:
    """Draw one line a row of `data`.

    Arguments
    ---------
    category: column of the names; start, end: columns of the values; start_evidence, end_evidence: of their classes.
    start_name, end_name: headings of the two moments.
    colours: name → theme colour of the lines the title speaks of; the others stay neutral.
    """
    names = data[category].astype(str).tolist()
    texts = {column: number_text(data[column], number_format) for column in (start, end)}
    right_texts = [f"{value}  {name}" for value, name in zip(texts[end], names, strict=True)]
    left, right = widest(texts[start]) + 16, widest(right_texts) + 16
    plot_width = width - left - right - 2
    low, high = domain(data[start], data[end], zero=False)
    palette = {name: (colours or {}).get(name, theme.NEUTRAL) for name in names}
    layers = []
    # Neutral lines first, so that the ones the title speaks of lie on top.
    for name in sorted(names, key=lambda n: (palette[n] != theme.NEUTRAL, names.index(n))):
        row = data.iloc[names.index(name)]
        points = pd.DataFrame({
            "__x": [0.0, 1.0], "__v": [float(row[start]), float(row[end])], "evidence": [row[start_evidence], row[end_evidence]],
            "__tip": tips([f"{name}, {start_name}", f"{name}, {end_name}"], pd.Series([row[start], row[end]]), None, None,
                          number_format)})
        position = {"x": across("__x", linear(0, 1)), "y": down("__v", linear(low, high))}
        layers.append(alt.Chart(points).mark_line(
            color=palette[name], strokeWidth=1.4 if palette[name] == theme.NEUTRAL else 2.6).encode(**position))
        layers += evidence_marks(points, {**position, "tooltip": tip("__tip")}, colour=palette[name], size=60)
    for column, labels, x, align in ((start, texts[start], -10, "right"), (end, right_texts, plot_width + 10, "left")):
        wanted = [(high - value) / (high - low) * HEIGHT_PX for value in data[column]]
        table = pd.DataFrame({"text": labels, "__v": [high - place / HEIGHT_PX * (high - low) for place in
                                                      spread(wanted, LABEL_GAP_PX, 0, HEIGHT_PX)],
                              "colour": [palette[name] for name in names]})
        for colour, part in table.groupby("colour", sort=False):
            plain = colour == theme.NEUTRAL
            layers.append(alt.Chart(part).mark_text(
                align=align, baseline="middle", color=theme.INK if plain else colour, fontWeight="normal" if plain else "bold",
            ).encode(x=alt.XValue(x), y=down("__v", linear(low, high)), text=written("text")))
    for heading, x, align in ((start_name, 0, "left"), (end_name, plot_width, "right")):
        layers.append(alt.Chart(pd.DataFrame({"text": [heading]})).mark_text(
            align=align, baseline="middle", color=theme.MUTED).encode(x=alt.XValue(x), y=alt.YValue(-24), text=written("text")))
    return layered(layers, plot_width, HEIGHT_PX)
