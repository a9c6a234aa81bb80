"""The figures of the chapter on the diagnostics of the estimate."""

from __future__ import annotations

import pandas as pd

from analysis.charts import Figure, theme
from analysis.charts.dots import dots
from analysis.charts.lines import lines
from analysis.sales.estimate_figures import sources_of

UNKNOWNS = {
    "ratio_average": "average ratio",
    "rest": "size of the rest of the industry",
    "definition": "definition of the trade statistics",
    "us_share_demand": "US share of Chinese demand",
    "covered": "part of Huawei's purchases disclosed",
    "growth_sd": "spread of growth",
    "ratio_class_sd": "spread of ratios between classes",
    "ratio_firm_sd": "spread of ratios between firms",
    "ratio_drift_sd": "drift of ratios over years",
}


def left_out(checks: dict, estimate: dict) -> Figure:
    """Predicted over observed for every left-out disclosure."""
    table = checks["leave_one_out"]
    names = [
        f"{label}, {'alone' if how == 'the figure' else 'with all of the firm'}"
        for label, how in zip(table["label"], table["left_out"], strict=True)
    ]
    seen = table["observed_usd_bn"]
    data = pd.DataFrame(
        {
            "Left out": names,
            "Predicted over observed": table["predicted_usd_bn"] / seen,
            "Low": table["low"] / seen,
            "High": table["high"] / seen,
            "Observed (US$ billion)": seen,
            "Inside": table["inside"].map({True: "yes", False: "no"}),
            "Evidence": "estimated",
        }
    )
    inside = int(table["inside"].sum())
    return Figure(
        id="diagnostics-left-out",
        unit="predicted over published headquarters figure; one is a perfect prediction",
        title=f"{inside} of {len(table)} left-out figures lie inside their 90% interval",
        description="Dots with 90% intervals of the predicted over the published headquarters figure, first with one "
        "disclosure left out, then "
        "with all headquarters figures of the firm left out.",
        source_ids=sources_of(estimate),
        evidence=("estimated",),
        data=data,
        chart=lambda width: dots(
            data,
            width,
            category="Left out",
            value="Predicted over observed",
            evidence="Evidence",
            low="Low",
            high="High",
            colours={n: theme.CONTRAST for n, ok in zip(names, table["inside"], strict=True) if not ok},
            number_format=",.2f",
            axis_format=",.1f",
            reference=1.0,
        ),
        note="Red: the published figure lies outside.",
    )


def switched(estimate: dict, quantity: str, year: int, figure_id: str) -> Figure:
    """The total or Huawei in one year with lenses switched off."""
    table = estimate["lenses"].query("quantity == @quantity and year == @year")
    data = pd.DataFrame(
        {"Case": table["case"], "US$ billion": table["value"], "Low": table["low"], "High": table["high"], "Evidence": "estimated"}
    ).reset_index(drop=True)
    what = "the total" if quantity == "total" else "Huawei"
    low, high = data["US$ billion"].min(), data["US$ billion"].max()
    return Figure(
        id=figure_id,
        unit=f"US$ billion, {year}, 90% intervals",
        title=f"Switching lenses moves {what} of {year} between US${low:.0f} and {high:.0f} billion",
        description=f"Dots with 90% intervals of {what} in {year} for each set of lenses. With all lenses "
        f"{data['US$ billion'].iloc[0]:.1f}.",
        source_ids=sources_of(estimate),
        evidence=("estimated",),
        data=data,
        chart=lambda width: dots(
            data,
            width,
            category="Case",
            value="US$ billion",
            evidence="Evidence",
            low="Low",
            high="High",
            reference=float(data["US$ billion"].iloc[0]),
            zero=True,
        ),
    )


