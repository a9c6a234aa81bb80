"""What moved, shown: a table for the terminal and the page *What moved*."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path

from analysis.publish.diff import KINDS, Change, Edition, load_edition, summary, what_moved
from analysis.registry.numbers import UNITS, format_value

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
    """(older, newer, changes): the build before this one, where inputs have changed since, then every kept edition with this one,
    the newest first. `current` is the edition being built; kept ones lie in `store`.

    Two older editions are compared on the page of the newer of them, which stays at its address.
    """
    from analysis.publish.editions import kept_editions

    found: list[Comparison] = []
    if (previous / "numbers.json").exists():
        before = load_edition(previous)
        found.append((f"the build before ({before.name})", f"this build ({current.name})", what_moved(before, current, rebuild)))
    for name in sorted(kept_editions(store), reverse=True):
        frozen = load_edition(store / name)
        if name < current.name:
            found.append((name, current.name, what_moved(frozen, current, rebuild)))
        elif name == current.name and (changes := what_moved(frozen, current, rebuild)):   # built again under a frozen name
            found.append((f"{name} as published", f"{name} as built here", changes))
    return found


INTRODUCTION = """\
# What moved

Every number of the book is compared with the same number of each older edition. *Moved* means beyond the tolerance: nine
digits for a number that is printed or computed from printed ones, a twentieth of the interval for one that comes from
simulation. Old value, new value and change are each rounded from the full figures, so the last digit need not add up. The
cause is found among the inputs of the number's own chapter:

"""


def render_changes(compared: Sequence[Comparison], editions: Sequence[str] = (), current: str = "", address: str = "") -> str:
    """MyST text of the page: a section for each pair (older edition, newer edition, changes), then the list of `editions`, the
    newest first, each with its comparisons with those before it. `current` is the edition being built, `address` is where
    the book is published."""
    causes = "".join(f"- **{name[0].upper()}{name[1:]}**: {meaning}.\n" for name, meaning in MEANING.items())
    sections = "\n".join(_section(*comparison) for comparison in compared) or "There is no older edition to compare with yet.\n"
    return INTRODUCTION + causes + "\nWhere several changed at once, the chapter was run again with one changed at a time, or " \
        "they are named side by side.\n\n" + sections + _list_of_editions(editions, current, address)


def _list_of_editions(names: Sequence[str], current: str, address: str) -> str:
    """Each edition at its permanent address, and what moved in it since each edition before it."""
    if not names:
        return ""
    rows = []
    for name, *older in (names[place:] for place in range(len(names))):
        home = "" if name == current else f"{address}editions/{name}/"   # its own pages lie beside this one, wherever that is
        since = " · ".join(f"<a href='{home}changes.html#{_anchor(before, name)}'>{before}</a>" for before in older)
        rows.append(f"<tr><th scope='row'><a href='{home}index.html'>{name}</a></th><td>{since or '–'}</td></tr>")
    body = "\n".join(rows)
    return ("\n## Any two editions\n\nEach edition stays at its address. Pick the newer of the two in the first column and the "
            "older one beside it.\n\n"
            "<div class='cs-scroll' role='region' aria-label='Editions' tabindex='0'>\n<table class='cs-table'>"
            "<caption>Editions, and what moved in each since an older one</caption>"
            "<thead><tr><th scope='col'>Edition</th><th scope='col'>What moved since</th></tr></thead>\n"
            f"<tbody>\n{body}\n</tbody></table></div>\n")


def _anchor(older: str, newer: str) -> str:
    """Where the page of the newer edition compares it with the older: '2026.11', '2027.01' → 'from-2026-11-to-2027-01'."""
    return f"from {older} to {newer}".replace(".", "-").replace(" ", "-")


def _section(older: str, newer: str, changes: Sequence[Change]) -> str:
    heading = f"({_anchor(older, newer)})=\n## From {older} to {newer}\n\n{summary(changes)[:1].upper()}{summary(changes)[1:]}.\n\n"
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
