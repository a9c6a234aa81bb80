"""Sphinx's builder of this book: it writes each page's article as data, which the site step puts into the theme.

What the whole site says of an edition (its date, the cards of its numbers, the chapters' titles in the menu) changes on pages
that Sphinx has no reason to write again; so the two are kept apart, and Sphinx's own memory decides which articles are new.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from docutils import nodes
from sphinx.builders.html import StandaloneHTMLBuilder

from analysis.publish.site.article import Known, article_of
from analysis.registry.citations import own_address
from analysis.runner.contents import words_of

CONTENTS = "contents.json"   # parts of the book with their pages, in reading order


class ArticleBuilder(StandaloneHTMLBuilder):
    """`jupyter-book build book --builder custom --custom-builder articles`."""

    name = "articles"
    epilog = "The articles are in %(outdir)s."
    out_suffix = ".json"
    search = False

    def init(self) -> None:
        super().init()
        self.out_suffix, self.link_suffix = ".json", ".html"

    def init_templates(self) -> None:
        """Articles have no page around them."""
        self.theme = self.templates = None

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        return quote(docname) + self.link_suffix

    def handle_page(self, pagename: str, addctx: dict[str, Any], templatename: str = "page.html", outfilename: str | None = None,
                    event_arg: Any = None) -> None:
        article = article_of(pagename, addctx["body"], addctx["toc"], known_to(self.app))
        article.write(Path(self.get_outfilename(pagename)))

    def copy_assets(self) -> None:
        """The site step copies what pages need; the reader of notebooks puts a style sheet of its own here."""
        Path(self.outdir, "_static").mkdir(exist_ok=True)

    def finish(self) -> None:
        Path(self.outdir, CONTENTS).write_text(json.dumps(contents(self.app), ensure_ascii=False), encoding="utf-8")
        self.write_buildinfo()


def known_to(app) -> Known:
    """What an article may say of the rest of the book, as Sphinx has read it."""
    firms = {words_of(doc)["firm"]: f"{doc}.html" for doc in app.env.all_docs if "firm" in words_of(doc)}
    address = app.config.html_baseurl.rstrip("/") + "/"
    return Known(app.cs_anchors, terms(app.env), firms, "" if own_address(address) else address)


def contents(app) -> list[dict[str, Any]]:
    """The parts of the book after its summary: caption (may be empty) and names of those of their pages that there are."""
    site_map = app.config.external_site_map

    def within(tree) -> list[str]:
        return [page for item in map(str, tree.items)
                for page in (item, *(below for sections in site_map[item].subtrees for below in within(sections)))]

    return [{"caption": tree.caption or "", "pages": [page for page in within(tree) if page in app.env.found_docs]}
            for tree in site_map.root.subtrees]


def terms(env) -> dict[str, tuple[str, str]]:
    """Term and definition by anchor, from every glossary of the book."""
    return {anchor: said for page in env.cs_terms.values() for anchor, said in page.items()}


def terms_in(doctree: nodes.document) -> dict[str, tuple[str, str]]:
    """Term and definition by anchor, from the glossaries of one page."""
    found = {}
    for item in doctree.findall(nodes.definition_list_item):
        if "glossary" in item.parent["classes"]:
            definition = " ".join(item.next_node(nodes.definition).astext().split())
            found |= {id: (" ".join(term.astext().split()), definition) for term in item.findall(nodes.term) for id in term["ids"]}
    return found
