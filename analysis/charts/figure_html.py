"""The markup of a figure in a page: readable without JavaScript, without colour, without sight and in print."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from analysis.charts import theme
from analysis.charts.evidence import MEANING, symbol_svg
from analysis.charts.table import data_table

if TYPE_CHECKING:
    from analysis.charts.figure import Figure

# Where a figure's companions are, relative to the page that shows it.
LINKS = (
    ("Data (CSV)", "figures/{id}.csv"), ("SVG", "figures/{id}.svg"), ("PNG", "figures/{id}.png"),
    ("Slide", "figures/{id}.pptx"), ("Cite", "cite.html#figure-{id}"), ("Page to embed", "embed/{id}.html"),
)
SOURCE_PAGE = "sources.html#source-{id}"
SOURCES_IN_LINE = 3   # more than these fold away


def figure_html(figure: Figure, source_names: Mapping[str, str], svg_wide: str, svg_narrow: str,
                spec: dict, spec_narrow: dict) -> str:
    """The complete ``<figure>``: finding, unit, evidence legend, both drawings, note, sources, links and table."""
    escape = html.escape
    anchor = f"fig-{figure.id}"
    parts = [
        f'<figure class="cs-figure" id="{anchor}" aria-labelledby="{anchor}-title">',
        f'<figcaption class="cs-figure-caption"><p class="cs-figure-title" id="{anchor}-title">{escape(figure.title)}</p>'
        f'<p class="cs-figure-unit">{escape(figure.unit[:1].upper() + figure.unit[1:])}</p>{_legend(figure)}</figcaption>',
        f'<div class="cs-figure-drawing" data-cs-figure="{figure.id}" style="--cs-wide:{_shape(svg_wide)};'
        f'--cs-narrow:{_shape(svg_narrow)}">{svg_wide}{svg_narrow}</div>',
    ]
    if figure.note:
        parts.append(f'<p class="cs-figure-note"><strong>Note:</strong> {escape(figure.note)}</p>')
    parts.append(f'<p class="cs-figure-source">{_sources(source_names)}</p>')
    if figure.how_to_read:
        parts.append('<details class="cs-figure-details"><summary>How to read this chart</summary>'
                     f"<p>{escape(figure.how_to_read)}</p></details>")
    parts.append(
        '<details class="cs-figure-details"><summary>Table with the same values</summary>'
        f'<div class="cs-figure-table" tabindex="0" role="region" aria-label="{escape("Table: " + figure.title)}">'
        f"{data_table(figure.data)}</div></details>")
    parts.append(_links(figure))
    parts.append(f'<script type="application/json" class="cs-figure-spec">{_json_block(spec, spec_narrow)}</script>')
    parts.append("</figure>")
    return "".join(parts)


def _shape(svg: str) -> str:
    """Height of a drawing as a multiple of its width: its place on the page is known before it is laid out."""
    width, height = map(float, re.search(r'viewBox="0 0 (\S+) (\S+)"', svg).groups())
    return f"{height / width:.5f}"


def themed(spec: dict) -> dict:
    """The specification with CSS variables in place of the theme's colours, for drawing it as SVG inside the page.

    A hatch becomes ``hatch:NAME``, which the page's script turns into a pattern of its own drawing.
    """
    replacements = {f'"{token.light}"': json.dumps(token.css) for token in theme.TOKENS}
    replacements |= {f'"{theme.BY_NAME[name].light}"': f'"hatch:{colour}"' for name, colour in theme.HATCHES.items()}
    replacements[f'"{theme.DRAWING_FONT}"'] = json.dumps(theme.PAGE_FONT_STACK)
    text = json.dumps(spec, ensure_ascii=False)
    for value, replacement in replacements.items():
        text = text.replace(value, replacement)
    return json.loads(text)


def _legend(figure: Figure) -> str:
    items = "".join(f'<li title="{html.escape(MEANING[name])}">{symbol_svg(name)} {name}</li>' for name in figure.evidence)
    return f'<ul class="cs-evidence" aria-label="Evidence in this figure">{items}</ul>'


def _sources(names: Mapping[str, str]) -> str:
    links = [f'<a href="{SOURCE_PAGE.format(id=html.escape(source, quote=True))}">{html.escape(name)}</a>'
             for source, name in names.items()]
    first, rest = links[:SOURCES_IN_LINE], links[SOURCES_IN_LINE:]
    label = "Source: " if len(links) == 1 else "Sources: "
    more = f' and {len(rest)} more, all in the table of <a href="sources.html">sources</a>' if rest else ""
    return label + "; ".join(first) + more


def _links(figure: Figure) -> str:
    links = "".join(
        f'<li><a href="{target.format(id=figure.id)}"{" download" if "figures/" in target else ""}>{label}</a></li>'
        for label, target in LINKS)
    return (f'<div class="cs-figure-links"><ul aria-label="{html.escape("This figure: " + figure.title)}">{links}</ul>'
            '<button type="button" class="cs-figure-button cs-embed-button" aria-expanded="false">Embed code</button>'
            '<button type="button" class="cs-figure-button" aria-pressed="false">Interactive</button></div>')


def _json_block(spec: dict, spec_narrow: dict) -> str:
    """Both specifications with their shared data once, as JSON that cannot end the script element."""
    wide, narrow = themed(spec), themed(spec_narrow)
    datasets = {**wide.pop("datasets", {}), **narrow.pop("datasets", {})}
    text = json.dumps({"datasets": datasets, "wide": wide, "narrow": narrow}, separators=(",", ":"), ensure_ascii=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
