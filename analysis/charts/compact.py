"""Make a drawing smaller without changing what it shows.

vl-convert writes every default value, wraps each mark in groups of its own and keeps invisible marks that only a pointer
could find. A page carries each drawing twice, so what says nothing is taken out: half of the elements and of the bytes.
Reference: SVG 2, initial values of the presentation attributes.
"""

from __future__ import annotations

import re
from collections import Counter

from lxml import etree

SVG = "http://www.w3.org/2000/svg"
GROUP = f"{{{SVG}}}g"
TEXT = f"{{{SVG}}}text"
_DEFAULTS = {"opacity": "1", "fill-opacity": "1", "stroke-opacity": "1", "stroke-width": "1", "text-anchor": "start",
             "font-weight": "normal", "font-style": "normal", "x1": "0", "y1": "0", "x2": "0", "y2": "0",
             "transform": "translate(0,0)"}
_INHERITED = ("font-family", "font-size")   # stand once, on the drawing
_GEOMETRY = {"d", "transform", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "width", "height"}
_TRANSLATION = re.compile(r"translate\(([^,()]+),([^,()]+)\)")
_LONG_DECIMAL = re.compile(r"-?\d+\.\d{2,}")


def compact(root: etree._Element) -> None:
    """Take out of the `<svg>` element, in place, what does not change the picture; coordinates are rounded to 1/10 px."""
    for element in list(root.iter()):
        if element is not root and element.get("opacity") == "0":
            element.getparent().remove(element)
        else:
            _drop_defaults(element)
            if element is not root:
                _round(element)
    for name in _INHERITED:
        _say_once(root, name)
    for group in reversed(list(root.iter(GROUP))):   # from the inside out
        _unwrap(group)


def _drop_defaults(element: etree._Element) -> None:
    for name, value in _DEFAULTS.items():
        if element.get(name) == value:
            del element.attrib[name]
    if element.get("stroke", "none") == "none":
        for name in [name for name in element.attrib if name.startswith("stroke-")]:
            del element.attrib[name]


def _round(element: etree._Element) -> None:
    for name in _GEOMETRY & set(element.attrib):
        element.set(name, _LONG_DECIMAL.sub(lambda match: _number(float(match[0])), element.get(name)))


def _number(value: float) -> str:
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _say_once(root: etree._Element, name: str) -> None:
    """The most frequent value of an inherited attribute moves to the drawing; who has another keeps it."""
    texts = [element for element in root.iter(TEXT) if name in element.attrib]
    if not texts or name in root.attrib:
        return
    common = Counter(element.get(name) for element in texts).most_common(1)[0][0]
    root.set(name, common)
    for element in texts:
        if element.get(name) == common:
            del element.attrib[name]


def _unwrap(group: etree._Element) -> None:
    """A group that says nothing, or only where its one child is, gives way to what it holds."""
    parent, names = group.getparent(), set(group.attrib)
    if len(group) == 0:
        parent.remove(group)
        return
    if names == {"transform"} and len(group) == 1:
        moved = _sum(group.get("transform"), group[0].get("transform"))
        if moved is not None:
            group[0].set("transform", moved)
            names = set()
    if not names:
        place = parent.index(group)
        for offset, child in enumerate(list(group)):
            parent.insert(place + offset, child)
        parent.remove(group)


def _sum(outer: str, inner: str | None) -> str | None:
    """One translation in place of two, or None when either is something else."""
    if inner is None:
        return outer
    one, other = _TRANSLATION.fullmatch(outer), _TRANSLATION.fullmatch(inner)
    if not one or not other:
        return None
    return f"translate({','.join(_number(float(a) + float(b)) for a, b in zip(one.groups(), other.groups(), strict=True))})"
