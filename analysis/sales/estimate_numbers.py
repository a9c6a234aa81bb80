"""The numbers of the chapter on the reconciled estimate; what they are called stands in `book/numbers/estimate.yml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from analysis.registry.quantity import Quantity
from analysis.registry.recorder import Recorder
from analysis.registry.words import slug
from analysis.sales.estimate.summary import CLAIM_YEARS
from analysis.sales.estimate.waterfalls import WATERFALL_YEAR

LEVEL = 90
# A quantity of the estimate's tables as it stands in ids.
TOTALS = {
    "headquarters": "total", "chips": "chips", "look_through": "look_through", "location": "by_location", "ratio": "ratio",
    "panel_headquarters": "panel", "share_of_us_sales_pct": "share_of_us_sales",
}
FIRMS = {"headquarters": "usd", "ratio": "ratio"}
HUAWEI = {"bought": "bought", "share_of_total_pct": "share_of_total", "share_of_spending_pct": "share_of_spending"}
CLASSES = {
    "memory": "memory",
    "analogue and radio": "analogue",
    "handset processors": "handset",
    "computer processors": "computer",
    "graphics and accelerators": "accelerators",
    "networking and logic": "networking",
    "other chips": "other",
    "US firms without a usable China line": "rest",
}


def record(page: Recorder, estimate: Mapping, facts: pd.DataFrame, as_of: str) -> None:
    """Totals, classes, firms, changes, exposure, quarters, waterfalls and Huawei, from the estimate's tables by name."""
    observations = estimate["observations"]
    sources = sources_in(observations)
    for row in _rows(estimate["totals"], TOTALS):
        page.record(f"sales.chinese_firms.{{year}}.{TOTALS[row['quantity']]}", estimated(row, sources, _end(row["year"], as_of)),
                    year=row["year"])
    for row in estimate["classes"].to_dict("records"):
        name = row["product_class"]
        own = sources_in(observations[observations["product_class"] == name]) or sources
        page.record("sales.chinese_firms.{year}.class_{key}", estimated(row, own, _end(row["year"], as_of)),
                    year=row["year"], key=CLASSES.get(name, slug(name)), product_class=name)
    _firms(page, estimate, as_of)
    _changes(page, estimate["changes"], sources, as_of)
    _quarters(page, estimate, sources, as_of)
    for year, group in estimate["worth"].groupby("year"):
        best = group.iloc[0]
        for key, column in (("narrowing", "narrowing_usd_bn"), ("narrowing_pct", "narrowing_pct"), ("sd", "sd_now_usd_bn")):
            page.record(f"sales.worth.{{year}}.{key}", Quantity(best[column], _end(year, as_of), sources), year=year,
                        best=best["figure"])
    for kind in ("industry", "customs"):
        for row in _rows(estimate[f"waterfall_{kind}"], {"estimated"}, "evidence"):
            if not row["is_total"]:
                change = estimated({**row, "value": row["change_usd_bn"]}, sources, _end(WATERFALL_YEAR, as_of))
                page.record("sales.waterfall.{kind}.{step}", change, kind=kind, step=slug(row["step"]), step_name=row["step"])
    _huawei(page, estimate, facts, sources, as_of)
    _observations(page, observations, as_of)


def estimated(row: Mapping, sources: Sequence[str], as_of: str) -> Quantity:
    """Value and 90% interval of a row of the estimate.

    A posterior mean (a step of a waterfall) can lie beyond a central interval; then the nearer end stands for it, and the word
    {beyond} says so, which is empty for every other row.
    """
    value = min(max(row["value"], row["low"]), row["high"])
    beyond = "" if value == row["value"] else " (beyond the interval, whose nearer end is given)"
    return Quantity(value, as_of, tuple(sources), low=row["low"], high=row["high"], level=LEVEL, cls="estimated",
                    words={"beyond": beyond})


def share_of_draws(share: float, effective: float, sources: Sequence[str], as_of: str) -> Quantity:
    """A share of posterior draws in per cent; its interval is the simulation error alone (Wilson, of `effective` draws)."""
    low, high = proportion_confint(share * effective, effective, alpha=1 - LEVEL / 100, method="wilson")
    # A share of nought has an interval that begins a rounding error above it.
    return Quantity(100 * share, as_of, tuple(sources), low=100 * min(low, share), high=100 * max(high, share), level=LEVEL,
                    cls="estimated")


