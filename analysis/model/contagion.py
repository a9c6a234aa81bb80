"""Blocks 1 and 4: how the threat spreads from the listed customer to others.

The listed customer feels the rule itself. Customers whom no rule names feel it at a fraction (theta) of that, as long as
the scope is unknown: during limbo; for a few months after a clear rule; and, when a rule ends a long limbo, in part for
good, because the limbo has taught customers that scope can change. The last point is an assumption and decides the
comparison of policies, so it is a parameter with a wide prior.
"""

from __future__ import annotations

import numpy as np

from analysis.model.parameters import Draws

DAYS_PER_MONTH = 365.25 / 12


def lapse_hazard_per_month(lapse_probability: np.ndarray, tgl_days: float) -> np.ndarray:
    """Monthly hazard of a temporary licence lapsing: l = 1 - (1 - p)^(1/k), with k months to a licence."""
    return 1 - (1 - lapse_probability) ** (DAYS_PER_MONTH / tgl_days)


def theta(p: Draws) -> np.ndarray:
    """(groups, 1, n) spread of the threat to each group; the listed customer has it in full through the rule itself."""
    unlisted = p["contagion_unlisted"]
    return np.stack([np.zeros_like(unlisted), unlisted, p["contagion_elsewhere"]])[:, None, :]


def ripple(limbo_share, rule_age, limbo_before, p: Draws) -> np.ndarray:
    """(n,) how alive the uncertainty about scope is, in [0, 1].

    limbo_share: share of the month in limbo. rule_age: months since the present clear rule began, -1 without one.
    limbo_before: months of limbo so far. Each a number or (n,).
    """
    fresh = np.clip(p["clear_rule_months"] - rule_age, 0.0, 1.0)
    lasting = p["contagion_persistence"] * -np.expm1(-limbo_before / p["credibility_months"])
    after_rule = np.where(np.asarray(rule_age) >= 0, np.maximum(fresh, lasting), 0.0)
    return np.maximum(limbo_share, after_rule)


def threat(direct: np.ndarray, spread: np.ndarray, ripple_now: np.ndarray) -> np.ndarray:
    """(groups, segments, n) threat to each customer's supply in [0, 1]: the rule itself, or the fear of being next."""
    return direct + spread * ripple_now * (1 - direct)
