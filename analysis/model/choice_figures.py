"""Tables and figures of the chapters on choosing: variants, acceptability, regret, information, gainers, the rules of today."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.charts import Figure, theme
from analysis.charts.fan import fan
from analysis.charts.tornado import ranges
from analysis.data.units import unit_label
from analysis.model.figures import MODEL_SOURCES


def ensemble_table(results: Mapping) -> pd.DataFrame:
    """Variants down, headlines across: share of draws in which the sentence holds, in per cent."""
    table = results["ensemble"]
    wide = (100 * table.pivot(index="variant_label", columns="label", values="probability_positive")).round(0).astype(int)
    return wide.loc[list(dict.fromkeys(table["variant_label"])), list(dict.fromkeys(table["label"]))].rename_axis(
        index="Variant", columns="Share of draws in which it holds, %")


def verdict_table(results: Mapping) -> pd.DataFrame:
    """One row a headline: whether it stands in every variant, and what turns it."""
    table = results["verdicts"]
    return pd.DataFrame({
        "Sentence": table["label"],
        "In the chapters' variant": table["holds"].map({True: "holds", False: "does not hold"}),
        "In every variant the same": table["firm"].map({True: "yes", False: "no: undecided"}),
        "Turned by": table["turned_by"].where(table["turned_by"] != "", "nothing tried"),
    }).set_index("Sentence")


def ensemble_figure(results: Mapping, *, id: str) -> Figure:
    """Every headline's share of draws under every variant."""
    table = results["ensemble"].assign(chance=lambda t: 100 * t["probability_positive"])
    order = list(dict.fromkeys(table["label"]))
    firm = int(results["verdicts"]["firm"].sum())
    rows = [{"name": label, "value": part.loc[part["variant"] == "base", "chance"].iloc[0], "low": part["chance"].min(),
             "high": part["chance"].max()} for label, part in table.groupby("label", sort=False)]
    shown = pd.DataFrame(rows).set_index("name").loc[order].reset_index()
    return Figure(
        id=id, title=f"{firm} of {len(order)} sentences stand in every variant; the others turn with what nobody has measured",
        description="One row a sentence: the share of draws in which it holds in the chapters' variant as a point, and the least "
        "and the largest share over all variants as a bar. " + " ".join(
            f"{row['name']}: {row['value']:.0f}%, from {row['low']:.0f} to {row['high']:.0f}." for row in rows),
        unit="% of draws", source_ids=MODEL_SOURCES, evidence=("modelled",),
        data=table[["label", "variant_label", "chance"]].rename(
            columns={"label": "Sentence", "variant_label": "Variant", "chance": "Share of draws in which it holds, %"}),
        note="Bars run over the variants, not over the draws.",
        chart=lambda width: ranges(shown.assign(tone=theme.ACCENT), width, name="name", value="value", low="low", high="high",
                                   colour="tone", x_title="Share of draws in which the sentence holds, %", reference=50.0))


def acceptability_figure(results: Mapping, *, id: str) -> Figure:
    """Chance that each policy is the best, by what a denied month is worth."""
    table = results["acceptability"].assign(chance=lambda t: 100 * t["probability_best"])
    ever = table.groupby("policy")["chance"].max()
    shown = table[table["policy"].isin(ever[ever >= 1].index)].rename(columns={"label": "series"})
    never = [label for policy, label in table.drop_duplicates("policy").set_index("policy")["label"].items() if ever[policy] < 1]
    last = shown["worth_usd_bn"].max()
    limbo = sum("limbo" in label.lower() or "stalemate" in label.lower() for label in never)
    return Figure(
        id=id, title=f"Whatever a denied month is worth, none of the {limbo} limbos is the best choice in one draw of a hundred",
        description=f"Line chart of the share of draws in which a policy is best, by the worth of a denied month from 0 to "
        f"{last:g} billion dollars. Lines: {', '.join(dict.fromkeys(shown['series']))}. "
        "Never best in as many as one draw in a hundred: "
        f"{', '.join(never)}.",
        unit="% of draws", source_ids=MODEL_SOURCES, evidence=("modelled",),
        data=table[["label", "worth_usd_bn", "chance", "mean_regret_usd_bn", "high_regret_usd_bn"]].rename(columns={
            "label": "Policy", "worth_usd_bn": "Worth of a denied month, US$ billion",
            "chance": "Share of draws in which it is best, %",
            "mean_regret_usd_bn": "Mean regret, US$ billion", "high_regret_usd_bn": "Regret (95%), US$ billion"}),
        note="Sales and months at present value. What a denied month is worth is the reader's to say.",
        chart=lambda width: fan(shown, width, x="worth_usd_bn", y="chance", series="series", zero=True,
                                x_title="Worth of a denied month, US$ billion", y_title="Share of draws in which it is best, %"))


def regret_table(results: Mapping, worths: tuple[float, ...] = (1.0, 2.0, 4.0)) -> pd.DataFrame:
    """Mean regret by policy at some worths of a denied month, US$ billion."""
    table = results["acceptability"].query("worth_usd_bn in @worths")
    wide = table.pivot(index="label", columns="worth_usd_bn", values="mean_regret_usd_bn").round(0).astype(int)
    return wide.loc[list(dict.fromkeys(table["label"]))].rename_axis(
        index="Policy", columns="Mean regret, US$ billion, where a denied month is worth (US$ billion)")


def information_table(results: Mapping, rows: int = 6) -> pd.DataFrame:
    """What it would be worth to know a parameter before choosing, at the worth of a denied month where the choice is closest."""
    table = results["information"].head(rows + 1)
    return pd.DataFrame({"What would be known": table["label"], "Worth, US$ billion": table["value_usd_bn"].round(1)}).set_index(
        "What would be known")


def discovery_table(results: Mapping) -> pd.DataFrame:
    """The limits of the box in which two years of limbo mostly cost more than a narrow ban."""
    table = results["discovery"]
    return pd.DataFrame({"Parameter": table["label"], "Unit": table["unit"].map(unit_label), "At least": table["low"].map(_limit),
                         "At most": table["high"].map(_limit)}).set_index("Parameter")


def _limit(value: float) -> str:
    return f"{value:.3g}" if abs(value) < float("inf") else "any"


def gainers_table(results: Mapping) -> pd.DataFrame:
    """Policy by home: sales won, medians in US$ billion."""
    table = results["gainers"]
    wide = table.pivot(index="label", columns="home", values="median").round(0).astype(int)
    return wide.loc[list(dict.fromkeys(table["label"])), list(dict.fromkeys(table["home"]))].rename_axis(
        index="Policy", columns="Sales won, present value, US$ billion")


def today_table(results: Mapping) -> pd.DataFrame:
    """The rules of late 2026: lost sales, research, jobs, and the months denied to all Chinese firms."""
    table = results["today"].set_index(["scenario_label", "output"])
    rows = []
    for label in dict.fromkeys(results["today"]["scenario_label"]):
        def cell(output: str, digits: int = 0, label: str = label) -> str:
            row = table.loc[(label, output)]
            median, low, high = (f"{round(row[end], digits) + 0:,.{digits}f}" for end in ("median", "low", "high"))
            return f"{median} [{low}, {high}]"

        rows.append({"Policy": label, "Lost sales, US$ bn": cell("pv_lost_sales_usd_bn"),
                     "Research not done, US$ bn": cell("pv_rd_lost_usd_bn"),
                     "Direct jobs lost in year five": cell("jobs_lost_year_5"),
                     "Denied months, all Chinese firms": cell("denied_months_chinese", 1)})
    return pd.DataFrame(rows).set_index("Policy")
