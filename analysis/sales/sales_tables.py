"""Small tables for the chapters on sales, as fixed-width text that is the same on every machine."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.sales import huawei, lenses


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
    """A sentence that names every left-out figure outside its interval, and how far the prediction was from it."""
    table = checks["leave_one_out"]
    outside = table[~table["inside"]]
    if outside.empty:
        return "No left-out figure lies outside its interval."
    named = [
        f"{row['label']} ({'alone' if row['left_out'] == 'the figure' else 'with all of the firm'}: predicted "
        f"{row['predicted_usd_bn'] / row['observed_usd_bn']:.2f} times the published figure)" for row in outside.to_dict("records")
    ]
    return f"Outside their interval: {'; '.join(named)}."


def made_from(checks: Mapping[str, Mapping]) -> str:
    """A sentence on the rows and the day from which the checks of the method were computed, and how the fit's rows differ."""
    made = checks["checks"]
    day = pd.Timestamp(made["computed"])
    sentence = (f"The hidden figures and the simulations were computed on {day.day} {day:%B %Y} from the {made['observations']} "
                f"observations of edition {made['edition']}, with nutpie {made['packages']['nutpie']} on Python {made['python']}")
    if made["same_rows"]:
        return f"{sentence}; the estimate of this page is fitted to the same."
    if not made["new"] and not made["gone"]:
        return f"{sentence}; the estimate of this page sees the same observations with other settings or revenue around them."
    return (f"{sentence}. Of those that the estimate of this page is fitted to, {made['new']} are new or changed since; "
            f"{made['gone']} of theirs are not among them. The estimate, its intervals and the switched lenses are of this page's "
            "rows.")
