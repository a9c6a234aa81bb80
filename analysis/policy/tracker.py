"""Where the rules stand: each rule with its newest known state, and every event as a list that filters.

A row of `standing.csv` says what was known on the day in `known_through`, not what holds today. A next date that has passed means
that its outcome was not found.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

import pandas as pd
from jinja2 import Environment

from analysis.charts.linked_table import Linked, linked_table
from analysis.registry.quantity import Quantity
from analysis.registry.recorder import Recorder
from analysis.registry.words import slug

# status code → (word in the table, heading of its group); the groups stand in this order.
STATUS = {
    "in_force": ("In force", "In force"),
    "suspended": ("Suspended", "Undecided or suspended"),
    "limbo": ("In limbo", "Undecided or suspended"),
    "mandate_pending": ("Rules not yet written", "Undecided or suspended"),
    "unclear": ("Unclear", "Undecided or suspended"),
    "bill": ("Bill, not law", "Bills"),
    "withdrawn": ("Withdrawn", "Ended"),
    "ended": ("Ended", "Ended"),
}
GROUPS = ("In force", "Undecided or suspended", "Bills", "Ended")
CHANNELS = {
    "export": "Export controls",
    "import/network": "Imports and networks",
    "china": "China's own",
    "investment": "Investment",
    "tariff": "Tariffs",
}
DIRECTIONS = {"tighten": "tightens", "loosen": "loosens", "delay": "delays", "uncertain": "unsettles"}

_EVENTS = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string("""\
<div class="cs-events" id="events">
<form class="cs-events-form" hidden aria-label="Filter the events">
{% for key, name, values in filters %}
<label>{{ name }} <select name="{{ key }}"><option value="">all</option>
{%- for value in values %}<option>{{ value }}</option>{% endfor %}</select></label>
{% endfor %}
<label>Words <input type="search" name="words" autocomplete="off"></label>
<output aria-live="polite"></output></form>
{% for year, events in years %}
<details class="cs-events-year"{{ " open" if loop.first }}><summary>{{ year }}: {{ events | length }} events</summary>
<ol class="cs-events-list">
{% for event in events %}
<li id="event-{{ event.id }}" data-year="{{ event.year }}" data-channel="{{ event.channel }}"
data-instrument="{{ event.instruments }}" data-target="{{ event.targets }}">
<h3><time datetime="{{ event.day }}">{{ event.shown }}</time> {{ event.title }}</h3>
<p>{{ event.description }}</p>
<p class="cs-events-facts">{{ event.actor }} · {{ event.instruments }} · {{ event.direction }} · {{ event.targets }}.
Source: <a href="sources.html#source-{{ event.source_id }}">{{ event.source }}</a>
{%- if event.url %}, <a href="{{ event.url }}">read here</a>{% endif %}.
{% if event.firms %}Pages:
{% for name, file in event.firms %}<a href="{{ file }}">{{ name }}</a>{{ ", " if not loop.last }}{% endfor %}.
{% endif %}</p></li>
{% endfor %}
</ol></details>
{% endfor %}
</div>
""")


def record(page: Recorder, standing: pd.DataFrame, as_of: str) -> None:
    """Record how many rules stand how, and the days to the next date, under `rules.standing.…`."""
    known, sources = _day(standing["known_through"].max()), tuple(dict.fromkeys(standing["source_id"]))
    groups = standing["status"].map(lambda code: STATUS[code][1])
    for group in GROUPS:
        count = Quantity((groups == group).sum(), known, sources)
        page.record("rules.standing.{group}", count, group=slug(group), name=group.lower())
    coming = upcoming(standing, as_of)
    if len(coming):
        row = coming.iloc[0]
        page.record("rules.standing.days_to_next_date", Quantity(
            (row["next_date"] - pd.Timestamp(as_of)).days, as_of, (row["source_id"],)), day=as_of, rule=row["rule"])


def upcoming(standing: pd.DataFrame, as_of: str) -> pd.DataFrame:
    """Rules with a next date on or after `as_of`, the nearest first."""
    return standing[standing["next_date"] >= pd.Timestamp(as_of)].sort_values(["next_date", "rule"], kind="stable")


def overdue(standing: pd.DataFrame, as_of: str) -> pd.DataFrame:
    """Rules whose next date has passed without a known outcome, or whose state is unclear; newest first."""
    open_question = (standing["next_date"] < pd.Timestamp(as_of)) | (standing["status"] == "unclear")
    return standing[open_question].sort_values(["next_date", "rule"], ascending=[False, True], kind="stable")


def lead(standing: pd.DataFrame, as_of: str) -> str:
    """The first paragraph, in Markdown: how much is in force and undecided, the next date, and through which day it is known."""
    known = _long(standing["known_through"].max())
    text = (
        f"As known on {known}, {{num}}`rules.standing.in_force` of the rules that bear on chip sales to China are in force and "
        "{num}`rules.standing.undecided_or_suspended` are undecided or suspended."
    )
    coming = upcoming(standing, as_of)
    if len(coming):
        row = coming.iloc[0]
        text += f" The next date is {_long(row['next_date'])}: {row['rule']}, {row['next_step'] or 'a step is due'}."
    return text


def standing_table(standing: pd.DataFrame, group: str, titles: Mapping[str, str]) -> str:
    """The rules of one group: rule, state, since, next date, effect on chip sales, source, known through."""
    rows = []
    for row in (
        standing[standing["status"].map(lambda code: STATUS[code][1]) == group]
        .sort_values("since", ascending=False)
        .to_dict("records")
    ):
        state = STATUS[row["status"]][0] + (f": {row['status_detail']}" if row["status_detail"] else "")
        due = ", ".join(filter(None, (_long(row["next_date"]), row["next_step"]))) or "–"
        rows.append(
            [
                row["rule"],
                state,
                _long(row["since"], row["since_precision"]),
                due,
                row["effect_on_chip_sales"],
                Linked(titles[row["source_id"]], f"sources.html#source-{row['source_id']}"),
                _long(row["known_through"]),
            ]
        )
    return linked_table(
        ["Rule", "State", "Since", "Next", "What it does to chip sales", "Source", "Known through"],
        rows,
        f"{group}: where each rule stands",
    )


def dates_table(rows: pd.DataFrame, caption: str) -> str:
    """Dates with the rule and the step, one a row."""
    return linked_table(
        ["Date", "Rule", "Step", "Known through"],
        [
            [_long(r["next_date"]) or "no date", r["rule"], r["next_step"] or r["status_detail"] or "–", _long(r["known_through"])]
            for r in rows.to_dict("records")
        ],
        caption,
    )


def events_html(events: pd.DataFrame, titles: Mapping[str, str], addresses: Mapping[str, str], firms: Mapping[str, str]) -> str:
    """Every event as a list, newest first, the years before the newest folded; whole without JavaScript, `events.js` filters it and
    unfolds the years in which it finds something.

    addresses: web address of each source, empty where there is none. firms: page of each firm, by the name a target has.
    """
    rows = [
        _event(row, titles, addresses, firms)
        for row in events.sort_values(["date", "event_id"], ascending=False).to_dict("records")
    ]
    filters = [
        ("year", "Year", sorted({row["year"] for row in rows}, reverse=True)),
        ("channel", "Channel", list(dict.fromkeys(CHANNELS[c] for c in events["channel"]))),
        ("instrument", "Instrument", _parts(events["instrument"])),
        ("target", "Firm or target", _parts(events["target"])),
    ]
    years = [(year, list(events)) for year, events in groupby(rows, key=lambda row: row["year"])]
    return _EVENTS.render(years=years, filters=filters)


def _event(row: Mapping, titles: Mapping[str, str], addresses: Mapping[str, str], firms: Mapping[str, str]) -> dict:
    targets = [part.strip() for part in row["target"].split(";")]
    return {
        "id": row["event_id"].lower(),
        "year": str(row["date"].year),
        "day": _day(row["date"]),
        "shown": _long(row["date"], row["date_precision"]),
        "title": row["title"],
        "description": row["description"],
        "channel": CHANNELS[row["channel"]],
        "instruments": row["instrument"],
        "targets": row["target"],
        "actor": row["actor"],
        "direction": DIRECTIONS[row["direction"]],
        "source_id": row["source_id"],
        "source": titles[row["source_id"]],
        "url": row["retrieved_url"] if is_web_address(row["retrieved_url"]) else addresses.get(row["source_id"], ""),
        "firms": [(name, firms[name.lower()]) for name in targets if name.lower() in firms],
    }


def is_web_address(place: str) -> bool:
    """Whether the place where something was seen can be linked: it may also be words, such as the name of a library."""
    return place.startswith(("https://", "http://"))


def _parts(column: pd.Series) -> list[str]:
    return sorted({part.strip() for cell in column for part in cell.split(";")}, key=str.lower)


def _day(day: pd.Timestamp) -> str:
    return f"{day:%Y-%m-%d}"


def _long(day: pd.Timestamp, precision: str = "day") -> str:
    """'9 November 2026', 'November 2026' where only the month is known, 'about 9 November 2026', or nothing."""
    if pd.isna(day):
        return ""
    if precision in ("month", "year"):
        return f"{day:%B %Y}" if precision == "month" else f"{day:%Y}"
    return ("about " if precision in ("about", "inferred") else "") + f"{day.day} {day:%B %Y}"
