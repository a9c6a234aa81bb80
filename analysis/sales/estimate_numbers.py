"""The numbers of the chapters on the reconciled estimate and its diagnostics, each recorded once."""

from __future__ import annotations

import pandas as pd
from statsmodels.stats.proportion import proportion_confint

LEVEL = 90
METHOD = "Posterior median of the hierarchical reconciliation; central 90% interval"
CLASS_KEYS = {
    "memory": "memory",
    "analogue and radio": "analogue",
    "handset processors": "handset",
    "computer processors": "computer",
    "graphics and accelerators": "accelerators",
    "networking and logic": "networking",
    "other chips": "other",
    "US firms without a usable China line": "rest",
}


def record(page, estimate: dict, as_of: str) -> None:
    """Totals, classes, firms, changes, exposure, waterfalls and Huawei on the chapter of the estimate."""
    sources = estimate["observations"]["source_id"].drop_duplicates().tolist()
    _totals(page, estimate["totals"], sources, as_of)
    _classes(page, estimate["classes"], estimate["observations"], as_of)
    _firms(page, estimate["firms"], estimate["observations"], as_of)
    _exposure(page, estimate["exposure"], estimate["observations"], as_of)
    _changes(page, estimate["changes"], sources, as_of)
    _waterfalls(page, estimate, sources, as_of)
    _huawei(page, estimate, sources, as_of)
    shares = estimate["observations"].groupby("kind").size()
    for kind, key in (("location", "location"), ("hq", "headquarters"), ("ratio", "dual")):
        page.number(
            f"sales.observations.{key}",
            shares.get(kind, 0),
            label=f"Observations of kind {kind}",
            unit="count",
            cls="derived",
            as_of=as_of,
            method="Count of filing observations in the estimate",
            sources=sources,
        )


def _totals(page, table: pd.DataFrame, sources: list[str], as_of: str) -> None:
    quantities = {
        "headquarters": ("total", "US chip firms' sales to Chinese firms", "USD bn", 0, "estimate-total"),
        "location": ("by_location", "US chip firms' sales to addresses in China, all bases", "USD bn", 0, "estimate-total"),
        "ratio": ("ratio", "Sales to Chinese firms over sales to addresses in China", "ratio", 2, "estimate-total"),
        "panel_headquarters": ("panel", "Sales to Chinese firms, firms with a China line", "USD bn", 0, "estimate-total"),
        "share_of_us_sales_pct": (
            "share_of_us_sales", "Sales to Chinese firms, share of US firms' world sales", "%", 0, "estimate-total"),
    }
    for row in table[table["quantity"].isin(quantities)].to_dict("records"):
        key, label, unit, digits, figure = quantities[row["quantity"]]
        _estimated(
            page,
            f"sales.chinese_firms.{row['year']}.{key}",
            row,
            f"{label}, {row['year']}",
            unit,
            digits,
            sources,
            _end(row["year"], as_of),
            figure,
        )


def _classes(page, table: pd.DataFrame, observations: pd.DataFrame, as_of: str) -> None:
    for row in table.to_dict("records"):
        name = row["product_class"]
        own = observations.loc[observations["product_class"] == name, "source_id"].drop_duplicates().tolist()
        _estimated(
            page,
            f"sales.chinese_firms.{row['year']}.class_{CLASS_KEYS.get(name, _slug(name))}",
            row,
            f"Sales to Chinese firms, {name}, {row['year']}",
            "USD bn",
            1,
            own or observations["source_id"].drop_duplicates().tolist(),
            _end(row["year"], as_of),
            "estimate-classes",
        )


def _firms(page, table: pd.DataFrame, observations: pd.DataFrame, as_of: str) -> None:
    kinds = {
        "headquarters": ("usd", "sales to Chinese firms", "USD bn", 1),
        "ratio": ("ratio", "headquarters over location", "ratio", 2),
    }
    for row in table[table["quantity"].isin(kinds)].to_dict("records"):
        key, label, unit, digits = kinds[row["quantity"]]
        own = observations.loc[observations["firm"] == row["firm"], "source_id"].drop_duplicates().tolist()
        _estimated(
            page,
            f"sales.firm.{_slug(row['firm'])}.{row['year']}.{key}",
            row,
            f"{row['firm']}, {label}, {row['year']}",
            unit,
            digits,
            own,
            _end(row["year"], as_of),
            "estimate-firms",
            extra=f"; the filings show {row['observed_by']} for the year",
        )


