"""The figures of the chapters that check and compare: back-test, sensitivity, the dilemma frontier."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.charts import Figure, theme
from analysis.charts.fan import fan
from analysis.charts.frontier import frontier
from analysis.charts.tornado import ranges, tornado
from analysis.data.units import unit_label
from analysis.model.figures import MODEL_SOURCES


def backtest_figure(
    results: Mapping,
    quantity: str,
    paths: Mapping[str, str],
    version: str,
    *,
    id: str,
    title: str,
    description: str,
    source_ids: tuple[str, ...],
    unit: str,
    bcg: float | None = None,
    base: float | None = None,
) -> Figure:
    """Forecast medians and intervals, what happened, and the rivals' flat forecasts."""
    rows = results["backtest"].query("quantity == @quantity and version == @version")
    rows = rows[rows["path"].isin(list(paths))].assign(series=lambda t: t["path"].map(paths))
    observed = rows.drop_duplicates("year")[["year", "realised"]].rename(columns={"realised": "predicted"})
    years = sorted(observed["year"])
    flat = [
        pd.DataFrame({"series": name, "year": [years[0], years[-1]], "predicted": value, "low": np.nan, "high": np.nan})
        for name, value in (("BCG, restrictions kept", bcg), ("No change", base))
        if value is not None
    ]
    shown = pd.concat([rows[["series", "year", "predicted", "low", "high"]], *flat], ignore_index=True)
    data = rows.rename(
        columns={
            "series": "Policy path",
            "year": "Year",
            "predicted": f"Forecast median, {unit}",
            "low": f"Low (5%), {unit}",
            "high": f"High (95%), {unit}",
            "realised": f"Realised, {unit}",
        }
    )
    colours = {
        **dict(zip(paths.values(), (theme.ACCENT, theme.TEAL), strict=False)),
        "BCG, restrictions kept": theme.CONTRAST,
        "No change": theme.NEUTRAL,
    }
    return Figure(
        id=id,
        title=title,
        description=description,
        unit=unit,
        source_ids=source_ids,
        evidence=("modelled", "reported", "derived"),
        data=data[
            ["Policy path", "Year", f"Forecast median, {unit}", f"Low (5%), {unit}", f"High (95%), {unit}", f"Realised, {unit}"]
        ],
        note="Band: 90% interval, drift included; calibrated on what was known in June 2019, but some "
        "priors use later evidence. No US share for 2023 was found.",
        chart=lambda width: fan(
            shown,
            width,
            x="year",
            y="predicted",
            low="low",
            high="high",
            series="series",
            observed=observed,
            observed_name="realised",
            x_title="",
            y_title=unit,
            colours={k: v for k, v in colours.items() if k in set(shown["series"])},
        ),
    )


def tornado_figure(
    results: Mapping, output: str, *, id: str, title: str, description: str, unit: str, x_title: str, rows: int = 9
) -> Figure:
    """The parameters that move an output most, each alone from the 5th to the 95th percentile of its prior."""
    table = results["tornado"].query("output == @output").sort_values("swing", ascending=False).head(rows)
    table = table.assign(
        low_text=table["at_low"].map(_number), high_text=table["at_high"].map(_number),
        name=table["label"] + ", " + table["unit"].map(unit_label),
    )
    data = table.rename(
        columns={
            "name": "Parameter",
            "at_low": "Low value",
            "at_high": "High value",
            "result_low": f"Result at the low value, {unit}",
            "result_high": f"Result at the high value, {unit}",
        }
    )
    return Figure(
        id=id,
        title=title,
        description=description,
        unit=unit,
        source_ids=MODEL_SOURCES,
        evidence=("modelled",),
        data=data[
            ["Parameter", "Low value", "High value", f"Result at the low value, {unit}", f"Result at the high value, {unit}"]
        ],
        note="Light: low end of the prior (5%), dark: high end (95%); others at their medians. The discount rate has no prior: "
        "two conventions are tried.",
        how_to_read="The vertical line is the result with every parameter at its median; the numbers at a bar's ends are the "
        "parameter's values there.",
        chart=lambda width: tornado(
            table,
            width,
            name="name",
            low="result_low",
            high="result_high",
            central=float(table["central"].iloc[0]),
            low_text="low_text",
            high_text="high_text",
            x_title=x_title,
        ),
    )


def sobol_figure(results: Mapping, output: str, *, id: str, title: str, description: str, rows: int = 8) -> Figure:
    """Total Sobol indices: share of an output's variance that goes with a parameter, alone or jointly with others."""
    table = results["sobol"].query("output == @output").sort_values("total", ascending=False).head(rows)
    table = table.assign(**{column: 100 * table[column] for column in ("total", "total_low", "total_high", "first_order")})
    data = table.rename(
        columns={
            "label": "Parameter",
            "total": "Total share, %",
            "total_low": "Low (5%), %",
            "total_high": "High (95%), %",
            "first_order": "Alone, %",
        }
    )[["Parameter", "Total share, %", "Low (5%), %", "High (95%), %", "Alone, %"]]
    return Figure(
        id=id,
        title=title,
        description=description,
        unit="% of variance",
        source_ids=MODEL_SOURCES,
        evidence=("modelled",),
        data=data,
        note="Bars: 90% bootstrap intervals of the estimate. Shares can add up to more than 100% where parameters act jointly.",
        chart=lambda width: ranges(
            table, width, name="label", value="total", low="total_low", high="total_high", x_title="% of variance"
        ),
    )


