"""The forms: they fit the width they are given, say their values in words, and show every interval."""

from __future__ import annotations

import itertools
import re

import altair as alt
import chart_examples
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from analysis.charts import svg, theme
from analysis.charts.bars import bars
from analysis.charts.dots import dots
from analysis.charts.evidence import SYMBOL_PATHS, evidence_marks
from analysis.charts.lines import lines
from analysis.charts.plot import unchecked
from analysis.charts.policy_marks import place_names
from analysis.charts.text import spread, text_width, wrap
from analysis.charts.waterfall import levels, waterfall

WIDTHS = (theme.WIDE_PX, theme.NARROW_PX)


def texts(drawing: str) -> list[str]:
    root = etree.fromstring(drawing)
    return ["".join(element.itertext()) for element in root.iter("{*}text")]


@pytest.mark.parametrize("form", chart_examples.FORMS)
def test_a_form_is_valid_vega_lite(form):
    for width in WIDTHS:   # Altair checks each part against the published schema as it is made, and the whole at the end
        chart_examples.plot(form, width).to_dict(validate=True)


def test_a_part_that_is_not_vega_lite_is_refused_by_the_check_and_the_book_is_drawn_without_it():
    def wrong() -> alt.Chart:
        return alt.Chart(chart_examples.ROWS).mark_bar(opacity="half").encode(x="Before:Q")

    with pytest.raises(alt.utils.schemapi.SchemaValidationError, match="half"):
        wrong().to_dict()
    with unchecked():
        assert wrong().to_dict(validate=False)["mark"]["opacity"] == "half"


@pytest.mark.parametrize("form", chart_examples.FORMS)
def test_a_form_uses_the_width_it_is_given_and_no_more(form, drawn):
    for width, drawing in zip(WIDTHS, (drawn[form].svg_wide, drawn[form].svg_narrow), strict=True):
        drawn_width = float(re.search(r'width="([\d.]+)"', drawing)[1])
        assert 0.8 * width < drawn_width <= width * 1.02


@pytest.mark.parametrize("form", chart_examples.FORMS)
def test_text_stays_readable_on_the_smallest_screen(form, drawn):
    for drawing in (drawn[form].svg_wide, drawn[form].svg_narrow):
        sizes = {float(size.rstrip("px")) for size in re.findall(r'font-size="([^"]+)"', drawing)}
        assert min(sizes) * 288 / theme.NARROW_PX >= 11


@pytest.mark.parametrize("form", ["bars", "dots", "dumbbell", "slope"])
def test_names_and_values_stand_beside_the_marks_at_both_widths(form, drawn):
    for drawing in (drawn[form].svg_wide, drawn[form].svg_narrow):
        words = " ".join(texts(drawing))
        for row in chart_examples.ROWS.itertuples(index=False):
            assert row.Name in words or all(word in words for word in row.Name.split())
        assert "−3" in words and "14" in words   # a true minus sign


def test_long_names_move_above_their_rows_on_a_phone_and_are_never_cut(drawn):
    root = etree.fromstring(drawn["bars"].svg_narrow)
    anchors = {element.get("text-anchor", "start") for element in root.iter("{*}text") if "".join(element.itertext()) == "Fourth"}
    assert anchors == {"start"}
    assert "…" not in "".join(texts(drawn["bars"].svg_narrow))


def _encoded(chart: alt.TopLevelMixin, channel: str) -> set[str]:
    return {encoding[channel]["field"] for _, encoding, _ in chart_examples.layers(chart) if "field" in encoding.get(channel, {})}


@pytest.mark.parametrize("form", ["bars", "dots", "waterfall"])
def test_intervals_are_drawn_where_they_are_given(form):
    chart = chart_examples.plot(form, theme.WIDE_PX)
    assert {"low", "high"} <= _encoded(chart, "x") | _encoded(chart, "x2")


def test_each_line_with_an_interval_gets_its_band_and_one_without_gets_none():
    data = chart_examples.YEARS.copy()
    data.loc[data["Series"] == "Ship-to China", ["Low", "High"]] = None
    chart = lines(data, 680, x="Year", y="Value", series="Series", evidence="Evidence", low="Low", high="High")
    bands = {rows[0]["series"] for mark, _, rows in chart_examples.layers(chart) if mark["type"] == "area"}
    assert bands == {"Chinese firms", "If settled"}


def test_the_symbol_drawn_is_that_of_the_class():
    drawn = chart_examples.layers(chart_examples.plot("dots", 680))
    shapes = {row["evidence"]: row["__shape"] for _, _, rows in drawn for row in rows if "__shape" in row}
    assert shapes == SYMBOL_PATHS


def test_a_class_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match=r"'guess'.*evidence classes are"):
        evidence_marks(pd.DataFrame({"evidence": ["guess"]}), {})


