"""Turn the book's articles into the published site: put each into its page, add the data files, swap it in whole."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from analysis import paths
from analysis.data.inert import publish_tables
from analysis.leftovers import remove
from analysis.publish.ancillary import attempt
from analysis.publish.embeds import write_embeds
from analysis.publish.kept import FOLDER, Kept, code_of
from analysis.publish.site import addresses, figure_pages, search_index, social
from analysis.publish.site.article import Article, read_article
from analysis.publish.site.assets import Assets
from analysis.publish.site.builder import CONTENTS
from analysis.publish.site.dress import page_of, plain_page, shortened
from analysis.publish.site.facts import HOME, Link, Part, Site, read_figures
from analysis.publish.site.figure_slides import write_figure_slides
from analysis.publish.site.files import copy_bundle, copy_figures, write_draws, write_numbers, write_specifications
from analysis.publish.site.news import news_of
from analysis.publish.site.swap import exchange
from analysis.publish.site.templates import render
from analysis.registry.numbers import Number

INDEX_SCRIPT = "search-index.js"
PREVIEW_CHARACTERS = 260   # of the first paragraph on the picture of a shared link


def finish(written: Path, numbers: dict[str, Number], edition: dict, site_address: str, out: Path = paths.HTML, *,
           source_titles: Mapping[str, str] | None = None, receipt: Mapping[str, Any] | None = None,
           runs: Path = paths.RUNS, tables: Path = paths.TABLES,
           book: Path = paths.BOOK, changelog: Path = paths.ROOT / "CHANGELOG.md",
           complete: Callable[[Path], None] = lambda folder: None, completed: Sequence[str] = ()) -> None:
    """Build the site beside `out` and exchange the two; `out` is never half-written.

    `written` is the folder of articles; `edition` has the fields edition, built, commit and inputs_sha256 of the contract.
    `source_titles` names the sources by id; `receipt` says what the chapters are made from. `complete` adds to the finished folder
    before it is published, or raises to stop it; `completed` names files that it adds and pages link to. `book` is the folder
    with `_static/` and, when pages were renamed, `redirects.yml` (old file → new file).
    Raises ValueError for a redirect that leads nowhere.
    """
    new = out.with_name(f".{out.name}.new")
    remove(new)
    new.mkdir(parents=True)
    if (images := written / "_images").exists():
        shutil.copytree(images, new / "_images")
    publish_tables(tables, new / "tables")
    write_numbers(numbers, edition, site_address, new)

    articles, parts = read_articles(written)
    copy_figures((runs / slug for slug in articles), new / "figures")
    write_specifications({id: text for article in articles.values() for id, text in article.specifications.items()}, new)
    write_draws({version: steps for article in articles.values() for version, steps in article.draws.items()}, new)
    copy_bundle(new)
    site = Site(site_address, edition["edition"], edition["built"], edition["commit"], numbers, source_titles or {},
                read_figures(new / "figures", {id: slug for slug, article in articles.items() for id in article.figures}),
                {anchor: said for article in articles.values() for anchor, said in article.glossary.items()}, receipt or {}, parts)
    news = news_of(changelog.read_text(encoding="utf-8"), site.edition) if changelog.exists() else []
    write_pages(site, articles, book, new, news, completed)
    write_addresses(site, articles, book, new)
    complete(new)
    exchange(new, out)
    shutil.rmtree(new, ignore_errors=True)


def read_articles(written: Path) -> tuple[dict[str, Article], tuple[Part, ...]]:
    """The book's articles by slug in reading order, and its parts. What an earlier build left in the folder is not of the book."""
    parts = json.loads((written / CONTENTS).read_text(encoding="utf-8"))
    order = ["index", *(slug for part in parts for slug in part["pages"])]
    articles = {slug: read_article(written / f"{slug}.json") for slug in order}
    return articles, tuple(Part(part["caption"], tuple(Link(articles[slug].file, articles[slug].title) for slug in part["pages"]))
                           for part in parts)


def write_pages(site: Site, articles: Mapping[str, Article], book: Path, out: Path, news: Sequence[tuple[str, list[str]]] = (),
                completed: Sequence[str] = ()) -> None:
    """Write every page with what it loads, and the search index."""
    assets = Assets(book / "_static")
    files = frozenset([*(article.file for article in articles.values()), "search.html", "numbers.json", *completed])
    further = unquoted(articles.values(), site)
    figures = figure_pages.citations_of(site, articles)
    pages = {slug: page_of(site, article, assets, files, news=news, figures=figures, further=further.get(slug, ()))
             for slug, article in articles.items()}
    listed = [HOME, *(page for part in site.parts for page in part.pages)]
    search = render("search-form.html", index=f"_static/{INDEX_SCRIPT}")
    pages["search"] = plain_page(site, Link("search.html", "Search"), search, assets, files)
    lost = plain_page(site, Link("404.html", "Page not found"), render("lost.html", pages=listed), assets, files)
    pages["404"] = addresses.rooted(lost, site.address)
    for slug, html in pages.items():
        (out / f"{slug}.html").write_text(html, encoding="utf-8")
    assets.write(out / "_static")

    shown = figure_pages.published(site, articles.values())
    write_embeds(shown, out, site.edition, site.date, site.address)
    with Kept(FOLDER / "slides", code_of("analysis.publish.site.figure_slides")) as kept:
        write_figure_slides(site, (site.figures[figure.id] for figure in shown), out, kept)
    entries = [entry for article in articles.values() for entry in article.entries]
    entries += search_index.number_entries(site.numbers.values())
    entries += search_index.figure_entries(site.figures, {slug: article.title for slug, article in articles.items()})
    (out / "_static" / INDEX_SCRIPT).write_text(search_index.index_script(entries), encoding="utf-8")


def unquoted(articles: Iterable[Article], site: Site) -> dict[str, list[Number]]:
    """By chapter, the numbers that no page's text links to: they stand in a fold at its foot, so that no number stands nowhere."""
    quoted = {anchor for article in articles for anchor in article.numbers}
    found: dict[str, list[Number]] = {}
    for number in site.numbers.values():
        if number.anchor not in quoted:
            found.setdefault(number.page, []).append(number)
    return found


def write_addresses(site: Site, articles: Mapping[str, Article], book: Path, out: Path) -> None:
    """Preview pictures and icons, sitemap, robots.txt and the redirects of renamed pages."""
    drawn = paths.BUILD / "social"
    for slug, article in articles.items():
        picture = social.picture_svg(site, article.title, shortened(article.lead, PREVIEW_CHARACTERS), site.part_of(slug))
        name = f"social/{slug}.png"
        attempt(f"the preview picture of the page {article.title!r}",
                partial(social.write_picture, picture, out / name, drawn), out, [name], paths.HTML)
    social.write_icons(out, drawn)
    (out / "sitemap.xml").write_text(addresses.sitemap_xml(site, articles), encoding="utf-8")
    (out / "robots.txt").write_text(addresses.robots_txt(site), encoding="utf-8")
    table = book / "redirects.yml"
    renamed = yaml.safe_load(table.read_text(encoding="utf-8")) if table.exists() else {}
    for old, target in addresses.checked_redirects(renamed, [f.name for f in out.glob("*.html")]).items():
        (out / old).write_text(render("moved.html", site=site, target=target), encoding="utf-8")
