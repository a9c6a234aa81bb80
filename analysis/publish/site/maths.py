"""Formulas: TeX in the raw page becomes MathML, which browsers draw themselves and screen readers speak."""

from __future__ import annotations

import html
import re

from latex2mathml.converter import convert
from lxml.html import HtmlElement

from analysis.publish.site.draft import Kept

_DELIMITERS = re.compile(r"^\s*\\[(\[](.*)\\[)\]]\s*$", re.DOTALL)


def set_formulas(body: HtmlElement, kept: Kept) -> None:
    """Replace every formula of the page by MathML; one that stands alone scrolls inside itself when it is too wide."""
    for element in body.xpath(".//*[contains(concat(' ', @class, ' '), ' math ')]"):
        number = element.xpath("./span[@class='eqno']")
        for mark in number:
            mark.drop_tree()
        tex = _DELIMITERS.sub(r"\1", "".join(element.itertext())).strip()
        display = element.tag == "div"
        for child in list(element):
            element.remove(child)
        element.text = None
        element.append(kept.element(mathml(tex, display)))
        for mark in number:
            mark.tail = None
            element.append(mark)
        element.set("class", "cs-formula" if display else "cs-formula-inline")
        if display:
            element.attrib.update({"tabindex": "0", "role": "region", "aria-label": "Formula"})


def mathml(tex: str, display: bool) -> str:
    """MathML of a TeX formula, with the TeX as its alternative text.

    Raises ValueError for a formula with a command that cannot be converted.

    >>> mathml("x^2", False).startswith("<math")
    True
    """
    aligned = re.sub(r"\\(begin|end)\{(?:split|aligned|align)\}", r"\\\1{align*}", tex)
    markup = convert(aligned, display="block" if display else "inline").replace("<mi>&#x0007E;</mi>", "<mo>&#x0223C;</mo>")
    if "\\" in markup or "<mi>&</mi>" in markup:
        raise ValueError(f"the formula {tex!r} has a command that cannot be set as MathML")
    return markup.replace("<math ", f'<math alttext="{html.escape(tex)}" ', 1)
