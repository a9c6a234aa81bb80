"""Weigh the parameters by what is known: sampling-importance-resampling with Pareto smoothing.

Draws get the likelihood of the moments given what the model says for them; the weights are smoothed (PSIS, Vehtari,
Simpson, Gelman, Yao and Gabry 2024, as implemented in ArviZ) and the draws resampled. The effective sample size and the
Pareto k say whether the result can be trusted: they are published. The *blind* version uses only what was known
by June 2019, the *informed* one also the episodes and outcomes up to 2022; outcomes of 2023 and later are kept for the
back-test of both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr

from analysis.model.from_estimate import Estimate
from analysis.model.importance import adaptive_sample, effective_size, normalised, systematic_resample
from analysis.model.outcome import LOSSES, Outcome
from analysis.model.parameters import RESOLUTION, Draws, Parameters
from analysis.model.published import resolve
from analysis.model.run import blocks
from analysis.model.summary import interval

FIRST_YEAR = 2019
"""Calendar year of the first yearly result on the realised path."""

CHINESE_LOSSES = ("timing", "waiting", "sockets", "forbidden_listed", "forbidden_unlisted", "contagion_unlisted", "retaliation")


@dataclass(frozen=True)
class Calibration:
    """Outcome of one version.

    draws: resampled draws with equal weight, on the grids of the priors, as all draws are. ess: effective sample size of the
    weighted draws, of `size`. pareto_k: above 0.7 the weights are unreliable. moments: table of targets with prior and posterior
    predictions.
    """

    version: str
    draws: Draws
    size: int
    ess: float
    pareto_k: float
    moments: pd.DataFrame


def decoupling_share_change(p: Draws, realised: Outcome | None) -> np.ndarray:
    """Points of world share lost in the long run when all sales to Chinese firms go, times the second round."""
    return -100 * p["chinese_sales_usd_bn"] / p["world_sales_usd_bn"] * p["second_round_multiplier"]


def log_design_out_hazard(p: Draws, realised: Outcome | None) -> np.ndarray:
    """Log of the monthly hazard."""
    return np.log(p["design_out_hazard_per_month"])


def listed_purchases_2019(p: Draws, realised: Outcome) -> np.ndarray:
    """Purchases of the listed customer in 2019 over a year without rule."""
    return realised.purchases_by_year[0, 0] / p["listed_customer_sales_usd_bn"]


def us_share_change_2021_22(p: Draws, realised: Outcome) -> np.ndarray:
    """Mean change of the US share in 2021 and 2022, points."""
    return realised.by_year["us_share_pct"][2021 - FIRST_YEAR:2023 - FIRST_YEAR].mean(axis=0) - p["us_share_pct"]


def self_sufficiency_2021(p: Draws, realised: Outcome) -> np.ndarray:
    """China's self-sufficiency in 2021, per cent."""
    return realised.by_year["self_sufficiency_pct"][2021 - FIRST_YEAR]


def chinese_purchases_ratio(outcome: Outcome, year: int) -> np.ndarray:
    """(n,) sales to listed and other Chinese firms in year number `year` over the path without rule.

    With those won through Chinese makers who build what the listed customer could not: their purchases are outcomes too.
    """
    bought = outcome.purchases_by_year[:2, year].sum(axis=0)
    lost = sum(outcome.losses_by_year[LOSSES.index(name), year] for name in CHINESE_LOSSES)
    return (bought + outcome.won_by_chinese_by_year[year]) / (bought + lost)


FUNCTIONS: dict[str, Callable[[Draws, Outcome], np.ndarray]] = {f.__name__: f for f in (
    decoupling_share_change, log_design_out_hazard, listed_purchases_2019, us_share_change_2021_22, self_sufficiency_2021)}


def log_likelihood(predicted: np.ndarray, observed: float, sd: float) -> np.ndarray:
    """Normal, without constant."""
    return -0.5 * ((predicted - observed) / sd) ** 2


def moments_of(studies: Mapping, version: str, estimate: Estimate | None = None) -> list[Mapping]:
    """The targets a version may use; those that the estimate gives need its draws."""
    return [moment for moment in studies["moments"] if (version == "informed" or moment["version"] == "blind")
            and (estimate is not None or "estimate" not in moment["observed"])]


def target_of(moment: Mapping, results: pd.DataFrame, estimate: Estimate | None) -> float:
    """What was observed: a published figure, or the median of the estimate's growth since the base year."""
    if estimate is not None and "estimate" in moment["observed"]:
        quantity, year = moment["observed"]["estimate"]
        return float(np.median(estimate.growth(quantity, int(year))))
    return float(resolve(results, moment["observed"]))  # type: ignore[arg-type]


def calibrate(
    studies: Mapping, results: pd.DataFrame, parameters: Parameters, simulate_realised: Callable[[Draws], Outcome],
    prior_draws: Draws, version: str, seed: int, estimate: Estimate | None = None,
) -> Calibration:
    """Posterior draws of one version, as many as there are prior draws.

    simulate_realised: draws -> outcome on the realised path from January 2019, with the realised world market.
    prior_draws: only used to state what the prior predicts for each moment.
    """
    from arviz import psislw

    moments = moments_of(studies, version, estimate)
    observed = [target_of(moment, results, estimate) for moment in moments]
    size = len(prior_draws[RESOLUTION])

    def predictions(draws: Draws) -> list[np.ndarray]:
        # The blind version needs no simulation: its targets are functions of the parameters.
        outcome = simulate_realised(draws) if version == "informed" else None
        return [FUNCTIONS[moment["function"]](draws, outcome) for moment in moments]

    def log_likelihood_of(scores: np.ndarray) -> np.ndarray:
        predicted = predictions(draws_from_scores(parameters, scores))
        return sum(log_likelihood(value, target, float(moment["sd"]))
                   for value, target, moment in zip(predicted, observed, moments, strict=True))

    scores, log_weights = adaptive_sample(log_likelihood_of, len(parameters.uncertain), size, seed)
    smoothed, pareto_k = psislw(log_weights)
    weights = normalised(smoothed)
    draws = draws_from_scores(parameters, scores[systematic_resample(weights, seed)])
    draws = parameters.from_steps(parameters.steps_of({**draws, RESOLUTION: prior_draws[RESOLUTION]}))
    rows = []
    for moment, target, before, after in zip(moments, observed, predictions(prior_draws), predictions(draws), strict=True):
        median, low, high = interval(after)
        rows.append({"id": moment["id"], "quantity": moment["quantity"], "unit": moment["unit"], "observed": target,
                     "sd": float(moment["sd"]), "prior_median": float(np.median(before)), "posterior_median": median,
                     "posterior_low": low, "posterior_high": high, "note": moment["note"]})
    return Calibration(version, draws, size, effective_size(weights), float(pareto_k), pd.DataFrame(rows))


def draws_from_scores(parameters: Parameters, scores: np.ndarray) -> Draws:
    """Draws from standard normal scores (n, uncertain parameters)."""
    quantiles = ndtr(scores)
    return parameters.from_quantiles({name: quantiles[:, i] for i, name in enumerate(parameters.uncertain)}, len(scores))


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
    parts = [parameters.draw_block(seed, block, length) for block, length in blocks(size)]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
