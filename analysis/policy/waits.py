"""How long files were left undecided, as the policy file has it: the yardstick for a limbo of so many months."""

from __future__ import annotations

import pandas as pd

from analysis.data.days import DAYS_PER_MONTH
from analysis.policy.spells import core_spells


def waits_on_record(spells: pd.DataFrame) -> dict[str, float]:
    """Number of core export-side files in limbo, the median and the longest of their waits in months, and how many of them have no
    known end.

    spells: as :func:`analysis.policy.spells.limbo_spells` gives them. A file without a known end counts to the newest day on which
    it was still open, so its wait is a lower bound.
    """
    files = core_spells(spells)
    months = files["days"] / DAYS_PER_MONTH
    return {"files": len(files), "median": float(months.median()), "longest": float(months.max()),
            "without_end": int(files["open"].sum())}
