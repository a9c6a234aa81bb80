"""The numbers of the chapter on how the estimate was tested; what they are called stands in `book/numbers/diagnostics.yml`."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.data.named import named
from analysis.registry.quantity import Quantity
from analysis.registry.recorder import Recorder
from analysis.registry.words import slug
from analysis.sales.estimate.checks import WHOLE
from analysis.sales.estimate_numbers import estimated, share_of_draws, sources_in
from analysis.sales.sales_tables import CONFLICT

FORECASTERS = {"": "estimate", "carried_": "figure carried forward", "pooled_": "pooled shares"}
LENSES = (("total", 2022), ("huawei", 2019))   # quantity and year that are estimated again with other evidence


def record(page: Recorder, estimate: Mapping, checks: Mapping, facts: pd.DataFrame, as_of: str) -> None:
    """Convergence, simulated data, hidden figures and their scores, other evidence and priors, from tables by name."""
    sources = sources_in(estimate["observations"])

    def count(pattern: str, value: float, **words: object) -> None:
        page.record(f"sales.{pattern}", Quantity(value, as_of, sources), **words)

    run = estimate["fit"]
    for key, value in {
        "worst_r_hat": run["worst_r_hat"], "least_ess": run["least_ess_bulk"], "quantities": run["quantities"],
        "divergences": run["divergences"], "draws": run["chains"] * run["draws"], "beyond_bounds": run["beyond_bounds_pct"],
        "predictive_inside": _inside_pct(estimate["predictive"]),
    }.items():
        count(f"fit.{key}", value)
    made = checks["calibration"]
    for key, value in {
        "runs": made["runs"].max(), "quantities": len(made), "outside": (~made["within"].astype(bool)).sum(),
        "coverage": made["coverage_pct"].mean(), "power_narrow": 100 * made["power_narrow"].iloc[0],
        "power_shifted": 100 * made["power_shifted"].iloc[0],
    }.items():
        count(f"checks.calibration.{key}", value)
    for row in checks["scores"].to_dict("records"):
        test = {"key": slug(row["test"]), "test": row["test"]}
        count("checks.{key}.all", row["figures"], **test)
        count("checks.{key}.inside", row["inside"], **test)
        count("checks.{key}.coverage", 100 * row["inside"] / row["figures"], **test)
        for who, name in FORECASTERS.items():
            for score in ("crps", "log_score"):
                count(f"checks.{{key}}.{{who}}{score}", row[f"{who}{score}"], who=who, name=name, **test)
    whole = checks["conflicts"][checks["conflicts"]["label"] == WHOLE]
    count("checks.conflict.threshold", 100 * CONFLICT)
    count("checks.conflict.sources", len(whole))
    count("checks.conflict.below", int((whole["probability"] < CONFLICT).sum()))
    for quantity, year in LENSES:
        table = checks["lenses"]
        for row in table[(table["quantity"].str.lower() == quantity) & (table["year"] == year)].to_dict("records"):
            page.record(f"sales.checks.lens_{{key}}.{quantity}_{{year}}", estimated(row, sources, as_of),
                        key=slug(row["case"]), case=row["case"], year=year)
    claims = estimate["claims"]
    newspaper = claims[(claims["fact_id"] == named(facts, "newspaper")["fact_id"]) & (claims["quantity"] == "chips_usd_bn")].iloc[0]
    page.record("huawei.estimate.chance_of_newspaper",
                share_of_draws(newspaper["chance_of_claim"], newspaper["ess_bulk"], sources, as_of))
    case, move = _farthest_prior(estimate)
    count("checks.prior_move", move, case=case)
    count("checks.worst_pareto_k", estimate["priors"]["pareto_k"].max())


def _inside_pct(predictive: pd.DataFrame) -> float:
    """Part of all observations inside their own predictive interval, per cent."""
    return 100 * predictive["inside"].sum() / len(predictive)


def _farthest_prior(estimate: Mapping, year: int = 2022) -> tuple[str, float]:
    """The prior that moves the total of `year` farthest, and by how many per cent."""
    moved = estimate["priors"].query("quantity == 'total' and year == @year")
    base = estimate["totals"].query("quantity == 'headquarters' and year == @year")["value"].iloc[0]
    row = moved.loc[(moved["value"] - base).abs().idxmax()]
    return row["case"], 100 * (row["value"] / base - 1)
