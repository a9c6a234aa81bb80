"""Block 3: the customer's stock of US parts, built under threat and run down after.

A stock turns a threat of denial into more sales first and an air pocket later. Stocks conserve: what is shipped is used
or kept.
"""

from __future__ import annotations


def target_cover_months(normal_cover: float, extra_cover: float, threat: float) -> float:
    """Months of use a customer wants to hold; extra_cover is what a customer adds who is sure to lose the supply."""
    return normal_cover + extra_cover * threat


def orders(use: float, stock: float, cover_months: float, adjustment_months: float) -> float:
    """O = use + (X* - X) / tau, never negative."""
    return max(use + (cover_months * use - stock) / adjustment_months, 0.0)


def serve(use: float, stock: float, shipped: float) -> tuple[float, float]:
    """Use that can be served from stock and shipments, and the stock that is left."""
    available = stock + shipped
    served = min(use, available)
    return served, available - served
