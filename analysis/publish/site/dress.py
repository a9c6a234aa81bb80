"""Put an article into the page that the theme draws around it: what the edition says of the page, and the files it needs.

Everything works without JavaScript: menus are popovers of the browser, search is a link, folds are `<details>`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from analysis.publish.site.article import Article
from analysis.publish.site.assets import Assets
from analysis.publish.site.cards import cards
from analysis.publish.site.facts import HOME, Link, Site, counted
from analysis.publish.site.receipt_fold import receipt_fold
from analysis.publish.site.structured import structured_data
from analysis.publish.site.templates import readable_date, render
from analysis.registry.numbers import Number

# Nothing is loaded from anywhere but the site itself, no script stands in a page, nothing is evaluated. Styles may stand
# in the page because drawings carry them. Data addresses are needed for the marks and fonts inside the style sheet.
POLICY = Markup(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'")
OBSERVED = ("USD bn", "USD m", "CNY bn", "%")   # units of what sources print; a count is of the day it was counted
BRIEFING = "briefing/briefing.pdf"
LOOKED_UP = "Reference"   # the part whose pages nobody reads from end to end
FOOTER = ((BRIEFING, "Briefing (PDF)"), ("about.html", "About"), ("cite.html", "Cite"), ("numbers.html", "All numbers"),
          ("sources.html", "Sources"), ("data.html", "Data"), ("rerun.html", "Rerun"), ("changes.html", "What moved"),
          ("feed.xml", "Feed"), ("book-data.zip", "All data (zip)"), ("numbers.json", "numbers.json"))
SUMMARY_CHARACTERS = 200


def page_of(site: Site, article: Article, assets: Assets, files: frozenset[str], **extra: Any) -> str:
    """A page of the book as a whole document."""
    return render("page.html", **page_values(site, article, assets, files, **extra))


def page_values(site: Site, article: Article, assets: Assets, files: frozenset[str], **extra: Any) -> dict[str, Any]:
    """What the theme's `page.html` is told of a page of the book. `files` names the site's files, `extra` is what the article's
    template is told besides."""
    numbers = [site.by_anchor[anchor] for anchor in article.numbers if anchor in site.by_anchor]
    content = render("article.html", **({"further": (), "news": (), "figures": ()} | extra), page=article, site=site,
                     part=site.part_of(article.slug), facts=facts(article, site, numbers),
                     citation=site.cite_page(article.slug, article.title), receipt=receipt_fold(site, article.slug, numbers))
    data = cards(numbers, site, article.terms) if numbers or article.terms else None
    return _values(site, article, content, assets, files, data=data, indexed=True,
                   structured=structured_data(site, article.slug, article.title, shortened(article.lead)))


def plain_page(site: Site, link: Link, content: Markup, assets: Assets, files: frozenset[str]) -> str:
    """A page that is not of the book: search, wrong address. It is not indexed."""
    page = Article(link.slug, link.title, "", "", "", "", lead=link.title, minutes=0)
    return render("page.html", **_values(site, page, content, assets, files, data=None, indexed=False))


def _values(site: Site, page: Article, content: Markup, assets: Assets, files: frozenset[str], **values: Any) -> dict[str, Any]:
    previous, following = site.neighbours(page.slug)
    return {"page": page, "site": site, "content": content, "files": files, "home": HOME, "briefing": BRIEFING, "footer": FOOTER,
            "policy": POLICY, "summary": shortened(page.lead), "previous": previous, "next": following,
            **assets.of(content), **values}


def facts(article: Article, site: Site, numbers: Sequence[Number]) -> list[str]:
    """What it takes to read a page, and what it rests on."""
    said = [f"Edition {site.edition}"]
    if site.part_of(article.slug) != LOOKED_UP:
        said.append(f"{article.minutes} min read")
    said += [counted(len(numbers), "sourced number"), counted(len(article.figures), "figure")]
    described = site.numbers.values() if article.slug == "index" else numbers
    newest = max((n.as_of for n in described if n.cls == "reported" and n.unit in OBSERVED), default="")
    if newest:
        said.append(f"newest observation: {readable_date(newest)}")
    return [fact for fact in said if fact]


def shortened(text: str, length: int = SUMMARY_CHARACTERS) -> str:
    """The text, cut at a word to at most `length` characters, for link previews and search engines."""
    return text if len(text) <= length else text[:length].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
