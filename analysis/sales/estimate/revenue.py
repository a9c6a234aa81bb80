"""Each firm's own revenue by month: the profile over which a fiscal figure is spread.

Quarters as printed come first (of the segment that the China line is about, where a table gives it, so that an acquisition is
no growth of chips); a longer period fills the months that nothing shorter covers; gaps follow the neighbours on both sides, and
beyond the last figure the firm moves with the China market. Months that no printed figure covers are marked.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.sales.estimate import periods


@dataclass(frozen=True)
class Revenue:
    """USD m by firm (rows) and month (columns, from January of `first_year`); `known` marks months under a printed figure and
    `quarterly` those under a printed quarter."""

    first_year: int
    firms: tuple[str, ...]
    usd_m: np.ndarray
    known: np.ndarray
    quarterly: np.ndarray

    def of(self, firm: str, months: np.ndarray) -> np.ndarray:
        """The firm's revenue in the given months (counted from year 0); zero outside the grid."""
        at = months - self.first_year * 12
        inside = (at >= 0) & (at < self.usd_m.shape[1])
        return np.where(inside, self.usd_m[self.firms.index(firm), np.clip(at, 0, self.usd_m.shape[1] - 1)], 0.0)

    def parts_of_years(self, firm: str, months: np.ndarray, years: np.ndarray) -> np.ndarray:
        """Which part of the firm's revenue of each calendar year falls into the given months."""
        whole = np.array([self.of(firm, np.arange(year * 12, year * 12 + 12)).sum() for year in years])
        part = np.array([self.of(firm, months[months // 12 == year]).sum() for year in years])
        return part / whole

    def has_quarters(self, firm: str, months: np.ndarray) -> bool:
        """Whether printed quarters cover every month of the calendar years that the given months touch."""
        years = np.unique(months // 12)
        at = (years[:, None] * 12 + np.arange(12)).ravel() - self.first_year * 12
        at = at[(at >= 0) & (at < self.usd_m.shape[1])]
        return bool(self.quarterly[self.firms.index(firm), at].all())

    def by_year(self, years: np.ndarray) -> np.ndarray:
        """USD m by firm and calendar year, missing where printed figures cover less than eleven months."""
        at = (years - self.first_year)[:, None] * 12 + np.arange(12)
        return np.where(self.known[:, at].sum(axis=-1) >= 11, self.usd_m[:, at].sum(axis=-1), np.nan)


def build(totals: pd.DataFrame, firms: tuple[str, ...], first_year: int, last_year: int, market: pd.Series) -> Revenue:
    """Monthly revenue from `totals` (firm, end, months, revenue_usd_m) and the China market by year (USD m, any gaps)."""
    n_months = 12 * (last_year - first_year + 1)
    index = _market_index(market, first_year, n_months)
    usd_m = np.full((len(firms), n_months), np.nan)
    known, quarterly = np.zeros_like(usd_m, dtype=bool), np.zeros_like(usd_m, dtype=bool)
    for f, firm in enumerate(firms):
        rows = totals[totals["firm"] == firm].sort_values(["months", "end"])
        for end, months, value in zip(rows["end"], rows["months"], rows["revenue_usd_m"], strict=True):
            _fill(usd_m[f], periods.months_of(end, int(months)) - first_year * 12, int(months), float(value))
            if months == 3:
                at = periods.months_of(end, 3) - first_year * 12
                quarterly[f, at[(at >= 0) & (at < n_months)]] = True
        known[f] = np.isfinite(usd_m[f])
        usd_m[f] = _bridge(usd_m[f], index)
    return Revenue(first_year, firms, usd_m, known, quarterly)


def totals(chips: pd.DataFrame, quarterly: pd.DataFrame | None) -> pd.DataFrame:
    """Revenue by firm and period (firm, end, months, revenue_usd_m): quarters as printed, and the totals of the filings table.

    `chips` has `end` and `months`. A firm whose China line stands beside software that it bought is followed by its products alone.
    A blank total is taken from its own row, China line over share, never from another year.
    """
    implied = 100 * chips["china_revenue_usd_m"] / chips["china_share_pct"]
    value = chips["total_revenue_usd_m"].fillna(implied.where(chips["stated_as"] == "amount"))
    rows = chips.assign(revenue_usd_m=value).dropna(subset=["revenue_usd_m", "end", "months"]).sort_values("period_type")
    columns = ["firm", "end", "months", "revenue_usd_m"]
    parts = [rows.loc[~rows["period_type"].isin(("range", "press_share")), columns]]
    if quarterly is not None:
        software = quarterly["firm"].isin(chips.loc[chips["includes"] == "software", "firm"])
        products = quarterly["segment"] == "products"
        chosen = quarterly[np.where(software, products, quarterly["segment"] == "total")]
        chosen = chosen.assign(end=pd.to_datetime(chosen["period_end"]), months=3)
        parts.insert(0, chosen.dropna(subset=["end", "revenue_usd_m"])[columns])
    return pd.concat(parts).drop_duplicates(["firm", "end", "months"]).reset_index(drop=True)


def _fill(row: np.ndarray, at: np.ndarray, months: int, value: float) -> None:
    """Spread what a period has beyond its known months evenly over its unknown ones, in place."""
    inside = at[(at >= 0) & (at < len(row))]
    empty = inside[np.isnan(row[inside])]
    if not len(empty):
        return
    rest = value - np.nansum(row[inside])
    missing = months - (len(inside) - len(empty))
    row[empty] = rest / missing if rest > 0 else value / months


def _bridge(row: np.ndarray, index: np.ndarray) -> np.ndarray:
    """Fill gaps on the log scale relative to the market, level beyond the first and the last known year."""
    seen = np.flatnonzero(np.isfinite(row))
    if not len(seen):
        return index * 100.0
    relative = np.log(row[seen] / index[seen])
    first, last = relative[:12].mean(), relative[-12:].mean()
    inner = np.interp(np.arange(len(row)), seen, relative, left=first, right=last)
    return np.where(np.isfinite(row), row, np.exp(inner) * index)


def _market_index(market: pd.Series, first_year: int, n_months: int) -> np.ndarray:
    """The market by month, one in the middle of its first known year, straight on the log scale between years."""
    known = market.dropna()
    if known.empty:
        return np.ones(n_months)
    middle = (known.index.to_numpy(float) - first_year) * 12 + 5.5
    logs = np.log(known.to_numpy(float) / known.iloc[0])
    return np.exp(np.interp(np.arange(n_months), middle, logs))
