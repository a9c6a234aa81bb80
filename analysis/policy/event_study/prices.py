"""Checking a user's prices: everything that forbids a run, all at once, each line naming firm and day.

Prices cannot be redistributed, so the project ships the computed table and this way to compute it again; `price_files` reads them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.policy.event_study.market_model import ESTIMATION, WINDOWS, day_zero
from analysis.policy.event_study.study import window_label

_SPLITS = (2, 3, 4, 5, 6, 7, 8, 10, 15, 20)
_SPLIT_TOLERANCE = 0.02
_LONGEST_CLOSURE_DAYS = 7     # the longest exchange closure of the period was shorter (New York, September 2001)
_MANY_SATURDAYS = 0.05        # some exchanges trade on a few Saturdays; a series filled over weekends has one day in seven
_MOST_OF_A_KIND = 5


def problems_with(
    prices: pd.DataFrame, events: pd.DataFrame, benchmarks: list[str], windows: tuple[tuple[int, int], ...] = WINDOWS,
    estimation: tuple[int, int] = ESTIMATION, adjusted: bool = False,
) -> list[str]:
    """Everything that forbids a run, all at once, in plain words; an empty list means the study can run.

    Looks for prices that are not positive, holes inside a firm's series, trading days missing for everybody, one-day ratios
    that look like unadjusted splits (unless `adjusted`), absent benchmarks, events outside the file and estimation windows
    that are too short. A firm listed after an event is no problem: it is left out of that event.
    """
    problems = [f"benchmark {b!r} is not a column of the file; it has {', '.join(map(str, prices.columns[:8]))} …"
                for b in benchmarks if b not in prices.columns]
    for firm in prices.columns:
        problems += _series_problems(str(firm), prices[firm], adjusted)
    gaps = prices.index.to_series().diff().dt.days
    saturdays = prices.index[prices.index.dayofweek == 5]
    if len(saturdays) > _MANY_SATURDAYS * len(prices):
        problems.append(f"{len(saturdays)} days are Saturdays, the first {saturdays[0]:%Y-%m-%d}: prices are filled over weekends "
                        "or the days are shifted; expected trading days only")
    problems += [f"no prices at all for {int(gap)} days before {day:%Y-%m-%d}: trading days are missing"
                 for day, gap in gaps[gaps > _LONGEST_CLOSURE_DAYS].items()]
    return problems + _event_problems(prices, events, benchmarks, windows, estimation)


def _series_problems(firm: str, series: pd.Series, adjusted: bool) -> list[str]:
    known = series.loc[series.first_valid_index():series.last_valid_index()] if series.notna().any() else series
    if not known.notna().any():
        return [f"{firm}: no price at all"]
    low = known[known <= 0]
    problems = [f"{firm}: price {value:g} on {day:%Y-%m-%d} is not positive" for day, value in low.items()]
    if len(low) > _MOST_OF_A_KIND:
        problems = [f"{problems[0]} ({len(low):,} such days, the last {low.index[-1]:%Y-%m-%d})"]
    holes = known[known.isna()]
    if len(holes):
        problems.append(f"{firm}: {len(holes)} missing price(s) between {known.index[0]:%Y-%m-%d} and "
                        f"{known.index[-1]:%Y-%m-%d}, the first on {holes.index[0]:%Y-%m-%d}")
    if not adjusted:
        ratio = (known / known.shift(1)).to_numpy()
        for factor in _SPLITS:
            for target, name in ((1 / factor, f"{factor}-for-1 split"), (factor, f"1-for-{factor} reverse split")):
                for i in np.flatnonzero(np.abs(ratio / target - 1) < _SPLIT_TOLERANCE):
                    problems.append(f"{firm}: price moves by a factor of {ratio[i]:.3f} on {known.index[i]:%Y-%m-%d}: an "
                                    f"unadjusted {name}? Adjust the prices, or say --adjusted if they are")
    return problems


def _event_problems(prices, events, benchmarks, windows, estimation) -> list[str]:
    problems: list[str] = []
    days = prices.index.to_numpy("datetime64[D]")
    positions = day_zero(days, pd.to_datetime(events["event_date"]).to_numpy("datetime64[D]"))
    needed, last = -estimation[0] + 1, max(w[1] for w in windows)
    complete = prices.notna().to_numpy()
    for (_, event), d0 in zip(events.iterrows(), positions, strict=True):
        label = f"event {pd.Timestamp(event['event_date']):%Y-%m-%d} ({event['event']})"
        if d0 - needed < 0:
            problems.append(f"{label}: {d0} prices before it, {needed} needed for the estimation window "
                            f"{window_label(estimation)} of returns")
        elif d0 + last >= len(days):
            problems.append(f"{label}: the file ends {max(len(days) - 1 - d0, 0)} trading days after it, {last} needed")
        else:
            for b in benchmarks:
                if b in prices.columns and not complete[d0 - needed:d0 + last + 1, prices.columns.get_loc(b)].all():
                    problems.append(f"{label}: benchmark {b} has missing prices around it")
            firms = [c for c in prices.columns if c not in benchmarks]
            columns = [prices.columns.get_loc(c) for c in firms]
            if not complete[d0 - needed:d0 + last + 1, columns].all(axis=0).any():
                problems.append(f"{label}: no firm has prices for its whole estimation window")
    return problems


def simple_returns(prices: pd.DataFrame) -> pd.DataFrame:
    """Daily returns as fractions; the first day is dropped, a missing price gives missing returns."""
    return (prices / prices.shift(1) - 1).iloc[1:]
