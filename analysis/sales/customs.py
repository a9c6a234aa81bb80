"""The customs lens: goods that cross a border, by destination (US exports) or by origin (China's imports).

US exports are total exports (domestic goods and re-exports) valued free alongside ship. China's imports include freight and
insurance and are recorded by country of origin; from 11 April 2025 the origin of a chip is the site of the wafer fab, before
that it was mostly the site of assembly, so a change across that date is a change of rule.
"""

from __future__ import annotations

import pandas as pd

from analysis.data.vocabulary import CLASS_OF_EVIDENCE
from analysis.sales import errors
from analysis.sales.measures import Measure, add

EXPORT_SERIES = {"China": "US_X_8542_CN", "Hong Kong": "US_X_8542_HK"}
EQUIPMENT_SERIES = {"China": "US_X_8486_CN", "Hong Kong": "US_X_8486_HK"}
ORIGIN_PREFIX = "CN_M_IC_RMB_"
FIRST_WAFER_FAB_YEAR = 2025


def us_exports(exports: pd.DataFrame, year: int, partner: str = "China") -> Measure:
    """US exports of integrated circuits (HS 8542) to mainland China or to Hong Kong in a year, USD m."""
    row = _annual(exports, EXPORT_SERIES[partner], year)
    return _export_measure(row, year, partner, "chips", "HS 8542")


def us_equipment_exports(exports: pd.DataFrame, year: int, partner: str = "China") -> Measure:
    """US exports of chipmaking machines (HS 8486) to mainland China or to Hong Kong in a year, USD m."""
    row = _annual(exports, EQUIPMENT_SERIES[partner], year)
    return _export_measure(row, year, partner, "equipment", "HS 8486")


def us_exports_with_hong_kong(exports: pd.DataFrame, year: int) -> Measure:
    """US exports of HS 8542 to mainland China and Hong Kong together; the table holds Hong Kong for 2019 and 2022 only."""
    parts = [us_exports(exports, year, partner) for partner in EXPORT_SERIES]
    return add(parts, "US exports of HS 8542 to China and Hong Kong")


def exports_by_year(exports: pd.DataFrame) -> pd.DataFrame:
    """Annual US exports of HS 8542: year, partner, exports_usd_bn, evidence, source_id. Annual rows only, never months."""
    parts = []
    for partner, series in EXPORT_SERIES.items():
        rows = exports[(exports["series_id"] == series) & (exports["freq"] == "A")]
        parts.append(
            pd.DataFrame(
                {
                    "year": rows["period"].astype(int),
                    "partner": partner,
                    "exports_usd_bn": rows["value"] / 1000,
                    "evidence": rows["evidence"],
                    "source_id": rows["source_id"],
                }
            )
        )
    return pd.concat(parts).sort_values(["partner", "year"]).reset_index(drop=True)


def imports_by_origin(imports: pd.DataFrame, year: int, origin: str) -> Measure:
    """China's imports of integrated circuits from one country of origin in a year, CNY bn, with the origin rule in force.

    The year 2025 is mixed: the rule changed on 11 April.
    """
    row = _annual(imports, ORIGIN_PREFIX + origin.replace(" ", ""), year)
    rule = "wafer-fab site (from 11 April 2025)" if year >= FIRST_WAFER_FAB_YEAR else "mostly assembly site"
    return Measure(
        label=f"China's imports of integrated circuits, origin {origin}",
        value=float(row["value"]),
        unit="CNY bn",
        period=str(year),
        counts="imports",
        basis="origin",
        origin_rule=rule,
        evidence="reported",
        sources=(row["source_id"],),
    )


def _export_measure(row: pd.Series, year: int, partner: str, scope: str, heading: str) -> Measure:
    return Measure(
        label=f"US exports of {heading} to {partner}",
        value=float(row["value"]),
        unit="USD m",
        period=str(year),
        counts="shipments",
        basis="destination",
        hong_kong="excluded" if partner == "China" else "only",
        scope=scope,
        evidence=CLASS_OF_EVIDENCE[row["evidence"]],
        sources=(row["source_id"],),
    )


def _annual(table: pd.DataFrame, series: str, year: int) -> pd.Series:
    rows = table[(table["series_id"] == series) & (table["freq"] == "A") & (table["period"] == str(year))]
    if rows.empty:
        raise errors.MissingFigureError(f"series {series} has no annual figure for {year}")
    if len(rows) > 1:
        raise errors.RepeatedFirmYearError(f"series {series} has {len(rows)} annual figures for {year}")
    return rows.iloc[0]
