"""Blocks 4 and 5: sockets lost and won back.

A threatened customer redesigns: the share H of its substitutable purchases that is designed out rises with hazard eta.
Re-entry is slower (rho << eta), because a socket opens only once in a design cycle. Redesign starts after a delay: a
limbo that ends within it leaves no mark (Japan's resist licences of 2019, settled in one month, show no decline).
"""

from __future__ import annotations


def started(months_under_threat: float, delay_months: float) -> float:
    """How far the redesign has started, 0 to 1, after some months under threat (the running month counted)."""
    return min(max(months_under_threat - delay_months, 0.0), 1.0)


def step(designed_out: float, threat: float, hazard: float, reach: float, reentry_hazard: float, free: float) -> float:
    """H' = H + eta threat max(reach - H, 0) - rho free H.

    reach: how much of the substitutable part has a source left, 1 - v where allies join the rule. free: 0 while a policy names
    the customer, else 1 less the threat.
    """
    return designed_out + hazard * threat * max(reach - designed_out, 0.0) - reentry_hazard * free * designed_out


def wanted_use(base: float, substitutable: float, designed_out: float) -> float:
    """U = D m (1 - A H): US parts that the customer's designs still call for."""
    return base * (1 - substitutable * designed_out)
