"""Days of limbo, as the policy file counts them, joined with what a limbo of that length costs."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from analysis.data.days import DAYS_PER_MONTH
from analysis.model.policy_path import days_in_limbo
from analysis.model.run import Model, run
from analysis.model.sensitivity import COST
from analysis.model.summary import interval

PERIODS = (
    ("2019", "Huawei", "2019-01-01", "2019-12-31", "stalemate_24_open"),
    ("now", "all China", "2025-01-01", "", "today_affiliates_suspended"),
)
"""Name, target in the policy file, first day, last day ('' for the file's newest event), and the scenario that has its terms."""


def counted_limbo(model: Model, draws: int, seed: int) -> pd.DataFrame:
    """One row a period: days with at least one core export-side file on the target open, and the cost of a limbo of that length
    that ends in permission, US$ bn, median with 90% interval."""
    events = model.policy_events
    if events is None:
        raise ValueError("the policy events are needed")
    rows = []
    for name, target, first, last, scenario in PERIODS:
        end = pd.Timestamp(last) if last else pd.to_datetime(events["date"]).max()
        days = int(days_in_limbo(events, target, pd.date_range(first, end)).sum())
        length = replace(model.scenarios[scenario], limbo_months=round(days / DAYS_PER_MONTH, 2))
        parameters, path = model.prepare(length)
        median, low, high = interval(run(parameters, path, draws, seed).headline[COST])
        rows.append({"period": name, "target": target, "from": first, "to": str(end.date()), "days": days,
                     "months": length.limbo_months, "median": median, "low": low, "high": high})
    return pd.DataFrame(rows)
