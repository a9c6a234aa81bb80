"""The page that lists every number of the edition: a table that works without JavaScript, searchable with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from analysis.registry.numbers import CLASSES, Number

INTRODUCTION = """\
# Every number in this book

Each figure in the text is recorded once, with its unit, its evidence class, an interval where it is not simply
reported, its method and its sources. This page lists them all, chapter by chapter. The same table is published as
<a href="numbers.json">numbers.json</a> and <a href="numbers.csv">numbers.csv</a>; the address of a row is permanent.

"""
MOST_IN_A_ROW = 6  # a number with more sources refers to a list under the table, shared by all numbers that rest on the same


def render_numbers(numbers: Iterable[Number], titles: Mapping[str, str] | None = None) -> str:
    """MyST text of the numbers page, a section for each chapter; each row's anchor is :attr:`Number.anchor`.

    `titles` are the chapters' titles by slug; a chapter without one goes by its slug.
    """
    numbers = list(numbers)
    counts = {c: sum(n.cls == c for n in numbers) for c in CLASSES}
    summary = ", ".join(f"{counts[c]} {c}" for c in CLASSES if counts[c])
    shared = {sources: f"sources-{i}" for i, sources in enumerate(_long_lists(numbers), 1)}
    chapters = {slug: [n for n in numbers if n.page == slug] for slug in dict.fromkeys(n.page for n in numbers)}
    return (
        INTRODUCTION
        + f"This edition has {len(numbers):,} numbers: {summary}.\n\n"
        + "<div class='cs-filter' hidden><label for='cs-filter'>Filter the numbers</label>"
        "<input id='cs-filter' type='search' autocomplete='off' data-filters='cs-numbers'>"
        "<output for='cs-filter' id='cs-filter-count'></output></div>\n\n"
        + "\n".join(_chapter(slug, rows, (titles or {}).get(slug, slug), shared) for slug, rows in chapters.items())
        + (SHARED if shared else "") + "".join(_shared(anchor, sources) for sources, anchor in shared.items())
    )


SHARED = """
## Lists of sources

Numbers that rest on many sources share a list.

"""


def _chapter(slug: str, numbers: list[Number], title: str, shared: dict[tuple[str, ...], str]) -> str:
    """The numbers of one chapter as a section of its own, which a browser lays out when the reader comes near."""
    rows = "\n".join(_row(n, shared) for n in numbers)
    return (
        f"## {title}\n\n<p>{_counted(len(numbers))} of <a href='{slug}.html'>the chapter of this name</a>.</p>\n"
        f"<div class='cs-scroll' role='region' aria-label='Numbers: {escape(title, quote=True)}' tabindex='0'>\n"
        "<table class='cs-table cs-numbers'><thead><tr><th scope='col'>Number</th><th scope='col'>Value</th>"
        "<th scope='col'>Interval</th><th scope='col'>Class</th><th scope='col'>As of</th>"
        "<th scope='col'>Method and sources</th></tr></thead>\n"
        f"<tbody>\n{rows}\n</tbody></table></div>\n"
    )


def _counted(count: int) -> str:
    return f"{count:,} number" + ("" if count == 1 else "s")


def _long_lists(numbers: list[Number]) -> list[tuple[str, ...]]:
    return list(dict.fromkeys(tuple(n.sources) for n in numbers if len(n.sources) > MOST_IN_A_ROW))


def _shared(anchor: str, sources: tuple[str, ...]) -> str:
    number = anchor.rpartition("-")[2]
    return (f"<section id='{anchor}' class='cs-shared-sources'><p><strong>Source list {number}</strong> ({len(sources)} sources): "
            f"{_links(sources)}</p></section>\n")


def _links(sources: Iterable[str]) -> str:
    return ", ".join(f"<a href='sources.html#source-{escape(s)}'>{escape(s)}</a>" for s in sources)


def _row(n: Number, shared: dict[tuple[str, ...], str]) -> str:
    anchor = shared.get(tuple(n.sources))
    sources = f"<a href='#{anchor}'>list {anchor.rpartition('-')[2]}</a>" if anchor else _links(n.sources)
    interval = f"{n.interval} ({n.level:g}%)" if n.interval else "–"
    return (
        f"<tr id='{n.anchor}'><th scope='row'>{escape(n.label)}<br><code>{_breakable(n.id)}</code></th>"
        f"<td class='cs-nowrap'>{escape(n.text)}</td><td class='cs-nowrap'>{interval}</td>"
        f"<td><span class='cs-class cs-class-{n.cls}'>{n.cls}</span></td><td class='cs-nowrap'>{n.as_of}</td>"
        f"<td>{escape(n.method)}. Sources: {sources}</td></tr>"
    )


def _breakable(id: str) -> str:
    """The id with places where a narrow column may break it; copied, it is the id."""
    return escape(id).replace(".", ".<wbr>").replace("_", "_<wbr>")
