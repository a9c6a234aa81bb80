"""Spells of limbo: from the day something is mandated, announced or provisionally permitted to the day it is settled.

A *file* is in limbo from the day an authority mandates, announces or provisionally permits something until the day the
position is settled by a final rule, a licence decision, expiry or formal withdrawal. The policy file marks one event per
file with `limbo_id`, `limbo_type`, `in_limbo_from` and `in_limbo_to`. A file without a known end stops on the day on which it
ends by its own text (`limbo_scheduled_to`) where there is one, and otherwise at `limbo_last_evidence`, the newest day on which
a source says it was still open; it is then flagged as open.

Days are counted on half-open intervals: the first day counts, the day of settlement does not. A file opened and settled on
the same day has zero days, and the day counts of adjoining periods add up.

Two kinds are kept apart. *Core* files are undecided in the plain sense. Files *shown apart* are provisional or of another
nature: rules in force on an interim basis, investigations, pending bills, Chinese measures, proposals never acted upon.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.data.vocabulary import CORE_LIMBO_TYPES

TYPE_LABELS = {
    "mandate_pending": "mandated, rule pending",
    "proposed_pending": "proposed, final rule pending",
    "temporary_authorisation": "temporary authorisation",
    "announced_not_implemented": "announced, not implemented",
    "licence_queue": "licence queue",
    "suspended": "suspended",
    "non_enforced": "on the books, not enforced",
    "reversal": "imposed, then reversed",
    "interim_in_force": "in force as an interim rule",
    "investigation": "investigation",
    "legislation_pending": "bill pending",
    "china_side": "Chinese measure pending",
    "proposed_pending_unresolved": "proposed, never acted upon",
}
EXPORT = "export"
IMPORT = "import/network"

def limbo_spells(events: pd.DataFrame) -> pd.DataFrame:
    """One row per file in limbo, in order of start.

    Arguments: `events`, the `policy_events` table (one row an event; dates as datetime64).
    Returns columns `limbo_id`, `event_id`, `title`, `short_title`, `instrument`, `target`, `legal_citation`, `limbo_type`,
    `core` (bool), `channel`, `start`, `end` (the first day no longer counted), `last_evidence`, `open` (no end known), `end_kind`
    ('settled', 'scheduled' or 'last evidence'), `start_approximate`, `end_approximate` (bool), `grade`, `source_id`, `days`.
    """
    rows = events[events["limbo_id"] != ""].copy()
    scheduled = rows["in_limbo_to"].isna() & rows["limbo_scheduled_to"].notna()
    is_open = rows["in_limbo_to"].isna() & ~scheduled
    end_kind = pd.Series("settled", index=rows.index).mask(scheduled, "scheduled").mask(is_open, "last evidence")
    spells = pd.DataFrame({
        "limbo_id": rows["limbo_id"],
        "event_id": rows["event_id"],
        "title": rows["title"],
        "short_title": rows["short_title"],
        "instrument": rows["instrument"],
        "target": rows["target"],
        "legal_citation": rows["legal_citation"],
        "limbo_type": rows["limbo_type"],
        "core": rows["limbo_type"].isin(CORE_LIMBO_TYPES),
        "channel": rows["channel"],
        "start": rows["in_limbo_from"],
        "end": rows["in_limbo_to"].fillna(rows["limbo_scheduled_to"]).fillna(rows["limbo_last_evidence"]),
        "last_evidence": rows["limbo_last_evidence"],
        "open": is_open,
        "end_kind": end_kind,
        "start_approximate": (rows["in_limbo_from_precision"] != "day")
        | ((rows["date_precision"] != "day") & (rows["in_limbo_from"] == rows["date"])),
        "end_approximate": rows["in_limbo_to"].notna() & (rows["in_limbo_to_precision"] != "day"),
        "grade": rows["grade"],
        "source_id": rows["source_id"],
    })
    spells["days"] = (spells["end"] - spells["start"]).dt.days
    return spells.sort_values(["start", "limbo_id"], kind="stable").reset_index(drop=True)


def known_to(spells: pd.DataFrame) -> pd.Timestamp:
    """The newest day that the spells speak of: a start, a settled end or a last evidence; an end that is only scheduled is none."""
    settled = spells["end"].where(spells["end_kind"] == "settled")
    return max(spells["start"].max(), settled.max(), spells["last_evidence"].max())


def core_spells(spells: pd.DataFrame, channel: str | None = EXPORT) -> pd.DataFrame:
    """The core files of one channel (None: of every channel)."""
    chosen = spells["core"] if channel is None else spells["core"] & (spells["channel"] == channel)
    return spells[chosen].reset_index(drop=True)


def limbo_days(spells: pd.DataFrame, first: pd.Timestamp | str, end: pd.Timestamp | str) -> int:
    """Days of limbo in [first, end), each file counted separately: two files open on one day are two days."""
    return int(days_in_periods(spells, [pd.Timestamp(first)], [pd.Timestamp(end)]).sum())


def days_in_periods(spells: pd.DataFrame, firsts: Sequence[pd.Timestamp], ends: Sequence[pd.Timestamp]) -> np.ndarray:
    """Days of each spell inside each period [first, end): integers, shape (periods, spells)."""
    def days(values) -> np.ndarray:
        return pd.DatetimeIndex(values).to_numpy("datetime64[D]").astype("int64")

    start = np.maximum(days(spells["start"])[None, :], days(firsts)[:, None])
    end = np.minimum(days(spells["end"])[None, :], days(ends)[:, None])
    return np.maximum(end - start, 0)


def status_on(spells: pd.DataFrame, day: pd.Timestamp | str) -> pd.DataFrame:
    """What is known of each file that had opened by `day`: 'in limbo', 'not known' or 'settled'.

    'not known' is said of a file without an end after its last evidence, and of a file whose end was only scheduled once
    that day has come: the policy file does not say whether the schedule was kept. On the day of its last evidence an open
    file was seen open, although the day count, which stops there, no longer includes it.
    """
    day = pd.Timestamp(day)
    begun = spells[spells["start"] <= day].copy()
    over = (begun["end"] < day) | ((begun["end"] == day) & ~begun["open"])
    begun["status"] = "in limbo"
    begun.loc[over & (begun["end_kind"] == "settled"), "status"] = "settled"
    begun.loc[over & (begun["end_kind"] != "settled"), "status"] = "not known"
    return begun.reset_index(drop=True)


def open_on(spells: pd.DataFrame, day: pd.Timestamp | str) -> pd.DataFrame:
    """The files counted as open on `day`; summed over the days of a period their number equals `limbo_days`."""
    day = pd.Timestamp(day)
    return spells[(spells["start"] <= day) & (spells["end"] > day)].reset_index(drop=True)
