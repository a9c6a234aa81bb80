"""The forms in which a sentence may print a number: the verb follows the sign, and the interval turns with it."""

from __future__ import annotations

import pytest

from analysis.registry.forms import FORMS
from analysis.registry.numbers import Number


def change(value: float, low: float | None = None, high: float | None = None, unit: str = "%") -> Number:
    given = {} if low is None else {"low": low, "high": high, "level": 90}
    return Number(id="a.change", label="A change", value=value, unit=unit, cls="estimated" if given else "derived",
                  as_of="2026-01-01", method="made up", sources=("s",), page="p", **given)


@pytest.mark.parametrize(("value", "low", "high", "text"), [
    (-12, -20, -3, "fell by 12% (90% interval 3 to 20)"),
    (30, 15, 45, "rose by 30% (90% interval 15 to 45)"),
    (-4, -11, 4, "fell by 4% (90% interval from a fall of 11 to a rise of 4)"),
    (3, -5, 9, "rose by 3% (90% interval from a fall of 5 to a rise of 9)"),
    (0.2, -5, 9, "hardly moved (90% interval from a fall of 5 to a rise of 9)"),
    (-23, None, None, "fell by 23%"),
])
def test_a_change_is_said_with_its_direction(value, low, high, text):
    assert FORMS["moved"](change(value, low, high)) == text


def test_the_present_tense_and_other_units():
    assert FORMS["moves"](change(-8, -11, -5, unit="USD bn")) == "falls by US$8 billion (90% interval 5 to 11)"
    assert FORMS["moves"](change(1, unit="pp")) == "rises by 1 percentage point"


@pytest.mark.parametrize(("value", "text"), [(-18, "18%"), (18, "−18%")])
def test_the_opposite_of_a_change_has_the_other_sign(value, text):
    assert FORMS["opposite"](change(value)) == text


def test_a_count_that_changes_is_said_with_its_day():
    assert FORMS["dated"](change(18, unit="count")) == "18 as of 1 January 2026"
