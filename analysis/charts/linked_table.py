"""Tables of text with links for the chapters, as HTML from one template."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jinja2 import Environment
from markupsafe import Markup

_TEMPLATE = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string("""\
{% macro content(cell) -%}
{% if cell.href %}<a href="{{ cell.href }}"{% if cell.css %} class="{{ cell.css }}"{% endif %}>{{ cell.text }}</a>
{%- else %}{{ cell }}{% endif %}
{%- endmacro %}
<div class="cs-scroll" tabindex="0" role="region" aria-label="{{ caption }}"><table><caption>{{ caption }}</caption>
<thead><tr>
{% for name in head %}
<th scope="col"{{ css[loop.index0] }}>{{ name }}</th>
{% endfor %}
</tr></thead>
<tbody>
{% for row in rows %}
<tr>
{% for cell in row %}
{% if loop.first %}<th scope="row">{{ content(cell) }}</th>{% else %}<td{{ css[loop.index0] }}>{{ content(cell) }}</td>{% endif %}

{% endfor %}
</tr>
{% endfor %}
</tbody></table></div>
""")


@dataclass(frozen=True)
class Linked:
    """A cell that is a link."""

    text: str
    href: str
    css: str = ""

    def __str__(self) -> str:
        return self.text


def linked_table(head: Sequence[str], rows: Iterable[Sequence[object]], caption: str, numeric: Iterable[str] = ()) -> str:
    """The table as HTML; `rows` hold texts and :class:`Linked`, `numeric` names the columns set to the right. The first column
    heads the rows."""
    right = set(numeric)
    css = [Markup(' class="cs-number"') if name in right else "" for name in head]
    return _TEMPLATE.render(head=list(head), rows=[list(row) for row in rows], caption=caption, css=css)
