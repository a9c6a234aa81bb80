"""What a figure needs beyond its chapter: its citations and codes on the *Cite* page."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from html import escape

from analysis.publish.embeds import PublishedFigure, embed_code, python_snippet
from analysis.publish.site.draft import Draft
from analysis.publish.site.facts import FigureFacts, Site
from analysis.publish.site.files import SPECIFICATIONS
from analysis.registry import citations

_FIGURE = re.compile(r'<figure class="cs-figure" id="fig-([a-z0-9-]+)".*?</figure>', re.DOTALL)
_SPECIFICATION = re.compile(r'<script type="application/json" class="cs-figure-spec">(.*?)</script>', re.DOTALL)


def take_out_specifications(drafts: Mapping[str, Draft]) -> dict[str, str]:
    """Take what the interactive drawings are made from out of the pages, which are read far more often than charts are
    pointed at; a page keeps the address. Returns the JSON of each figure by id. Changes the drafts."""
    found: dict[str, str] = {}

    def keep(match: re.Match) -> str:
        id, text = figure[1], match[1]
        found[id] = text
        address = f"{SPECIFICATIONS}/{id}.js?v={hashlib.sha256(text.encode()).hexdigest()[:8]}"
        return f'<span hidden class="cs-figure-spec" data-figure="{id}" data-src="{address}"></span>'

    for draft in drafts.values():
        for place, piece in enumerate(draft.kept.pieces):
            if figure := _FIGURE.match(piece):
                draft.kept.pieces[place] = _SPECIFICATION.sub(keep, piece)
    return found


def figure_markup(drafts: Mapping[str, Draft]) -> dict[str, tuple[str, str]]:
    """(page, HTML) of every figure shown in the book, by id."""
    return {match[1]: (slug, match[0]) for slug, draft in drafts.items() for piece in draft.kept.pieces
            if (match := _FIGURE.match(piece))}


def citation_section(site: Site, figures: Iterable[FigureFacts], page_titles: Mapping[str, str]) -> str:
    """A section with the citation of every figure in four formats, code to embed it and to load its data."""
    order = list(page_titles)
    shown = sorted((figure for figure in figures if figure.page in page_titles), key=lambda figure: order.index(figure.page))
    blocks = "".join(_citation(site, figure, page_titles[figure.page]) for figure in shown)
    return f'<section id="figures"><h2>Every figure, ready to cite</h2>{blocks}</section>' if blocks else ""


def published(site: Site, drafts: Mapping[str, Draft]) -> list[PublishedFigure]:
    """Every figure as its page shows it."""
    return [PublishedFigure(id, site.figures[id].title, page, markup) for id, (page, markup) in figure_markup(drafts).items()
            if id in site.figures]


def _citation(site: Site, figure: FigureFacts, page_title: str) -> str:
    formats = "".join(_format(name, site.cite_figure(figure).text(form)) for form, name in citations.FORMATS.items())
    shown = PublishedFigure(figure.id, figure.title, figure.page, "")
    latest, fixed = embed_code(shown, site.address), embed_code(shown, site.address, site.edition)
    code = (_format("Embed the latest edition's figure", latest) + _format(f"Embed the figure of edition {site.edition}", fixed)
            + _format("Load its data in Python", python_snippet(figure.id, site.edition, site.address)))
    return (
        f'<section id="figure-{figure.id}" class="cs-figure-citation"><h3>{escape(figure.title)}</h3>'
        f'<p>In <a href="{figure.page}.html#fig-{figure.id}">{escape(page_title)}</a>. '
        f'<a href="figures/{figure.id}.csv">Data</a>, <a href="figures/{figure.id}.svg">SVG</a>, '
        f'<a href="figures/{figure.id}.png">PNG</a>, <a href="embed/{figure.id}.html">page to embed</a>.</p>'
        f"<details><summary>Citation, embedding, data in Python</summary>{formats}{code}"
        "</details></section>"
    )


def _format(name: str, text: str) -> str:
    return (f'<div class="cs-cite-format"><h4>{name}</h4>'
            f'<pre tabindex="0" role="region" aria-label="{name}">{escape(text)}</pre></div>')
