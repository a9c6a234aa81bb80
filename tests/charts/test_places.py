"""Every mark of every form has a place: a column that is there, on a scale that holds it, and names beside their own values."""

from __future__ import annotations

import math
from collections.abc import Iterator

import altair as alt
import chart_examples
import pandas as pd
import pytest
from chart_examples import layers
from jsonschema import ValidationError

from analysis.charts import theme
from analysis.charts.dot_stack import dot_stack
from analysis.charts.fan import fan
from analysis.charts.frontier import frontier
from analysis.charts.interval_rows import interval_rows
from analysis.charts.limbo_lanes import limbo_lanes
from analysis.charts.lines import lines
from analysis.charts.scatter_fit import scatter_fit
from analysis.charts.stacked_bars import stacked_bars
from analysis.charts.tornado import ranges, tornado

NAMES = [f"Name {i}" for i in range(6)]
POINTS = pd.DataFrame({"name": NAMES, "x": [0.0, 1.0, 2.0, 3.0, 4.0, 90.0], "y": [0.0, 4.0, 8.0, 6.0, 7.0, 80.0],
                       "group": ["a", "b"] * 3, "best": [True, False] * 3}).assign(
    xl=lambda t: t["x"] - 1, xh=lambda t: t["x"] + 1, yl=lambda t: t["y"] - 2, yh=lambda t: t["y"] + 2)
LONG = "A name with many words, in parts; and more of them " * 3
BARS = pd.DataFrame({"group": ["Open", "Open", "Settled"], "name": ["Short", LONG, "Third"],
                     "start": pd.to_datetime(["2018-03-01", "2019-01-01", "2025-06-01"]),
                     "end": pd.to_datetime(["2019-01-01", "2024-01-01", "2026-06-01"]),
                     "series": ["a", "b", "a"], "style": ["waiting", "apart", "waiting"], "open": [True, False, True]})
STRIP = {"Marks": pd.DataFrame({"day": pd.to_datetime(["2018-05-01", "2020-01-01"]), "colour": [theme.ACCENT, theme.CONTRAST],
                                "symbol": ["tick", "cross"]})}
COLOURS = {"a": theme.ACCENT, "b": theme.CONTRAST}
TORNADO = {"name": "name", "low": "yl", "high": "yh"}
INTERVALS = {"low": "yl", "high": "yh", "series": "group", "x_title": "US$ billion"}
FORMS = {
    **{form: build for form, (_, build) in chart_examples.FORMS.items()},
    "dot_stack": lambda w: dot_stack(POINTS, w, value="x", name="name", series="group", colours=COLOURS, bin_width=2.0,
                                     references=(-5.0,), x_title="t"),
    "fan": lambda w: fan(POINTS, w, x="x", y="y", low="yl", high="yh", series="group", x_title="Month", y_title="%"),
    "frontier": lambda w: frontier(POINTS, w, x="x", y="y", name="name", on_frontier="best", x_low="xl", x_high="xh", y_low="yl",
                                   y_high="yh", x_title="Months", y_title="US$ billion"),
    "interval_rows": lambda w: interval_rows(POINTS, w, "name", "y", "yl", "yh", COLOURS, "group", x_title="%"),
    "limbo_lanes": lambda w: limbo_lanes(BARS, w, COLOURS, "2018-01-01", "2026-11-22", STRIP,
                                         {"2019-11-01": "a day", "2026-11-20": "b"}),
    "scatter_fit": lambda w: scatter_fit(POINTS, w, "x", "y", "name", "Across", "Up", (1.0, 0.5), "yl", "yh"),
    "stacked_bars": lambda w: stacked_bars(POINTS.assign(year=[2019, 2019, 2020, 2020, 2021, 2021]), w, "year", "y", "group",
                                           COLOURS, ranges=pd.DataFrame({"year": [2019, 2020, 2021], "low": 1.0, "high": 90.0})),
    "ranges": lambda w: ranges(POINTS, w, name="name", value="y", low="yl", high="yh", x_title="US$ billion", reference=4.0),
    "tornado": lambda w: tornado(POINTS.assign(lt="l", ht="h"), w, central=2.5, low_text="lt", high_text="ht",
                                 x_title="US$ billion", **TORNADO),
}
FIELDS = ("x", "x2", "y", "y2", "color", "fill", "stroke", "shape", "text", "tooltip", "order", "detail")


def channels(encoding: dict) -> Iterator[tuple[str, dict]]:
    for name in FIELDS:
        given = encoding.get(name, {})
        yield from ((name, one) for one in (given if isinstance(given, list) else [given]))