def test_bars_stand_on_zero_and_their_lengths_are_in_proportion():
    data = pd.DataFrame({"n": ["a", "b"], "v": [10.0, 5.0], "e": "reported"})
    drawing = svg.draw(bars(data, 680, category="n", value="v", evidence="e").to_dict())
    boxes = (re.fullmatch(r"M[\d.]+,[\d.]+h([\d.]+)v18h-[\d.]+Z", path.get("d")) for path in drawing.iter("{*}path")
             if path.get("fill") == theme.ACCENT)
    lengths = [float(box[1]) for box in boxes if box]
    assert len(lengths) == 2 and lengths[0] == pytest.approx(2 * lengths[1], rel=1e-3)


def test_a_bar_named_twice_is_refused():
    with pytest.raises(ValueError, match="names a bar twice"):
        bars(pd.DataFrame({"n": ["a", "a"], "v": [1.0, 2.0]}), 680, category="n", value="v")


def test_a_single_value_and_a_table_of_zeros_can_be_drawn():
    for values in ([3.0], [0.0, 0.0]):
        data = pd.DataFrame({"n": [f"row {i}" for i in range(len(values))], "v": values, "e": "derived"})
        for width in WIDTHS:
            svg.draw(dots(data, width, category="n", value="v", evidence="e").to_dict())
            svg.draw(bars(data, width, category="n", value="v", evidence="e").to_dict())


def test_dates_are_drawn_as_dates_with_policy_marks():
    months = pd.date_range("2018-01-01", "2020-12-01", freq="MS")
    data = pd.DataFrame({"m": months, "v": [float(n) for n in range(len(months))], "s": "Exports", "e": "reported"})
    policy = pd.DataFrame({"date": pd.to_datetime(["2019-05-16", "1999-01-01"]), "label": ["Listed", "Long ago"]})
    words = texts(svg_text(lines(data, 680, x="m", y="v", series="s", evidence="e", policy=policy)))
    assert "Listed" in words and "Long ago" not in words and {"2018", "2019", "2020"} <= set(words)


def svg_text(plot) -> str:
    return etree.tostring(svg.draw(plot.to_dict()), encoding="unicode")


def test_a_gap_in_the_data_breaks_the_line():
    data = pd.DataFrame({"Year": range(2018, 2023), "v": [1.0, 2.0, None, 4.0, 5.0], "s": "One", "e": "reported"})
    drawing = svg.draw(lines(data, 680, x="Year", y="v", series="s", evidence="e").to_dict())
    paths = [path.get("d") for path in drawing.iter("{*}path")
             if path.get("stroke") == theme.ACCENT and path.get("fill") != theme.ACCENT]
    assert [d.count("M") for d in paths] == [2]


def test_a_waterfall_whose_steps_do_not_lead_to_its_total_is_refused():
    wrong = chart_examples.STEPS.assign(Change=[70.0, -28.0, 6.0, 60.0])
    with pytest.raises(ValueError, match="total is 60 but the steps before it lead to 48"):
        waterfall(wrong, 680, step="Step", change="Change", total="Total", evidence="Evidence")
    with pytest.raises(ValueError, match="starts with a total"):
        levels(pd.Series([1.0]), pd.Series([False]))


@given(st.lists(st.floats(-50, 350), min_size=1, max_size=14), st.floats(5, 40))
def test_labels_moved_apart_keep_their_order_their_distance_and_the_room(positions, gap):
    placed = spread(positions, gap, 0, 300)
    room_for = min(gap, 300 / max(1, len(positions) - 1))
    ordered = sorted(placed)
    assert all(b - a >= room_for - 1e-6 for a, b in itertools.pairwise(ordered))
    assert ordered[0] >= -1e-6 and ordered[-1] <= 300 + 1e-6
    wanted_order = sorted(range(len(positions)), key=lambda i: (positions[i], i))
    assert [placed[i] for i in wanted_order] == ordered


@given(st.text(alphabet="abc defg hij WMi", min_size=1, max_size=80), st.integers(40, 300))
def test_wrapped_text_keeps_its_words_and_its_width(text, width):
    wrapped = wrap(text, width)
    assert " ".join(wrapped).split() == text.split()
    assert all(text_width(line) <= width or " " not in line for line in wrapped)


@settings(max_examples=50)
@given(st.lists(st.tuples(st.sampled_from(["Denial order", "Listed", "Rule widened again"]), st.floats(0, 280)),
                min_size=1, max_size=9))
def test_policy_names_never_overlap_and_no_mark_runs_through_one(marks):
    marks = sorted(marks, key=lambda pair: pair[1])
    placed = [name for name in place_names(pd.Series([m[0] for m in marks]), pd.Series([m[1] for m in marks]), 280) if name]
    assert placed   # the first always finds room
    assert not any(a.meets(b) for i, a in enumerate(placed) for b in placed[i + 1:])


def test_an_axis_of_decimals_fits_a_phone_whose_names_stand_above_the_rows():
    data = pd.DataFrame({"n": ["part of the purchases that is disclosed", "share"], "v": [0.3, 0.7], "e": "derived"})
    plot = dots(data, theme.NARROW_PX, category="n", value="v", evidence="e", axis_format=",.1f", reference=1.0, zero=True)
    drawn_width, _ = svg.size(svg.draw(plot.to_dict()))
    assert drawn_width <= theme.NARROW_PX * 1.02
