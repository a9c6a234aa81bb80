"""What a figure needs beyond its chapter: its citations and codes on the *Cite* page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from analysis.publish.embeds import PublishedFigure, embed_code, python_snippet
from analysis.publish.site.article import Article
from analysis.publish.site.facts import FigureFacts, Site
from analysis.registry import citations


def citations_of(site: Site, articles: Mapping[str, Article]) -> list[dict[str, Any]]:
    """Of every figure in the order of the book: its citation in four formats, code to embed it and to load its data."""
    shown = [figure for slug in articles for figure in site.figures.values() if figure.page == slug]
    return [{"id": figure.id, "title": figure.title, "page": figure.page, "page_title": articles[figure.page].title,
             "texts": _texts(site, figure)} for figure in shown]


def published(site: Site, articles: Iterable[Article]) -> list[PublishedFigure]:
    """Every figure as its page shows it."""
    return [PublishedFigure(id, site.figures[id].title, article.slug, markup)
            for article in articles for id, markup in article.figures.items() if id in site.figures]


def _texts(site: Site, figure: FigureFacts) -> dict[str, str]:
    shown = PublishedFigure(figure.id, figure.title, figure.page, "")
    citation = site.cite_figure(figure)
    return {**{name: citation.text(form) for form, name in citations.FORMATS.items()},
            "Embed the latest edition's figure": embed_code(shown, site.address),
            f"Embed the figure of edition {site.edition}": embed_code(shown, site.address, site.edition),
            "Load its data in Python": python_snippet(figure.id, site.edition, site.address)}
