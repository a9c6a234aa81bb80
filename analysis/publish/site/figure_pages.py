"""What a figure needs beyond its chapter: its citations on the *Cite* page, and a page of its own to embed elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape

from analysis.publish import citations
from analysis.publish.site.draft import Draft
from analysis.publish.site.facts import TITLE, FigureFacts, Site
from analysis.publish.site.styles import minified

EMBED_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
EMBED_HEIGHT_PX = 640
_FIGURE = re.compile(r'<figure class="cs-figure" id="fig-([a-z0-9-]+)".*?</figure>', re.DOTALL)
# What only works on the site itself: data block, links beside the figure, its button.
_OF_THE_SITE = re.compile(r'<script type="application/json".*?</script>|<div class="cs-figure-links">.*?</div>', re.DOTALL)


def figure_markup(drafts: Mapping[str, Draft]) -> dict[str, tuple[str, str]]:
    """(page, HTML) of every figure shown in the book, by id."""
    return {match[1]: (slug, match[0]) for slug, draft in drafts.items() for piece in draft.kept.pieces
            if (match := _FIGURE.match(piece))}


def citation_section(site: Site, figures: Iterable[FigureFacts], page_titles: Mapping[str, str]) -> str:
    """A section with the citation of every figure in four formats, code to embed it and to load its data."""
    blocks = "".join(_citation(site, figure, page_titles.get(figure.page, "")) for figure in figures if figure.page)
    return f'<section id="figures"><h2>Every figure, ready to cite</h2>{blocks}</section>' if blocks else ""


def embed_html(site: Site, figure: FigureFacts, markup: str, styles: str) -> str:
    """A page that holds one figure and its citation and needs no other file. Its links open the site itself."""
    plain = _OF_THE_SITE.sub("", markup)
    plain = re.sub(r'href="(?!https?:|#)', f'target="_top" href="{site.address}', plain)
    citation = site.cite_figure(figure)
    return (
        f'<!DOCTYPE html>\n<html lang="en-GB" data-theme="light"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{EMBED_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f"<title>{escape(figure.title)} · {TITLE}</title>"
        f'<link rel="canonical" href="{citation.url}"><style>{minified(styles)}</style></head>'
        f'<body class="cs-embed"><main><h1 class="cs-offscreen">{escape(figure.title)}</h1>{plain}'
        f'<p class="cs-embed-cite">{escape(citation.text("plain").removesuffix(citation.url))}'
        f'<a target="_top" href="{citation.url}">{TITLE}</a></p></main></body></html>\n'
    )


def _citation(site: Site, figure: FigureFacts, page_title: str) -> str:
    formats = "".join(_format(name, site.cite_figure(figure).text(form)) for form, name in citations.FORMATS.items())
    frame = (f'<iframe src="{site.url(f"embed/{figure.id}.html")}" title="{escape(figure.title)}" width="100%" '
             f'height="{EMBED_HEIGHT_PX}" loading="lazy"></iframe>')
    python = f'import pandas as pd\n\nfigure = pd.read_csv("{site.url(f"figures/{figure.id}.csv")}")'
    return (
        f'<section id="figure-{figure.id}" class="cs-figure-citation"><h3>{escape(figure.title)}</h3>'
        f'<p>In <a href="{figure.page}.html#fig-{figure.id}">{escape(page_title)}</a>. '
        f'<a href="figures/{figure.id}.csv">Data</a>, <a href="figures/{figure.id}.svg">SVG</a>, '
        f'<a href="figures/{figure.id}.png">PNG</a>, <a href="embed/{figure.id}.html">page to embed</a>.</p>'
        f"<details><summary>Citation, embedding, data in Python</summary>{formats}{_format('Embed', frame)}{_format('Python', python)}"
        "</details></section>"
    )


def _format(name: str, text: str) -> str:
    return (f'<div class="cs-cite-format"><h4>{name}</h4><pre tabindex="0" role="region" aria-label="{name}">{escape(text)}</pre></div>')
