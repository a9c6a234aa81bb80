"""Block 3: the customer's stock of US parts, built under threat and run down after.

A stock turns a threat of denial into more sales first and an air pocket later. Stocks conserve: what is shipped is used
or kept.
"""

from __future__ import annotations

import numpy as np


def target_cover_months(
    normal_cover: np.ndarray, extra_cover: np.ndarray, threat: np.ndarray, hazard_ratio: np.ndarray,
) -> np.ndarray:
    """Months of use a customer wants to hold.

    extra_cover is what a fully threatened customer adds when the lapse hazard is the reference one; it grows with the
    hazard perceived (hazard_ratio: present over reference).
    """
    return normal_cover + extra_cover * hazard_ratio * threat


def orders(use: np.ndarray, stock: np.ndarray, cover_months: np.ndarray, adjustment_months: np.ndarray) -> np.ndarray:
    """O = use + (X* - X) / tau, never negative."""
    return np.maximum(use + (cover_months * use - stock) / adjustment_months, 0.0)


def serve(use: np.ndarray, stock: np.ndarray, shipped: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Use that can be served from stock and shipments, and the stock that is left."""
    available = stock + shipped
    served = np.minimum(use, available)
    return served, available - served
