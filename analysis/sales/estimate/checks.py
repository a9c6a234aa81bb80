"""Attacks on the estimate: switch a lens off, drop weak rows, move the priors, predict the data, look beyond the bounds.

All refits reuse the compiled model through its switches. Priors are moved by reweighting the draws (Pareto-smoothed
importance sampling), which reports itself when it cannot be trusted.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis.sales.estimate import draws, model
from analysis.sales.estimate.draws import Draws, flat
from analysis.sales.estimate.equations import Equations
from analysis.sales.estimate.fit import Sampler, Sampling
from analysis.sales.estimate.gaussians import Gaussians
from analysis.sales.estimate.model import Inputs
from analysis.sales.estimate.priors import SPREAD_SHAPE, Priors

EXACT = 1e-6  # of a value, for the arithmetic
SHOWN_YEARS = (2018, 2022, 2024, 2025)
HUAWEI_YEARS = (2018, 2019, 2021)
LENS_SWITCHES = {
    "all lenses": (),
    "without the industry lens": ("share", "market"),
    "without the buyers lens": ("demand",),
    "filings alone": ("share", "market", "demand"),
    "without suppliers' Huawei figures": ("suppliers",),
    "without Gartner's Huawei series": ("spending", "growth"),
}
WITHOUT_C = "without grade C rows"
# Other structures: switches of classes, basis, Student errors (see the model).
STRUCTURES = {
    "no effect of product class": (0.0, 1.0, 0.0),
    "no effect of the basis": (1.0, 0.0, 0.0),
    "Student errors of four degrees": (1.0, 1.0, 1.0),
}
# Each source against all others. Of the industry lens only that both of its sides agree: the US share has no other evidence.
SOURCES = {
    "industry statistics": ("market",),
    "Chinese chip purchases": ("demand",),
    "suppliers' Huawei figures": ("suppliers",),
    "Gartner's Huawei series": ("spending", "growth"),
}
WHOLE = "all of it"
FAR = 5.0  # errors of simulation
PRIOR_MOVES: dict[str, Callable[[Priors], Priors]] = {
    "ratio average 15% higher": lambda p: p.moved(ratio_average=0.15),
    "ratio average 15% lower": lambda p: p.moved(ratio_average=-0.15),
    "ratio spreads a quarter wider": lambda p: p.wider(1.25),
    "ratio spreads a quarter narrower": lambda p: p.wider(0.75),
    "US share of Chinese demand 45% at the centre": lambda p: p.moved(us_share_demand=-0.2),
    "US share of Chinese demand 55% at the centre": lambda p: p.moved(us_share_demand=0.2),
    "rest of the industry a quarter larger": lambda p: p.moved(rest=0.22),
    "trade statistics 5% below filings": lambda p: p.moved(definition=-0.05),
    "Huawei's part of a supplier's Chinese sales 13% at the centre": lambda p: p.moved(huawei_part=0.3),
}


def lens_cases() -> list[str]:
    """The names of all sets of evidence and of all other structures."""
    return [*LENS_SWITCHES, WITHOUT_C, *STRUCTURES]


def switched(sampler: Sampler, sampling: Sampling, case: str) -> list[dict]:
    """The total and Huawei with one set of evidence off, or with another structure, with the error of simulation."""
    inputs, on = sampler.inputs, np.ones(_size(sampler.inputs))
    slices = model.block_slices(inputs)
    for block in LENS_SWITCHES.get(case, ()):
        on[slices[block]] = 0
    if case == WITHOUT_C:
        weak = (inputs.panel.table["grade"] == "C").to_numpy()
        exact = inputs.huawei.suppliers[~inputs.huawei.suppliers["bound"].astype(bool)]
        on[slices["filings"]] = np.where(weak, 0.0, 1.0)
        on[slices["suppliers"]] = (exact["grade"] != "C").astype(float)
    found = sampler.sample(sampling, on=None if on.all() else on, structure=STRUCTURES.get(case, (1.0, 1.0, 0.0)))
    return [{"case": case, **shown} for shown in _shown(inputs, found)]


def disagreement(kept: pd.DataFrame, again: pd.DataFrame) -> list[str]:
    """What speaks against two tables of switched evidence being draws of the same posteriors: medians further apart than both
    errors of simulation explain."""
    both = kept.merge(again, on=["case", "quantity", "year"], suffixes=("_kept", "_again"))
    if len(both) != len(again):
        return [f"{len(again) - len(both)} of the switched cases computed again are not among the kept ones"]
    error = np.hypot(both["mc_error_kept"], both["mc_error_again"])
    other = (both["value_kept"] - both["value_again"]).abs() > FAR * error + 0.02 * both["value_kept"].abs()
    return [
        f"{row['case']}, {row['quantity']} {row['year']}: {row['value_again']:.2f}, kept {row['value_kept']:.2f}"
        for row in both[other].to_dict("records")
    ]


def _shown(inputs: Inputs, found: Draws) -> list[dict]:
    years, total, bought = inputs.panel.years, found.yearly(found.total_headquarters), found.yearly(found.huawei)
    rows = []
    for quantity, values, shown in (("total", total, SHOWN_YEARS), ("Huawei", bought, HUAWEI_YEARS)):
        for year in shown:
            if year in years:
                of_year = values[..., int(np.searchsorted(years, year))]
                rows.append({"quantity": quantity, "year": year, **draws.summary(of_year), "mc_error": monte_carlo_error(of_year)})
    return rows


def monte_carlo_error(values: np.ndarray) -> float:
    """Standard error of the median that simulation alone causes."""
    import arviz as az

    return float(az.mcse(values, method="median"))


def beyond_bounds(inputs: Inputs, found: Draws) -> float:
    """Per cent of draws in which some firm lies beyond what its named customers or its revenue allow in some year."""
    revenue = inputs.panel.revenue.by_quarter() / draws.USD_M_PER_BN
    least, most = (bound * revenue @ found.to_year.T for bound in (inputs.bounds.floor, inputs.bounds.cap))
    sold = flat(found.yearly(found.headquarters))
    return float(100 * ((sold < least * (1 - EXACT)) | (sold > most * (1 + EXACT))).any(axis=(1, 2)).mean())


def prior_sensitivity(inputs: Inputs, found: Draws) -> pd.DataFrame:
    """The total and Huawei under moved priors, by reweighting; `pareto_k` above 0.7 says that a row cannot be trusted."""
    import arviz as az

    rows, names = [], Equations(inputs).names
    base = _log_prior(names, found, inputs.priors)
    for name, move in PRIOR_MOVES.items():
        weights, k = az.psislw(_log_prior(names, found, move(inputs.priors)) - base)
        weights = np.exp(np.asarray(weights))
        quantities = {
            ("total", year): found.yearly(found.total_headquarters)[..., int(np.searchsorted(inputs.panel.years, year))]
            for year in SHOWN_YEARS
            if year in inputs.panel.years
        }
        quantities |= {
            ("Huawei", year): found.yearly(found.huawei)[..., int(np.searchsorted(inputs.panel.years, year))]
            for year in HUAWEI_YEARS
        }
        for (quantity, year), values in quantities.items():
            rows.append(
                {
                    "case": name,
                    "quantity": quantity,
                    "year": year,
                    **_weighted(values.ravel(), weights.ravel()),
                    "pareto_k": float(k),
                }
            )
    return pd.DataFrame(rows)


def _log_prior(names: Gaussians, found: Draws, priors: Priors) -> np.ndarray:
    """Log density of the draws' quantities, basis effects and spreads under `priors`, up to a constant, one a draw."""
    z, spread = flat(found.z), flat(found.spread)
    total = np.zeros(len(z))
    for name, (mean, sd) in priors.quantities.items():
        value = names.affine(1, **{name: 1.0}).of(z)[:, 0]
        total += -0.5 * ((value - mean) / sd) ** 2 - np.log(sd)
    for i in range(2):
        value = names.affine(1, ratio_basis=np.eye(2)[i]).of(z)[:, 0]
        total += -0.5 * (value / priors.ratio_basis_sd) ** 2 - np.log(priors.ratio_basis_sd)
    shape = SPREAD_SHAPE
    for i, mean in enumerate(priors.spreads.values()):
        total += (shape - 1) * np.log(spread[:, i]) - shape / mean * spread[:, i] + shape * np.log(shape / mean)
    return total


