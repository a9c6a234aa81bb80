"""Simulate a block of draws along one policy path: prepare the inputs, run the compiled loop, shape the results.

Money is in US$ bn a month. Arrays have draws last. There is no Python loop over draws or months.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.model import contagion, exposure, research
from analysis.model.kernel import ELSEWHERE, LISTED, UNLISTED, run_block
from analysis.model.kernel_types import COURSE, Inputs, Policy, Results
from analysis.model.outcome import LOSSES, YEARLY, Outcome, shape_outcome
from analysis.model.parameters import RESOLUTION, Draws, Segment
from analysis.model.policy_path import GROUPS, PolicyPath

__all__ = ["ELSEWHERE", "LISTED", "UNLISTED", "simulate"]

CHUNK = 256
"""Draws handed to the compiled loop at a time: their state of ten years fits the second-level cache (measured: 128 to 256)."""


def simulate(
    p: Draws,
    path: PolicyPath,
    segments: Sequence[Segment],
    *,
    demand_index: np.ndarray | None = None,
    monthly: bool = False,
) -> Outcome:
    """Run one block of draws along one policy path.

    p: parameter draws, arrays (n,). demand_index: (months,) world demand relative to the base year; default constant
    growth from the parameters. monthly: also keep the monthly course of the main states (for charts; small n).
    """
    weights = exposure.product_weights(path.products, segments)
    inputs = _inputs(p, path, segments, weights)
    demand = np.zeros(0) if demand_index is None else np.asarray(demand_index, float)[: path.months]
    branch = path.branch_of(p[RESOLUTION])
    parts, order = [], []
    for b in range(len(path.odds)):
        policy = _policy(path, b, segments, weights, demand)
        for chosen in _chunks(np.flatnonzero(branch == b)):
            results = _empty_results(len(chosen), path.months, monthly)
            run_block(Inputs(*(np.ascontiguousarray(values[..., chosen]) for values in inputs)), policy, results)
            parts.append(results)
            order.append(chosen)
    back = np.argsort(np.concatenate(order))
    results = Results(*(np.concatenate(rows, axis=-1)[..., back] for rows in zip(*parts, strict=True)))
    return shape_outcome(results, p, path.months, _course(results.course) if monthly else None)


def _chunks(chosen: np.ndarray) -> list[np.ndarray]:
    """Few enough draws at a time for their state to stay in the second-level cache."""
    return [chosen[first : first + CHUNK] for first in range(0, len(chosen), CHUNK)]


def _policy(path: PolicyPath, branch: int, segments: Sequence[Segment], weights: np.ndarray, demand: np.ndarray) -> Policy:
    """One branch of the policy path; all draws on it live under the same rules."""
    limbo, denied, rule_age, limbo_before = (
        np.array(values[branch], dtype=float, order="C")  # one type, so that the loop is compiled once
        for values in (path.limbo, path.denied, path.rule_age, path.limbo_before)
    )
    return Policy(
        limbo=limbo,
        denied=denied,
        limbo_share=limbo.max(axis=(1, 2)),
        named=(limbo + denied).max(axis=2) > 0,
        unlisted_open=1 - (denied[:, UNLISTED] * weights[UNLISTED]).sum(axis=1),
        rule_age=rule_age,
        limbo_before=limbo_before,
        weights=np.ascontiguousarray(weights),
        memory=np.array([segments[s].name == "memory" for s in path.products.segment]),
        retaliation=bool(path.retaliation),
        demand=demand,
    )


def _empty_results(n: int, months: int, monthly: bool) -> Results:
    years = -(-months // 12)
    return Results(
        present_value=np.zeros((len(LOSSES), n)),
        losses=np.zeros((len(LOSSES), years, n)),
        purchases=np.zeros((len(GROUPS), years, n)),
        revenue=np.zeros((years, n)),
        baseline=np.zeros((years, n)),
        rivals=np.zeros((years, n)),
        yearly=np.zeros((len(YEARLY), years, n)),
        discounted=np.zeros((2, n)),
        denied=np.zeros((2, n)),
        legal=np.zeros((2, n)),
        course=np.zeros((len(COURSE), months if monthly else 0, n)),
    )


def _inputs(p: Draws, path: PolicyPath, segments: Sequence[Segment], weights: np.ndarray) -> Inputs:
    """Parameters, and what follows from them once for all months."""
    base = exposure.group_sales_usd_bn(p)[:, None, :] * weights[:, :, None] / 12
    by_group = base.sum(axis=1)
    world_base = p["world_sales_usd_bn"] / 12
    share_elsewhere = by_group[ELSEWHERE] / (world_base * (1 - p["chinese_demand_share_pct"] / 100))
    hazard = contagion.lapse_hazard_per_month(p["lapse_probability"], path.tgl_days)
    derived = {
        "base": base,
        "substitutable": exposure.substitutable_share(p, path.products, segments),
        "world_base": world_base,
        "share_elsewhere": share_elsewhere,
        "sigma": research.share_sensitivity(
            p, by_group[ELSEWHERE] / by_group.sum(axis=0), share_elsewhere, p["us_share_pct"] / 100
        ),
        "depreciation": research.monthly_depreciation(p["knowledge_depreciation_pct_per_year"]),
        "lag": np.rint(p["rd_lag_years"] * 12).astype(np.int64),
        "coverage": p["allied_coverage"] * path.plurilateral,
        "hazard": hazard,
        "hazard_ratio": hazard / contagion.lapse_hazard_per_month(p["lapse_reference"], contagion.REFERENCE_TGL_DAYS),
        "licensed_share": p["licence_approval_share"] * p["licence_use_share"],
        "growth": (1 + p["market_growth_pct_per_year"] / 100) ** (1 / 12),
        "discount": (1 + p["discount_rate_pct_per_year"] / 100) ** (-1 / 12),
    }
    return Inputs(**{name: np.ascontiguousarray(derived[name] if name in derived else p[name]) for name in Inputs._fields})


def _course(course: np.ndarray) -> dict[str, np.ndarray]:
    """The rows of the course under their names; those of customer groups as (months, groups, n)."""
    rows = dict(zip(COURSE, course, strict=True))
    named: dict[str, np.ndarray] = {"limbo": rows["limbo"], "ripple": rows["ripple"]}
    for quantity in ("purchases", "stock", "designed_out", "served", "denied"):
        named[quantity] = np.stack([rows[f"{quantity}_{group}"] for group in GROUPS if f"{quantity}_{group}" in rows], axis=1)
    return named
