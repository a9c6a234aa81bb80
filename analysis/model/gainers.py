"""Who wins what US firms lose: rivals' gain by home, split as in the one study that says (ITIF 2025, full decoupling)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.model.published import published_value
from analysis.model.summary import interval

STUDY = ("itif_2025", "full_decoupling")
HOMES = {
    "China": "sales_gain_mainland_china",
    "South Korea": "sales_gain_south_korea",
    "European Union": "sales_gain_european_union",
    "Taiwan": "sales_gain_taiwan",
    "Japan": "sales_gain_japan",
    "Elsewhere": "sales_gain_other",
}
ALLIES = ("South Korea", "European Union", "Taiwan", "Japan")


def split_of_gain(published: pd.DataFrame) -> dict[str, float]:
    """Shares by home of the sales that rivals win, adding up to 1."""
    won = {home: published_value(published, (*STUDY, quantity)) for home, quantity in HOMES.items()}
    return {home: value / sum(won.values()) for home, value in won.items()}


def gains(
    headline: Mapping[str, np.ndarray], split: Mapping[str, float], coverage: np.ndarray | float = 0.0
) -> dict[str, np.ndarray]:
    """US$ bn by home, (n,) each, of the rivals' gain in a run.

    coverage: how much of allied supply joins the rule; what those firms then do not sell is not in the gain, so the rest is
    split among the others in their proportions.
    """
    weight = {home: share * (1 - np.asarray(coverage) * (home in ALLIES)) for home, share in split.items()}
    total = sum(weight.values())
    return {home: headline["pv_rivals_gain_usd_bn"] * part / total for home, part in weight.items()}


def gainers_table(
    outcomes: Mapping[str, Mapping[str, np.ndarray]], labels: Mapping[str, str], plurilateral: Mapping[str, bool],
    coverage: np.ndarray, published: pd.DataFrame,
) -> pd.DataFrame:
    """Rows policy x home: median and 90% interval of the present value of sales won, US$ bn."""
    split = split_of_gain(published)
    rows = []
    for policy, headline in outcomes.items():
        for home, values in gains(headline, split, coverage if plurilateral[policy] else 0.0).items():
            median, low, high = interval(values)
            rows.append({"policy": policy, "label": labels[policy], "home": home, "allied": home in ALLIES, "median": median,
                         "low": low, "high": high, "mean": float(values.mean())})
    return pd.DataFrame(rows)
