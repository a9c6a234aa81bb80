"""The examples in the docstrings of the modules of charts and of words hold."""

from __future__ import annotations

import doctest
import importlib

import pytest

CHARTS = ("plot", "policy_marks", "rows", "table", "text", "waterfall")


@pytest.mark.parametrize("name", [*(f"charts.{name}" for name in CHARTS), "data.units", "model.study_words"])
def test_the_examples_in_the_docstrings_hold(name):
    outcome = doctest.testmod(importlib.import_module(f"analysis.{name}"))
    assert outcome.attempted > 0 and outcome.failed == 0
