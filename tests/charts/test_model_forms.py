"""Fan, frontier, tornado and ranges: drawn within the width, labels kept apart."""

import pandas as pd
import pytest

from analysis.charts import Figure, render, theme
from analysis.charts.fan import fan
from analysis.charts.frontier import frontier
from analysis.charts.label_places import label_places
from analysis.charts.stacked_bars import stacked_bars
from analysis.charts.text import text_width
from analysis.charts.tornado import ranges, tornado

FAN = pd.DataFrame(
    {
        "series": ["a"] * 3 + ["b"] * 3,
        "x": [1, 2, 3] * 2,
        "y": [1.0, -2, 3, 2, 3, 4],
        "low": [0.0, -3, 2, 1, 2, 3],
        "high": [2.0, -1, 4, 3, 4, 5],
    }
)
POINTS = pd.DataFrame(
    {
        "name": ["Clear narrow ban now", "A long name of a policy that does not fit on one line of a phone", "Third"],
        "x": [0.0, 10, 10.2],
        "y": [0.0, 50, 51],
        "xl": [0.0, 8, 9],
        "xh": [1.0, 12, 12],
        "yl": [0.0, 40, 41],
        "yh": [5.0, 60, 61],
        "best": [True, True, False],
    }
)
ROWS = pd.DataFrame(
    {
        "name": ["First parameter, share", "Second"],
        "value": [2.0, 5],
        "low": [-1.0, 4],
        "high": [3.0, 7],
        "lt": ["0.1", "1"],
        "ht": ["0.9", "2"],
    }
)



def frontier_of(points: pd.DataFrame, width: int):
    return frontier(points, width, x="x", y="y", name="name", on_frontier="best", x_low="xl", x_high="xh", y_low="yl", y_high="yh",
                    x_title="Months", y_title="US$ billion")


FORMS = {
    "fan": lambda w: fan(
        FAN, w, x="x", y="y", low="low", high="high", series="series", x_title="Month", y_title="US$ billion", zero=True
    ),
    "fan-observed": lambda w: fan(
        FAN,
        w,
        x="x",
        y="y",
        series="series",
        x_title="",
        y_title="%",
        observed=pd.DataFrame({"x": [2], "y": [9.0]}),
        observed_name="realised",
    ),
    "frontier": lambda w: frontier_of(POINTS, w),
    "tornado": lambda w: tornado(
        ROWS, w, name="name", low="low", high="high", central=2.5, low_text="lt", high_text="ht", x_title="US$ billion"
    ),
    "ranges": lambda w: ranges(ROWS, w, name="name", value="value", low="low", high="high", x_title="US$ billion", reference=4.0),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_renders_at_both_widths(form):
    figure = Figure(
        id=f"test-{form}",
        title="A finding",
        description="A chart of test values.",
        unit="US$ billion",
        source_ids=("x",),
        evidence=("modelled",),
        data=ROWS,
        chart=FORMS[form],
    )
    rendered = render(figure)  # raises when the drawing is wider than asked for
    assert "<path" in rendered.svg_wide and "<path" in rendered.svg_narrow


def test_the_names_of_series_and_rows_are_in_the_drawing():
    for form, words in (
        ("fan", "— a"),
        ("fan-observed", "realised"),
        ("ranges", "First parameter, share"),
        ("frontier", "Clear narrow ban now"),
    ):
        figure = Figure(
            id="test-words",
            title="A finding",
            description="A chart.",
            unit="x",
            source_ids=("x",),
            evidence=("modelled",),
            data=ROWS,
            chart=FORMS[form],
        )
        assert words in render(figure).svg_wide, form


def tips(spec: dict) -> set[str]:
    """What the pointer can show in a chart."""
    return {row["__tip"] for rows in spec["datasets"].values() for row in rows if "__tip" in row}


def test_the_pointer_finds_every_value_of_a_fan_with_its_interval_and_what_was_observed():
    assert tips(FORMS["fan"](680).to_dict()) == {
        "a, 1: 1 (0 to 2)", "a, 2: −2 (−3 to −1)", "a, 3: 3 (2 to 4)", "b, 1: 2 (1 to 3)", "b, 2: 3 (2 to 4)", "b, 3: 4 (3 to 5)"}
    assert "realised, 2: 9" in tips(FORMS["fan-observed"](680).to_dict())


def test_the_pointer_finds_every_part_of_a_stacked_bar():
    data = pd.DataFrame({"Year": [2019, 2019, 2020], "Matter": ["export", "entity", "export"], "Days": [1122.0, 40.0, 7.5]})
    spec = stacked_bars(data, 680, x="Year", y="Days", series="Matter", fills={"export": theme.ACCENT, "entity": theme.NEUTRAL})
    assert tips(spec.to_dict()) == {"2019, export: 1,122", "2019, entity: 40", "2020, export: 8"}


def _boxes(places: pd.DataFrame) -> list[tuple[float, float, float, float]]:
    return [(x / 20 * 600, (100 - y) / 100 * 400 - 7, x / 20 * 600 + text_width(t), (100 - y) / 100 * 400 + 7)
            for x, y, t in places[["x", "y", "text"]].to_numpy()]


def _apart(a: tuple, b: tuple) -> bool:
    return a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


@pytest.mark.parametrize("names", [["1", "2", "3"], ["Narrow ban of a year", "Narrow ban of two years, then permission", "Limbo"]])
def test_labels_of_close_points_do_not_touch(names):
    boxes = _boxes(label_places(POINTS["x"], POINTS["y"], names, (0, 20), (0, 100), 600, 400))
    assert all(_apart(a, b) for i, a in enumerate(boxes) for b in boxes[i + 1:])


def test_a_label_that_had_to_move_is_led_back_to_its_own_point():
    places = label_places([10.0, 10.0, 10.0, 10.0], [50.0, 50.0, 50.0, 50.0], ["a", "b", "c", "d"], (0, 20), (0, 100), 600, 400)
    assert places["moved"].tolist() == [False, False, True, True]
    assert places[["from_x", "from_y"]].drop_duplicates().to_numpy().tolist() == [[10.0, 50.0]]


def test_a_crowded_corner_of_the_frontier_is_enlarged_with_the_names_of_its_points():
    corner = pd.DataFrame([{"name": f"Policy {i}", "x": i / 10, "y": i / 10, "xl": 0, "xh": 1, "yl": 0, "yh": 1, "best": False}
                           for i in range(1, 6)])
    spec = frontier_of(pd.concat([POINTS, corner], ignore_index=True), 680).to_dict()
    assert len(spec["vconcat"]) == 2
    shown = [{row["text"] for part in plot["layer"] for row in spec["datasets"][part["data"]["name"]] if "text" in row}
             for plot in spec["vconcat"]]
    assert {f"Policy {i}" for i in range(1, 6)} <= shown[1] and not shown[0] & shown[1]
    assert "vconcat" not in frontier_of(POINTS, 680).to_dict()


def test_the_central_line_of_a_tornado_crosses_no_name():
    """Names stand above their bars, and the line would run through them: it is a stroke at each bar instead."""
    spec = FORMS["tornado"](680).to_dict()
    strokes = [row for rows in spec["datasets"].values() for row in rows if "__y0" in row]
    assert len(strokes) == len(ROWS) and all(row["__y1"] - row["__y0"] < 1 for row in strokes)
