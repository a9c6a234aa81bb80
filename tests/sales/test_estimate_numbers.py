"""Rows of the estimate as numbers: values, intervals and what is said where a mean leaves its interval."""

from __future__ import annotations

import pytest

from analysis.registry.recorder import Recorder
from analysis.sales.estimate_numbers import estimated, share_of_draws

WATERFALL = {"kind": "customs", "step": "a", "step_name": "A"}


@pytest.mark.parametrize(("mean", "value", "said"), [
    (4.0, 4.0, "reconciliation; central"),
    (6.5, 6.0, "reconciliation (beyond the interval, whose nearer end is given); central"),
    (1.5, 2.0, "reconciliation (beyond the interval, whose nearer end is given); central"),
])
def test_a_mean_beyond_its_interval_is_published_as_the_nearer_end_and_said_to_be(mean, value, said) -> None:
    page = Recorder("estimate")
    row = {"value": mean, "low": 2.0, "high": 6.0}
    page.record("sales.waterfall.{kind}.{step}", estimated(row, ["s"], "2025-12-31"), **WATERFALL)
    made = page.numbers["sales.waterfall.customs.a"]
    assert (made.value, made.low, made.high, made.level) == (value, 2.0, 6.0, 90)
    assert said in made.method


@pytest.mark.parametrize(("share", "low", "high"), [(0.5, 32.7, 67.3), (0.0, 0.0, 11.9), (1.0, 88.1, 100.0)])
def test_a_share_of_draws_has_the_wilson_interval_of_its_effective_draws(share, low, high) -> None:
    """Twenty effective draws: ends by hand from Wilson's formula with z = 1.645."""
    found = share_of_draws(share, 20, ["s"], "2025-12-31")
    assert (found.value, found.cls) == (100 * share, "estimated")
    assert (found.low, found.high) == (pytest.approx(low, abs=0.05), pytest.approx(high, abs=0.05))
    assert found.low <= found.value <= found.high
