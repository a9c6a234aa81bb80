"""The figures of the chapter on how the estimate was tested; their words stand in `book/figures/diagnostics.yml`."""

from __future__ import annotations

import pandas as pd

from analysis.charts import Figure, theme
from analysis.charts.dots import dots
from analysis.sales.estimate_figures import BAND, figure_of


def hidden(checks: dict, estimate: dict, test: str) -> Figure:
    """Predicted over observed for every hidden figure of one test; the table holds the scores."""
    table = checks["hidden"].query("test == @test").reset_index(drop=True)
    seen = table["observed_usd_bn"]
    several = table["case"].nunique() > 1 and test != "firm out"
    names = table["label"] + (", " + table["case"] if several else "")
    # Two figures of one firm and period (by address and by headquarters) are told apart by what they say.
    names = names.where(~names.duplicated(keep=False), names + seen.map(": US${:.3g} bn".format)).tolist()
    data = pd.DataFrame({
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
    })
    colours = {name: theme.CONTRAST for name, inside in zip(names, table["inside"], strict=True) if not inside}
    return figure_of(
        "diagnostics", "diagnostics-hidden-{test}", estimate, data,
        lambda width: dots(data, width, category="Hidden", value="Predicted over observed", **BAND, colours=colours,
                           number_format=",.2f", axis_format=",.1f", reference=1.0),
        test=test.replace(" ", "-"), Name=test.capitalize(), inside=int(table["inside"].sum()), hidden=len(table),
    )


def switched(checks: dict, estimate: dict, quantity: str, year: int, figure_id: str) -> Figure:
    """The total or Huawei in one year with lenses switched off."""
    table = checks["lenses"].query("quantity == @quantity and year == @year")
    data = pd.DataFrame({
        "Case": table["case"], "US$ billion": table["value"], "Low": table["low"], "High": table["high"],
        "Error of simulation": table["mc_error"].round(2), "Evidence": "estimated",
    }).reset_index(drop=True)
    with_all = float(data["US$ billion"].iloc[0])
    return figure_of(
        "diagnostics", figure_id, estimate, data,
        lambda width: dots(data, width, category="Case", value="US$ billion", **BAND, reference=with_all, zero=True),
        year=year, low=data["US$ billion"].min(), high=data["US$ billion"].max(), all=with_all,
    )


def moved_priors(estimate: dict, year: int) -> Figure:
    """The total in one year under moved priors."""
    table = estimate["priors"].query("quantity == 'total' and year == @year")
    base = estimate["totals"].query("quantity == 'headquarters' and year == @year").iloc[0]
    published = pd.DataFrame([{"case": "as published", **base[["value", "low", "high"]], "pareto_k": float("nan")}])
    cases = pd.concat([published, table])
    data = pd.DataFrame({
        "Prior": cases["case"], "US$ billion": cases["value"], "Low": cases["low"], "High": cases["high"],
        "Pareto k": cases["pareto_k"].round(2), "Evidence": "estimated",
    }).reset_index(drop=True)
    return figure_of(
        "diagnostics", "diagnostics-priors", estimate, data,
        lambda width: dots(data, width, category="Prior", value="US$ billion", **BAND, reference=float(base["value"]), zero=True),
        year=year, move=(data["US$ billion"] - base["value"]).abs().max(), priors=len(table),
    )
