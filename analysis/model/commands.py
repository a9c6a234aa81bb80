"""Commands of the model: one scenario, the replication, the back-test, and the graph step that computes all results."""

from __future__ import annotations

import argparse
import functools
import json
import math
import sys
from collections.abc import Callable

SCENARIO_EPILOG = """\
NAME is a scenario of data/scenarios.yml. --set takes a parameter of data/parameters.yml, or one of limbo_months, tgl_days,
months, plurilateral, retaliation, odds_<rule> (rules: open, narrow_ban, targeted_rule, broad_ban).

examples:
  python -m analysis scenario stalemate
  python -m analysis scenario stalemate --set limbo_months=9 --set odds_open=0.8 --set odds_narrow_ban=0.2
  python -m analysis scenario narrow_ban --set contagion_unlisted=0.05 --draws 20000 --json
  python -m analysis scenario stalemate_24_open --version informed
"""
REPLICATE_EPILOG = """\
examples:
  python -m analysis replicate
  python -m analysis replicate --json
"""
BACKTEST_EPILOG = """\
examples:
  python -m analysis backtest
  python -m analysis backtest --version informed --path forecaster --json
"""
COMPILE_EPILOG = """\
example: python -m analysis compile-model
"""
ASSESS_EPILOG = """\
examples:
  python -m analysis assess-model --out _build/artifacts/assessment
  python -m analysis assess-model --draws 512 --out /tmp/quick
"""
RESULTS_EPILOG = """\
examples:
  python -m analysis model-results --out _build/artifacts/model
  python -m analysis model-results --draws 512 --out /tmp/quick
"""


def add_commands(subparsers) -> None:
    """Add `scenario`, `replicate`, `backtest`, `compile-model`, `assess-model` and `model-results`."""
    scenario = _command(
        subparsers,
        "scenario",
        "run one scenario of the model",
        SCENARIO_EPILOG,
        "Run one scenario for many draws and print each output with its 90% interval.",
        _scenario,
    )
    scenario.add_argument("name", metavar="NAME", help="scenario")
    scenario.add_argument(
        "--set", metavar="NAME=VALUE", action="append", default=[], help="change a parameter or setting; may be repeated"
    )
    _draws(scenario, 4096)
    scenario.add_argument(
        "--workers", type=_positive, default=1, metavar="N", help="threads to work on (results do not depend on it)"
    )
    scenario.add_argument("--version", choices=("prior", "informed"), default="prior",
                          help="draws: the assumptions as stated, or calibrated on what happened up to 2022 (default: prior)")
    scenario.add_argument("--json", action="store_true", help="print JSON")

    replicate = _command(
        subparsers,
        "replicate",
        "reproduce the published studies from their own assumptions",
        REPLICATE_EPILOG,
        "Print study, quantity, reported, reproduced and difference. Exit code 1 if a row that should fit does not.",
        _replicate,
    )
    replicate.add_argument("--json", action="store_true", help="print JSON")

    backtest = _command(
        subparsers,
        "backtest",
        "score forecasts as of June 2019 on what happened",
        BACKTEST_EPILOG,
        "Calibrate, forecast, score against no change, BCG and IC Insights.",
        _backtest,
    )
    backtest.add_argument(
        "--version", choices=("blind", "informed"), default="blind", help="what the calibration may know (default: blind)"
    )
    backtest.add_argument("--path", choices=("forecaster", "realised"), default="realised", help="policy path (default: realised)")
    _draws(backtest, 4096)
    backtest.add_argument("--json", action="store_true", help="print JSON")

    compiled = _command(
        subparsers,
        "compile-model",
        "compile the model's loop, once for all that run it",
        COMPILE_EPILOG,
        "Compile the month loop and keep its machine code in the build's cache, where every later process finds it; a step of the "
        "build, beside the estimate.",
        _compile,
    )
    compiled.add_argument("--out", metavar="DIR", help="taken as from every step; nothing is written into it")

    assessment = _command(
        subparsers,
        "assess-model",
        "compute what the record says of the model",
        ASSESS_EPILOG,
        "Write the reproduced studies, the calibration with its draws and the back-test for the chapters; a step of the build.",
        _assess,
    )
    assessment.add_argument("--out", metavar="DIR", help="folder to write into (default: the build's artifacts/assessment)")
    _draws(assessment, 4096)

    results = _command(
        subparsers,
        "model-results",
        "compute everything the chapters show about the model",
        RESULTS_EPILOG,
        "Write the tables of the policies for the chapters, from the calibrated draws of assess-model; a step of the build.",
        _results,
    )
    results.add_argument("--out", metavar="DIR", help="folder to write into (default: the build's artifacts/model)")
    _draws(results, 4096)


