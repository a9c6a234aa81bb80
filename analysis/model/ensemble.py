"""The structural ensemble: every headline under every variant of the assumptions that decide it.

A variant changes what no prior varies (a horizon, a rule of behaviour, where a number comes from). A headline is a comparison
with a sign. It is *firm* when its sign is the same in every variant; otherwise it is undecided, and the variants that turn it
are named.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.model.parameters import Draws
from analysis.model.run import Model, run_draws
from analysis.model.scenarios import Scenario
from analysis.model.sensitivity import COST
from analysis.model.summary import interval


def _fixed(draws: Draws, **values: float) -> Draws:
    return {**draws, **{name: np.full_like(draws[name], value) for name, value in values.items()}}


@dataclass(frozen=True)
class Variant:
    """A change of assumptions: of the draws, or of the years that are counted."""

    name: str
    label: str
    change: Callable[[Draws], Draws] = lambda draws: draws
    months: int = 120


VARIANTS = (
    Variant("base", "As in the chapters"),
    Variant("fear_after_permission", "Fear stays after a permission as after a ban",
            lambda p: {**p, "contagion_persistence_open": p["contagion_persistence"]}),
    Variant("fear_under_rule", "Fear under a clear rule lasts five years", lambda p: _fixed(p, clear_rule_months=60.0)),
    Variant("fear_ends", "Fear ends with the limbo", lambda p: _fixed(p, contagion_persistence=0.0)),
    Variant("no_contagion", "Nobody else is afraid", lambda p: _fixed(p, contagion_unlisted=0.0, contagion_elsewhere=0.0)),
    Variant("five_years", "Five years counted", months=60),
    Variant("twenty_years", "Twenty years counted", months=240),
    Variant("hard_to_replace", "Half as much can be replaced",
            lambda p: {**p, "substitutable_share": p["substitutable_share"] / 2}),
    Variant("second_round", "Second round as strong as BCG's, within five years",
            lambda p: _fixed(p, second_round_multiplier=1.63, second_round_horizon_years=5.0, rd_lag_years=2.0)),
    Variant("research_moves", "A point of research a year moves abroad", lambda p: _fixed(p, rd_relocation_pp_per_year=1.0)),
    Variant("low_discount", "Discounted at 3% a year", lambda p: _fixed(p, discount_rate_pct_per_year=3.0)),
    Variant("high_discount", "Discounted at 12% a year", lambda p: _fixed(p, discount_rate_pct_per_year=12.0)),
)


@dataclass(frozen=True)
class Headline:
    """`first` less `second` of one result, and the words for a positive difference."""

    name: str
    label: str
    first: str
    second: str
    result: str = COST
    unit: str = "USD bn"


HEADLINES = (
    Headline("month_open", "A thirteenth month of limbo before a permission costs sales", "limbo_13_open", "limbo_12_open"),
    Headline("month_ban", "A seventh month of limbo before a ban costs sales", "limbo_7_ban", "limbo_6_ban"),
    Headline("limbo_above_ban", "Two years of limbo, then permission, cost more than a ban for good",
             "limbo_24_open", "narrow_ban"),
    Headline("limbo_above_equal_ban", "Two years of limbo cost more than a ban of two years, both then permission",
             "limbo_24_open", "ban_24_open"),
    Headline("late_ban_above_ban", "Two years of limbo, then a ban, cost more than the ban at once", "limbo_24_ban", "narrow_ban"),
    Headline("allies_cheaper", "A ban costs less when allies join", "narrow_ban", "narrow_ban_allies"),
    Headline("equal_ban_denies", "A ban of two years denies more than two years of limbo", "ban_24_open", "limbo_24_open",
             "denied_months_listed", "months"),
)


def cases(model: Model) -> dict[str, Scenario]:
    """The policies that the headlines compare, by the names used there."""
    base = model.scenarios["stalemate"]
    lengths = {"limbo_12_open": (12, "open"), "limbo_13_open": (13, "open"), "limbo_24_open": (24, "open"),
               "limbo_6_ban": (6, "narrow_ban"), "limbo_7_ban": (7, "narrow_ban"), "limbo_24_ban": (24, "narrow_ban")}
    return {
        **{name: base.resolved_by(months, rule) for name, (months, rule) in lengths.items()},
        **{name: model.scenarios[name] for name in ("narrow_ban", "narrow_ban_allies", "ban_24_open")},
    }


def ensemble_table(model: Model, samples: Mapping[str, tuple[str, Draws]]) -> pd.DataFrame:
    """One row a headline and variant: median and 90% interval of the difference, and the chance that it is positive.

    samples: name -> (label, draws); the first is the one that the variants change, the others are variants of their own (the
    company's claim in place of the estimate, the informed draws). Columns headline, label, unit, variant, variant_label, median,
    low, high, probability_positive, and `holds`: whether the median is positive.
    """
    _, draws = next(iter(samples.values()))
    runs = [(variant, variant.change(draws)) for variant in VARIANTS]
    runs += [(Variant(name, label), sample) for name, (label, sample) in list(samples.items())[1:]]
    rows = []
    for variant, changed in runs:
        results = {}
        for name, scenario in cases(model).items():
            path = model.scenarios.path(replace(scenario, months=variant.months), model.parameters)
            results[name] = run_draws(changed, path, model.parameters.segments).headline
        for headline in HEADLINES:
            gap = results[headline.first][headline.result] - results[headline.second][headline.result]
            median, low, high = interval(gap)
            rows.append({
                "headline": headline.name, "label": headline.label, "unit": headline.unit, "variant": variant.name,
                "variant_label": variant.label, "median": median, "low": low, "high": high,
                "probability_positive": float((gap > 0).mean()), "holds": bool(median > 0),
            })
    return pd.DataFrame(rows)


def verdicts(table: pd.DataFrame) -> pd.DataFrame:
    """One row a headline: `firm` (one sign of the median in all variants), the least and the largest chance, and what turns it."""
    rows = []
    for name, part in table.groupby("headline", sort=False):
        base = bool(part.loc[part["variant"] == "base", "holds"].iloc[0])
        turned = part.loc[part["holds"] != base, "variant_label"]
        rows.append({
            "headline": name, "label": part["label"].iloc[0], "holds": base, "firm": turned.empty,
            "least_probability": part["probability_positive"].min(), "most_probability": part["probability_positive"].max(),
            "turned_by": "; ".join(turned),
        })
    return pd.DataFrame(rows)
