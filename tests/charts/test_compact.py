"""A compact drawing shows what the full one shows, in far fewer elements and bytes."""

from __future__ import annotations

import io

import chart_examples
import numpy as np
import pytest
import vl_convert
from lxml import etree
from PIL import Image

from analysis.charts import theme
from analysis.charts.compact import compact
from analysis.charts.figure import _spec
from analysis.charts.svg import draw

VISIBLE = 24          # of 255: a smaller difference is the edge of a line moved by a twentieth of a pixel
MOST_DIFFERENT = 0.01


def pixels(svg: str) -> np.ndarray:
    picture = Image.open(io.BytesIO(vl_convert.svg_to_png(svg, scale=2)))
    return np.asarray(picture.convert("RGBA"), dtype=int)


def compacted(text: str) -> etree._Element:
    root = etree.fromstring(text.encode())
    compact(root)
    return root


@pytest.mark.parametrize("width", [theme.WIDE_PX, theme.NARROW_PX])
@pytest.mark.parametrize("form", chart_examples.FORMS)
def test_a_compact_drawing_looks_the_same_with_far_fewer_bytes_and_elements(form, width):
    spec = _spec(chart_examples.figure(form), width)
    full, root = vl_convert.vegalite_to_svg(spec), draw(spec)
    small = etree.tostring(root).decode()
    one, other = pixels(full), pixels(small)
    assert one.shape == other.shape
    assert (np.abs(one - other).max(axis=2) > VISIBLE).mean() < MOST_DIFFERENT
    assert len(small) < 0.6 * len(full)
    assert len(list(root.iter())) < 0.8 * len(list(etree.fromstring(full.encode()).iter()))


def svg(content: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="100.25" height="50" viewBox="0 0 100.25 50">{content}</svg>'


def test_what_cannot_be_seen_goes_and_what_says_something_stays():
    root = compacted(svg('<g><g transform="translate(0.5,0.5)"><g><path d="M0,0h9" opacity="0"/></g></g></g>'
                         '<g clip-path="url(#a)"><path d="M1.234,0h9" stroke="#123456" stroke-width="1" opacity="0.3"/></g>'))
    assert [etree.QName(element).localname for element in root.iter()] == ["svg", "g", "path"]
    assert dict(root[0].attrib) == {"clip-path": "url(#a)"}
    assert dict(root[0][0].attrib) == {"d": "M1.2,0h9", "stroke": "#123456", "opacity": "0.3"}
    assert root.get("width") == "100.25"   # the size of the drawing is not touched


def test_translations_of_lone_children_are_added_up_and_other_transforms_are_kept():
    root = compacted(svg('<g transform="translate(10,5.5)"><g transform="translate(-2.25,1)"><rect width="4" height="2"/></g></g>'
                         '<g transform="rotate(45)"><g transform="translate(1,2)"><rect width="4" height="2"/></g></g>'
                         '<g transform="translate(3,3)"><rect width="1" height="1"/><rect width="2" height="2"/></g>'))
    one, turned, pair = root
    assert one.get("transform") == "translate(7.8,6.5)"
    assert turned.get("transform") == "rotate(45)" and turned[0].get("transform") == "translate(1,2)"
    assert pair.get("transform") == "translate(3,3)" and len(pair) == 2


def test_the_common_type_is_said_once_and_exceptions_keep_theirs():
    root = compacted(svg("".join(f'<text font-size="{size}px" font-family="Sans">1.2345</text>' for size in (13, 13, 11))))
    assert (root.get("font-size"), root.get("font-family")) == ("13px", "Sans")
    assert [text.get("font-size") for text in root] == [None, None, "11px"]
    assert [text.text for text in root] == ["1.2345"] * 3   # words are never rounded
