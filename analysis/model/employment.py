"""Blocks 10 and 11: jobs, capital spending, and the place of research."""

from __future__ import annotations

import numpy as np

from analysis.model.parameters import Draws


def direct_jobs(p: Draws, revenue_ratio: np.ndarray) -> np.ndarray:
    """Jobs = L0 (revenue ratio)^eps_L. Elasticity: New York Fed, employment -7.1% with revenue -8.6%."""
    return p["direct_jobs"] * revenue_ratio ** p["jobs_revenue_elasticity"]


def capital_spending_ratio(p: Draws, revenue_ratio: np.ndarray, uncertainty: np.ndarray) -> np.ndarray:
    """Capital spending over its baseline: in proportion to revenue, times exp(g_I u) while policy is uncertain."""
    return revenue_ratio * np.exp(p["capex_uncertainty_effect"] * uncertainty)


def research_abroad_step(share: np.ndarray, hazard: np.ndarray, p: Draws) -> np.ndarray:
    """o' = o + zeta h, in [0, 1]. A lever: no published elasticity of the place of chip research exists."""
    return np.clip(share + p["rd_location_response"] * hazard, 0.0, 1.0)
