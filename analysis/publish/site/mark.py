"""The mark of the book, drawn as small SVG, and the symbols of evidence for its style sheet.

The mark is two blocks that face each other with an unsettled, hatched gap between them.
"""

from __future__ import annotations

from analysis.charts import theme
from analysis.charts.evidence import CLASSES, symbol_svg


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
