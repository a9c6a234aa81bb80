"""The industry and buyers lenses as observations of the industry total, beside the panel of firms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.sales import buyers, errors, industry

SHARE_ERROR = {"direct": 0.01, "chained": 0.06}  # judged: a published share; a ratio of two rounded, second-hand figures
STUDY_ERROR = 0.10  # judged: a study's total whose basis is not stated


@dataclass(frozen=True)
class Context:
    """What surrounds the panel, on the grid of calendar years.

    `market_usd_m` is the China market, missing where no statistic exists. `share_table` has the published US shares of it:
    year, share, sd (log).
    `demand_table` has Chinese device makers' chip demand: year, usd_m, sd, four_only (True for the four makers' sum), vintage.
    `us_sales_usd_m` are US firms' world sales by the trade statistics, for scale only.
    """

    years: np.ndarray
    market_usd_m: np.ndarray
    share_table: pd.DataFrame
    demand_table: pd.DataFrame
    us_sales_usd_m: pd.Series


def build(tables: dict[str, pd.DataFrame], years: np.ndarray, *, buyers_sd: float) -> Context:
    """Observations of the industry and buyers lenses from the tables market_sales, us_industry, oem_demand, published_results."""
    market, us = tables["market_sales"], tables["us_industry"]
    china = pd.Series({y: _level(market, y, ("WSTS_ANN_CN", "SIA_ANN_CN")) for y in years}, dtype=float)
    world = pd.Series({y: _level(market, y, ("SIA_ANN_WW", "WSTS_ANN_WW")) for y in years}, dtype=float)
    return Context(
        years=years,
        market_usd_m=china.to_numpy() * 1000,
        us_sales_usd_m=_us_sales(us, world, years) * 1000,
        share_table=_shares(us, china, tables["published_results"]),
        demand_table=_demand(tables["oem_demand"], us, market, years, buyers_sd),
    )


def china_market(market: pd.DataFrame, years: np.ndarray) -> pd.Series:
    """The China market by calendar year, USD m; missing where no statistic exists."""
    return 1000 * pd.Series({int(y): _level(market, y, ("WSTS_ANN_CN", "SIA_ANN_CN")) for y in years}, dtype=float)


def _level(table: pd.DataFrame, year: int, series: tuple[str, ...]) -> float:
    for name in series:
        rows = table[(table["series_id"] == name) & (table["period"] == str(year))]
        if len(rows):
            return float(rows["value"].iloc[0])
    return np.nan


def _us_sales(us: pd.DataFrame, world: pd.Series, years: np.ndarray) -> pd.Series:
    """US firms' world sales, USD bn: SIA's dollars, else SIA's share times the world market."""
    found = {}
    for year in years:
        dollars, share = _level(us, year, ("USHQ_SALES",)), _level(us, year, ("USHQ_SHARE_WW",))
        found[year] = dollars if np.isfinite(dollars) else share / 100 * world[year]
    return pd.Series(found, dtype=float)


def _shares(us: pd.DataFrame, china: pd.Series, studies: pd.DataFrame) -> pd.DataFrame:
    """Published US shares of the China market, one a year: the share itself where printed, else dollars over the market."""
    rows = []
    for year, market in china.dropna().items():
        try:
            share, error = industry.us_share_pct(us, int(year))[0] / 100, SHARE_ERROR["direct"]
        except errors.MissingFigureError:
            share, error = _level(us, year, ("USHQ_SALES_IN_CN",)) / market, SHARE_ERROR["chained"]
        if np.isfinite(share):
            rows.append({"year": int(year), "share": share, "sd": error, "source": "SIA"})
    total = studies[(studies["quantity"] == "china_revenue_of_us_semi") & studies["value"].notna()]
    for _, study in total.iterrows():
        year = int(str(study["baseline_year"])[:4])
        if year not in {r["year"] for r in rows} and np.isfinite(china.get(year, np.nan)):
            rows.append({"year": year, "share": study["value"] / china[year], "sd": STUDY_ERROR, "source": study["study_id"]})
    return pd.DataFrame(rows, columns=["year", "share", "sd", "source"])


def _demand(oem: pd.DataFrame, us: pd.DataFrame, market: pd.DataFrame, years: np.ndarray, sd: float) -> pd.DataFrame:
    """Chinese device makers' chip demand: BCG's total and Gartner's four makers, each within its own release."""
    rows = []
    for year in years:
        try:
            measure = buyers.chinese_demand_bcg(us, market, int(year))
            rows.append({"year": int(year), "usd_m": measure.value * 1000, "sd": sd, "four_only": False, "vintage": "BCG 2020"})
        except errors.MissingFigureError:
            pass
        try:
            measure = buyers.chinese_device_makers(oem, int(year))
            rows.append({"year": int(year), "usd_m": measure.value * 1000, "sd": sd, "four_only": True, "vintage": measure.vintage})
        except errors.MissingFigureError:
            pass
    return pd.DataFrame(rows, columns=["year", "usd_m", "sd", "four_only", "vintage"])
