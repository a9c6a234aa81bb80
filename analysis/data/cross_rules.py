"""What must hold between the rows of two tables: the hand-coded reading of the policy events agrees with the events, and no
grade exceeds what the kind of its source allows.

A rule takes a typed table and the typed table it is held against, and yields (row index, column, message) for rows of the first.
A row that points at nothing is left to the check of references.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from analysis.data import vocabulary as v
from analysis.data.rules import Fault
from analysis.data.schemas import TABLES

CrossRule = Callable[[pd.DataFrame, pd.DataFrame], Iterator[Fault]]


def _of_event(ids: pd.Series, events: pd.DataFrame, column: str) -> pd.Series:
    """The cell of each named event in `column`; missing where there is no such event."""
    return ids.map(events.drop_duplicates("event_id").set_index("event_id")[column])


def only_tightening_is_undone(reversals: pd.DataFrame, events: pd.DataFrame) -> Iterator[Fault]:
    """What is undone is a measure that tightened."""
    direction = _of_event(reversals["event_id"], events, "direction")
    for i in np.flatnonzero(direction.notna() & (direction != "tighten")):
        yield i, "event_id", f"{reversals['event_id'].iloc[i]} is '{direction.iloc[i]}', expected an event that tightens"


def undone_after_it_was_taken(reversals: pd.DataFrame, events: pd.DataFrame) -> Iterator[Fault]:
    """No action is undone before its day."""
    taken = _of_event(reversals["event_id"], events, "date")
    for i in np.flatnonzero(reversals["undone_on"] < taken):
        yield i, "undone_on", (f"{reversals['undone_on'].iloc[i]:%Y-%m-%d} is before {taken.iloc[i]:%Y-%m-%d}, when "
                               f"{reversals['event_id'].iloc[i]} was taken, expected that day or a later one")


def undone_on_the_day_of_its_event(reversals: pd.DataFrame, events: pd.DataFrame) -> Iterator[Fault]:
    """The day is that of the event that undid the action; without one, the end of the action's own spell of reversal."""
    day = _of_event(reversals["undone_by"], events, "date")
    for i in np.flatnonzero(day.notna() & reversals["undone_on"].notna() & (day != reversals["undone_on"])):
        yield i, "undone_on", (f"{reversals['undone_on'].iloc[i]:%Y-%m-%d}, expected {day.iloc[i]:%Y-%m-%d}, the day of "
                               f"{reversals['undone_by'].iloc[i]}")
    spell = _of_event(reversals["event_id"], events, "limbo_type")
    end = _of_event(reversals["event_id"], events, "in_limbo_to").where(spell == "reversal")
    alone = (reversals["undone_by"] == "") & spell.notna() & reversals["undone_on"].notna()
    for i in np.flatnonzero(alone & (end != reversals["undone_on"])):
        event = reversals["event_id"].iloc[i]
        if pd.isna(end.iloc[i]):
            yield i, "undone_by", f"is empty and {event} has no spell of reversal of its own, expected the event that undid it"
        else:
            yield i, "undone_on", (f"{reversals['undone_on'].iloc[i]:%Y-%m-%d}, expected {end.iloc[i]:%Y-%m-%d}, the end of the "
                                   f"spell of {event}")


def channel_is_that_of_the_event(milestones: pd.DataFrame, events: pd.DataFrame) -> Iterator[Fault]:
    """A file and the events of its steps belong to one channel."""
    channel = _of_event(milestones["event_id"], events, "channel")
    for i in np.flatnonzero(channel.notna() & (channel != milestones["channel"])):
        event = milestones["event_id"].iloc[i]
        yield i, "channel", f"{milestones['channel'].iloc[i]!r}, expected {channel.iloc[i]!r} as on {event}"


def step_follows_the_mandate(milestones: pd.DataFrame, events: pd.DataFrame) -> Iterator[Fault]:
    """No step of a file is dated before the file was mandated."""
    day = milestones["date"].fillna(_of_event(milestones["event_id"], events, "date"))
    mandated = milestones["step"] == "mandated"
    start = day[mandated].groupby(milestones["file_id"][mandated]).first()
    begun = milestones["file_id"].map(start)
    for i in np.flatnonzero(day < begun):
        column = "date" if pd.notna(milestones["date"].iloc[i]) else "event_id"
        yield i, column, (f"{day.iloc[i]:%Y-%m-%d} is before {begun.iloc[i]:%Y-%m-%d}, when {milestones['file_id'].iloc[i]} was "
                          "mandated, expected that day or a later one")


def grade_within_source_kind(table: pd.DataFrame, sources: pd.DataFrame) -> Iterator[Fault]:
    """No row is better than the kind of source it rests on: press is never A, a compilation never B."""
    kind = table["source_id"].map(sources.drop_duplicates("source_id").set_index("source_id")["kind"])
    best = kind.map(v.BEST_GRADE)
    for i in np.flatnonzero(best.notna() & (table["grade"] < best)):
        yield i, "grade", f"{table['grade'].iloc[i]} on a source of kind {kind.iloc[i]}, expected {best.iloc[i]} or lower"


REVERSALS: tuple[CrossRule, ...] = (only_tightening_is_undone, undone_after_it_was_taken, undone_on_the_day_of_its_event)
MILESTONES: tuple[CrossRule, ...] = (channel_is_that_of_the_event, step_follows_the_mandate)
CROSS_RULES: dict[tuple[str, str], tuple[CrossRule, ...]] = {
    ("reversals", "policy_events"): REVERSALS,
    ("milestones", "policy_events"): MILESTONES,
    **{(name, "sources"): (grade_within_source_kind,) for name, table in TABLES.items() if "grade" in table.names},
}


def cross_faults(table: pd.DataFrame, other: pd.DataFrame, rules: tuple[CrossRule, ...]) -> Iterator[Fault]:
    """Every fault that the rules find in `table` beside `other`."""
    for rule in rules:
        yield from rule(table, other)
