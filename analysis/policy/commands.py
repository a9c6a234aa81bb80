"""Commands of the policy part: the state of the file on one day, and the event study on a user's own prices."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from pathlib import Path

EVENT_STUDY_EPILOG = """\
The price file is CSV (UTF-8) or Parquet, adjusted for splits and dividends, in one of two shapes:

  long   date,firm,price            wide   date,SPY,QCOM,MU,...
         2018-01-02,SPY,268.77             2018-01-02,268.77,64.5,43.7,...

At least 251 prices before the first event and 10 after the last one are needed. Everything wrong with the file is
reported at once, and nothing is computed. Days may be YYYY-MM-DD, YYYYMMDD, time stamps (their local day counts) or 16 May 2019;
02/01/2018 only where the column shows which is the day. The result has the columns of the shipped table event_study_car.

examples:
  python -m analysis event-study prices.csv --benchmark SPY --out car.csv
  python -m analysis event-study prices.parquet --benchmark SPY --benchmark NONUS=TSM,ASML,NXPI,STM,UMC \\
      --portfolio EXPOSED=NPTN,LITE,QRVO,SWKS,MU --events my_events.csv
  my_events.csv:  event_date,event,expected_sign
                  2019-05-16,Huawei added to Entity List,-
"""
LIMBO_EPILOG = """\
examples:
  python -m analysis limbo --on 2019-11-01
  python -m analysis limbo --on 2025-08-01 --json
"""


def add_commands(subparsers) -> None:
    """Add `limbo` and `event-study`."""
    limbo = subparsers.add_parser(
        "limbo", help="what was in limbo and in force on one day", epilog=LIMBO_EPILOG,
        description="List the files in limbo and the measures in force on one day, as the policy file knows them.",
        formatter_class=argparse.RawDescriptionHelpFormatter)
    limbo.add_argument("--on", required=True, metavar="YYYY-MM-DD", help="the day")
    limbo.add_argument("--json", action="store_true", help="print JSON")
    limbo.add_argument("--data", metavar="DIR", help="folder with the complete tables (default: the project's data)")
    limbo.set_defaults(run=_limbo)

    study = subparsers.add_parser(
        "event-study", help="abnormal returns around policy dates, from your own price file", epilog=EVENT_STUDY_EPILOG,
        description="Run the event study on your own share prices (prices cannot be redistributed with the book).",
        formatter_class=argparse.RawDescriptionHelpFormatter)
    study.add_argument("prices", metavar="PRICES", help="price file: .csv or .parquet, long or wide")
    study.add_argument("--events", metavar="FILE", help="CSV with event_date, event and optional expected_sign "
                                                        "(default: the events of the shipped table)")
    study.add_argument("--benchmark", action="append", metavar="NAME[=FIRM,FIRM…]",
                       help="a column, or the equal-weighted mean of several; may be repeated (default: SPY)")
    study.add_argument("--portfolio", action="append", metavar="NAME=FIRM,FIRM…",
                       help="an equal-weighted portfolio to test; may be repeated (default: all firms)")
    study.add_argument("--price", metavar="COLUMN", default="",
                       help="the price column of a long file that has several (an adjusted one is found by its usual names)")
    study.add_argument("--adjusted", action="store_true", help="the prices are adjusted: do not look for splits")
    study.add_argument("--covered-only", action="store_true", help="leave out events that the file does not cover")
    study.add_argument("--out", metavar="FILE", help="write the table here (.csv or .parquet); default: print it as CSV")
    study.add_argument("--data", metavar="DIR", help="folder with the complete tables (default: the project's data)")
    study.set_defaults(run=_event_study)


def _day(text: str) -> dt.date:
    """The day written YYYY-MM-DD. Raises ValueError that says so."""
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise ValueError(f"{text!r} is not a day, expected YYYY-MM-DD, for example 2019-11-01") from None


def _limbo(arguments: argparse.Namespace) -> int:
    import json

    import pandas as pd

    from analysis.policy.in_force import day_report
    from analysis.policy.tables import load_policy

    try:
        day = pd.Timestamp(_day(arguments.on))
        events, reversals, spells = load_policy(arguments.data)
        report = day_report(events, reversals, spells, day)
    except ValueError as problem:
        print(f"limbo: {problem}", file=sys.stderr)
        return 1
    if arguments.json:
        print(json.dumps(report, indent=1, ensure_ascii=False))
        return 0
    print(f"{report['day']} (events are known to {report['events_known_to']})")
    for key, title in (("in_limbo", "In limbo"), ("not_known", "Not known whether still in limbo"), ("in_force", "In force")):
        print(f"\n{title}: {len(report[key])}")
        for row in report[key]:
            kind = row["instrument"] if key == "in_force" else row["type"] + ("" if row["core"] else ", shown apart")
            print(f"  since {row['since']}  [{row['channel']}] {row['title']} ({kind})")
    return 0


def _unwritable(out: Path) -> str:
    """Why the result cannot go to `out`, known before anything is computed; "" when it can."""
    if out.suffix.lower() not in (".csv", ".parquet", ".pq"):
        return "expected a name ending in .csv or .parquet, so that the ending says what is written"
    if out.is_dir():
        return "is a folder, expected the name of a file"
    return "" if out.parent.is_dir() else f"there is no folder {out.parent}, expected one that exists"


def _event_study(arguments: argparse.Namespace) -> int:
    from analysis.policy.event_study.price_files import PriceFileError
    from analysis.policy.event_study.run import run_on_prices

    if arguments.out and (fault := _unwritable(Path(arguments.out))):
        print(f"event-study: {arguments.out}: {fault}; nothing computed", file=sys.stderr)
        return 1
    try:
        table = run_on_prices(
            arguments.prices, events_file=arguments.events, benchmarks=arguments.benchmark or ["SPY"],
            portfolios=arguments.portfolio or [], adjusted=arguments.adjusted, covered_only=arguments.covered_only,
            data_dir=arguments.data, price=arguments.price, say=lambda line: print(f"event-study: {line}", file=sys.stderr))
    except PriceFileError as problems:
        lines = str(problems).splitlines()
        print(f"event-study: {len(lines)} problem(s), nothing computed", file=sys.stderr)
        print("\n".join(lines), file=sys.stderr)
        return 1
    if not arguments.out:
        table.to_csv(sys.stdout, index=False)
        return 0
    write = table.to_csv if arguments.out.lower().endswith(".csv") else table.to_parquet
    try:
        write(arguments.out, index=False)
    except OSError as error:
        print(f"event-study: {arguments.out}: cannot be written: {error.strerror or error}", file=sys.stderr)
        return 1
    print(f"{arguments.out}: {len(table)} rows, {table['event'].nunique()} events, {table['firm'].nunique()} firms and portfolios")
    return 0
