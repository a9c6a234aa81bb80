"""Blocks 10 and 11: jobs, capital spending, and the place of research."""

from __future__ import annotations

import math


def direct_jobs(jobs: float, log_revenue_ratio: float, elasticity: float) -> float:
    """Jobs = L0 (revenue ratio)^eps_L. Elasticity: New York Fed, employment -7.1% with revenue -8.6%."""
    return jobs * math.exp(elasticity * log_revenue_ratio)


def capital_spending_ratio(revenue_ratio: float, uncertainty_effect: float, uncertainty: float) -> float:
    """Capital spending over its baseline: in proportion to revenue, times exp(g_I u) while policy is uncertain."""
    return revenue_ratio * math.exp(uncertainty_effect * uncertainty)


def research_abroad_step(share: float, hazard: float, response: float) -> float:
    """o' = o + zeta h, in [0, 1]. A lever: no published elasticity of the place of chip research exists."""
    return min(max(share + response * hazard, 0.0), 1.0)
