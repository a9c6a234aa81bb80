"""Would the model have been right? Forecasts as of June 2019, scored on what happened.

Two versions (blind, informed) on two policy paths: the forecaster's (restrictions of mid-2019 kept) and the realised one.
The difference between the paths is policy error, not model error. The world market is the realised one, because the model
says nothing about it; a random walk stands for everything else that moves a share. Rivals: no change, no change scaled by
the realised market (so that it knows as much as the model), BCG's first scenario, IC Insights. Only the likelihood of the
blind version is blind: the priors that use later evidence are marked in `parameters.yml`, and a quantity whose own outcomes
set a prior (`studies["backtest"]["not_a_test"]`) is not counted.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.special import ndtri

from analysis.model.calibration import FIRST_YEAR, chinese_purchases_ratio
from analysis.model.outcome import Outcome
from analysis.model.parameters import Draws, stream_uniform
from analysis.model.published import published_value
from analysis.model.realised import BASE_YEAR, Realised
from analysis.model.run import blocks
from analysis.model.scores import crps, inside, pit
from analysis.model.summary import LEVEL, interval

LABELS = {
    "us_share_pct": ("US share of world chip sales", "%"),
    "us_share_sia_base_pct": ("US share of world chip sales, SIA's 2018 base", "%"),
    "us_share_without_nvidia_pct": ("US share of world chip sales, without NVIDIA", "%"),
    "china_revenue_five_firms_usd_bn": ("China revenue of five US firms", "USD bn"),
    "huawei_purchases_usd_bn": ("Huawei's purchases of US chips", "USD bn"),
    "chinese_purchases_usd_bn": ("US chip sales to all Chinese firms", "USD bn"),
    "us_rd_usd_bn": ("US research and development", "USD bn"),
    "china_self_sufficiency_pct": ("China's self-sufficiency in integrated circuits", "%"),
    "korea_share_pct": ("Korea's share of world chip sales", "%"),
}
VARIANTS = ("us_share_sia_base_pct", "us_share_without_nvidia_pct")
"""The US share measured in other ways: shown, but not counted again in the coverage."""

PURCHASES = ("huawei_purchases_usd_bn", "chinese_purchases_usd_bn")
LOG_QUANTITIES = ("china_revenue_five_firms_usd_bn", "us_rd_usd_bn", *PURCHASES)
"""Quantities in dollars, which grow with the market: their drift is in log points and their base can be scaled."""


def forecast(
    quantity: str,
    year: int,
    p: Draws,
    outcome: Outcome,
    realised: Realised,
    studies: Mapping,
    seed: int,
) -> np.ndarray:
    """(n,) forecast sample of `quantity` in calendar `year`: the model's policy effect plus other drift."""
    index = year - FIRST_YEAR
    base = realised.base[quantity]
    demand = realised.world_sales_usd_bn[year] / realised.world_sales_usd_bn[BASE_YEAR]
    lost_share = p["us_share_pct"] - outcome.by_year["us_share_pct"][index]
    if quantity in ("us_share_pct", *VARIANTS):
        central = base - lost_share
    elif quantity == "china_revenue_five_firms_usd_bn":
        given = studies["backtest"]["chinese_hq_share_of_china_revenue"]
        headquartered = given["low"] + (given["high"] - given["low"]) * _uniform("chinese_hq_share", len(lost_share), seed)
        central = base * demand * (1 - headquartered * (1 - chinese_purchases_ratio(outcome, index)))
    elif quantity == "huawei_purchases_usd_bn":
        central = base * outcome.purchases_by_year[0, index] / p["listed_customer_sales_usd_bn"]
    elif quantity == "chinese_purchases_usd_bn":
        bought = outcome.purchases_by_year[:2, index].sum(axis=0) + outcome.won_by_chinese_by_year[index]
        central = base * bought / p["chinese_sales_usd_bn"]
    elif quantity == "us_rd_usd_bn":
        central = base * demand ** p["rd_revenue_elasticity"] * outcome.by_year["rd_ratio"][index]
    elif quantity == "china_self_sufficiency_pct":
        central = outcome.by_year["self_sufficiency_pct"][index]
    elif quantity == "korea_share_pct":
        central = base + studies["backtest"]["korea_gain_per_us_loss"]["value"] * lost_share
    else:
        raise KeyError(quantity)
    drift = _drift(quantity, len(central), seed) * studies["backtest"]["noise_per_year"][quantity]["sd"] * np.sqrt(year - BASE_YEAR)
    measured = realised.estimated_sd.get((quantity, year), 0.0)  # an outcome that is estimated is not known exactly
    drift = drift + measured * _drift(f"measured:{quantity}", len(central), seed)
    return central * np.exp(drift) if quantity in LOG_QUANTITIES else central + drift


