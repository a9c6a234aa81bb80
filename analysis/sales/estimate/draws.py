"""Draws as plain arrays by quarter, and how a published quantity is summarised: posterior median and central 90% interval.

Medians, because a longer tail is not more sales: the mean of a skewed quantity rises with its width. Medians of parts do not add up
to the median of the whole; the tables say so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

LEVEL = 90
USD_M_PER_BN = 1000.0
SUPPLIED = ("location", "headquarters", "huawei_by_supplier")
TOTALS = ("total_location", "total_headquarters", "location_chips", "total_chips", "total_look_through")


@dataclass(frozen=True)
class Draws:
    """Draws of a fit as arrays with the draws first: chains × draws, then firms and quarters, in USD bn.

    `location`, `headquarters` (…, firms, quarters), `huawei_by_supplier` (…, firms and others, quarters); the totals (…,
    quarters) by
    location and headquarters on the filings basis, of chips alone, and looked through distributors; `mean` (…, observations, log
    scale), `z` and `spread` (…, unknowns).
    """

    location: np.ndarray
    headquarters: np.ndarray
    huawei_by_supplier: np.ndarray
    total_location: np.ndarray
    total_headquarters: np.ndarray
    location_chips: np.ndarray
    total_chips: np.ndarray
    total_look_through: np.ndarray
    mean: np.ndarray
    z: np.ndarray
    spread: np.ndarray
    to_year: np.ndarray
    divergences: int = 0

    @property
    def rest_headquarters(self) -> np.ndarray:
        """US firms outside the panel, by headquarters (…, quarters)."""
        return self.total_headquarters - self.headquarters.sum(axis=-2)

    @property
    def rest_location(self) -> np.ndarray:
        """US firms outside the panel, by location (…, quarters)."""
        return self.total_location - self.location.sum(axis=-2)

    @property
    def huawei(self) -> np.ndarray:
        """US chips sold to Huawei by all suppliers (…, quarters)."""
        return self.huawei_by_supplier.sum(axis=-2)

    def yearly(self, quarters: np.ndarray) -> np.ndarray:
        """Calendar years from quarters (the last axis)."""
        return quarters @ self.to_year.T


def of(equations, unknowns: np.ndarray, divergences: int, structure: tuple[float, ...], seed: int = 0) -> Draws:
    """The arrays that follow from drawn unknowns (chains, draws, size), with the error of single quarters within a figure added."""
    shape = unknowns.shape[:2]
    rows = [equations.of(x, structure=structure) for x in unknowns.reshape(-1, unknowns.shape[-1])]

    def taken(name: str) -> np.ndarray:
        return np.stack([row[name] for row in rows]).reshape(*shape, *np.shape(rows[0][name]))

    money = {name: taken(name) / USD_M_PER_BN for name in (*SUPPLIED, *TOTALS)}
    noise = np.exp(within_year(equations.inputs, shape, seed))
    revenue = equations.inputs.panel.revenue.by_quarter() / USD_M_PER_BN
    bounds = equations.inputs.bounds
    moved = {
        "location": np.minimum(money["location"] * noise, revenue),
        "headquarters": np.clip(money["headquarters"] * noise, bounds.floor * revenue, bounds.cap * revenue),
    }
    for total in TOTALS:
        part = "location" if "location" in total else "headquarters"
        whole = money["total_location" if part == "location" else "total_headquarters"]
        moved[total] = money[total] * (1 + (moved[part] - money[part]).sum(axis=-2) / whole)
    supplied = np.concatenate([moved["headquarters"] / money["headquarters"], np.ones((*shape, 1, noise.shape[-1]))], axis=2)
    return Draws(
        **moved,
        huawei_by_supplier=money["huawei_by_supplier"] * supplied,
        to_year=equations.to_year,
        mean=taken("mean"),
        z=taken("z"),
        spread=np.exp(taken("log_spread")),
        divergences=divergences,
    )


def within_year(inputs, shape: tuple[int, int], seed: int) -> np.ndarray:
    """Log deviations of single quarters from the firm's revenue profile (chains, draws, firms, quarters).

    They leave every printed figure as it is: only how a figure is spread over its own quarters is unsure, less so where the firm's
    revenue is known by quarter.
    """
    panel, priors = inputs.panel, inputs.priors
    rng = np.random.default_rng(seed)
    printed = panel.revenue.quarterly.reshape(len(panel.firms), -1, 3).all(axis=-1)
    sd = np.where(printed, priors.within_quarter_sd, priors.within_quarter_sd_unknown)
    noise = sd * rng.normal(size=(*shape, *sd.shape))
    for f in range(len(panel.firms)):
        own = panel.weights[panel.firm_index == f]
        own = own / own.sum(axis=1, keepdims=True)
        noise[:, :, f] -= noise[:, :, f] @ (np.linalg.pinv(own) @ own).T
    return noise


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

    if np.ptp(draws) == 0:  # known exactly
        return summary(draws) | {"r_hat": 1.0, "ess_bulk": float(draws.size)}
    return summary(draws) | {"r_hat": float(az.rhat(draws)), "ess_bulk": float(az.ess(draws, method="bulk"))}


def table(quantities: list[tuple[dict, np.ndarray]]) -> pd.DataFrame:
    """One row a quantity: its labels, then summary and diagnostics of its draws (chains × draws)."""
    return pd.DataFrame([labels | with_diagnostics(draws) for labels, draws in quantities])
