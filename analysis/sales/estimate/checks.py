"""Attacks on the estimate: leave a disclosure out, switch a lens off, drop weak rows, move the priors, predict the data.

All but the first fit reuse the compiled model through its switches. Priors are moved by reweighting the draws (Pareto-smoothed
importance sampling), which reports itself when it cannot be trusted.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis.sales.estimate import draws, model, periods
from analysis.sales.estimate.draws import Draws, flat
from analysis.sales.estimate.fit import Sampler, Sampling
from analysis.sales.estimate.model import Inputs
from analysis.sales.estimate.priors import Priors

NEWSPAPER = "H008"
SHOWN_YEARS = (2018, 2022, 2024, 2025)
LENS_SWITCHES = {
    "all lenses": (),
    "without the industry lens": ("share", "market"),
    "without the buyers lens": ("demand",),
    "filings alone": ("share", "market", "demand"),
    "without suppliers' Huawei figures": ("suppliers",),
    "without the Huawei claims": ("claims",),
    "without Gartner's Huawei series": ("gartner",),
}
PRIOR_MOVES: dict[str, Callable[[Priors], Priors]] = {
    "ratio average 15% higher": lambda p: p.moved(ratio_average=0.15),
    "ratio average 15% lower": lambda p: p.moved(ratio_average=-0.15),
    "ratio spreads a quarter wider": lambda p: p.wider(1.25),
    "ratio spreads a quarter narrower": lambda p: p.wider(0.75),
    "US share of Chinese demand 45% at the centre": lambda p: p.moved(us_share_demand=-0.2),
    "US share of Chinese demand 55% at the centre": lambda p: p.moved(us_share_demand=0.2),
    "rest of the industry a quarter larger": lambda p: p.moved(rest=0.22),
    "trade statistics 5% below filings": lambda p: p.moved(definition=-0.05),
    "US share of Huawei's chips 45% at the centre": lambda p: p.moved(us_share_huawei=0.4),
    "disclosing suppliers cover 60% of Huawei's purchases": lambda p: p.moved(covered=-0.4),
}


def hidden(inputs: Inputs) -> dict[str, tuple[str, np.ndarray, np.ndarray]]:
    """Refits that predict a dual disclosure's headquarters figure, with its whole period and then with all of the firm's left out.

    Name of the refit → what is left out, places of the figures switched off, places of the figures predicted.
    """
    table = inputs.panel.table
    ratios = np.flatnonzero(table["kind"] == "ratio")
    by_headquarters = table["kind"].isin(("ratio", "hq")).to_numpy()
    found = {}
    for i in ratios:
        row = table.loc[i]
        name = f"{row['firm']}, {int(row['months'])} months to {row['end']:%Y-%m-%d}"
        found[name] = ("the figure", overlapping(table, i), np.array([i]))
    for firm in dict.fromkeys(table.loc[ratios, "firm"]):
        own = (table["firm"] == firm).to_numpy()
        found[f"{firm}, all"] = ("all of the firm", np.flatnonzero(own & by_headquarters), ratios[own[ratios]])
    return found


def predict_hidden(sampler: Sampler, sampling: Sampling, case: str) -> list[dict]:
    """The rows of one refit of :func:`hidden`: left_out (the figure; all of the firm), label, firm, observed and predicted figure
    (USD bn), interval, inside."""
    left_out, off, predict = hidden(sampler.inputs)[case]
    return _predicted(sampler, sampling, off=off, predict=predict, left_out=left_out)


def disagreement(kept: pd.DataFrame, again: pd.DataFrame) -> list[str]:
    """What speaks against two tables of predictions being draws of the same posteriors; nothing when only chance sets them apart.

    The median of a prediction with standard deviation s on the log scale, from draws worth n independent ones, scatters with
    1.25·s/√n. With n of 100, less than any refit has, the difference of two medians stays below 0.7 s, four times its scatter.
    """
    both = kept.merge(again, on=["left_out", "label"], suffixes=("_kept", "_again"))
    if len(both) != len(kept) or len(kept) != len(again):
        return [f"{len(again)} predictions computed again, {len(kept)} kept, {len(both)} of them the same figures"]
    spread = np.log(both["high_kept"] / both["low_kept"]) / (2 * 1.645)
    moved = np.log(both["predicted_usd_bn_again"] / both["predicted_usd_bn_kept"]).abs() / spread
    other = ~np.isclose(both["observed_usd_bn_kept"], both["observed_usd_bn_again"], rtol=1e-9)
    return [f"{row['label']} ({row['left_out']} left out): predicted {row['predicted_usd_bn_again']:.2f}, kept "
            f"{row['predicted_usd_bn_kept']:.2f}" for row in both[(moved > 0.7) | other].to_dict("records")]


def overlapping(table: pd.DataFrame, i: int) -> np.ndarray:
    """Places of all figures by headquarters of the firm of row `i` whose period shares a month with it.

    Leaving a half-year out while the year that holds it stays in would be no prediction.
    """
    span = set(periods.months_of(table.loc[i, "end"], table.loc[i, "months"]))
    own = np.flatnonzero((table["firm"] == table.loc[i, "firm"]) & table["kind"].isin(("ratio", "hq")))
    return np.array([k for k in own if span & set(periods.months_of(table.loc[k, "end"], table.loc[k, "months"]))])


def _predicted(sampler: Sampler, sampling: Sampling, *, off, predict, left_out: str) -> list[dict]:
    panel = sampler.inputs.panel
    on = np.ones(len(model.joined(model.observed(sampler.inputs))))
    on[off] = 0
    found = draws.of(sampler.sample(sampling, on=on))
    rng, rows = np.random.default_rng(sampling.seed), []
    for i in predict:
        row = panel.table.loc[i]
        location = _location_figure(panel.table, row)
        values = location * np.exp(found.mean[..., i] + row["sd"] * rng.normal(size=found.mean.shape[:2])) / draws.USD_M_PER_BN
        guess, observed = draws.summary(values), row["value"] * location / draws.USD_M_PER_BN
        rows.append(
            {
                "left_out": left_out,
                "label": f"{row['firm']} {row['fiscal_year']}",
                "firm": row["firm"],
                "observed_usd_bn": observed,
                "predicted_usd_bn": guess["value"],
                "low": guess["low"],
                "high": guess["high"],
                "inside": bool(guess["low"] <= observed <= guess["high"]),
            }
        )
    return rows


def _location_figure(table: pd.DataFrame, row: pd.Series) -> float:
    pair = table[(table["firm"] == row["firm"]) & (table["end"] == row["end"]) & (table["months"] == row["months"])]
    return float(pair.loc[pair["kind"] == "location", "value"].iloc[0])


def lens_switches(sampler: Sampler, sampling: Sampling, progress: Callable[[str], None] = lambda line: None) -> pd.DataFrame:
    """The total and Huawei with lenses switched off, and with grade C rows dropped."""
    inputs, rows = sampler.inputs, []
    slices = model.block_slices(inputs)
    cases = {name: np.ones(_size(inputs)) for name in (*LENS_SWITCHES, "without grade C rows")}
    for name, blocks in LENS_SWITCHES.items():
        for block in blocks:
            cases[name][slices[block]] = 0
    weak = (inputs.panel.table["grade"] == "C").to_numpy()
    cases["without grade C rows"][slices["filings"]] = np.where(weak, 0.0, 1.0)
    cases["without grade C rows"][slices["suppliers"]] = (inputs.huawei.suppliers["grade"] != "C").astype(float)
    for name, on in cases.items():
        progress(name)
        found = draws.of(sampler.sample(sampling, on=on))
        rows += [{"case": name, **shown} for shown in _shown(inputs, found)]
    return pd.DataFrame(rows)


def _shown(inputs: Inputs, found: Draws) -> list[dict]:
    years = inputs.panel.years
    rows = [
        {"quantity": "total", "year": year, **draws.summary(found.total_headquarters[..., int(np.searchsorted(years, year))])}
        for year in SHOWN_YEARS
        if year in years
    ]
    rows += [{"quantity": "Huawei", "year": y, **draws.summary(draws.huawei_year(found, y))} for y in (2018, 2019, 2021)]
    # The newspaper's figure speaks of no year; it stands between the company's figures for 2018 and 2019.
    claim = inputs.huawei.claims["fact_id"].tolist().index(NEWSPAPER)
    chips = (found.huawei * inputs.huawei.claim_weights[claim]).sum(axis=-1)
    claimed = inputs.huawei.claims["usd_m"].iloc[claim] / draws.USD_M_PER_BN
    chance = float((chips >= claimed).mean())
    return [*rows, {"quantity": "newspaper", "year": 2019, **draws.summary(chips), "chance_of_claim": chance}]


def prior_sensitivity(inputs: Inputs, found: Draws) -> pd.DataFrame:
    """The total and Huawei under moved priors, by reweighting; `pareto_k` above 0.7 says that a row cannot be trusted."""
    import arviz as az

    rows = []
    for name, move in PRIOR_MOVES.items():
        weights, k = az.psislw(_log_prior(inputs, found, move(inputs.priors)) - _log_prior(inputs, found, inputs.priors))
        weights = np.exp(np.asarray(weights))
        quantities = {
            ("total", year): found.total_headquarters[..., int(np.searchsorted(inputs.panel.years, year))]
            for year in SHOWN_YEARS
            if year in inputs.panel.years
        }
        quantities |= {("Huawei", year): draws.huawei_year(found, year) for year in (2018, 2019, 2021)}
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


def _log_prior(inputs: Inputs, found: Draws, priors: Priors) -> np.ndarray:
    """Log density of the draws' quantities, basis effects and spreads under `priors`, up to a constant, one a draw."""
    names = model.gaussians(inputs)
    z, spread = flat(found.z), flat(found.spread)
    total = np.zeros(len(z))
    for name, (mean, sd) in priors.quantities.items():
        value = names.affine(1, **{name: 1.0}).of(z)[:, 0]
        total += -0.5 * ((value - mean) / sd) ** 2 - np.log(sd)
    for i in range(2):
        value = names.affine(1, ratio_basis=np.eye(2)[i]).of(z)[:, 0]
        total += -0.5 * (value / priors.ratio_basis_sd) ** 2 - np.log(priors.ratio_basis_sd)
    shape = model.SPREAD_SHAPE
    for i, mean in enumerate(priors.spreads.values()):
        total += (shape - 1) * np.log(spread[:, i]) - shape / mean * spread[:, i] + shape * np.log(shape / mean)
    return total


