"""Commands that build: `build` for people, `run-chapter` and `run-step` for the graph."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path


def add_commands(subparsers: argparse._SubParsersAction) -> None:
    build = subparsers.add_parser(
        "build", help="check the data, run what changed, publish the site",
        description="Build the book into _build/html. Only what changed is run again.",
        epilog="examples:\n  python -m analysis build\n  python -m analysis build --data my-rows/\n"
               "  python -m analysis build --params my-parameters.yml --edition 2027.01",
        formatter_class=argparse.RawDescriptionHelpFormatter)
    build.add_argument("--data", type=Path, metavar="DIR", help="overlay folder with new or changed rows")
    build.add_argument("--params", type=Path, metavar="FILE", help="YAML file with parameter overrides")
    build.add_argument("--edition", metavar="YYYY.MM", help="name of the edition (default: the project's version)")
    build.add_argument("--cores", type=int, default=os.cpu_count() or 1, help="steps run side by side (default: all)")
    build.set_defaults(run=_build)

    chapter = subparsers.add_parser("run-chapter", help="run one chapter of the plan (called by the graph)")
    chapter.add_argument("slug")
    chapter.set_defaults(run=_run_chapter)

    step = subparsers.add_parser("run-step", help="run one long computation of the plan (called by the graph)")
    step.add_argument("artifact")
    step.set_defaults(run=_run_step)


def _build(arguments: argparse.Namespace) -> int:
    from analysis.publish.edition import EditionError
    from analysis.runner.build import build
    from analysis.runner.inputs import InputError
    from analysis.runner.parameters import ParameterError

    for option in (arguments.data, arguments.params):
        if option is not None and not option.exists():
            print(f"{option}: no such file or folder; give the path of your overlay or parameter file", file=sys.stderr)
            return 1
    try:
        return build(arguments.data, arguments.params, arguments.edition, arguments.cores)
    except (InputError, ParameterError, EditionError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The published site is unchanged; run again to go on where this stopped.", file=sys.stderr)
        return 130


def _run_chapter(arguments: argparse.Namespace) -> int:
    from analysis.runner.chapter import ChapterError, run_from_plan

    try:
        run_from_plan(arguments.slug)
    except ChapterError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _run_step(arguments: argparse.Namespace) -> int:
    from analysis.runner.steps import run_step

    return run_step(arguments.artifact)
