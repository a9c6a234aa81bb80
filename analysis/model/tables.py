"""The tables of the model's chapters: results as text with intervals, under names a reader understands."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.data.units import unit_label
from analysis.model.parameters import Parameters


def cost_table(results: Mapping, scenarios: list[str]) -> pd.DataFrame:
    """Cost, research, jobs and denial by policy, as text with intervals, prior and informed side by side for the cost."""
    columns = {
        ("pv_lost_sales_usd_bn", "prior"): "Lost sales, US$ bn",
        ("pv_lost_sales_usd_bn", "informed"): "the same, informed, US$ bn",
        ("pv_rd_lost_usd_bn", "prior"): "Research not done, US$ bn",
        ("us_share_change_year_10_pp", "prior"): "US share in year 10, pp",
        ("jobs_lost_year_5", "prior"): "Jobs lost in year 5, thousand",
        ("denied_months_listed", "prior"): "Denied months, listed",
    }
    table = results["scenarios"].set_index(["scenario", "output", "version"])
    rows = []
    for scenario in scenarios:
        row = {"Policy": table.loc[scenario].iloc[0]["scenario_label"]}
        for (output, version), name in columns.items():
            cell = table.loc[(scenario, output, version)]
            scale, digits = (1000, 1) if output.startswith("jobs") else (1, 1 if "share" in output else 0)
            row[name] = _interval_text(cell["median"] / scale, cell["low"] / scale, cell["high"] / scale, digits)
        rows.append(row)
    return pd.DataFrame(rows).set_index("Policy")


def loss_parts_table(results: Mapping, scenario: str, version: str) -> pd.DataFrame:
    """The parts of one scenario's lost sales."""
    outputs = (
        "pv_timing_usd_bn",
        "pv_waiting_usd_bn",
        "pv_sockets_usd_bn",
        "pv_forbidden_listed_usd_bn",
        "pv_contagion_usd_bn",
        "pv_second_round_usd_bn",
        "pv_diversion_usd_bn",
        "pv_lost_sales_usd_bn",
    )
    table = results["scenarios"].query("scenario == @scenario and version == @version").set_index("output").loc[list(outputs)]
    return pd.DataFrame(
        {
            "Part": table["label"],
            "US$ bn, median [90%]": [
                _interval_text(r.median_, r.low, r.high, 1) for r in table.rename(columns={"median": "median_"}).itertuples()
            ],
        }
    ).set_index("Part")


GROUP_LOSSES = {
    "Listed customer": ("timing", "waiting", "sockets", "forbidden_listed"),
    "Other Chinese customers": ("forbidden_unlisted", "contagion_unlisted", "retaliation"),
    "Elsewhere": ("contagion_elsewhere", "second_round"),
    "Won through rivals": ("diversion",),
}
"""Where the sales are lost, and the parts of the loss (outcome.LOSSES) that belong there."""


def yearly_table(results: Mapping, scenario: str) -> pd.DataFrame:
    """Yearly flows of one scenario: lost sales by customers (means, which add up), the rest as medians."""
    table = results["yearly"].query("scenario == @scenario").pivot(index="year", columns="quantity", values="median")
    lost = {
        f"{group}, US$ bn": sum(table[f"mean_{loss}_usd_bn"] for loss in losses).round(1) + 0.0
        for group, losses in GROUP_LOSSES.items()
    }
    whole = sum(table[f"mean_{loss}_usd_bn"] for losses in GROUP_LOSSES.values() for loss in losses)
    return pd.DataFrame(
        {
            **lost,
            "Whole, US$ bn": whole.round(1) + 0.0,
            "US share, %": table["us_share_pct"].round(1),
            "Research, % of baseline": (100 * table["rd_ratio"]).round(1),
            "Capital spending, % of baseline": (100 * table["capex_ratio"]).round(1),
            "Jobs, thousand": (table["jobs"] / 1000).round(1),
            "Research abroad, %": table["rd_abroad_pct"].round(1),
        }
    ).rename_axis(index="Year")


