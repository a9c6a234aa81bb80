"""Commands of the sales part: fit the reconciled estimate, and attack it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

FIT_EPILOG = """\
The estimate reads company_filings, quarterly_revenue, named_customers, firms, market_sales, us_industry, us_exports, oem_demand,
published_results and huawei_facts. New rows,
for example a later fiscal year of a firm given in an overlay folder, enter without a change of code. The posterior of the
project's own rows is kept; new rows weight its draws, and where that does not hold (new firms, quarters or years, weights that
cannot be trusted) the model is sampled anew.

examples:
  python -m analysis fit-estimate
  python -m analysis fit-estimate --data my_tables --out /tmp/estimate
  python -m analysis fit-estimate --sample                              four minutes: whatever posterior is kept
  python -m analysis fit-estimate --draws 200 --tune 300 --chains 2     a quick look, too short to publish
"""
CHECK_EPILOG = """\
example: python -m analysis check-estimate
"""
REFERENCE_EPILOG = """\
The posterior of the project's own rows, simulations and refits take from minutes to an hour. They are kept in
analysis/sales/estimate/reference/, with the rows they come from; a build uses them until the code of the estimate changes, and its
pages say from which rows and when they were computed. Interrupted, the command goes on where it stopped.

examples:
  python -m analysis reference              compute all of them from data/ and keep them
  python -m analysis reference --posterior  the posterior alone, about four minutes: after new rows of data/
  python -m analysis reference --check      compute the small ones and a sample of the others; exit code 1 when they disagree
"""


def add_commands(subparsers) -> None:
    """Add `fit-estimate` and `check-estimate`."""
    fit = _command(
        subparsers, "fit-estimate", "fit the reconciled estimate of sales to Chinese firms", FIT_EPILOG,
        "Fit the hierarchical reconciliation and write its tables; a step of the build.", _fit,
    )
    fit.add_argument("--sample", action="store_true", help="sample, whatever posterior is kept (so do the options below)")
    fit.add_argument("--seed", type=int, metavar="N", help="seed (default: as published)")
    fit.add_argument("--draws", type=_positive, metavar="N", help="draws a chain after tuning (default: as published)")
    fit.add_argument("--tune", type=_positive, metavar="N", help="tuning steps a chain (default: as published)")
    fit.add_argument("--chains", type=_positive, metavar="N", help="chains (default: as published)")
    check = _command(
        subparsers, "check-estimate", "write the checks of the estimate's method for this build", CHECK_EPILOG,
        "Write the kept checks of the method and how their rows differ from the fit's; a step of the build. With other code than "
        "theirs they are computed.", _check,
    )
    check.add_argument("--estimate", metavar="DIR", help="folder of the fit (default: the build's artifacts)")
    keep = _command(
        subparsers, "reference", "compute anew, or test, the kept checks of the estimate's method", REFERENCE_EPILOG,
        "Compute the checks of the estimate's method whose results are kept in the repository.", _reference,
    )
    keep.add_argument("--posterior", action="store_true", help="the posterior alone")
    keep.add_argument("--check", action="store_true", help="keep nothing: compare with what is kept")


def _command(subparsers, name: str, help_text: str, epilog: str, description: str, run):
    command = subparsers.add_parser(
        name, help=help_text, description=description, epilog=epilog, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    command.add_argument("--data", metavar="DIR", help="folder with the complete tables (default: the project's data)")
    command.add_argument("--out", metavar="DIR", help="folder to write into (default: the build's artifacts)")
    command.set_defaults(run=run)
    return command


def _fit(arguments: argparse.Namespace) -> int:
    from analysis import paths
    from analysis.sales.estimate.fit import Sampling
    from analysis.sales.estimate.results import load_estimate
    from analysis.sales.estimate.run import write_estimate

    given = {"seed": arguments.seed, "draws": arguments.draws, "tune": arguments.tune, "chains": arguments.chains}
    chosen = {name: value for name, value in given.items() if value is not None}
    folder = write_estimate(
        arguments.out or paths.ARTIFACTS / "estimate", arguments.data, progress=_said("estimate"),
        sampling=Sampling(**chosen) if chosen or arguments.sample else None,
    )
    run = load_estimate(folder)["fit"]
    print(
        f"{run['quantities']} quantities from {run['drawn']} draws: largest R-hat {run['worst_r_hat']:.3f}, smallest bulk ESS "
        f"{run['least_ess_bulk']:.0f}, {run['divergences']} divergences; {run['seconds']:.0f} s"
    )
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from analysis import paths
    from analysis.sales.estimate.results import load_estimate
    from analysis.sales.estimate.run import write_estimate_checks

    estimate = load_estimate(arguments.estimate or paths.ARTIFACTS / "estimate")
    out = arguments.out or paths.ARTIFACTS / "estimate_checks"
    made = load_estimate(write_estimate_checks(out, estimate, arguments.data, progress=_said("checks of the estimate")))["checks"]
    print(f"checks of the method: computed on {made['computed']} from {made['observations']} observations; "
          f"{made['new']} of the fit's are new or changed since, {made['gone']} of theirs are gone")
    return 0


def _reference(arguments: argparse.Namespace) -> int:
    from pathlib import Path

    from analysis.sales.estimate import reference, run

    folder = Path(arguments.out or reference.KEPT)
    if not arguments.check:
        run.keep_reference(arguments.data, folder, _said("reference"), posterior_alone=arguments.posterior)
        return 0
    problems = run.reference_disagreements(folder, _said("reference"))
    for problem in problems:
        print(problem, file=sys.stderr)
    print("The kept results disagree with what their code computes." if problems else "The kept results agree.")
    return 1 if problems else 0


def _said(what: str) -> Callable[[str], None]:
    return lambda line: print(f"… {what}: {line}", file=sys.stderr, flush=True)


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a positive whole number")
    return value
