"""Small tables for the chapters on sales, as fixed-width text that is the same on every machine."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.sales import huawei, lenses
from analysis.sales.estimate.checks import WHOLE


def lens_summary(tables: Mapping[str, pd.DataFrame], year: int) -> str:
    """The lenses of a year: name, US$ billion, Hong Kong."""
    table = lenses.lens_table(tables, year).sort_values("value_usd_bn")
    shown = pd.DataFrame(
        {"lens": table["lens"], "US$ billion": table["value_usd_bn"].map("{:.1f}".format), "Hong Kong": table["hong_kong"]}
    )
    return shown.to_string(index=False)


def procurement_summary(facts: pd.DataFrame) -> str:
    """The three figures for Huawei's purchases from US firms: period, US$ billion, grade."""
    table = huawei.procurement_table(facts)
    shown = pd.DataFrame(
        {"period": table["period"], "US$ billion": table["value_usd_bn"].map("{:.1f}".format), "grade": table["grade"]}
    )
    return shown.to_string(index=False)


def estimate_summary(estimate: Mapping[str, pd.DataFrame]) -> str:
    """How many figures of each kind the estimate has seen of the firms in each product class: the same on every machine."""
    table = estimate["observations"]
    return pd.crosstab(table["product_class"], table["kind"]).to_string()


def observations_summary(estimate: Mapping[str, pd.DataFrame]) -> str:
    """How many observations each part of the evidence has."""
    return estimate["predictive"].groupby("block", sort=False).size().rename("observations").to_frame().to_string()


def misses(checks: Mapping[str, pd.DataFrame]) -> str:
    """A list of the tests with figures outside their interval: by firm how many, and how far the predictions were from them."""
    table = checks["hidden"].assign(ratio=lambda rows: rows["predicted_usd_bn"] / rows["observed_usd_bn"])
    if table["inside"].all():
        return "No hidden figure lies outside its interval."
    lines = []
    for test, rows in table.groupby("test", sort=False):
        named = [_missed(firm, own) for firm, own in rows.groupby("firm", sort=False) if not own["inside"].all()]
        lines += [f"- **{test.capitalize()}**: {'; '.join(named)}."] if named else []
    return "\n".join(["Outside their interval, with the prediction as a multiple of what was published:", "", *lines])


def _missed(firm: str, rows: pd.DataFrame) -> str:
    """One firm's figures outside their interval, of all that a test hides of it."""
    ratios = rows.loc[~rows["inside"], "ratio"]
    spread = f"{ratios.min():.2f}" if len(ratios) == 1 else f"{ratios.min():.2f} to {ratios.max():.2f}"
    return f"{firm}, {len(ratios)} of {len(rows)} ({spread})"


