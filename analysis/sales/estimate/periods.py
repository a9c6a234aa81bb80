"""Fiscal periods on the calendar: how many months of each calendar year a period covers.

A firm's year that ends on 28 January 2024 covers eleven months of 2023 and one of 2024. How much of a calendar year's sales falls
into those months is read from the firm's own revenue (:mod:`.revenue`).
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
    """The end of a period: as filed, else where its label puts it in the firm's fiscal calendar, else None.

    A half or a quarter without a day ends where its number says within the fiscal year (H1 of a calendar year: June), never at
    the year's end.
    """
    if pd.notna(end):
        return end
    match = re.search(r"20\d\d", label)
    if match is None:
        return None
    part = re.search(r"H(?P<half>[12])|Q(?P<quarter>[1-4])|(?P<nine>9)M", label)
    reached = 12
    if part is not None:
        reached = 6 * int(part["half"]) if part["half"] else 3 * int(part["quarter"]) if part["quarter"] else 9
    month = int(match.group()) * 12 + end_month - 1 - (12 - reached)
    return pd.Timestamp(month // 12, month % 12 + 1, 28)


def months_of(end: pd.Timestamp, months: int) -> np.ndarray:
    """The months (counted from year 0) that a period of `months` months ending at `end` covers."""
    last = last_month(end)
    return np.arange(last - months + 1, last + 1)


def year_weights(end: pd.Timestamp, months: int, years: np.ndarray) -> np.ndarray:
    """Months of the period in each calendar year of `years`, divided by 12: sums to the period's length in years."""
    last = last_month(end)
    covered = np.arange(last - months + 1, last + 1) // 12
    return np.array([(covered == year).sum() for year in years]) / 12
