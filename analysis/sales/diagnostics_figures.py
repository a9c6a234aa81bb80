"""The figures of the chapter on the diagnostics of the estimate."""

from __future__ import annotations

import pandas as pd

from analysis.charts import Figure, theme
from analysis.charts.dots import dots
from analysis.sales.estimate_figures import sources_of


def hidden(checks: dict, estimate: dict, test: str) -> Figure:
    """Predicted over observed for every hidden figure of one test; the table holds the scores."""
    table = checks["hidden"].query("test == @test").reset_index(drop=True)
    seen = table["observed_usd_bn"]
    several = table["case"].nunique() > 1 and test != "firm out"
    names = (table["label"] + (", " + table["case"] if several else "")).tolist()
    data = pd.DataFrame(
        {
            "Hidden": names,
            "Predicted over observed": table["predicted_usd_bn"] / seen,
            "Low": table["low"] / seen,
            "High": table["high"] / seen,
            "Observed (US$ billion)": seen,
            "Inside": table["inside"].map({True: "yes", False: "no"}),
            "CRPS": table["crps"].round(3),
            "CRPS, carried forward": table["carried_crps"].round(3),
            "CRPS, pooled": table["pooled_crps"].round(3),
            "Evidence": "estimated",
        }
    )
    inside = int(table["inside"].sum())
    return Figure(
        id=f"diagnostics-hidden-{test.replace(' ', '-')}",
        unit="predicted over published figure; one is a perfect prediction",
        title=f"{test.capitalize()}: {inside} of {len(table)} hidden figures lie inside their 90% interval",
        description=f"Dots with 90% intervals of the predicted over the published figure, {len(table)} hidden figures. "
        f"The table adds the "
        "continuous ranked probability score of each beside two baselines.",
        source_ids=sources_of(estimate),
        evidence=("estimated",),
        data=data,
        chart=lambda width: dots(
            data,
            width,
            category="Hidden",
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


def switched(checks: dict, estimate: dict, quantity: str, year: int, figure_id: str) -> Figure:
    """The total or Huawei in one year with lenses switched off."""
    table = checks["lenses"].query("quantity == @quantity and year == @year")
    data = pd.DataFrame(
        {
            "Case": table["case"],
            "US$ billion": table["value"],
            "Low": table["low"],
            "High": table["high"],
            "Error of simulation": table["mc_error"].round(2),
            "Evidence": "estimated",
        }
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
