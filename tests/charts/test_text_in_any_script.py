"""Names in any script have their room, break where they may, and are drawn with a font that holds them."""

from __future__ import annotations

import io

import numpy as np
import pytest
from fontTools.ttLib import TTFont
from PIL import Image

from analysis.charts.fallback import fonts_for, foreign, png_of
from analysis.charts.text import shortened, text_width, wrap


def test_a_chinese_character_takes_a_whole_square_and_a_combining_mark_nothing():
    assert text_width("中", 100) > 1.5 * text_width("a", 100)
    assert text_width("e\u0301", 100) == text_width("e", 100)


def test_lines_break_between_chinese_characters_and_between_korean_words():
    assert wrap("中芯国际集成电路", 60, 13) == ["中芯国际", "集成电路"]
    assert wrap("삼성전자 반도체", 60, 13) == ["삼성전자", "반도체"]
    assert wrap("一二三，四五", 45, 13)[1][0] != "，", "a closing mark stays with what it closes"


@pytest.mark.parametrize("text", ["很" * 200, "word " * 60, "x" * 200])
def test_a_long_name_is_cut_and_not_lost(text):
    cut = shortened(text, 70)
    assert 35 < len(cut) <= 70 and cut.endswith("…") and text.startswith(cut[:-1].rstrip())


def test_the_books_own_letters_need_no_other_font():
    text = "Škoda, Łódź, Ωμέγα, Россия: US$14 bn – “so”, −4.88% ≥ 1 €"
    assert foreign(text) == frozenset() and fonts_for(foreign(text)) == (None, (), frozenset())


def test_fonts_hold_what_is_asked_and_name_what_none_holds(tmp_path, monkeypatch):
    monkeypatch.setattr("analysis.charts.fallback.FOLDER", tmp_path)
    wanted = foreign("中芯国际 華為 삼성 ルネサス شركة חברה हिन्दी 😀 ᚠ")
    folder, families, missing = fonts_for(wanted)
    held = {chr(code) for file in folder.iterdir() for code in TTFont(file).getBestCmap()}
    assert missing == {"ᚠ"} and wanted - held == {"ᚠ"}
    assert len(families) == len(list(folder.iterdir())) and not any(name[-1].isdigit() for name in families)
    assert sum(file.stat().st_size for file in folder.iterdir()) < 200_000, "subsets, not the whole fonts"


@pytest.mark.parametrize("word", ["figure", "flow", "offer"])
def test_a_word_with_a_ligature_does_not_make_boxes_of_the_names_after_it(word):
    """The end of the line is the same picture after a word with a ligature as after one without."""
    ends = []
    for before in (word, word.replace("f", "u")):
        text = f"{before} 中芯国际 شركة 😀"
        drawn = png_of("<svg xmlns='http://www.w3.org/2000/svg' width='400' height='30'><text x='390' y='22' font-size='16' "
                       f"text-anchor='end' font-family='Liberation Sans, Arial, sans-serif'>{text}</text></svg>")
        ends.append(np.asarray(Image.open(io.BytesIO(drawn)).convert("RGBA"))[:, 320:])
    assert ends[0].any() and (np.abs(ends[0].astype(int) - ends[1]) > 40).mean() < 0.01
