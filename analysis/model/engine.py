"""Simulate a block of draws along one policy path: prepare the inputs, run the compiled loop, shape the results.

Money is in US$ bn a month. Arrays have draws last. There is no Python loop over draws or months.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from analysis.model.chunks import compiled_chunks
from analysis.model.kernel import ELSEWHERE, LISTED, UNLISTED, Head, Inputs
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
    rows = np.stack([p[name] for name in (*Inputs._fields, *map(share_name, segments))])
    demand = np.zeros(0) if demand_index is None else np.asarray(demand_index, float)[: path.months]
    branch = path.branch_of(p[RESOLUTION])
    result_shapes = _result_shapes(path.months, monthly)
    kept = {**result_shapes, **dict.fromkeys(Head._fields, ())}
    out = np.empty((sum(map(math.prod, kept.values())), rows.shape[1]))
    for b in range(len(path.odds)):
        chosen = np.flatnonzero(branch == b)
        if not len(chosen):
            continue
        policy, chunk = _policy(path, b, segments, demand), _chunk(len(chosen))
        prepared_shapes = _prepared_shapes(policy)
        shapes = {**kept, **prepared_shapes}
        taken, room = np.empty((len(rows), chunk)), np.empty((sum(map(math.prod, shapes.values())), chunk))
        places = _places(room, shapes)
        inputs, shares = taken[: len(Inputs._fields)], taken[len(Inputs._fields) :]
        prepared = Prepared(share=shares, lag=np.empty(chunk, np.int64), **{name: places[name] for name in prepared_shapes})
        results = Results(months_of_year=_months_of_year(path.months), **{name: places[name] for name in result_shapes})
        head = Head(*(places[name] for name in Head._fields))
        compiled_chunks(rows, chosen, policy, Inputs(*inputs), prepared, results, head, taken, room, out)
    found = _places(out, kept)
    return shape_outcome({name: found[name] for name in Head._fields}, found, _course(found["course"]) if monthly else None)


def _chunk(count: int) -> int:
    """How many of `count` draws to work on at a time, as equal parts as can be."""
    return -(-count // -(-count // CHUNK))


def _places(rows: np.ndarray, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, np.ndarray]:
    """Views of the rows (rows, n) one after the other, by name: (*shape, n)."""
    places, first = {}, 0
    for name, shape in shapes.items():
        size = math.prod(shape)
        places[name] = rows[first : first + size].reshape(*shape, rows.shape[1])
        first += size
    return places


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


def _result_shapes(months: int, monthly: bool) -> dict[str, tuple[int, ...]]:
    """Shapes of the results of a draw; the months of a year are no result."""
    sizes = {"losses": len(LOSSES), "yearly": len(YEARLY), "groups": len(GROUPS), "years": -(-months // 12),
             "course_months": months if monthly else 0}
    return {name: _sized(shape, sizes) for name, shape in RESULT_SHAPES.items() if shape[-1] == "n"}


def _months_of_year(months: int) -> np.ndarray:
    """(years,) months of each year that are run."""
    return np.minimum(12.0, months - 12.0 * np.arange(-(-months // 12)))


def _prepared_shapes(policy: Policy) -> dict[str, tuple[int, ...]]:
    """Shapes of what is worked out of a draw's parameters, but for the whole number of months of the lag and the given shares."""
    groups, products, _ = policy.width.shape
    sizes = {"groups": groups, "products": products}
    return {name: _sized(shape, sizes) for name, shape in PREPARED_SHAPES.items() if name not in ("lag", "share")}


def _sized(shape: tuple[int | str, ...], sizes: dict[str, int]) -> tuple[int, ...]:
    """A shape in numbers, without the draws."""
    return tuple(sizes[size] if isinstance(size, str) else size for size in shape[:-1])


def _course(course: np.ndarray) -> dict[str, np.ndarray]:
    """The rows of the course under their names; those of customer groups as (months, groups, n)."""
    rows = dict(zip(COURSE, course, strict=True))
    named: dict[str, np.ndarray] = {"limbo": rows["limbo"], "ripple": rows["ripple"]}
    for quantity in ("purchases", "stock", "designed_out", "served", "denied"):
        named[quantity] = np.stack([rows[f"{quantity}_{group}"] for group in GROUPS if f"{quantity}_{group}" in rows], axis=1)
    return named
