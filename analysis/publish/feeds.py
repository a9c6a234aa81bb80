"""What is new, for feed readers: an Atom feed and a JSON feed of policy events and of numbers that moved.

Entries have identifiers that never change (UUIDs of the event or of the movement), whatever the address of the site. Links are
relative where the site has no address of its own, and are then resolved against the feed's. Sources: RFC 4287, JSON Feed 1.1.
"""

from __future__ import annotations

import json
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.publish.changes import Comparison
from analysis.registry import citations
from analysis.registry.numbers import UNITS, format_value

ATOM = "http://www.w3.org/2005/Atom"
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "tag:chip-stalemate,2026:feed")
MOST_EVENTS, MOST_NUMBERS = 60, 40
TITLE = f"{citations.SHORT_WORK}: events and numbers"


@dataclass(frozen=True)
class Entry:
    """One entry: a key that never changes, title, text, day (YYYY-MM-DD) and the page where it stands (relative)."""

    key: str
    title: str
    text: str
    day: str
    link: str
    kind: str

    @property
    def id(self) -> str:
        return f"urn:uuid:{uuid.uuid5(NAMESPACE, self.key)}"


def event_entries(events: pd.DataFrame) -> list[Entry]:
    """The newest events of the policy file."""
    newest = events.sort_values(["date", "event_id"], ascending=False).head(MOST_EVENTS)
    return [Entry(f"event:{row['event_id']}", row["title"], row["description"], f"{row['date']:%Y-%m-%d}",
                  f"tracker.html#event-{row['event_id'].lower()}", "event") for row in newest.to_dict("records")]


def number_entries(moved: Sequence[Comparison], day: str, known: Mapping[str, str]) -> list[Entry]:
    """Numbers that moved beyond tolerance between the newest frozen edition and this one, the largest movement first.

    `known` maps the ids of this edition's numbers to their labels; a number that is no longer there is left out.
    """
    if not moved:
        return []
    older, newer, changes = moved[-1] if len(moved) == 1 else moved[0]
    found = []
    for change in changes:
        if change.kind != "moved" or change.id not in known or not change.old or not change.new:
            continue
        before, after = (_shown(side["value"], change.unit) for side in (change.old, change.new))
        found.append(Entry(f"number:{older}:{newer}:{change.id}:{change.new['value']!r}", f"{known[change.id]}: {after}",
                           f"{known[change.id]} moved from {before} ({older}) to {after} ({newer}).", day,
                           f"numbers.html#n-{change.id.replace('.', '-').replace('_', '-')}", "number"))
    return found[:MOST_NUMBERS]


def atom(entries: Sequence[Entry], address: str, updated: str) -> bytes:
    """The Atom feed; `address` is the site's with a slash at the end, or empty; `updated` an RFC 3339 time."""
    ET.register_namespace("", ATOM)
    feed = ET.Element(f"{{{ATOM}}}feed")
    _text(feed, "id", f"urn:uuid:{NAMESPACE}")
    _text(feed, "title", TITLE)
    _text(feed, "updated", updated)
    _text(ET.SubElement(feed, f"{{{ATOM}}}author"), "name", citations.AUTHOR)
    ET.SubElement(feed, f"{{{ATOM}}}link", rel="self", type="application/atom+xml", href=f"{address}feed.xml")
    ET.SubElement(feed, f"{{{ATOM}}}link", rel="alternate", type="text/html", href=f"{address}tracker.html")
    for one in entries:
        entry = ET.SubElement(feed, f"{{{ATOM}}}entry")
        _text(entry, "id", one.id)
        _text(entry, "title", one.title)
        _text(entry, "updated", f"{one.day}T00:00:00Z")
        ET.SubElement(entry, f"{{{ATOM}}}link", rel="alternate", type="text/html", href=address + one.link)
        ET.SubElement(entry, f"{{{ATOM}}}category", term=one.kind)
        _text(entry, "content", one.text, type="text")
    ET.indent(feed)
    return ET.tostring(feed, encoding="utf-8", xml_declaration=True)


def json_feed(entries: Sequence[Entry], address: str) -> str:
    """The JSON feed; `address` as for :func:`atom`."""
    items = [{"id": e.id, "url": address + e.link, "title": e.title, "content_text": e.text, "date_published": f"{e.day}T00:00:00Z",
              "tags": [e.kind]} for e in entries]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": TITLE, "home_page_url": f"{address}tracker.html",
            "feed_url": f"{address}feed.json", "authors": [{"name": citations.AUTHOR}], "language": "en-GB", "items": items}
    return json.dumps(feed, ensure_ascii=False, indent=1) + "\n"


def write_feeds(folder: Path, events: pd.DataFrame, moved: Sequence[Comparison], labels: Mapping[str, str], address: str,
                built: str) -> None:
    """Write `feed.xml` and `feed.json` into the site's folder; the newest entry stands first."""
    entries = sorted([*event_entries(events), *number_entries(moved, built[:10], labels)], key=lambda e: e.day, reverse=True)
    (folder / "feed.xml").write_bytes(atom(entries, address, built if "T" in built else f"{built[:10]}T00:00:00Z"))
    (folder / "feed.json").write_text(json_feed(entries, address), encoding="utf-8")


def _shown(value: float, unit: str) -> str:
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return format_value(value, unit, digits) if unit in UNITS else f"{value:,.{digits}f} {unit}".strip()


def _text(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}{name}", attributes).text = text
