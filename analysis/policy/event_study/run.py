"""From a user's price file to the table: reading, checking, benchmarks and portfolios by name, then the study."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from analysis.data.days import days
from analysis.data.hidden import hidden_fault
from analysis.data.problems import DataError, shown
from analysis.data.sheets import read_sheet
from analysis.data.vocabulary import EXPECTED_SIGNS
from analysis.policy.event_study.market_model import ESTIMATION, WINDOWS, day_zero
from analysis.policy.event_study.price_files import SEPARATORS, PriceFileError, Say, read_prices, silent
from analysis.policy.event_study.prices import problems_with, simple_returns
from analysis.policy.event_study.study import ALL_FIRMS, run_event_study
from analysis.policy.market_response import main_dates

MAX_EVENTS_BYTES = 5_000_000


def run_on_prices(
    prices_file: Path | str, events_file: Path | str | None = None, benchmarks: list[str] | tuple[str, ...] = ("SPY",),
    portfolios: list[str] | tuple[str, ...] = (), adjusted: bool = False, covered_only: bool = False,
    data_dir: Path | str | None = None, price: str = "", say: Say = silent,
) -> pd.DataFrame:
    """The study on a price file; the table has the columns of `event_study_car`.

    Arguments: `benchmarks` as 'COLUMN' or 'NAME=COLUMN,COLUMN' (equal-weighted returns), `portfolios` as 'NAME=FIRM,FIRM';
    `covered_only` leaves out events without enough prices around them instead of reporting them; `price` names the price column of
    a long file with several; `say` is told, line by line, what was left out of the file without loss.
    Raises PriceFileError listing everything that is wrong, one problem a line.
    """
    prices = read_prices(prices_file, price, say)
    events = read_events(events_file, say) if events_file else shipped_events(data_dir)
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


def read_events(path: Path | str, say: Say = silent) -> pd.DataFrame:
    """Events from a CSV with `event_date`, `event`, optional `expected_sign` (+, - or ?).

    Raises PriceFileError, one problem a line: also when an event stands twice, as it would count twice.
    """
    try:
        sheet = read_sheet(Path(path), separators=SEPARATORS, is_header=lambda names: "event_date" in names,
                           max_bytes=MAX_EVENTS_BYTES)
    except DataError as error:
        raise PriceFileError(str(error)) from None
    missing = [name for name in ("event_date", "event") if name not in sheet.header]
    if missing:
        raise PriceFileError(f"{path}: missing column(s) {', '.join(missing)}")
    values, faults = days(sheet.column("event_date"))
    dates, names = sheet.column("event_date"), sheet.column("event")
    problems = [*sheet.problems, *(sheet.problem(i, "event_date", f"{shown(dates[i])} {fault}") for i, fault in faults.items())]
    seen: dict[tuple[object, str], int] = {}
    for i, (day, name) in enumerate(zip(values, names, strict=True)):
        if not name:
            problems.append(sheet.problem(i, "event", "is empty, expected what happened"))
        elif fault := hidden_fault(name):
            problems.append(sheet.problem(i, "event", f"{shown(name)} {fault}"))
        earlier = seen.setdefault((day, " ".join(name.casefold().split())), i)
        if earlier != i and not np.isnat(day):
            problems.append(sheet.problem(
                i, "event", f"the same event as in row {sheet.numbers[earlier]}, expected each event once"))
    signs = sheet.column("expected_sign") if "expected_sign" in sheet.header else None
    if signs:
        problems += [sheet.problem(i, "expected_sign", f"{shown(sign)}, expected one of: {', '.join(EXPECTED_SIGNS)}, or nothing")
                     for i, sign in enumerate(signs) if sign and sign not in EXPECTED_SIGNS]
    if problems:
        raise PriceFileError.of(problems)
    for note in sheet.notes:
        say(note)
    events = {"event_date": pd.DatetimeIndex(values), "event": names}
    return pd.DataFrame(events | ({"expected_sign": signs} if signs else {}))


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
