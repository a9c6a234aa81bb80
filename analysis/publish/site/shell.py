"""What stands around the content of every page: bar, chapters, contents of the page, neighbours, citation, footer.

Everything works without JavaScript: menus are popovers of the browser, search is a link, folds are `<details>`.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from analysis.publish.site.draft import Draft, Link, Part
from analysis.publish.site.facts import TAGLINE, TITLE, Site
from analysis.publish.site.icons import icon, mark
from analysis.registry import citations
from analysis.registry.numbers import Number

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")
ONE_OF_MANY = "firm-"   # pages that a list of their own leads to, and the menu does not repeat
OBSERVED = ("USD bn", "USD m", "CNY bn", "%")   # units of what sources print; a count is of the day it was counted
BRIEFING = "briefing/briefing.pdf"
LOOKED_UP = "Reference"   # the part whose pages nobody reads from end to end
HOME = Link("index.html", "Summary")


def page_html(site: Site, draft: Draft, head: str, *, content: str, after: str = "", pages: frozenset[str] = frozenset()) -> str:
    """The whole document. `content` is the mended article, `after` are data blocks; `pages` are the site's file names."""
    return (
        f'<!DOCTYPE html>\n<html lang="en-GB">\n{head}\n<body class="cs-body" data-page="{draft.slug}">\n'
        '<a class="cs-skip" href="#main-content">Skip to the content</a>\n'
        f"{_bar(site, draft, pages)}\n"
        '<div class="cs-frame">\n'
        f"{_chapters(draft.parts, draft.file)}\n{_contents(draft)}\n"
        f'<main id="main-content" class="cs-main" tabindex="-1">\n<article class="bd-article">\n{content}\n</article>\n'
        f"{_neighbours(draft)}\n</main>\n</div>\n{_footer(site, pages)}\n{after}\n</body>\n</html>\n"
    )


def opening(draft: Draft, site: Site, minutes: int, numbers: Sequence[Number], figures: int) -> tuple[str, str]:
    """Two lines around the title: where the page stands, and what it takes to read and rests on."""
    over = f'<p class="cs-kicker">{escape(draft.part or TAGLINE[:1].upper() + TAGLINE[1:])}</p>'
    facts = [] if draft.part == LOOKED_UP else [f"{minutes} min read"]
    if numbers:
        facts.append(f"{len(numbers)} sourced {'number' if len(numbers) == 1 else 'numbers'}")
    if figures:
        facts.append(f"{figures} {'figure' if figures == 1 else 'figures'}")
    described = site.numbers.values() if draft.slug == "index" else numbers
    newest = max((n.as_of for n in described if n.cls == "reported" and n.unit in OBSERVED), default="")
    if newest:
        facts.append(f"newest observation: {readable_date(newest)}")
    items = "".join(f"<li>{fact}</li>" for fact in facts)
    return over, f'<ul class="cs-facts" aria-label="About this page"><li>Edition {site.edition}</li>{items}</ul>'


def cite_this_page(site: Site, draft: Draft) -> str:
    """A fold with the page's citation in four formats."""
    citation = site.cite_page(draft.slug, draft.title)
    what = "this book" if draft.slug == "index" else "this page"
    blocks = "".join(
        f'<div class="cs-cite-format"><h3>{name}</h3><pre tabindex="0" role="region" aria-label="{name}">'
        f"{escape(citation.text(form))}</pre></div>"
        for form, name in citations.FORMATS.items())
    return f'<details class="cs-cite"><summary>Cite {what}</summary>{blocks}</details>'


def readable_date(iso: str) -> str:
    """'7 October 2022' from '2022-10-07'."""
    year, month, day = iso[:10].split("-")
    return f"{int(day)} {MONTHS[int(month) - 1]} {year}"


