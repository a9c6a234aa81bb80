"""How one lens becomes the estimate: steps whose means add up, each with its own interval.

From the industry lens: what filings count and trade statistics do not, then the conversion from location to headquarters,
class by class. From customs: Hong Kong, chips that never cross the US border, then the conversion in its two directions.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.sales.estimate import draws
from analysis.sales.estimate.draws import Draws
from analysis.sales.estimate.model import Inputs

OUTSIDE = "Firms outside the panel: to headquarters"


def from_industry(inputs: Inputs, found: Draws, year: int, industry_usd_bn: float) -> pd.DataFrame:
    """Steps from US firms' sales into China (trade statistics) to sales to Chinese firms, USD bn."""
    steps = [("Industry: US firms' shipments to addresses in China", np.full(_shape(found), industry_usd_bn), True)]
    total = found.total_location[..., _at(inputs, year)]
    steps.append(("Licences, whole systems and billing addresses that filings count", total - industry_usd_bn, False))
    steps += [
        (f"{name[0].upper()}{name[1:]}: to headquarters", values, False) for name, values in _conversions(inputs, found, year)
    ]
    steps.append(("Estimate: sales to Chinese firms", found.total_headquarters[..., _at(inputs, year)], True))
    return _table(steps, ("derived", "estimated"))


def from_customs(inputs: Inputs, found: Draws, year: int, mainland_usd_bn: float, hong_kong_usd_bn: float) -> pd.DataFrame:
    """Steps from US exports of HS 8542 to mainland China to sales to Chinese firms, USD bn."""
    constant = np.ones(_shape(found))
    crossing = mainland_usd_bn + hong_kong_usd_bn
    conversions = _conversions(inputs, found, year)
    away = sum((v for _, v in conversions if v.mean() < 0), 0 * constant)
    towards = sum((v for _, v in conversions if v.mean() >= 0), 0 * constant)
    steps = [
        ("Customs: US exports to mainland China", mainland_usd_bn * constant, True),
        ("Customs: US exports to Hong Kong", hong_kong_usd_bn * constant, False),
        ("US firms' chips that never cross the US border", found.total_location[..., _at(inputs, year)] - crossing, False),
        ("Addresses in China of customers run from elsewhere", away, False),
        ("Chinese customers served through other countries", towards, False),
        ("Estimate: sales to Chinese firms", found.total_headquarters[..., _at(inputs, year)], True),
    ]
    return _table(steps, ("derived", "estimated"))


def _conversions(inputs: Inputs, found: Draws, year: int) -> list[tuple[str, np.ndarray]]:
    """By product class: headquarters less location in a year, largest fall first; then the firms outside the panel."""
    t, panel = _at(inputs, year), inputs.panel
    gap = found.headquarters[..., t] - found.location[..., t]
    parts = []
    for name in panel.classes:
        own = [i for i, f in enumerate(panel.firms) if panel.class_of(f) == name]
        parts.append((name, gap[..., own].sum(axis=-1)))
    parts.sort(key=lambda part: part[1].mean())
    return [*parts, ("firms outside the panel", found.rest_headquarters[..., t] - found.rest_location[..., t])]


def _table(steps: list[tuple[str, np.ndarray, bool]], classes: tuple[str, str]) -> pd.DataFrame:
    rows = []
    for name, values, is_total in steps:
        known = float(np.ptp(values)) == 0
        row = draws.summary(values)
        rows.append(
            {
                "step": name,
                "change_usd_bn": float(values.mean()),  # means of the steps add up, medians would not
                "low": np.nan if known else row["low"],
                "high": np.nan if known else row["high"],
                "is_total": is_total,
                "evidence": classes[0] if known else classes[1],
            }
        )
    return pd.DataFrame(rows)


def _at(inputs: Inputs, year: int) -> int:
    return int(np.searchsorted(inputs.panel.years, year))


def _shape(found: Draws) -> tuple[int, int]:
    return found.total_location.shape[:2]
