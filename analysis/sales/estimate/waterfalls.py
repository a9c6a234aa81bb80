"""How one lens becomes the estimate: steps with their own intervals.

From the industry lens: the conversion from location to headquarters, class by class, then what filings count beside chips.
From customs:
Hong Kong, what lies between the border and the filings, then the conversion in its two directions. Steps are posterior means, which
add up; the totals beside them on other pages are medians.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.sales.estimate import draws
from analysis.sales.estimate.draws import Draws
from analysis.sales.estimate.model import Inputs

WATERFALL_YEAR = 2022


def from_industry(inputs: Inputs, found: Draws, year: int, industry_usd_bn: float) -> pd.DataFrame:
    """Steps from US firms' sales into China (trade statistics) to sales to Chinese firms, USD bn."""
    t = _at(inputs, year)
    total = found.yearly(found.total_location)[..., t]
    steps = [
        ("Industry: US firms' shipments to addresses in China", np.full(total.shape, industry_usd_bn), True),
        ("Licences, whole systems and billing addresses that filings count", total - industry_usd_bn, False),
    ]
    steps += [
        (f"{name[0].upper()}{name[1:]}: to headquarters", values, False) for name, values in _conversions(inputs, found, year)
    ]
    steps.append(("Estimate: sales to Chinese firms", found.yearly(found.total_headquarters)[..., t], True))
    return _table(steps, ("derived", "estimated"))


def from_customs(inputs: Inputs, found: Draws, year: int, mainland_usd_bn: float, hong_kong_usd_bn: float) -> pd.DataFrame:
    """Steps from US exports of HS 8542 to mainland China to sales to Chinese firms, USD bn.

    Exports are taken as if all were US firms' sales. They are not, since foreign firms' US plants and chips sent for packaging
    are in
    them, so the step from the border to the filings is a lower bound, without an interval.
    """
    t = _at(inputs, year)
    location = found.yearly(found.total_location)[..., t]
    constant = np.ones(location.shape)
    crossing = mainland_usd_bn + hong_kong_usd_bn
    conversions = _conversions(inputs, found, year)
    away = sum((v for _, v in conversions if v.mean() < 0), 0 * constant)
    towards = sum((v for _, v in conversions if v.mean() >= 0), 0 * constant)
    steps = [
        ("Customs: US exports to mainland China", mainland_usd_bn * constant, True),
        ("Customs: US exports to Hong Kong", hong_kong_usd_bn * constant, False),
        ("US firms' chips that never cross the US border", location - crossing, False),
        ("Addresses in China of customers run from elsewhere", away, False),
        ("Chinese customers served through other countries", towards, False),
        ("Estimate: sales to Chinese firms", found.yearly(found.total_headquarters)[..., t], True),
    ]
    return _table(steps, ("derived", "estimated"))


def _conversions(inputs: Inputs, found: Draws, year: int) -> list[tuple[str, np.ndarray]]:
    """By product class: headquarters less location in a year, largest fall first; then the firms outside the panel."""
    t, panel = _at(inputs, year), inputs.panel
    gap = (found.yearly(found.headquarters) - found.yearly(found.location))[..., t]
    own = {name: [i for i, f in enumerate(panel.firms) if panel.class_of(f) == name] for name in panel.classes}
    parts = sorted(((name, gap[..., places].sum(axis=-1)) for name, places in own.items()), key=lambda part: part[1].mean())
    rest = (found.yearly(found.rest_headquarters) - found.yearly(found.rest_location))[..., t]
    return [*parts, ("firms outside the panel", rest)]


def _table(steps: list[tuple[str, np.ndarray, bool]], classes: tuple[str, str]) -> pd.DataFrame:
    rows = []
    for name, values, is_total in steps:
        known = float(np.ptp(values)) == 0
        row = draws.summary(values)
        rows.append(
            {
                "step": name,
                "change_usd_bn": float(values.mean()),
                "low": np.nan if known else row["low"],
                "high": np.nan if known else row["high"],
                "is_total": is_total,
                "evidence": classes[0] if known else classes[1],
            }
        )
    return pd.DataFrame(rows)


def _at(inputs: Inputs, year: int) -> int:
    return int(np.searchsorted(inputs.panel.years, year))
