"""Each new row is a forecast first: what the estimate says of a figure before it has seen it, inside its interval or not.

New are the observations that the published tables do not hold (the rows of an overlay). The prediction is that of draws which have
not seen them; where there are none, the new rows are taken out of the posterior by Pareto-smoothed importance weights, which say
themselves when they cannot be trusted (k above 0.7), and then the prediction is the one recorded with the edition that came before.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.sales.estimate import draws, model
from analysis.sales.estimate.draws import Draws, flat
from analysis.sales.estimate.equations import Equations
from analysis.sales.estimate.model import Inputs
from analysis.sales.estimate.reweight import smoothed

FORECAST_THIN = 4
"""Every fourth of the draws that have not seen a new row predicts it: the ends of an interval of a thousand draws are known to a
few hundredths of its width, and the equations of each draw take time that somebody waits for."""
KEYS = ["firm", "end", "months", "kind", "hq_kind"]


def of_new_rows(
    inputs: Inputs, found: Draws, seed: int, published: pd.DataFrame | None = None, unseen: tuple[np.ndarray, float] | None = None
) -> pd.DataFrame:
    """One row a new figure: label, observed, predicted with interval (USD bn), inside, Pareto k. Empty when nothing is new.

    `published` has the keys of the observations that are not new; by default those of the project's own tables. `unseen`:
    unknowns (chains, draws, size) of the posterior without the new rows, and Pareto's k of their weights, where they were drawn.
    """
    known = published_keys() if published is None else published
    table = inputs.panel.table
    new = np.flatnonzero(~table.set_index(KEYS).index.isin(known.set_index(KEYS).index))
    columns = ["label", "firm", "observed_usd_bn", "predicted_usd_bn", "low", "high", "inside", "pareto_k"]
    if not len(new):
        return pd.DataFrame(columns=columns)
    mean, spread = (flat(found.mean), flat(found.spread)) if unseen is None else _observed_under(inputs, flat(unseen[0]))
    figure_sd = spread[:, list(inputs.priors.spreads).index("figure_sd")]
    sd = np.hypot(model.errors_of(inputs)["filings"][new], model.grade_factors(inputs)[new] * figure_sd[:, None])
    observed = model.observed(inputs)["filings"][new]
    rng, rows = np.random.default_rng(seed), []
    if unseen is None:
        weights, k = _without(observed, mean[:, new], sd)
        chosen = rng.choice(len(mean), len(mean), p=weights)
    else:
        chosen, k = np.arange(len(mean)), unseen[1]
    for place, i in enumerate(new):
        logs = mean[chosen, i] + sd[chosen, place] * rng.normal(size=len(chosen))
        guess = draws.summary(np.exp(logs) / draws.USD_M_PER_BN)
        value = float(np.exp(observed[place]) / draws.USD_M_PER_BN)
        rows.append(
            {
                "label": table.loc[i, "label"],
                "firm": table.loc[i, "firm"],
                "observed_usd_bn": value,
                "predicted_usd_bn": guess["value"],
                "low": guess["low"],
                "high": guess["high"],
                "inside": bool(guess["low"] <= value <= guess["high"]),
                "pareto_k": k,
            }
        )
    return pd.DataFrame(rows, columns=columns)


def _without(observed: np.ndarray, mean: np.ndarray, sd: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights of draws without the new figures (columns), all taken out: a firm's other new figures would give each away."""
    log_likelihood = (-0.5 * ((observed - mean) / sd) ** 2 - np.log(sd)).sum(axis=1)
    return smoothed(-log_likelihood)


def _observed_under(inputs: Inputs, unknowns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What each observation should show (draws, observations; log scale) and the spreads, under some of the drawn unknowns."""
    equations = Equations(inputs)
    found = [equations.of(x) for x in unknowns[::FORECAST_THIN]]
    return np.stack([f["mean"] for f in found]), np.exp(np.stack([f["log_spread"] for f in found]))


def published_keys() -> pd.DataFrame:
    """The keys of the observations in the project's own tables."""
    from analysis.data import load_table
    from analysis.sales.estimate import observations

    return observations.build(load_table("company_filings"), load_table("firms"), first_year=2015).table[KEYS]
