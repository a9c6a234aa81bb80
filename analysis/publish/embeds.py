"""Figures for other people's pages: one self-contained file each, the code that embeds it, the code that loads its data.

`embed/<figure>.html` holds both drawings (wide and narrow), the legend of evidence, note, sources, the table and the
citation, follows the reader's light or dark setting, and asks for nothing: no script, font, image or style from
anywhere. At the top of the site it is the latest edition's figure; under `editions/YYYY.MM/` it never changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path

from lxml import html as lxml_html

from analysis.charts.theme import css_variables
from analysis.registry import citations

_LEFT_OUT = re.compile(
    r'<div class="cs-figure-links">.*?</div>|<script\b.*?</script>|<span hidden class="cs-figure-spec".*?</span>', re.DOTALL)
_REQUESTING = ("script", "link", "img", "iframe", "object", "embed", "video", "audio", "source", "use", "image", "base")

STYLE = """\
:root { color-scheme: light dark;
%s
}
body { margin: 0; padding: 1rem; background: var(--chart-bg); color: var(--chart-ink);
  font: 1rem/1.45 "Source Sans 3", system-ui, "Helvetica Neue", Arial, sans-serif; }
figure { margin: 0; max-width: 46rem; overflow-wrap: anywhere; }
p { margin: .35rem 0; }
a { color: var(--chart-accent); }
svg.cs-figure-svg { max-width: 100%%; height: auto; display: block; }
svg.cs-narrow { display: none; }
.cs-figure-title { font-size: 1.25rem; font-weight: 600; line-height: 1.25; }
.cs-figure-unit, .cs-evidence, .cs-figure-note, .cs-figure-source,
.cs-embed-citation { color: var(--chart-muted); font-size: .875rem; }
.cs-embed-citation { overflow-wrap: anywhere; }
.cs-figure-table :is(th, td) { overflow-wrap: normal; }
.cs-evidence { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; margin: .35rem 0 .75rem; padding: 0; }
.cs-evidence-symbol { vertical-align: -2px; }
details:has(.cs-figure-table) { width: max-content; max-width: calc(100vw - 2rem); }
.cs-figure-table { overflow-x: auto; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .7rem .2rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--chart-grid); }
@media (max-width: 48rem) {
  details:has(.cs-figure-table) { width: auto; max-width: none; }
  table { font-size: .8125rem; }
  th, td { padding-right: .5rem; }
  .cs-cards, .cs-cards :is(tbody, tr, th, td) { display: block; text-align: left; }
  .cs-cards thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%%); }
  .cs-cards tr { padding: .5rem 0; border-bottom: 1px solid var(--chart-grid); }
  .cs-cards :is(th, td) { padding: 0; border: 0; overflow-wrap: break-word; }
  .cs-cards td::before { content: attr(data-label) ": "; color: var(--chart-muted); }
}
summary { cursor: pointer; font-size: .875rem; padding: .3rem 0; }
:focus-visible { outline: 3px solid var(--chart-accent); outline-offset: 2px; }
@media (max-width: 36rem) { svg.cs-wide { display: none; } svg.cs-narrow { display: block; } }
"""


class EmbedError(ValueError):
    """Embedded figures that may not be published; one problem a line."""


@dataclass(frozen=True)
class PublishedFigure:
    """A figure as its page shows it: `page` is the page's slug, `markup` the whole `<figure>` element."""

    id: str
    title: str
    page: str
    markup: str


def edition_address(address: str, edition: str) -> str:
    """Where the edition stays for good; `address` is the site's, with a slash at the end."""
    return f"{address}editions/{edition}/"


def citation_of(figure: PublishedFigure, edition: str, date: str, address: str) -> citations.Citation:
    """The figure's citation, with the permanent address of its edition. `date` is YYYY-MM-DD."""
    return citations.cite_figure(figure.id, figure.title, edition, date,
                                 f"{edition_address(address, edition)}{figure.page}.html#fig-{figure.id}")


