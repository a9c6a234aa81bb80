"""What the reconciliation reads: a panel of firms by quarter, the industry around it, the buyers, and Huawei in it.

The equations are in :mod:`.equations`, the posterior in :mod:`.density`. Here are the observations and their errors, in blocks.
Every observation has a switch (0 or 1) and all data can be exchanged, so that what is compiled once serves the fit, the checks that
drop a figure, a lens or a part of the structure, and the calibration on simulated data.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.sales.estimate.bounds import Bounds
from analysis.sales.estimate.context import Context
from analysis.sales.estimate.huawei_observations import HuaweiObservations
from analysis.sales.estimate.observations import Observations
from analysis.sales.estimate.priors import GRADE_FACTOR, Priors

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