def month_table(results: Mapping, version: str, months=(0, 1, 3, 6, 12, 24)) -> pd.DataFrame:
    """Cost of one month more by part and resolution, median and interval."""
    rows = results["month_cost"].query("version == @version and month in @months")
    rows = rows.assign(
        text=[_interval_text(r.median_, r.low, r.high, 1) for r in rows.rename(columns={"median": "median_"}).itertuples()]
    )
    table = rows.pivot(index=["resolution", "month"], columns="part", values="text")
    table = table[["total", "sockets", "contagion", "research", "waiting", "timing", "access", "diversion"]]
    table.columns = ["Whole", "Sockets", "Contagion", "Research", "Waiting", "Timing", "Ban comes later", "Diversion"]
    table.index = table.index.set_levels(["narrow ban", "permission"], level=0).set_names(["ends in", "months so far"])
    return table


def replication_table(results: Mapping, studies: Mapping[str, str]) -> pd.DataFrame:
    """Reported and reproduced, with what could not be reproduced; `studies` are the studies' names by id."""
    table = results["replication"]
    words = {"test": "", "solved": "input solved to fit", "fails": "not reproduced", "consistency": "figures agree, no test"}
    outside = np.where(table["outside_priors"] == "", "", "; outside the priors: " + table["outside_priors"])
    number = {"jobs": "{:,.0f}"}
    signed = {"jobs": "{:+,.0f}"}
    return pd.DataFrame(
        {
            "Study": table["study"].map(studies),
            "Quantity": table["quantity"] + ", " + table["unit"].map(unit_label),
            "Reported": [number.get(u, "{:,.1f}").format(v) for v, u in zip(table["reported"], table["unit"], strict=True)],
            "Reproduced": [number.get(u, "{:,.1f}").format(v) for v, u in zip(table["reproduced"], table["unit"], strict=True)],
            "Difference": [signed.get(u, "{:+,.1f}").format(_no_minus_zero(v, u)) for v, u in
                           zip(table["difference"], table["unit"], strict=True)],
            "Standing": table["kind"].map(words) + outside,
            "Assumptions": table["assumptions"],
            "Not reproduced": table["not_reproduced"],
        }
    ).set_index("Study")


def not_reproduced_table(results: Mapping, studies: Mapping[str, str]) -> pd.DataFrame:
    """Figures of the studies that no mechanism here can be asked for, and why."""
    table = results["not_reproduced"]
    return pd.DataFrame(
        {
            "Study": table["study"].map(studies),
            "Quantity": table["quantity"] + ", " + table["unit"].map(unit_label),
            "Reported": ["not seen" if np.isnan(v) else f"{v:,.0f}" for v in table["reported"]],
            "Why not": table["reason"],
        }
    ).set_index("Study")


def score_table(results: Mapping, version: str) -> pd.DataFrame:
    """Forecasts scored, inside the interval, and how many lose to each rival, on both policy paths."""
    table = results["scores"].query("version == @version")
    paths = {"realised": "policy as it was", "forecaster": "restrictions of mid-2019 kept"}
    return pd.DataFrame(
        {
            "Policy path": table["path"].map(paths),
            "Forecasts": table["forecasts"],
            "Inside the 90% interval": table["inside"],
            "Lose to no change, absolute error": table["lose_to_no_change_by_error"],
            "Lose to no change scaled by the market, absolute error": table["lose_to_scaled_by_error"],
            "Lose to no change, CRPS": table["lose_to_no_change"],
            "Lose to no change scaled by the market, CRPS": table["lose_to_scaled"],
        }
    ).set_index("Policy path")


def later_evidence_table(parameters: Parameters) -> pd.DataFrame:
    """The parameters whose value or prior rests on evidence of after June 2019."""
    rows = [p for p in parameters.by_name.values() if p.evidence_after_2019]
    return pd.DataFrame(
        {
            "Parameter": [p.label for p in rows],
            "Prior": [p.prior.describe() if p.prior else "none, held fixed" for p in rows],
            "Rests on": [p.note for p in rows],
        }
    ).set_index("Parameter")


