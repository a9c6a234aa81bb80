"""The help of the command line keeps its promise: each command shows its options with an example."""

from __future__ import annotations

import argparse

import pytest

from analysis.cli import parser

COMMANDS = next(a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
CALLED_BY_THE_BUILD = {"run-chapter", "run-sweep", "run-step", "run-alone", "publish-site"}


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
