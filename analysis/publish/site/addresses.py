"""What helps strangers find their way: sitemap, robots.txt, the page for wrong addresses, redirects of renamed pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape
from urllib.parse import urlsplit

from analysis.publish.site.facts import Site


def sitemap_xml(site: Site, slugs: Iterable[str]) -> str:
    """The sitemap of the edition's pages, dated by the edition."""
    urls = "".join(f"<url><loc>{escape(site.url(f'{slug}.html'))}</loc><lastmod>{site.date}</lastmod></url>\n" for slug in slugs)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n'


def robots_txt(site: Site) -> str:
    """Everyone may read everything."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {site.url('sitemap.xml')}\n"


def rooted(html: str, address: str) -> str:
    """`html` with its relative addresses made absolute on the host of `address`, for a page that is served anywhere."""
    root = urlsplit(address).path or "/"
    return re.sub(r'((?:href|src|action|data-index)=")(?!https?:|[#/]|data:|mailto:)', lambda m: m[1] + root, html)


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
