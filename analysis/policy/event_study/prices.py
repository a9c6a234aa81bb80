"""Reading and checking a user's price file.

Prices cannot be redistributed, so the project ships the computed table and this way to compute it again. Accepted are CSV
and Parquet, long (columns date, firm, price) or wide (a date column, then one column a firm). Prices should be adjusted for
splits and dividends. Everything that is wrong is reported at once, each line naming firm and day.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from analysis.policy.event_study.market_model import ESTIMATION, WINDOWS, day_zero
from analysis.policy.event_study.study import window_label

_DATE_NAMES = ("date", "day", "time", "timestamp")
_FIRM_NAMES = ("firm", "ticker", "symbol", "company")
_PRICE_NAMES = ("price", "adj_close", "adj close", "adjusted_close", "close")
_SPLITS = (2, 3, 4, 5, 6, 7, 8, 10, 15, 20)
_SPLIT_TOLERANCE = 0.02
_LONGEST_CLOSURE_DAYS = 7     # the longest exchange closure of the period was shorter (New York, September 2001)


class PriceFileError(ValueError):
    """The price file cannot be used; the message has one problem a line."""


def read_prices(path: Path | str) -> pd.DataFrame:
    """Prices from a long or wide CSV or Parquet file as a table (T, F) by day and firm, sorted by day.

    Raises PriceFileError when the file is missing, of another type, or its columns or values cannot be understood.
    """
    path = Path(path)
    if not path.is_file():
        raise PriceFileError(f"{path}: no such file")
    if path.suffix.lower() in (".parquet", ".pq"):
        raw = pd.read_parquet(path)
        if isinstance(raw.index, pd.DatetimeIndex):
            raw = raw.reset_index(names=raw.index.name or "date")
    elif path.suffix.lower() in (".csv", ".txt"):
        raw = pd.read_csv(path)
    else:
        raise PriceFileError(f"{path}: expected a file ending in .csv or .parquet")
    names = {str(c).strip().lower(): c for c in raw.columns}
    date = next((names[n] for n in _DATE_NAMES if n in names), None)
    if date is None:
        raise PriceFileError(f"{path}: no date column; expected one of {', '.join(_DATE_NAMES)}")
    days = pd.to_datetime(raw[date], errors="coerce")
    bad_days = [f"{path}: row {i + 2}: '{raw[date].iloc[i]}' is not a date (YYYY-MM-DD)" for i in np.flatnonzero(days.isna())]
    firm = next((names[n] for n in _FIRM_NAMES if n in names), None)
    price = next((names[n] for n in _PRICE_NAMES if n in names), None)
    if bad_days:
        raise PriceFileError("\n".join(bad_days))
    if firm is not None:
        if price is None:
            raise PriceFileError(f"{path}: a long file needs a price column; expected one of {', '.join(_PRICE_NAMES)}")
        return _from_long(path, days, raw[firm].astype(str), raw[price])
    return _from_wide(path, days, raw.drop(columns=date))


def _from_long(path: Path, days: pd.Series, firm: pd.Series, price: pd.Series) -> pd.DataFrame:
    twice = pd.DataFrame({"day": days, "firm": firm}).duplicated()
    if twice.any():
        rows = [f"{path}: {firm[i]} has two prices on {days[i]:%Y-%m-%d}" for i in twice[twice].index]
        raise PriceFileError("\n".join(rows))
    table = pd.DataFrame({"day": days, "firm": firm, "price": _numbers(path, pd.DataFrame({"price": price}))["price"]})
    return table.pivot(index="day", columns="firm", values="price").sort_index()


def _from_wide(path: Path, days: pd.Series, prices: pd.DataFrame) -> pd.DataFrame:
    if days.duplicated().any():
        rows = [f"{path}: {d:%Y-%m-%d} appears twice" for d in days[days.duplicated()]]
        raise PriceFileError("\n".join(rows))
    table = _numbers(path, prices)
    table.index = pd.DatetimeIndex(days, name="day")
    table.columns = table.columns.astype(str)
    return table.sort_index()


def _numbers(path: Path, prices: pd.DataFrame) -> pd.DataFrame:
    numbers = prices.apply(pd.to_numeric, errors="coerce")
    text = numbers.isna() & prices.notna()
    if text.to_numpy().any():
        rows = [f"{path}: row {i + 2}, column {c}: '{prices.iloc[i][c]}' is not a number"
                for c in prices.columns for i in np.flatnonzero(text[c])]
        raise PriceFileError("\n".join(rows))
    return numbers


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
    problems += [f"no prices at all for {int(gap)} days before {day:%Y-%m-%d}: trading days are missing"
                 for day, gap in gaps[gaps > _LONGEST_CLOSURE_DAYS].items()]
    return problems + _event_problems(prices, events, benchmarks, windows, estimation)


def _series_problems(firm: str, series: pd.Series, adjusted: bool) -> list[str]:
    known = series.loc[series.first_valid_index():series.last_valid_index()] if series.notna().any() else series
    if not known.notna().any():
        return [f"{firm}: no price at all"]
    problems = [f"{firm}: price {value:g} on {day:%Y-%m-%d} is not positive" for day, value in known[known <= 0].items()]
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
