"""Commands of this part: refresh a table from an official interface, and reduce a customs extract."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from analysis import paths

PROVIDERS = ("edgar", "census", "comtrade", "fred")
REFRESH_EPILOG = """\
what each provider brings:
  edgar     China's part of revenue in annual reports (company_filings); set CHIP_CONTACT='Name name@example.org'
  census    US exports of HS 8541, 8542, 8486 to China and Hong Kong by month (us_exports); set CENSUS_API_KEY
  comtrade  annual US exports, China's imports, partners' exports to China, HS 8542; set COMTRADE_API_KEY
  fred      industrial production and capacity of NAICS 3344 by month (uncertainty_monthly); set FRED_API_KEY

Keys are free, are read from the environment only, and are written nowhere. An interrupted refresh goes on where it stopped
when the same command is run again. The overlay is checked before it is put in place, complete or not at all.

examples:
  python -m analysis refresh census --dry-run
  python -m analysis refresh census --from 2022-07 --out my-rows
  python -m analysis refresh edgar --firm NVIDIA --firm Micron --from 2025-01 --out my-rows
  make book DATA=my-rows
"""
CUSTOMS_EPILOG = """\
columns: month, hs_code, partner, flow, value_usd; those of USA Trade Online, the Census interface and Comtrade bulk are understood
  month     2024-03, 202403, 2024-03-01 or March 2024, one form throughout
  hs_code   4 to 10 digits, one length; words after the code are passed over
  partner   CN and HK, 5700 and 5820, 156 and 344, or the names
  flow      X (total exports), or DX and RX (domestic and re-exports); M is left out; USA Trade Online has none
  value_usd US dollars

Parts beside their totals, rows that stand twice, a partner that looks like China under another name and values that are no
numbers are refused; files with the same bytes are read once, and months that are missing are named.

examples:
  python -m analysis customs-monthly exports.parquet --title "Exports by HS10, vintage October 2026" --out my-rows
  python -m analysis customs-monthly 'extract/*.csv' --title "USA Trade Online" --memory 512MB --out my-rows
