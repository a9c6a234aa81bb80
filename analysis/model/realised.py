"""What happened after 2018: the series the back-test is scored against, from the project's tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from analysis.model.from_estimate import BASE_YEAR, Estimate

ESTIMATED = {"huawei_purchases_usd_bn": "huawei", "chinese_purchases_usd_bn": "headquarters"}
"""Outcomes that the estimate of this book gives, and its names for them."""


LAST_SCORED = {"huawei_purchases_usd_bn": 2022}
"""Later years of these are what the estimate carries forward without a figure of what was bought: no outcomes."""


@dataclass(frozen=True)
class Realised:
    """Realised series.

    world_sales_usd_bn: by year. observations: rows quantity, year, value, source_id. base: quantity -> value of 2018.
    estimated_sd: (quantity, year) -> standard deviation, in log points, of an outcome that is itself estimated.
    """

    world_sales_usd_bn: pd.Series
    observations: pd.DataFrame
    base: dict[str, float]
    nvidia_usd_bn: pd.Series
    estimated_sd: Mapping[tuple[str, int], float] = field(default_factory=dict)

    def demand_index(self, first_year: int, months: int) -> np.ndarray:
        """(months,) world market relative to the base year; the last known year is held beyond the data."""
        years = first_year + np.arange(months) // 12
        known = self.world_sales_usd_bn
        return np.array([known[min(year, known.index.max())] for year in years]) / known[BASE_YEAR]


def realised_series(published: pd.DataFrame, filings: pd.DataFrame, us_industry: pd.DataFrame) -> Realised:
    """Collect the realised outcomes.

    published: published_results; filings: company_filings; us_industry: us_industry. Where a figure stands in several
    tables the one in published_results is used, so that a correction has one place.
    """
    real = published[published["study_id"].isin(["real_sia", "real_us_china_revenue", "real_china_ic"])].copy()
    real["year"] = pd.to_numeric(real["baseline_year"], errors="coerce")
    real = real[real["scenario"] == "realised"].dropna(subset=["year", "value"])

    def series(quantity: str) -> pd.Series:
        rows = real[real["quantity"] == quantity]
        return pd.Series(rows["value"].astype(float).to_numpy(), index=rows["year"].astype(int).to_numpy()).sort_index()

    world = series("world_sales")
    share = series("us_hq_share")
    nvidia = nvidia_by_calendar_year(filings)
    sales = share / 100 * world.reindex(share.index)
    common = share.index.intersection(nvidia.index)
    without = 100 * (sales[common] - nvidia[common]) / (world[common] - nvidia[common])
    research = _industry(us_industry, "US_RD")
    five_firms = series("china_revenue_five_firm_sum") / 1000
    china = series("production_based_self_sufficiency")
    korea = series("korea_hq_share")
    quantities = {
        "us_share_pct": share,
        "us_share_sia_base_pct": share,
        "us_share_without_nvidia_pct": without,
        "china_revenue_five_firms_usd_bn": five_firms,
        "us_rd_usd_bn": research,
        "china_self_sufficiency_pct": china,
        "korea_share_pct": korea,
    }
    rows = [
        {"quantity": quantity, "year": int(year), "value": float(value)}
        for quantity, values in quantities.items()
        for year, value in values.items()
        if year > BASE_YEAR
    ]
    bcg = published[(published["study_id"] == "bcg_sia_2020") & (published["scenario"] == "baseline")].set_index("quantity")[
        "value"
    ]
    us_share_2018 = float(bcg["us_global_share"])
    base = {
        "us_share_pct": us_share_2018,
        "us_share_without_nvidia_pct": 100
        * (us_share_2018 / 100 * world[BASE_YEAR] - nvidia[BASE_YEAR])
        / (world[BASE_YEAR] - nvidia[BASE_YEAR]),
        "china_revenue_five_firms_usd_bn": float(five_firms[BASE_YEAR]),
        "us_rd_usd_bn": float(bcg["us_rd_spend"]),
        "china_self_sufficiency_pct": float(china[BASE_YEAR]),
        "korea_share_pct": float(bcg["korea_global_share"]),
        "us_share_sia_base_pct": float(_industry(us_industry, "USHQ_SHARE_WW")[BASE_YEAR]),
    }
    return Realised(world, pd.DataFrame(rows), base, nvidia)


def with_estimate(realised: Realised, estimate: Estimate | None) -> Realised:
    """Add what the estimate says was bought: medians of the growth since the base year, and how uncertain that growth is."""
    if estimate is None:
        return realised
    rows, base, spread = [], dict(realised.base), dict(realised.estimated_sd)
    for quantity, name in ESTIMATED.items():
        base[quantity] = float(np.median(estimate.draws[name, BASE_YEAR]))
        last = LAST_SCORED.get(quantity, realised.world_sales_usd_bn.index.max())
        for year in (y for y in estimate.years(name) if BASE_YEAR < y <= last and y in realised.world_sales_usd_bn.index):
            growth = np.log(estimate.growth(name, year))
            rows.append({"quantity": quantity, "year": year, "value": base[quantity] * float(np.exp(np.median(growth)))})
            spread[quantity, year] = float(growth.std())
    observations = pd.concat([realised.observations, pd.DataFrame(rows)], ignore_index=True)
    return replace(realised, observations=observations, base=base, estimated_sd=spread)


def nvidia_by_calendar_year(filings: pd.DataFrame) -> pd.Series:
    """NVIDIA's revenue in US$ bn by calendar year: its fiscal year ends in January, so it is the year before."""
    rows = filings[(filings["firm"] == "NVIDIA") & (filings["period_type"] == "annual")].dropna(subset=["total_revenue_usd_m"])
    end = pd.to_datetime(rows["fiscal_year_end"])
    return pd.Series(rows["total_revenue_usd_m"].astype(float).to_numpy() / 1000, index=(end.dt.year - 1).to_numpy()).sort_index()


def _industry(us_industry: pd.DataFrame, series_id: str) -> pd.Series:
    rows = us_industry[us_industry["series_id"] == series_id]
    year = pd.to_numeric(rows["period"], errors="coerce")
    return pd.Series(rows["value"].astype(float).to_numpy()[year.notna()], index=year.dropna().astype(int).to_numpy()).sort_index()
