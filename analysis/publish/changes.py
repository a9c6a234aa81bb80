"""What moved, shown: a table for the terminal and the page *What moved*."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from html import escape
from pathlib import Path

from analysis.publish.diff import KINDS, Change, Edition, load_edition, summary, what_moved
from analysis.publish.numbers import UNITS, format_value

MEANING = {
    "new data": "rows that were not in the tables of the older edition",
    "source revision": "rows that read otherwise than before, or were withdrawn",
    "method": "code, chapter or a dependency changed",
    "parameter": "an assumption or a setting of a chapter changed",
}


def shown(value: float | None, unit: str, size: float | None) -> str:
    """A value with its unit, to the digit in which a movement of `size` shows (at least two digits of the value)."""
    if value is None:
        return "–"
    if float(value).is_integer() and float(size or 0).is_integer():
        return format_value(value, unit, 0) if unit in UNITS else f"{value:,.0f} {unit}".strip()
    scale = min(s for s in (abs(size or 0) / 10, abs(value) / 10) if s) if value or size else 1.0
    digits = min(6, max(0, -math.floor(math.log10(scale))))
    return format_value(value, unit, digits) if unit in UNITS else f"{value:,.{digits}f} {unit}".strip()


def cause_text(change: Change) -> str:
    """'new data (+1.2), source revision (−0.3)'; parts are given where the chapter was run again to find them."""
    if len(change.causes) == 1 or all(part is None for _, part in change.causes):
        return ", ".join(name for name, _ in change.causes)
    return ", ".join(name if part is None else f"{name} ({_signed(part, change)})" for name, part in change.causes)


def _signed(part: float, change: Change) -> str:
    unit = "pp" if change.unit == "%" else change.unit   # the difference of two percentages
    text = shown(part, unit, change.change)
    return text if text.startswith("−") else f"+{text}"


def _cells(change: Change) -> tuple[str, str, str]:
    old, new = (edition and edition["value"] for edition in (change.old, change.new))
    size = change.change
    return (shown(old, change.unit, size), shown(new, change.unit, size),
            "–" if size is None else _signed(size, change) if size else "only its interval")


def terminal_table(changes: Sequence[Change], limit: int | None = 40) -> str:
    """The changes as aligned columns, at most `limit` rows, and a line that sums them up."""
    rows = [("number", "old", "new", "change", "cause"),
            *((c.id, *_cells(c), f"{'' if c.kind == 'moved' else c.kind + ': '}{cause_text(c)}") for c in changes[:limit])]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    if limit is not None and len(changes) > limit:
        lines.append(f"… and {len(changes) - limit} more")
    return "\n".join([*(lines if changes else []), summary(changes)])


Comparison = tuple[str, str, Sequence[Change]]


def comparisons(current: Edition, store: Path, previous: Path, rebuild: Callable | None = None) -> list[Comparison]:
    """(older, newer, changes) for the build before this one, where inputs have changed since, and for each pair of neighbouring
    editions, the newest first. `current` is the edition being built; frozen ones lie in `store`."""
    from analysis.publish.editions import frozen_editions

    found: list[Comparison] = []
    if (previous / "numbers.json").exists():
        before = load_edition(previous)
        found.append((f"the build before ({before.name})", f"this build ({current.name})", what_moved(before, current, rebuild)))
    editions = [load_edition(store / name) for name in frozen_editions(store) if name <= current.name]
    if editions and editions[-1].name == current.name:   # built again under the name of a frozen edition
        newest = [(f"{current.name} as published", f"{current.name} as built here", what_moved(editions[-1], current, rebuild))]
        found += newest if newest[0][2] else []
    else:
        editions.append(current)
    pairs = list(itertools.pairwise(editions))
    return found + [(old.name, new.name, what_moved(old, new, rebuild if new is current else None)) for old, new in reversed(pairs)]


INTRODUCTION = """\
# What moved

Every number of the book is compared with the same number of an older edition. *Moved* means beyond the tolerance: nine
digits for a number that is printed or computed from printed ones, a twentieth of the interval for one that comes from
simulation. The cause is found among the inputs of the number's own chapter:

"""


def render_changes(compared: Iterable[Comparison]) -> str:
    """MyST text of the page: a section for each pair (older edition, newer edition, changes), the newest pair first."""
    sections = [_section(*comparison) for comparison in compared]
    causes = "".join(f"- **{name[0].upper()}{name[1:]}**: {meaning}.\n" for name, meaning in MEANING.items())
    nothing = "There is no older edition to compare with yet.\n"
    return INTRODUCTION + causes + "\nWhere several changed at once, the chapter was run again with one changed at a time, or " \
        "they are named side by side.\n\n" + ("\n".join(sections) or nothing)


def _section(older: str, newer: str, changes: Sequence[Change]) -> str:
    heading = f"## From {older} to {newer}\n\n{summary(changes)[:1].upper()}{summary(changes)[1:]}.\n\n"
    tables = []
    for kind in KINDS:
        rows = [change for change in changes if change.kind == kind]
        if rows:
            label = f"Numbers {kind} from {older} to {newer}"
            body = "\n".join(map(_row, rows))
            table = (f"<div class='cs-scroll' role='region' aria-label='{label}' tabindex='0'>\n<table class='cs-table'>"
                     f"<caption>{label}</caption><thead><tr><th scope='col'>Number</th><th scope='col'>Old</th>"
                     "<th scope='col'>New</th><th scope='col'>Change</th><th scope='col'>Cause</th></tr></thead>\n"
                     f"<tbody>\n{body}\n</tbody></table></div>\n")
            tables.append(table if kind != KINDS[-1] else
                          f"<details><summary>{len(rows)} within tolerance</summary>\n{table}</details>\n")
    return heading + "\n".join(tables)


def _row(change: Change) -> str:
    old, new, moved = _cells(change)
    name = escape(change.label)
    if change.new is not None:
        name = f"<a href='numbers.html#n-{change.id.replace('.', '-').replace('_', '-')}'>{name}</a>"
    values = "".join(f"<td class='cs-nowrap'>{escape(cell)}</td>" for cell in (old, new, moved))
    return (f"<tr><th scope='row'>{name}<br><code>{escape(change.id)}</code></th>{values}"
            f"<td>{escape(cause_text(change))}</td></tr>")
