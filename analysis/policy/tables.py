"""The policy tables as this package uses them: loaded through their schemas, checked against one another."""

from __future__ import annotations

import os
from collections.abc import Iterable

import pandas as pd

from analysis.data import load_table
from analysis.data.cross_rules import MILESTONES, REVERSALS, cross_faults
from analysis.data.rules import Fault, spell_is_consistent
from analysis.policy.spells import limbo_spells

DataDir = str | os.PathLike | None


class SpellError(ValueError):
    """The policy tables contradict themselves; the message lists every contradiction of a table, one a line."""


def load_policy(data_dir: DataDir = None) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Returns (events, reversals, spells). Raises SpellError listing every contradiction between the tables."""
    events = load_table("policy_events", data_dir)
    reversals = load_table("reversals", data_dir)
    _refuse("policy_events", spell_is_consistent(events))
    _refuse("reversals", cross_faults(reversals, events, REVERSALS))
    return events, reversals, limbo_spells(events)


def load_milestones(events: pd.DataFrame, data_dir: DataDir = None) -> pd.DataFrame:
    """The milestones of each file. Raises SpellError when they contradict the policy file."""
    milestones = load_table("milestones", data_dir)
    _refuse("milestones", cross_faults(milestones, events, MILESTONES))
    return milestones


def _refuse(name: str, faults: Iterable[Fault]) -> None:
    """The data check finds these before a build; here they also stop a command that reads a folder of its own."""
    problems = [f"{name}.csv:{i + 2}:{column}: {message}" for i, column, message in faults]
    if problems:
        raise SpellError("\n".join(problems))
