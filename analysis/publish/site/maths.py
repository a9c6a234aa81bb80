"""Formulas as MathML, which browsers draw themselves and screen readers speak: Sphinx's renderer of mathematics for this book."""

from __future__ import annotations

import html
import re

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.writers.html5 import HTML5Translator


def visit_inline(translator: HTML5Translator, node: nodes.math) -> None:
    translator.body.append(f'<span class="cs-formula-inline">{mathml(node.astext().strip(), False)}</span>')
    raise nodes.SkipNode


def visit_block(translator: HTML5Translator, node: nodes.math_block) -> None:
    """A formula that stands alone scrolls inside itself when it is too wide."""
    attributes = {"tabindex": "0", "role": "region", "aria-label": "Formula"}
    tex = node.astext().strip()
    formula = mathml(rf"\begin{{split}}{tex}\end{{split}}" if r"\\" in tex else tex, True)
    translator.body.append(translator.starttag(node, "div", "", CLASS="cs-formula", **attributes) + formula + "</div>\n")
    raise nodes.SkipNode


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
