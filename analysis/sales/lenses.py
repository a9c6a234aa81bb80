"""The four lenses on one quantity, side by side: customs, industry, filings by basis, buyers.

Nothing here adds one lens to another. Each row says what it counts and what it leaves out, so that the gap between
two lenses is read as a difference of definition before it is read as an error.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.sales import buyers, customs, errors, filings, industry
from analysis.sales.measures import Measure, in_billions

TABLES = ("us_exports", "china_imports", "us_industry", "market_sales", "company_filings", "oem_demand")

WHAT = {
    "customs": (
        "Chips that leave the United States for mainland China",
        "chips made or packaged abroad, which are most US-brand chips",
    ),
    "customs_hong_kong": (
        "Chips that leave the United States for mainland China or Hong Kong",
        "chips that never touch the United States; Hong Kong is mostly a way station",
    ),
    "industry": ("Chips of US firms shipped to an address in China", "who owns that factory: foreign brands assemble there too"),
    "billing": ("Sales invoiced to an address in China", "Chinese firms that buy through other countries"),
    "ship_to": ("Sales shipped to an address in China", "who owns that address"),
    "hq": ("Sales to customers run from China", "firms that do not publish this basis"),
    "buyers": ("Chips in the products of four Chinese device makers", "nationality of the supplier; all other Chinese buyers"),
}


def lens_table(tables: Mapping[str, pd.DataFrame], year: int) -> pd.DataFrame:
    """All lenses that have a figure for `year`: lens, label, value_usd_bn, hong_kong, counts, leaves_out, evidence, sources.

    `tables` maps the names in TABLES to loaded tables. A lens without a figure for the year is absent, never zero.
    """
    rows = []
    for lens, measure in measures(tables, year).items():
        counts, leaves_out = WHAT[lens]
        rows.append(
            {
                "lens": lens,
                "label": measure.label,
                "value_usd_bn": measure.value,
                "counts": counts,
                "leaves_out": leaves_out,
                "hong_kong": measure.hong_kong,
                "evidence": measure.evidence,
                "sources": measure.sources,
            }
        )
    return pd.DataFrame(rows)


def measures(tables: Mapping[str, pd.DataFrame], year: int) -> dict[str, Measure]:
    """The lenses' figures for a year in USD bn, by lens; lenses without a figure are left out."""
    ways = {
        "customs": lambda: customs.us_exports(tables["us_exports"], year),
        "customs_hong_kong": lambda: customs.us_exports_with_hong_kong(tables["us_exports"], year),
        "hq": lambda: filings.total(tables["company_filings"], year, basis="hq"),
        "ship_to": lambda: filings.total(tables["company_filings"], year, basis="ship_to"),
        "billing": lambda: filings.total(tables["company_filings"], year, basis="billing"),
        "buyers": lambda: buyers.chinese_device_makers(tables["oem_demand"], year),
        "industry": lambda: industry.us_sales_into(tables["us_industry"], tables["market_sales"], year),
    }
    found = {}
    for lens, way in ways.items():
        try:
            found[lens] = in_billions(way())
        except errors.MissingFigureError:
            continue
    return found
