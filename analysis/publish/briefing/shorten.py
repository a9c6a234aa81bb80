"""What a briefing leaves out when its text does not fit two pages: the least needed first, and each step said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from analysis.charts.text import shortened
from analysis.publish.briefing.content import Briefing

LEAST_CAVEATS, LEAST_ROWS, LEAST_FINDINGS = 2, 6, 3
NAME_LENGTH, NOTE_LENGTH, SENTENCE_LENGTH = 70, 160, 240


def shorter(briefing: Briefing) -> Iterator[tuple[Briefing, str]]:
    """Briefings that are shorter and shorter, each with what was done to it; the numbers themselves are never cut."""
    briefing = replace(briefing, exhibits=tuple(
        replace(one, sources=tuple(shortened(name, NAME_LENGTH) for name in one.sources)) for one in briefing.exhibits))
    yield briefing, "names of sources cut"
    briefing = replace(briefing, exhibits=tuple(replace(one, note=shortened(one.note, NOTE_LENGTH)) for one in briefing.exhibits))
    yield briefing, "notes under the exhibits cut"
    for name, least, what in (("caveats", LEAST_CAVEATS, "the last caveat"), ("rows", LEAST_ROWS, "the last line of the table"),
                              ("findings", LEAST_FINDINGS, "the last finding")):
        while len(getattr(briefing, name)) > least:
            briefing = replace(briefing, **{name: getattr(briefing, name)[:-1]})
            yield briefing, f"{what} left out"
    briefing = replace(
        briefing, rules=tuple(shortened(one, SENTENCE_LENGTH) for one in briefing.rules),
        title=shortened(briefing.title, NAME_LENGTH), subtitle=shortened(briefing.subtitle, NOTE_LENGTH),
        answer=shortened(briefing.answer, 2 * SENTENCE_LENGTH),
        findings=tuple(shortened(one, SENTENCE_LENGTH) for one in briefing.findings),
        caveats=tuple(shortened(one, SENTENCE_LENGTH) for one in briefing.caveats),
        rows=tuple(replace(row, label=shortened(row.label, NAME_LENGTH)) for row in briefing.rows),
        exhibits=tuple(replace(one, title=shortened(one.title, NOTE_LENGTH), takeaway=shortened(one.takeaway, SENTENCE_LENGTH))
                       for one in briefing.exhibits))
    yield briefing, "long sentences cut"
