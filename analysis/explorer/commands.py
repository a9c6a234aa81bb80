"""Commands of the explorer: the two graph steps that compute what its page holds, and the writing of its script."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

RESULTS_EPILOG = """\
examples:
  python -m analysis explorer-results --out _build/artifacts/explorer
  python -m analysis explorer-results --draws 512 --out /tmp/quick
"""
AGREEMENT_EPILOG = """\
examples:
  python -m analysis explorer-agreement --out _build/artifacts/explorer_agreement
  python -m analysis explorer-agreement --points 50 --out /tmp/quick
"""


def add_commands(subparsers) -> None:
    """Add `explorer-results`, `explorer-agreement` and `explorer-script`."""
    script = subparsers.add_parser(
        "explorer-script", help="write the explorer's model (book/_static/explorer-model.js) from the equations of analysis/model",
        description="Write the browser's model anew from the Python of analysis/model. To be run after a change of an equation; "
        "a test fails where it was forgotten.",
        epilog="example:\n  python -m analysis explorer-script\n", formatter_class=argparse.RawDescriptionHelpFormatter)
    script.set_defaults(run=_script)
    results = _step(
        subparsers, "explorer-results", "compute what the scenario explorer holds", RESULTS_EPILOG,
        "Write the settings and results that the explorer's page holds, and the largest difference between its script and the "
        "model at every scenario; a step of the build. Exit code 1 when they differ by more than rounding.", _results)
    results.add_argument("--draws", type=int, default=4096, metavar="N", help="number of draws of the page (default: 4096)")
    agreement = _step(
        subparsers, "explorer-agreement", "check the explorer's script against the model at random settings", AGREEMENT_EPILOG,
        "Write the largest difference between the explorer's script and the model at random settings, on draws of the priors; a "
        "step of the build. Exit code 1 when they differ by more than rounding.", _agreement)
    agreement.add_argument("--points", type=int, metavar="N", help="random settings to compare (default: those of the build)")


def _step(subparsers, name: str, help_text: str, epilog: str, description: str, run) -> argparse.ArgumentParser:
    command = subparsers.add_parser(
        name, help=help_text, description=description, epilog=epilog, formatter_class=argparse.RawDescriptionHelpFormatter)
    command.add_argument("--data", metavar="DIR", help="folder with the complete tables (default: the project's data)")
    command.add_argument("--out", metavar="DIR", help="folder to write into (default: the build's)")
    command.set_defaults(run=run)
    return command


def _script(arguments: argparse.Namespace) -> int:
    from analysis.explorer.generate import write_model_script

    write_model_script()
    return 0


def _results(arguments: argparse.Namespace) -> int:
    from analysis import paths
    from analysis.explorer.results import write_explorer_results
    from analysis.model.calibrated import CalibratedError
    from analysis.model.from_estimate import TO_FIT, load_estimate

    if load_estimate() is None:
        print(f"No estimate in {paths.ARTIFACTS}, and the explorer's draws need it; run: {TO_FIT}", file=sys.stderr)
        return 1
    try:
        return _compared(lambda progress: write_explorer_results(
            arguments.out or paths.ARTIFACTS / "explorer", arguments.draws, data_dir=arguments.data, progress=progress))
    except CalibratedError as error:
        print(error, file=sys.stderr)
        return 1


def _agreement(arguments: argparse.Namespace) -> int:
    from analysis import paths
    from analysis.explorer.agreement import POINTS
    from analysis.explorer.results import write_agreement

    return _compared(lambda progress: write_agreement(
        arguments.out or paths.ARTIFACTS / "explorer_agreement", arguments.data, arguments.points or POINTS, progress=progress))


def _compared(write: Callable[[Callable[[str], None]], object]) -> int:
    from analysis.explorer.agreement import DisagreementError

    try:
        write(lambda line: print(line, flush=True))
    except DisagreementError as error:
        print(error, file=sys.stderr)
        return 1
    return 0
