"""Tables of text with links for the chapters, as HTML from one template."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jinja2 import Environment

_TEMPLATE = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string("""\
<div class="cs-scroll" tabindex="0" role="region" aria-label="{{ caption }}"><table class="cs-cards"><caption>{{ caption }}</caption>
<thead><tr>{% for name in head %}<th scope="col"{% if loop.index0 in numeric %} class="cs-number"{% endif %}>{{ name }}</th>{% endfor %}</tr></thead>
<tbody>
{% for row in rows %}
<tr>{% for cell in row %}<{{ 'th scope="row"'|safe if loop.first else "td" }} data-label="{{ head[loop.index0] }}"\
{% if loop.index0 in numeric %} class="cs-number"{% endif %}>\
{% if cell.href %}<a href="{{ cell.href }}"{% if cell.css %} class="{{ cell.css }}"{% endif %}>{{ cell.text }}</a>{% else %}{{ cell }}{% endif %}\
</{{ "th" if loop.first else "td" }}>{% endfor %}</tr>
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
    heads the rows. On a phone each row folds into a card, its cells labelled with the names of the columns."""
    places = {head.index(name) for name in numeric}
    return _TEMPLATE.render(head=list(head), rows=[list(row) for row in rows], caption=caption, numeric=places)