"""


def add_commands(subparsers: argparse._SubParsersAction) -> None:
    """Add `refresh` and `customs-monthly`."""
    refresh = subparsers.add_parser(
        "refresh",
        help="fetch new rows from an official interface into an overlay folder",
        epilog=REFRESH_EPILOG,
        description="Fetch new rows from an official interface into an overlay folder for make book DATA=DIR; data/ stays.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    refresh.add_argument("provider", metavar="PROVIDER", choices=PROVIDERS, help=" | ".join(PROVIDERS))
    refresh.add_argument(
        "--out", metavar="DIR", type=paths.given, help="overlay folder; rows already there stay (default: overlays/PROVIDER)"
    )
    refresh.add_argument("--from", dest="first", metavar="YYYY-MM", help="first month (for edgar: in which the fiscal year ends)")
    refresh.add_argument("--to", dest="last", metavar="YYYY-MM", help="last month (default: this month)")
    refresh.add_argument(
        "--firm", action="append", default=[], metavar="NAME", help="edgar only: this firm; may be repeated (default: all)"
    )
    refresh.add_argument("--quarters", action="store_true", help="edgar only: quarterly reports (10-Q) too")
    refresh.add_argument("--dry-run", action="store_true", help="show the requests that would be made, make none; needs no key")
    refresh.add_argument("--base-url", default="", metavar="URL", help="another address of the interface, e.g. of a mirror")
    refresh.add_argument("--pages", metavar="DIR", type=paths.given,
                         help="where finished pages are kept until the overlay is written")
    refresh.add_argument("--quiet", action="store_true", help="no progress lines; what is left out is said all the same")
    refresh.set_defaults(run=_refresh)

    customs = subparsers.add_parser(
        "customs-monthly",
        help="reduce a customs extract of any size to monthly rows in an overlay folder",
        epilog=CUSTOMS_EPILOG,
        description="Sum a customs extract (CSV or Parquet, tens of millions of rows) to monthly exports of HS 8541, 8542 and 8486 "
        "to China and Hong Kong, out of core, into an overlay folder for make book DATA=DIR.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    customs.add_argument(
        "extract", metavar="EXTRACT", help="a .csv, .csv.gz or .parquet file, a folder of them, or a pattern in quotes"
    )
    customs.add_argument("--out", metavar="DIR", type=paths.given, required=True, help="overlay folder; rows already there stay")
    customs.add_argument("--title", required=True, help="what the extract is, for the list of sources")
    customs.add_argument("--publisher", default="US Census Bureau", help="who published the rows (default: US Census Bureau)")
    customs.add_argument("--url", default="", help="public address of the extract, if it has one")
    customs.add_argument("--memory", default="1GB", metavar="SIZE", help="most memory to use, e.g. 512MB (default: 1GB)")
    customs.add_argument(
        "--spill", metavar="DIR", type=paths.given, help="folder for what does not fit into memory"
    )
    customs.add_argument("--threads", type=int, default=0, metavar="N", help="threads (default: all cores)")
    customs.set_defaults(run=_customs)


def _refresh(arguments: argparse.Namespace) -> int:
    import importlib

    from analysis.data import DataError
    from analysis.sources.errors import SourceError
    from analysis.sources.overlays import refuse_place, write_overlay
    from analysis.sources.pages import Pages
    from analysis.sources.session import Session
    from analysis.sources.settings import access
    from analysis.sources.span import Span, this_month

    module = importlib.import_module(f"analysis.sources.{arguments.provider}")
    out = arguments.out or Path("overlays") / arguments.provider
    edgar = arguments.provider == "edgar"
    chosen = {"firms": arguments.firm, "quarters": arguments.quarters} if edgar else {}
    say = _silent if arguments.quiet else _progress
    try:
        if (arguments.firm or arguments.quarters) and not edgar:
            option = "--firm" if arguments.firm else "--quarters"
            raise SourceError(f"{option} is for edgar, not for {arguments.provider}.", "Leave it out.")
        span = Span(arguments.first or module.PROVIDER.first_month, arguments.last or this_month())
        refuse_place(out)
        granted = access(module.PROVIDER, arguments.base_url, asking=not arguments.dry_run)
        pages = Pages(arguments.pages or paths.BUILD / "refresh" / arguments.provider)
        with Session(granted, pages, say=say) as session:
            if arguments.dry_run:
                return _show_plan(module, session, module.plan(span, **chosen))
            if arguments.provider != "edgar":  # there the list of filings decides what follows
                session.expected = len(module.plan(span))
            lacking: list[str] = []

            def left_out(line: str) -> None:
                lacking.append(line)
                _progress(f"{arguments.provider}: left out: {line}")   # also when told to be quiet: a gap is never silent

            tables = module.fetch(session, span, say, left_out, **chosen)
        written = write_overlay(tables, out) if tables else {}
        pages.forget()
    except (SourceError, DataError) as error:
        print(f"refresh {arguments.provider}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(
            f"refresh {arguments.provider}: stopped. Run the same command again to go on from here; no overlay was written.",
            file=sys.stderr,
        )
        return 130
    if lacking:
        print(f"{arguments.provider}: {len(lacking)} thing{'s were' if len(lacking) > 1 else ' was'} left out, named above")
    if not written:
        print(f"{arguments.provider}: nothing new; no overlay was written")
        return 0
    for name, rows in written.items():
        print(f"{out}/{name}.csv: {rows:,} rows from {arguments.provider}")
    print(f"Checked, no problem. Build with them: make book DATA={out}")
    return 0


def _show_plan(module, session, requests) -> int:
    for request in requests:
        kept = " (kept from an earlier run)" if session.pages.load(session.url(request)) is not None else ""
        print(f"GET {session.url(request)}{kept}")
    then = ", then the annual reports they list" if module.PROVIDER.name == "edgar" else ""
    key = f" {module.PROVIDER.key_variable} is added when they are made." if module.PROVIDER.key_variable else ""
    print(f"{len(requests)} requests{then}, at least {module.PROVIDER.pause_s:g} s apart. Dry run: none was made.{key}")
    return 0


def _progress(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _silent(line: str) -> None:
    pass


def _customs(arguments: argparse.Namespace) -> int:
    from analysis.sources import customs_extract
    from analysis.sources.errors import SourceError
    from analysis.sources.extract_files import fingerprint
    from analysis.sources.overlays import refuse_place, write_overlay

    try:
        refuse_place(arguments.out)
        extract = customs_extract.monthly(
            arguments.extract, memory=arguments.memory, threads=arguments.threads, spill=arguments.spill
        )
        source = customs_extract.source_row(arguments.title, arguments.publisher, arguments.url, fingerprint(arguments.extract))
        written = write_overlay(customs_extract.tables(extract, source, Path(arguments.extract).name), arguments.out)
    except SourceError as error:
        print(f"customs-monthly: {error}", file=sys.stderr)
        return 1
    for note in extract.notes:
        print(f"customs-monthly: {note}", file=sys.stderr)
    months = sorted({month for _, _, month in extract.months})
    print(f"{extract.rows:,} rows read, {extract.rows_used:,} of exports to China and Hong Kong used, {months[0]} to {months[-1]}")
    print(f"{arguments.out}/us_exports.csv: {written['us_exports']:,} rows. Build with them: make book DATA={arguments.out}")
    return 0
