"""Who buys from US firms before any rule: baseline sales by customer group."""

from __future__ import annotations

import numpy as np

from analysis.model.parameters import Draws


def unlisted_sales_usd_bn(chinese: float, listed: float) -> float:
    """Yearly US sales to other Chinese firms, by headquarters: all Chinese firms less the listed customer."""
    return max(chinese - listed, 0.0)


def elsewhere_sales_usd_bn(us_sales: float, listed: float, unlisted: float) -> float:
    """Yearly US sales to all others."""
    return us_sales - listed - unlisted


def us_sales_usd_bn(p: Draws) -> np.ndarray:
    """(n,) yearly sales of US-headquartered firms: share times world market."""
    return p["world_sales_usd_bn"] * p["us_share_pct"] / 100
