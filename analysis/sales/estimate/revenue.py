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

    def by_quarter(self) -> np.ndarray:
        """USD m by firm and quarter."""
        return self.usd_m.reshape(len(self.firms), -1, 3).sum(axis=-1)

    def known_by_quarter(self) -> np.ndarray:
        """Whether printed figures cover the whole quarter, by firm and quarter."""
        return self.known.reshape(len(self.firms), -1, 3).all(axis=-1)


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