def sources_in(observations: pd.DataFrame) -> tuple[str, ...]:
    """Sources of observations, each once, in their order."""
    return tuple(observations["source_id"].drop_duplicates())


def _firms(page: Recorder, estimate: Mapping, as_of: str) -> None:
    observations = estimate["observations"]
    own = {firm: sources_in(rows) for firm, rows in observations.groupby("firm", sort=False)}
    for row in _rows(estimate["firms"], FIRMS):
        page.record(f"sales.firm.{{firm}}.{{year}}.{FIRMS[row['quantity']]}",
                    estimated(row, own.get(row["firm"], ()), _end(row["year"], as_of)),
                    firm=slug(row["firm"]), name=row["firm"], year=row["year"], shown=row["observed_by"])
    for row in estimate["exposure"].to_dict("records"):
        page.record("sales.exposure.{firm}", estimated(row, own.get(row["firm"], ()), _end(row["year"], as_of)),
                    firm=slug(row["firm"]), name=row["firm"], year=row["year"])


def _changes(page: Recorder, table: pd.DataFrame, sources: Sequence[str], as_of: str) -> None:
    for row in table.to_dict("records"):
        years, end = {"before": row["from_year"], "after": row["to_year"]}, _end(row["to_year"], as_of)
        page.record("sales.change.{before}_{after}", estimated(row, sources, end), **years)
        page.record("sales.change.{before}_{after}.chance_of_fall",
                    share_of_draws(row["probability_of_fall"], row["ess_bulk"], sources, end), **years)


def _quarters(page: Recorder, estimate: Mapping, sources: Sequence[str], as_of: str) -> None:
    """The newest quarter and the year under way, each with the part that printed figures cover; sales around the rules."""
    newest = estimate["quarters"].query("quantity == 'headquarters'").iloc[-1]
    quarter = str(pd.Period(newest["quarter"], freq="Q").end_time.date())
    parts = [("newest_quarter", newest, newest["quarter"], min(quarter, as_of))]
    for row in estimate["nowcast"].to_dict("records"):
        key = "year_under_way" if row["period"] == "whole year" else "year_so_far"
        end = _end(row["year"], as_of) if key == "year_under_way" else min(quarter, as_of)
        parts.append((key, row, f"{row['year']}, {row['period']}", end))
    for key, row, period, end in parts:
        page.record("sales.{key}.total", estimated(row, sources, end), key=key, period=period)
        page.record("sales.{key}.observed", Quantity(100 * row["observed_part"], end, sources), key=key, period=period)
    for row in estimate["around_rules"].to_dict("records"):
        page.record("sales.around_rule.{rule}", estimated(row, sources, as_of), rule=row["rule"].lower(), name=row["label"])


def _huawei(page: Recorder, estimate: Mapping, facts: pd.DataFrame, sources: Sequence[str], as_of: str) -> None:
    names = facts.set_index("fact_id")["name"]
    for row in _rows(estimate["huawei"], HUAWEI):
        page.record(f"huawei.estimate.{HUAWEI[row['quantity']]}.{{year}}", estimated(row, sources, _end(row["year"], as_of)),
                    year=row["year"])
    for row in estimate["claims"].to_dict("records"):
        kind = "part_of" if row["quantity"] == "part_pct" else "chips"
        last_year = max(CLAIM_YEARS[row["fact_id"]])
        page.record(f"huawei.estimate.{kind}_{{claim}}", estimated(row, sources, _end(last_year, as_of)),
                    claim=names[row["fact_id"]])


def _observations(page: Recorder, table: pd.DataFrame, as_of: str) -> None:
    """How many figures by location and by headquarters the estimate has, and how many firm-periods have both."""
    keys = ["firm", "end", "months"]
    location, hq = (table[table["kind"] == kind] for kind in ("location", "hq"))
    counts = {"location": len(location), "hq": len(hq), "dual": len(location.merge(hq, on=keys).drop_duplicates(keys))}
    for kind, count in counts.items():
        page.record("sales.observations.{key}", Quantity(count, as_of, sources_in(table)), kind=kind,
                    key={"hq": "headquarters"}.get(kind, kind))


def _rows(table: pd.DataFrame, wanted: object, column: str = "quantity") -> list[dict]:
    return table[table[column].isin(list(wanted))].to_dict("records")


def _end(year: int, as_of: str) -> str:
    return min(f"{year}-12-31", as_of)
