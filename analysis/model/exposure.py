"""Who buys from US firms before any rule: baseline sales by customer group and product segment."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.model.parameters import Draws, Segment
from analysis.model.policy_path import Products


def us_sales_usd_bn(p: Draws) -> np.ndarray:
    """(n,) yearly sales of US-headquartered firms: share times world market."""
    return p["world_sales_usd_bn"] * p["us_share_pct"] / 100


def group_sales_usd_bn(p: Draws) -> np.ndarray:
    """(groups, n) yearly US sales to the listed customer, other Chinese firms, and everyone else.

    Chinese device makers' share of world demand times the US share of that demand (BCG's headquarters basis), less the
    listed customer; the rest of US sales goes elsewhere.
    """
    listed = p["listed_customer_sales_usd_bn"]
    chinese = (p["world_sales_usd_bn"] * p["chinese_demand_share_pct"] / 100 * p["us_share_of_chinese_demand_pct"] / 100)
    unlisted = np.maximum(chinese - listed, 0.0)
    return np.stack([listed, unlisted, us_sales_usd_bn(p) - listed - unlisted])


def product_weights(products: Products, segments: Sequence[Segment]) -> np.ndarray:
    """(groups, products) share of a group's purchases that each product has; rows add up to 1."""
    weights = np.array([segment.weight for segment in segments])
    return weights[products.segment] * products.width


def substitutable_share(p: Draws, products: Products, segments: Sequence[Segment]) -> np.ndarray:
    """(products, n) share of purchases for which a non-US source exists, at most 1."""
    relative = np.array([segment.substitutability for segment in segments])[products.segment]
    return np.minimum(p["substitutable_share"] * relative[:, None], 1.0)
