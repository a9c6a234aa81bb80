"""How long files were left undecided, as the policy file has it: the yardstick for a limbo of so many months."""

from __future__ import annotations

import pandas as pd

from analysis.model.counted_limbo import DAYS_PER_MONTH
from analysis.policy.spells import core_spells, limbo_spells


def waits_on_record(events: pd.DataFrame) -> dict[str, float]:
    """Number of core export-side files in limbo, the median and the longest of their waits in months (one decimal), and how many
    of them have no known end.

    events: the table policy_events. A file without a known end counts to the newest day on which it was still open, so its wait is
    a lower bound.
    """
    files = core_spells(limbo_spells(events))
    months = files["days"] / DAYS_PER_MONTH
    return {"files": len(files), "median": round(float(months.median()), 1), "longest": round(float(months.max()), 1),
            "without_end": int(files["open"].sum())}
