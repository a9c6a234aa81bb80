"""The examples in the docstrings of the chart modules hold."""

from __future__ import annotations

import doctest
import importlib

import pytest


@pytest.mark.parametrize("name", ["plot", "policy_marks", "rows", "table", "text", "waterfall"])
def test_the_examples_in_the_docstrings_hold(name):
    outcome = doctest.testmod(importlib.import_module(f"analysis.charts.{name}"))
    assert outcome.attempted > 0 and outcome.failed == 0
