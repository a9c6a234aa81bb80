"""Turn Jupyter Book's raw HTML into the published site: finish each page, add the data files, swap it in whole."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping, Sequence
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
from analysis.publish.site import addresses, assets, content, figure_pages, search_index, shell, social
from analysis.publish.site.cards import card_block, describe_links, numbers_on, terms_of, terms_on
from analysis.publish.site.draft import Draft, read_draft
from analysis.publish.site.facts import Site, read_figures
from analysis.publish.site.figure_slides import write_figure_slides
from analysis.publish.site.files import copy_bundle, copy_figures, write_draws, write_numbers, write_specifications
from analysis.publish.site.further_numbers import further_numbers, unquoted
from analysis.publish.site.head import head_html
from analysis.publish.site.maths import set_formulas
from analysis.publish.site.news import news_html
from analysis.publish.site.receipt_fold import receipt_fold
from analysis.publish.site.search_page import search_content
from analysis.publish.site.sections import size_sections
from analysis.publish.site.swap import exchange
from analysis.registry.citations import own_address
from analysis.registry.numbers import Number
from analysis.runner.contents import words_of

NOT_PUBLISHED = ("_static", "_sources", "*.html", ".buildinfo", "objects.inv", ".doctrees", "searchindex.js", "*.ipynb")
INDEX_SCRIPT = "search-index.js"


def finish(raw: Path, numbers: dict[str, Number], edition: dict, site_address: str, out: Path = paths.HTML, *,
           source_titles: Mapping[str, str] | None = None, receipt: Mapping[str, Any] | None = None,
           runs: Path = paths.RUNS, tables: Path = paths.TABLES,
           book: Path = paths.BOOK, changelog: Path = paths.ROOT / "CHANGELOG.md",
           complete: Callable[[Path], None] = lambda folder: None, completed: Sequence[str] = ()) -> None:
    """Build the site beside `out` and exchange the two; `out` is never half-written.

    `edition` has the fields edition, built, commit and inputs_sha256 of the contract. `source_titles` names the sources
    by id; `receipt` says what the chapters are made from. `complete` adds to the finished folder before it is published, or
    raises to stop it; `completed` names files that it adds and pages link to. `book` is the folder with
    `_static/` and, when pages were renamed, `redirects.yml` (old file → new file).
    Raises ValueError for a page without a heading or a redirect that leads nowhere.
    """
    new = out.with_name(f".{out.name}.new")
    remove(new)
    shutil.copytree(raw, new, ignore=shutil.ignore_patterns(*NOT_PUBLISHED))
    publish_tables(tables, new / "tables")
    write_numbers(numbers, edition, site_address, new)

    drafts = read_drafts(raw)
    copy_figures((runs / slug for slug in drafts), new / "figures")
    write_specifications(figure_pages.take_out_specifications(drafts), new)
    write_draws(drafts.values(), new)
    copy_bundle(new)
    site = Site(site_address, edition["edition"], edition["built"], edition["commit"], numbers, source_titles or {},
                read_figures(new / "figures", {id: slug for id, (slug, _) in figure_pages.figure_markup(drafts).items()}),
                terms_of(drafts["glossary"].body) if "glossary" in drafts else {}, receipt or {})
    news = news_html(changelog.read_text(encoding="utf-8"), site.edition) if changelog.exists() else ""
    write_pages(site, drafts, raw, book, new, news, completed)
    write_addresses(site, drafts, book, new)
    complete(new)
    exchange(new, out)
    shutil.rmtree(new, ignore_errors=True)


def read_drafts(raw: Path) -> dict[str, Draft]:
    """The pages of the book by slug, in the order of its contents. What an earlier build left in `raw` is not of the book."""
    def read(slug: str) -> Draft:
        return read_draft(slug, (raw / f"{slug}.html").read_text(encoding="utf-8"))

    index = read("index")
    listed = (page.href.removesuffix(".html") for part in index.parts for page in part.pages)
    return {"index": index} | {slug: read(slug) for slug in listed if slug != "index"}


def write_pages(site: Site, drafts: Mapping[str, Draft], raw: Path, book: Path, out: Path, news: str = "",
                completed: Sequence[str] = ()) -> None:
    """Write every page with its assets, preview picture and place in the search index."""
    firms = {words_of(slug)["firm"]: draft.file for slug, draft in drafts.items() if "firm" in words_of(slug)}
    for draft in drafts.values():
        mend_page(draft, site)
        content.link_firms(draft.body, firms)
    entries = [entry for draft in drafts.values() for entry in search_index.page_entries(draft)]
    entries += search_index.number_entries(site.numbers.values())
    titles = {slug: draft.title for slug, draft in drafts.items()}
    entries += search_index.figure_entries(site.figures, titles)

    files = frozenset([*(draft.file for draft in drafts.values()), "search.html", "numbers.json", *completed])
    own = book / "_static"
    further = {slug: further_numbers(numbers) for slug, numbers in unquoted(drafts.values(), site).items()}
    extra = {"changes": news, "cite": figure_pages.citation_section(site, site.figures.values(), titles)}
    pages = {slug: finished(site, draft, own, files, extra.get(slug, "") + further.get(slug, "")) for slug, draft in drafts.items()}
    first = next(iter(drafts.values()))
    for slug, title, html in (("search", "Search", search_content(f"_static/{INDEX_SCRIPT}")),
                              ("404", "Page not found", _lost(drafts))):
        pages[slug] = _plain(site, slug, title, html, first, own, files)
    pages = assets.write_assets(raw / "_static", own, out / "_static", pages)
    pages["404"] = addresses.rooted(pages["404"], site.address)
    for slug, html in pages.items():
        (out / f"{slug}.html").write_text(html, encoding="utf-8")
    shown = figure_pages.published(site, drafts)
    write_embeds(shown, out, site.edition, site.date, site.address)
    with Kept(FOLDER / "slides", code_of("analysis.publish.site.figure_slides")) as kept:
        write_figure_slides(site, (site.figures[figure.id] for figure in shown), out, kept)
    (out / "_static" / INDEX_SCRIPT).write_text(search_index.index_script(entries), encoding="utf-8")


def mend_page(draft: Draft, site: Site) -> None:
    """Change what stands in the page: formulas, tables, code, links."""
    set_formulas(draft.body, draft.kept)
    content.mend(draft.body)
    describe_links(draft.body, site)
    if not own_address(site.address):   # a link to the placeholder would lead nowhere; its text takes the reader's address
        for link in draft.body.xpath(".//a[starts-with(@href, $address)]", address=site.address):
            link.drop_tag()
    if draft.slug != "index":   # the summary is short, and lays its sections out in columns
        size_sections(draft.body)


def finished(site: Site, draft: Draft, own: Path, files: frozenset[str], extra: str = "") -> str:
    """One page of the book, followed by `extra`, as a whole document; the style sheet's address is still a placeholder."""
    numbers = numbers_on(draft.body, site)
    summary = content.summary_of(draft.body)
    minutes = content.minutes_to_read(draft.body)
    html = draft.html()
    over, under = shell.opening(draft, site, minutes, numbers, html.count('<figure class="cs-figure"'))
    html = re.sub(r"<h1>.*?</h1>", lambda m: over + m[0] + under, html, count=1, flags=re.DOTALL)
    html += extra + shell.cite_this_page(site, draft) + receipt_fold(site, draft, numbers)
    blocking, deferred = assets.page_scripts(own, html)
    head = head_html(site, slug=draft.slug, title=draft.title, summary=summary, blocking=blocking, deferred=deferred,
                     styles=assets.page_styles(own, html), previous=draft.previous and draft.previous.href,
                     next=draft.next and draft.next.href)
    after = card_block(numbers, site, terms_on(draft.body, site))
    return shell.page_html(site, draft, head, content=html, after=after, pages=files)


