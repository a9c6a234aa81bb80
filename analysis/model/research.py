"""Blocks 7 and 8: research follows revenue, knowledge follows research with a lag, and sales follow knowledge.

All in logs relative to the path without a rule. The knowledge gap k between US firms and rivals is one state:
k' = (1 - delta) k + delta gap_{t - lag}, gap = the difference of their (log) research. Rivals gain from what US firms
lose. The strength sigma of the effect on the US share elsewhere is set so that a permanent loss is multiplied in the long
run by the second-round multiplier M, the one quantity on which studies differ (1.63 reproduces BCG's decoupling case).
"""

from __future__ import annotations

import math

REACHED_FLOOR = 0.05
"""A horizon before research becomes products asks for an answer that cannot be given: it is bounded at this share."""

ELASTICITY_FLOOR = 0.1
"""Below this research elasticity the second round is scaled down with it: no response of research, no second round."""


def research_step(
    log_research: float,
    log_revenue_ratio: float,
    uncertainty: float,
    elasticity: float,
    uncertainty_effect: float,
    adjustment_months: float,
) -> float:
    """Partial adjustment of log research to eps_R times the log of the revenue ratio, plus g_R u.

    u is in doublings of the uncertainty index; rivals follow the same rule with u = 0.
    """
    target = elasticity * log_revenue_ratio + uncertainty_effect * uncertainty
    return log_research + (target - log_research) / adjustment_months


def monthly_depreciation(depreciation_pct_per_year: float) -> float:
    """Yearly percentage to monthly share."""
    return 1 - (1 - depreciation_pct_per_year / 100) ** (1 / 12)


def research_gap(log_research: float, log_rivals: float, moved: float, learning_abroad: float) -> float:
    """Log gap of research between US firms and rivals; rivals learn a part of what US firms do in their countries."""
    if moved <= 0:
        return log_research - log_rivals
    return log_research - log_rivals - learning_abroad * math.log1p(moved)


def response_reached(depreciation: float, lag_months: float, horizon_years: float) -> float:
    """How much of its long-run answer knowledge has given `horizon_years` after a lasting change; 0 is the long run."""
    if horizon_years <= 0:
        return 1.0
    return max(1 - (1 - depreciation) ** max(12 * horizon_years - lag_months, 0.0), REACHED_FLOOR)


def knowledge_step(gap: float, lagged_research_gap: float, depreciation: float) -> float:
    """Perpetual inventory, log-linearised around the path without a rule."""
    return (1 - depreciation) * gap + depreciation * lagged_research_gap


def share_sensitivity(
    elasticity: float, multiplier: float, elsewhere_weight: float, share_elsewhere: float, us_share: float, reached: float
) -> float:
    """sigma of d logit(share elsewhere) = sigma d(knowledge gap), such that the multiplier is M once `reached` of the answer is.

    With x the total loss as a share of revenue, research falls by eps x at home and rises by eps x w abroad
    (w = US over rival revenue); the share elsewhere, s, then falls by (1 - s) sigma eps x (1 + w) of itself. This is the
    second round, (1 - 1/M) x of revenue, when sigma = (1 - 1/M) / [weight (1 - s) eps (1 + w)]. First-order in x.
    """
    rival_ratio = us_share / (1 - us_share)
    responding = max(elasticity, ELASTICITY_FLOOR)
    return (1 - 1 / multiplier) / (elsewhere_weight * (1 - share_elsewhere) * responding * (1 + rival_ratio) * reached)


def share_factor(us_share: float, logit_change: float) -> float:
    """US share elsewhere relative to its baseline after a change of its logit."""
    return 1 / (us_share + (1 - us_share) * math.exp(-logit_change))
