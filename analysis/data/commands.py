"""Commands of this part: check the data, take rows into them for good, leave out what is not traced, write the data package."""

from __future__ import annotations

import argparse
import sys

from analysis import paths


def add_commands(subparsers: argparse._SubParsersAction) -> None:
    """Add `check-data`, `accept`, `traced-only` and `write-datapackage` to the command line."""
    command = subparsers.add_parser(
        "check-data", help="check every table, and an overlay if one is named",
        description="Check types, units, allowed values, keys, references and the rules between columns of every table. "
                    "All problems are shown, one a line, as file:row:column: what is wrong, what was expected.",
        epilog="examples:\n  python -m analysis check-data\n  python -m analysis check-data --data my-new-rows/",
        formatter_class=argparse.RawDescriptionHelpFormatter)
    command.add_argument("--data", metavar="DIR", type=paths.given,
                         help="folder with new or changed rows (same file names and headers as in data/)")
    command.add_argument("--base", metavar="DIR", type=paths.given, help="folder with the complete tables (default: data/)")
    command.set_defaults(run=check_data)

    command = subparsers.add_parser(
        "accept", help="take the rows of an overlay into data/ for good",
        description="Check the tables with the overlay and, when nothing is wrong, write its rows into the tables of the same "
                    "names: a row with a known key takes the old one's place, another is added where the table's order wants it.",
        epilog="example:\n  python -m analysis accept my-rows", formatter_class=argparse.RawDescriptionHelpFormatter)
    command.add_argument("overlay", metavar="DIR", type=paths.given, help="folder with new or changed rows")
    command.add_argument("--base", metavar="DIR", type=paths.given, help="folder with the complete tables (default: data/)")
    command.set_defaults(run=accept_rows)

    command = subparsers.add_parser(
        "traced-only", help="write an overlay without the rows of filings that name no document",
        description="Write an overlay folder that leaves out every row of the filings which names no primary document, each with "
                    "its reason. A build with it shows what the estimate says without them.",
        epilog="example:\n  python -m analysis traced-only --out traced-rows\n  make book DATA=traced-rows",
        formatter_class=argparse.RawDescriptionHelpFormatter)
    command.add_argument("--out", metavar="DIR", type=paths.given, required=True, help="folder for the overlay")
    command.set_defaults(run=traced_only)

    command = subparsers.add_parser(
        "write-datapackage", help="write data/datapackage.json anew from the schemas",
        description="Write data/datapackage.json from the schemas; needed after a change of a schema or of an allowed value.",
        epilog="example:\n  python -m analysis write-datapackage", formatter_class=argparse.RawDescriptionHelpFormatter)
    command.set_defaults(run=write_datapackage)


def check_data(arguments: argparse.Namespace) -> int:
    """Print one line a table and return 0, or one line a problem on stderr and return 1."""
    from analysis.data.checking import examine
    from analysis.data.problems import gathered

    problems, tables, report = examine(arguments.base.resolve() if arguments.base else None, arguments.data)
    if problems:
        for problem in gathered(problems):
            print(problem, file=sys.stderr)
        where = f"the rows named above (in {arguments.data} or data/)" if arguments.data else "the rows named above"
        count = f"{len(problems)} problem{'s' * (len(problems) > 1)}"
        print(f"{count} found. Mend {where} and run check-data again; nothing was changed.", file=sys.stderr)
        return 1
    for name, raw in tables.items():
        print(f"{name}: {len(raw.rows):,} rows, no problem")
    if arguments.data:
        print(report)
    return 0


def accept_rows(arguments: argparse.Namespace) -> int:
    """Say what was written into which table; 1, with the problems on stderr and nothing written, when the check fails."""
    from analysis.data.accept import accept, shown_path
    from analysis.data.problems import DataError

    try:
        report = accept(arguments.overlay, arguments.base)
    except (DataError, OSError) as error:
        print(error, file=sys.stderr)
        print(f"accept: the rows of {arguments.overlay} were not taken over; mend what is named above", file=sys.stderr)
        return 1
    for change in report.changes:
        if change.table in report.written:
            print(f"{shown_path(change.table, arguments.base)}: {len(change.added)} rows added, {len(change.replaced)} replaced")
    done = f"Accepted; {arguments.overlay} is not needed any more."
    print(done if report.written else "Nothing to accept: every row stands there.")
    return 0


def traced_only(arguments: argparse.Namespace) -> int:
    """Write the overlay and say how many rows it leaves out; 1, with the problems on stderr, when it cannot be written."""
    from analysis.data.problems import DataError
    from analysis.data.traced_only import write_traced_only

    try:
        count = write_traced_only(arguments.out)
    except (DataError, OSError) as error:
        print(f"traced-only: {error}", file=sys.stderr)
        return 1
    print(f"{arguments.out}: leaves out {count} rows of company_filings. Build without them: make book DATA={arguments.out}")
    return 0


def write_datapackage(arguments: argparse.Namespace) -> int:
    """Write the descriptor next to the tables."""
    from analysis.data.datapackage import render_datapackage

    path = paths.DATA / "datapackage.json"
    path.write_text(render_datapackage(), encoding="utf-8")
    print(f"written: {path.relative_to(paths.ROOT)}")
    return 0
