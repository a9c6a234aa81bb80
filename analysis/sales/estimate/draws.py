"""Draws as plain arrays, and how a published quantity is summarised: posterior median and central 90% interval.

Medians, because a longer tail is not more sales: the mean of a skewed quantity rises as less is known of it. Medians of parts do
not add up to the median of the whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.sales.estimate.huawei_observations import YEARS as HUAWEI_YEARS

LEVEL = 90
USD_M_PER_BN = 1000.0


@dataclass(frozen=True)
class Draws:
    """Draws of a fit as arrays with the draws first: chains × draws, then firms and years, in USD bn.

    `location`, `headquarters` (…, firms, years), `total_location`, `total_headquarters` (…, years), `huawei`
    (…, years of Huawei), `mean` (…, observations, log scale), `z` and `spread` (…, unknowns).
    """

    location: np.ndarray
    headquarters: np.ndarray
    total_location: np.ndarray
    total_headquarters: np.ndarray
    huawei: np.ndarray
    mean: np.ndarray
    z: np.ndarray
    spread: np.ndarray
    divergences: int = 0

    @property
    def rest_location(self) -> np.ndarray:
        """US firms outside the panel, by location (…, years)."""
        return self.total_location - self.location.sum(axis=-2)

    @property
    def rest_headquarters(self) -> np.ndarray:
        """US firms outside the panel, by headquarters (…, years)."""
        return self.total_headquarters - self.headquarters.sum(axis=-2)


def of(trace) -> Draws:
    """The arrays of an arviz InferenceData as sampled by :class:`analysis.sales.estimate.fit.Sampler`."""
    post = trace.posterior
    money = {
        name: post[name].values / USD_M_PER_BN
        for name in ("location", "headquarters", "total_location", "total_headquarters", "huawei")
    }
    rest = {name: post[name].values for name in ("mean", "z", "spread")}
    return Draws(**money, **rest, divergences=int(trace.sample_stats["diverging"].sum()))


def flat(draws: np.ndarray) -> np.ndarray:
    """Chains and draws as one first axis."""
    return draws.reshape(-1, *draws.shape[2:])


def summary(draws: np.ndarray) -> dict[str, float]:
    """Median and central 90% interval of one quantity's draws (chains × draws)."""
    low, middle, high = np.percentile(draws, [50 - LEVEL / 2, 50, 50 + LEVEL / 2])
    return {"value": float(middle), "low": float(low), "high": float(high)}


def with_diagnostics(draws: np.ndarray) -> dict[str, float]:
    """The summary with rank-normalised R-hat and bulk effective sample size (Vehtari and others, 2021)."""
    import arviz as az

    return summary(draws) | {"r_hat": float(az.rhat(draws)), "ess_bulk": float(az.ess(draws, method="bulk"))}


def table(quantities: list[tuple[dict, np.ndarray]]) -> pd.DataFrame:
    """One row a quantity: its labels, then summary and diagnostics of its draws (chains × draws)."""
    return pd.DataFrame([labels | with_diagnostics(draws) for labels, draws in quantities])


def huawei_year(draws: Draws, year: int) -> np.ndarray:
    """Draws of US chips sold to Huawei in a year."""
    return draws.huawei[..., int(np.searchsorted(HUAWEI_YEARS, year))]
