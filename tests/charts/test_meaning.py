"""What each mark says: which colour, symbol, scale and end belongs to which value.

Every form is drawn from two or three made-up rows, and the specification is read back layer by layer.
"""

from __future__ import annotations

import json

import pandas as pd
import pytest
from chart_examples import layers

from analysis.charts import theme
from analysis.charts.bars import bars
from analysis.charts.dots import dots
from analysis.charts.dumbbell import dumbbell
from analysis.charts.evidence import SYMBOL_PATHS
from analysis.charts.fan import fan
from analysis.charts.interval_rows import interval_rows
from analysis.charts.lines import lines
from analysis.charts.slope import slope
from analysis.charts.small_multiples import small_multiples
from analysis.charts.stacked_bars import stacked_bars
from analysis.charts.tornado import ranges, tornado
from analysis.charts.waterfall import waterfall

WIDTH = 680
ROWS = pd.DataFrame(
    {
        "name": ["up", "down"],
        "value": [10.0, -4.0],
        "low": [8.0, -6.0],
        "high": [13.0, -3.0],
        "before": [2.0, 5.0],
        "class": ["reported", "estimated"],
        "class before": ["derived", "judged"],
    }
)
INTERVAL = {"evidence": "class", "low": "low", "high": "high"}


def of_kind(chart, kind: str) -> list[tuple[dict, dict, list[dict]]]:
    return [(mark, encoding, rows) for mark, encoding, rows in layers(chart) if mark["type"] == kind]


def symbols(chart) -> list[tuple[str, str, dict]]:
    """Symbol, colour and row of each mark of evidence."""
    return [
        (row["__shape"], mark["color"], row)
        for mark, encoding, rows in of_kind(chart, "point")
        if encoding.get("shape", {}).get("field") == "__shape"
        for row in rows
    ]


def test_each_symbol_is_the_one_its_class_has_in_every_legend():
    ring = SYMBOL_PATHS["estimated"]
    assert SYMBOL_PATHS["reported"].count("M") == 1  # one full contour
    assert SYMBOL_PATHS["derived"].count("M") == 2 and "M0," in SYMBOL_PATHS["derived"]  # half of it left empty, from the axis
    assert ring.count("M") == 2 and ring.count("A") == 4  # a circle with a round hole
    for hollow, corners in (("modelled", 4), ("judged", 3)):
        outline, hole = SYMBOL_PATHS[hollow].split("Z")[:2]
        assert outline.count("L") == hole.count("L") == corners - 1 and "A" not in outline


@pytest.mark.parametrize("form", [bars, dots])
def test_a_row_s_symbol_and_interval_are_its_own(form):
    chart = form(ROWS, WIDTH, category="name", value="value", **INTERVAL)
    assert {row["value"]: symbol for symbol, _, row in symbols(chart)} == {
        10.0: SYMBOL_PATHS["reported"],
        -4.0: SYMBOL_PATHS["estimated"],
    }
    spans = [
        (row[encoding["x"]["field"]], row[encoding["x2"]["field"]])
        for _, encoding, rows in of_kind(chart, "rule")
        if "x2" in encoding
        for row in rows
    ]
    assert {(8.0, 13.0), (-6.0, -3.0)} <= set(spans)


def test_a_rise_has_the_accent_a_fall_the_contrast_and_a_total_is_neutral():
    steps = pd.DataFrame(
        {
            "step": ["all", "lost", "won", "rest"],
            "change": [10.0, -4.0, 3.0, 9.0],
            "total": [True, False, False, True],
            "class": "reported",
        }
    )
    chart = waterfall(steps, WIDTH, step="step", change="change", total="total", evidence="class")
    filled = {(row["start"], row["end"]): mark["fill"] for mark, _, rows in of_kind(chart, "rect") for row in rows}
    assert filled == {(0.0, 10.0): theme.NEUTRAL, (10.0, 6.0): theme.CONTRAST, (6.0, 9.0): theme.ACCENT, (0.0, 9.0): theme.NEUTRAL}


