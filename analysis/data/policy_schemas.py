"""The policy tables: what happened, who argued what, licence decisions, and the project's own reading of the events."""

from __future__ import annotations

from analysis.data import vocabulary as v
from analysis.data.columns import CITES_SOURCE, EVIDENCE_TRAIL, MONTH, NOTE, date, series_table, text
from analysis.data.schema import Reference, Table

EVENT = r"P\d{3}"

EXPORT_LICENCES = series_table(
    "export_licences", "policy", "Export licences", "A count, value or share of licence decisions in a period.", v.LICENCE_UNITS,
    "Values are applicants' estimates of permission over up to four years, about half unused: never add them to sales. The Huawei "
    "outcomes sum to 163 of 169 applications.",
    partner="Destination or listed party", frequencies=("A", "YTD"), regular=False, minimum=0)

POLICY_EVENTS = Table(
    "policy_events", "policy", "Policy events", "A dated event; the event that opens a spell of limbo carries the spell.",
    ("event_id",), (
        text("event_id", "Identifier", required=True, pattern=EVENT),
        date("date", "Day of the event; the first of the month where only the month is known", required=True),
        text("date_precision", "How exact the date is", required=True, allowed=v.DATE_PRECISIONS),
        text("title", "What happened, in a few words", required=True),
        text("short_title", "The same for the mark in a chart", required=True, pattern=r".{3,34}"),
        text("description", "What happened", required=True),
        text("actor", "Who acted", required=True, allowed=v.ACTORS, several=True),
        text("instrument", "Legal instrument or kind of act", required=True, allowed=v.INSTRUMENTS, several=True),
        text("legal_citation", "Federal Register, public law, executive order or announcement"),
        text("direction", "Effect on sales", required=True, allowed=v.DIRECTIONS),
        text("target", "Whom or what it concerns", required=True, allowed=v.TARGETS, several=True),
        text("firms", "Firms of the table of firms that it names", several=True),
        text("channel", "Through which it works: export controls limit chip sales; import and network rules do not by themselves",
             required=True, allowed=v.CHANNELS),
        date("in_limbo_from", "First day of the spell that this event opens"),
        text("in_limbo_from_precision", "How exact that day is", allowed=v.DATE_PRECISIONS),
        date("in_limbo_to", "Day on which the matter was settled; empty when no end was found"),
        text("in_limbo_to_precision", "How exact that day is", allowed=v.DATE_PRECISIONS),
        date("limbo_scheduled_to", "For a spell without end: the day on which it ends by its own text, whether or not it did"),
        text("limbo_id", "Identifier of the spell", pattern=r"L\d{2}"),
        text("limbo_type", "Why the matter was open: the core types are counted, the others shown apart", allowed=v.LIMBO_TYPES),
        date("limbo_last_evidence", "For a spell without end: last day on which it was seen to be open"),
        *EVIDENCE_TRAIL, NOTE,
    ), (CITES_SOURCE, Reference("firms", "firms", "firm")),
    "Nothing after 10 October 2026 is covered, and little after mid-2026. Starts of L12 and L15 are inferred. Whether the "
    "Affiliates Rule came back on 10 November 2026 is unknown.", order=("date", "event_id"))

STANDING = Table(
    "standing", "policy", "Where each rule stands", "A rule, bill or practice and its newest known state.", ("rule_id",), (
        text("rule_id", "Identifier", required=True, pattern=r"[a-z0-9_]+"),
        text("rule", "Name of the rule", required=True),
        text("jurisdiction", "Whose it is", required=True, allowed=v.JURISDICTIONS),
        text("instrument", "Legal form, in words", required=True),
        text("legal_citation", "Federal Register, public law, bill or announcement; empty when it was not published"),
        text("status", "Where it stands", required=True, allowed=v.STANDINGS),
        text("status_detail", "What the word does not say"),
        date("since", "First day of this state; the first of the month where only the month is known", required=True),
        text("since_precision", "How exact that day is", required=True, allowed=v.DATE_PRECISIONS),
        date("next_date", "Next day fixed by law or by the authority; it may have passed without news"),
        text("next_step", "What is due then, or what would change the state"),
        text("effect_on_chip_sales", "What it does to sales of chips and chip tools to China", required=True),
        date("known_through", "Last day on which its state was seen", required=True),
        text("event_id", "The event of the policy file that set this state", pattern=EVENT),
        EVIDENCE_TRAIL[0], text("other_source_ids", "Further sources", several=True), *EVIDENCE_TRAIL[1:], NOTE,
    ), (CITES_SOURCE, Reference("other_source_ids", "sources", "source_id"), Reference("event_id", "policy_events", "event_id")),
    "What a row says, it says of the day in known_through. A next date in the past means that its outcome was not found.")

