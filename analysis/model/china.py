"""Block 9: China's self-sufficiency in integrated circuits (production in China over China's market)."""

from __future__ import annotations


def self_sufficiency_step(share_pct: float, threatened_demand: float, trend: float, response: float) -> float:
    """C' = C + c0 + c1 (share of Chinese demand under threat); trend and response in points a year; at most 100."""
    return min(share_pct + (trend + response * threatened_demand) / 12, 100.0)
