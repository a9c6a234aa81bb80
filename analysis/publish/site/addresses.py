"""What helps strangers find their way: sitemap, robots.txt, the page for wrong addresses, redirects of renamed pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape
from urllib.parse import urlsplit

from analysis.publish.site.facts import TITLE, Site


def sitemap_xml(site: Site, slugs: Iterable[str]) -> str:
    """The sitemap of the edition's pages, dated by the edition."""
    urls = "".join(f"<url><loc>{escape(site.url(f'{slug}.html'))}</loc><lastmod>{site.date}</lastmod></url>\n" for slug in slugs)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n'


def robots_txt(site: Site) -> str:
    """Everyone may read everything."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {site.url('sitemap.xml')}\n"


def lost_content(pages: Iterable[tuple[str, str]]) -> str:
    """Content of the page for wrong addresses: `pages` are (file, title)."""
    items = "".join(f'<li><a href="{file}">{escape(title)}</a></li>' for file, title in pages)
    return (
        '<section id="lost"><p class="cs-kicker">Not found</p><h1>There is no page at this address</h1>'
        '<p class="cs-lead">It may have been renamed, or the address has a slip in it. Addresses of numbers and figures are '
        "permanent: a number that is gone from this edition is still in the edition that was cited.</p>"
        '<p><a href="search.html">Search the book</a>, or go to one of its pages:</p>'
        f"<ul>{items}</ul></section>"
    )


def rooted(html: str, address: str) -> str:
    """`html` with its relative addresses made absolute on the host of `address`, for a page that is served anywhere."""
    root = urlsplit(address).path or "/"
    return re.sub(r'((?:href|src|action|data-index)=")(?!https?:|[#/]|data:|mailto:)', lambda m: m[1] + root, html)


def redirect_html(site: Site, target: str) -> str:
    """A page left at an old address: it leads on at once, says so, and names the new address to search engines."""
    href = escape(target, quote=True)
    return (
        '<!DOCTYPE html>\n<html lang="en-GB"><head><meta charset="utf-8"><title>Moved · '
        f'{TITLE}</title><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="refresh" content="0; url={href}"><link rel="canonical" href="{escape(site.url(target))}">'
        '<meta name="robots" content="noindex"></head>'
        f'<body><main><h1>This page has moved</h1><p>It is now at <a href="{href}">{href}</a>.</p></main></body></html>\n'
    )


def checked_redirects(table: Mapping[str, str] | None, files: Iterable[str]) -> dict[str, str]:
    """The table of renamed pages (old file → new file, with or without fragment).

    Raises ValueError naming every entry whose old page still exists or whose new page does not.
    """
    table, files = dict(table or {}), set(files)
    problems = [f"redirect {old!r}: a page of that name exists" for old in table if old in files]
    problems += [f"redirect {old!r} leads to {new!r}, which does not exist" for old, new in table.items()
                 if new.partition("#")[0] not in files]
    if problems:
        raise ValueError("\n".join(problems))
    return table
