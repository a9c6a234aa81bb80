"""Blocks 1 and 4: how the threat spreads from the listed customer to others.

The listed customer feels the rule itself. Customers whom no rule names feel it at a fraction (theta) of that, as long as
the scope is unknown: during limbo; for a few months after a clear rule; and, when a rule ends a long limbo, in part for
good, because the limbo has taught customers that scope can change. The last point is an assumption and decides the
comparison of policies, so it is a parameter with a wide prior.
"""

from __future__ import annotations

import math

from analysis.data.days import DAYS_PER_MONTH


def lapse_hazard_per_month(lapse_probability: float, tgl_days: float) -> float:
    """Monthly hazard of a temporary licence lapsing: l = 1 - (1 - p)^(1/k), with k months to a licence."""
    return 1 - (1 - lapse_probability) ** (DAYS_PER_MONTH / tgl_days)


def expected_loss(hazard_per_month: float, design_life_months: float) -> float:
    """Chance that a supply with this monthly hazard ends within the life of a design, 1 - (1 - l)^T.

    It is how far a customer redesigns: not at all where nothing can lapse, fully under a ban. So longer licences, better odds
    of renewal and a lower risk of reversal all slow the redesign.
    """
    return 1 - (1 - hazard_per_month) ** design_life_months


def learnt(limbo_before: float, credibility_months: float) -> float:
    """How far `limbo_before` months of limbo have taught customers that scope can change, in [0, 1)."""
    return -math.expm1(-limbo_before / credibility_months)


def ripple(
    limbo_share: float,
    pending: float,
    rule_age: float,
    lesson: float,
    clear_rule_months: float,
    persistence: float,
    persistence_open: float,
) -> float:
    """How alive the uncertainty about scope is, in [0, 1].

    limbo_share: share of the month in limbo, times the loss that its licences let one expect. pending: 1 where a rule of
    unknown scope is announced and nothing is forbidden yet. rule_age: months since the present clear rule began, -1 without
    one. lesson: what limbo has taught so far (`learnt`). The rest are parameters: what lasts after a ban, and after a permission.
    """
    alive = max(limbo_share, pending)
    if rule_age < 0:
        return max(alive, persistence_open * lesson)
    fresh = min(max(clear_rule_months - rule_age, 0.0), 1.0)
    return max(alive, fresh, persistence * lesson)


def threat(direct: float, afraid: float) -> float:
    """Threat to a customer's supply in [0, 1]: the rule or the limbo itself, or the fear of what may come."""
    return direct + afraid * (1 - direct)
