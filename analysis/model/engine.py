"""Simulate a block of draws along one policy path: prepare the inputs, run the compiled loop, shape the results.

Money is in US$ bn a month. Arrays have draws last. There is no Python loop over draws or months.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.model import exposure
from analysis.model.kernel import ELSEWHERE, LISTED, UNLISTED, Head, Inputs, run_block
from analysis.model.kernel_types import COURSE, PREPARED_SHAPES, RESULT_SHAPES, Policy, Prepared, Results
from analysis.model.layers import follow_from_path
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
    demand = np.zeros(0) if demand_index is None else np.asarray(demand_index, float)[: path.months]
    branch = path.branch_of(p[RESOLUTION])
    parts, heads, order = [], [], []
    for b in range(len(path.odds)):
        policy = _policy(path, b, segments, weights, demand)
        for chosen in _chunks(np.flatnonzero(branch == b)):
            inputs = Inputs(*(np.ascontiguousarray(p[name][chosen]) for name in Inputs._fields))
            results = _empty_results(len(chosen), path.months, monthly)
            head = Head(*np.zeros((len(Head._fields), len(chosen))))
            run_block(inputs, policy, _empty_preparation(len(chosen), weights), results, head)
            parts.append(results)
            heads.append(head)
            order.append(chosen)
    back = np.argsort(np.concatenate(order))

    def joined(rows):
        return np.concatenate(rows, axis=-1)[..., back]

    headline = {name: joined([getattr(head, name) for head in heads]) for name in Head._fields}
    results = {name: joined([getattr(part, name) for part in parts]) for name in Results._fields if name != "months_of_year"}
    return shape_outcome(headline, results, _course(results["course"]) if monthly else None)


def _chunks(chosen: np.ndarray) -> list[np.ndarray]:
    """Few enough draws at a time for their state to stay in the second-level cache."""
    return [chosen[first : first + CHUNK] for first in range(0, len(chosen), CHUNK)]


def _policy(path: PolicyPath, branch: int, segments: Sequence[Segment], weights: np.ndarray, demand: np.ndarray) -> Policy:
    """One branch of the policy path; all draws on it live under the same rules."""
    limbo, denied, rule_age, limbo_before, pending, restored = (
        np.array(values[branch], dtype=float, order="C")  # one type, so that the loop is compiled once
        for values in (path.limbo, path.denied, path.rule_age, path.limbo_before, path.pending, path.restored)
    )
    limbo_share, named, unlisted_open = np.zeros(path.months), np.zeros((path.months, len(GROUPS))), np.zeros(path.months)
    follow_from_path(limbo, denied, weights, limbo_share, named, unlisted_open)
    return Policy(
        limbo=limbo,
        denied=denied,
        limbo_share=limbo_share,
        named=named,
        unlisted_open=unlisted_open,
        rule_age=rule_age,
        limbo_before=limbo_before,
        pending=pending,
        restored=restored,
        weights=np.ascontiguousarray(weights),
        memory=np.array([segments[s].name == "memory" for s in path.products.segment]),
        relative_substitutability=np.array([segment.substitutability for segment in segments])[path.products.segment],
        retaliation=bool(path.retaliation),
        allies=float(path.plurilateral),
        tgl_days=float(path.tgl_days),
        demand=demand,
    )


def _empty_results(n: int, months: int, monthly: bool) -> Results:
    years = -(-months // 12)
    sizes = {"losses": len(LOSSES), "yearly": len(YEARLY), "groups": len(GROUPS), "years": years, "n": n,
             "course_months": months if monthly else 0}
    results = Results(**{name: np.zeros(_sized(shape, sizes)) for name, shape in RESULT_SHAPES.items()})
    results.months_of_year[:] = np.minimum(12, months - 12 * np.arange(years))
    return results


def _empty_preparation(n: int, weights: np.ndarray) -> Prepared:
    """Room for what is worked out of the parameters."""
    sizes = {"groups": weights.shape[0], "products": weights.shape[1], "n": n}
    return Prepared(**{name: np.zeros(_sized(shape, sizes), np.int64 if name == "lag" else float)
                       for name, shape in PREPARED_SHAPES.items()})


def _sized(shape: tuple[int | str, ...], sizes: dict[str, int]) -> tuple[int, ...]:
    return tuple(sizes[size] if isinstance(size, str) else size for size in shape)


def _course(course: np.ndarray) -> dict[str, np.ndarray]:
    """The rows of the course under their names; those of customer groups as (months, groups, n)."""
    rows = dict(zip(COURSE, course, strict=True))
    named: dict[str, np.ndarray] = {"limbo": rows["limbo"], "ripple": rows["ripple"]}
    for quantity in ("purchases", "stock", "designed_out", "served", "denied"):
        named[quantity] = np.stack([rows[f"{quantity}_{group}"] for group in GROUPS if f"{quantity}_{group}" in rows], axis=1)
    return named
