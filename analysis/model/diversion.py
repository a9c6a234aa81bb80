"""Block 6: final sales that a denied customer loses go to rivals, who buy US chips too.

Only the part that no non-US supplier backfills becomes a lost final sale. The rival's US content can be higher than the
denied customer's, who used chips of its own.
"""

from __future__ import annotations

import numpy as np

from analysis.model.parameters import Draws


def backfill_share(substitutable: np.ndarray, allied_coverage: np.ndarray) -> np.ndarray:
    """Share of denied parts that other suppliers can replace: A (1 - v), with v the coverage of allied suppliers."""
    return substitutable * (1 - allied_coverage)


def diverted_sales(lost_listed: np.ndarray, lost_unlisted: np.ndarray, unlisted_open: np.ndarray, p: Draws) -> np.ndarray:
    """(n,) US sales won through rivals of customers that could not build, same unit as the losses.

    lost_listed, lost_unlisted: value of US parts missed and not backfilled; unlisted_open: share of other Chinese
    customers' purchases that is not denied (rivals under the same rule gain nothing).
    """
    to_unlisted = p["diversion_to_unlisted"] * lost_listed * unlisted_open
    elsewhere = p["diversion_elsewhere"] * (lost_listed + lost_unlisted)
    return p["diversion_us_content_ratio"] * (to_unlisted + elsewhere)
