"""What the policy tests share: the shipped policy tables, and small policy files made up on the spot."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.data import load_table
from analysis.policy.spells import limbo_spells
from analysis.policy.tables import load_milestones, load_policy


@pytest.fixture(scope="session")
def policy():
    return load_policy()


@pytest.fixture(scope="session")
def events(policy):
    return policy[0]


@pytest.fixture(scope="session")
def reversals(policy):
    return policy[1]


@pytest.fixture(scope="session")
def spells(policy):
    return policy[2]


@pytest.fixture(scope="session")
def milestones(events):
    return load_milestones(events)


@pytest.fixture(scope="session")
def car():
    return load_table("event_study_car")


@pytest.fixture
def make_event():
    """A row of the policy file with the given values, everything else plain."""
    def build(**values) -> dict:
        row = {"event_id": "P001", "date": pd.Timestamp(2020, 1, 1), "date_precision": "day", "title": "t", "short_title": "t",
               "instrument": "final rule", "target": "x", "legal_citation": "", "direction": "tighten",
               "channel": "export", "in_limbo_from": pd.NaT,
               "in_limbo_from_precision": "", "in_limbo_to": pd.NaT, "in_limbo_to_precision": "",
               "limbo_scheduled_to": pd.NaT, "limbo_id": "", "limbo_type": "",
               "limbo_last_evidence": pd.NaT, "source_id": "s", "grade": "A", "note": ""}
        return row | values
    return build


@pytest.fixture
def make_spells(make_event):
    """Spells from (start, end) day pairs, all core and on the export side."""
    def build(pairs) -> pd.DataFrame:
        rows = [make_event(event_id=f"P{i:03d}", date=start, limbo_id=f"L{i:02d}", limbo_type="mandate_pending",
                           in_limbo_from=start, in_limbo_from_precision="day", in_limbo_to=end, in_limbo_to_precision="day")
                for i, (start, end) in enumerate(pairs, start=1)]
        return limbo_spells(pd.DataFrame(rows))
    return build
