"""Block 9: China's self-sufficiency in integrated circuits (production in China over China's market)."""

from __future__ import annotations

import numpy as np

from analysis.model.parameters import Draws


def self_sufficiency_step(share_pct: np.ndarray, threatened_demand: np.ndarray, p: Draws) -> np.ndarray:
    """C' = C + c0 + c1 (share of Chinese demand under threat), yearly points spread over months, at most 100."""
    yearly = p["china_trend_pp_per_year"] + p["china_threat_response_pp_per_year"] * threatened_demand
    return np.minimum(share_pct + yearly / 12, 100.0)
