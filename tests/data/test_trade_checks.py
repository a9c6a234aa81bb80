"""Two sources of one quantity are listed with both values, the difference and the one that is used."""

from __future__ import annotations

import pytest

from analysis.data import trade_checks
from analysis.data.filing_checks_page import render_filing_checks


def test_a_pair_is_compared_with_the_values_that_the_tables_hold():
    pairs = trade_checks.compared().set_index(["quantity", "period"])
    market = pairs.loc[("China's market", "2024")]
    assert (market["value"], market["other_value"]) == (183.5, 182)
    assert market["difference_pct"] == pytest.approx(-0.8174, abs=1e-4)
    assert pairs.loc[("Huawei's chip spending", "2016"), "difference_pct"] == pytest.approx(100 * (9886 / 10792 - 1))


def test_the_widest_difference_comes_first_and_every_pair_is_on_the_page():
    pairs = trade_checks.compared()
    assert pairs["difference_pct"].abs().is_monotonic_decreasing and len(pairs) == len(trade_checks.PAIRS)
    page = render_filing_checks().partition("(trade-met-twice)=")[2]
    assert sum(line.startswith("| ") for line in page.splitlines()) == len(pairs) + 1


def test_a_pair_whose_row_is_gone_is_named(monkeypatch):
    gone = trade_checks.Pair("world market", "market_sales", "1066", "WSTS_ANN_WW", "SIA_ANN_WW", trade_checks.FIRST, "never")
    monkeypatch.setattr(trade_checks, "PAIRS", (gone,))
    with pytest.raises(KeyError, match="WSTS_ANN_WW 1066: 0 rows"):
        trade_checks.compared()
