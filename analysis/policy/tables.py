"""The policy tables as this package uses them: loaded through their schemas, checked against one another."""

from __future__ import annotations

import os

import pandas as pd

from analysis import paths
from analysis.data import DataError, load_table
from analysis.data.loading import duplicates, find, folder_of, typed
from analysis.data.reading import read_raw
from analysis.data.schema import Table
from analysis.policy.reversals import check_reversals
from analysis.policy.schemas import MILESTONES, REVERSALS
from analysis.policy.slippage import check_milestones
from analysis.policy.spells import SpellError, limbo_spells

DataDir = str | os.PathLike | None


def load_policy(data_dir: DataDir = None) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Returns (events, reversals, spells). Raises SpellError listing every contradiction between the tables."""
    events = load_table("policy_events", data_dir or None)
    reversals = load_reading(REVERSALS, data_dir)
    _refuse(check_reversals(reversals, events))
    return events, reversals, limbo_spells(events)


def load_milestones(events: pd.DataFrame, data_dir: DataDir = None) -> pd.DataFrame:
    """The milestones of each file. Raises SpellError when they contradict the policy file."""
    milestones = load_reading(MILESTONES, data_dir)
    _refuse(check_milestones(milestones, events))
    return milestones


def load_reading(schema: Table, data_dir: DataDir = None) -> pd.DataFrame:
    """One of this package's hand-coded tables, typed by its schema; the project's own where `data_dir` does not replace it.

    Raises DataError naming file, row and column.
    """
    path = find(folder_of(data_dir), schema)
    raw = read_raw(path if path.exists() else find(paths.DATA, schema), schema)
    frame, problems = typed(raw, schema)
    problems += raw.problems + duplicates(frame, schema, raw)
    if problems:
        raise DataError(problems)
    return frame


def _refuse(problems: list[str]) -> None:
    if problems:
        raise SpellError("\n".join(problems))
