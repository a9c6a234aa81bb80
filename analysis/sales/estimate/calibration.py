"""Simulation-based calibration: data drawn from the model itself must be recovered with uniform ranks.

Unknowns are drawn from the prior, data are simulated from them with every observation's own error, and the model is fitted to the
simulated data. The rank of each true value among the posterior draws is uniform if sampler and model agree (Talts and others,
2018). Uniformity is judged by simultaneous bands over all ranks and all quantities; :func:`power` says what such a test would
notice.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.sales.estimate import model
from analysis.sales.estimate.equations import Equations
from analysis.sales.estimate.fit import Sampler, Sampling
from analysis.sales.estimate.priors import SPREAD_SHAPE

RANKS = 50  # posterior draws kept a run, thinned to be nearly independent
SHORT = Sampling(chains=1, draws=200, tune=150, target_accept=0.85)


def simulate(equations: Equations, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Unknowns drawn from the prior, and the observations (log scale) that they would show."""
    inputs, priors, m = equations.inputs, equations.priors, equations.matrix
    rng = np.random.default_rng(seed)
    means = np.array(list(priors.spreads.values()))
    spreads = rng.gamma(SPREAD_SHAPE, means / SPREAD_SHAPE)
    spread = dict(zip(priors.spreads, spreads, strict=True))
    x = np.zeros(equations.size)
    x[equations.places["z"]] = rng.normal(size=equations.names.size)
    x[equations.places["spread"]] = np.log(spreads)
    of_class = rng.normal(size=len(inputs.panel.classes))
    linear = equations.predictors(x[equations.places["z"]])
    around = linear("average") + linear("basis") + m.product_class @ (spread["ratio_class_sd"] * of_class)
    level = around + spread["ratio_firm_sd"] * rng.normal(size=equations.n_firms)
    x[equations.places["class"]], x[equations.places["level"]] = of_class, level
    step_sd = np.sqrt(spread["growth_sd"] ** 2 + (m.revenue_unknown * priors.unknown_revenue_sd) ** 2)
    step_sd[:, 0] = priors.share_level[1]
    first = priors.share_level[0] * np.eye(step_sd.shape[1])[0]
    share = _solved(m.share, step_sd * rng.normal(size=step_sd.shape) + first)
    unit = np.where(m.unpaired > 0, spread["ratio_change_sd"], 1.0)
    ratio = _solved(m.ratio, np.where(m.unpaired > 0, 1.0, spread["ratio_change_sd"]) * rng.normal(size=m.ratio.used.shape))
    around_mean = (m.from_paired * (unit * ratio)[:, None, :]).sum(axis=-1)
    # In the form in which the knots are sampled.
    share[m.informed] += m.by_headquarters[m.informed] * (level[m.informed][:, None] + around_mean)
    x[equations.places["share"]] = share[m.share.used > 0]
    x[equations.places["ratio"]] = ratio[m.ratio.used > 0]
    # Huawei's spending is what the suppliers' sales are over the US share of it, which walks away from 2018 on both sides.
    x[equations.places["spending"]] = _spending(equations, x, rng)
    found = equations.of(x)
    figure = spread["figure_sd"] * model.grade_factors(inputs)
    sd = np.hypot(model.joined(model.errors_of(inputs)), figure)
    return x, found["mean"] + sd * rng.normal(size=len(sd))


