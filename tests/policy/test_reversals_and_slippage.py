"""The unstable index and the slippage table, on the shipped files and on small ones made up here."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.data.vocabulary import REACHES
from analysis.policy import reversals as unstable
from analysis.policy.slippage import slippage_table


def _actions(days_to_reversal: list[float | None], potential_days: int = 1000) -> pd.DataFrame:
    days = pd.Series(days_to_reversal, dtype=float)
    return pd.DataFrame({"event_id": [f"P{i:03d}" for i in range(len(days))], "days_to_reversal": days, "undone": days.notna(),
                         "potential_days": potential_days, "days_followed": days.fillna(potential_days)})


def test_the_executive_order_slipped_by_the_days_of_the_design(milestones, events):
    row = slippage_table(milestones, events).set_index("file_id").loc["eo13873"]
    assert row["proposed_late"] == 46
    assert row["in_force_late"] == 465
    assert row["final_after_mandate"] == 2032


def test_the_contractor_rule_came_before_its_deadline_and_shows_as_negative_lateness(milestones, events):
    assert slippage_table(milestones, events).set_index("file_id").loc["section889b", "in_force_late"] < 0


def test_a_missing_step_gives_no_day_count(milestones, events):
    row = slippage_table(milestones, events).set_index("file_id").loc["ecra_emerging"]
    assert np.isnan(row["in_force_late"]) and np.isnan(row["final_after_mandate"])
    assert row["dropped_after_start"] > 1000


def test_decisions_of_2025_were_taken_back_more_often_than_those_before(events, reversals):
    actions = unstable.tightening_actions(events, reversals)
    before, after = actions[actions["date"] < "2025-01-01"], actions[actions["date"] >= "2025-01-01"]
    assert 3 * unstable.kaplan_meier_share(before)["share_pct"] < unstable.kaplan_meier_share(after)["share_pct"]
    assert len(after) < 20          # few enough that the chapter must say so


def test_a_wider_reading_of_undone_never_finds_fewer_reversals(events, reversals):
    counts = [unstable.tightening_actions(events, reversals, reaches)["undone"].sum()
              for reaches in (("withdrawn",), unstable.UNDONE_IN_EFFECT, REACHES)]
    assert counts == sorted(counts) and counts[0] < counts[-1]


def test_bills_letters_and_import_side_measures_are_not_actions(events, reversals):
    actions = unstable.tightening_actions(events, reversals).merge(events[["event_id", "channel", "actor"]], on="event_id")
    assert set(actions["channel"]) == {"export"}
    assert not actions["actor"].str.contains("Congress").any()


def test_an_event_after_the_known_period_is_left_out(events, reversals):
    early = unstable.tightening_actions(events, reversals, known_to="2018-07-01")
    assert early["date"].max() <= pd.Timestamp(2018, 7, 1)
    assert not early.set_index("event_id").loc["P005", "undone"]     # lifted on 13 July 2018


def test_recent_actions_are_left_out_of_the_simple_share_but_used_by_kaplan_meier():
    old, new = _actions([50, None, None]), _actions([10, None], potential_days=100)
    both = pd.concat([old, new], ignore_index=True)
    share = unstable.share_undone(both)
    assert (share["undone"], share["actions"], share["too_recent"]) == (1, 3, 2)
    assert unstable.kaplan_meier_share(both)["share_pct"] == pytest.approx(100 * (1 - (4 / 5) * (3 / 4)))


def test_kaplan_meier_equals_the_plain_share_when_nothing_is_cut_off():
    actions = _actions([5, 80, 300, 700, None, None, None, None])
    assert unstable.kaplan_meier_share(actions)["share_pct"] == pytest.approx(unstable.share_undone(actions)["share_pct"])


def test_no_reversal_gives_a_share_of_zero_with_an_upper_end_above_zero():
    result = unstable.kaplan_meier_share(_actions([None] * 6))
    assert result["share_pct"] == 0 and 0 < result["high_pct"] < 100


@given(st.integers(0, 30), st.integers(0, 30))
def test_the_interval_of_a_share_holds_the_share_and_mirrors_its_complement(a, b):
    successes, trials = min(a, b), max(a, b)
    low, high = unstable.jeffreys_interval(successes, trials)
    if trials == 0:
        assert np.isnan(low)
        return
    assert 0 <= low <= successes / trials <= high <= 1
    mirrored = unstable.jeffreys_interval(trials - successes, trials)
    assert (1 - mirrored[1], 1 - mirrored[0]) == pytest.approx((low, high), abs=1e-9)


def test_the_counts_by_year_hold_every_action_and_every_reversal(events, reversals):
    actions = unstable.tightening_actions(events, reversals)
    yearly = unstable.unstable_by_year(actions, 2016, 2026)
    assert yearly["actions"].sum() == len(actions)
    assert yearly["reversals"].sum() == actions["undone"].sum()
