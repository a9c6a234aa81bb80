"""Compute everything the chapters show about the model and keep it as small tables (a step of the build graph)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.data import load_table
from analysis.model import sensitivity
from analysis.model.calibrated import first_steps, load_calibrated
from analysis.model.calibration import prior_sample
from analysis.model.choice_results import choice_tables, today_table
from analysis.model.from_estimate import load_estimate
from analysis.model.frontier import frontier_table
from analysis.model.gainers import gainers_table
from analysis.model.month_cost import cost_table
from analysis.model.outcome import LOSSES
from analysis.model.parameters import Draws
from analysis.model.policy_path import GROUPS
from analysis.model.run import DEFAULT_DRAWS, DEFAULT_SEED, Model, load_model, run_draws
from analysis.model.sensitivity import COST
from analysis.model.summary import interval, summarise, yearly

GAINERS = ("stalemate_24_open", "narrow_ban", "narrow_ban_allies", "broad_ban", "broad_ban_allies")
POLICIES = (
    "full_engagement",
    "stalemate_6_open",
    "stalemate_12_open",
    "stalemate_24_open",
    "stalemate_24_ban",
    "stalemate",
    "pending_24_open",
    "ban_6_open",
    "ban_12_open",
    "ban_24_open",
    "narrow_ban",
    "targeted_rule",
    "broad_ban",
    "narrow_ban_allies",
    "targeted_rule_allies",
    "broad_ban_allies",
    "targeted_rule_retaliation",
    "broad_ban_retaliation",
)
PAIRS = (("stalemate_24_open", "narrow_ban"), ("stalemate_24_ban", "narrow_ban"), ("stalemate_12_open", "narrow_ban"),
         ("stalemate_24_open", "ban_24_open"))
CONVENTIONS = {"discount_rate_pct_per_year": (3.0, 12.0)}
LAST_MONTH = 30
COURSE = ("stalemate_12_open", "stalemate_24_ban")


def write_model_results(
    out_dir: Path | str,
    draws: int = DEFAULT_DRAWS,
    seed: int = DEFAULT_SEED,
    data_dir: Path | str | None = None,
    progress: Callable[[str], None] = lambda line: None,
    assessed: Path | None = None,
) -> Path:
    """Write the tables (Parquet) and `meta.json` into `out_dir` and return it; half a minute on one core.

    assessed: folder with the calibrated draws; None means the build's. No policy event is read here: what events decide stands in
    the assessment, so that an event that calibrates nothing otherwise leaves these results as they are.
    Raises CalibratedError where there are no calibrated draws, or fewer than `draws`.
    """
    started = time.perf_counter()
    model = load_model(data_dir, estimate=load_estimate())
    steps = first_steps(load_calibrated(model.parameters, assessed), draws)
    out = Path(out_dir)
    out.mkdir(parents=True, exist_ok=True)

    def write(name: str, table: pd.DataFrame) -> None:
        table.to_parquet(out / f"{name}.parquet", index=False)
        progress(f"{name}: {len(table)} rows, {time.perf_counter() - started:.0f} s")

    samples = {"prior": prior_sample(model.parameters, draws, seed), "informed": model.parameters.from_steps(steps)}
    prior = samples["prior"]
    headlines = {version: _policies(model, sample, POLICIES) for version, sample in samples.items()}
    write("scenarios", _scenario_table(model, headlines))
    write("yearly", _yearly(model, prior))
    write("gaps", _gaps(headlines))
    alone = tuple(name for name in POLICIES if not model.scenarios[name].plurilateral)
    frontiers = [
        frontier_table(
            {p: headlines["prior"][p] for p in policies},
            {p: model.scenarios[p].label for p in policies},
            denial=f"{denial}_discounted",
        ).assign(denial=denial, choice=choice)
        for denial in ("denied_months_listed", "denied_months_chinese")
        for choice, policies in (("all", POLICIES), ("alone", alone))
    ]
    write("frontier", pd.concat(frontiers, ignore_index=True))
    write("course", _course(model, prior))
    write("gainers", gainers_table(
        {p: headlines["prior"][p] for p in GAINERS}, {p: model.scenarios[p].label for p in GAINERS},
        {p: model.scenarios[p].plurilateral for p in GAINERS}, prior["allied_coverage"], load_table("published_results", data_dir)))
    write("today", today_table(model, draws, seed))
    stated = load_model(data_dir)
    for name, table in choice_tables(model, stated, samples, headlines["prior"], seed).items():
        write(name, table)
    write("month_cost", _month_costs(model, samples, draws))

    outputs = sensitivity.scenario_outputs(
        model,
        {
            "Cost of 24 months of limbo, then permission": ("stalemate_24_open", COST),
            "Cost of a clear narrow ban": ("narrow_ban", COST),
            "Research not done, 24 months of limbo": ("stalemate_24_open", "pv_rd_lost_usd_bn"),
            "US share in year 10, 24 months of limbo": ("stalemate_24_open", "us_share_change_year_10_pp"),
            "Jobs lost in year 5, 24 months of limbo": ("stalemate_24_open", "jobs_lost_year_5"),
            "Capital spending not made, 24 months of limbo": ("stalemate_24_open", "pv_capex_lost_usd_bn"),
            "Denied months, 24 months of limbo": ("stalemate_24_open", "denied_months_listed"),
            "Denied months, clear narrow ban": ("narrow_ban", "denied_months_listed"),
            "Denied months of all Chinese firms, clear narrow ban": ("narrow_ban", "denied_months_chinese"),
            "Cost of 12 months of limbo, then permission": ("stalemate_12_open", COST),
            "Cost of 13 months of limbo, then permission": ("stalemate_13_open", COST),
        },
        {"stalemate_13_open": replace(model.scenarios["stalemate_12_open"], limbo_months=13)},
    )
    outputs = sensitivity.difference(
        outputs, "Limbo less ban", "Cost of 24 months of limbo, then permission", "Cost of a clear narrow ban"
    )
    outputs = sensitivity.difference(
        outputs, "Price of the thirteenth month, then permission",
        "Cost of 13 months of limbo, then permission", "Cost of 12 months of limbo, then permission",
    )
    write("sobol", sensitivity.sobol(model, outputs, _power_of_two(draws // 4), seed))
    write("tornado", sensitivity.tornado(model, outputs, CONVENTIONS))
    _flips(model, write)
    write("thresholds", sensitivity.contagion_thresholds(model, *PAIRS[0], (0.03, 0.06, 0.12), (0.005, 0.015, 0.03)))
    meta = {
        "draws": draws,
        "seed": seed,
        "discount_rate_pct_per_year": model.parameters["discount_rate_pct_per_year"].value,
        "segments": [asdict(segment) for segment in model.parameters.segments],
    }
    (out / "meta.json").write_text(json.dumps(meta, indent=1) + "\n", encoding="utf-8")
    progress(f"done in {time.perf_counter() - started:.0f} s")
    return out


def _policies(model: Model, sample: Draws, names) -> dict[str, dict[str, np.ndarray]]:
    return {name: dict(run_draws(sample, model.prepare(name)[1], model.parameters.segments).headline) for name in names}


def _scenario_table(model: Model, headlines) -> pd.DataFrame:
    parts = [
        summarise(headline).assign(version=version, scenario=name, scenario_label=model.scenarios[name].label)
        for version, policies in headlines.items()
        for name, headline in policies.items()
    ]
    return pd.concat(parts, ignore_index=True)


def _yearly(model: Model, sample: Draws) -> pd.DataFrame:
    parts = []
    for name in ("stalemate_24_open", "stalemate_24_ban", "narrow_ban", "targeted_rule", "broad_ban"):
        outcome = run_draws(sample, model.prepare(name)[1], model.parameters.segments)
        losses = [
            {"quantity": f"mean_{loss}_usd_bn", "year": year + 1, "median": float(values.mean()), "low": np.nan, "high": np.nan}
            for loss, by_year in zip(LOSSES, outcome.losses_by_year, strict=True)
            for year, values in enumerate(by_year)
        ]
        table = pd.concat([yearly(outcome), pd.DataFrame(losses)], ignore_index=True)
        parts.append(table.assign(scenario=name, scenario_label=model.scenarios[name].label))
    return pd.concat(parts, ignore_index=True)


def _gaps(headlines) -> pd.DataFrame:
    """Cost of one policy less that of another, draw by draw, with the chance that it is positive."""
    rows = []
    for version, policies in headlines.items():
        for first, second in PAIRS:
            gap = policies[first]["pv_lost_sales_usd_bn"] - policies[second]["pv_lost_sales_usd_bn"]
            median, low, high = interval(gap)
            rows.append(
                {
                    "version": version,
                    "first": first,
                    "second": second,
                    "median": median,
                    "low": low,
                    "high": high,
                    "probability_first_costs_more": sensitivity.probability(gap),
                }
            )
    return pd.DataFrame(rows)


def _course(model: Model, sample: Draws, count: int = 1024) -> pd.DataFrame:
    """Monthly course of purchases, stock and sockets of the first two customer groups, as ratios to normal purchases."""
    few = {name: values[:count] for name, values in sample.items()}
    rows = []
    for name in COURSE:
        course = run_draws(few, model.prepare(name)[1], model.parameters.segments, monthly=True).course
        before = {
            "listed": few["listed_customer_sales_usd_bn"] / 12,
            "unlisted": (few["chinese_sales_usd_bn"] - few["listed_customer_sales_usd_bn"]) / 12,
        }
        for g, group in enumerate(GROUPS[:2]):
            series = {
                "Purchases": 100 * course["purchases"][:, g] / before[group],
                "Use": 100 * course["served"][:, g] / before[group],
                "Stock": course["stock"][:, g] / before[group],
                "Designed out": 100 * course["designed_out"][:, g],
            }
            for quantity, values in series.items():
                low, median, high = np.percentile(values, [5, 50, 95], axis=1)
                rows += [
                    {
                        "scenario": name,
                        "group": group,
                        "quantity": quantity,
                        "month": t + 1,
                        "median": median[t],
                        "low": low[t],
                        "high": high[t],
                    }
                    for t in range(72)
                ]
    return pd.DataFrame(rows)


def _month_costs(model: Model, samples, draws: int) -> pd.DataFrame:
    parts = []
    for version, sample in samples.items():
        few = {name: values[: max(256, draws // 4)] for name, values in sample.items()}
        parts.append(cost_table(model, few, LAST_MONTH, ("open", "narrow_ban")).assign(version=version))
        if version == "prior":  # what the assumption that nobody has measured does to the result
            forgotten = {**few, "contagion_persistence": np.zeros_like(few["contagion_persistence"])}
            parts.append(cost_table(model, forgotten, LAST_MONTH, ("narrow_ban",)).assign(version="no_persistence"))
    return pd.concat(parts, ignore_index=True)


def _flips(model: Model, write) -> None:
    singles, joint, distances = [], [], []
    for first, second in PAIRS:
        gap = sensitivity.cost_gap(model, first, second)
        singles.append(sensitivity.single_flips(model, gap).assign(first=first, second=second))
        distance, table = sensitivity.nearest_flip(model, gap)
        joint.append(table.assign(first=first, second=second))
        distances.append({"first": first, "second": second, "distance": distance})
    write("single_flips", pd.concat(singles, ignore_index=True))
    write("nearest_flip", pd.concat(joint, ignore_index=True))
    write("flip_distance", pd.DataFrame(distances))


def _power_of_two(number: int) -> int:
    return max(64, 2 ** int(np.log2(max(number, 1))))
