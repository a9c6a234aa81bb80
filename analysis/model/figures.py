"""The figures of the model's chapters, from the tables of `results`; each function returns a Figure ready to show."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.charts import Figure, theme
from analysis.charts.fan import fan
from analysis.charts.tornado import ranges

MODEL_SOURCES = ("bcg_sia_2020", "ep_japan_korea_2019", "ep_huawei_stockpile", "nyfed_sr1096")
"""Sources of the priors that matter most; the parameter page lists all."""

PART_NAMES = {
    "sockets": "Sockets lost",
    "contagion": "Contagion",
    "research": "Research tail",
    "timing": "Timing",
    "waiting": "Waiting for licences",
    "access": "Ban comes later",
}

LINES = 5  # as many as can be told apart by colour and dash


def course_figure(
    results: Mapping,
    quantity: str,
    groups: Mapping[str, str],
    *,
    scenario: str,
    id: str,
    title: str,
    description: str,
    unit: str,
    y_title: str,
    months: int = 60,
) -> Figure:
    """Monthly course of one quantity for some customer groups (code -> name shown)."""
    rows = results["course"].query("scenario == @scenario and quantity == @quantity and month <= @months")
    rows = rows[rows["group"].isin(list(groups))].assign(series=lambda t: t["group"].map(groups))
    data = rows.rename(
        columns={
            "series": "Customer",
            "month": "Month",
            "median": f"Median, {unit}",
            "low": f"Low (5%), {unit}",
            "high": f"High (95%), {unit}",
        }
    )[["Customer", "Month", f"Median, {unit}", f"Low (5%), {unit}", f"High (95%), {unit}"]]
    colours = dict(zip(groups.values(), (theme.CONTRAST, theme.NEUTRAL), strict=False))
    return Figure(
        id=id,
        title=title,
        description=description,
        unit=unit,
        source_ids=MODEL_SOURCES,
        evidence=("modelled",),
        data=data,
        note="Band: 90% of the draws.",
        chart=lambda width: fan(
            rows,
            width,
            x="month",
            y="median",
            low="low",
            high="high",
            series="series",
            zero=True,
            x_title="Months since the limbo began",
            y_title=y_title,
            colours=colours,
        ),
    )


def course_medians(results: Mapping, quantity: str, scenario: str) -> pd.Series:
    """The medians of a course, by customer group (code) and month."""
    return results["course"].query("scenario == @scenario and quantity == @quantity").set_index(["group", "month"])["median"]


def course_words(medians: pd.Series, groups: Mapping[str, str], months: tuple[int, ...], digits: int = 0) -> str:
    """Medians of some months, for an alternative text: 'Listed customer 42 in month 12, 20 in month 60; …'."""
    return "; ".join(
        f"{name} " + ", ".join(f"{medians[group, month]:.{digits}f} in month {month}" for month in months)
        for group, name in groups.items()
    )


def yearly_words(results: Mapping, quantity: str, scenarios: Mapping[str, str]) -> str:
    """The least and the highest yearly median of each policy: 'limbo costs US$3.4 to 12.1 billion a year, a ban US$7.3 to 8.0
    billion'."""
    rows = results["yearly"].query("quantity == @quantity")
    medians = {name: rows.loc[rows["scenario"] == id, "median"] for id, name in scenarios.items()}
    (name, costs), *others = ((name, f"US${of.min():.1f} to {of.max():.1f} billion") for name, of in medians.items())
    return ", ".join([f"{name} costs {costs} a year", *(f"{other} {its}" for other, its in others)])


def cost_title(results: Mapping, version: str) -> str:
    """What the costs of waiting and of a ban say against each other, from the numbers."""
    rows = results["scenarios"].query("output == 'pv_lost_sales_usd_bn' and version == @version").set_index("scenario")
    limbo, ban, late = (rows.loc[name] for name in ("stalemate_24_open", "narrow_ban", "stalemate_24_ban"))
    overlap = limbo["low"] < ban["high"] and ban["low"] < limbo["high"]
    first = "Two years of limbo overlap a narrow ban in cost" if overlap else "Two years of limbo and a narrow ban differ in cost"
    rank = "most" if late["median"] > max(limbo["median"], ban["median"]) else "less"
    return f"{first}; of the three, waiting that ends in the ban costs {rank}"


def span_title(results: Mapping, scenarios: list[str], version: str) -> str:
    """The cheapest and the dearest of some policies, by their medians."""
    rows = results["scenarios"].query("output == 'pv_lost_sales_usd_bn' and version == @version").set_index("scenario")
    rows = rows.loc[scenarios].sort_values("median")
    least, most = (f"US${row['median']:.0f} billion ({row['scenario_label'][0].lower()}{row['scenario_label'][1:]})"
                   for _, row in rows.iloc[[0, -1]].iterrows())
    return f"All policies: from {least} to {most}"


