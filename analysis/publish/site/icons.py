"""The site's few pictures: the mark of the book and the icons of its controls, drawn as small SVG.

The mark is two blocks that face each other with an unsettled, hatched gap between them.
"""

from __future__ import annotations

from analysis.charts import theme
from analysis.charts.evidence import CLASSES, symbol_svg

_STROKED = {
    "search": "M10.5 3.5a7 7 0 1 0 0 14 7 7 0 0 0 0-14Zm5 12 5 5",
    "menu": "M4 6h16M4 12h16M4 18h10",
    "document": "M6 3h8l4 4v14H6ZM14 3v4h4M9 12h6M9 16h6",
    "contents": "M9 6h11M9 12h11M9 18h11M4 6h.01M4 12h.01M4 18h.01",
    "sun": ("M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6 19 19M5 19l1.4-1.4"
            "M17.6 6.4 19 5"),
    "moon": "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5Z",
    "left": "M14.5 5l-7 7 7 7",
    "right": "M9.5 5l7 7-7 7",
}


def icon(name: str) -> str:
    """An icon in the colour of the text, hidden from screen readers: the control carries its own name."""
    return (f'<svg class="cs-icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false">'
            f'<path d="{_STROKED[name]}" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" '
            f'stroke-linejoin="round"/></svg>')


def mark(left: str = "var(--cs-us)", right: str = "var(--cs-cn)", gap: str = "currentColor", size_px: int = 26) -> str:
    """The mark of the book, in CSS colours or in fixed ones (for the favicon and the preview pictures)."""
    return (f'<svg class="cs-mark" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="{size_px}" '
            f'height="{size_px}" aria-hidden="true" focusable="false">{mark_shapes(left, right, gap)}</svg>')


def mark_shapes(left: str, right: str, gap: str) -> str:
    """The mark's shapes on a canvas of 32 by 32."""
    hatch = "".join(f'<path d="M12.5 {y}l7-7" stroke="{gap}" stroke-width="1.8" fill="none"/>' for y in (12, 18, 24, 30))
    return (f'<path d="M2 5a3 3 0 0 1 3-3h5.5v28H5a3 3 0 0 1-3-3Z" fill="{left}"/>'
            f'<path d="M30 5a3 3 0 0 0-3-3h-5.5v28H27a3 3 0 0 0 3-3Z" fill="{right}"/>{hatch}')


def favicon_svg() -> str:
    """The mark as a file of its own; the gap follows the browser's theme."""
    accent, contrast = theme.BY_NAME["accent"], theme.BY_NAME["contrast"]
    style = (f"<style>.l{{fill:{accent.light}}}.r{{fill:{contrast.light}}}.g{{stroke:{theme.NEUTRAL}}}"
             f"@media(prefers-color-scheme:dark){{.l{{fill:{accent.dark}}}.r{{fill:{contrast.dark}}}}}</style>")
    shapes = mark_shapes("LEFT", "RIGHT", "GAP")
    for name, letter in (("fill=\"LEFT\"", "l"), ("fill=\"RIGHT\"", "r"), ("stroke=\"GAP\"", "g")):
        shapes = shapes.replace(name, f'class="{letter}"')
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">{style}{shapes}</svg>\n'


def evidence_css() -> str:
    """The evidence classes' symbols, as in the charts, as CSS masks `--cs-mark-<class>`."""
    rules = []
    for name in CLASSES:
        svg = symbol_svg(name).replace("currentColor", "%23000").replace('"', "'").replace("<", "%3C").replace(">", "%3E")
        svg = svg.replace("%3Csvg ", "%3Csvg xmlns='http://www.w3.org/2000/svg' ")
        rules.append(f'--cs-mark-{name}:url("data:image/svg+xml,{svg}");')
    return ":root{" + "".join(rules) + "}\n"
