"""Which unpublished figure would narrow the total most: the fall of its standard deviation if one quantity were known exactly.

From the draws alone: the total is smoothed over the quantity (a cubic spline of its ranks), and what is left around the curve
is the
deviation that would remain on average (the expected value of partial perfect information, in dollars of standard deviation).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.sales.estimate.draws import Draws, flat
from analysis.sales.estimate.model import Inputs

KNOTS = 4


def worth(inputs: Inputs, found: Draws, years: list[int]) -> pd.DataFrame:
    """Year × unpublished figure: sd of the total now and if it were known, narrowing (USD bn and per cent), largest first."""
    rows, panel = [], inputs.panel
    total, headquarters = flat(found.yearly(found.total_headquarters)), flat(found.yearly(found.headquarters))
    location, rest = flat(found.yearly(found.location)), flat(found.yearly(found.rest_headquarters))
    for year in years:
        t = int(np.searchsorted(panel.years, year))
        figures = {f"{firm}: by customers' headquarters": headquarters[:, f, t] for f, firm in enumerate(panel.firms)}
        figures |= {f"{firm}: by address": location[:, f, t] for f, firm in enumerate(panel.firms)}
        figures["firms without a China line, together"] = rest[:, t]
        now = float(total[:, t].std())
        for name, values in figures.items():
            left = remaining_sd(total[:, t], values)
            rows.append(
                {
                    "year": year,
                    "figure": name,
                    "sd_now_usd_bn": now,
                    "sd_known_usd_bn": left,
                    "narrowing_usd_bn": now - left,
                    "narrowing_pct": 100 * (1 - left / now),
                }
            )
    return pd.DataFrame(rows).sort_values(["year", "narrowing_usd_bn"], ascending=[False, False]).reset_index(drop=True)


def remaining_sd(total: np.ndarray, known: np.ndarray) -> float:
    """Root mean square of what a smooth curve of `known` leaves of `total`."""
    if np.ptp(known) == 0:
        return float(total.std())
    x = (known - known.mean()) / known.std()
    knots = np.quantile(x, np.linspace(0, 1, KNOTS + 2)[1:-1])
    basis = np.column_stack([np.ones_like(x), x, x**2, x**3, *[np.maximum(x - k, 0.0) ** 3 for k in knots]])
    curve = basis @ np.linalg.lstsq(basis, total, rcond=None)[0]
    return float(np.sqrt(((total - curve) ** 2).mean()))