def backtest(
    forecasts: Mapping[tuple[str, str], tuple[Draws, Outcome]],
    realised: Realised,
    studies: Mapping,
    published: pd.DataFrame,
    seed: int,
) -> pd.DataFrame:
    """One row a version, path, quantity and year.

    forecasts: (version, path) -> draws and their outcome, from January 2019. Errors are absolute, in the quantity's unit;
    a rival that makes no forecast of a quantity has NaN.
    """
    rivals = _rivals(published, realised)
    rows = []
    for (version, path), (draws, outcome) in forecasts.items():
        for observation in realised.observations.itertuples():
            index = observation.year - FIRST_YEAR
            if not 0 <= index < outcome.revenue_by_year.shape[0] or observation.year not in realised.world_sales_usd_bn.index:
                continue
            sample = forecast(observation.quantity, observation.year, draws, outcome, realised, studies, seed)
            median, low, high = interval(sample)
            label, unit = LABELS[observation.quantity]
            base = realised.base[observation.quantity]
            scaled = no_change_scaled(observation.quantity, observation.year, realised)
            rows.append(
                {
                    "version": version,
                    "path": path,
                    "variant": observation.quantity in VARIANTS,
                    "not_a_test": observation.quantity in studies["backtest"]["not_a_test"],
                    "held_out": version == "blind" or not _seen(observation.quantity, observation.year, studies),
                    "quantity": observation.quantity,
                    "label": label,
                    "unit": unit,
                    "year": observation.year,
                    "predicted": median,
                    "low": low,
                    "high": high,
                    "level": LEVEL,
                    "naive": base,
                    "naive_scaled": scaled,
                    "bcg": rivals.get(("bcg", observation.quantity), np.nan),
                    "realised": observation.value,
                    "inside": inside(low, high, observation.value),
                    "error": abs(median - observation.value),
                    "naive_error": abs(base - observation.value),
                    "naive_scaled_error": abs(scaled - observation.value),
                    "bcg_error": abs(rivals.get(("bcg", observation.quantity), np.nan) - observation.value),
                    "ic_insights_error": abs(
                        rivals.get(("ic_insights", observation.quantity, observation.year), np.nan) - observation.value
                    ),
                    "crps": crps(sample, observation.value),
                    "pit": pit(sample, observation.value),
                }
            )
    return pd.DataFrame(rows)


def _seen(quantity: str, year: int, studies: Mapping) -> bool:
    """Whether the informed calibration has used this outcome."""
    return year in studies["backtest"]["seen_by_informed"].get(quantity, ())


def no_change_scaled(quantity: str, year: int, realised: Realised) -> float:
    """The base value, for quantities in dollars times the growth of the realised world market."""
    growth = realised.world_sales_usd_bn[year] / realised.world_sales_usd_bn[BASE_YEAR]
    return float(realised.base[quantity] * (growth if quantity in LOG_QUANTITIES else 1.0))


def counted(table: pd.DataFrame) -> pd.DataFrame:
    """The rows that are scored: no variant of another quantity, no outcome that set a prior or that the calibration has seen."""
    return table[~table["variant"] & ~table["not_a_test"] & table["held_out"]]


