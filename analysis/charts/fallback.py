"""Fonts for names in any script: Chinese, Japanese, Korean, Arabic, Hebrew, the scripts of India and others, symbols and emoji.

The book's own fonts hold Latin, Greek and Cyrillic letters. What they lack is drawn with the Noto fonts (SIL Open Font License
1.1), which come with the packages `manimgx-fonts` and `manimgx-fonts-cjk`. Those are variable fonts of 32 MB, whose first
instance is hairline thin; so a static subset is made of the characters that are needed, and kept by their hash.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import importlib.resources
import io
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import vl_convert

from analysis import paths
from analysis.files import draft_of

FOLDER = paths.BUILD / "cache" / "fonts"
CJK = ("manimgx_fonts_cjk", "NotoSansCJK-VF.otf.ttc", 2)   # the one for simplified Chinese; it holds Kana and Hangul too
WEIGHT = 400
# Blocks that both the font of the drawings and that of the briefing hold (nearly whole); texts of these alone need nothing.
_OWN = ((0x20, 0x24F), (0x370, 0x3FF), (0x400, 0x45F), (0x1E00, 0x1EFF), (0x2010, 0x2027), (0x2030, 0x203A), (0x20A0, 0x20BF))
_ALSO_OWN = frozenset("\u00a0\u2002\u2009\u202f\u2122\u2190\u2191\u2192\u2193\u2212\u2248\u2260\u2264\u2265\u25cf\u25cb")


def foreign(text: str) -> frozenset[str]:
    """The characters of `text` that the book's own fonts may lack; blanks and marks without a shape are not among them."""
    return frozenset(c for c in set(text) if not any(low <= ord(c) <= high for low, high in _OWN)
                     and c not in _ALSO_OWN and not c.isspace() and unicodedata.category(c) not in ("Cc", "Cn", "Co", "Cs"))


def fonts_for(characters: frozenset[str]) -> tuple[Path | None, tuple[str, ...], frozenset[str]]:
    """A folder with fonts that hold `characters`, the names of their families, and the characters that no font holds.

    The folder is None when nothing is needed.
    """
    return _made(frozenset(characters)) if characters else (None, (), frozenset())


def prepare_drawing(*texts: str) -> None:
    """Let vl-convert, which measures and draws charts and pictures, know the fonts that these texts need."""
    folder, _, _ = fonts_for(frozenset().union(*(foreign(text) for text in texts)))
    if folder is not None and folder not in _REGISTERED:
        vl_convert.register_font_directory(str(folder))
        _REGISTERED.add(folder)


def png_of(svg: str, scale: float = 1) -> bytes:
    """A drawing as PNG, with fonts for all that is written in it.

    Where a text has characters that the drawing font lacks, its ligatures (fi, fl, ff) are undone: the library looks for a
    character in other fonts only while each of them makes as many shapes of the text as the first one did.
    """
    prepare_drawing(svg)
    return vl_convert.svg_to_png(_TEXT.sub(lambda found: _unjoined(found[0]), svg), scale=scale)


def _unjoined(text: str) -> str:
    return _LIGATURE.sub("f\u200c", text) if foreign(text) else text


_TEXT = re.compile(r">[^<]+<")
_LIGATURE = re.compile(r"f(?=[fil])")
_REGISTERED: set[Path] = set()


@functools.lru_cache(maxsize=64)
def _made(characters: frozenset[str]) -> tuple[Path | None, tuple[str, ...], frozenset[str]]:
    from fontTools.ttLib import TTFont

    versions = [importlib.metadata.version(name) for name in ("manimgx-fonts", "manimgx-fonts-cjk", "fonttools")]
    key = hashlib.sha256("\0".join([*sorted(characters), *versions, str(WEIGHT)]).encode()).hexdigest()[:20]
    folder = FOLDER / key
    left, families = set(characters), []
    for number, (package, name, index) in enumerate(_sources()):
        with importlib.resources.as_file(importlib.resources.files(package) / name) as file:
            font = TTFont(file, fontNumber=index, lazy=True)
            mine = left & {chr(code) for code in font.getBestCmap()}
            if any(unicodedata.category(c) not in ("Mn", "Cf") for c in mine):
                target = folder / f"{number:02d}{'.otf' if package == CJK[0] else '.ttf'}"
                family = f"Stalemate Fallback {chr(ord('A') + number)}"   # a name that ends in a number is none in CSS
                if not target.exists():
                    _write_subset(font, mine, family, target)
                families.append(family)
                left -= mine
    shapeless = {c for c in left if unicodedata.category(c) == "Cf" or "\ufe00" <= c <= "\ufe0f"}
    return (folder if families else None), tuple(families), frozenset(left - shapeless)


def _sources() -> Iterable[tuple[str, str, int]]:
    """Package, file and place in the file of each font, in the order in which they are asked."""
    names = sorted(entry.name for entry in importlib.resources.files("manimgx_fonts").iterdir()
                   if entry.name.endswith(".ttf") and "Italic" not in entry.name)
    names.sort(key=lambda name: (not name.startswith("NotoSans["), name.startswith("NotoEmoji"), name))
    last = next(i for i, name in enumerate(names) if name.startswith("NotoEmoji"))
    return [*(("manimgx_fonts", name, 0) for name in names[:last]), CJK, *(("manimgx_fonts", name, 0) for name in names[last:])]


def _write_subset(font, characters: Iterable[str], family: str, target: Path) -> None:
    """The font reduced to `characters` (and the shapes they join into), at one weight, under a name of our own: a changed font must
    not be mistaken for the original."""
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    options = subset.Options(layout_features=["*"], name_IDs=["*"], notdef_outline=True, glyph_names=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[*map(ord, characters), 0x20, 0x200D, 0xFE0F])
    subsetter.subset(font)
    reduced = io.BytesIO()
    font.save(reduced)   # read anew, because a subset that was not written keeps links into the whole font
    font = TTFont(reduced)
    axes = {axis.axisTag: WEIGHT if axis.axisTag == "wght" else axis.defaultValue for axis in font["fvar"].axes}
    static = instancer.instantiateVariableFont(font, axes)
    if "CFF2" in static:
        static = _with_outlines_that_all_read(static)
    for record in list(static["name"].names):
        if record.nameID in (1, 3, 4, 6, 16, 17, 21, 22, 25):
            static["name"].removeNames(nameID=record.nameID)
    for id, text in ((1, family), (2, "Regular"), (3, family), (4, family), (6, family.replace(" ", "-"))):
        static["name"].setName(text, id, 3, 1, 0x409)
    with draft_of(target) as draft:
        static.save(draft)


def _with_outlines_that_all_read(font):
    """The font with outlines of the form CFF instead of CFF2, which the drawing library passes over."""
    from fontTools.cffLib.CFF2ToCFF import convertCFF2ToCFF
    from fontTools.ttLib import TTFont

    written = io.BytesIO()
    font.save(written)
    font = TTFont(written, recalcBBoxes=False)   # the glyphs get other names on the way
    top = font["CFF2"].cff.topDictIndex[0]
    _ = top.CharStrings, getattr(top, "FDSelect", None), [one.Private for one in top.FDArray]   # read while they can be
    convertCFF2ToCFF(font)
    return font
