"""The figures of the model's chapters, from the tables of `results`; each function returns a Figure ready to show."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.charts import Figure, theme
from analysis.charts.fan import fan
from analysis.charts.frontier import frontier
from analysis.charts.tornado import ranges, tornado

MODEL_SOURCES = ("bcg_sia_2020", "ep_japan_korea_2019", "ep_huawei_stockpile", "nyfed_sr1096")
"""Sources of the priors that matter most; the parameter page lists all."""

PART_NAMES = {"sockets": "Sockets lost", "contagion": "Contagion", "research": "Research tail", "timing": "Timing", "waiting": "Waiting for licences",
              "access": "Ban comes later"}

LINES = 5  # as many as can be told apart by colour and dash


def course_figure(results: Mapping, quantity: str, groups: Mapping[str, str], *, scenario: str, id: str, title: str, description: str,
                  unit: str, y_title: str, months: int = 60) -> Figure:
    """Monthly course of one quantity for some customer groups (code -> name shown)."""
    rows = results["course"].query("scenario == @scenario and quantity == @quantity and month <= @months")
    rows = rows[rows["group"].isin(list(groups))].assign(series=lambda t: t["group"].map(groups))
    data = rows.rename(columns={"series": "Customer", "month": "Month", "median": f"Median, {unit}", "low": f"Low (5%), {unit}",
                                "high": f"High (95%), {unit}"})[["Customer", "Month", f"Median, {unit}", f"Low (5%), {unit}", f"High (95%), {unit}"]]
    colours = dict(zip(groups.values(), (theme.CONTRAST, theme.NEUTRAL), strict=False))
    return Figure(
        id=id, title=title, description=description, unit=unit, source_ids=MODEL_SOURCES, evidence=("modelled",), data=data,
        note="Band: 90% of the draws.",
        chart=lambda width: fan(rows, width, x="month", y="median", low="low", high="high", series="series", zero=True,
                                x_title="Months since the limbo began", y_title=y_title, colours=colours))


def policy_costs(results: Mapping, output: str, *, id: str, title: str, description: str, unit: str, x_title: str, scenarios: list[str],
                 version: str = "prior", reference: str | None = None) -> Figure:
    """One row a policy: median and interval of one output."""
    rows = results["scenarios"].query("output == @output and version == @version").set_index("scenario").loc[scenarios].reset_index()
    data = rows.rename(columns={"scenario_label": "Policy", "median": f"Median, {unit}", "low": f"Low (5%), {unit}", "high": f"High (95%), {unit}"})
    colour = [theme.CONTRAST if name.startswith("stalemate") else theme.ACCENT for name in rows["scenario"]]
    mark = None if reference is None else float(rows.set_index("scenario").loc[reference, "median"])
    return Figure(
        id=id, title=title, description=description, unit=unit, source_ids=MODEL_SOURCES, evidence=("modelled",),
        data=data[["Policy", f"Median, {unit}", f"Low (5%), {unit}", f"High (95%), {unit}"]],
        note="Bars: 90% of the draws. Stalemates in the warm colour, settled policies in blue.",
        chart=lambda width: ranges(rows.assign(tone=colour), width, name="scenario_label", value="median", low="low", high="high",
                                   colour="tone", x_title=x_title, reference=mark))


def yearly_figure(results: Mapping, quantity: str, scenarios: Mapping[str, str], *, id: str, title: str, description: str, unit: str,
                  y_title: str, zero: bool = True, y_format: str = ",.0f") -> Figure:
    """Median and interval by year for some scenarios (code -> name shown)."""
    rows = results["yearly"].query("quantity == @quantity")
    rows = rows[rows["scenario"].isin(list(scenarios))].assign(series=lambda t: t["scenario"].map(scenarios))
    colours = dict(zip(scenarios.values(), (theme.CONTRAST, theme.ACCENT, theme.NEUTRAL), strict=False))
    data = rows.rename(columns={"series": "Policy", "year": "Year", "median": f"Median, {unit}", "low": f"Low (5%), {unit}", "high": f"High (95%), {unit}"})
    return Figure(
        id=id, title=title, description=description, unit=unit, source_ids=MODEL_SOURCES, evidence=("modelled",),
        data=data[["Policy", "Year", f"Median, {unit}", f"Low (5%), {unit}", f"High (95%), {unit}"]], note="Bands: 90% of the draws.",
        chart=lambda width: fan(rows, width, x="year", y="median", low="low", high="high", series="series", zero=zero,
                                x_title="Year after the policy begins", y_title=y_title, colours=colours, y_format=y_format))


def month_cost_figure(results: Mapping, resolutions: Mapping[str, str], version: str, *, id: str, title: str, description: str) -> Figure:
    """Total cost of one month more, by the month at which it is added."""
    unit = "US$ billion a month"
    rows = results["month_cost"].query("part == 'total' and version == @version")
    rows = rows[rows["resolution"].isin(list(resolutions))].assign(series=lambda t: t["resolution"].map(resolutions))
    data = rows.rename(columns={"series": "Ends in", "month": "Month", "median": f"Median, {unit}", "low": f"Low (5%), {unit}",
                                "high": f"High (95%), {unit}", "probability_positive": "Chance that it is a loss"})
    colours = dict(zip(resolutions.values(), (theme.ACCENT, theme.CONTRAST), strict=False))
    return Figure(
        id=id, title=title, description=description, unit=unit, source_ids=MODEL_SOURCES, evidence=("modelled",),
        data=data[["Ends in", "Month", f"Median, {unit}", f"Low (5%), {unit}", f"High (95%), {unit}", "Chance that it is a loss"]],
        note="Bands: 90% of the draws. Month 0 is the first month of limbo.",
        chart=lambda width: fan(rows, width, x="month", y="median", low="low", high="high", series="series", zero=True,
                                x_title="Months of limbo so far", y_title="Cost of one month more, US$ billion", colours=colours))


def month_parts_figure(results: Mapping, resolution: str, version: str, *, id: str, title: str, description: str) -> Figure:
    """Mean of each part of the monthly cost; means add up to the mean of the whole."""
    unit = "US$ billion a month"
    rows = results["month_cost"].query("resolution == @resolution and version == @version")
    sizes = rows.assign(size=rows["mean"].abs()).groupby("part")["size"].max().reindex(list(PART_NAMES)).nlargest(LINES)
    parts = {part: name for part, name in PART_NAMES.items() if sizes.get(part, 0) > 0.02}
    rows = rows[rows["part"].isin(list(parts))].assign(series=lambda t: t["part"].map(parts)).sort_values(
        "part", key=lambda s: s.map({part: i for i, part in enumerate(parts)}), kind="stable")
    data = rows.rename(columns={"series": "Part", "month": "Month", "mean": f"Mean, {unit}"})[["Part", "Month", f"Mean, {unit}"]]
    return Figure(
        id=id, title=title, description=description, unit=unit, source_ids=MODEL_SOURCES, evidence=("modelled",), data=data,
        note=f"The {LINES} largest parts. Means over the draws, because means add up and medians do not; intervals are in the table of the text.",
        chart=lambda width: fan(rows, width, x="month", y="mean", series="series", zero=True, x_title="Months of limbo so far",
                                y_title="Mean cost of one month more, by part, US$ billion", y_format=",.1f"))


def backtest_figure(results: Mapping, quantity: str, paths: Mapping[str, str], version: str, *, id: str, title: str, description: str,
                    source_ids: tuple[str, ...], unit: str, bcg: float | None = None, base: float | None = None) -> Figure:
    """Forecast medians and intervals, what happened, and the rivals' flat forecasts."""
    rows = results["backtest"].query("quantity == @quantity and version == @version")
    rows = rows[rows["path"].isin(list(paths))].assign(series=lambda t: t["path"].map(paths))
    observed = rows.drop_duplicates("year")[["year", "realised"]].rename(columns={"realised": "predicted"})
    years = sorted(observed["year"])
    flat = [pd.DataFrame({"series": name, "year": [years[0], years[-1]], "predicted": value, "low": np.nan, "high": np.nan})
            for name, value in (("BCG, restrictions kept", bcg), ("No change", base)) if value is not None]
    shown = pd.concat([rows[["series", "year", "predicted", "low", "high"]], *flat], ignore_index=True)
    data = rows.rename(columns={"series": "Policy path", "year": "Year", "predicted": f"Forecast median, {unit}", "low": f"Low (5%), {unit}",
                                "high": f"High (95%), {unit}", "realised": f"Realised, {unit}"})
    colours = {**dict(zip(paths.values(), (theme.ACCENT, theme.TEAL), strict=False)), "BCG, restrictions kept": theme.CONTRAST,
               "No change": theme.NEUTRAL}
    return Figure(
        id=id, title=title, description=description, unit=unit, source_ids=source_ids, evidence=("modelled", "reported", "derived"),
        data=data[["Policy path", "Year", f"Forecast median, {unit}", f"Low (5%), {unit}", f"High (95%), {unit}", f"Realised, {unit}"]],
        note="Band: 90% interval of a forecast frozen at June 2019, drift included. No US share for 2023 was found.",
        chart=lambda width: fan(shown, width, x="year", y="predicted", low="low", high="high", series="series", observed=observed,
                                observed_name="realised", x_title="", y_title=unit,
                                colours={k: v for k, v in colours.items() if k in set(shown["series"])}))


