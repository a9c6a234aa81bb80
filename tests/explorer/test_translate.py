"""The translation of the model's Python: the same numbers in both languages, and a refusal of what it does not know."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from py_mini_racer import MiniRacer

from analysis.explorer.translate import UntranslatableError, script_name, translate

OFFSET = 3


def helper(a, b):
    """Two values at once."""
    return a + b, a - b


def every_construct(x, n):
    total, table = 0.0, np.zeros((n, 2))
    for i in range(1, n):
        for j in range(1, -1, -1):
            table[i, j] = x * i + (j if i != 2 else -j)
        table[0, 0], table[0, 1] = helper(x, float_of(i))
        total += table[i, 0] - table[0, 1] / OFFSET
    while total > 10 and not total > 1e6:
        total *= 0.5
    row = table[1]
    row[:] = 2.0
    if 0 < total <= 5:
        total = max(total, math.exp(-x), table[1, 0])
    elif n // 2 == 1:
        total -= x**2
    else:
        total += round(x) + len(row) + table.shape[1]
    return total


def float_of(i):
    return i * 1.0


@pytest.fixture(scope="module")
def engine():
    engine = MiniRacer()
    engine.eval(translate([every_construct]))
    return engine


@settings(max_examples=60, deadline=None)
@given(st.floats(-40, 40), st.integers(2, 6))
def test_a_function_gives_the_same_number_in_both_languages(engine, x, n):
    found = engine.eval(f"{script_name(every_construct)}({json.dumps(x)}, {n})")
    assert found == pytest.approx(every_construct(x, n), rel=1e-13, abs=1e-13)


@pytest.mark.parametrize("x, whole", [(0.5, 0), (1.5, 2), (2.5, 2), (-0.5, 0), (-1.5, -2), (2.4, 2), (2.6, 3)])
def test_halves_are_rounded_to_even_as_python_does(engine, x, whole):
    assert engine.eval(f"roundHalfEven({x})") == whole == round(x)


def swapped(a, b):
    a, b = b, a
    return a


def comprehension(a):
    return [x for x in a]


def keyword(a):
    return helper(a, b=1)


@pytest.mark.parametrize("function", [swapped, comprehension, keyword])
def test_what_has_no_counterpart_is_refused_by_name(function):
    with pytest.raises(UntranslatableError, match=function.__name__):
        translate([function])
