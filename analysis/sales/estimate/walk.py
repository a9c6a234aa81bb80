"""Random walks by firm as distributions: the China revenue by location, and the headquarters-over-location ratio.

A walk whose values are almost known samples badly when it is written as a sum of steps, so these are written in their values
(firms × years). Revenue is written in *anchors*: log H in firm-years that only headquarters figures observe, log L elsewhere.
The prior is that of the walk of log L; the change of variable is a shift, so its Jacobian is one.
"""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from analysis.sales.estimate.design import Design, pivot_of, steps_of


def ratios(name: str, shape: tuple[int, int], years: np.ndarray, level, firm_sd, drift_sd):
    """Log of headquarters over location: normal around `level` in the pivot year, then a slow walk.

    `level` is a matrix like the value, constant along the years.
    """
    step, pivot = steps_of(len(years)), pivot_of(years)

    def density(value, level, firm_sd, drift_sd):
        at_pivot = pt.dot(value - level, pivot) / firm_sd
        moves = pt.dot(value, step.T) / drift_sd
        size = -shape[0] * pt.log(firm_sd) - shape[0] * len(step) * pt.log(drift_sd)
        return size - 0.5 * (at_pivot**2).sum() - 0.5 * (moves**2).sum()

    def simulate(level, firm_sd, drift_sd, rng=None, size=None):
        moves = drift_sd * rng.normal(size=(shape[0], len(step)))
        return through(moves, pivot[None, :], level[:, 0] + firm_sd * rng.normal(size=shape[0]))

    return pm.CustomDist(
        name, level, firm_sd, drift_sd, logp=density, random=simulate, shape=shape, initval=np.zeros(shape),
        signature="(f,t),(),()->(f,t)",
    )


def anchors(name: str, design: Design, log_ratio, growth_sd, level_sd: float):
    """The anchors of all firm-years; subtract `by_headquarters × log_ratio` to get log L."""
    step = steps_of(design.guess.shape[1])

    def density(value, log_ratio, growth_sd):
        log_location = value - design.by_headquarters * log_ratio
        surprise = (pt.dot(log_location, step.T) - design.growth) / growth_sd
        middle = ((design.middle * log_location).sum(axis=1) - design.level) / level_sd
        return -0.5 * (surprise**2).sum() - design.growth.size * pt.log(growth_sd) - 0.5 * (middle**2).sum()

    def simulate(log_ratio, growth_sd, rng=None, size=None):
        moves = design.growth + growth_sd * rng.normal(size=design.growth.shape)
        middle = design.level + level_sd * rng.normal(size=len(design.level))
        return through(moves, design.middle, middle) + design.by_headquarters * log_ratio

    return pm.CustomDist(
        name, log_ratio, growth_sd, logp=density, random=simulate, shape=design.guess.shape, initval=design.guess,
        signature="(f,t),()->(f,t)",
    )


def through(moves: np.ndarray, pivot: np.ndarray, at_pivot: np.ndarray) -> np.ndarray:
    """The walks (firms × years) with the given yearly moves that have the given values in each firm's pivot year."""
    path = np.concatenate([np.zeros((len(moves), 1)), np.cumsum(moves, axis=1)], axis=1)
    return path + (at_pivot - (pivot * path).sum(axis=1))[:, None]
