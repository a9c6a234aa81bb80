"""Small tables of filings for the tests of the traps: every value is invented for the test and stands for its kind."""

from __future__ import annotations

import pandas as pd
import pytest

COLUMNS = {
    "firm": "Firm A",
    "industry_segment": "chips",
    "fiscal_year": "FY2022",
    "period_type": "annual",
    "fiscal_year_end": "2022-12-31",
    "total_revenue_usd_m": 1000.0,
    "china_revenue_usd_m": 400.0,
    "china_share_pct": 40.0,
    "year": 2022,
    "months": 12,
    "stated_as": "amount",
    "hong_kong": "not stated",
    "taiwan": "not stated",
    "includes": "products",
    "basis_class": "ship_to",
    "china_hq_revenue_usd_m": None,
    "china_hq_mainland_usd_m": None,
    "hq_kind": "",
    "huawei_share_pct_of_revenue": None,
    "huawei_revenue_usd_m": None,
    "grade": "A",
    "evidence": "seen",
    "note": "",
    "source_id": "test-source",
}
NUMERIC = [name for name, value in COLUMNS.items() if isinstance(value, float) or value is None]


def filings_of(*rows: dict) -> pd.DataFrame:
    """A filings table from rows that name only what differs from a plain annual ship-to row of Firm A."""
    named = [{"year": int(row["fiscal_year"][2:6])} if "fiscal_year" in row else {} for row in rows]
    table = pd.DataFrame([{**COLUMNS, **year, **row} for year, row in zip(named, rows, strict=True)])
    table[NUMERIC] = table[NUMERIC].astype(float)
    table["fiscal_year_end"] = pd.to_datetime(table["fiscal_year_end"])
    return table


@pytest.fixture
def make_filings():
    """Builder of small filings tables."""
    return filings_of


@pytest.fixture(scope="session")
def tables() -> dict[str, pd.DataFrame]:
    """The real tables, read only."""
    from analysis.data import load_table

    names = (
        "company_filings",
        "quarterly_revenue",
        "us_exports",
        "china_imports",
        "market_sales",
        "us_industry",
        "oem_demand",
        "export_licences",
        "huawei_facts",
    )
    return {name: load_table(name) for name in names}
