"""Commands that build: `build` for people, `run-chapter`, `run-sweep` and `run-step` for the graph."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Callable

from analysis import paths


def add_commands(subparsers: argparse._SubParsersAction) -> None:
    build = subparsers.add_parser(
        "build", help="check the data, run what changed, publish the site",
        description="Build the book into _build/html. Only what changed is run again.",
        epilog="examples:\n  python -m analysis build\n  python -m analysis build --data my-rows/\n"
               "  python -m analysis build --params my-parameters.yml --edition 2027.01",
        formatter_class=argparse.RawDescriptionHelpFormatter)
    build.add_argument("--data", type=paths.given, metavar="DIR", help="overlay folder with new or changed rows")
    build.add_argument("--params", type=paths.given, metavar="FILE", help="YAML file with parameter overrides")
    build.add_argument("--edition", metavar="YYYY.MM", help="name of the edition (default: the project's version)")
    build.add_argument("--cores", type=int, default=os.cpu_count() or 1, help="steps run side by side (default: all)")
    build.set_defaults(run=_build)

    sweep = subparsers.add_parser(
        "sweep", help="run one chapter over a grid of parameters",
        description="Run a chapter over a grid of parameters, side by side; collect the numbers into one table.",
        epilog="examples:\n  python -m analysis sweep grid.yml --out results/\n"
               "  python -m analysis sweep grid.yml --out results/ --dry-run\n"
               "  python -m analysis sweep grid.yml --out results/ --snakemake '--executor slurm --jobs 200'\n\n"
               "A grid file:\n  chapter: scenarios\n  grid:\n    horizon_years: [5, 10]\n\n"
               "With one of Snakemake's executors the runs go to a cluster such as Slurm; with --part each machine of an array,\n"
               "as Kubernetes and cloud batch services start them, takes its own part.",
        formatter_class=argparse.RawDescriptionHelpFormatter)
    sweep.add_argument("grid", type=paths.given, metavar="GRID.yml", help="YAML file with a chapter and its grid")
    sweep.add_argument("--out", type=paths.given, required=True, metavar="DIR", help="folder for the table and the comparison page")
    sweep.add_argument("--notebook", metavar="NAME", help="chapter to run (default: the one the grid file names)")
    sweep.add_argument("--cores", type=int, default=os.cpu_count() or 1, help="runs side by side (default: all cores)")
    sweep.add_argument("--part", default="1/1", metavar="I/N", help="only the I-th of N parts, for an array of machines")
    sweep.add_argument("--dry-run", action="store_true", help="say what would be run, and run nothing")
    sweep.add_argument("--snakemake", default="", metavar="OPTIONS", help="further options for Snakemake, in quotes")
    sweep.set_defaults(run=_sweep)

    chapter = subparsers.add_parser(
        "run-chapter", help="run one chapter of the plan (called by the build)",
        description="Run one chapter as the last build planned it; called by the build, for which its folder is made whole or not "
                    "at all.", epilog="example: python -m analysis run-chapter rules")
    chapter.add_argument("slug", help="name of the chapter")
    chapter.set_defaults(run=_run_chapter)

    one = subparsers.add_parser(
        "run-sweep", help="run one run of a sweep (called by the build)",
        description="Run one combination of parameters of a planned sweep; called by the build, here or on a cluster.",
        epilog="example: python -m analysis run-sweep grid r0123456789ab")
    one.add_argument("sweep", help="name of the sweep")
    one.add_argument("run_id", help="name of the run in its plan")
    one.set_defaults(run=_run_sweep)

    step = subparsers.add_parser(
        "run-step", help="run one long computation of the plan (called by the build)",
        description="Run one of the long computations that chapters read, on the tables of the last build; called by the build.",
        epilog="example: python -m analysis run-step model")
    step.add_argument("artifact", help="name of its result")
    step.set_defaults(run=_run_step)


def _unsupported() -> bool:
    """Say so where the build cannot run; it locks its folder and forks its steps, which Windows has no means for."""
    from analysis.runner.environment import refusal

    problem = refusal(sys.version_info, os.name)
    if problem:
        print(problem, file=sys.stderr)
    return bool(problem)


def _build(arguments: argparse.Namespace) -> int:
    if _unsupported():
        return 1
    from analysis.data.safe_yaml import YamlError
    from analysis.registry.claims import ClaimError
    from analysis.runner.build import build
    from analysis.runner.inputs import InputError
    from analysis.runner.parameters import ParameterError
    from analysis.runner.plan import PlanError

    missing = [option for option in (arguments.data, arguments.params) if option is not None and not option.exists()]
    for option in missing:
        print(f"{option}: no such file or folder; give the path of your overlay or parameter file", file=sys.stderr)
    if missing:
        return 1
    return _code_of(lambda: build(arguments.data, arguments.params, arguments.edition, arguments.cores, arguments.main),
                    InputError, ParameterError, PlanError, ClaimError, YamlError,
                    stopped="The published site is unchanged; run again to go on where this stopped.")


def _code_of(run: Callable[[], int | None], *refusals: type[Exception], stopped: str = "") -> int:
    """The exit code of what is run: a refusal is said and is 1, an interruption ends with the words `stopped`."""
    try:
        return run() or 0
    except refusals as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\nStopped. {stopped}", file=sys.stderr)
        return 130


def _sweep(arguments: argparse.Namespace) -> int:
    if _unsupported():
        return 1
    from analysis.runner.inputs import InputError
    from analysis.runner.parameters import ParameterError
    from analysis.runner.plan import PlanError
    from analysis.runner.sweep import sweep

    if not arguments.grid.is_file():
        print(f"{arguments.grid}: no such file; see 'python -m analysis sweep --help' for an example", file=sys.stderr)
        return 1
    options = shlex.split(arguments.snakemake)
    return _code_of(lambda: sweep(arguments.grid, arguments.out, arguments.notebook, arguments.cores, options, arguments.dry_run,
                                  arguments.part, main=arguments.main),
                    InputError, ParameterError, PlanError, stopped="Finished runs are kept; run again to go on.")


def _run_sweep(arguments: argparse.Namespace) -> int:
    from analysis.runner.chapter import ChapterError
    from analysis.runner.sweep import run_one

    return _code_of(lambda: run_one(arguments.sweep, arguments.run_id), ChapterError)


def _run_chapter(arguments: argparse.Namespace) -> int:
    from analysis.runner.chapter import ChapterError, run_planned

    return _code_of(lambda: run_planned(arguments.slug, paths.RUNS / arguments.slug), ChapterError)


def _run_step(arguments: argparse.Namespace) -> int:
    from analysis.runner.computation import run_step

    return run_step(arguments.artifact, arguments.main)
