"""From a Vega-Lite specification to the SVG that goes into a page, and to the one that stands alone.

vl-convert draws with the light values of the theme. The page's version (:func:`page_svg`) takes its colours from CSS
variables and its font from the site, gets ids of its own and is described by a title and a text for screen readers.
The standalone version (:func:`standalone_svg`) keeps the light values and adds title, unit, evidence symbols and source
line, because a picture travels without its page. Both are inert: shapes and text, no script, no link, no other file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

import vl_convert
from lxml import etree

from analysis.charts import theme
from analysis.charts.compact import compact
from analysis.charts.drawn import kept
from analysis.charts.evidence import SYMBOL_PATHS
from analysis.charts.fallback import prepare_drawing
from analysis.charts.text import balanced, text_width, wrap

SVG = "http://www.w3.org/2000/svg"
ALLOWED_ELEMENTS = {"svg", "g", "path", "rect", "line", "text", "tspan", "circle", "defs", "clipPath", "linearGradient",
                    "stop", "pattern", "title", "desc"}
# What vl-convert writes for scripts and screen readers; the drawing as a whole is one image with one description.
_DROPPED_ATTRIBUTES = re.compile(r"^(aria-.*|role|class|pointer-events|tabindex)$")
_COLOUR_ATTRIBUTES = ("fill", "stroke", "stop-color")

Svg = etree._Element


def draw(spec: dict) -> Svg:
    """Draw a Vega-Lite specification; returns the cleaned and compacted `<svg>` element."""
    text = json.dumps(spec, ensure_ascii=False, default=str)

    def drawn() -> bytes:
        prepare_drawing(text)
        return vl_convert.vegalite_to_svg(spec).encode()

    root = etree.fromstring(kept(text, drawn))
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or etree.QName(element).localname not in ALLOWED_ELEMENTS:
            raise ValueError(f"a chart may not contain {element.tag}: only shapes and text are published")
        _clean_attributes(element)
    for element in list(root.iter(f"{{{SVG}}}path")):
        if element.get("d") in (None, "", "M0,0h0v0h0Z", "M0.5,0.5h0v0h0Z"):
            element.getparent().remove(element)
    compact(root)
    return root


def size(root: Svg) -> tuple[float, float]:
    """Width and height of the drawing in px."""
    return float(root.get("width")), float(root.get("height"))


def page_svg(root: Svg, *, prefix: str, title: str, description: str, alternative: str) -> str:
    """The drawing for the page: themed, with its own ids, labelled by `title` and described by `description`.

    `prefix` starts every id and must be unique on the page; `alternative` (a CSS class) says at which width it shows.
    """
    root = _copy(root)
    _paint(root, prefix, {token.light: token.css for token in theme.TOKENS}, theme.PAGE_FONT_STACK)
    title_id, description_id = f"{prefix}-title", f"{prefix}-desc"
    width, height = size(root)
    root.attrib.update({
        "class": f"cs-figure-svg {alternative}", "role": "img", "aria-labelledby": title_id,
        "aria-describedby": description_id, "viewBox": f"0 0 {width:g} {height:g}",
        "width": f"{width:g}", "height": f"{height:g}", "focusable": "false",
    })
    for position, (tag, identifier, content) in enumerate(
            (("title", title_id, title), ("desc", description_id, description))):
        element = etree.Element(f"{{{SVG}}}{tag}", id=identifier)
        element.text = content
        root.insert(position, element)
    return _serialise(root)


def standalone_svg(root: Svg, *, prefix: str, title: str, description: str, unit: str, evidence: Sequence[str],
                   note: str, source_line: str) -> str:
    """The drawing as a picture on white paper with its title, unit, evidence symbols, note and source line."""
    margin, width = 24, theme.WIDE_PX
    chart = _copy(root)
    _paint(chart, prefix, {}, f"'{theme.DRAWING_FONT}', Arial, Helvetica, sans-serif")
    chart_width, chart_height = size(chart)
    page = etree.Element(f"{{{SVG}}}svg", nsmap={None: SVG})
    y = margin
    pieces: list[Svg] = []

    def write(lines: list[str], size_px: float, colour: str, weight: str = "normal") -> None:
        nonlocal y
        for line in lines:
            y += size_px
            pieces.append(_text(line, margin, y, size_px, colour, weight))
            y += size_px * 0.32

    write(balanced(title, width, 20, bold=True), 20, theme.INK, "bold")
    y += 4
    write(wrap(_sentence(unit), width, 13), 13, theme.MUTED)
    y += 20
    pieces += _evidence_row(evidence, margin, y)
    y += 18
    _become_group(chart, margin + (width - chart_width) / 2, y)
    pieces.append(chart)
    y += chart_height + 12
    if note:
        write(wrap(note, width, 12), 12, theme.MUTED)
        y += 2
    write(wrap(source_line, width, 12), 12, theme.MUTED)
    total_width, total_height = width + 2 * margin, round(y + margin * 0.6)
    page.attrib.update({"width": f"{total_width}", "height": f"{total_height}", "role": "img",
                        "viewBox": f"0 0 {total_width} {total_height}",
                        "aria-labelledby": f"{prefix}-title", "aria-describedby": f"{prefix}-desc"})
    for tag, content in (("title", title), ("desc", description)):
        etree.SubElement(page, f"{{{SVG}}}{tag}", id=f"{prefix}-{tag}").text = content
    etree.SubElement(page, f"{{{SVG}}}rect", width="100%", height="100%", fill=theme.BACKGROUND)
    page.extend(pieces)
    return _serialise(page)


def _become_group(root: Svg, x: float, y: float) -> None:
    """Turn a drawing into a group at (x, y): drawn three times as fast as a drawing within a drawing, which is clipped."""
    root.tag = f"{{{SVG}}}g"
    for name in ("width", "height", "viewBox", "version"):
        root.attrib.pop(name, None)
    root.set("transform", f"translate({x:g},{y:g})")


def _clean_attributes(element: Svg) -> None:
    for name in list(element.attrib):
        local = etree.QName(name).localname
        if local.startswith("on") or local in ("href", "style"):
            raise ValueError(f"a chart may not carry the attribute {local!r}: published drawings are inert")
        if _DROPPED_ATTRIBUTES.match(local):
            del element.attrib[name]


def _paint(root: Svg, prefix: str, css: dict[str, str], font: str) -> None:
    """Give the drawing its colours, font, hatches and ids in place; `css` maps light values to CSS expressions."""
    hatches: dict[str, str] = {}
    for element in root.iter():
        if "id" in element.attrib:
            element.set("id", f"{prefix}-{element.get('id')}")
        for name, value in element.attrib.items():
            if value.startswith("url(#"):
                element.set(name, f"url(#{prefix}-{value[5:]}")
        for attribute in _COLOUR_ATTRIBUTES:
            token = _TOKEN_BY_VALUE.get(element.get(attribute, "").lower())
            if token is None:
                continue
            if token.name in theme.HATCHES:
                hatches[token.name] = theme.HATCHES[token.name]
                element.set(attribute, f"url(#{prefix}-{token.name})")
            else:
                element.set(attribute, css.get(token.light, token.light))
        if "font-family" in element.attrib:
            element.set("font-family", font)
    if hatches:
        definitions = etree.Element(f"{{{SVG}}}defs")
        for name, colour in sorted(hatches.items()):
            definitions.append(_hatch(f"{prefix}-{name}", *(
                css.get(theme.BY_NAME[part].light, theme.BY_NAME[part].light) for part in (colour, f"{colour}-soft"))))
        root.insert(0, definitions)


_TOKEN_BY_VALUE = {token.light: token for token in theme.TOKENS}


def _hatch(identifier: str, line: str, ground: str) -> Svg:
    # A square tile of whole pixels, not a rotated one: it repeats exactly, so pictures of it compress four times better.
    pattern = etree.Element(f"{{{SVG}}}pattern", id=identifier, width="6", height="6", patternUnits="userSpaceOnUse")
    etree.SubElement(pattern, f"{{{SVG}}}rect", width="6", height="6", fill=ground)
    etree.SubElement(pattern, f"{{{SVG}}}path", {
        "d": "M-1.5,1.5l3,-3M0,6l6,-6M4.5,7.5l3,-3", "stroke": line, "stroke-width": "1.7"})
    return pattern


def _text(content: str, x: float, y: float, size_px: float, colour: str, weight: str = "normal") -> Svg:
    element = etree.Element(f"{{{SVG}}}text", {
        "x": f"{x:g}", "y": f"{y:g}", "font-size": f"{size_px:g}", "fill": colour, "font-weight": weight,
        "font-family": f"'{theme.DRAWING_FONT}', Arial, Helvetica, sans-serif"})
    element.text = content
    return element


def _evidence_row(evidence: Sequence[str], x: float, y: float) -> list[Svg]:
    """The symbols of the classes in the figure with their names, on the baseline `y`."""
    row = []
    for name in evidence:
        row.append(etree.Element(f"{{{SVG}}}path", {
            "d": SYMBOL_PATHS[name], "fill": theme.MUTED, "transform": f"translate({x + 5:g},{y - 4.5:g}) scale(4.5)"}))
        row.append(_text(name, x + 15, y, 12, theme.MUTED))
        x += 15 + text_width(name, 12) + 16
    return row


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _copy(root: Svg) -> Svg:
    return etree.fromstring(etree.tostring(root))


def _serialise(root: Svg) -> str:
    etree.cleanup_namespaces(root)
    return etree.tostring(root, encoding="unicode")
