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
    _quarters(page, estimate, sources, as_of)
    _worth(page, estimate["worth"], sources, as_of)
    _waterfalls(page, estimate, sources, as_of)
    _huawei(page, estimate, sources, as_of)
    shares = estimate["observations"].groupby("kind").size()
    keys = ["firm", "end", "months"]
    table = estimate["observations"]
    shares["dual"] = len(table[table["kind"] == "location"].merge(table[table["kind"] == "hq"], on=keys).drop_duplicates(keys))
    for kind, key in (("location", "location"), ("hq", "headquarters"), ("dual", "dual")):
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
        "chips": ("chips", "US chip firms' sales to Chinese firms, chips alone", "USD bn", 0, "estimate-total"),
        "look_through": (
            "look_through",
            "US chip firms' sales to Chinese firms, looked through distributors",
            "USD bn",
            0,
            "estimate-total",
        ),
        "location": ("by_location", "US chip firms' sales to addresses in China, all bases", "USD bn", 0, "estimate-total"),
        "ratio": ("ratio", "Sales to Chinese firms over sales to addresses in China", "ratio", 2, "estimate-total"),
        "panel_headquarters": ("panel", "Sales to Chinese firms, firms with a China line", "USD bn", 0, "estimate-total"),
        "share_of_us_sales_pct": (
            "share_of_us_sales",
            "Chips sold to Chinese firms, share of US firms' world sales",
            "%",
            0,
            "estimate-total",
        ),
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
            low=100 * min(low, fell),  # a share of nought has an interval that begins a rounding error above it
            high=100 * max(high, fell),
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


def _quarters(page, estimate: dict, sources: list[str], as_of: str) -> None:
    """The newest quarter and the year under way, each with the part that printed figures cover; sales around the rules."""
    newest = estimate["quarters"].query("quantity == 'headquarters'").iloc[-1]
    parts = [("sales.newest_quarter", newest, newest["quarter"], "estimate-quarters")]
    for row in estimate["nowcast"].to_dict("records"):
        key = "year_under_way" if row["period"] == "whole year" else "year_so_far"
        parts.append((f"sales.{key}", row, f"{row['year']}, {row['period']}", "estimate-quarters"))
    for key, row, label, figure in parts:
        _estimated(
            page, f"{key}.total", row, f"US chip firms' sales to Chinese firms, {label}", "USD bn", 0, sources, as_of, figure
        )
        page.number(
            f"{key}.observed",
            100 * row["observed_part"],
            label=f"Part of the estimate that printed figures cover, {label}",
            unit="%",
            cls="derived",
            as_of=as_of,
            digits=0,
            sources=sources,
            figure=figure,
            method="Estimated dollars in firm-months under a printed figure, over the estimated total",
        )
    for row in estimate["around_rules"].to_dict("records"):
        _estimated(
            page,
            f"sales.around_rule.{row['rule'].lower()}",
            row,
            f"{row['label']}: named firms less others, year on year",
            "%",
            0,
            sources,
            as_of,
            None,
        )


