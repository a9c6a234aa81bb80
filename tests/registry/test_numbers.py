"""A number cannot be published without unit, class, date, method and source, and it prints the same everywhere."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.registry.numbers import (
    CLASSES,
    UNITS,
    Number,
    NumberError,
    append_run_number,
    format_bare,
    format_value,
    load_numbers,
    write_run_numbers,
)

GOOD = dict(id="sales.customs.us_8542_cn.2022", label="US exports of HS 8542 to China", value=9418.0, unit="USD m",
            cls="reported", as_of="2022-12-31", method="Annual sum", sources=("un-comtrade",), page="sales")


def test_a_complete_number_prints_with_its_unit():
    assert Number(**GOOD).text == "US$9,418 million"


@pytest.mark.parametrize(("change", "message"), [
    ({"id": "Sales"}, "dotted path"), ({"unit": "bananas"}, "unit"), ({"cls": "guessed"}, "class"),
    ({"sources": ()}, "source"), ({"as_of": "12/31/2022"}, "as_of"), ({"method": " "}, "^.*: label and method must not be empty$"),
    ({"label": ""}, "label and method must not be empty"),
    ({"value": math.nan}, "finite"), ({"low": 1.0, "high": 2.0, "level": 90.0}, "reported value has no interval"),
    ({"cls": "estimated"}, "needs low, high and level"), ({"cls": "modelled"}, "needs low, high and level"),
    ({"cls": "modelled", "low": 9000.0, "high": 9999.0}, "needs low, high and level"),
    ({"cls": "derived", "low": 1.0}, "come together"),
    ({"cls": "modelled", "low": 1.0, "high": 2.0, "level": 90.0}, "outside its interval"),
])
def test_an_incomplete_or_contradictory_number_is_refused(change, message):
    with pytest.raises(NumberError, match=message):
        Number(**{**GOOD, **change})


@pytest.mark.parametrize(("low", "high"), [(9418.0, 9999.0), (9000.0, 9418.0), (9418.0, 9418.0)])
def test_a_value_may_be_an_end_of_its_interval(low, high):
    assert Number(**{**GOOD, "cls": "modelled", "low": low, "high": high, "level": 90.0}).low == low


def test_all_problems_of_a_number_are_named_at_once():
    with pytest.raises(NumberError, match=r"(?s)unit.*source"):
        Number(**{**GOOD, "unit": "x", "sources": ()})


@pytest.mark.parametrize(("value", "unit", "digits", "text"), [
    (9.4, "USD bn", 1, "US$9.4 billion"), (-9.4, "USD bn", 1, "−US$9.4 billion"), (35.04, "%", 1, "35.0%"),
    (1122, "days", 0, "1,122 days"), (1, "days", 0, "1 day"), (-0.01, "%", 1, "0.0%"), (2.5, "pp", 1, "2.5 percentage points"),
])
def test_values_print_as_a_sentence_needs_them(value, unit, digits, text):
    assert format_value(value, unit, digits) == text


@given(st.floats(-1e9, 1e9), st.integers(0, 4))
def test_a_printed_number_reads_back_as_the_rounded_value(value, digits):
    assert float(format_bare(value, digits).replace(",", "").replace("−", "-")) == pytest.approx(round(value, digits), abs=1e-9)


@given(st.sampled_from(sorted(UNITS)), st.floats(-1e6, 1e6), st.integers(0, 3))
def test_no_unit_prints_a_hyphen_for_a_minus(unit, value, digits):
    assert "-" not in format_value(value, unit, digits)


def test_millions_can_be_printed_as_billions():
    assert Number(**GOOD).text_in_billions == "US$9.4 billion"


def test_the_contract_row_has_exactly_the_fixed_fields():
    assert list(Number(**GOOD).contract("u")) == ["id", "label", "value", "low", "high", "level", "unit", "class", "as_of",
                                                  "page", "url", "method", "sources", "figure"]


def test_numbers_survive_writing_and_reading(tmp_path):
    numbers = [Number(**GOOD), Number(**{**GOOD, "id": "a.b", "cls": "estimated", "low": 9000.0, "high": 10000.0, "level": 90.0})]
    write_run_numbers(tmp_path / "numbers.json", numbers)
    assert list(load_numbers(tmp_path / "numbers.json").values()) == numbers
    assert set(CLASSES) >= {n.cls for n in numbers}


def test_a_chapter_that_stops_half_way_leaves_a_whole_list_of_what_it_recorded(tmp_path):
    for count in range(1, 4):
        append_run_number(tmp_path / "numbers.json", Number(**{**GOOD, "id": f"a.n{count}", "label": "Zölle, “quoted”\n"}))
        assert list(load_numbers(tmp_path / "numbers.json")) == [f"a.n{i}" for i in range(1, count + 1)]
