"""Simulation-based calibration: data drawn from the model itself must be recovered with uniform ranks.

Parameters are drawn from the prior, data are simulated from them with every observation's own error, and the model is fitted to
the simulated data. The rank of each true value among the posterior draws is uniform if, and only if on average, sampler and
model agree (Talts and others, 2018). Uniformity is tested by the greatest gap between the ranks' distribution and the diagonal.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.sales.estimate import draws, model
from analysis.sales.estimate.draws import Draws
from analysis.sales.estimate.fit import Sampler, Sampling
from analysis.sales.estimate.huawei_observations import YEARS as HUAWEI_YEARS
from analysis.sales.estimate.model import Inputs

RANKS = 100   # posterior draws kept per run, thinned to be nearly independent


def start(sampler: Sampler, runs: int, sampling: Sampling) -> Callable[[int], list[dict]]:
    """Draw the truths of all runs; give the function that simulates, fits and ranks one of them.

    One row a quantity: rank of the true value among RANKS draws, inside its 90% interval or not, divergences. Runs are
    independent, each with a seed of its own.
    """
    inputs = sampler.inputs
    truths = prior_draws(sampler, runs, sampling.seed)
    sd = model.joined(model.errors_of(inputs))
    noise = np.random.default_rng(sampling.seed).normal(size=(runs, len(sd)))

    def recover(run: int) -> list[dict]:
        trace = sampler.sample(replace(sampling, seed=sampling.seed + run + 1), y=truths["mean"][run] + sd * noise[run])
        return _ranks(inputs, run, {name: values[run] for name, values in truths.items()}, draws.of(trace))

    return recover


def disagreement(kept: pd.DataFrame, again: pd.DataFrame) -> list[str]:
    """What speaks against two tables of ranks being draws of the same posteriors; nothing when only chance sets them apart.

    The rank of a truth that lies at quantile p of its posterior scatters around 100·p with a variance of 100·p·(1−p) when draws
    are independent; correlation between draws may double it, and both tables scatter. Over all quantities the mean squared
    difference must stay below that: ranks of other simulated data would be about twenty times as far apart.
    """
    both = kept.merge(again, on=["run", "quantity"], suffixes=("_kept", "_again"))
    if len(both) != len(again):
        return [f"{len(again) - len(both)} of the ranks computed again are not among the kept ones"]
    p = (both["rank_kept"] + both["rank_again"] + 1) / (2 * RANKS + 2)
    expected = float((2 * RANKS * p * (1 - p)).mean())
    found = float(((both["rank_kept"] - both["rank_again"]) ** 2).mean())
    if found > 2 * expected:
        return [f"ranks on simulated data: mean squared difference {found:.0f}, at most {2 * expected:.0f} by chance"]
    return []


def _ranks(inputs: Inputs, run: int, truth: dict[str, np.ndarray], found: Draws) -> list[dict]:
    true_values, rows = _quantities(inputs, truth), []
    for name, values in _quantities(inputs, found.__dict__).items():
        every = values.ravel()
        kept = every[np.linspace(0, len(every) - 1, RANKS).astype(int)]
        low, high = np.percentile(every, [5, 95])
        true = float(true_values[name])
        rows.append({"run": run, "quantity": name, "rank": int((kept < true).sum()), "inside": bool(low <= true <= high),
                     "divergences": found.divergences})
    return rows


def uniformity(ranks: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """One row a quantity: greatest gap of the ranks' distribution from uniform, its limit over all quantities, coverage."""
    rows = []
    n_quantities = ranks["quantity"].nunique()
    for name, group in ranks.groupby("quantity", sort=False):
        n = len(group)
        gap = _greatest_gap(group["rank"].to_numpy(), n)
        rows.append({"quantity": name, "runs": n, "gap": gap, "limit": _limit(n, 1 - (1 - level) / n_quantities),
                     "coverage_pct": 100 * group["inside"].mean()})
    found = pd.DataFrame(rows)
    return found.assign(within=found["gap"] <= found["limit"])


def prior_draws(sampler: Sampler, count: int, seed: int) -> dict[str, np.ndarray]:
    """Draws from the prior: the deterministic quantities in USD bn and the mean of every observation, draws first."""
    import pymc as pm

    with sampler.model, warnings.catch_warnings():
        # The potential is the likelihood, which prior draws leave out on purpose.
        warnings.filterwarnings("ignore", message="The effect of Potentials")
        trace = pm.sample_prior_predictive(draws=count, random_seed=seed)
    prior = trace.prior
    money = ("location", "headquarters", "total_location", "total_headquarters", "huawei")
    found = {name: draws.flat(prior[name].values) / draws.USD_M_PER_BN for name in money}
    return found | {name: draws.flat(prior[name].values) for name in ("mean", "z", "spread")}


def _quantities(inputs, values: dict) -> dict[str, np.ndarray]:
    """The quantities that are ranked: totals, firms observed in each way, Huawei, unknowns."""
    years, firms = inputs.panel.years, inputs.panel.firms
    at = {year: int(np.searchsorted(years, year)) for year in (2016, 2018, 2022, 2025)}
    found = {f"total {y}": values["total_headquarters"][..., t] for y, t in at.items()}
    found["location total 2022"] = values["total_location"][..., at[2022]]
    for firm in ("Intel", "Micron", "NVIDIA", "Broadcom", "Texas Instruments"):
        if firm in firms:
            found[f"{firm} 2022"] = values["headquarters"][..., firms.index(firm), at[2022]]
    found |= {f"Huawei {y}": values["huawei"][..., int(np.searchsorted(HUAWEI_YEARS, y))] for y in (2018, 2019, 2021)}
    names = model.gaussians(inputs)
    for name in ("ratio_average", "rest", "definition", "us_share_demand", "covered"):
        found[name] = names.affine(1, **{name: 1.0}).of(np.asarray(values["z"]))[..., 0]
    found |= {name: values["spread"][..., i] for i, name in enumerate(inputs.priors.spreads)}
    return found


def _greatest_gap(ranks: np.ndarray, n: int) -> float:
    """Kolmogorov's distance between the ranks (0 … RANKS) and the discrete uniform distribution."""
    grid = np.arange(RANKS + 1)
    return float(np.abs((ranks[:, None] <= grid).mean(axis=0) - (grid + 1) / (RANKS + 1)).max())


def _limit(n: int, level: float, simulations: int = 4000) -> float:
    """The gap that uniform ranks stay below with probability `level`, by simulation."""
    rng = np.random.default_rng(0)
    return float(np.quantile([_greatest_gap(rng.integers(0, RANKS + 1, n), n) for _ in range(simulations)], level))
