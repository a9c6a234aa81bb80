"""The project's one Sphinx extension: its theme, its builder, its formulas, the numbers in its sentences, and what it remembers
of each page to know when to read or write it again.
"""

from __future__ import annotations

import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

from analysis import paths
from analysis.publish import plain_book
from analysis.publish.kept import code_of
from analysis.publish.site import maths
from analysis.publish.site.builder import ArticleBuilder, terms_in
from analysis.publish.site.number_role import NumberRole, depart_number, number_node, visit_number
from analysis.registry.numbers import load_numbers

MEMORIES = ("cs_printed", "cs_terms")   # numbers by anchor, terms by anchor, of each page
_NUMBER_LINK = re.compile(r"numbers\.html#(n-[a-z0-9-]+)")


def _begin(app: Sphinx) -> None:
    """Load the registry, and begin the memories where there was no build before."""
    file = Path(app.config.cs_numbers_file or paths.NUMBERS_FILE)
    app.cs_registry = load_numbers(file) if file.exists() else {}
    app.cs_anchors = {number.anchor: number for number in app.cs_registry.values()}
    for memory in MEMORIES:
        if not hasattr(app.env, memory):
            setattr(app.env, memory, {})


def _note_what_is_printed(app: Sphinx, doctree: nodes.document) -> None:
    """Remember the numbers a page prints, in its sentences and in its results, and what its glossary defines."""
    env = app.env
    printed = {node["number"].anchor: node["number"] for node in doctree.findall(number_node)}
    for raw in doctree.findall(nodes.raw):
        printed |= {anchor: app.cs_anchors[anchor] for anchor in _NUMBER_LINK.findall(raw.astext()) if anchor in app.cs_anchors}
    env.cs_printed[env.docname] = printed
    env.cs_terms[env.docname] = terms_in(doctree)


def _outdated(app: Sphinx, env, added, changed, removed):
    """Reread a page exactly when a number it prints has changed."""
    return [doc for doc, printed in env.cs_printed.items()
            if any(app.cs_anchors.get(anchor) != number for anchor, number in printed.items())]


def _redefined(app: Sphinx, env):
    """Write every page again when the glossary says something else: any page may print its definitions."""
    if env.cs_terms == getattr(env, "cs_terms_written", None):
        return []
    env.cs_terms_written = dict(env.cs_terms)
    return list(env.all_docs)


def _forget(app: Sphinx, env, docname: str) -> None:
    for memory in MEMORIES:
        getattr(env, memory).pop(docname, None)


def _merge(app: Sphinx, env, docnames, other) -> None:
    for memory in MEMORIES:
        getattr(env, memory).update({doc: kept for doc, kept in getattr(other, memory).items() if doc in docnames})


def setup(app: Sphinx) -> dict:
    app.add_config_value("cs_numbers_file", "", "")
    # Other code reads other numbers, or writes other articles; the memory of an earlier build is then of no use.
    app.add_config_value("cs_reader", code_of("analysis.publish.site.number_role"), "env")
    app.add_config_value("cs_writer", [code_of(f"analysis.publish.site.{module}") for module in ("builder", "maths")], "html")
    app.add_config_value("comments_config", {}, "")   # Jupyter Book sets it for an extension that this book does without
    app.add_html_theme("chip_stalemate", str(paths.THEME))
    app.add_html_math_renderer("mathml", (maths.visit_inline, None), (maths.visit_block, None))
    app.add_builder(ArticleBuilder)
    app.add_node(number_node, html=(visit_number, depart_number))
    app.add_role("num", NumberRole())
    app.connect("config-inited", plain_book.fill_in, priority=100)   # before the contents are read
    app.connect("builder-inited", _begin)
    app.connect("builder-inited", plain_book.escape_by_themselves)
    app.connect("html-page-context", plain_book.dress)
    app.connect("build-finished", plain_book.write_assets)
    app.connect("env-get-outdated", _outdated)
    app.connect("env-purge-doc", _forget)
    app.connect("env-merge-info", _merge)
    app.connect("doctree-read", _note_what_is_printed)
    app.connect("env-updated", _redefined)
    return {"version": "2", "env_version": 2, "parallel_read_safe": True, "parallel_write_safe": True}