ARGUMENTS = Table(
    "arguments", "policy", "Arguments", "An argument made by one side of the dilemma.", ("claim_id",), (
        text("claim_id", "Identifier", required=True, pattern=r"C\d{2,3}"),
        text("stated_on", "Day, month or year of the statement", required=True, pattern=rf"\d{{4}}|{MONTH}|{MONTH}-\d{{2}}"),
        text("date_precision", "How exact the date is", required=True, allowed=v.DATE_PRECISIONS),
        text("side", "Which side it supports", required=True, allowed=v.ARGUMENT_SIDES),
        text("speaker_org", "Who made it", required=True),
        text("claim_summary", "The argument, summarised", required=True),
        text("quantity", "Figures in it, as stated"),
        text("claim_type", "What kind of statement", required=True, allowed=v.ARGUMENT_TYPES),
        text("testable_with", "What would test it"),
        text("url", "Address of the statement, or of a copy or report of it", required=True, pattern=r"https?://\S+"),
        text("read", "How much of it was read: all, an abstract or a report of it, the title", required=True, allowed=v.READ),
        *EVIDENCE_TRAIL,
        text("caveat", "What weakens it"),
    ), (CITES_SOURCE,), "Each argument stands with what could test it and a caveat; none is a finding of this book.")

REVERSALS = Table(
    "reversals", "policy", "Reversals", "A tightening action that was undone, and by what.", ("event_id", "undone_on"), (
        text("event_id", "The tightening action", required=True, pattern=EVENT),
        text("undone_by", "The event that undid it; empty when the end of the action's own spell is all that is known",
             pattern=EVENT),
        date("undone_on", "Day on which it was undone", required=True),
        text("reach", "How far: withdrawn (removed, dropped, suspended), lifted (in effect, by licences), partial (for some "
             "transactions)", required=True, allowed=v.REACHES),
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
        text("step", "Which step", required=True, allowed=v.MILESTONE_STEPS),
        text("event_id", "The event that is or states the step", required=True, pattern=EVENT),
        date("date", "Day of the step when it is not the day of the event (a deadline, an effective date)"),
        *EVIDENCE_TRAIL, NOTE,
    ), (CITES_SOURCE, Reference("event_id", "policy_events", "event_id")),
    "Only files with at least two dated steps can slip; a missing step is unknown or does not exist, as the note says.")

ARGUMENT_TESTS = Table(
    "argument_tests", "policy", "Tests of arguments", "A number of this book that bears on an argument.",
    ("claim_id", "number_id"), (
        text("claim_id", "The argument", required=True, pattern=r"C\d{2,3}"),
        text("number_id", "Identifier of the number in the book; empty when nothing in the book bears on the argument",
             pattern=r"[a-z0-9_]+(\.[a-z0-9_]+)+"),
        text("bearing", "for, against, size (gives the size of what is argued), neither", required=True, allowed=v.BEARINGS),
        text("explanation", "Why the number bears on the argument, and how far", required=True),
    ), (Reference("claim_id", "arguments", "claim_id"),),
    "Bearing is a judgement of this project. A number for an argument does not prove it, and one against does not refute it.")

POLICY_TABLES = (POLICY_EVENTS, STANDING, REVERSALS, MILESTONES, EXPORT_LICENCES, ARGUMENTS, ARGUMENT_TESTS)
