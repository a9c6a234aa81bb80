"""Put calibration and back-test together: the one function behind the command, the graph step and the chapter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.model.backtest import (
    backtest,
    decomposition,
    forecast,
    scores,
    share_had_nvidia_grown_with_market,
)
from analysis.model.calibration import (
    FIRST_YEAR,
    Calibration,
    calibrate,
    prior_against_posterior,
    prior_sample,
)
from analysis.model.forecast_errors import error_per_year, forecast_errors
from analysis.model.outcome import Outcome
from analysis.model.parameters import Draws
from analysis.model.policy_path import PolicyPath
from analysis.model.published import published_value
from analysis.model.realised import ESTIMATED, Realised, realised_series, with_estimate
from analysis.model.replication import assumptions_of, engine_design_out, replication_row
from analysis.model.run import Model, run_draws

PATHS = {"forecaster": "current_restrictions_2019", "realised": "realised"}
CALIBRATION_DRAWS = 4096
"""Fewest draws of the calibration: with fewer, the proposal's covariance of some thirty parameters is mostly noise."""
LAST_YEAR = 2024
"""Last year whose outcomes are known for the US share."""


@dataclass(frozen=True)
class Tables:
    """The data tables that the assessment reads."""

    published_results: pd.DataFrame
    company_filings: pd.DataFrame
    us_industry: pd.DataFrame
    policy_events: pd.DataFrame
    market_sales: pd.DataFrame


def load_tables(data_dir: str | None = None) -> Tables:
    """Load them through the project's schemas."""
    from analysis.data import load_table

    # By literal names: the graph reads from the code which tables decide that this runs again.
    return Tables(load_table("published_results", data_dir), load_table("company_filings", data_dir),
                  load_table("us_industry", data_dir), load_table("policy_events", data_dir),
                  load_table("market_sales", data_dir))


@dataclass(frozen=True)
class Assessment:
    """Calibrations by version, the back-test and what goes with it; all tables tidy."""

    calibrations: Mapping[str, Calibration]
    prior: Draws
    parameters: pd.DataFrame
    backtest: pd.DataFrame
    scores: pd.DataFrame
    decomposition: pd.DataFrame
    multiplier: pd.DataFrame
    placebo: pd.DataFrame
    realised: Realised
    forecast_errors: pd.DataFrame


def assess(model: Model, tables: Tables, studies: Mapping, draws: int, seed: int) -> Assessment:
    """Calibrate blind and informed, forecast along both paths, score, and take BCG's error apart."""
    realised = realised_series(tables.published_results, tables.company_filings, tables.us_industry)
    realised = with_estimate(realised, model.estimate)
    errors = forecast_errors(tables.published_results, tables.market_sales)
    judged, studies = studies, with_discrepancy(studies, error_per_year(errors))
    paths = {label: model.prepare(scenario)[1] for label, scenario in PATHS.items()}
    months = (max(LAST_YEAR, int(realised.world_sales_usd_bn.index.max())) - FIRST_YEAR + 1) * 12
    paths = {label: _first_months(path, months) for label, path in paths.items()}
    demand = realised.demand_index(FIRST_YEAR, months)

    def simulate(sample: Draws, path: PolicyPath) -> Outcome:
        return run_draws(sample, path, model.parameters.segments, demand_index=demand)

    prior = prior_sample(model.parameters, max(draws, CALIBRATION_DRAWS), seed)
    calibrations = {version: calibrate(studies, tables.published_results, model.parameters,
                                       lambda sample: simulate(sample, paths["realised"]), prior, version, seed, model.estimate)
                    for version in ("blind", "informed")}
    prior = _first_draws(prior, draws)
    calibrations = {version: replace(c, draws=_first_draws(c.draws, draws)) for version, c in calibrations.items()}
    forecasts = {(version, label): (calibration.draws, simulate(calibration.draws, path))
                 for version, calibration in calibrations.items() for label, path in paths.items()}
    table = backtest(forecasts, realised, studies, tables.published_results, seed)
    before = backtest(forecasts, realised, judged, tables.published_results, seed)
    blind = calibrations["blind"].draws
    return Assessment(
        calibrations, prior, prior_against_posterior(model.parameters, prior, {v: c.draws for v, c in calibrations.items()}),
        table, _compared(table, before), _decompose(blind, forecasts, paths, simulate, realised, tables, studies, seed),
        _multiplier_test(blind, paths["realised"], simulate, realised, studies, seed),
        _placebo(model, tables, studies), realised, errors)


def with_discrepancy(studies: Mapping, error: float) -> dict:
    """The studies with the drift of sales sized by the errors of earlier forecasts, where the file says `from_forecast_errors`."""
    noise = {name: {**given, "sd": error} if given.get("from_forecast_errors") else given
             for name, given in studies["backtest"]["noise_per_year"].items()}
    return {**studies, "backtest": {**studies["backtest"], "noise_per_year": noise}}


