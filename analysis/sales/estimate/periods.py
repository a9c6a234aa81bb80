"""Fiscal periods on the calendar: how many months of each calendar year a period covers.

A firm's year that ends on 28 January 2024 covers eleven months of 2023 and one of 2024. The estimate assumes that sales are
even within a calendar year; the error of that assumption is part of each observation's standard deviation.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

MONTHS_BY_LABEL = ((r"(^|-)(H\d)\b|^H\d ", 6), (r"9M", 9), (r"(^|-)F?Q\d", 3))


def months_long(label: str) -> int:
    """Length of a period from its label as filed: FY2022 → 12, 'H1 2023' → 6, FY2022-9M → 9, FY2022-Q1 → 3."""
    for pattern, months in MONTHS_BY_LABEL:
        if re.search(pattern, label):
            return months
    return 12


def last_month(end: pd.Timestamp) -> int:
    """The last full month of a period, counted from year 0; 52- and 53-week years end a few days off the month's end."""
    return end.year * 12 + end.month - 1 - (1 if end.day <= 15 else 0)


def typical_end_month(ends: pd.Series) -> int:
    """The month (1–12) in which a firm's fiscal years usually end; December when no date is known."""
    months = [last_month(end) % 12 + 1 for end in ends.dropna()]
    return int(pd.Series(months).mode().iloc[0]) if months else 12


def year_end(label: str, end: pd.Timestamp, end_month: int) -> pd.Timestamp | None:
    """The end of a period: as filed, else the firm's usual fiscal-year end in the year the label names, else None."""
    if pd.notna(end):
        return end
    match = re.search(r"20\d\d", label)
    return pd.Timestamp(int(match.group()), end_month, 28) if match else None


def year_weights(end: pd.Timestamp, months: int, years: np.ndarray) -> np.ndarray:
    """Months of the period in each calendar year of `years`, divided by 12: sums to the period's length in years."""
    last = last_month(end)
    covered = np.arange(last - months + 1, last + 1) // 12
    return np.array([(covered == year).sum() for year in years]) / 12


def calendarise(values: pd.Series, ends: pd.Series, years: np.ndarray, *, least_months: int = 11) -> pd.Series:
    """Calendar-year values from fiscal-year values, for years of which at least `least_months` months are covered."""
    weights = np.array([year_weights(end, 12, years) for end in ends]).reshape(-1, len(years))
    covered = weights.sum(axis=0)
    total = (weights * values.to_numpy()[:, None]).sum(axis=0)
    known = covered >= least_months / 12 - 1e-9
    return pd.Series(np.where(known, total / np.where(covered > 0, covered, 1), np.nan), index=years)
