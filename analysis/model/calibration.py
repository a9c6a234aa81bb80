"""Weigh the prior draws by what is known: sampling-importance-resampling with Pareto smoothing.

Draws come from the prior; each gets the likelihood of the moments given what the model says for it; the weights are
smoothed (PSIS, Vehtari, Simpson, Gelman, Yao and Gabry 2024, as implemented in ArviZ) and the draws resampled. The
effective sample size and the Pareto k say whether the result can be trusted. The *blind* version uses only what was known
by June 2019, the *informed* one also the episodes and outcomes up to 2022; outcomes of 2023 and later are kept for the
back-test of both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.model.exposure import us_sales_usd_bn
from analysis.model.outcome import Outcome
from analysis.model.parameters import RESOLUTION, Draws, Parameters
from analysis.model.published import resolve

FIRST_YEAR = 2019
"""Calendar year of the first yearly result on the realised path."""


@dataclass(frozen=True)
class Calibration:
    """Outcome of one version.

    draws: resampled draws with equal weight. weights: (n,) of the prior draws, adding up to 1. ess: 1 / sum of squared
    weights. pareto_k: above 0.7 the weights are unreliable. moments: table of targets with prior and posterior predictions.
    """

    version: str
    draws: Draws
    weights: np.ndarray
    ess: float
    pareto_k: float
    moments: pd.DataFrame


def decoupling_share_change(p: Draws, realised: Outcome) -> np.ndarray:
    """Points of world share lost in the long run when all sales to Chinese firms go, times the second round."""
    return -p["chinese_demand_share_pct"] * p["us_share_of_chinese_demand_pct"] / 100 * p["second_round_multiplier"]


def jobs_per_usd_m(p: Draws, realised: Outcome) -> np.ndarray:
    """Direct jobs lost per million dollars of sales lost, at the margin."""
    return p["direct_jobs"] * p["jobs_revenue_elasticity"] / (us_sales_usd_bn(p) * 1000)


def log_design_out_hazard(p: Draws, realised: Outcome) -> np.ndarray:
    """Log of the monthly hazard."""
    return np.log(p["design_out_hazard_per_month"])


def listed_purchases_2019(p: Draws, realised: Outcome) -> np.ndarray:
    """Purchases of the listed customer in 2019 over a year without rule."""
    return realised.purchases_by_year[0, 0] / p["listed_customer_sales_usd_bn"]


def us_share_change_2021_22(p: Draws, realised: Outcome) -> np.ndarray:
    """Mean change of the US share in 2021 and 2022, points."""
    return realised.by_year["us_share_pct"][2021 - FIRST_YEAR:2023 - FIRST_YEAR].mean(axis=0) - p["us_share_pct"]


def chinese_purchases_2021(p: Draws, realised: Outcome) -> np.ndarray:
    """Purchases of all Chinese firms in 2021 over a year without rule, sales won through rivals counted."""
    return chinese_purchases_ratio(realised, 2021 - FIRST_YEAR)


def self_sufficiency_2021(p: Draws, realised: Outcome) -> np.ndarray:
    """China's self-sufficiency in 2021, per cent."""
    return realised.by_year["self_sufficiency_pct"][2021 - FIRST_YEAR]


def chinese_purchases_ratio(outcome: Outcome, year: int) -> np.ndarray:
    """(n,) purchases of listed and other Chinese firms in year number `year` over the path without rule."""
    bought = outcome.purchases_by_year[:2, year].sum(axis=0)
    lost = outcome.losses_by_year[:, year]
    chinese_losses = lost[[0, 1, 2, 3, 4, 7]].sum(axis=0)      # all losses but elsewhere, second round and diversion
    return bought / (bought + chinese_losses)


FUNCTIONS: dict[str, Callable[[Draws, Outcome], np.ndarray]] = {f.__name__: f for f in (
    decoupling_share_change, jobs_per_usd_m, log_design_out_hazard, listed_purchases_2019, us_share_change_2021_22,
    chinese_purchases_2021, self_sufficiency_2021)}


def log_likelihood(predicted: np.ndarray, observed: float, sd: float) -> np.ndarray:
    """Normal, without constant."""
    return -0.5 * ((predicted - observed) / sd) ** 2


def calibrate(
    studies: Mapping, results: pd.DataFrame, prior_draws: Draws, realised: Outcome, version: str, seed: int,
) -> Calibration:
    """Weigh `prior_draws` by the moments of `version` and resample as many draws.

    realised: the model's outcome for exactly these draws on the realised path, from January 2019.
    """
    from arviz import psislw

    rows, total = [], np.zeros(len(prior_draws["world_sales_usd_bn"]))
    for moment in studies["moments"]:
        if version == "blind" and moment["version"] != "blind":
            continue
        predicted = FUNCTIONS[moment["function"]](prior_draws, realised)
        observed = float(resolve(results, moment["observed"]))  # type: ignore[arg-type]
        total = total + log_likelihood(predicted, observed, float(moment["sd"]))
        rows.append((moment, observed, predicted))
    smoothed, pareto_k = psislw(total)
    weights = np.exp(smoothed - smoothed.max())
    weights = weights / weights.sum()
    chosen = systematic_resample(weights, seed)
    table = pd.DataFrame([{
        "id": moment["id"], "quantity": moment["quantity"], "unit": moment["unit"], "observed": observed, "sd": moment["sd"],
        "prior_median": float(np.median(predicted)), "posterior_median": float(np.median(predicted[chosen])),
        "posterior_low": float(np.percentile(predicted[chosen], 5)), "posterior_high": float(np.percentile(predicted[chosen], 95)),
        "note": moment["note"],
    } for moment, observed, predicted in rows])
    return Calibration(version, {name: values[chosen] for name, values in prior_draws.items()}, weights,
                       float(1 / (weights**2).sum()), float(pareto_k), table)


def systematic_resample(weights: np.ndarray, seed: int) -> np.ndarray:
    """(n,) indices drawn with systematic resampling (lowest variance of the counts)."""
    n = len(weights)
    positions = (np.random.default_rng(np.random.SeedSequence([seed, n])).random() + np.arange(n)) / n
    return np.minimum(np.searchsorted(np.cumsum(weights), positions), n - 1)


def prior_against_posterior(parameters: Parameters, prior: Draws, versions: Mapping[str, Draws]) -> pd.DataFrame:
    """One row an uncertain parameter: median and 90% interval before and after, and how much the interval shrank."""
    rows = []
    for name in parameters.uncertain:
        row = {"parameter": name, "label": parameters[name].label, "unit": parameters[name].unit}
        low, median, high = np.percentile(prior[name], [5, 50, 95])
        row |= {"prior_median": median, "prior_low": low, "prior_high": high}
        for version, draws in versions.items():
            after = np.percentile(draws[name], [5, 50, 95])
            row |= {f"{version}_median": after[1], f"{version}_low": after[0], f"{version}_high": after[2],
                    f"{version}_shrinkage_pct": 100 * (1 - (after[2] - after[0]) / (high - low))}
        rows.append(row)
    return pd.DataFrame(rows)


def prior_sample(parameters: Parameters, size: int, seed: int) -> Draws:
    """`size` prior draws of the same streams as a run with this seed."""
    from analysis.model.run import blocks

    parts = [parameters.draw_block(seed, block, length) for block, length in blocks(size)]
    return {name: np.concatenate([part[name] for part in parts]) for name in (*parameters.names, RESOLUTION)}