def recover(sampler: Sampler, seed: int, sampling: Sampling = SHORT) -> list[dict]:
    """One simulated data set: for each quantity the rank of its true value among RANKS draws, inside its 90% interval or not."""
    equations = sampler.equations
    truth, y = simulate(equations, seed)
    found = sampler.unknowns(replace(sampling, seed=seed), y=y, bounded=False)
    draws = found.values.reshape(-1, equations.size)
    kept = draws[np.linspace(0, len(draws) - 1, RANKS).astype(int)]
    values, true = [quantities(equations, x) for x in draws[:: max(1, len(draws) // 500)]], quantities(equations, truth)
    ranked = [quantities(equations, x) for x in kept]
    rows = []
    for name, actual in true.items():
        low, high = np.percentile([v[name] for v in values], [5, 95])
        rows.append(
            {
                "run": seed,
                "quantity": name,
                "rank": int(sum(v[name] < actual for v in ranked)),
                "inside": bool(low <= actual <= high),
                "divergences": found.divergences,
            }
        )
    return rows


def quantities(equations: Equations, x: np.ndarray) -> dict[str, float]:
    """What is ranked: totals, firms that are observed in each way, Huawei, and the unknowns that carry the conversion."""
    found, years, firms = equations.of(x), equations.years, equations.panel.firms
    yearly = {name: found[name] @ equations.to_year.T for name in ("total_headquarters", "total_location", "headquarters")}
    huawei = found["huawei_by_supplier"].sum(axis=0) @ equations.to_year.T
    at = {y: int(np.searchsorted(years, y)) for y in (2018, 2019, 2022, 2025)}
    rows = {f"total {y}": yearly["total_headquarters"][t] for y, t in at.items()}
    rows["location total 2022"] = yearly["total_location"][at[2022]]
    for firm in ("Intel", "Micron", "NVIDIA", "Broadcom", "Texas Instruments"):
        rows[f"{firm} 2022"] = yearly["headquarters"][firms.index(firm), at[2022]]
    rows |= {f"Huawei {y}": huawei[at[y]] for y in (2018, 2019, 2022)}
    for name in ("ratio_average", "rest", "definition", "us_share_demand"):
        rows[name] = equations.names.affine(1, **{name: 1.0}).of(x[equations.places["z"]])[0]
    return rows | dict(zip(equations.priors.spreads, np.exp(x[equations.places["spread"]]), strict=True))


def uniformity(ranks: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """One row a quantity: greatest distance of the ranks' distribution from its band's middle in units of the band, coverage.

    The bands are simultaneous: under uniform ranks no quantity leaves its band anywhere with probability `level`.
    """
    names, rows = ranks["quantity"].unique(), []
    n = len(ranks["run"].unique())
    limit = _limit(n, 1 - (1 - level) / len(names))
    for name in names:
        group = ranks[ranks["quantity"] == name]
        gap = _distance(group["rank"].to_numpy())
        rows.append(
            {
                "quantity": name,
                "runs": n,
                "distance": gap,
                "limit": limit,
                "within": gap <= limit,
                "coverage_pct": 100 * group["inside"].mean(),
            }
        )
    return pd.DataFrame(rows)


def power(
    runs: int, quantities_tested: int, *, spread: float = 1.0, shift: float = 0.0, level: float = 0.95, tries: int = 400
) -> float:
    """Chance that a posterior whose sd is `spread` times the right one, or that is off by `shift` sd, leaves its band."""
    rng = np.random.default_rng(1)
    limit = _limit(runs, 1 - (1 - level) / quantities_tested)
    seen = 0
    for _ in range(tries):
        truth = rng.normal(size=runs)
        draws = shift + spread * rng.normal(size=(runs, RANKS))
        seen += _distance((draws < truth[:, None]).sum(axis=1)) > limit
    return seen / tries


def _distance(ranks: np.ndarray) -> float:
    """Greatest standardised distance between the distribution of ranks (0 … RANKS) and the discrete uniform one."""
    grid = np.arange(RANKS)
    expected = (grid + 1) / (RANKS + 1)
    share = (ranks[:, None] <= grid).mean(axis=0)
    return float((np.abs(share - expected) / np.sqrt(expected * (1 - expected) / len(ranks))).max())


def _limit(runs: int, level: float, simulations: int = 4000) -> float:
    """The distance that uniform ranks stay below with probability `level`, by simulation."""
    rng = np.random.default_rng(0)
    return float(np.quantile([_distance(rng.integers(0, RANKS + 1, runs)) for _ in range(simulations)], level))


def _solved(path, innovations: np.ndarray) -> np.ndarray:
    """The knots (firms, padded) that have the given innovations."""
    knots = np.zeros_like(innovations)
    for f, used in enumerate(path.used.astype(bool)):
        k = int(used.sum())
        knots[f, :k] = np.linalg.solve(path.steps[f, :k, :k], innovations[f, :k])
    return knots


def _spending(equations: Equations, x: np.ndarray, rng) -> np.ndarray:
    from analysis.sales.estimate.equations import BAN_YEARS, HUAWEI_PIVOT

    priors, years = equations.priors, equations.years
    pivot = int(np.searchsorted(years, HUAWEI_PIVOT))
    drift = np.where(np.isin(years[1:], BAN_YEARS), priors.us_share_huawei_ban_sd, priors.us_share_huawei_drift_sd)
    walk = np.concatenate([[0.0], np.cumsum(drift * rng.normal(size=len(drift)))])
    mean, sd = priors.us_share_huawei
    log_share = mean + sd * rng.normal() + walk - walk[pivot]
    bought = equations.of(x)["huawei_by_supplier"].sum(axis=0) @ equations.to_year.T
    return np.log(bought) - log_share


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