def test_the_two_ends_of_a_dumbbell_keep_their_colour_their_class_and_their_side():
    chart = dumbbell(
        ROWS,
        WIDTH,
        category="name",
        first="before",
        second="value",
        first_evidence="class before",
        second_evidence="class",
        first_name="shipped",
        second_name="bought",
    )
    ends = {(row["first"], row["second"], colour): symbol for symbol, colour, row in symbols(chart)}
    assert ends == {
        (2.0, 10.0, theme.ACCENT): SYMBOL_PATHS["derived"],
        (2.0, 10.0, theme.CONTRAST): SYMBOL_PATHS["reported"],
        (5.0, -4.0, theme.ACCENT): SYMBOL_PATHS["judged"],
        (5.0, -4.0, theme.CONTRAST): SYMBOL_PATHS["estimated"],
    }
    sides = {(row["text"], mark["align"]) for mark, _, rows in of_kind(chart, "text") for row in rows if "is_left" in row}
    assert sides == {("2.0", "right"), ("10.0", "left"), ("5.0", "left"), ("−4.0", "right")}  # the smaller one reads to the left
    key = {
        row["text"]: mark.get("color")
        for mark, _, rows in of_kind(chart, "text")
        for row in rows
        if str(row.get("text", "")).startswith("●")
    }
    assert key == {"● shipped": theme.ACCENT, "● bought": theme.CONTRAST}


def test_a_slope_runs_from_its_start_at_the_left_to_its_end_at_the_right():
    chart = slope(
        ROWS,
        WIDTH,
        category="name",
        start="before",
        end="value",
        start_evidence="class before",
        end_evidence="class",
        start_name="2018",
        end_name="2024",
        colours={"up": theme.ACCENT},
    )
    drawn = {mark["color"]: [(row["__x"], row["__v"]) for row in rows] for mark, _, rows in of_kind(chart, "line")}
    assert drawn == {theme.ACCENT: [(0.0, 2.0), (1.0, 10.0)], theme.NEUTRAL: [(0.0, 5.0), (1.0, -4.0)]}
    headings = {
        row["text"]: mark["align"]
        for mark, _, rows in of_kind(chart, "text")
        for row in rows
        if str(row.get("text", "")).startswith("20")
    }
    assert headings == {"2018": "left", "2024": "right"}
    assert {(row["__x"], symbol) for symbol, colour, row in symbols(chart) if colour == theme.ACCENT} == {
        (0.0, SYMBOL_PATHS["derived"]),
        (1.0, SYMBOL_PATHS["reported"]),
    }


YEARS = pd.DataFrame(
    {
        "x": [1, 2, 1, 2],
        "y": [1.0, 2.0, 30.0, 40.0],
        "low": [0.5, 1.5, 20.0, 25.0],
        "high": [1.5, 9.0, 50.0, 60.0],
        "series": ["a", "a", "b", "b"],
        "class": "estimated",
    }
)


def test_band_and_line_of_a_fan_share_one_scale_and_one_hue():
    chart = fan(
        YEARS,
        WIDTH,
        x="x",
        y="y",
        low="low",
        high="high",
        series="series",
        x_title="",
        y_title="",
        colours={"a": theme.ACCENT, "b": theme.CONTRAST},
    )
    domains = {json.dumps(encoding["y"]["scale"]["domain"]) for _, encoding, _ in layers(chart) if "scale" in encoding.get("y", {})}
    assert len(domains) == 1
    hues = {
        mark["type"]: mark["color"]
        for mark, _, rows in layers(chart)
        if mark["type"] in {"area", "line"} and {row["series"] for row in rows} == {"b"}
    }
    assert hues == {"area": theme.soft(theme.CONTRAST), "line": theme.CONTRAST}
    ends = {(encoding["y"]["field"], encoding["y2"]["field"]) for _, encoding, _ in of_kind(chart, "area")}
    assert ends == {("low", "high")}


@pytest.mark.parametrize(
    "form",
    [
        lambda: lines(YEARS, WIDTH, x="x", y="y", series="series", **INTERVAL),
        lambda: small_multiples(YEARS, WIDTH, panel="series", x="x", y="y", **INTERVAL),
    ],
    ids=["lines", "small_multiples"],
)
def test_a_band_reaches_from_low_to_high_on_the_scale_of_its_line(form):
    bands = of_kind(form(), "area")
    assert len(bands) == 2
    for _, encoding, rows in bands:
        first = rows[0]
        assert (first[encoding["y"]["field"]], first[encoding["y2"]["field"]]) in {(0.5, 1.5), (20.0, 50.0)}
        domain = encoding["y"]["scale"]["domain"]
        assert any(other["y"].get("scale", {}).get("domain") == domain for _, other, _ in of_kind(form(), "line"))


