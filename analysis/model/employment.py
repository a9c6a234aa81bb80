"""Blocks 10 and 11: jobs, capital spending, and the place of research."""

from __future__ import annotations

import math


def direct_jobs(jobs: float, log_revenue_ratio: float, elasticity: float, research_jobs: float, moved: float) -> float:
    """Jobs = L0 (revenue ratio)^eps_L (1 - r o): jobs in research, a share r of all, leave with the share o that moves abroad.

    Elasticity: New York Fed, employment -7.1% with revenue -8.6%.
    """
    return jobs * math.exp(elasticity * log_revenue_ratio) * (1 - research_jobs * moved)


def capital_spending_ratio(revenue_ratio: float, uncertainty_effect: float, uncertainty: float) -> float:
    """Capital spending over its baseline: in proportion to revenue, times exp(g_I u) while policy is uncertain."""
    return revenue_ratio * math.exp(uncertainty_effect * uncertainty)


def research_abroad_step(share: float, threatened_demand: float, response_pp_per_year: float) -> float:
    """o' = o + zeta (share of Chinese demand under threat), in [0, 1]; zeta in points of all research a year.

    A lever: no published elasticity of the place of chip research exists. A rule or limbo that reaches more customers moves
    more. What has moved stays.
    """
    return min(share + response_pp_per_year / 100 / 12 * threatened_demand, 1.0)
