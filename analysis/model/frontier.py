"""The dilemma frontier: what each policy costs and what it denies, and which policies are dominated.

Cost and denial are kept apart, and both are present values at the same rate: no exchange rate between dollars and months of
denied access is assumed anywhere. A policy is dominated in a draw when another one costs no more and denies no less, and is
better in at least one of the two. It is dominated by a mix (extended dominance in the language of cost-effectiveness analysis)
when two others, each applied to a part of the customer's purchases, deny as much for less.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.model.summary import interval

COST_TOLERANCE_USD_BN = 0.001
DENIAL_TOLERANCE_MONTHS = 0.001
"""Differences below these are rounding, not dominance."""


def dominated(cost: np.ndarray, denial: np.ndarray) -> np.ndarray:
    """(policies, policies, n) booleans: [i, j] is True where policy j dominates policy i.

    cost, denial: (policies, n); less cost and more denial are better.
    """
    no_worse = (cost[None] <= cost[:, None] + COST_TOLERANCE_USD_BN) & (denial[None] >= denial[:, None] - DENIAL_TOLERANCE_MONTHS)
    better = (cost[None] < cost[:, None] - COST_TOLERANCE_USD_BN) | (denial[None] > denial[:, None] + DENIAL_TOLERANCE_MONTHS)
    return no_worse & better


def dominated_by_mix(cost: np.ndarray, denial: np.ndarray) -> np.ndarray:
    """(policies, n) booleans: whether some mix of two other policies denies as much as a policy and costs less.

    cost, denial: (policies, n). A mix of j and k denies and costs the weighted mean of both.
    """
    policies = len(cost)
    result = dominated(cost, denial).any(axis=1)
    for i in range(policies):
        for j in range(policies):
            for k in range(policies):
                if i in (j, k) or j == k:
                    continue
                span = denial[k] - denial[j]
                weight = np.divide(denial[i] - denial[j], span, out=np.full_like(span, -1.0), where=span > DENIAL_TOLERANCE_MONTHS)
                mixed = cost[j] + weight * (cost[k] - cost[j])
                result[i] |= (weight >= 0) & (weight <= 1) & (mixed < cost[i] - COST_TOLERANCE_USD_BN)
    return result


def frontier_table(
    outcomes: Mapping[str, Mapping[str, np.ndarray]],
    labels: Mapping[str, str],
    denial: str = "denied_months_listed",
    cost: str = "pv_lost_sales_usd_bn",
) -> pd.DataFrame:
    """One row a policy: cost and denial with intervals, probability of being dominated, and by which policy most often.

    outcomes: policy -> headline results by draw, all with the same draws. `on_frontier`: not dominated at the medians.
    """
    policies = list(outcomes)
    costs = np.stack([outcomes[policy][cost] for policy in policies])
    denials = np.stack([outcomes[policy][denial] for policy in policies])
    by, mixed = dominated(costs, denials), dominated_by_mix(costs, denials)
    # Where nothing is denied a month of denial has no finite price.
    price = np.divide(costs, denials, out=np.full_like(costs, np.inf), where=denials > DENIAL_TOLERANCE_MONTHS)
    at_median = dominated(np.median(costs, axis=1)[:, None], np.median(denials, axis=1)[:, None])[..., 0]
    rows = []
    for i, policy in enumerate(policies):
        chance = by[i].mean(axis=1)
        worst = int(np.argmax(chance))
        (c, c_low, c_high), (d, d_low, d_high) = interval(costs[i]), interval(denials[i])
        rows.append(
            {
                "policy": policy,
                "label": labels[policy],
                "cost_usd_bn": c,
                "cost_low": c_low,
                "cost_high": c_high,
                "denied_months": d,
                "denied_low": d_low,
                "denied_high": d_high,
                "probability_dominated": float(by[i].any(axis=0).mean()),
                "on_frontier": not at_median[i].any(),
                "most_often_by": policies[worst] if chance[worst] > 0 else "",
                "by_probability": float(chance[worst]),
                "probability_dominated_by_mix": float(mixed[i].mean()),
                **dict(
                    zip(("price_low", "price", "price_high"), np.quantile(price[i], [0.05, 0.5, 0.95], method="lower"), strict=True)
                ),
                "rd_usd_bn": interval(outcomes[policy]["pv_rd_lost_usd_bn"])[0],
                "jobs_year_5": interval(outcomes[policy]["jobs_lost_year_5"])[0],
            }
        )
    return pd.DataFrame(rows)