def _bar(site: Site, draft: Draft, pages: frozenset[str]) -> str:
    edition = f"Edition {site.edition}"
    if "changes.html" in pages:
        edition = f'<a href="changes.html">{edition}</a>'
    briefing = (f'<a class="cs-tool cs-briefing" href="{BRIEFING}">{icon("document")}<span class="cs-tool-name">Briefing</span></a>'
                if BRIEFING in pages else "")
    contents = (f'<button type="button" class="cs-tool cs-contents-button" popovertarget="cs-contents">{icon("contents")}'
                '<span class="cs-tool-name">On this page</span></button>') if draft.contents else ""
    return (
        '<header class="cs-bar">\n'
        f'<a class="cs-brand" href="index.html">{mark()}<span>{TITLE}</span></a><span class="cs-bar-edition">{edition}</span>\n'
        '<div class="cs-tools">'
        f'{briefing}<a class="cs-tool" href="search.html" id="cs-search-link" aria-keyshortcuts="/">{icon("search")}'
        '<span class="cs-tool-name">Search</span></a>'
        f'<button type="button" class="cs-tool" id="cs-theme" hidden>{icon("moon")}{icon("sun")}'
        '<span class="cs-tool-name">Dark theme</span></button>'
        f'{contents}<button type="button" class="cs-tool cs-chapters-button" popovertarget="cs-chapters">{icon("menu")}'
        '<span class="cs-tool-name">Chapters</span></button></div>\n</header>'
    )


def _chapters(parts: Sequence[Part], current: str) -> str:
    blocks = [_page_list((HOME,), current)]
    for number, part in enumerate(parts, start=1):
        caption = f'<p class="cs-part" id="cs-part-{number}">{escape(part.caption)}</p>' if part.caption else ""
        blocks.append(caption + _page_list(part.pages, current, f"cs-part-{number}" if part.caption else ""))
    return f'<nav id="cs-chapters" popover aria-label="Chapters">\n{"".join(blocks)}</nav>'


def _page_list(pages: Sequence[Link], current: str, labelled_by: str = "") -> str:
    here = ' aria-current="page"'
    items = "".join(
        f'<li><a href="{page.href}"{here if page.href == current else ""}>{escape(page.title)}</a></li>'
        for page in pages if not page.href.startswith(ONE_OF_MANY)
        and not (labelled_by == "" and page.href == HOME.href and page is not HOME))
    label = f' aria-labelledby="{labelled_by}"' if labelled_by else ""
    return f"<ul{label}>{items}</ul>\n"


def _contents(draft: Draft) -> str:
    if not draft.contents:
        return ""
    return ('<nav id="cs-contents" popover aria-labelledby="cs-contents-title">\n'
            f'<p class="cs-part" id="cs-contents-title">On this page</p>{draft.contents}</nav>')


def _neighbours(draft: Draft) -> str:
    links = []
    if draft.previous:
        links.append(_neighbour(draft.previous, "Previous", "left"))
    if draft.next:
        links.append(_neighbour(draft.next, "Next", "right"))
    return f'<nav class="cs-neighbours" aria-label="Previous and next page">{"".join(links)}</nav>' if links else ""


def _neighbour(link: Link, word: str, side: str) -> str:
    rel = "prev" if side == "left" else "next"
    title = HOME.title if link.href == HOME.href else link.title
    return (f'<a class="cs-neighbour cs-neighbour-{side}" href="{link.href}" rel="{rel}">{icon(side)}'
            f'<span><span class="cs-neighbour-word">{word}</span> '
            f'<span class="cs-neighbour-title">{escape(title)}</span></span></a>')


def _footer(site: Site, pages: frozenset[str]) -> str:
    links = "".join(f'<li><a href="{file}">{name}</a></li>' for file, name in (
        (BRIEFING, "Briefing (PDF)"), ("about.html", "About"), ("cite.html", "Cite"), ("numbers.html", "All numbers"),
        ("sources.html", "Sources"), ("data.html", "Data"),
        ("rerun.html", "Rerun"), ("changes.html", "What moved"), ("feed.xml", "Feed"), ("book-data.zip", "All data (zip)"),
        ("numbers.json", "numbers.json")) if file in pages)
    commit = f" from commit <code>{site.commit[:10]}</code>" if site.commit != "unknown" else ""
    return (
        '<footer class="cs-footer"><div class="cs-footer-inner">\n'
        f"<p><strong>{TITLE}</strong>, edition {site.edition}, built on "
        f'<time datetime="{site.built}">{readable_date(site.built)}</time>{commit}.</p>\n'
        '<p>Text, charts and tables: '
        f'<a rel="license external noreferrer" href="{citations.LICENCE_ADDRESS}">{citations.LICENCE}</a>. '
        "Code: MIT. This site sets no cookies and loads nothing from elsewhere.</p>\n"
        f'<ul class="cs-footer-links">{links}</ul>\n</div></footer>'
    )
