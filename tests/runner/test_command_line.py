"""The command line: each command's help shows its options with an example, and a command ends quietly when nobody reads on."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

import pytest

from analysis import paths
from analysis.cli import parser

COMMANDS = next(a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
CALLED_BY_THE_BUILD = {"note-comparison", "run-chapter", "run-sweep", "run-step", "run-alone", "publish-site"}


@pytest.mark.parametrize("name", COMMANDS.choices)
def test_the_help_of_a_command_says_what_it_does_and_gives_an_example(name):
    command = COMMANDS.choices[name]
    shown = command.format_help()
    assert f"python -m analysis {name}" in (command.epilog or "")
    assert "%%" not in shown
    for action in command._actions:
        assert action.help, f"{name}: {action.dest} is not explained"


def test_commands_of_the_build_are_marked_as_such_and_no_others():
    marked = {choice.dest for choice in COMMANDS._choices_actions if "called by the build" in choice.help}
    assert marked == CALLED_BY_THE_BUILD


def test_a_reader_of_the_output_that_has_seen_enough_ends_the_command_without_a_traceback():
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "analysis", "limbo", "--on", "2020-06-01"]
    finished = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, text=True, cwd=paths.ROOT, timeout=60)
    os.close(write)
    assert (finished.returncode, finished.stderr) == (128 + 13, "")
