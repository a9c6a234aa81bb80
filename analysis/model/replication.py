"""Reproduce the published studies from their own assumptions (`data/studies/replication.yml`).

Each mechanism is a few lines of arithmetic, or the engine itself on a small path. Assumptions are data; the reported value
is read from the table of published results. A row whose input was chosen to fit says so (`kind: solved`); one that cannot
be made to fit says that (`kind: fails`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from analysis.model.engine import LISTED, simulate
from analysis.model.parameters import Parameters
from analysis.model.policy_path import coverage_array, phased_path, stalemate_path
from analysis.model.published import resolve


def static_market(*, share_change_pp: float, us_share_pct: float) -> float:
    """Revenue change in % when the market is fixed: change of share over share."""
    return 100 * share_change_pp / us_share_pct


def lost_demand(*, demand_share_pct: float, us_share_of_demand_pct: float, multiplier: float) -> float:
    """Share points lost when all sales to a group of customers go, times the second round."""
    return -demand_share_pct * us_share_of_demand_pct / 100 * multiplier


def home_supply(*, demand_share_pct: float, self_sufficiency_pct: float) -> float:
    """World share of home firms that supply a part of home demand and export nothing."""
    return demand_share_pct * self_sufficiency_pct / 100


def proportional_loss(*, base: float, change_pct: float) -> float:
    """A loss of `change_pct` per cent of a base."""
    return base * change_pct / 100


def elastic_loss(*, base: float, change_pct: float, elasticity: float) -> float:
    """Linear elasticity, as the studies use it."""
    return base * elasticity * change_pct / 100


def research_change(*, lost: float, sales: float, elasticity: float) -> float:
    """Change of research in % for sales lost."""
    return -100 * elasticity * lost / sales


def research_change_usd(*, lost: float, sales: float, base: float, elasticity: float) -> float:
    """The same in US$ bn."""
    return base * research_change(lost=lost, sales=sales, elasticity=elasticity) / 100


def total(**parts: float) -> float:
    """The parts' sum."""
    return sum(parts.values())


def share_gain(*, base_pct: float, lost_pp: float, gain_per_point: float) -> float:
    """World share of a rival that wins a fixed part of every point of share lost."""
    return base_pct + gain_per_point * lost_pp


def linear_jobs(*, jobs_low: float, sales_low: float, sales_high: float) -> float:
    """Jobs in the high case with the low case's jobs per dollar."""
    return jobs_low / sales_low * sales_high


def elastic_change(*, change_pct: float, elasticity: float) -> float:
    """Constant elasticity: 100 [(1 + change)^elasticity - 1]."""
    return 100 * ((1 + change_pct / 100) ** elasticity - 1)


def supplier_exposure(*, customer_share_pct: float, lost_share_pct: float) -> float:
    """Revenue change of a supplier that loses part of one customer."""
    return -customer_share_pct * lost_share_pct / 100


def engine_design_out(
    parameters: Parameters, *, limbo_months: float, hazard: float, delay_months: float, substitutable: float,
) -> float:
    """Change in % of what the listed customer's designs still call for, at the end of a limbo."""
    changed = parameters.with_values({"design_out_hazard_per_month": hazard, "redesign_delay_months": delay_months,
                                      "substitutable_share": substitutable, **SURE_TO_LAPSE})
    course = _course(changed, [(limbo_months, "limbo")])
    return -100 * substitutable * float(course["designed_out"][-1, LISTED, 0])


def engine_purchases(parameters: Parameters, **assumptions) -> float:
    """Change in % of a year's purchases by the listed customer against the year before the policy."""
    course, base = _stock_course(parameters, **assumptions)
    return 100 * (float(course["purchases"][:, LISTED, 0].sum()) / (base * len(course["purchases"])) - 1)


def engine_reentry(parameters: Parameters, **assumptions) -> float:
    """Purchases in the last phase in % of what would have been bought without any rule."""
    months = round(assumptions["phases"][-1][0])
    course, base = _stock_course(parameters, **assumptions)
    return 100 * float(course["purchases"][-months:, LISTED, 0].sum()) / (base * months)


def engine_second_round(parameters: Parameters, *, years: float, chinese_sales: float, multiplier: float) -> float:
    """Change of the US share of world sales, in points, in the last of `years` under a ban on all Chinese firms."""
    changed = parameters.with_values({"chinese_sales_usd_bn": chinese_sales, "second_round_multiplier": multiplier,
                                      "diversion_us_content_ratio": 0.0})
    segments = [segment.name for segment in parameters.segments]
    ban = stalemate_path(months=round(12 * years), limbo_months=0, limbo_coverage=coverage_array({}, segments),
                         rules=[coverage_array({"listed": 1.0, "unlisted": 1.0}, segments)], odds=[1.0], tgl_days=90)
    outcome = simulate(changed.single(), ban, parameters.segments)
    return float(outcome.by_year["us_share_pct"][-1, 0]) - changed["us_share_pct"].value