def _exposure(page, table: pd.DataFrame, observations: pd.DataFrame, as_of: str) -> None:
    for row in table.to_dict("records"):
        own = observations.loc[observations["firm"] == row["firm"], "source_id"].drop_duplicates().tolist()
        _estimated(
            page,
            f"sales.exposure.{_slug(row['firm'])}",
            row,
            f"{row['firm']}, share of revenue from Chinese firms, {row['year']}",
            "%",
            0,
            own,
            _end(row["year"], as_of),
            "estimate-exposure",
        )


def _changes(page, table: pd.DataFrame, sources: list[str], as_of: str) -> None:
    for row in table.to_dict("records"):
        key = f"{row['from_year']}_{row['to_year']}"
        label = f"Change of sales to Chinese firms, {row['from_year']} to {row['to_year']}"
        _estimated(page, f"sales.change.{key}", row, label, "%", 0, sources, _end(row["to_year"], as_of), "estimate-total")
        fell, effective = row["probability_of_fall"], row["ess_bulk"]
        low, high = proportion_confint(fell * effective, effective, alpha=1 - LEVEL / 100, method="wilson")
        page.number(
            f"sales.change.{key}.chance_of_fall",
            100 * row["probability_of_fall"],
            low=100 * low,
            high=100 * high,
            level=LEVEL,
            label=f"{label}: probability of a fall",
            unit="%",
            cls="estimated",
            as_of=_end(row["to_year"], as_of),
            figure="estimate-total",
            digits=0,
            sources=sources,
            method="Share of posterior draws in which the later year is lower; the interval is the simulation error of that share "
            "alone",
        )


def _waterfalls(page, estimate: dict, sources: list[str], as_of: str) -> None:
    for kind in ("industry", "customs"):
        for row in estimate[f"waterfall_{kind}"].to_dict("records"):
            if row["evidence"] != "estimated" or row["is_total"]:
                continue
            row = {"value": row["change_usd_bn"], **row}
            _estimated(
                page,
                f"sales.waterfall.{kind}.{_slug(row['step'])}",
                row,
                f"From {kind} to the estimate: {row['step']}",
                "USD bn",
                1,
                sources,
                as_of,
                f"estimate-from-{kind}",
                method=METHOD.replace("median", "mean"),
            )


def _huawei(page, estimate: dict, sources: list[str], as_of: str) -> None:
    kinds = {
        "bought": ("bought", "US chips sold to Huawei", "USD bn", 1),
        "share_of_total_pct": ("share_of_total", "Huawei's part of US chip sales to Chinese firms", "%", 0),
        "share_of_spending_pct": ("share_of_spending", "US chips' part of Huawei's chip spending", "%", 0),
    }
    for row in estimate["huawei"].to_dict("records"):
        key, label, unit, digits = kinds[row["quantity"]]
        _estimated(
            page,
            f"huawei.estimate.{key}.{row['year']}",
            row,
            f"{label}, {row['year']}",
            unit,
            digits,
            sources,
            _end(row["year"], as_of),
            "estimate-huawei",
        )
    names = {"H003": "company_2018", "H008": "newspaper", "H006": "company_2019"}
    for row in estimate["claims"].to_dict("records"):
        key = names.get(row["fact_id"], row["fact_id"].lower())
        if row["quantity"] == "part_pct":
            _estimated(
                page,
                f"huawei.estimate.part_of_{key}",
                row,
                "Chips as part of the claimed purchases",
                "%",
                0,
                sources,
                as_of,
                "estimate-huawei",
            )
        else:
            _estimated(
                page,
                f"huawei.estimate.chips_{key}",
                row,
                "US chips sold to Huawei in the years the claim speaks of",
                "USD bn",
                1,
                sources,
                as_of,
                "estimate-huawei",
            )


