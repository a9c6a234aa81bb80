"""A registered number in a sentence: the role that asks for it, its node, which carries the number, and its HTML.

{num}`id` prints the value with its unit, {num}`id|interval` adds the interval, {num}`id|bare` leaves the unit out,
{num}`id|bn` prints millions of dollars as billions, {num}`id|moved` and {num}`id|moves` say which way a change went, and
{num}`id|opposite` prints it with the other sign.
Each is a link to the number's row on the numbers page. An unknown id is a warning, which the build treats as an error.
"""

from __future__ import annotations

import difflib

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

from analysis.registry.forms import ALLOWED, FORMS
from analysis.registry.numbers import Number

logger = logging.getLogger(__name__)


class NumberRole(SphinxRole):
    """Print one number from the registry as a link."""

    def run(self):
        id, _, form = self.text.partition("|")
        if not self.env.app.cs_registry:   # nothing was built yet, and the page says so
            return [nodes.literal(id, id)], []
        number = self.env.app.cs_registry.get(id)
        if number is None or form not in FORMS:
            logger.warning(_complaint(id, form, self.env.app.cs_registry), location=self.get_location())
            return [nodes.inline(self.text, self.text)], []
        return [number_node("", FORMS[form](number), number=number)], []


class number_node(nodes.Inline, nodes.TextElement):
    """A number in a sentence: its text, with the number itself as `number`."""


def visit_number(translator, node: number_node) -> None:
    number = node["number"]
    translator.body.append(translator.starttag(node, "a", "", CLASS=f"cs-num cs-num-{number.cls} reference internal",
                                               href=f"numbers.html#{number.anchor}"))


def depart_number(translator, _node: number_node) -> None:
    translator.body.append("</a>")


def _complaint(id: str, form: str, registry: dict[str, Number]) -> str:
    if id in registry:
        return f"unknown form {form!r} of number {id!r}; use one of: {ALLOWED}"
    near = difflib.get_close_matches(id, registry, n=3)
    return f"unknown number {id!r}" + (f"; nearest: {', '.join(near)}" if near else "")