@pytest.mark.parametrize("width", [320, 680])
@pytest.mark.parametrize("form", FORMS)
def test_each_channel_names_a_column_of_its_own_rows_and_each_value_lies_on_its_scale(form, width):
    marks = list(layers(FORMS[form](width)))
    assert marks
    for mark, encoding, rows in marks:
        for name, channel in channels(encoding):
            if "field" in channel:
                assert all(channel["field"] in row for row in rows), (mark, name, channel["field"])
            domain = (channel.get("scale") or {}).get("domain")
            if name in ("x", "y") and domain and channel.get("type") == "quantitative" and "aggregate" not in channel:
                low, high = sorted(domain)   # rows count from the top
                assert math.isfinite(low) and math.isfinite(high) and low < high
                slack = 1e-9 * (high - low)
                values = [row[channel["field"]] for row in rows if row[channel["field"]] is not None]
                outside = [value for value in values if not low - slack <= value <= high + slack]
                assert form == "frontier" or not outside, (mark, name, outside)   # its enlarged corner cuts what lies outside
        if mark["type"] in ("text", "point", "bar", "rect"):
            assert {"x", "y"} <= set(encoding), (mark, sorted(encoding))


@pytest.mark.parametrize("form", ["bars", "dots", "frontier", "interval_rows", "scatter_fit", "ranges", "tornado"])
def test_every_name_is_written_beside_its_marks(form):
    names = NAMES if form not in ("bars", "dots") else ["First firm", "Second firm", "Fourth", "Fifth"]
    written = {str(value) for _, encoding, rows in layers(FORMS[form](680)) for row in rows for value in row.values()
               if isinstance(value, str)}
    assert all(any(text.startswith(name) or text.endswith(name) for text in written) for name in names)


@pytest.mark.parametrize("width", [320, 680])
def test_a_lane_s_bar_runs_over_its_days_in_its_colour_and_asks_where_its_end_is_not_known(width):
    found = list(layers(FORMS["limbo_lanes"](width)))
    bars = next(rows for _, _, rows in found if rows and "fill" in rows[0])
    days = (pd.Timestamp("2026-11-22") - pd.Timestamp("2018-01-01")).days
    per_day = (width - 26) / days
    for row, bar in zip(bars, BARS.itertuples(), strict=True):
        assert row["x1"] - row["x0"] == pytest.approx((bar.end - bar.start).days * per_day, abs=0.2)
        assert row["edge"] == COLOURS[bar.series] and row["y1"] - row["y0"] == 12
        assert row["fill"] == (theme.hatch if bar.style == "waiting" else theme.soft)(COLOURS[bar.series])
    texts = [row for mark, _, rows in found if mark["type"] == "text" for row in rows if "text" in row]
    assert sum(row["text"] == "?" for row in texts) == 2
    years = [row["text"] for row in texts if row["text"].strip("’").isdigit()]
    assert sorted(set(years)) == [f"’{y % 100}" if width < 500 else str(y) for y in range(2018, 2027)]
    cut = next(row["text"] for row in texts if row["text"].startswith("A name with many"))
    assert cut.endswith(" …") and not cut.endswith((", …", "; …"))


@pytest.mark.parametrize("years, step", [(9, 1), (10, 2), (18, 2), (19, 5), (45, 5), (46, 10)])
def test_an_axis_of_dates_has_a_tick_every_one_two_five_or_ten_years(years, step):
    rows = pd.DataFrame({"when": pd.to_datetime(["2000-01-01", f"{2000 + years}-01-01"]), "value": [1.0, 2.0], "series": "a",
                         "class": "reported"})
    also = {"series": "series", "evidence": "class"}
    steps = {one["axis"]["tickCount"]["step"] for _, encoding, _ in layers(lines(rows, 500, x="when", y="value", **also))
             if isinstance((one := encoding.get("x", {})).get("axis"), dict) and "tickCount" in one["axis"]}
    assert steps == {step}


def test_years_under_bars_are_cut_to_two_digits_only_where_they_would_touch():
    def label(width: int) -> str:
        found = layers(FORMS["stacked_bars"](width))
        return next(encoding["x"]["axis"]["labelExpr"] for mark, encoding, _ in found if mark["type"] == "bar")

    assert label(680) == "datum.label"
    assert label(120) == "'’' + slice(datum.label, 2)"


@pytest.mark.parametrize("width, place", [(680, -12), (320, 0)])
def test_names_stand_left_of_the_marks_on_a_desk_and_above_them_where_they_are_too_long_for_a_phone(width, place):
    for form in ("bars", "dots", "dumbbell", "waterfall"):
        places = {encoding["x"].get("value") for mark, encoding, _ in layers(FORMS[form](width))
                  if mark["type"] == "text" and encoding["text"].get("field") == "__name"}
        assert places == {place}, form


def test_the_settings_of_every_drawing_are_ones_that_vega_lite_knows():
    alt.Config.from_dict(theme.configuration())   # raises for a setting of another name
    with pytest.raises(ValidationError, match="colour"):
        alt.Config.from_dict({"area": {"colour": theme.ACCENT}})


@pytest.mark.parametrize("drawing", ["svg_wide", "svg_narrow", "svg"])
def test_each_drawing_says_in_words_what_it_shows(drawn, drawing):
    given = chart_examples.figure("bars")
    assert given.title in getattr(drawn["bars"], drawing) and given.description in getattr(drawn["bars"], drawing)
