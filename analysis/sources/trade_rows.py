"""Rows of the trade tables: names of series, conversion of US dollars, the sum of twelve months."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

PARTNERS = {"CN": "China", "HK": "Hong Kong", "W": "World"}
HEADINGS = ("8541", "8542", "8486")  # diodes, LEDs and solar cells · integrated circuits · equipment for making chips and displays


def usd_m(usd: Decimal | int) -> str:
    """US dollars as USD million with three decimals (to the thousand), without idle zeros."""
    text = f"{Decimal(usd) / 1_000_000:.3f}"
    return text.rstrip("0").rstrip(".") or "0"


def export_row(code: str, partner: str, period: str, usd: Decimal | int, **trail: str) -> dict[str, str]:
    """A row of `us_exports`: an HS heading, a key of PARTNERS, a period YYYY or YYYY-MM; `trail` is source and evidence."""
    return {
        "series_id": f"US_X_{code}_{partner}",
        "period": period,
        "freq": "M" if "-" in period else "A",
        "geography": "United States",
        "partner": PARTNERS[partner],
        "hs_code_or_product": f"HS {code}",
        "value": usd_m(usd),
        "unit": "USD million",
        **trail,
    }


def whole_years(months: Mapping[tuple[str, str, str], Decimal]) -> dict[tuple[str, str, str], Decimal]:
    """Sums by (code, partner, year) of values by (code, partner, YYYY-MM), for years with twelve months only."""
    years: dict[tuple[str, str, str], list[Decimal]] = {}
    for (code, partner, month), usd in months.items():
        years.setdefault((code, partner, month[:4]), []).append(usd)
    return {key: sum(values, Decimal(0)) for key, values in years.items() if len(values) == 12}


def missing_months(months: Mapping[tuple[str, str, str], Decimal]) -> dict[tuple[str, str], list[str]]:
    """By series, the months without a value between the first and the last month of any series."""
    gaps = {}
    first, last = min(month for *_, month in months), max(month for *_, month in months)
    between = [f"{y}-{m:02d}" for y in range(int(first[:4]), int(last[:4]) + 1) for m in range(1, 13)]
    for series in sorted({key[:2] for key in months}):
        have = {month for code, partner, month in months if (code, partner) == series}
        lacking = [month for month in between if first <= month <= last and month not in have]
        if lacking:
            gaps[series] = lacking
    return gaps
