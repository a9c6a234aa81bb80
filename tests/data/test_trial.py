"""Rows can be tried from a notebook; what is said of them names row and column."""

from __future__ import annotations

from analysis.data import load_table
from analysis.data.trial import problems_of


def test_a_row_that_cannot_be_right_is_named_and_one_that_can_is_not():
    row = load_table("reversals").head(1)
    (said,) = problems_of("reversals", row.assign(reach="partly"))
    assert said.startswith("reversals.csv:2:reach: 'partly'") and "partial" in said
    assert problems_of("reversals", row.assign(reach="partial")) == []