def _command(subparsers, name: str, help_text: str, epilog: str, description: str, run) -> argparse.ArgumentParser:
    command = subparsers.add_parser(
        name, help=help_text, description=description, epilog=epilog, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    command.add_argument("--data", metavar="DIR", help="folder with the complete tables (default: the project's data)")
    command.set_defaults(run=functools.partial(_answer_mistakes, run))
    return command


def _answer_mistakes(run: Callable[[argparse.Namespace], int], arguments: argparse.Namespace) -> int:
    """Run a command; a mistake in its inputs is answered in words and with exit code 1, not with a traceback."""
    from analysis.data import DataError
    from analysis.data.safe_yaml import YamlError
    from analysis.model.calibrated import CalibratedError
    from analysis.model.parameters import ParameterError

    try:
        return run(arguments)
    except (CalibratedError, DataError, ParameterError, YamlError) as error:
        print(error, file=sys.stderr)
        return 1


def _draws(command: argparse.ArgumentParser, default: int) -> None:
    command.add_argument("--draws", type=_positive, default=default, metavar="N", help=f"number of draws (default: {default})")
    command.add_argument("--seed", type=int, default=20190516, metavar="N", help="seed of the draws (default: 20190516)")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1 is needed")
    return number


def _scenario(arguments: argparse.Namespace) -> int:
    from analysis.model.calibrated import CalibratedError, load_calibrated, run_calibrated
    from analysis.model.from_estimate import BASE_YEAR, exposures_said, load_estimate, with_exposures
    from analysis.model.run import load_model, run
    from analysis.model.scenarios import change
    from analysis.model.summary import summarise

    estimate = load_estimate()
    model = load_model(arguments.data, estimate=estimate)
    changes = _changes(arguments.set)
    scenario, parameters = change(model.scenarios[arguments.name], model.parameters, changes, model.scenarios.rules)
    if scenario.exposure_year != BASE_YEAR:
        if arguments.version == "informed":
            raise CalibratedError(
                f"the calibrated draws have the sales of {BASE_YEAR}, this scenario has those of {scenario.exposure_year}")
        parameters = with_exposures(parameters, estimate, scenario.exposure_year)
    events = None
    if scenario.realised is not None:
        from analysis.data import load_table

        events = load_table("policy_events", data_dir=arguments.data)
    path = model.scenarios.path(scenario, parameters, events)
    if arguments.version == "informed":
        outcome = run_calibrated(parameters, path, load_calibrated(model.parameters), arguments.draws)
    else:
        outcome = run(parameters, path, arguments.draws, arguments.seed, workers=arguments.workers)
    table = summarise(outcome.headline)
    if arguments.json:
        print(
            json.dumps(
                {
                    "scenario": scenario.name,
                    "label": scenario.label,
                    "version": arguments.version,
                    "draws": arguments.draws,
                    "seed": arguments.seed,
                    "changes": changes,
                    "exposures": exposures_said(estimate),
                    "class": "modelled",
                    "outputs": table.to_dict("records"),
                },
                indent=1,
            )
        )
        return 0
    drawn = f", seed {arguments.seed}" if arguments.version == "prior" else " of the calibrated version"
    print(f"{scenario.label} ({arguments.draws} draws{drawn}); modelled, median [90% interval]")
    print(f"exposures: {exposures_said(estimate)}")
    for row in table.itertuples():
        print(f"  {row.label:62s} {row.median:12,.1f} [{row.low:,.1f}, {row.high:,.1f}] {row.unit}")
    return 0


def _changes(pairs: list[str]) -> dict[str, str]:
    from analysis.model.parameters import ParameterError

    wrong = [pair for pair in pairs if "=" not in pair]
    if wrong:
        raise ParameterError(f"--set {pair}: write name=value" for pair in wrong)
    return dict(pair.split("=", 1) for pair in pairs)


def _replicate(arguments: argparse.Namespace) -> int:
    from analysis.data import load_table
    from analysis.model.replication import replicate
    from analysis.model.run import load_model
    from analysis.model.studies import load_studies

    table = replicate(
        load_studies(arguments.data),
        load_table("published_results", data_dir=arguments.data),
        load_model(arguments.data).parameters,
    )
    if arguments.json:
        print(json.dumps(table.to_dict("records"), indent=1))
    else:
        for row in table.itertuples():
            mark = {"fails": "not reproduced", "solved": "input solved"}.get(row.kind, "")
            print(
                f"{row.study:24s} {row.quantity:70.70s} {row.reported:10,.1f} {row.reproduced:10,.1f} {row.difference:8,.1f} "
                f"{row.unit:7s} {mark}"
            )
    return int(not (table["within"] | (table["kind"] == "fails")).all())


def _backtest(arguments: argparse.Namespace) -> int:
    from analysis.model.assessment import assess, load_tables
    from analysis.model.from_estimate import exposures_said, load_estimate
    from analysis.model.run import load_model
    from analysis.model.studies import load_studies

    tables, estimate = load_tables(arguments.data), load_estimate()
    found = assess(
        load_model(arguments.data, tables.policy_events, estimate), tables, load_studies(arguments.data),
        arguments.draws, arguments.seed,
    )
    table = found.backtest.query("version == @arguments.version and path == @arguments.path")
    if arguments.json:
        rows = [{key: _plain(value) for key, value in row.items()} for row in table.to_dict("records")]
        print(json.dumps([{**row, "exposures": exposures_said(estimate)} for row in rows], indent=1))
        return 0
    print(f"exposures: {exposures_said(estimate)}")
    for row in table.itertuples():
        print(
            f"{row.label:52s} {row.year}  {row.predicted:7.1f} [{row.low:6.1f}, {row.high:6.1f}]  realised {row.realised:6.1f}"
            f"  {'inside ' if row.inside else 'OUTSIDE'}  errors: model {row.error:5.1f}, no change {row.naive_error:5.1f}, "
            f"BCG {row.bcg_error:5.1f}"
        )
    score = found.scores.query("version == @arguments.version and path == @arguments.path").iloc[0]
    print(
        f"coverage of the 90% intervals: {score.coverage_pct:.0f}% of {score.forecasts}; "
        f"by absolute error worse than no change: {score.lose_to_no_change_by_error}, than no change scaled by the market: "
        f"{score.lose_to_scaled_by_error}; by CRPS {score.lose_to_no_change} and {score.lose_to_scaled}"
    )
    return 0


def _plain(value: object) -> object:
    return None if isinstance(value, float) and math.isnan(value) else value.item() if hasattr(value, "item") else value


def _compile(arguments: argparse.Namespace) -> int:
    from analysis.model.run import load_model, run

    model = load_model(arguments.data)
    scenario = next(model.scenarios[name] for name in model.scenarios.names if model.scenarios[name].realised is None)
    run(model.parameters, model.scenarios.path(scenario, model.parameters), draws=1)
    return 0


def _assess(arguments: argparse.Namespace) -> int:
    from analysis.model.assessed import write_assessment

    return _written(arguments, "assessment", write_assessment)


def _results(arguments: argparse.Namespace) -> int:
    from analysis.model.results import write_model_results

    return _written(arguments, "model", write_model_results)


def _written(arguments: argparse.Namespace, artifact: str, write: Callable[..., object]) -> int:
    """Have a step write its tables, unless there is no estimate to write them from."""
    from analysis import paths
    from analysis.model.from_estimate import TO_FIT, load_estimate
    from analysis.model.run import load_model

    load_model(arguments.data)  # a mistake in the inputs is answered before a missing estimate
    if load_estimate() is None:
        print(f"No estimate in {paths.ARTIFACTS}, and the chapters' results need its draws; run: {TO_FIT}", file=sys.stderr)
        return 1
    write(arguments.out or paths.ARTIFACTS / artifact, arguments.draws, arguments.seed, arguments.data,
          progress=lambda line: print(line, flush=True))
    return 0
