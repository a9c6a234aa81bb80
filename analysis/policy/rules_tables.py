"""The tables of the chapter on the rules, with column names a reader understands."""

from __future__ import annotations

import pandas as pd

from analysis.policy.indices import sensitivity
from analysis.policy.reversals import tightening_actions

REACH_LABELS = {"withdrawn": "measure withdrawn, dropped or suspended", "lifted": "effect lifted by licences"}


def sensitivity_table(spells: pd.DataFrame, first_year: int, last_year: int, as_of: str) -> pd.DataFrame:
    """Counting rules as rows, years as columns."""
    table = sensitivity(spells, first_year, last_year, as_of).reset_index()
    return table.rename(columns={"counting_rule": "Counting rule"} | {y: str(y) for y in range(first_year, last_year + 1)})


def reversal_table(events: pd.DataFrame, reversals: pd.DataFrame) -> pd.DataFrame:
    """Undone actions in order of date, with the means and the grade of the evidence."""
    actions = tightening_actions(events, reversals)
    undone = actions[actions["undone"]]
    reach = reversals.set_index(["event_id", "undone_on"])["reach"]
    keys = list(zip(undone["event_id"], undone["undone_on"], strict=True))
    return pd.DataFrame(
        {
            "Action": undone["title"],
            "Taken": undone["date"],
            "Undone": undone["undone_on"],
            "Days": undone["days_to_reversal"].astype(int),
            "How": undone["how"],
            "How far": [REACH_LABELS[reach[key]] for key in keys],
        }
    )


def slippage_for_readers(table: pd.DataFrame) -> pd.DataFrame:
    """The slippage table without ids; days as numbers, missing steps as missing."""
    names = {
        "file": "File", "mandated": "Mandated or announced", "due": "Due", "proposed": "Proposed", "in_force": "In force",
        "final": "Final", "dropped": "Dropped, replaced or expired", "proposed_late": "Proposal late (days)",
        "in_force_late": "In force late (days)", "in_force_after_mandate": "Mandate to in force (days)",
        "final_after_mandate": "Mandate to final (days)", "dropped_after_start": "Start to end without result (days)",
    }  # fmt: skip
    return table[list(names)].rename(columns=names)