def test_a_tornado_s_light_half_is_the_low_end_and_its_line_the_central_result():
    chart = tornado(
        pd.DataFrame({"name": ["p"], "at low": [1.0], "at high": [7.0]}),
        WIDTH,
        name="name",
        low="at low",
        high="at high",
        central=3.0,
        x_title="",
    )
    halves = {encoding["x"]["field"]: (mark["color"], rows[0]["__central"]) for mark, encoding, rows in of_kind(chart, "bar")}
    assert halves == {"at low": (theme.ACCENT_SOFT, 3.0), "at high": (theme.ACCENT, 3.0)}
    assert [{row["__at"] for row in rows} for _, _, rows in of_kind(chart, "rule")] == [{3.0}]


def test_a_range_shows_its_own_ends_its_colour_and_the_class_it_was_given():
    chart = ranges(
        ROWS.assign(tone=[theme.ACCENT, theme.CONTRAST]),
        WIDTH,
        name="name",
        value="value",
        low="low",
        high="high",
        x_title="",
        colour="tone",
        cls="estimated",
    )
    points = {(rows[0]["value"], mark["color"], mark["shape"]) for mark, _, rows in of_kind(chart, "point")}
    assert points == {(10.0, theme.ACCENT, SYMBOL_PATHS["estimated"]), (-4.0, theme.CONTRAST, SYMBOL_PATHS["estimated"])}
    spans = {(encoding["x"]["field"], encoding["x2"]["field"]) for _, encoding, _ in of_kind(chart, "rule") if "x2" in encoding}
    assert spans == {("low", "high")}


def test_interval_rows_draw_each_series_in_the_colour_of_the_key():
    chart = interval_rows(
        ROWS.assign(group=["first", "second"]),
        WIDTH,
        "name",
        "value",
        "low",
        "high",
        {"first": theme.ACCENT, "second": theme.CONTRAST},
        "group",
    )
    points = {rows[0]["__value"]: mark["color"] for mark, _, rows in of_kind(chart, "point")}
    assert points == {10.0: theme.ACCENT, -4.0: theme.CONTRAST}
    spans = {(encoding["x"]["field"], encoding["x2"]["field"]) for _, encoding, _ in of_kind(chart, "rule") if "x2" in encoding}
    assert spans == {("__low", "__high")}


@pytest.mark.parametrize("width", [340, WIDTH])
def test_a_name_wider_than_its_room_runs_over_several_lines_and_is_never_cut(width):
    name = "29 June 2019: truce of Osaka, after which the president said that sales to Huawei may go on, with conditions to follow"
    rows = ROWS.assign(name=[name, "short"], group="first")
    chart = interval_rows(rows, width, "name", "value", "low", "high", {"first": theme.ACCENT}, "group")
    lines = [row["__words"] for _, _, found in of_kind(chart, "text") for row in found if "__words" in row]
    assert sorted(" ".join(text.split("\n")) for text in lines) == sorted([name, "short"])
    assert any("\n" in text for text in lines)


def test_stacked_bars_pair_series_and_colours_in_the_order_of_the_stack():
    table = pd.DataFrame({"year": ["2019", "2019"], "days": [100, 40], "kind": ["bottom", "top"]})
    chart = stacked_bars(
        table,
        WIDTH,
        "year",
        "days",
        "kind",
        {"bottom": theme.ACCENT, "top": theme.CONTRAST},
        ranges=pd.DataFrame({"year": ["2019"], "low": [120], "high": [160]}),
    )
    ((_, encoding, rows),) = of_kind(chart, "bar")
    assert dict(zip(encoding["color"]["scale"]["domain"], encoding["color"]["scale"]["range"], strict=True)) == {
        "bottom": theme.ACCENT,
        "top": theme.CONTRAST,
    }
    assert {row["kind"]: row["__order"] for row in rows} == {"bottom": 0, "top": 1}
    ((_, bracket, spans),) = of_kind(chart, "rule")
    assert (bracket["y"]["field"], bracket["y2"]["field"]) == ("low", "high") and spans[0]["high"] == 160
