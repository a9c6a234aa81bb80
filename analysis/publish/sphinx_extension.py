"""The project's one Sphinx extension: its theme, its builder, its formulas, and the role that prints registered numbers.

{num}`id` prints the value with its unit, {num}`id|interval` adds the interval, {num}`id|bare` leaves the unit out,
{num}`id|bn` prints millions of dollars as billions, {num}`id|moved` and {num}`id|moves` say which way a change went, and
{num}`id|opposite` prints it with the other sign.
Each is a link to the number's row on the numbers page. An unknown id is a warning, which the build treats as an error.
"""

from __future__ import annotations

import difflib
import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

from analysis import paths
from analysis.publish import plain_book
from analysis.publish.kept import code_of
from analysis.publish.site import maths
from analysis.publish.site.builder import ArticleBuilder, terms_in
from analysis.registry.forms import ALLOWED, FORMS
from analysis.registry.numbers import Number, load_numbers

logger = logging.getLogger(__name__)


class NumberRole(SphinxRole):
    """Print one number from the registry as a link."""

    def run(self):
        id, _, form = self.text.partition("|")
        if not _registry(self.env.app):   # nothing was built yet, and the page says so
            return [nodes.literal(id, id)], []
        number = _registry(self.env.app).get(id)
        if number is None or form not in FORMS:
            logger.warning(_complaint(id, form, _registry(self.env.app)), location=self.get_location())
            return [nodes.inline(self.text, self.text)], []
        return [number_node("", FORMS[form](number), number=number)], []


class number_node(nodes.Inline, nodes.TextElement):
    """A number in a sentence: its text, with the number itself as `number`."""


def _visit_number(translator, node: number_node) -> None:
    number = node["number"]
    translator.body.append(translator.starttag(node, "a", "", CLASS=f"cs-num cs-num-{number.cls} reference internal",
                                               href=f"numbers.html#{number.anchor}"))


def _depart_number(translator, _node: number_node) -> None:
    translator.body.append("</a>")


def _complaint(id: str, form: str, registry: dict[str, Number]) -> str:
    if id in registry:
        return f"unknown form {form!r} of number {id!r}; use one of: {ALLOWED}"
    near = difflib.get_close_matches(id, registry, n=3)
    return f"unknown number {id!r}" + (f"; nearest: {', '.join(near)}" if near else "")


def _registry(app: Sphinx) -> dict[str, Number]:
    if not hasattr(app, "cs_registry"):
        file = Path(app.config.cs_numbers_file or paths.NUMBERS_FILE)
        app.cs_registry = load_numbers(file) if file.exists() else {}
    return app.cs_registry


def _note_what_is_printed(app: Sphinx, doctree: nodes.document) -> None:
    """Remember the numbers a page prints, in its sentences and in its results, and what its glossary defines."""
    env, registry = app.env, {number.anchor: number for number in _registry(app).values()}
    printed = {node["number"].anchor: node["number"] for node in doctree.findall(number_node)}
    for raw in doctree.findall(nodes.raw):
        printed |= {anchor: registry[anchor] for anchor in _NUMBER_LINK.findall(raw.astext()) if anchor in registry}
    env.cs_printed[env.docname] = printed
    env.cs_terms[env.docname] = terms_in(doctree)


_NUMBER_LINK = re.compile(r"numbers\.html#(n-[a-z0-9-]+)")


def _begin(app: Sphinx, env, _docnames) -> None:
    for memory in ("cs_printed", "cs_terms"):
        if not hasattr(env, memory):
            setattr(env, memory, {})


def _outdated(app: Sphinx, env, added, changed, removed):
    """Reread a page exactly when a number it prints has changed."""
    registry = {number.anchor: number for number in _registry(app).values()}
    return [doc for doc, printed in getattr(env, "cs_printed", {}).items()
            if any(registry.get(anchor) != number for anchor, number in printed.items())]


def _redefined(app: Sphinx, env):
    """Write every page again when the glossary says something else: any page may print its definitions."""
    if env.cs_terms == getattr(env, "cs_terms_written", None):
        return []
    env.cs_terms_written = dict(env.cs_terms)
    return list(env.all_docs)


def _forget(app: Sphinx, env, docname: str) -> None:
    for memory in ("cs_printed", "cs_terms"):
        getattr(env, memory, {}).pop(docname, None)


def _merge(app: Sphinx, env, docnames, other) -> None:
    for memory in ("cs_printed", "cs_terms"):
        getattr(env, memory).update({doc: kept for doc, kept in getattr(other, memory).items() if doc in docnames})


def setup(app: Sphinx) -> dict:
    app.add_config_value("cs_numbers_file", "", "")
    app.add_config_value("cs_code", code_of("analysis.publish.site.article"), "html")   # other code writes other articles
    app.add_config_value("comments_config", {}, "")   # Jupyter Book sets it for an extension that this book does without
    app.add_html_theme("chip_stalemate", str(paths.THEME))
    app.add_html_math_renderer("mathml", (maths.visit_inline, None), (maths.visit_block, None))
    app.add_builder(ArticleBuilder)
    app.add_node(number_node, html=(_visit_number, _depart_number))
    app.add_role("num", NumberRole())
    app.connect("config-inited", plain_book.fill_in, priority=100)   # before the contents are read
    app.connect("builder-inited", plain_book.escape_by_themselves)
    app.connect("html-page-context", plain_book.dress)
    app.connect("build-finished", plain_book.write_assets)
    app.connect("env-before-read-docs", _begin)
    app.connect("env-get-outdated", _outdated)
    app.connect("env-purge-doc", _forget)
    app.connect("env-merge-info", _merge)
    app.connect("doctree-read", _note_what_is_printed)
    app.connect("env-updated", _redefined)
    return {"version": "2", "env_version": 2, "parallel_read_safe": True, "parallel_write_safe": True}
