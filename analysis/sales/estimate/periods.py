"""Fiscal periods on the calendar: which months a period covers, and which quarters those months lie in."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

PART = re.compile(r"(?:^|[-\s])F?(?:(?P<half>H)(?P<h>[12])|(?P<quarter>Q)(?P<q>[1-4])|(?P<nine>9)M)(?=$|\s|-)")


def last_month(end: pd.Timestamp) -> int:
    """The last full month of a period, counted from year 0; 52- and 53-week years end a few days off the month's end."""
    return end.year * 12 + end.month - 1 - (1 if end.day <= 15 else 0)


def months_of(end: pd.Timestamp, months: int) -> np.ndarray:
    """The months (counted from year 0) that a period of `months` months ending at `end` covers."""
    last = last_month(end)
    return np.arange(last - months + 1, last + 1)


def period_end(label: str, year: float, months: float, end: pd.Timestamp, fiscal_year_end_month: int) -> pd.Timestamp | None:
    """The end of a period: as filed, else from the firm's fiscal calendar, else None.

    A half or a quarter without a day ends where its number says within the fiscal year (H1 of a calendar year: June), never at
    the year's end. A part of a year that carries no number cannot be placed.
    """
    if pd.notna(end):
        return end
    if pd.isna(year) or pd.isna(months):
        return None
    closing = int(year) * 12 + fiscal_year_end_month - 1
    if months < 12:
        part = PART.search(label)
        if part is None:
            return None
        reached = 6 * int(part["h"]) if part["half"] else 3 * int(part["q"]) if part["quarter"] else 9
        closing -= 12 - reached
    return pd.Timestamp(closing // 12, closing % 12 + 1, 1) + pd.offsets.MonthEnd(0)


def quarter_labels(first_year: int, last_year: int) -> list[str]:
    """Calendar quarters as 2018Q3, from the first quarter of `first_year` to the last of `last_year`."""
    return [f"{year}Q{quarter}" for year in range(first_year, last_year + 1) for quarter in range(1, 5)]


def by_quarter(months: np.ndarray, weights: np.ndarray, first_year: int, quarters: int) -> np.ndarray:
    """Sums of monthly `weights` by quarter of a grid that begins in January of `first_year`; months outside are dropped."""
    place = (months - first_year * 12) // 3
    inside = (place >= 0) & (place < quarters)
    return np.bincount(place[inside], weights=weights[inside], minlength=quarters).astype(float)
