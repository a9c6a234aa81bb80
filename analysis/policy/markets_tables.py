"""The tables of the chapter on share prices, with column names a reader understands and rounded values."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.policy import market_response as mr
from analysis.policy.uncertainty import LABELS


def date_table(car: pd.DataFrame) -> pd.DataFrame:
    """All US chip firms, three days, both benchmarks: abnormal return, and four tests of it."""
    rows = mr.main_dates(car)
    rows = rows[(rows["firm"] == mr.ALL_FIRMS) & (rows["window"] == mr.THREE_DAYS)].sort_values(["event_date", "benchmark"])
    # The shipped placebo share can be zero: no placebo window moved as much. It is shown as below the smallest possible share.
    smallest = 1 / rows["n_est"]
    placebo = [f"below {s:.3f}" if p == 0 else f"{p:.3f}" for p, s in zip(rows["p_placebo"], smallest, strict=True)]
    return pd.DataFrame(
        {
            "Event": [f"{d:%Y-%m-%d} {e}" for d, e in zip(rows["event_date"], rows["event"], strict=True)],
            "Benchmark": rows["benchmark"].map({mr.SP500: "S&P 500", mr.NON_US: "Non-US chip firms"}),
            "Abnormal return (%)": (100 * rows["car"]).round(1),
            "t, portfolio": rows["t"].round(1),
            "t, cross-section (BMP)": rows["t_bmp"].round(1),
            "t, adjusted for correlation": rows["t_bmp_kp"].round(1),
            "Placebo days that moved as much (share)": placebo,
        }
    )


def family_table(tests: pd.DataFrame) -> pd.DataFrame:
    """What survives in each family of tests."""
    names = {
        "family": "Family of tests", "tests": "Tests", "abs_t_above_2": "|t| above 2", "expected_above_2": "Expected by chance",
        "holm": "Survive Holm", "holm_16_may_2019": "of these on 16 May 2019", "holm_other": "of these on other dates",
        "benjamini_hochberg": "Survive Benjamini–Hochberg",
    }  # fmt: skip
    return tests[list(names)].rename(columns=names).round({"Expected by chance": 0})


def other_survivors_table(car: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """The tests of single firms over every window that pass Holm on dates other than 16 May 2019."""
    rows = mr.survivors(mr.families(car)["Every US firm, every window"])
    rows = rows[rows["event_date"] != mr.LISTING_DAY].sort_values(["event_date", "firm", "benchmark"])
    return pd.DataFrame(
        {
            "Firm": [names[code] for code in rows["firm"]],
            "Event": [f"{d:%Y-%m-%d} {e}" for d, e in zip(rows["event_date"], rows["event"], strict=True)],
            "Window (trading days)": rows["window"],
            "Benchmark": rows["benchmark"].map({mr.SP500: "S&P 500", mr.NON_US: "Non-US chip firms"}),
            "Abnormal return (%)": (100 * rows["car"]).round(1),
            "t": rows["t"].round(1),
        }
    )


def trace_table(trace: pd.DataFrame) -> pd.DataFrame:
    """Uncertainty indices in two months against the two years before."""
    return pd.DataFrame(
        {
            "Index": trace["index"].map(LABELS),
            "Month": trace["month"],
            "Value": trace["value"].round(0),
            "Standard deviations from the earlier mean": trace["z"].round(1),
            "Earlier months with a lower value (%)": trace["share_below_pct"].round(0),
        }
    )
