"""The head of a page: content policy, previews, structured data, and the few files the page needs."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from html import escape

from analysis.publish.site.facts import TAGLINE, TITLE, Site
from analysis.registry import citations

# Nothing is loaded from anywhere but the site itself, no script stands in a page, nothing is evaluated. Styles may stand
# in the page because drawings carry them. Data addresses are needed for the marks and fonts inside the style sheet.
POLICY = ("default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
          "font-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'")


def head_html(site: Site, *, slug: str, title: str, summary: str, styles: Sequence[str], blocking: Sequence[str],
              deferred: Sequence[str], previous: str | None = None, next: str | None = None, robots: str = "") -> str:
    """The `<head>` element. `styles`, `blocking` and `deferred` are addresses relative to the page."""
    full = f"{TITLE}: {TAGLINE}" if slug == "index" else f"{title} · {TITLE}"
    url, picture = site.url(f"{slug}.html"), site.url(f"social/{slug}.png")
    lines = [
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        "" if citations.own_address(site.address) else
        f'<meta name="cs-placeholder" content="{site.address}" data-edition="{site.permanent()}">',
        f"<title>{escape(full)}</title>",
        *(f'<link rel="stylesheet" href="{href}">' for href in styles),
        *(f'<script src="{src}"></script>' for src in blocking),   # after the styles: they hold the fonts it waits for
        *(f'<script src="{src}" defer></script>' for src in deferred),
        f'<meta name="description" content="{escape(summary)}">',
        f'<meta name="robots" content="{robots}">' if robots else f'<link rel="canonical" href="{url}">',
        '<link rel="icon" href="favicon.svg" type="image/svg+xml">',
        '<link rel="alternate icon" href="favicon.png" type="image/png" sizes="64x64">',
        '<link rel="apple-touch-icon" href="apple-touch-icon.png">',
        '<meta name="color-scheme" content="light dark">',
        f'<link rel="prev" href="{previous}">' if previous else "",
        f'<link rel="next" href="{next}">' if next else "",
    ]
    if not robots:
        lines += [
            f'<meta property="og:type" content="{"website" if slug == "index" else "article"}">',
            f'<meta property="og:site_name" content="{TITLE}">',
            f'<meta property="og:title" content="{escape(title)}">',
            f'<meta property="og:description" content="{escape(summary)}">',
            f'<meta property="og:url" content="{url}">',
            f'<meta property="og:image" content="{picture}">',
            '<meta property="og:image:width" content="1200">', '<meta property="og:image:height" content="630">',
            f'<meta property="og:image:alt" content="{escape(title)}. {TITLE}, edition {site.edition}">',
            '<meta property="og:locale" content="en_GB">',
            '<meta name="twitter:card" content="summary_large_image">',
            _structured_data(site, slug, title, summary),
        ]
    return "<head>\n" + "\n".join(filter(None, lines)) + "\n</head>"


def structured_data(site: Site, slug: str, title: str, summary: str) -> list[dict]:
    """What the page is, in schema.org terms: the report or a chapter of it, and the data set where it is offered."""
    publisher = {"@type": "Organization", "name": citations.AUTHOR, "url": site.url()}
    report = {"@type": "Report", "@id": site.url(), "name": citations.WORK, "url": site.url(), "author": publisher,
              "publisher": publisher, "datePublished": site.date, "version": site.edition, "inLanguage": "en-GB",
              "license": citations.LICENCE_ADDRESS, "isAccessibleForFree": True}
    if slug == "index":
        things = [report | {"headline": title, "description": summary, "image": site.url("social/index.png")}]
    else:
        book = {"@id": site.url(), "@type": "Report", "name": citations.WORK}
        things = [{"@type": "Chapter", "@id": site.url(f"{slug}.html"), "name": title, "headline": title,
                   "description": summary, "url": site.url(f"{slug}.html"), "image": site.url(f"social/{slug}.png"),
                   "author": publisher, "datePublished": site.date, "inLanguage": "en-GB",
                   "license": citations.LICENCE_ADDRESS, "isPartOf": book}]
    if slug in ("index", "numbers", "data"):
        things.append({
            "@type": "Dataset", "@id": site.url("numbers.json"), "name": f"{TITLE}: all numbers of edition {site.edition}",
            "description": f"{len(site.numbers)} numbers with unit, interval, evidence class, date, method and sources: {TAGLINE}.",
            "url": site.url("numbers.html"), "creator": publisher, "license": citations.LICENCE_ADDRESS,
            "version": site.edition, "dateModified": site.date, "isAccessibleForFree": True,
            "distribution": [
                {"@type": "DataDownload", "encodingFormat": "application/json", "contentUrl": site.url("numbers.json")},
                {"@type": "DataDownload", "encodingFormat": "text/csv", "contentUrl": site.url("numbers.csv")},
            ],
        })
    return things


def _structured_data(site: Site, slug: str, title: str, summary: str) -> str:
    graph = {"@context": "https://schema.org", "@graph": structured_data(site, slug, title, summary)}
    text = re.sub("[<\u2028\u2029]", lambda m: f"\\u{ord(m[0]):04x}", json.dumps(graph, ensure_ascii=False, separators=(",", ":")))
    return f'<script type="application/ld+json">{text}</script>'
