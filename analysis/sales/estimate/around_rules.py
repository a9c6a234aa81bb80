"""Sales around a rule, by quarter: firms that a rule named against firms that it did not, and the same on quarters without a rule.

The change is the log of sales to Chinese firms in the four quarters from the rule on over the four before, named firms less the
others. Placebo quarters are all others of which both windows lie in the series and neither window holds a rule's own quarter. With
ten firms and yearly figures for most of them this can find a collapse, not a dent.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.sales.estimate.draws import Draws, flat, summary
from analysis.sales.estimate.model import Inputs
from analysis.sales.estimate.summary import newest_quarter

WINDOW = 4
# Rule (event of the policy file) → quarter it took effect and the panel's firms whose products it named.
NAMED = {
    "P014": ("Huawei listed, May 2019", "2019Q2", ("Micron", "Qualcomm", "Intel", "Broadcom", "Skyworks Solutions")),
    "P043": ("Foreign-product rule, August 2020", "2020Q3", ("Micron", "Qualcomm", "Analog Devices", "Skyworks Solutions")),
    "P056": ("Accelerator rules, October 2022", "2022Q4", ("NVIDIA", "AMD")),
}


def compare(inputs: Inputs, found: Draws) -> pd.DataFrame:
    """Rule × (value, interval of the log change named less others, rank among placebo quarters, number of placebos, observed
    part)."""
    panel, series = inputs.panel, flat(found.headquarters)
    last, cover = newest_quarter(inputs), inputs.panel.cover()
    rule_quarters = [panel.quarters.index(q) for _, q, _ in NAMED.values() if q in panel.quarters]
    rows = []
    for rule, (label, quarter, named) in NAMED.items():
        if quarter not in panel.quarters:
            continue
        own = np.isin(panel.firms, named)
        at = panel.quarters.index(quarter)
        if at < WINDOW or at + WINDOW - 1 > last:
            continue
        change = 100 * _gap(series, own, at)
        placebos = [q for q in range(WINDOW, last - WINDOW + 2) if min(abs(q - r) for r in rule_quarters) >= WINDOW]
        others = np.array([np.median(100 * _gap(series, own, q)) for q in placebos])
        window = slice(at - WINDOW, at + WINDOW)
        rows.append(
            {
                "rule": rule,
                "label": label,
                "quarter": quarter,
                "named": ", ".join(named),
                **summary(change),
                "more_extreme_placebos": int((np.abs(others) >= abs(np.median(change))).sum()),
                "placebos": len(placebos),
                "placebo_low": float(np.quantile(others, 0.05)),
                "placebo_high": float(np.quantile(others, 0.95)),
                "covered_pct": float(100 * cover[own, window].mean()),
            }
        )
    return pd.DataFrame(rows)


def _gap(series: np.ndarray, own: np.ndarray, at: int) -> np.ndarray:
    """Log change over the window, named firms together less the others together, one a draw."""
    before, after = series[..., at - WINDOW : at].sum(axis=-1), series[..., at : at + WINDOW].sum(axis=-1)
    return np.log(after[:, own].sum(axis=1) / before[:, own].sum(axis=1)) - np.log(
        after[:, ~own].sum(axis=1) / before[:, ~own].sum(axis=1)
    )
