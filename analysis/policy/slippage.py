"""Slippage: when a rule was due, proposed, in force and final, and how many days late.

`milestones` (hand-coded) gives the steps of each file, one row a step, each pointing at an event of the policy file; a step
whose day is not the event's own (a statutory deadline, an effective date) carries the date. Steps: *mandated* (ordered,
announced or opened), *due*, *proposed*, *in_force*, *final*, *dropped* (withdrawn, replaced, suspended or expired).
"""

from __future__ import annotations

import pandas as pd

from analysis.data.vocabulary import MILESTONE_STEPS as STEPS


def dated_milestones(milestones: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """The milestones with `day` filled in: the row's own date where given, else that of its event."""
    by_id = events.set_index("event_id")
    table = milestones.copy()
    table["day"] = table["date"].fillna(table["event_id"].map(by_id["date"]))
    return table


def slippage_table(milestones: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """One row per file, in order of its first step.

    Returns `file_id`, `file`, `channel`, one date column per step, and day counts (NaN where a step is missing):
    `proposed_after_mandate`, `proposed_late` and `in_force_late` (after the due day; negative is early),
    `in_force_after_mandate`, `final_after_mandate`, `dropped_after_start` (from mandate, or from entry into force when
    nothing was mandated), `sources` (tuple of source ids).
    """
    dated = dated_milestones(milestones, events)
    wide = dated.pivot(index="file_id", columns="step", values="day").reindex(columns=STEPS)
    names = dated.drop_duplicates("file_id").set_index("file_id")[["file", "channel"]]
    sources = dated.groupby("file_id")["source_id"].agg(lambda ids: tuple(dict.fromkeys(ids)))
    start = wide["mandated"].fillna(wide["in_force"])

    def days(later: str, earlier: pd.Series) -> pd.Series:
        return (wide[later] - earlier).dt.days.astype(float)

    table = names.join(wide).assign(
        proposed_after_mandate=days("proposed", wide["mandated"]),
        proposed_late=days("proposed", wide["due"]),
        in_force_late=days("in_force", wide["due"]),
        in_force_after_mandate=days("in_force", wide["mandated"]),
        final_after_mandate=days("final", wide["mandated"]),
        dropped_after_start=days("dropped", start),
        sources=sources,
    )
    order = wide.min(axis=1).sort_values(kind="stable").index
    return table.loc[order].reset_index()