def tornado_figure(results: Mapping, output: str, *, id: str, title: str, description: str, unit: str, x_title: str, rows: int = 9) -> Figure:
    """The parameters that move an output most, each alone from the 5th to the 95th percentile of its prior."""
    table = results["tornado"].query("output == @output").sort_values("swing", ascending=False).head(rows)
    table = table.assign(low_text=table["at_low"].map(_number), high_text=table["at_high"].map(_number),
                         name=table["label"] + ", " + table["unit"])
    data = table.rename(columns={"name": "Parameter", "at_low": "Low value", "at_high": "High value", "result_low": f"Result at the low value, {unit}",
                                 "result_high": f"Result at the high value, {unit}"})
    return Figure(
        id=id, title=title, description=description, unit=unit, source_ids=MODEL_SOURCES, evidence=("modelled",),
        data=data[["Parameter", "Low value", "High value", f"Result at the low value, {unit}", f"Result at the high value, {unit}"]],
        note="Light: low end of the prior (5%), dark: high end (95%); others at their medians. The discount rate has no prior: 3 and 12% are tried.",
        how_to_read="The vertical line is the result with every parameter at its median; the words at a bar's ends are the parameter's values there.",
        chart=lambda width: tornado(table, width, name="name", low="result_low", high="result_high", central=float(table["central"].iloc[0]),
                                    low_text="low_text", high_text="high_text", x_title=x_title))