def frontier_figure(results: Mapping, denial: str, choice: str, *, id: str, title: str, description: str) -> Figure:
    """Cost against denied months; choice: 'all' policies, or those one government can choose 'alone'."""
    table = results["frontier"].query("denial == @denial and choice == @choice")
    data = table.rename(
        columns={
            "label": "Policy",
            "denied_months": "Denied months, median",
            "denied_low": "Denied months, low (5%)",
            "denied_high": "Denied months, high (95%)",
            "cost_usd_bn": "Lost US sales, US$ billion, median",
            "cost_low": "Lost US sales, low (5%)",
            "cost_high": "Lost US sales, high (95%)",
            "probability_dominated": "Chance of being dominated",
            "probability_dominated_by_mix": "Chance of being dominated by a mix",
        }
    )
    columns = [
        "Policy",
        "Denied months, median",
        "Denied months, low (5%)",
        "Denied months, high (95%)",
        "Lost US sales, US$ billion, median",
        "Lost US sales, low (5%)",
        "Lost US sales, high (95%)",
        "Chance of being dominated",
        "Chance of being dominated by a mix",
    ]
    return Figure(
        id=id,
        title=title,
        description=description,
        unit="US$ billion, present value over ten years; months of denied access in ten years",
        source_ids=MODEL_SOURCES,
        evidence=("modelled",),
        data=data[columns].round(6),   # a policy of no cost has one of rounding
        note="Crosses: 90% of the draws in each direction. Blue: not dominated at the medians. What it takes to win allies is "
        "not in the cost.",
        how_to_read="Right is more denial, down is less cost. A policy is dominated when another denies as much for less.",
        chart=lambda width: frontier(
            table,
            width,
            x="denied_months",
            y="cost_usd_bn",
            name="label",
            on_frontier="on_frontier",
            x_low="denied_low",
            x_high="denied_high",
            y_low="cost_low",
            y_high="cost_high",
            x_title="Months of denied access in ten years, present value",
            y_title="Lost US sales, present value, US$ billion",
        ),
    )


def _number(value: float) -> str:
    return f"{value:.3g}"


def tornado_title(results: Mapping, output: str) -> str:
    """Which parameters move an output most, and whether any turns its sign."""
    table = results["tornado"].query("output == @output").sort_values("swing", ascending=False)
    turning = int((np.sign(table["result_low"]) != np.sign(table["result_high"])).sum())
    return f"{_lead(table['label'].head(2))} move the difference most; {turning} parameters alone turn its sign"


def tornado_words(results: Mapping, output: str, rows: int = 9) -> str:
    """The bars of the tornado as a sentence."""
    table = results["tornado"].query("output == @output").sort_values("swing", ascending=False).head(rows)
    bars = "; ".join(f"{r.label}: {r.result_low:.0f} to {r.result_high:.0f}" for r in table.itertuples())
    return f"Tornado chart, the difference at the low and the high end of each prior, US$ billion. {bars}."


def sobol_title(results: Mapping, output: str) -> str:
    """How much of the variance goes with the first three parameters."""
    table = results["sobol"].query("output == @output").sort_values("total", ascending=False)
    share = 100 * table["total"].head(3).sum() / table["total"].clip(lower=0).sum()
    return f"{_lead(table['label'].head(3))} carry {share:.0f}% of the uncertainty"


def sobol_words(results: Mapping, output: str, rows: int = 7) -> str:
    """The dots of the chart as a sentence."""
    table = results["sobol"].query("output == @output").sort_values("total", ascending=False).head(rows)
    dots = "; ".join(f"{r.label}: {100 * r.total:.0f}%" for r in table.itertuples())
    return f"Dot chart with intervals of total Sobol indices, share of the variance. {dots}."


def frontier_title(results: Mapping, denial: str, choice: str) -> str:
    """What is not dominated at the medians, as the drawing colours it."""
    table = results["frontier"].query("denial == @denial and choice == @choice")
    names = table.loc[table["on_frontier"], "label"].tolist()
    waiting = table["policy"].str.startswith("stalemate")
    limbo = int((waiting & table["on_frontier"]).sum())
    found = "none" if limbo == 0 else limbo
    return f"Not dominated: {len(names)} of {len(table)} policies, {found} of the {int(waiting.sum())} limbos"


def frontier_words(results: Mapping, denial: str, choice: str) -> str:
    """The points of the chart as a sentence."""
    table = results["frontier"].query("denial == @denial and choice == @choice")
    points = "; ".join(f"{r.label}: {abs(r.denied_months):.1f} months, {abs(r.cost_usd_bn):.0f} billion dollars"
                       f"{', not dominated' if r.on_frontier else ''}" for r in table.itertuples())
    return f"Scatter of {len(table)} policies, denied months across and lost sales up, both at present value, medians. {points}."


def _lead(labels: pd.Series) -> str:
    """Labels as the beginning of a sentence."""
    names = [label[0].lower() + label[1:] if not label.startswith(("US", "China")) else label for label in labels]
    joined = ", ".join(names[:-1]) + " and " + names[-1]
    return joined[0].upper() + joined[1:]
