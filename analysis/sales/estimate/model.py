"""The reconciliation as one PyMC model: a panel of firms by quarter, the industry around it, the buyers, and Huawei in it.

The equations are in :mod:`.equations`. Here are the observations, their errors and the log density. Every observation has a switch
(0 or 1) and all data are mutable, so that one compiled model serves the fit, the checks that drop a figure, a lens or a part of the
structure, and the calibration on simulated data.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from analysis.sales.estimate import coordinates
from analysis.sales.estimate.bounds import Bounds
from analysis.sales.estimate.context import Context
from analysis.sales.estimate.equations import Equations
from analysis.sales.estimate.huawei_observations import HuaweiObservations
from analysis.sales.estimate.observations import Observations
from analysis.sales.estimate.priors import GRADE_FACTOR, SPREAD_SHAPE, Priors

STUDENT_DEGREES = 4.0
BLOCKS = ("filings", "share", "market", "demand", "suppliers", "spending", "growth")
STRUCTURE = ("classes", "basis", "student")  # switches of the structure, as published: classes and basis on, normal errors


@dataclass(frozen=True)
class Inputs:
    """All that the model reads, from the tables."""

    panel: Observations
    context: Context
    huawei: HuaweiObservations
    bounds: Bounds
    priors: Priors
    scope_of: dict[str, str]  # firm → licences, systems, software


def observed(inputs: Inputs) -> dict[str, np.ndarray]:
    """The observed values by block, on the log scale; `market` observes that both sides of the industry lens agree: a gap of
    zero."""
    seen = inputs.huawei
    exact = ~seen.suppliers["bound"].to_numpy(bool)
    return {
        "filings": np.log(inputs.panel.table["value"].to_numpy(float)),
        "share": np.log(inputs.context.share_table["share"].to_numpy(float)),
        "market": np.zeros(int(np.isfinite(inputs.context.market_usd_m).sum())),
        "demand": np.log(inputs.context.demand_table["usd_m"].to_numpy(float)),
        "suppliers": np.log(seen.suppliers["usd_m"].to_numpy(float)[exact]),
        "spending": seen.spending["log_usd_m"].to_numpy(float),
        "growth": seen.growth["log_change"].to_numpy(float),
    }


def errors_of(inputs: Inputs) -> dict[str, np.ndarray]:
    """The known standard deviation of every observation by block, log scale (filings have an estimated part besides)."""
    priors, seen = inputs.priors, inputs.huawei
    exact = ~seen.suppliers["bound"].to_numpy(bool)
    return {
        "filings": inputs.panel.table["sd"].to_numpy(float),
        "share": inputs.context.share_table["sd"].to_numpy(float),
        "market": np.full(int(np.isfinite(inputs.context.market_usd_m).sum()), priors.industry_sd),
        "demand": inputs.context.demand_table["sd"].to_numpy(float),
        "suppliers": seen.suppliers["sd"].to_numpy(float)[exact],
        "spending": np.full(len(seen.spending), priors.gartner_sd),
        "growth": np.full(len(seen.growth), priors.gartner_sd),
    }


def grade_factors(inputs: Inputs) -> np.ndarray:
    """By how much the estimated error of a printed figure counts for each observation; zero outside the filings."""
    filings = inputs.panel.table["grade"].map(GRADE_FACTOR).to_numpy(float)
    return np.concatenate([filings, np.zeros(sum(len(v) for b, v in errors_of(inputs).items() if b != "filings"))])


def joined(blocks: dict[str, np.ndarray]) -> np.ndarray:
    """One vector over all blocks, in the model's order."""
    return np.concatenate([blocks[block] for block in BLOCKS])


def block_slices(inputs: Inputs) -> dict[str, slice]:
    """Where each block stands in the joined vector."""
    sizes = [len(errors_of(inputs)[block]) for block in BLOCKS]
    stops = np.cumsum(sizes)
    return {block: slice(int(stop - size), int(stop)) for block, size, stop in zip(BLOCKS, sizes, stops, strict=True)}


def start(
    equations: Equations,
    y: np.ndarray | None = None,
    on: np.ndarray | None = None,
    *,
    bounded: bool = True,
    near: tuple[np.ndarray, np.ndarray] | None = None,
) -> dict[str, np.ndarray]:
    """The data of the model for other observed values and switches: `y`, `on`, `bounded`, and coordinates that suit them.

    `near` are the origin and the axes of similar data, from which the search for the new ones begins.
    """
    inputs = equations.inputs
    y = joined(observed(inputs)) if y is None else y
    on = np.ones(len(y)) if on is None else on
    known, factors = joined(errors_of(inputs)) ** 2, grade_factors(inputs) ** 2
    place = list(inputs.priors.spreads).index("figure_sd")
    origin, axes = coordinates.of(
        equations, y, on, lambda spreads: known + factors * spreads[place] ** 2, bounded=bounded, near=near
    )
    return {"y": y, "on": on, "bounded": np.array(float(bounded)), "origin": origin, "axes": axes}


def build(equations: Equations, data: dict[str, np.ndarray]) -> pm.Model:
    """The PyMC model on the data of :func:`start`; all of it, and the switches of the `structure`, can be exchanged later."""
    inputs = equations.inputs
    means = np.array(list(inputs.priors.spreads.values()))
    variances, factors = joined(errors_of(inputs)) ** 2, grade_factors(inputs)
    with pm.Model() as model:
        y, on, bounded = (pm.Data(name, data[name]) for name in ("y", "on", "bounded"))
        origin, axes = pm.Data("origin", data["origin"]), pm.Data("axes", data["axes"])
        structure = pm.Data("structure", np.array([1.0, 1.0, 0.0]))
        u = pm.Flat("u", shape=equations.size)
        found = equations.of(origin + pt.dot(axes, u), pt, structure)
        variance = variances + (factors * found["spread"]["figure_sd"]) ** 2
        square = (y - found["mean"]) ** 2 / variance
        tails = (STUDENT_DEGREES + 1) * pt.log1p(square / STUDENT_DEGREES)
        fit = on * ((1 - structure[2]) * square + structure[2] * tails + pt.log(variance))
        logs = found["log_spread"]
        prior = (SPREAD_SHAPE * logs - SPREAD_SHAPE / means * pt.exp(logs)).sum() - found["log_scale"]
        squares = (found["z"] ** 2).sum() + (found["innovations"] ** 2).sum() + fit.sum()
        beyond = bounded * (pt.maximum(found["beyond"], 0.0) ** 2).sum()
        pm.Potential("density", prior - 0.5 * (squares + beyond))
    return model
