"""Command of the explorer: the graph step that computes what its page holds."""

from __future__ import annotations

import argparse
import sys

EPILOG = """\
examples:
  python -m analysis explorer-results --out _build/artifacts/explorer
  python -m analysis explorer-results --points 50 --out /tmp/quick
"""


def add_commands(subparsers) -> None:
    """Add `explorer-results` and `explorer-script`."""
    script = subparsers.add_parser(
        "explorer-script", help="write the explorer's model (book/_static/explorer-model.js) from the equations of analysis/model",
        description="Write the browser's model anew from the Python of analysis/model. To be run after a change of an equation; "
        "a test fails where it was forgotten.",
        epilog="example:\n  python -m analysis explorer-script\n", formatter_class=argparse.RawDescriptionHelpFormatter)
    script.set_defaults(run=_script)
    command = subparsers.add_parser(
        "explorer-results",
        help="compute what the scenario explorer holds, and check its script against the model",
        description="Write the settings and results that the explorer's page holds, and the largest difference between its "
        "script and the model at random settings; a step of the build. Exit code 1 when they differ by more than rounding.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("--data", metavar="DIR", help="folder with the complete tables (default: the project's data)")
    command.add_argument("--out", metavar="DIR", help="folder to write into (default: the build's artifacts/explorer)")
    command.add_argument("--draws", type=int, default=4096, metavar="N", help="number of draws of the page (default: 4096)")
    command.add_argument("--points", type=int, default=None, metavar="N", help="random settings to compare (default: 240)")
    command.set_defaults(run=_results)


def _script(arguments: argparse.Namespace) -> int:
    from analysis.explorer.generate import write_model_script

    write_model_script()
    return 0


def _results(arguments: argparse.Namespace) -> int:
    from analysis import paths
    from analysis.explorer.agreement import POINTS, DisagreementError
    from analysis.explorer.results import write_explorer_results
    from analysis.model.from_estimate import TO_FIT, load_estimate

    if load_estimate() is None:
        print(f"No estimate in {paths.ARTIFACTS}, and the explorer's draws need it; run: {TO_FIT}", file=sys.stderr)
        return 1
    try:
        write_explorer_results(
            arguments.out or paths.ARTIFACTS / "explorer",
            arguments.draws,
            data_dir=arguments.data,
            points=arguments.points or POINTS,
            progress=lambda line: print(line, flush=True),
        )
    except DisagreementError as error:
        print(error, file=sys.stderr)
        return 1
    return 0
