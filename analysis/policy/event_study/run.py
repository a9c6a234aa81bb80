"""From a user's price file to the table: reading, checking, benchmarks and portfolios by name, then the study."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.policy.event_study.market_model import ESTIMATION, WINDOWS, day_zero
from analysis.policy.event_study.prices import PriceFileError, problems_with, read_prices, simple_returns
from analysis.policy.event_study.study import ALL_FIRMS, run_event_study
from analysis.policy.market_response import main_dates


def run_on_prices(
    prices_file: Path | str, events_file: Path | str | None = None, benchmarks: list[str] | tuple[str, ...] = ("SPY",),
    portfolios: list[str] | tuple[str, ...] = (), adjusted: bool = False, covered_only: bool = False,
    data_dir: Path | str | None = None,
) -> pd.DataFrame:
    """The study on a price file; the table has the columns of `event_study_car`.

    Arguments: `benchmarks` as 'COLUMN' or 'NAME=COLUMN,COLUMN' (equal-weighted returns), `portfolios` as 'NAME=FIRM,FIRM';
    `covered_only` leaves out events without enough prices around them instead of reporting them.
    Raises PriceFileError listing everything that is wrong, one problem a line.
    """
    prices = read_prices(prices_file)
    events = read_events(events_file) if events_file else shipped_events(data_dir)
    named_benchmarks, named_portfolios = _named(benchmarks), _named(portfolios)
    if covered_only:
        events = covered(prices, events)
    parts = list(dict.fromkeys(c for columns in named_benchmarks.values() for c in columns))
    problems = problems_with(prices, events, parts, adjusted=adjusted)
    problems += [f"portfolio {name}: {firm!r} is not a column of the file"
                 for name, firms in named_portfolios.items() for firm in firms if firm not in prices.columns]
    if events.empty:
        problems.append("no event to study: the file covers none of them")
    if problems:
        raise PriceFileError("\n".join(problems))
    returns = simple_returns(prices)
    market = pd.DataFrame({name: returns[columns].mean(axis=1) for name, columns in named_benchmarks.items()})
    # A firm that serves as a benchmark on its own (an index fund) is not a firm of the study; members of a mean may be both.
    alone = {columns[0] for columns in named_benchmarks.values() if len(columns) == 1}
    firms = returns.drop(columns=[c for c in returns.columns if c in alone])
    groups = {f"EW:{name}": columns for name, columns in named_portfolios.items()} or {ALL_FIRMS: list(firms.columns)}
    return run_event_study(firms, market, events, groups)


def read_events(path: Path | str) -> pd.DataFrame:
    """Events from a CSV with `event_date` (YYYY-MM-DD), `event`, optional `expected_sign`. Raises PriceFileError."""
    path = Path(path)
    if not path.is_file():
        raise PriceFileError(f"{path}: no such file")
    events = pd.read_csv(path, dtype=str, keep_default_na=False)
    missing = [c for c in ("event_date", "event") if c not in events.columns]
    if missing:
        raise PriceFileError(f"{path}: missing column(s) {', '.join(missing)}")
    days = pd.to_datetime(events["event_date"], errors="coerce", format="%Y-%m-%d")
    if days.isna().any():
        raise PriceFileError("\n".join(
            f"{path}: row {i + 2}, column event_date: '{events['event_date'][i]}' is not a date (YYYY-MM-DD)"
            for i in days.index[days.isna()]))
    return events.assign(event_date=days)


def shipped_events(data_dir: Path | str | None = None) -> pd.DataFrame:
    """The events of the shipped table, one row each, in order of date."""
    from analysis.data import load_table

    car = main_dates(load_table("event_study_car", data_dir))
    columns = ["event_date", "event", "expected_sign"]
    return car[columns].drop_duplicates().sort_values("event_date").reset_index(drop=True)


def covered(prices: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """The events with enough days before and after them in the file."""
    days = prices.index.to_numpy("datetime64[D]")
    d0 = day_zero(days, pd.to_datetime(events["event_date"]).to_numpy("datetime64[D]"))
    enough = (d0 + ESTIMATION[0] - 1 >= 0) & (d0 + max(w[1] for w in WINDOWS) < len(days))
    return events[enough].reset_index(drop=True)


def _named(items: list[str] | tuple[str, ...]) -> dict[str, list[str]]:
    """'NAME=A,B' → {'NAME': ['A', 'B']}; 'A' → {'A': ['A']}."""
    named = {}
    for item in items:
        name, _, columns = item.partition("=")
        named[name.strip()] = [c.strip() for c in columns.split(",") if c.strip()] or [name.strip()]
    return named
