"""The numbers of the chapter on share prices and uncertainty indices; what they are called stands in `book/numbers/markets.yml`."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from scipy import stats

from analysis.policy import market_response as mr
from analysis.policy import uncertainty
from analysis.policy.event_study.significance import implied_correlation
from analysis.policy.event_study.simulation import rejection_rates
from analysis.registry.quantity import Quantity
from analysis.registry.recorder import Recorder

LEVEL = 90
LISTING, OSAKA = "2019-05-16", "2019-07-01"
SETS_OF = 1000   # synthetic events in one set of the simulation
FAMILIES = ("sector_3d", "portfolios_3d", "portfolios", "firms_3d", "firms")
COUNTS = ("tests", "holm_16_may_2019", "holm_other", "abs_t_above_2")


def _car(page: Recorder, id: str, row: pd.Series, **words: object) -> None:
    """One abnormal return with its interval, and its t."""
    half = 100 * row["se"] * stats.t.ppf(0.5 + LEVEL / 200, row["n_est"] - 2)
    value, day, sources = 100 * row["car"], f"{row['event_date']:%Y-%m-%d}", (row["source_id"],)
    page.record(id, Quantity(value, day, sources, low=value - half, high=value + half, level=LEVEL), window=row["window"],
                benchmark=row["benchmark"], days=f"{row['n_est']:.0f}", **words)
    page.record(f"{id}_t", Quantity(row["t"], day, sources), **words)


def record_listing_day(page: Recorder, car: pd.DataFrame) -> None:
    """16 May 2019: suppliers, the difference to the rest, the sector, and relief at Osaka."""
    sector = mr.cell(car, mr.ALL_FIRMS, mr.LISTING_DAY)
    shock, relief = mr.cell(car, mr.LONG_SHORT, mr.LISTING_DAY), mr.cell(car, mr.LONG_SHORT, mr.OSAKA_DAY)
    _car(page, "markets.listing.suppliers", mr.cell(car, mr.EXPOSED, mr.LISTING_DAY))
    _car(page, "markets.listing.difference", shock)
    _car(page, "markets.listing.sector", sector)
    _car(page, "markets.osaka.difference", relief)
    sources = (sector["source_id"],)
    correlation = implied_correlation(sector["t_bmp"], sector["t_bmp_kp"], sector["n_firms"])
    for key, value, day in (
        ("listing.sector_t_bmp", sector["t_bmp"], LISTING), ("listing.sector_t_adjusted", sector["t_bmp_kp"], LISTING),
        ("listing.residual_correlation", correlation, LISTING),
        ("osaka.share_of_shock", -100 * relief["car"] / shock["car"], OSAKA),
    ):
        page.record(f"markets.{key}", Quantity(value, day, sources))


def record_dose_response(
    page: Recorder, fit: dict[str, float], shares: pd.DataFrame, car: pd.DataFrame, suppliers: Sequence[str]
) -> None:
    """Slope and rank correlation of the loss on the Huawei share, and the range of that share among `suppliers` (tickers)."""
    sources = tuple(dict.fromkeys([*shares["source_id"], car["source_id"].iloc[0]]))
    page.record("markets.dose.slope", Quantity(-fit["slope"], LISTING, sources, low=-fit["slope_high"], high=-fit["slope_low"],
                                               level=fit["level_pct"]))
    page.record("markets.dose.slope_without_largest", Quantity(-fit["slope_without_largest"], LISTING, sources))
    page.record("markets.dose.slope_stated", Quantity(-fit["slope_stated"], LISTING, sources))
    page.record("markets.dose.spearman", Quantity(fit["spearman"], LISTING, sources), n=fit["n"])
    page.record("markets.dose.suppliers", Quantity(fit["n"], LISTING, sources))
    exposed = shares[shares["ticker"].isin(suppliers)]["share_pct"]
    page.record("markets.dose.lowest_share", Quantity(exposed.min(), LISTING, sources))
    page.record("markets.dose.highest_share", Quantity(exposed.max(), LISTING, sources))


def record_nulls(page: Recorder, car: pd.DataFrame, table: pd.DataFrame) -> None:
    """What was not found: quiet dates, extensions, multiple testing."""
    quiet = mr.quiet_dates(car)
    newest, sources = f"{quiet['event_date'].max():%Y-%m-%d}", (car["source_id"].iloc[0],)
    page.record("markets.quiet.dates", Quantity(quiet["event_date"].nunique(), newest, sources))
    page.record("markets.quiet.largest_t", Quantity(quiet["abs_t"].max(), newest, sources))
    for day, month in zip(mr.TGL_EXTENSIONS, ("august", "november"), strict=True):
        _car(page, "markets.extension.{month}_2019", mr.cell(car, mr.LONG_SHORT, day), month=month, day=f"{day:%d %B %Y}")
    for row, family in zip(table.itertuples(), FAMILIES, strict=True):
        for column in COUNTS:
            page.record(f"markets.family.{{family}}.{column}", Quantity(getattr(row, column), newest, sources), family=family,
                        name=row.family)


def record_simulation(page: Recorder, source: str, as_of: str, correlation: float = 0.3, sets: int = 2) -> pd.DataFrame:
    """Rejection rates of the tests on synthetic returns without any effect; returns them by test and correlation."""
    rows = []
    for r in (0.0, correlation):
        runs = pd.DataFrame([rejection_rates(r, seed=seed) for seed in range(sets)])
        rows.append((100 * runs.mean()).rename(r))
    table = pd.DataFrame(rows)
    n = SETS_OF * sets
    for test in ("bmp", "kp"):
        share = table.loc[correlation, test] / 100
        half = 164.5 * (share * (1 - share) / n) ** 0.5
        page.record(f"markets.simulation.{test}", Quantity(100 * share, as_of, (source,), low=100 * share - half,
                                                           high=100 * share + half, level=LEVEL), n=n, correlation=correlation)
    return table


def record_uncertainty(
    page: Recorder, series: pd.DataFrame, regressions: pd.DataFrame, curve: pd.DataFrame, sources: tuple[str, ...]
) -> None:
    """The null on uncertainty indices."""
    newest = str(series.index[-1].to_timestamp(how="end").date())
    counts = curve["abs_t_above_2"]
    for key, value in (("regressions", len(regressions)), ("above_2", int((regressions["t"].abs() > 2).sum())),
                       ("by_chance", len(regressions) * 0.05), ("definitions", len(curve))):
        page.record(f"markets.uncertainty.{key}", Quantity(value, newest, sources))
    for end in ("min", "median", "max"):
        page.record("markets.uncertainty.curve_{end}", Quantity(getattr(counts, end)(), newest, sources), end=end,
                    definitions=len(curve))
    trace = uncertainty.trace_of_month(series)
    row = trace[(trace["index"] == "EPU_US_CAT_TRADE") & (trace["month"] == uncertainty.CHIP_RULE_MONTH)].iloc[0]
    page.record("markets.uncertainty.trade_october_2022_z", Quantity(row["z"], "2022-10-31", sources))