def write_addresses(site: Site, drafts: Mapping[str, Draft], book: Path, out: Path) -> None:
    """Preview pictures and icons, sitemap, robots.txt and the redirects of renamed pages."""
    drawn = paths.BUILD / "social"
    for slug, draft in drafts.items():
        picture = social.picture_svg(site, draft.title, content.summary_of(draft.body, 260), draft.part)
        name = f"social/{slug}.png"
        attempt(f"the preview picture of the page {draft.title!r}",
                partial(social.write_picture, picture, out / name, drawn), out, [name], paths.HTML)
    social.write_icons(out, drawn)
    (out / "sitemap.xml").write_text(addresses.sitemap_xml(site, drafts), encoding="utf-8")
    (out / "robots.txt").write_text(addresses.robots_txt(site), encoding="utf-8")
    table = book / "redirects.yml"
    renamed = yaml.safe_load(table.read_text(encoding="utf-8")) if table.exists() else {}
    for old, target in addresses.checked_redirects(renamed, [f.name for f in out.glob("*.html")]).items():
        (out / old).write_text(addresses.redirect_html(site, target), encoding="utf-8")


def _plain(site: Site, slug: str, title: str, html: str, like: Draft, own: Path, files: frozenset[str]) -> str:
    """A page that is not of the book: search, wrong address. It takes its menu from `like`, and is not indexed."""
    draft = Draft(slug=slug, title=title, body=like.body, kept=like.kept, parts=like.parts)
    blocking, deferred = assets.page_scripts(own, html)
    head = head_html(site, slug=slug, title=title, summary=title, blocking=blocking, deferred=deferred,
                     styles=assets.page_styles(own, html), robots="noindex")
    return shell.page_html(site, draft, head, content=html, pages=files)


def _lost(drafts: Mapping[str, Draft]) -> str:
    parts = next(iter(drafts.values())).parts
    links = [page for part in parts for page in part.pages if page.href != shell.HOME.href]
    return addresses.lost_content((page.href, page.title) for page in (shell.HOME, *links))