def render_embed(figure: PublishedFigure, citation: citations.Citation, address: str) -> str:
    """The self-contained page of a figure. Its links open outside the frame and lead to the permanent edition."""
    body = _LEFT_OUT.sub("", figure.markup)
    own = citations.own_address(address)
    base = edition_address(own, citation.edition) if own else "../"   # without an address, the book beside this page
    where = citation.url if own else f"../{figure.page}.html#fig-{figure.id}"
    body = re.sub(r'<a href="(?!https?:|#)([^"]+)"', lambda m: f'<a target="_blank" rel="noopener" href="{base}{m[1]}"', body)
    style = STYLE % css_variables()
    shown = escape(where) if own else "In the book"
    cite = (f'<p class="cs-embed-citation">{escape(citations.SHORT_WORK)}, edition {citation.edition}, figure {figure.id}. '
            f'{citations.LICENCE}. <a target="_blank" rel="noopener" href="{escape(where)}">{shown}</a></p>')
    return (
        '<!DOCTYPE html>\n<html lang="en-GB"><head><meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="robots" content="noindex">\n'
        f"<title>{escape(figure.title)} · {citations.SHORT_WORK}</title>\n<style>\n{style}</style></head>\n"
        f"<body><main>\n{body}\n{cite}\n</main></body></html>\n")


def write_embeds(figures: Iterable[PublishedFigure], folder: Path, edition: str, date: str, address: str) -> None:
    """Write every figure's page into `folder/embed/`. Raises EmbedError when one is not fit to stand alone."""
    target = folder / "embed"
    target.mkdir(exist_ok=True)
    for figure in figures:
        page = render_embed(figure, citation_of(figure, edition, date, address), address)
        (target / f"{figure.id}.html").write_text(page, encoding="utf-8")
    check_embeds(folder, edition)


def check_embeds(folder: Path, edition: str) -> None:
    """Every published figure has a page that stands alone, and no other page is there. Raises EmbedError with all problems."""
    figures = {file.stem for file in (folder / "figures").glob("*.json")}
    pages = {file.stem for file in (folder / "embed").glob("*.html")}
    problems = [f"figure {id}: there is no embed/{id}.html" for id in sorted(figures - pages)]
    problems += [f"embed/{id}.html belongs to no figure" for id in sorted(pages - figures)]
    for id in sorted(figures & pages):
        found = embed_problems((folder / "embed" / f"{id}.html").read_text(encoding="utf-8"), id, edition)
        problems += [f"embed/{id}.html: {problem}" for problem in found]
    if problems:
        raise EmbedError("\n".join(problems))


def embed_problems(text: str, id: str, edition: str) -> list[str]:
    """What keeps a figure's page from standing alone: a request to anywhere, a missing drawing, table or citation."""
    tree = lxml_html.fromstring(text)
    problems = [f"<{element.tag}> would ask for another file" for element in tree.iter(*_REQUESTING)]
    problems += [f"{name} on <{element.tag}> would run a script" for element in tree.iter("*") for name in element.attrib
                 if name.startswith("on")]
    problems += ["a style asks for another file"] * bool(re.search(r"url\((?!\s*['\"]?#)|@import", text))
    drawings = tree.xpath("//figure//*[local-name()='svg' and contains(@class, 'cs-figure-svg')]")
    if len(drawings) < 2 or any(len(drawing) < 3 for drawing in drawings):
        problems.append("a drawing is missing or empty (one wide and one narrow are needed)")
    if not tree.xpath("//figure//table//td"):
        problems.append("the table of values is missing")
    citation = " ".join(" ".join(tree.xpath("//*[@class='cs-embed-citation']//text()")).split())
    if f"edition {edition}" not in citation or f"figure {id}" not in citation:
        problems.append(f"the citation does not name edition {edition} and figure {id}")
    return problems


def python_snippet(id: str, edition: str, address: str) -> str:
    """Three lines of Python that load the figure's data from the permanent edition."""
    return (f'import pandas as pd\nfigure = pd.read_csv("{edition_address(address, edition)}figures/{id}.csv")\n'
            "print(figure.to_string())")


def embed_code(figure: PublishedFigure, address: str, edition: str | None = None) -> str:
    """The line of HTML that puts the figure on another page: the latest, or that of a fixed edition."""
    base = edition_address(address, edition) if edition else address
    return (f'<iframe src="{base}embed/{figure.id}.html" title="{escape(figure.title)}" loading="lazy" '
            'style="width:100%;height:40rem;border:0"></iframe>')
