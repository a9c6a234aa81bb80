"""Random walks by firm as distributions: the China revenue by location, and the headquarters-over-location ratio.

A walk whose values are almost known samples badly when it is written as a sum of steps, so these are written in their values.
Revenue is written in *anchors*: log H in firm-years that only headquarters figures observe, log L elsewhere. The prior is that
of the walk of log L; the change of variable is a shift, so its Jacobian is one.
"""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from analysis.sales.estimate.design import Design, pivots, steps


def ratios(name: str, n_firms: int, years: np.ndarray, level, firm_sd, drift_sd):
    """Log of headquarters over location (firms × years, one vector): normal around `level` in the pivot year, then a slow walk.

    `level` is given by firm-year; only its values in the pivot year matter.
    """
    pivot, step = pivots(n_firms, years), steps(n_firms, len(years))

    def density(value, level, firm_sd, drift_sd):
        at_pivot = pt.dot(pivot, value - level) / firm_sd
        moves = pt.dot(step, value) / drift_sd
        return -0.5 * ((at_pivot**2).sum() + (moves**2).sum()) - len(pivot) * pt.log(firm_sd) - len(step) * pt.log(drift_sd)

    def simulate(level, firm_sd, drift_sd, rng=None, size=None):
        at_pivot = pivot @ level + firm_sd * rng.normal(size=len(pivot))
        return through(step, pivot, drift_sd * rng.normal(size=len(step)), at_pivot)

    return pm.CustomDist(
        name,
        level,
        firm_sd,
        drift_sd,
        logp=density,
        random=simulate,
        shape=pivot.shape[1],
        signature="(n),(),()->(n)",
        initval=np.zeros(pivot.shape[1]),
    )


def anchors(name: str, design: Design, log_ratio, growth_sd, level_sd: float):
    """The anchors of all firm-years; subtract `by_headquarters × log_ratio` to get log L."""

    def density(value, log_ratio, growth_sd):
        log_location = value - design.by_headquarters * log_ratio
        surprise = (pt.dot(design.steps, log_location) - design.growth) / growth_sd
        middle = (pt.dot(design.middle, log_location) - design.level) / level_sd
        return -0.5 * (surprise**2).sum() - len(design.steps) * pt.log(growth_sd) - 0.5 * (middle**2).sum()

    def simulate(log_ratio, growth_sd, rng=None, size=None):
        moves = design.growth + growth_sd * rng.normal(size=len(design.growth))
        middle = design.level + level_sd * rng.normal(size=len(design.level))
        return through(design.steps, design.middle, moves, middle) + design.by_headquarters * log_ratio

    return pm.CustomDist(
        name,
        log_ratio,
        growth_sd,
        logp=density,
        random=simulate,
        shape=design.guess.shape,
        signature="(n),()->(n)",
        initval=design.guess,
    )


def through(step: np.ndarray, pivot: np.ndarray, moves: np.ndarray, at_pivot: np.ndarray) -> np.ndarray:
    """The walks with the given yearly moves that pass through the given values at the pivots."""
    return np.linalg.solve(np.vstack([step, pivot]), np.concatenate([moves, at_pivot]))
