"""The hand-coded tables that read the policy file: which action was undone by what, and the steps of each rule.

They are judgements of this project on the events of `policy_events`; every row points at the events it rests on.
"""

from __future__ import annotations

from analysis.data import vocabulary as v
from analysis.data.schema import Reference, Table
from analysis.data.schemas import CITES_SOURCE, EVIDENCE_TRAIL, NOTE, date, text
from analysis.policy.reversals import REACHES
from analysis.policy.slippage import STEPS

BEARINGS = ("for", "against", "size", "neither")

REVERSALS = Table(
    "reversals", "policy", "Reversals", "A tightening action that was undone, and by what.", ("event_id", "reach"), (
        text("event_id", "The tightening action", required=True, pattern=r"P\d{3}"),
        text("undone_by", "The event that undid it; empty when only the end of the action's own spell is known",
             pattern=r"P\d{3}"),
        date("undone_on", "Day on which it was undone", required=True),
        text("reach", "How far: withdrawn (removed, dropped, suspended), lifted (in effect, by licences), partial (for some)",
             required=True, allowed=REACHES),
        text("how", "By which means", required=True),
        *EVIDENCE_TRAIL, NOTE,
    ), (CITES_SOURCE, Reference("event_id", "policy_events", "event_id"), Reference("undone_by", "policy_events", "event_id")),
    "The coding of reach is a judgement; the chapter shows the index under a narrower and a wider reading.")

MILESTONES = Table(
    "milestones", "policy", "Milestones", "A step of a file: mandated, due, proposed, in force, final or dropped.",
    ("file_id", "step"), (
        text("file_id", "Identifier of the file", required=True, pattern=r"[a-z0-9_]+"),
        text("file", "Name of the file", required=True),
        text("channel", "As in policy_events", required=True, allowed=v.CHANNELS),
        text("step", "Which step", required=True, allowed=STEPS),
        text("event_id", "The event that is or states the step", required=True, pattern=r"P\d{3}"),
        date("date", "Day of the step when it is not the day of the event (a deadline, an effective date)"),
        *EVIDENCE_TRAIL, NOTE,
    ), (CITES_SOURCE, Reference("event_id", "policy_events", "event_id")),
    "Only files with at least two dated steps can slip; a missing step is unknown or does not exist, as the note says.")

ARGUMENT_TESTS = Table(
    "argument_tests", "policy", "Tests of arguments", "A number of this book that bears on an argument.",
    ("claim_id", "number_id"), (
        text("claim_id", "The argument", required=True, pattern=r"C\d{2,3}"),
        text("number_id", "Id of the number in the registry; empty when nothing in the book bears on the argument",
             pattern=r"[a-z0-9_]+(\.[a-z0-9_]+)+"),
        text("bearing", "for, against, size (gives the size of what is argued), neither", required=True, allowed=BEARINGS),
        text("explanation", "Why the number bears on the argument, and how far", required=True),
    ), (Reference("claim_id", "arguments", "claim_id"),),
    "Bearing is a judgement of this project. A number for an argument does not prove it, and one against does not refute it.")
