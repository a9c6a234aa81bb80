"""What a page is, for search engines: structured data in the terms of schema.org."""

from __future__ import annotations

from analysis.publish.site.facts import TAGLINE, TITLE, Site
from analysis.registry import citations


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