def _worth(page, table: pd.DataFrame, sources: list[str], as_of: str) -> None:
    """The most valuable unpublished figure of each year."""
    for year, group in table.groupby("year"):
        best = group.iloc[0]
        for key, value, unit, digits, label in (
            ("narrowing", best["narrowing_usd_bn"], "USD bn", 1, "fall of the total's standard deviation"),
            ("narrowing_pct", best["narrowing_pct"], "%", 0, "fall of the total's standard deviation"),
            ("sd", best["sd_now_usd_bn"], "USD bn", 1, "standard deviation of the total now"),
        ):
            page.number(
                f"sales.worth.{year}.{key}",
                value,
                label=f"{best['figure']}, {year}, if known: {label}",
                unit=unit,
                cls="derived",
                as_of=as_of,
                digits=digits,
                sources=sources,
                figure="estimate-worth",
                method="Draws of the total around a smooth curve of the figure (expected value of partial perfect information)",
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
                mean=True,
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
    """Hidden figures and their scores, convergence, switches and priors on the chapter of the diagnostics."""
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
    count(
        "sales.fit.beyond_bounds",
        run["beyond_bounds_pct"],
        "Draws in which a firm lies beyond a bound",
        "Share of draws",
        "%",
        1,
    )
    inside = estimate["predictive"].groupby("block")["inside"].agg(["sum", "size"]).sum()
    count(
        "sales.fit.predictive_inside",
        100 * inside["sum"] / inside["size"],
        "Observations inside their 90% predictive interval",
        "Posterior predictive check over all blocks",
        "%",
    )
    made = checks["calibration"]
    runs, tested = int(made["runs"].max()), len(made)
    count("sales.checks.calibration.runs", runs, "Simulated data sets", "Count")
    count("sales.checks.calibration.quantities", tested, "Quantities ranked on simulated data", "Count")
    outside = int((~made["within"].astype(bool)).sum())
    count("sales.checks.calibration.outside", outside, "Quantities whose ranks leave their simultaneous band", "Count")
    count(
        "sales.checks.calibration.coverage",
        made["coverage_pct"].mean(),
        "Coverage of 90% intervals on simulated data",
        "Mean over quantities",
        "%",
    )
    for key, words in (("narrow", "intervals 30% too narrow"), ("shifted", "values off by half a standard deviation")):
        count(
            f"sales.checks.calibration.power_{key}",
            100 * made[f"power_{key}"].iloc[0],
            f"Chance that the calibration would notice {words}",
            "Simulation of the test itself",
            "%",
        )
    for row in checks["scores"].to_dict("records"):
        key = _slug(row["test"])
        count(f"sales.checks.{key}.all", row["figures"], f"Hidden figures, {row['test']}", "Count")
        count(f"sales.checks.{key}.inside", row["inside"], f"Hidden figures inside their 90% interval, {row['test']}", "Count")
        count(
            f"sales.checks.{key}.coverage",
            100 * row["inside"] / row["figures"],
            f"Coverage of 90% intervals, {row['test']}",
            "Share of hidden figures",
            "%",
        )
        for who, column in (("", ""), ("carried_", "carried_"), ("pooled_", "pooled_")):
            name = {"": "estimate", "carried_": "figure carried forward", "pooled_": "pooled shares"}[who]
            count(
                f"sales.checks.{key}.{who}crps",
                row[f"{column}crps"],
                f"CRPS, {row['test']}, {name}",
                "Mean continuous ranked probability score of the log figure; lower is better",
                "index",
                2,
            )
            count(
                f"sales.checks.{key}.{who}log_score",
                row[f"{column}log_score"],
                f"Log score, {row['test']}, {name}",
                "Mean log score of the log figure; higher is better",
                "index",
                2,
            )
    for quantity, of_year, key, figure in (
        ("total", 2022, "total_2022", "diagnostics-lenses"),
        ("Huawei", 2019, "huawei_2019", "diagnostics-huawei"),
    ):
        table = checks["lenses"]
        for row in table[(table["quantity"] == quantity) & (table["year"] == of_year)].to_dict("records"):
            what = "Sales to Chinese firms, 2022" if quantity == "total" else "US chips sold to Huawei, 2019"
            _estimated(
                page,
                f"sales.checks.lens_{_slug(row['case'])}.{key}",
                row,
                f"{what}, {row['case']}",
                "USD bn",
                0 if quantity == "total" else 1,
                sources,
                as_of,
                figure,
            )
    newspaper = estimate["claims"].query("fact_id == 'H008' and quantity == 'chips_usd_bn'").iloc[0]
    effective = newspaper["ess_bulk"]
    low, high = proportion_confint(newspaper["chance_of_claim"] * effective, effective, alpha=1 - LEVEL / 100, method="wilson")
    page.number(
        "huawei.estimate.chance_of_newspaper",
        100 * newspaper["chance_of_claim"],
        low=100 * low,
        high=100 * high,
        level=LEVEL,
        label="Probability that chips alone reach the newspaper's figure, which the estimate has not seen",
        unit="%",
        cls="estimated",
        as_of=as_of,
        digits=1,
        sources=sources,
        figure="diagnostics-huawei",
        method="Share of posterior draws; the interval is the simulation error of that share alone",
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
    *,
    mean: bool = False,
) -> None:
    value = min(max(row["value"], row["low"]), row["high"])
    page.number(
        number_id,
        value,
        label=label,
        unit=unit,
        cls="estimated",
        as_of=as_of,
        method=(METHOD.replace("median", "mean") if mean else METHOD) + extra,
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
