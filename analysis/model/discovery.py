"""Scenario discovery: the part of the parameter space in which a sentence holds, as a box that a reader can check.

The patient rule induction method (Friedman and Fisher 1999, Statistics and Computing 9): from all draws, cut off again and again
the small slice, at either end of one parameter, whose removal raises the share of cases most. The box is found on one set of
draws and judged on another. A test holds the box to that of ema-workbench, which is too heavy to depend on for this alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

PEEL = 0.05
"""Share of the draws inside that one cut takes off."""


@dataclass(frozen=True)
class Box:
    """Limits by parameter, lower and upper; a parameter that is not named is free."""

    limits: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def holds(self, draws: Mapping[str, np.ndarray]) -> np.ndarray:
        """(n,) True for draws inside."""
        size = len(next(iter(draws.values())))
        inside = np.ones(size, bool)
        for name, (low, high) in self.limits.items():
            inside &= (draws[name] >= low) & (draws[name] <= high)
        return inside

    def density(self, draws: Mapping[str, np.ndarray], cases: np.ndarray) -> float:
        """Share of the draws inside that are cases."""
        inside = self.holds(draws)
        return float(cases[inside].mean()) if inside.any() else float("nan")

    def coverage(self, draws: Mapping[str, np.ndarray], cases: np.ndarray) -> float:
        """Share of all cases that lie inside."""
        return float(cases[self.holds(draws)].sum() / cases.sum()) if cases.any() else float("nan")


def discover(
    draws: Mapping[str, np.ndarray], cases: np.ndarray, names: Sequence[str], density: float = 0.9, least: float = 0.05
) -> Box:
    """The first box on the path of cuts in which at least `density` of the draws are cases; the last one, if none is so dense.

    draws: (n,) by name. cases: (n,) booleans. least: share of the draws that must stay inside.
    """
    limits = {name: (-np.inf, np.inf) for name in names}
    inside = np.ones(len(cases), bool)
    while cases[inside].mean() < density and inside.mean() > least:
        best = max(_cuts(draws, cases, names, inside), key=lambda cut: cut[0], default=None)
        if best is None or best[0] <= cases[inside].mean():
            break
        _, name, low, high, inside = best
        limits[name] = (max(limits[name][0], low), min(limits[name][1], high))
    return Box({name: ends for name, ends in limits.items() if np.isfinite(ends).any()})


def _cuts(draws, cases, names, inside):
    """(share of cases after the cut, parameter, lower and upper limit, inside after it) for both ends of every parameter."""
    for name in names:
        values = draws[name]
        low, high = np.quantile(values[inside], [PEEL, 1 - PEEL])
        for lower, upper in ((low, np.inf), (-np.inf, high)):
            kept = inside & (values >= lower) & (values <= upper)
            if kept.sum() < inside.sum() and kept.any():
                yield float(cases[kept].mean()), name, float(lower), float(upper), kept


def discovery_table(draws: Mapping[str, np.ndarray], cases: np.ndarray, names: Sequence[str], density: float = 0.9) -> pd.DataFrame:
    """The box found on the first half of the draws, one row a limited parameter, with density and coverage on both halves."""
    half = len(cases) // 2
    first, second = ({name: values[part] for name, values in draws.items()} for part in (slice(half), slice(half, None)))
    box = discover(first, cases[:half], names, density)
    columns = ["parameter", "low", "high", "density_found", "coverage_found", "density", "coverage"]
    return pd.DataFrame([
        {"parameter": name, "low": low, "high": high, "density_found": box.density(first, cases[:half]),
         "coverage_found": box.coverage(first, cases[:half]), "density": box.density(second, cases[half:]),
         "coverage": box.coverage(second, cases[half:])} for name, (low, high) in box.limits.items()], columns=columns)