ASSUMED = {"hazard": "design_out_hazard_per_month", "delay_months": "redesign_delay_months", "substitutable": "substitutable_share",
           "stockpile_months": "stockpile_months", "adjustment_months": "stock_adjustment_months",
           "licence_free_share": "licence_free_share", "multiplier": "second_round_multiplier"}
"""Assumptions of rows that are parameters of the model."""


def outside_priors(assumptions: Mapping, parameters: Parameters) -> list[str]:
    """Names of a row's assumptions that no draw of the model's priors could give."""
    found = []
    for name, value in assumptions.items():
        prior = parameters[ASSUMED[name]].prior if name in ASSUMED else None
        if prior is not None and not prior.support[0] < value < prior.support[1]:
            found.append(name)
    return found


def _stock_course(
    parameters: Parameters, *, phases, stockpile_months: float, adjustment_months: float, licence_free_share: float, hazard: float,
) -> tuple[Mapping[str, np.ndarray], float]:
    changed = parameters.with_values({
        "stockpile_months": stockpile_months, "stock_adjustment_months": adjustment_months, **SURE_TO_LAPSE,
        "licence_free_share": licence_free_share, "design_out_hazard_per_month": hazard})
    return _course(changed, phases), changed["listed_customer_sales_usd_bn"].value / 12


def _course(parameters: Parameters, phases) -> Mapping[str, np.ndarray]:
    """Monthly course of one run at point values along limbo, denied and open phases of the listed customer."""
    course = simulate(parameters.single(), phased_path(phases, len(parameters.segments)), parameters.segments, monthly=True).course
    assert course is not None
    return course


SURE_TO_LAPSE = {"lapse_probability": 0.99, "design_life_months": 120}
"""In the episodes customers expected to lose the supply: their redesign and their stocks are stated for that."""

PLAIN: dict[str, Callable[..., float]] = {f.__name__: f for f in (
    static_market, lost_demand, home_supply, proportional_loss, elastic_loss, research_change, research_change_usd, total,
    share_gain, linear_jobs, elastic_change, supplier_exposure)}
WITH_ENGINE: dict[str, Callable[..., float]] = {f.__name__: f for f in (
    engine_design_out, engine_purchases, engine_reentry, engine_second_round)}


def replication_row(studies: Mapping, id: str) -> Mapping:
    """One row of the file by its id. Raises KeyError when there is none."""
    for row in studies["rows"]:
        if row["id"] == id:
            return row
    raise KeyError(f"replication.yml has no row {id!r}")


def assumptions_of(row: Mapping, results: pd.DataFrame) -> dict:
    """The values of a row's assumptions by name."""
    return {name: resolve(results, given) for name, given in row["assumptions"].items()}


def not_reproduced(studies: Mapping, results: pd.DataFrame) -> pd.DataFrame:
    """Figures of the studies for which no mechanism could be written: study, quantity, unit, reported (NaN if not seen), reason."""
    return pd.DataFrame([
        {"study": row["study"], "quantity": row["quantity"], "unit": row["unit"], "reason": row["reason"],
         "reported": float(resolve(results, row["reported"])) if "reported" in row else np.nan}  # type: ignore[arg-type]
        for row in studies["not_reproduced"]])


def replicate(studies: Mapping, results: pd.DataFrame, parameters: Parameters) -> pd.DataFrame:
    """One row a quantity: study, quantity, unit, reported, reproduced, difference, within, kind, assumptions, not_reproduced.

    Raises KeyError for a mechanism or a published figure that does not exist.
    """
    rows, words = [], studies["assumptions"]
    for row in studies["rows"]:
        assumptions = assumptions_of(row, results)
        mechanism = row["mechanism"]
        reproduced = (PLAIN[mechanism](**assumptions) if mechanism in PLAIN
                      else WITH_ENGINE[mechanism](parameters, **assumptions))
        reported = float(resolve(results, row["reported"]))  # type: ignore[arg-type]
        difference = reproduced - reported
        rows.append({
            "id": row["id"], "study": row["study"], "quantity": row["quantity"], "unit": row["unit"], "reported": reported,
            "reproduced": float(reproduced) + 0.0, "difference": float(difference), "tolerance": float(row["tolerance"]),
            "within": bool(abs(difference) <= row["tolerance"]), "kind": row.get("kind", "test"),
            "assumptions": "; ".join(f"{words[name]}: {_shown(value)}" for name, value in assumptions.items()),
            "outside_priors": ", ".join(words[name] for name in outside_priors(assumptions, parameters)
                                        if mechanism in WITH_ENGINE),
            "not_reproduced": row.get("not_reproduced", ""),
        })
    return pd.DataFrame(rows)


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", then ".join(f"{length:g} months {state}" for length, state in value)
    return f"{value:g}"
