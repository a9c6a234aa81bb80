"""The project's one Sphinx extension: the role that prints registered numbers.

{num}`id` prints the value with its unit, {num}`id|interval` adds the interval, {num}`id|bare` leaves the unit out,
{num}`id|bn` prints millions of dollars as billions, {num}`id|moved` and {num}`id|moves` say which way a change went, and
{num}`id|opposite` prints it with the other sign.
Each is a link to the number's row on the numbers page. An unknown id is a warning, which the build treats as an error.
"""

from __future__ import annotations

import difflib
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

from analysis import paths
from analysis.publish.plain_book import fill_in
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
        _used(self.env).setdefault(self.env.docname, {})[id] = number
        node = nodes.reference(
            "", FORMS[form](number), refuri=f"numbers.html#{number.anchor}", internal=True,
            classes=["cs-num", f"cs-num-{number.cls}"], reftitle=number.label,
        )
        return [node], []


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


def _used(env) -> dict[str, dict[str, Number]]:
    if not hasattr(env, "cs_used"):
        env.cs_used = {}
    return env.cs_used


def _outdated(app: Sphinx, env, added, changed, removed):
    """Reread a page exactly when a number it prints has changed."""
    registry = _registry(app)
    return [doc for doc, used in _used(env).items() if any(registry.get(id) != n for id, n in used.items())]


def _forget(app: Sphinx, env, docname: str) -> None:
    _used(env).pop(docname, None)


def _merge(app: Sphinx, env, docnames, other) -> None:
    _used(env).update({doc: used for doc, used in _used(other).items() if doc in docnames})


def setup(app: Sphinx) -> dict:
    app.add_config_value("cs_numbers_file", "", "")
    app.add_role("num", NumberRole())
    app.connect("config-inited", fill_in)
    app.connect("env-get-outdated", _outdated)
    app.connect("env-purge-doc", _forget)
    app.connect("env-merge-info", _merge)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