def moved_priors(estimate: dict, year: int) -> Figure:
    """The total in one year under moved priors."""
    table = estimate["priors"].query("quantity == 'total' and year == @year")
    base = estimate["totals"].query("quantity == 'headquarters' and year == @year").iloc[0]
    cases = pd.concat(
        [
            pd.DataFrame(
                [
                    {
                        "case": "as published",
                        "value": base["value"],
                        "low": base["low"],
                        "high": base["high"],
                        "pareto_k": float("nan"),
                    }
                ]
            ),
            table,
        ]
    )
    data = pd.DataFrame(
        {
            "Prior": cases["case"],
            "US$ billion": cases["value"],
            "Low": cases["low"],
            "High": cases["high"],
            "Pareto k": cases["pareto_k"].round(2),
            "Evidence": "estimated",
        }
    ).reset_index(drop=True)
    return Figure(
        id="diagnostics-priors",
        unit=f"US$ billion, {year}, 90% intervals",
        title=f"Other priors move the {year} total by up to US${(data['US$ billion'] - base['value']).abs().max():.0f} billion",
        description=f"Dots with 90% intervals of the {year} total as published and under {len(table)} moved priors.",
        source_ids=sources_of(estimate),
        evidence=("estimated",),
        data=data,
        chart=lambda width: dots(
            data,
            width,
            category="Prior",
            value="US$ billion",
            evidence="Evidence",
            low="Low",
            high="High",
            reference=float(base["value"]),
            zero=True,
        ),
        note="Computed by reweighting the draws; the Pareto k in the table says how far each row can be trusted (below 0.7).",
    )


def prior_and_posterior(checks: dict, estimate: dict) -> Figure:
    """What the model says of the total before and after seeing data."""
    after = estimate["totals"].query("quantity == 'headquarters'")
    parts = {"before the data": checks["prior_totals"], "after": after}
    data = pd.concat(
        [
            pd.DataFrame(
                {
                    "Year": t["year"],
                    "Knowledge": name,
                    "US$ billion": t["value"],
                    "Low": t["low"],
                    "High": t["high"],
                    "Evidence": "estimated",
                }
            )
            for name, t in parts.items()
        ]
    ).reset_index(drop=True)
    first = data[data["Knowledge"] == "before the data"]
    return Figure(
        id="diagnostics-prior-posterior",
        unit="US$ billion a calendar year, 90% bands",
        title="Before the data the model allows almost anything; after, a band",
        description=f"Two lines with bands: the total before the data, with intervals up to {first['High'].max():.0f}, and after.",
        source_ids=sources_of(estimate),
        evidence=("estimated",),
        data=data,
        chart=lambda width: lines(
            data,
            width,
            x="Year",
            y="US$ billion",
            series="Knowledge",
            evidence="Evidence",
            low="Low",
            high="High",
            colours={"after": theme.CONTRAST, "before the data": theme.NEUTRAL},
        ),
    )


def calibration(checks: dict, estimate: dict) -> Figure:
    """Greatest gap of the ranks from uniform over its limit, by quantity."""
    table = checks["calibration"]
    data = pd.DataFrame(
        {
            "Quantity": table["quantity"].replace(UNKNOWNS),
            "Gap over limit": table["gap"] / table["limit"],
            "Coverage of 90% intervals (%)": table["coverage_pct"].round(0),
            "Evidence": "derived",
        }
    )
    names = data["Quantity"].tolist()
    return Figure(
        id="diagnostics-calibration",
        unit="greatest gap of the ranks from uniform, over its joint 95% limit",
        title=f"On {int(table['runs'].iloc[0])} simulated data sets the ranks of {int(table['within'].sum())} of {len(table)} "
        "quantities are uniform",
        description=f"Dots of the gap over its limit for {len(table)} quantities; values above one would mean that sampler and "
        f"model disagree. Largest {data['Gap over limit'].max():.2f}.",
        source_ids=sources_of(estimate),
        evidence=("derived",),
        data=data,
        chart=lambda width: dots(
            data,
            width,
            category="Quantity",
            value="Gap over limit",
            evidence="Evidence",
            number_format=",.2f",
            axis_format=",.1f",
            reference=1.0,
            zero=True,
            colours={n: theme.CONTRAST for n, ok in zip(names, table["within"], strict=True) if not ok},
        ),
    )
