"""Blocks 1 and 4: how the threat spreads from the listed customer to others.

The listed customer feels the rule itself. Customers whom no rule names feel it at a fraction (theta) of that, as long as
the scope is unknown: during limbo; for a few months after a clear rule; and, when a rule ends a long limbo, in part for
good, because the limbo has taught customers that scope can change. The last point is an assumption and decides the
comparison of policies, so it is a parameter with a wide prior.
"""

from __future__ import annotations

import math

DAYS_PER_MONTH = 365.25 / 12
REFERENCE_TGL_DAYS = 90.0  # the length of licence for which the stockpile is stated


def lapse_hazard_per_month(lapse_probability: float, tgl_days: float) -> float:
    """Monthly hazard of a temporary licence lapsing: l = 1 - (1 - p)^(1/k), with k months to a licence."""
    return 1 - (1 - lapse_probability) ** (DAYS_PER_MONTH / tgl_days)


def ripple(
    limbo_share: float,
    rule_age: float,
    limbo_before: float,
    clear_rule_months: float,
    persistence: float,
    credibility_months: float,
) -> float:
    """How alive the uncertainty about scope is, in [0, 1].

    limbo_share: share of the month in limbo. rule_age: months since the present clear rule began, -1 without one.
    limbo_before: months of limbo so far. The rest are parameters.
    """
    if rule_age < 0:
        return limbo_share
    fresh = min(max(clear_rule_months - rule_age, 0.0), 1.0)
    lasting = persistence * -math.expm1(-limbo_before / credibility_months)
    return max(limbo_share, fresh, lasting)


def threat(direct: float, spread: float, ripple_now: float) -> float:
    """Threat to a customer's supply in [0, 1]: the rule itself, or the fear of being next."""
    return direct + spread * ripple_now * (1 - direct)
