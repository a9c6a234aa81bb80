"""The industry lens: sales by region as the trade statistics count them, by the address chips are shipped to.

World Semiconductor Trade Statistics (WSTS) gives each region's market; the Semiconductor Industry Association (SIA) gives the
share of US-headquartered firms in it. Their product is what US firms ship to addresses in a region, whoever owns the factory there.
"""

from __future__ import annotations

import pandas as pd

from analysis.data.vocabulary import CLASS_OF_EVIDENCE
from analysis.sales import errors
from analysis.sales.measures import Measure, add

# region code in the share series → code in the market series
REGIONS = {
    "CN": ("CN", "China"),
    "APAO": ("APAO", "Asia Pacific and all other"),
    "AMER": ("AMER", "Americas"),
    "EUR": ("EUR", "Europe"),
    "JPN": ("JPN", "Japan"),
}


def regional_market(market: pd.DataFrame, year: int, region: str = "CN") -> Measure:
    """A region's chip market (all suppliers) in a year, USD bn; chained from published growth where WSTS prints no level."""
    row = _first(market, [f"WSTS_ANN_{region}", f"SIA_ANN_{region}"], year)
    return _measure(row, f"Chip market, {REGIONS.get(region, ('', 'World'))[1]}", year, "market", "ship_to")


def us_share_pct(industry: pd.DataFrame, year: int, region: str = "CN") -> tuple[float, str]:
    """The published share of US-headquartered firms in a region's market, in per cent, and its source id."""
    row = _first(industry, [f"USHQ_SHARE_IN_{region}"], year)
    return float(row["value"]), row["source_id"]


def us_sales_into(industry: pd.DataFrame, market: pd.DataFrame, year: int, region: str = "CN") -> Measure:
    """What US-headquartered firms shipped into a region: market times share, USD bn. The sources do not say where Hong Kong is."""
    whole = regional_market(market, year, region)
    share, source = us_share_pct(industry, year, region)
    return Measure(
        label=f"US firms' sales into {REGIONS[region][1]}",
        value=whole.value * share / 100,
        unit="USD bn",
        period=str(year),
        counts="sales",
        basis="ship_to",
        evidence="derived",
        sources=tuple(dict.fromkeys((*whole.sources, source))),
    )


def us_sales_all_regions(industry: pd.DataFrame, market: pd.DataFrame, year: int) -> Measure:
    """The sum of the five regional products: a check, since it must return the published total of US firms' sales."""
    parts = [us_sales_into(industry, market, year, region) for region in REGIONS]
    return add(parts, "US firms' sales, sum of five regions")


def us_sales_world(industry: pd.DataFrame, year: int) -> Measure:
    """Published world sales of US-headquartered firms, USD bn (SIA)."""
    return _measure(_first(industry, ["USHQ_SALES"], year), "US firms' sales, world", year, "sales", "ship_to")


def china_share_of_us_sales_pct(industry: pd.DataFrame, market: pd.DataFrame, year: int) -> float:
    """China's share of US-headquartered firms' sales by shipping address, in per cent."""
    return 100 * us_sales_into(industry, market, year).value / us_sales_world(industry, year).value


def china_market_by_year(market: pd.DataFrame) -> pd.DataFrame:
    """The China market by year, USD bn: year, market_usd_bn, world_usd_bn, share_pct, chained (True where built from growth)."""
    rows = []
    for year in sorted({int(p) for p in market.loc[market["freq"] == "A", "period"] if p.isdigit()}):
        try:
            china, world = regional_market(market, year), _first(market, ["SIA_ANN_WW", "WSTS_ANN_WW"], year)
        except errors.MissingFigureError:
            continue
        rows.append(
            {
                "year": year,
                "market_usd_bn": china.value,
                "world_usd_bn": float(world["value"]),
                "share_pct": 100 * china.value / float(world["value"]),
                "chained": year > 2023,
                "source_id": china.sources[0],
            }
        )
    return pd.DataFrame(rows)


def _first(table: pd.DataFrame, series: list[str], year: int) -> pd.Series:
    for name in series:
        rows = table[(table["series_id"] == name) & (table["period"] == str(year))]
        if len(rows) > 1:
            raise errors.RepeatedFirmYearError(f"series {name} has {len(rows)} figures for {year}")
        if len(rows) == 1:
            return rows.iloc[0]
    raise errors.MissingFigureError(f"no figure in {', '.join(series)} for {year}")


def _measure(row: pd.Series, label: str, year: int, counts: str, basis: str) -> Measure:
    return Measure(
        label=label,
        value=float(row["value"]),
        unit="USD bn",
        period=str(year),
        counts=counts,
        basis=basis,
        evidence=CLASS_OF_EVIDENCE[row["evidence"]],
        sources=(row["source_id"],),
    )
