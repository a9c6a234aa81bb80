"""The buyers lens: what Chinese-headquartered device makers spend on chips of every nationality.

Gartner publishes the chips designed into the products of the largest device makers ("design TAM") and restates earlier years in
each release: figures are comparable within one release only. Cloud firms, which buy most accelerators, are not device makers
and are not in it. How much of the spending goes to US suppliers is not published.
"""

from __future__ import annotations

import pandas as pd

from analysis.data.vocabulary import CLASS_OF_EVIDENCE
from analysis.sales import errors
from analysis.sales.measures import Measure, add

GARTNER = "GARTNER_TAM_"
CHINESE_DEVICE_MAKERS = ("Huawei", "Lenovo", "BBK Electronics", "Xiaomi")


def vintages(oem: pd.DataFrame, buyer: str, year: int) -> list[str]:
    """The releases (v2019 …) that give a buyer's chip spending for a year, oldest first."""
    rows = oem[oem["series_id"].str.startswith(GARTNER) & (oem["geography"] == buyer) & (oem["period"] == str(year))]
    rows = rows[rows["value"].notna()]
    return sorted(rows["series_id"].str.removeprefix(GARTNER))


def chip_spending(oem: pd.DataFrame, buyer: str, year: int, vintage: str | None = None) -> Measure:
    """One buyer's chip spending in a year, USD bn, from the latest release that has it or from the one named."""
    found = vintages(oem, buyer, year)
    if not found or (vintage and vintage not in found):
        raise errors.MissingFigureError(f"no Gartner figure for {buyer} {year} in {vintage or 'any release'}")
    release = vintage or found[-1]
    rows = oem[(oem["series_id"] == GARTNER + release) & (oem["geography"] == buyer) & (oem["period"] == str(year))]
    row = rows.iloc[0]
    return Measure(
        label=f"{buyer}, chip spending (Gartner {release})",
        value=float(row["value"]) / 1000,
        unit="USD bn",
        period=str(year),
        counts="chip spending",
        basis="buyer_hq",
        vintage=release,
        firm=buyer,
        hong_kong="included",
        evidence=CLASS_OF_EVIDENCE[row["evidence"]],
        sources=(row["source_id"],),
    )


def spending_by_vintage(oem: pd.DataFrame, buyer: str) -> pd.DataFrame:
    """Every figure Gartner gave for a buyer: year, vintage, spending_usd_bn, latest (True for the newest of the year)."""
    rows = []
    years = sorted({int(p) for p in oem.loc[oem["geography"] == buyer, "period"] if p.isdigit()})
    for year in years:
        found = vintages(oem, buyer, year)
        for release in found:
            measure = chip_spending(oem, buyer, year, release)
            rows.append(
                {
                    "year": year,
                    "vintage": release,
                    "spending_usd_bn": measure.value,
                    "latest": release == found[-1],
                    "source_id": measure.sources[0],
                }
            )
    return pd.DataFrame(rows)


def chinese_device_makers(oem: pd.DataFrame, year: int, vintage: str | None = None) -> Measure:
    """Chip spending of the four large Chinese device makers within one release, all suppliers, USD bn: a lower bound.

    Without `vintage` the newest release that names all four is taken.
    """
    if vintage is None:
        named = set.intersection(*(set(vintages(oem, buyer, year)) for buyer in CHINESE_DEVICE_MAKERS))
        if not named:
            raise errors.MissingFigureError(f"no Gartner release names all four Chinese device makers for {year}")
        vintage = max(named)
    parts = [chip_spending(oem, buyer, year, vintage) for buyer in CHINESE_DEVICE_MAKERS]
    return add(parts, f"Chip spending of {len(parts)} Chinese device makers (Gartner {vintage})")


def chinese_demand_bcg(industry: pd.DataFrame, market: pd.DataFrame, year: int = 2018) -> Measure:
    """All Chinese-headquartered device makers' chip demand: BCG's share times the world market, all suppliers, USD bn."""
    share = industry[(industry["series_id"] == "BCG_CN_OEM_DEMAND") & (industry["period"] == str(year))]
    world = market[(market["series_id"] == "WSTS_ANN_WW") & (market["period"] == str(year))]
    if share.empty or world.empty:
        raise errors.MissingFigureError(f"BCG's share of Chinese demand or the world market is missing for {year}")
    return Measure(
        label="Chip demand of all Chinese-headquartered device makers (BCG)",
        value=float(share["value"].iloc[0]) / 100 * float(world["value"].iloc[0]),
        unit="USD bn",
        period=str(year),
        counts="chip spending",
        basis="buyer_hq",
        hong_kong="included",
        definition="BCG 2020",
        evidence="derived",
        sources=(share["source_id"].iloc[0], world["source_id"].iloc[0]),
    )