def backtest_table(results: Mapping, version: str, path: str) -> pd.DataFrame:
    """Forecast, interval, outcome and errors, one row a quantity and year."""
    rows = results["backtest"].query("version == @version and path == @path")
    return pd.DataFrame(
        {
            "Quantity": rows["label"],
            "Year": rows["year"],
            "Unit": rows["unit"].map(unit_label),
            "Forecast": [_interval_text(a, b, c, 1) for a, b, c in rows[["predicted", "low", "high"]].to_numpy()],
            "Realised": rows["realised"].round(1),
            "Inside": np.where(rows["inside"], "yes", "no"),
            "Counted": np.where(rows["variant"], "no, variant", np.where(rows["not_a_test"], "no, set a prior", "yes")),
            "Error": rows["error"].round(1),
            "No change": rows["naive_error"].round(1),
            "No change, scaled": rows["naive_scaled_error"].round(1),
            "BCG": rows["bcg_error"].round(1),
            "IC Insights": rows["ic_insights_error"].round(1),
            "CRPS": rows["crps"].round(1),
            "PIT": rows["pit"].round(2),
        }
    ).set_index(["Quantity", "Year"])


def rival_forecasts(results: Mapping, quantity: str) -> dict[str, float]:
    """The flat forecasts of `no_change` and `bcg` for a quantity."""
    row = results["backtest"].query("quantity == @quantity").iloc[0]
    return {"no_change": float(row["naive"]), "bcg": float(row["bcg"])}


def posterior_table(results: Mapping) -> pd.DataFrame:
    """Prior against both posteriors for every uncertain parameter."""
    table = results["parameters"]
    return pd.DataFrame(
        {
            "Parameter": table["label"],
            "Unit": table["unit"].map(unit_label),
            **{
                name: [
                    _interval_text(*values, 3)
                    for values in table[[f"{version}_median", f"{version}_low", f"{version}_high"]].to_numpy()
                ]
                for version, name in (("prior", "Prior"), ("blind", "Blind"), ("informed", "Informed"))
            },
        }
    ).set_index("Parameter")


def flip_table(results: Mapping, first: str, second: str, rows: int = 6) -> pd.DataFrame:
    """The most likely joint change that brings two policies level."""
    table = results["nearest_flip"].query("first == @first and second == @second").head(rows)
    return pd.DataFrame(
        {
            "Parameter": table["label"],
            "Unit": table["unit"].map(unit_label),
            "Median": table["median"].map("{:.3g}".format),
            "At the turning point": table["value"].map("{:.3g}".format),
            "Share of the distance, %": table["share_pct"].round(0).astype(int),
        }
    ).set_index("Parameter")


def threshold_table(results: Mapping) -> pd.DataFrame:
    """Contagion above which limbo costs more than the ban, by design-out and re-entry hazard."""
    table = results["thresholds"].pivot(index="hazard", columns="reentry", values="threshold")
    shown = table.map(lambda v: "none" if np.isnan(v) else f"{v:.2f}")
    shown.index.name, shown.columns.name = "design-out hazard", "re-entry hazard"
    return shown


def dominance_table(results: Mapping, denial: str, choice: str) -> pd.DataFrame:
    """Chance that each policy is dominated, and by which most often; choice as in the figure."""
    table = results["frontier"].query("denial == @denial and choice == @choice")
    names = dict(zip(table["policy"], table["label"], strict=True))
    return pd.DataFrame(
        {
            "Policy": table["label"],
            "Chance of being dominated, %": (100 * table["probability_dominated"]).round(0).astype(int),
            "by another or a mix of two, %": (100 * table["probability_dominated_by_mix"]).round(0).astype(int),
            "Most often by": table["most_often_by"].map(names).fillna("none"),
            "Research not done, US$ bn": table["rd_usd_bn"].round(1),
            "Jobs lost in year 5, thousand": (table["jobs_year_5"] / 1000).round(1),
        }
    ).set_index("Policy")


def _no_minus_zero(value: float, unit: str) -> float:
    return 0.0 if abs(value) < (0.5 if unit == "jobs" else 0.05) else value


def _interval_text(value: float, low: float, high: float, digits: int) -> str:
    value, low, high = (0.0 if abs(v) < 0.5 * 10.0**-digits else v for v in (value, low, high))
    return f"{value:,.{digits}f} [{low:,.{digits}f}, {high:,.{digits}f}]"