def _weighted(values: np.ndarray, weights: np.ndarray) -> dict[str, float]:
    order = np.argsort(values)
    cumulative = np.cumsum(weights[order]) / weights.sum()
    low, middle, high = (float(values[order][np.searchsorted(cumulative, q)]) for q in (0.05, 0.5, 0.95))
    return {"value": middle, "low": low, "high": high}


def predictive(inputs: Inputs, found: Draws, seed: int) -> pd.DataFrame:
    """Posterior predictive check: each observation, its 90% interval for a new figure of the same kind, inside or not."""
    rng = np.random.default_rng(seed)
    sd, observed = model.joined(model.errors_of(inputs)), model.joined(model.observed(inputs))
    new = flat(found.mean) + sd * rng.normal(size=(found.mean.shape[0] * found.mean.shape[1], len(sd)))
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
    return [
        *inputs.panel.table["label"],
        *[f"US share of the China market {y}" for y in context.share_table["year"]],
        *[f"industry lens against filings {y}" for y in market],
        *[
            f"Chinese chip demand {y}, {v}"
            for y, v in zip(context.demand_table["year"], context.demand_table["vintage"], strict=True)
        ],
        *[f"{f} to Huawei, {p}" for f, p in zip(seen.suppliers["firm"], seen.suppliers["period"], strict=True)],
        *[f"claim {i}" for i in seen.claims["fact_id"]],
        *[f"Huawei's chip spending {y}" for y in seen.gartner["year"]],
    ]


def _blocks(inputs: Inputs) -> list[str]:
    return [name for name, where in model.block_slices(inputs).items() for _ in range(where.stop - where.start)]


def _size(inputs: Inputs) -> int:
    return len(model.joined(model.observed(inputs)))