def _compared(table: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Scores with the discrepancy, and as `judged_*` with the judged drift in its place; over all quantities and, as `set`, over
    the published series alone and over the estimate's alone."""
    estimated = table["quantity"].isin(list(ESTIMATED))
    parts = []
    for name, keep in (("all", estimated | True), ("published", ~estimated), ("estimated", estimated)):
        if keep.any():
            old = scores(before[keep]).set_index(["version", "path"])[["inside", "coverage_pct", "crps_pct"]].add_prefix("judged_")
            parts.append(scores(table[keep]).join(old, on=["version", "path"]).assign(set=name))
    return pd.concat(parts, ignore_index=True)


def _decompose(blind, forecasts, paths, simulate, realised, tables, studies, seed) -> pd.DataFrame:
    """BCG's error in the last year of the US share, step by step."""
    bcg = ("bcg_sia_2020", "s1_maintain_current_restrictions", "us_global_share")
    none = np.zeros_like(blind["diversion_to_unlisted"])
    full = np.full_like(none, _bcg_second_round(studies))
    without = {"diversion_to_unlisted": none, "diversion_elsewhere": none}
    steps = {
        "direct": simulate({**blind, **without, "second_round_multiplier": full}, paths["forecaster"]),
        "diversion": simulate({**blind, "second_round_multiplier": full}, paths["forecaster"]),
        "second_round": forecasts["blind", "forecaster"][1], "policy": forecasts["blind", "realised"][1],
    }
    parts = {name: float(np.median(forecast("us_share_pct", LAST_YEAR, blind, outcome, realised, _without_noise(studies), seed)))
             for name, outcome in steps.items()}
    observed = realised.observations.query("quantity == 'us_share_pct' and year == @LAST_YEAR")["value"].iloc[0]
    return decomposition(parts, float(observed), published_value(tables.published_results, bcg),
                         share_had_nvidia_grown_with_market(realised, LAST_YEAR))


def _bcg_second_round(studies: Mapping) -> float:
    """BCG's second-round multiplier, as solved in the replication."""
    return float(replication_row(studies, "bcg_s2_share")["assumptions"]["multiplier"]["value"])


def _without_noise(studies: Mapping) -> dict:
    quiet = {name: {**given, "sd": 0.0} for name, given in studies["backtest"]["noise_per_year"].items()}
    return {**studies, "backtest": {**studies["backtest"], "noise_per_year": quiet}}


def _multiplier_test(blind, path, simulate, realised, studies, seed) -> pd.DataFrame:
    """Does the realised share tell a second round of BCG's size from none? Forecast and interval for both."""
    rows = []
    for multiplier in (1.0, _bcg_second_round(studies)):
        sample = {**blind, "second_round_multiplier": np.full_like(blind["second_round_multiplier"], multiplier)}
        outcome = simulate(sample, path)
        for quantity in ("us_share_pct", "us_share_without_nvidia_pct"):
            values = forecast(quantity, LAST_YEAR, sample, outcome, realised, studies, seed)
            observed = realised.observations.query("quantity == @quantity and year == @LAST_YEAR")["value"].iloc[0]
            low, median, high = np.percentile(values, [5, 50, 95])
            rows.append({"multiplier": multiplier, "quantity": quantity, "predicted": median, "low": low, "high": high,
                         "realised": float(observed), "inside": bool(low <= observed <= high)})
    return pd.DataFrame(rows)


def _placebo(model: Model, tables: Tables, studies: Mapping) -> pd.DataFrame:
    """Two episodes short enough to leave no mark: ZTE in 2018 (three months denied), resist in 2019 (one month)."""
    results, given = tables.published_results, studies["backtest"]["placebo"]
    zte = published_value(results, ("ep_zte_2018", "denial_order", "us_chip_sales_to_zte"))
    firms = results[(results["quantity"] == "china_revenue_five_firm_sum")].set_index(
        pd.to_numeric(results.loc[results["quantity"] == "china_revenue_five_firm_sum", "baseline_year"]))["value"] / 1000
    day = tables.policy_events.set_index("event_id")["date"]
    denied_years = (day[given["zte_denied_to"]] - day[given["zte_denied_from"]]).days / 365
    resist = engine_design_out(model.parameters, **assumptions_of(replication_row(studies, given["resist_row"]), results))
    return pd.DataFrame([
        {"episode": "ZTE, denial order April to July 2018", "quantity": "China revenue of five US firms, change 2017-18, %",
         "model": -100 * zte * denied_years / float(firms[2017]), "observed": 100 * float(firms[2018] / firms[2017] - 1)},
        {"episode": "Resist licences, Japan to Korea, July 2019", "quantity": "Trade, change, %", "model": resist + 0.0,
         "observed": published_value(results, ("ep_japan_korea_2019", "licensing", "photoresist_and_polyimide_trade_effect"))},
    ])


def _first_draws(sample: Draws, count: int) -> Draws:
    return {name: values[:count] for name, values in sample.items()}


def _first_months(path: PolicyPath, months: int) -> PolicyPath:
    return replace(path, limbo=path.limbo[:, :months], denied=path.denied[:, :months], rule_age=path.rule_age[:, :months],
                   limbo_before=path.limbo_before[:, :months])
