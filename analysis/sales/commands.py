"""Commands of the sales part: fit the reconciled estimate, and attack it."""

from __future__ import annotations

import argparse
import sys

FIT_EPILOG = """\
The estimate reads company_filings, market_sales, us_industry, us_exports, oem_demand, published_results and huawei_facts. New rows,
for example a later fiscal year of a firm given in an overlay folder, enter without a change of code.

examples:
  python -m analysis fit-estimate
  python -m analysis fit-estimate --data my_tables --out /tmp/estimate
  python -m analysis fit-estimate --draws 200 --tune 300 --chains 2     a quick look, too short to publish
"""
CHECK_EPILOG = """\
examples:
  python -m analysis check-estimate
  python -m analysis check-estimate --quick --out /tmp/estimate_checks
"""


def add_commands(subparsers) -> None:
    """Add `fit-estimate` and `check-estimate`."""
    fit = _command(
        subparsers, "fit-estimate", "fit the reconciled estimate of sales to Chinese firms", FIT_EPILOG,
        "Fit the hierarchical reconciliation and write its tables; a step of the build.", _fit,
    )
    fit.add_argument("--draws", type=_positive, metavar="N", help="draws a chain after tuning (default: as published)")
    fit.add_argument("--tune", type=_positive, metavar="N", help="tuning steps a chain (default: as published)")
    fit.add_argument("--chains", type=_positive, metavar="N", help="chains (default: as published)")
    check = _command(
        subparsers, "check-estimate", "leave disclosures and lenses out, calibrate on simulated data", CHECK_EPILOG,
        "Run the checks of the reconciled estimate and write their tables; a step of the build that takes several minutes.", _check,
    )
    check.add_argument("--simulations", type=_positive, default=50, metavar="N", help="simulated data sets (default: 50)")
    check.add_argument("--quick", action="store_true", help="few simulated data sets")


def _command(subparsers, name: str, help_text: str, epilog: str, description: str, run):
    command = subparsers.add_parser(
        name, help=help_text, description=description, epilog=epilog, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    command.add_argument("--data", metavar="DIR", help="folder with the complete tables (default: the project's data)")
    command.add_argument("--out", metavar="DIR", help="folder to write into (default: the build's artifacts)")
    command.add_argument("--seed", type=int, metavar="N", help="seed (default: as published)")
    command.set_defaults(run=run)
    return command


def _fit(arguments: argparse.Namespace) -> int:
    from analysis import paths
    from analysis.sales.estimate.results import load_estimate
    from analysis.sales.estimate.run import write_estimate

    chosen = {"seed": arguments.seed, "draws_per_chain": arguments.draws, "tune": arguments.tune, "chains": arguments.chains}
    folder = write_estimate(
        arguments.out or paths.ARTIFACTS / "estimate", arguments.data, **{k: v for k, v in chosen.items() if v is not None}
    )
    run = load_estimate(folder)["fit"]
    print(
        f"{run['quantities']} quantities: largest R-hat {run['worst_r_hat']:.3f}, smallest bulk ESS {run['least_ess_bulk']:.0f}, "
        f"{run['divergences']} divergences; compiled in {run['compile_seconds']:.0f} s, sampled in {run['sample_seconds']:.0f} s"
    )
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from analysis import paths
    from analysis.sales.estimate.results import load_estimate
    from analysis.sales.estimate.run import write_estimate_checks

    seed = {} if arguments.seed is None else {"seed": arguments.seed}
    folder = write_estimate_checks(
        arguments.out or paths.ARTIFACTS / "estimate_checks", arguments.data, simulations=arguments.simulations,
        quick=arguments.quick,
        progress=lambda line: print(f"… checks of the estimate: {line}", file=sys.stderr, flush=True), **seed,
    )
    found = load_estimate(folder)
    left = found["leave_one_out"].groupby("left_out")["inside"].agg(["sum", "size"])
    for name, row in left.iterrows():
        print(f"left out {name}: {row['sum']} of {row['size']} inside the 90% interval")
    outside = found["calibration"].query("not within")
    print(f"calibration on {found['checks']['simulations']} simulated data sets: {len(outside)} quantities outside their limit")
    return 0


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a positive whole number")
    return value