def score_table(checks: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Coverage and scores of each test beside its baselines."""
    table = checks["scores"]
    return pd.DataFrame({
        "Test": table["test"], "Figures": table["figures"], "Inside 90%": (100 * table["inside"] / table["figures"]).round(0),
        "CRPS, estimate": table["crps"].round(3), "CRPS, carried forward": table["carried_crps"].round(3),
        "CRPS, pooled": table["pooled_crps"].round(3), "Log score, estimate": table["log_score"].round(2),
        "Log score, carried forward": table["carried_log_score"].round(2), "Log score, pooled": table["pooled_log_score"].round(2)})


def made_from(checks: Mapping[str, Mapping]) -> str:
    """A sentence on the rows and the day from which the checks of the method were computed, and how the fit's rows differ."""
    made = checks["checks"]
    day = pd.Timestamp(made["computed"])
    sentence = (f"The hidden figures, switched lenses and simulations were computed on {day.day} {day:%B %Y} from the "
                f"{made['observations']} "
                f"observations of edition {made['edition']}, with nutpie {made['packages']['nutpie']} on Python {made['python']}")
    if made["same_rows"]:
        return f"{sentence}; the estimate of this page is fitted to the same."
    if not made["new"] and not made["gone"]:
        return f"{sentence}; the estimate of this page sees the same observations with other settings or revenue around them."
    return (f"{sentence}. Of those that the estimate of this page is fitted to, {made['new']} are new or changed since; "
            f"{made['gone']} of theirs are not among them. The estimate and its intervals are of this page's rows.")


def drawn_from(fit: Mapping) -> str:
    """A sentence on how the draws of the estimate were come by, from the record of the fit."""
    if fit["drawn"] == "sampled":
        return f"The draws of the estimate were sampled for this build ({fit['why']})."
    made = fit["kept"]
    day = pd.Timestamp(made["computed"])
    sampled = (f"The posterior was sampled on {day.day} {day:%B %Y} from the {made['observations']} observations of edition "
               f"{made['edition']}: {made['sampled_draws']:,} draws, of which {fit['chains'] * fit['draws']:,} are kept")
    if fit["drawn"] == "kept":
        return f"{sampled}. The rows of this build give the same observations, so they are used as they are."
    return (f"{sampled}. Of the observations of this build {fit['new']} are new or changed since, and {fit['gone']} of those are "
            f"gone. The draws are weighted by what that tells: the weights are worth {fit['effective_draws']:,.0f} draws of equal "
            f"weight, and their tail (Pareto’s k {fit['pareto_k']:.2f}, limit {fit['trusted_k']:g}) says that they can be trusted. "
            f"Where it does not, the model is sampled anew.")


# The unknowns of the estimate as a reader sees them.
UNKNOWNS = {
    "ratio_average": "average ratio of headquarters to location",
    "rest": "firms without a China line, over the others",
    "definition": "trade statistics, over chips in filings",
    "us_share_demand": "US share of Chinese device makers’ chips",
    "growth_sd": "yearly change of a China line",
    "ratio_class_sd": "spread of ratios, product classes",
    "ratio_firm_sd": "spread of ratios, firms of a class",
    "ratio_change_sd": "spread of ratios, years of a firm",
    "figure_sd": "error of a printed figure",
}


def calibration_table(checks: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Simulated data sets: how often the true value lay inside the 90% interval, and whether its ranks stay within their band."""
    table = checks["calibration"]
    return pd.DataFrame({
        "Quantity": table["quantity"].replace(UNKNOWNS), "Inside 90% (%)": table["coverage_pct"].round(0),
        "Greatest distance": table["distance"].round(2), "Limit": table["limit"].round(2),
        "Within": table["within"].map({True: "yes", False: "no"})})


def outside_the_band(checks: Mapping[str, pd.DataFrame]) -> str:
    """The quantities whose ranks leave their band, with how often their intervals hold the true value (Markdown)."""
    table = checks["calibration"]
    out = table[~table["within"].astype(bool)]
    named = [f"{UNKNOWNS.get(name, name)}, whose 90% interval holds the true value in {coverage:.0f}% of cases"
             for name, coverage in zip(out["quantity"], out["coverage_pct"], strict=True)]
    return f"**Outside the band:** {'; '.join(named)}." if named else "No quantity leaves its band."


def by_block(estimate: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Posterior predictive check by source: figures, how many lie inside their interval, and which do not."""
    table = estimate["predictive"]
    outside = table[~table["inside"]].groupby("block")["label"].agg(", ".join)
    found = table.groupby("block", sort=False)["inside"].agg(["size", "sum"])
    return pd.DataFrame({
        "Source": found.index, "Figures": found["size"].to_numpy(), "Inside 90%": found["sum"].to_numpy(),
        "Outside": outside.reindex(found.index).fillna("").to_numpy()})


def conflict_table(checks: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Each source as a whole, as a multiple of what the others predict of it, and its figure that is farthest out."""
    rows = []
    for source, table in checks["conflicts"].groupby("source", sort=False):
        whole, single = table[table["label"] == WHOLE].iloc[0], table[table["label"] != WHOLE]
        farthest = single.loc[single["probability"].idxmin()]
        middle = whole["observed_log"] - whole["predicted_log"]
        low, high = (whole["observed_log"] - whole[end] for end in ("high_log", "low_log"))
        rows.append({
            "Source": source[:1].upper() + source[1:], "Figures": len(single),
            "Over the others' prediction": round(float(np.exp(middle)), 2),
            "90% interval": f"{np.exp(low):.2f} to {np.exp(high):.2f}", "Probability": round(float(whole["probability"]), 2),
            "Farthest out": farthest["label"], "Its probability": round(float(farthest["probability"]), 2)})
    return pd.DataFrame(rows)


CONFLICT = 0.05   # two-sided probability below which a source and the others are said to contradict each other
# How a contradiction of each source is to be read, where one is found.
READINGS = {
    "suppliers' Huawei figures": (
        "A supplier names Huawei when Huawei is a large customer, so those that do are not like those that do not. The estimate "
        "gives every supplier a part of its own, which takes this up; a supplier that has said nothing is drawn towards those that "
        "spoke, so Huawei's purchases may be too high."
    ),
}


def conflict_reading(checks: Mapping[str, pd.DataFrame]) -> str:
    """A paragraph on the sources that contradict the others; where none does it says so (Markdown)."""
    whole = checks["conflicts"][checks["conflicts"]["label"] == WHOLE]
    found = [source for source in whole.loc[whole["probability"] < CONFLICT, "source"]]
    if not found:
        return "No source contradicts the others."
    return "\n\n".join(f"**{source[:1].upper()}{source[1:]}** contradict what the others say. {READINGS.get(source, '')}".strip()
                       for source in found)


def new_rows(estimate: Mapping[str, pd.DataFrame]) -> str:
    """What the estimate had expected of every figure that the project's own tables do not hold, before it saw it (Markdown)."""
    table = estimate["forecasts"]
    if table.empty:
        return "This build holds no figure beyond the project's own tables. Give it rows of your own, and each is predicted first."
    lines = [
        f"- {row['label']}: {row['observed_usd_bn']:.2f}, expected {row['predicted_usd_bn']:.2f} "
        f"({row['low']:.2f} to {row['high']:.2f}), {'inside' if row['inside'] else '**outside**'}"
        + ("" if row["pareto_k"] < 0.7 else "; the weights cannot be trusted")
        for row in table.to_dict("records")
    ]
    return "Before it saw them, the estimate had expected of the new figures, in US$ billion:\n\n" + "\n".join(lines)
