"""What had been issued and not withdrawn on a given day, beside what was in limbo.

The policy file lists events, not the whole of the law. *In force* here means: an instrument in the file that binds (a listing,
an order, a rule, a letter, a statute, a Chinese control) had been issued by that day, and the file knows of no withdrawal,
suspension or expiry. A measure may be in force and in limbo at once: an interim rule binds although it is not final.
"""

from __future__ import annotations

import pandas as pd

from analysis.policy.spells import TYPE_LABELS, status_on

BINDING_INSTRUMENTS = frozenset({
    "Entity List", "denial order", "EO", "statute", "final rule", "interim final rule", "FDPR", "is-informed letter", "order",
    "tariff", "guidance", "export control", "import control", "procurement ban", "Unreliable Entity List", "TGL",
})


def binding_measures(events: pd.DataFrame, reversals: pd.DataFrame, spells: pd.DataFrame) -> pd.DataFrame:
    """Dated intervals of binding measures; columns `event_id`, `title`, `instrument`, `channel`, `start`, `end`, `precision`.

    `end` is the first day no longer in force, NaT when none is known. Tightening measures, and temporary licences while they
    ran. Rules that loosen are not listed: they show as the end, or the limbo, of what they loosen.
    """
    parts = events["instrument"].str.split(";").map(lambda tokens: {t.strip() for t in tokens})
    binds = parts.map(lambda tokens: bool(tokens & (BINDING_INSTRUMENTS - {"TGL"})))
    measures = events[binds & (events["direction"] == "tighten")].copy()
    withdrawn = reversals[reversals["reach"] == "withdrawn"].groupby("event_id")["undone_on"].min()
    measures["start"], measures["end"] = measures["date"], measures["event_id"].map(withdrawn)
    measures["precision"] = measures["date_precision"]
    licences = spells[spells["limbo_type"] == "temporary_authorisation"].assign(precision="day")
    columns = ["event_id", "title", "instrument", "channel", "start", "end", "precision"]
    table = pd.concat([measures[columns], licences[columns]], ignore_index=True)
    return table.sort_values(["start", "event_id"], kind="stable").reset_index(drop=True)


def in_force_on(measures: pd.DataFrame, day: pd.Timestamp | str) -> pd.DataFrame:
    """The measures issued by `day` and not known to have ended by it."""
    day = pd.Timestamp(day)
    chosen = (measures["start"] <= day) & ~(measures["end"] <= day)
    return measures[chosen].reset_index(drop=True)


def day_report(events: pd.DataFrame, reversals: pd.DataFrame, spells: pd.DataFrame, day: pd.Timestamp | str) -> dict:
    """Everything known of one day, ready for JSON: `day`, `events_known_to`, `in_limbo`, `not_known`, `in_force`.

    Raises ValueError when the day is before the first event of the file.
    """
    day = pd.Timestamp(day)
    if day < events["date"].min():
        raise ValueError(f"the policy file begins on {events['date'].min():%Y-%m-%d}; {day:%Y-%m-%d} is earlier")
    status = status_on(spells, day)
    measures = in_force_on(binding_measures(events, reversals, spells), day)
    return {
        "day": f"{day:%Y-%m-%d}",
        "events_known_to": f"{events['date'].max():%Y-%m-%d}",
        "in_limbo": [_file(r) for r in status[status["status"] == "in limbo"].itertuples()],
        "not_known": [_file(r) for r in status[status["status"] == "not known"].itertuples()],
        "in_force": [{"event_id": r.event_id, "title": r.title, "instrument": r.instrument, "channel": r.channel,
                      "since": f"{r.start:%Y-%m-%d}"} for r in measures.itertuples()],
    }


def page_data(events: pd.DataFrame, reversals: pd.DataFrame, spells: pd.DataFrame) -> dict:
    """The intervals behind `day_report`, for the control on the page, which filters them by the reader's day."""
    def iso(day: pd.Timestamp) -> str:
        return "" if pd.isna(day) else f"{day:%Y-%m-%d}"

    files = [{**_file(r), "end": iso(r.end), "settled": r.end_kind == "settled", "scheduled": r.end_kind == "scheduled"}
             for r in spells.itertuples()]
    measures = [{"event_id": r.event_id, "title": r.title, "instrument": r.instrument, "channel": r.channel,
                 "since": iso(r.start), "end": iso(r.end)} for r in binding_measures(events, reversals, spells).itertuples()]
    return {"first": iso(events["date"].min()), "events_known_to": iso(events["date"].max()), "files": files, "measures": measures}


def _file(row) -> dict:
    return {"limbo_id": row.limbo_id, "title": row.title, "type": TYPE_LABELS[row.limbo_type], "core": bool(row.core),
            "channel": row.channel, "since": f"{row.start:%Y-%m-%d}"}