def _weighted(values: np.ndarray, weights: np.ndarray) -> dict[str, float]:
    order = np.argsort(values)
    cumulative = np.cumsum(weights[order]) / weights.sum()
    low, middle, high = (float(values[order][np.searchsorted(cumulative, q)]) for q in (0.05, 0.5, 0.95))
    return {"value": middle, "low": low, "high": high}


def conflict(sampler: Sampler, sampling: Sampling, case: str) -> list[dict]:
    """One source taken out and predicted by all others (node splitting; Presanis and others, 2013).

    A row a figure and one for the source as a whole (its mean figure), log scale: observed, predicted with 90% interval, and the
    two-sided probability of a prediction as far out as what the source says. Near nothing is a conflict.
    """
    inputs, on = sampler.inputs, np.ones(_size(sampler.inputs))
    slices = model.block_slices(inputs)
    own = np.concatenate([np.arange(slices[block].start, slices[block].stop) for block in SOURCES[case]])
    on[own] = 0
    observed, new = replicated(inputs, sampler.sample(sampling, on=on), sampling.seed)
    names = [WHOLE, *np.array(labels(inputs))[own]]
    observed = np.concatenate([[observed[own].mean()], observed[own]])
    new = np.column_stack([new[:, own].mean(axis=1), new[:, own]])
    above = (new > observed).mean(axis=0)
    low, middle, high = np.percentile(new, [5, 50, 95], axis=0)
    columns = {"observed_log": observed, "predicted_log": middle, "low_log": low, "high_log": high}
    columns |= {"probability": 2 * np.minimum(above, 1 - above)}
    return [
        {"source": case, "label": str(label)} | {name: float(values[i]) for name, values in columns.items()}
        for i, label in enumerate(names)
    ]


