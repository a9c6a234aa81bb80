"""Simulate a block of draws along one policy path: prepare the inputs, run the compiled loop, shape the results.

Money is in US$ bn a month. Arrays have draws last. There is no Python loop over draws or months.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.model.kernel import ELSEWHERE, LISTED, UNLISTED, Head, Inputs, run_block
from analysis.model.kernel_types import COURSE, PREPARED_SHAPES, RESULT_SHAPES, Policy, Prepared, Results
from analysis.model.layers import follow_from_path, merge
from analysis.model.outcome import LOSSES, YEARLY, Outcome, shape_outcome
from analysis.model.parameters import RESOLUTION, Draws, Segment, share_name
from analysis.model.policy_path import GROUPS, PolicyPath, Products

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
    shares = np.stack([p[share_name(segment)] for segment in segments])
    demand = np.zeros(0) if demand_index is None else np.asarray(demand_index, float)[: path.months]
    branch = path.branch_of(p[RESOLUTION])
    parts, heads, order = [], [], []
    for b in range(len(path.odds)):
        policy = _policy(path, b, segments, demand)
        for chosen in _chunks(np.flatnonzero(branch == b)):
            inputs = Inputs(*(np.ascontiguousarray(p[name][chosen]) for name in Inputs._fields))
            results = _empty_results(len(chosen), path.months, monthly)
            head = Head(*np.zeros((len(Head._fields), len(chosen))))
            prepared = _empty_preparation(len(chosen), policy)
            prepared.share[:] = shares[:, chosen]
            run_block(inputs, policy, prepared, results, head)
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


def _policy(path: PolicyPath, branch: int, segments: Sequence[Segment], demand: np.ndarray) -> Policy:
    """One branch of the policy path; all draws on it live under the same rules."""
    rules = path.limbo[branch], path.denied[branch], path.restored[branch]
    substitutability = np.array([segment.substitutability for segment in segments])
    memory = np.array([segment.name == "memory" for segment in segments])
    first, width = _products(path.products, substitutability, memory, rules)
    limbo, denied, restored, rule_age, limbo_before, pending, dropped = (
        np.array(values, dtype=float, order="C")  # one type, so that the loop is compiled once
        for values in (*(rule[..., first] for rule in rules), path.rule_age[branch], path.limbo_before[branch],
                       path.pending[branch], path.dropped[branch])
    )
    limbo_share, present = np.zeros(path.months), np.zeros(width.shape[:2])
    named, doubted = np.zeros((2, path.months, len(GROUPS)))
    follow_from_path(limbo, denied, restored, width, limbo_share, named, doubted, present)
    segment = np.array(path.products.segment)[first]
    return Policy(
        limbo=limbo,
        denied=denied,
        limbo_share=limbo_share,
        named=named,
        doubted=doubted,
        rule_age=rule_age,
        limbo_before=limbo_before,
        pending=pending,
        restored=restored,
        dropped=dropped,
        width=width,
        present=present,
        memory=memory[segment],
        segment=segment,
        relative_substitutability=substitutability,
        retaliation=bool(path.retaliation),
        allies=float(path.plurilateral),
        tgl_days=float(path.tgl_days),
        demand=demand,
    )


def _products(
    layers: Products, substitutability: np.ndarray, memory: np.ndarray, rules: Sequence[np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """The layers that begin a product, and (groups, products, segments) how much of a segment's sales to a group each one is."""
    first = np.zeros(len(layers.segment), dtype=int)
    count, product = merge(substitutability, memory, layers.segment, *rules, first)
    width = np.zeros((len(GROUPS), count, len(substitutability)))
    for k, segment in enumerate(layers.segment):
        width[:, int(product[k]), segment] += layers.width[:, k]
    return first[:count], width


def _empty_results(n: int, months: int, monthly: bool) -> Results:
    years = -(-months // 12)
    sizes = {"losses": len(LOSSES), "yearly": len(YEARLY), "groups": len(GROUPS), "years": years, "n": n,
             "course_months": months if monthly else 0}
    results = Results(**{name: np.zeros(_sized(shape, sizes)) for name, shape in RESULT_SHAPES.items()})
    results.months_of_year[:] = np.minimum(12, months - 12 * np.arange(years))
    return results


def _empty_preparation(n: int, policy: Policy) -> Prepared:
    """Room for what is worked out of the parameters."""
    groups, products, segments = policy.width.shape
    sizes = {"groups": groups, "products": products, "segments": segments, "n": n}
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