def sobol_figure(results: Mapping, output: str, *, id: str, title: str, description: str, rows: int = 8) -> Figure:
    """Total Sobol indices: share of an output's variance that goes with a parameter, alone or jointly with others."""
    table = results["sobol"].query("output == @output").sort_values("total", ascending=False).head(rows)
    table = table.assign(**{column: 100 * table[column] for column in ("total", "total_low", "total_high", "first_order")})
    data = table.rename(columns={"label": "Parameter", "total": "Total share, %", "total_low": "Low (5%), %", "total_high": "High (95%), %",
                                 "first_order": "Alone, %"})[["Parameter", "Total share, %", "Low (5%), %", "High (95%), %", "Alone, %"]]
    return Figure(
        id=id, title=title, description=description, unit="% of variance", source_ids=MODEL_SOURCES, evidence=("modelled",), data=data,
        note="Bars: 90% bootstrap intervals of the estimate. Shares can add up to more than 100% where parameters act jointly.",
        chart=lambda width: ranges(table, width, name="label", value="total", low="total_low", high="total_high", x_title="% of variance"))


def frontier_figure(results: Mapping, denial: str, choice: str, *, id: str, title: str, description: str) -> Figure:
    """Cost against denied months; choice: 'all' policies, or those one government can choose 'alone'."""
    table = results["frontier"].query("denial == @denial and choice == @choice")
    data = table.rename(columns={"label": "Policy", "denied_months": "Denied months, median", "denied_low": "Denied months, low (5%)",
                                 "denied_high": "Denied months, high (95%)", "cost_usd_bn": "Lost US sales, US$ billion, median",
                                 "cost_low": "Lost US sales, low (5%)", "cost_high": "Lost US sales, high (95%)",
                                 "probability_dominated": "Chance of being dominated",
                                 "probability_dominated_by_mix": "Chance of being dominated by a mix"})
    columns = ["Policy", "Denied months, median", "Denied months, low (5%)", "Denied months, high (95%)",
               "Lost US sales, US$ billion, median", "Lost US sales, low (5%)", "Lost US sales, high (95%)", "Chance of being dominated",
               "Chance of being dominated by a mix"]
    return Figure(
        id=id, title=title, description=description, unit="US$ billion, present value over ten years; months of denied access in ten years",
        source_ids=MODEL_SOURCES, evidence=("modelled",), data=data[columns],
        note="Crosses: 90% of the draws in each direction. Blue: not dominated at the medians. What it takes to win allies is not in the cost.",
        how_to_read="Right is more denial, down is less cost. A policy is dominated when another denies as much for less.",
        chart=lambda width: frontier(table, width, x="denied_months", y="cost_usd_bn", name="label", on_frontier="on_frontier",
                                     x_low="denied_low", x_high="denied_high", y_low="cost_low", y_high="cost_high",
                                     x_title="Months of denied access in ten years", y_title="Lost US sales, present value, US$ billion"))


def _number(value: float) -> str:
    return f"{value:.3g}"