def scores(table: pd.DataFrame) -> pd.DataFrame:
    """By version and path, of the counted rows: forecasts, share inside the 90% interval, number that lose to each rival, and the
    mean CRPS beside the mean error of no change scaled by the market, both in per cent of the value of 2018.

    Two comparisons each: median against point forecast by absolute error, and the whole forecast's CRPS against the
    point forecast's absolute error, which is its CRPS. The CRPS favours a distribution over a point that may be as good.
    """
    rows = counted(table)
    rows = rows.assign(crps_pct=100 * rows["crps"] / rows["naive"], naive_pct=100 * rows["naive_scaled_error"] / rows["naive"])
    rows = rows.assign(**{
        f"{against}{by}": rows[score] > rows[rival]
        for against, rival in (("lose_to_no_change", "naive_error"), ("lose_to_scaled", "naive_scaled_error"))
        for by, score in (("", "crps"), ("_by_error", "error"))
    })
    losses = [name for name in rows if name.startswith("lose_to_")]
    return rows.groupby(["version", "path"], sort=False).agg(
        forecasts=("inside", "size"),
        quantities=("quantity", "nunique"),
        inside=("inside", "sum"),
        coverage_pct=("inside", lambda s: 100 * s.mean()),
        crps_pct=("crps_pct", "mean"),
        naive_pct=("naive_pct", "mean"),
        **{name: (name, "sum") for name in losses},
    ).reset_index()


def decomposition(parts: Mapping[str, float], realised_share: float, bcg_share: float, realised_without_ai: float) -> pd.DataFrame:
    """Steps from BCG's forecast of the US share to the realised one, in points, adding up.

    parts: forecast shares in this order: `direct` (the model with M at BCG's value and no diversion, the forecaster's
    path), `diversion` (with it), `second_round` (M as drawn), `policy` (realised path). realised_without_ai: the share had
    NVIDIA grown with the market. The order of the steps matters; only their sum does not.
    """
    levels = [
        ("BCG, restrictions kept", bcg_share),
        ("Design-out in place of BCG's product table", parts["direct"]),
        ("Sales diverted to rivals", parts["diversion"]),
        ("Second round smaller", parts["second_round"]),
        ("Policy as it was", parts["policy"]),
        ("Not explained", realised_without_ai),
        ("NVIDIA's growth", realised_share),
    ]
    rows = [{"step": levels[0][0], "level_pct": bcg_share, "change_pp": np.nan}]
    rows += [
        {"step": step, "level_pct": level, "change_pp": level - before}
        for (step, level), (_, before) in zip(levels[1:], levels, strict=False)
    ]
    return pd.DataFrame(rows)


def share_had_nvidia_grown_with_market(realised: Realised, year: int) -> float:
    """US share if NVIDIA's revenue had grown only as fast as the rest of the world market since the base year.

    An upper bound of the correction: NVIDIA's revenue holds systems and others' memory, which WSTS does not count as its.
    """
    world, nvidia = realised.world_sales_usd_bn, realised.nvidia_usd_bn
    share = realised.observations.query("quantity == 'us_share_pct' and year == @year")["value"].iloc[0]
    rest = world[year] - nvidia[year]
    shadow = nvidia[BASE_YEAR] * rest / (world[BASE_YEAR] - nvidia[BASE_YEAR])
    return float(100 * (share / 100 * world[year] - nvidia[year] + shadow) / (rest + shadow))


def _rivals(published: pd.DataFrame, realised: Realised) -> dict[tuple, float]:
    bcg = "bcg_sia_2020", "s1_maintain_current_restrictions"
    change = published_value(published, (*bcg, "us_share_change"))
    return {
        **{("bcg", variant): realised.base[variant] + change for variant in VARIANTS},
        ("bcg", "us_share_pct"): published_value(published, (*bcg, "us_global_share")),
        ("bcg", "korea_share_pct"): published_value(published, (*bcg, "korea_global_share")),
        ("ic_insights", "china_self_sufficiency_pct", 2023): published_value(
            published, ("real_china_ic", "forecast_made_feb2019", "production_based_self_sufficiency_2023")
        ),
    }


def _drift(quantity: str, size: int, seed: int) -> np.ndarray:
    """Standard normal draws, the same for all versions and paths."""
    return ndtri(_uniform(f"drift:{quantity}", size, seed))


def _uniform(name: str, size: int, seed: int) -> np.ndarray:
    return np.concatenate([stream_uniform(seed, name, block)[:length] for block, length in blocks(size)])
