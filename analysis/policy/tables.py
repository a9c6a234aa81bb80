"""The policy tables as this package uses them: loaded through their schemas, checked against one another."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.policy.reversals import check_reversals
from analysis.policy.slippage import check_milestones
from analysis.policy.spells import SpellError, limbo_spells


def load_policy(data_dir: Path | str | None = None) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Returns (events, reversals, spells). Raises SpellError listing every contradiction between the tables."""
    from analysis.data import load_table

    events = load_table("policy_events", data_dir or None)
    reversals = load_table("reversals", data_dir or None)
    problems = check_reversals(reversals, events)
    if problems:
        raise SpellError("\n".join(problems))
    return events, reversals, limbo_spells(events)


def load_milestones(events: pd.DataFrame, data_dir: Path | str | None = None) -> pd.DataFrame:
    """The milestones of each file. Raises SpellError when they contradict the policy file."""
    from analysis.data import load_table

    milestones = load_table("milestones", data_dir or None)
    problems = check_milestones(milestones, events)
    if problems:
        raise SpellError("\n".join(problems))
    return milestones