def cost_words(results: Mapping, scenarios: list[str], version: str) -> str:
    """The medians and intervals of lost sales by policy, as a sentence for readers who do not see the chart."""
    rows = results["scenarios"].query("output == 'pv_lost_sales_usd_bn' and version == @version").set_index("scenario")
    values = "; ".join(f"{r['scenario_label']}: {r['median']:.0f} ({r['low']:.0f} to {r['high']:.0f})"
                       for r in (rows.loc[name] for name in scenarios))
    return f"{len(scenarios)} policies, one row each: median lost US sales in ten years with 90% intervals, US$ billion. {values}."


def month_words(results: Mapping, version: str) -> str:
    """What the chart of the price of a month shows, from the numbers."""
    rows = results["month_cost"].query("part == 'total' and version == @version").sort_values("month")
    words = []
    for ending, name in (("permission", "open"), ("a ban", "narrow_ban")):
        median = rows[rows["resolution"] == name].set_index("month")["median"]
        words.append(f"Ending in {ending}: {_short(median.iloc[0])} in month {median.index[0]}, most in month {median.idxmax()} at "
                     f"{_short(median.max())}, {_short(median.iloc[-1])} in month {median.index[-1]}.")
    return ("Line chart of the cost of one more month of limbo by the months already passed, for two endings, medians in US$ "
            f"billion with 90% bands. {' '.join(words)}")


def _short(value: float) -> str:
    return f"{round(value, 1) + 0:.1f}"


def _mean_parts(results: Mapping, resolution: str, version: str) -> pd.DataFrame:
    """The mean cost of a month by part: months down, the named parts across."""
    rows = results["month_cost"].query("resolution == @resolution and version == @version")
    return rows.pivot(index="month", columns="part", values="mean")[list(PART_NAMES)]


def parts_title(results: Mapping, resolution: str, version: str) -> str:
    """Which part of the month is the dearest, at first and at the end, and whether a later ban saves sales, from the numbers."""
    means = _mean_parts(results, resolution, version)
    first, last = (PART_NAMES[means.loc[month].idxmax()].lower() for month in (means.index[1], means.index[-1]))
    dearest = f"{first} costs most in every month" if first == last else f"{first} costs most at first and {last} later"
    if resolution == "open":
        return f"Before a permission, {dearest}"
    saving = "a month more of limbo saves sales to the target, and " if means["access"].max() < 0 else ""
    return f"Before a ban, {saving}{dearest}"


def parts_words(results: Mapping, resolution: str, version: str) -> str:
    """What the chart of the parts shows, from the numbers."""
    means = _mean_parts(results, resolution, version)
    first, last = means.index[0], means.index[-1]
    shown = means.abs().max().nlargest(LINES).index
    words = [f"{PART_NAMES[part]}: {_short(means.loc[first, part])} in month {first}, {_short(means.loc[last, part])} in month "
             f"{last}, furthest from zero in month {means[part].abs().idxmax()}" for part in shown]
    return ("Line chart of the mean cost of one more month of limbo by part and by the months already passed, in US$ billion. "
            + "; ".join(words) + ".")


def month_title(results: Mapping, version: str) -> str:
    """Where the price of a month is highest, for both endings, from the numbers."""
    rows = results["month_cost"].query("part == 'total' and version == @version")
    peak = {name: int(part.loc[part["median"].idxmax(), "month"]) for name, part in rows.groupby("resolution")}
    return (f"Before a permission a month costs most after {peak['open']} months of limbo; before a ban "
            + ("the first month does" if peak["narrow_ban"] == 0 else f"after {peak['narrow_ban']}"))


def policy_costs(
    results: Mapping,
    output: str,
    *,
    id: str,
    title: str,
    description: str,
    unit: str,
    x_title: str,
    scenarios: list[str],
    version: str = "prior",
    reference: str | None = None,
) -> Figure:
    """One row a policy: median and interval of one output."""
    rows = (
        results["scenarios"].query("output == @output and version == @version").set_index("scenario").loc[scenarios].reset_index()
    )
    data = rows.rename(
        columns={"scenario_label": "Policy", "median": f"Median, {unit}", "low": f"Low (5%), {unit}", "high": f"High (95%), {unit}"}
    )
    colour = [theme.CONTRAST if name.startswith("stalemate") else theme.ACCENT for name in rows["scenario"]]
    mark = None if reference is None else float(rows.set_index("scenario").loc[reference, "median"])
    return Figure(
        id=id,
        title=title,
        description=description,
        unit=unit,
        source_ids=MODEL_SOURCES,
        evidence=("modelled",),
        data=data[["Policy", f"Median, {unit}", f"Low (5%), {unit}", f"High (95%), {unit}"]],
        note="Bars: 90% of the draws. Stalemates in the warm colour, settled policies in blue.",
        chart=lambda width: ranges(
            rows.assign(tone=colour),
            width,
            name="scenario_label",
            value="median",
            low="low",
            high="high",
            colour="tone",
            x_title=x_title,
            reference=mark,
        ),
    )


