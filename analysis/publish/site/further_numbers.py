"""The fold *Further numbers*: what a chapter recorded and no page quotes, so that no number stands nowhere.

Each line leads to the number's row in the list of all numbers, where method and sources stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from analysis.publish.site.cards import numbers_on
from analysis.publish.site.draft import Draft
from analysis.publish.site.facts import Site
from analysis.registry.numbers import Number


def unquoted(drafts: Iterable[Draft], site: Site) -> dict[str, list[Number]]:
    """By chapter, the numbers that no page's text links to."""
    quoted = {number.id for draft in drafts for number in numbers_on(draft.body, site)}
    found: dict[str, list[Number]] = {}
    for number in site.numbers.values():
        if number.id not in quoted:
            found.setdefault(number.page, []).append(number)
    return found


def further_numbers(numbers: Sequence[Number]) -> str:
    """The fold of one chapter; empty when all of its numbers are quoted."""
    if not numbers:
        return ""
    rows = "".join(
        f'<tr><th scope="row"><a href="numbers.html#{n.anchor}">{escape(n.label)}</a></th>'
        f'<td class="cs-nowrap">{escape(n.text)}</td><td class="cs-nowrap">{n.interval or "–"}</td></tr>' for n in numbers)
    label = f"Further numbers of this chapter ({len(numbers):,})"
    return (f'<details class="cs-further"><summary>{label}</summary>'
            f'<div class="cs-scroll" role="region" aria-label="{label}" tabindex="0"><table class="cs-table"><thead><tr>'
            '<th scope="col">Number</th><th scope="col">Value</th><th scope="col">Interval</th></tr></thead>'
            f"<tbody>{rows}</tbody></table></div></details>")