def conflict_disagreement(kept: pd.DataFrame, again: pd.DataFrame) -> list[str]:
    """What speaks against two tables of conflicts being draws of the same posteriors: medians more than 0.7 spreads apart."""
    both = kept.merge(again, on=["source", "label"], suffixes=("_kept", "_again"))
    if len(both) != len(again):
        return [f"{len(again) - len(both)} of the conflicts computed again are not among the kept ones"]
    spread = (both["high_log_kept"] - both["low_log_kept"]) / (2 * 1.645)
    other = (both["predicted_log_again"] - both["predicted_log_kept"]).abs() > 0.7 * spread
    return [f"conflict of {row['source']}, {row['label']}" for row in both[other].to_dict("records")]


def replicated(inputs: Inputs, found: Draws, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The observations (log scale) and a new figure of each for every draw (draws, observations)."""
    rng = np.random.default_rng(seed)
    means = flat(found.mean)
    figure_sd = flat(found.spread)[:, list(inputs.priors.spreads).index("figure_sd")]
    sd = np.hypot(model.joined(model.errors_of(inputs)), model.grade_factors(inputs) * figure_sd[:, None])
    return model.joined(model.observed(inputs)), means + sd * rng.normal(size=means.shape)


def predictive(inputs: Inputs, found: Draws, seed: int) -> pd.DataFrame:
    """Posterior predictive check: each observation, its 90% interval for a new figure of the same kind, inside or not."""
    observed, new = replicated(inputs, found, seed)
    low, middle, high = np.percentile(new, [5, 50, 95], axis=0)
    return pd.DataFrame(
        {
            "block": _blocks(inputs),
            "label": labels(inputs),
            "observed_log": observed,
            "predicted_log": middle,
            "low_log": low,
            "high_log": high,
            "inside": (low <= observed) & (observed <= high),
            "above": (new > observed).mean(axis=0),
        }
    )


def labels(inputs: Inputs) -> list[str]:
    """A name for every observation, in the model's order."""
    seen, context = inputs.huawei, inputs.context
    market = context.years[np.isfinite(context.market_usd_m)]
    exact = seen.suppliers[~seen.suppliers["bound"].astype(bool)]
    return [
        *inputs.panel.table["label"],
        *[f"US share of the China market {y}" for y in context.share_table["year"]],
        *[f"industry lens against filings {y}" for y in market],
        *[
            f"Chinese chip demand {y}, {v}"
            for y, v in zip(context.demand_table["year"], context.demand_table["vintage"], strict=True)
        ],
        *[f"{f} to Huawei, {p}" for f, p in zip(exact["firm"], exact["period"], strict=True)],
        *[f"Huawei's chip spending {y}, {v}" for y, v in zip(seen.spending["year"], seen.spending["vintage"], strict=True)],
        *[f"Huawei's chip spending, change into {y}" for y in seen.growth["year"]],
    ]


def _blocks(inputs: Inputs) -> list[str]:
    return [name for name, where in model.block_slices(inputs).items() for _ in range(where.stop - where.start)]


def _size(inputs: Inputs) -> int:
    return len(model.joined(model.observed(inputs)))
