"""What the book knows of one firm: every published figure on every basis, the estimate beside it, Huawei, events.

A firm's "China" line changes its meaning with its basis, so figures on different bases stand in different rows and series and
are never joined. An empty cell means that nothing was published; it is not zero.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.sales import filings as lines
from analysis.sales import huawei

YEARLY = ("annual", "annual_alt_basis", "annual_recast", "annual_year_assumed", "calendar_year", "annual_approx")
PERIODS = {
    "annual": "year",
    "annual_alt_basis": "year, another basis",
    "annual_recast": "year, as later recast",
    "annual_year_assumed": "year, assumed",
    "calendar_year": "calendar year",
    "annual_approx": "year, rounded",
    "half": "half-year",
    "quarter": "quarter",
    "partial": "part of a year",
    "partial_upper_bound": "part of a year, at most",
    "press_share": "share told to the press",
    "range": "range",
}


def firm_of(firms: pd.DataFrame, slug: str) -> pd.Series:
    """The row of `firms` with this slug. Raises KeyError when there is none."""
    rows = firms[firms["slug"] == slug]
    if rows.empty:
        raise KeyError(f"no firm {slug!r} in firms.csv; slugs: {', '.join(firms['slug'])}")
    return rows.iloc[0]


def figures(filings: pd.DataFrame, firm: str) -> pd.DataFrame:
    """Every figure for sales to China that `firm` published, one row a figure and basis, newest first.

    Columns: period, kind, yearly (bool), ends (day), year (calendar), basis, as_filed (the filing's words), china_usd_m,
    share_pct, total_usd_m, hong_kong, taiwan, stated_as, grade, note, source_id.
    A dual disclosure gives two rows: the line as filed, and the one by customers' headquarters.
    """
    table = lines.china_lines(filings)
    table = table[table["firm"] == firm]
    located = table[table["china_revenue_usd_m"].notna() | table["china_share_pct"].notna()]
    parts = [located.assign(basis=located["basis_class"], china=located["china_revenue_usd_m"], share=located["china_share_pct"])]
    dual = table[table["china_hq_revenue_usd_m"].notna() & (table["basis_class"] != "hq")]
    parts.append(dual.assign(basis="hq", china=dual["china_hq_revenue_usd_m"], share=float("nan")))
    found = pd.concat(parts)
    share = found["share"].fillna(100 * found["china"] / found["total_revenue_usd_m"])
    return (
        pd.DataFrame(
            {
                "period": found["fiscal_year"],
                "kind": [PERIODS[kind] for kind in found["period_type"]],
                "yearly": found["period_type"].isin(YEARLY),
                "standard": found["period_type"] == "annual",
                "ends": found["fiscal_year_end"],
                "year": found["calendar_year"],
                "basis": found["basis"],
                "as_filed": found["basis_as_filed"],
                "china_usd_m": found["china"],
                "share_pct": share,
                "total_usd_m": found["total_revenue_usd_m"],
                "hong_kong": found["hong_kong"],
                "taiwan": found["taiwan"],
                "stated_as": found["stated_as"],
                "grade": found["grade"],
                "note": found["note"],
                "source_id": found["source_id"],
            }
        )
        .sort_values(["ends", "year", "basis"], ascending=[False, False, True], kind="stable", na_position="last")
        .reset_index(drop=True)
    )


def newest(table: pd.DataFrame) -> pd.Series | None:
    """The newest full-year figure of :func:`figures`, the firm's own line before another of the same day; None without one."""
    rows = table[table["standard"] & (table["china_usd_m"].notna() | table["share_pct"].notna())]
    return None if rows.empty else rows.iloc[0]


def estimated(estimate: Mapping[str, pd.DataFrame], firm: str) -> pd.DataFrame:
    """The firm's sales to Chinese firms by year as the book estimates them: year, value, low, high (USD bn); empty when the firm
    is not part of the estimate."""
    table = estimate["firms"]
    own = table[(table["firm"] == firm) & (table["quantity"] == "headquarters")]
    return own[["year", "value", "low", "high", "observed_by"]].sort_values("year").reset_index(drop=True)


def disclosures(filings: pd.DataFrame, firm: str) -> pd.DataFrame:
    """What the firm said, or what was said of it, of its sales to Huawei; columns of :func:`huawei.supplier_disclosures`."""
    table = huawei.supplier_disclosures(filings)
    return table[table["firm"] == firm].sort_values("fiscal_year_end", ascending=False, na_position="last").reset_index(drop=True)


def events_naming(events: pd.DataFrame, firm: str) -> pd.DataFrame:
    """Policy events that name the firm, newest first."""
    return events[[firm in names.split("; ") for names in events["firms"]]].sort_values("date", ascending=False)