def yearly_figure(
    results: Mapping,
    quantity: str,
    scenarios: Mapping[str, str],
    *,
    id: str,
    title: str,
    description: str,
    unit: str,
    y_title: str,
    zero: bool = True,
    y_format: str = ",.0f",
) -> Figure:
    """Median and interval by year for some scenarios (code -> name shown)."""
    rows = results["yearly"].query("quantity == @quantity")
    rows = rows[rows["scenario"].isin(list(scenarios))].assign(series=lambda t: t["scenario"].map(scenarios))
    colours = dict(zip(scenarios.values(), (theme.CONTRAST, theme.ACCENT, theme.NEUTRAL), strict=False))
    data = rows.rename(
        columns={
            "series": "Policy",
            "year": "Year",
            "median": f"Median, {unit}",
            "low": f"Low (5%), {unit}",
            "high": f"High (95%), {unit}",
        }
    )
    return Figure(
        id=id,
        title=title,
        description=description,
        unit=unit,
        source_ids=MODEL_SOURCES,
        evidence=("modelled",),
        data=data[["Policy", "Year", f"Median, {unit}", f"Low (5%), {unit}", f"High (95%), {unit}"]],
        note="Bands: 90% of the draws.",
        chart=lambda width: fan(
            rows,
            width,
            x="year",
            y="median",
            low="low",
            high="high",
            series="series",
            zero=zero,
            x_title="Year after the policy begins",
            y_title=y_title,
            colours=colours,
            y_format=y_format,
        ),
    )


def month_cost_figure(
    results: Mapping, resolutions: Mapping[str, str], version: str, *, id: str, title: str, description: str
) -> Figure:
    """Total cost of one month more, by the month at which it is added."""
    unit = "US$ billion a month"
    rows = results["month_cost"].query("part == 'total' and version == @version")
    rows = rows[rows["resolution"].isin(list(resolutions))].assign(series=lambda t: t["resolution"].map(resolutions))
    data = rows.rename(
        columns={
            "series": "Ends in",
            "month": "Month",
            "median": f"Median, {unit}",
            "low": f"Low (5%), {unit}",
            "high": f"High (95%), {unit}",
            "probability_positive": "Chance that it is a loss",
        }
    )
    colours = dict(zip(resolutions.values(), (theme.ACCENT, theme.CONTRAST), strict=False))
    return Figure(
        id=id,
        title=title,
        description=description,
        unit=unit,
        source_ids=MODEL_SOURCES,
        evidence=("modelled",),
        data=data[["Ends in", "Month", f"Median, {unit}", f"Low (5%), {unit}", f"High (95%), {unit}", "Chance that it is a loss"]],
        note="Bands: 90% of the draws. Month 0 is the first month of limbo.",
        chart=lambda width: fan(
            rows,
            width,
            x="month",
            y="median",
            low="low",
            high="high",
            series="series",
            zero=True,
            x_title="Months of limbo so far",
            y_title="Cost of one month more, US$ billion",
            colours=colours,
        ),
    )


def month_parts_figure(results: Mapping, resolution: str, version: str, *, id: str, title: str, description: str) -> Figure:
    """Mean of each part of the monthly cost; means add up to the mean of the whole."""
    unit = "US$ billion a month"
    rows = results["month_cost"].query("resolution == @resolution and version == @version")
    sizes = rows.assign(size=rows["mean"].abs()).groupby("part")["size"].max().reindex(list(PART_NAMES)).nlargest(LINES)
    parts = {part: name for part, name in PART_NAMES.items() if sizes.get(part, 0) > 0.02}
    rows = (
        rows[rows["part"].isin(list(parts))]
        .assign(series=lambda t: t["part"].map(parts))
        .sort_values("part", key=lambda s: s.map({part: i for i, part in enumerate(parts)}), kind="stable")
    )
    data = rows.rename(columns={"series": "Part", "month": "Month", "mean": f"Mean, {unit}"})[["Part", "Month", f"Mean, {unit}"]]
    return Figure(
        id=id,
        title=title,
        description=description,
        unit=unit,
        source_ids=MODEL_SOURCES,
        evidence=("modelled",),
        data=data,
        note=f"The {LINES} largest parts. Means over the draws, because means add up and medians do not; intervals are in the "
        "table of the text.",
        chart=lambda width: fan(
            rows,
            width,
            x="month",
            y="mean",
            series="series",
            zero=True,
            x_title="Months of limbo so far",
            y_title="Mean cost of one month more, by part, US$ billion",
            y_format=",.1f",
        ),
    )