def record_diagnostics(page, estimate: dict, checks: dict, as_of: str) -> None:
    """Convergence, leave-one-out, switches, priors and calibration on the chapter of the diagnostics."""
    sources = estimate["observations"]["source_id"].drop_duplicates().tolist()

    def count(number_id: str, value: float, label: str, method: str, unit: str = "count", digits: int = 0) -> None:
        page.number(
            number_id, value, label=label, unit=unit, cls="derived", as_of=as_of, method=method, sources=sources, digits=digits
        )

    run = estimate["fit"]
    count(
        "sales.fit.worst_r_hat",
        run["worst_r_hat"],
        "Largest R-hat of a published quantity",
        "Rank-normalised split R-hat",
        "ratio",
        3,
    )
    count("sales.fit.least_ess", run["least_ess_bulk"], "Smallest bulk effective sample size of a published quantity", "Bulk ESS")
    count("sales.fit.quantities", run["quantities"], "Published quantities with diagnostics", "Count")
    count("sales.fit.divergences", run["divergences"], "Divergent transitions", "Count over all chains")
    count("sales.fit.draws", run["chains"] * run["draws"], "Posterior draws", "Chains times draws a chain")
    inside = estimate["predictive"].groupby("block")["inside"].agg(["sum", "size"]).sum()
    count(
        "sales.fit.predictive_inside",
        100 * inside["sum"] / inside["size"],
        "Observations inside their 90% predictive interval",
        "Posterior predictive check over all blocks",
        "%",
    )
    left = checks["leave_one_out"]
    for name, key in (("the figure", "figure"), ("all of the firm", "firm")):
        own = left[left["left_out"] == name]
        count(
            f"sales.checks.left_out_{key}.inside",
            own["inside"].sum(),
            f"Left-out disclosures inside their interval ({name} left out)",
            "Posterior predictive interval of 90%",
        )
        count(f"sales.checks.left_out_{key}.all", len(own), f"Left-out disclosures ({name} left out)", "Count")
    found = checks["calibration"]
    count("sales.checks.simulations", checks["checks"]["simulations"], "Simulated data sets", "Count")
    count(
        "sales.checks.calibrated", found["within"].sum(), "Quantities with uniform ranks", "Greatest gap below the joint 95% limit"
    )
    count("sales.checks.ranked", len(found), "Quantities whose ranks are tested", "Count")
    count(
        "sales.checks.coverage",
        found["coverage_pct"].mean(),
        "Coverage of 90% intervals over simulated data sets",
        "Mean over quantities",
        "%",
    )
    for row in estimate["lenses"].query("quantity == 'total' and year == 2022").to_dict("records"):
        _estimated(
            page,
            f"sales.checks.lens_{_slug(row['case'])}.total_2022",
            row,
            f"Sales to Chinese firms, 2022, {row['case']}",
            "USD bn",
            0,
            sources,
            as_of,
            "diagnostics-lenses",
        )
    for row in estimate["lenses"].query("quantity == 'Huawei' and year == 2019").to_dict("records"):
        _estimated(
            page,
            f"sales.checks.lens_{_slug(row['case'])}.huawei_2019",
            row,
            f"US chips sold to Huawei, 2019, {row['case']}",
            "USD bn",
            1,
            sources,
            as_of,
            "diagnostics-huawei",
        )
    alone = estimate["lenses"].query("quantity == 'newspaper' and case == 'without the Huawei claims'").iloc[0]
    _estimated(
        page,
        "huawei.estimate.chips_without_claims",
        alone,
        "US chips sold to Huawei, mean of 2018 and 2019, claims left out",
        "USD bn",
        1,
        sources,
        as_of,
        "diagnostics-huawei",
    )
    count(
        "huawei.estimate.chance_of_newspaper",
        100 * alone["chance_of_claim"],
        "Probability that chips alone reach the newspaper's figure, claims left out",
        "Share of posterior draws",
        "%",
    )
    moved = estimate["priors"].query("quantity == 'total' and year == 2022")
    base = estimate["totals"].query("quantity == 'headquarters' and year == 2022")["value"].iloc[0]
    farthest = moved.loc[(moved["value"] - base).abs().idxmax()]
    count(
        "sales.checks.prior_move",
        100 * (farthest["value"] / base - 1),
        f"Largest move of the 2022 total by a prior: {farthest['case']}",
        "Reweighted posterior median against the published one",
        "%",
    )
    count(
        "sales.checks.worst_pareto_k",
        estimate["priors"]["pareto_k"].max(),
        "Largest Pareto k of the reweighting",
        "Above 0.7 a row could not be trusted",
        "ratio",
        2,
    )


def _estimated(
    page,
    number_id: str,
    row: dict,
    label: str,
    unit: str,
    digits: int,
    sources: list[str],
    as_of: str,
    figure: str | None,
    extra: str = "",
    method: str = METHOD,
) -> None:
    value = min(max(row["value"], row["low"]), row["high"])
    page.number(
        number_id,
        value,
        label=label,
        unit=unit,
        cls="estimated",
        as_of=as_of,
        method=method + extra,
        sources=sources,
        low=row["low"],
        high=row["high"],
        level=LEVEL,
        figure=figure,
        digits=digits,
    )


def _end(year: int, as_of: str) -> str:
    return min(f"{year}-12-31", as_of)


def _slug(text: str) -> str:
    kept = "".join(c if c.isalnum() else " " for c in text.split(" (")[0].lower())
    return "_".join(kept.split())
