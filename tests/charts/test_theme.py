"""The palette: readable on both papers, apart for colour-blind readers and in black and white, one list for Python and CSS."""

from __future__ import annotations

import itertools
import math
import re

import pytest

from analysis import paths
from analysis.charts import theme
from analysis.charts.evidence import CLASSES, OUTLINE_PATHS, SYMBOL_PATHS

TEXT = ("ink", "muted", "accent", "contrast", "neutral", "plum", "teal")   # colours in which text is set
MARKS = (*TEXT, "axis", "seq-5")
# Linear RGB as seen with each deficiency, severity 1. Source: Machado, Oliveira and Fernandes (2009), table 1.
DEFICIENCIES = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
    "full colour vision": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
}


def _linear(colour: str) -> list[float]:
    channels = (int(colour[start:start + 2], 16) / 255 for start in (1, 3, 5))
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


def _oklab(rgb: list[float]) -> tuple[float, float, float]:
    """Oklab coordinates of linear RGB. Source: Ottosson (2020)."""
    red, green, blue = (min(1.0, max(0.0, c)) for c in rgb)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
            1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
            0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short)


def _seen(colour: str, deficiency: str) -> tuple[float, float, float]:
    linear = _linear(colour)
    return _oklab([sum(weight * c for weight, c in zip(row, linear, strict=True)) for row in DEFICIENCIES[deficiency]])


@pytest.mark.parametrize("paper", ["light", "dark"])
@pytest.mark.parametrize("name", TEXT)
def test_text_in_charts_has_a_contrast_of_at_least_4_5(name, paper):
    background = getattr(theme.BY_NAME["bg"], paper)
    assert theme.contrast_ratio(getattr(theme.BY_NAME[name], paper), background) >= 4.5


@pytest.mark.parametrize("paper", ["light", "dark"])
@pytest.mark.parametrize("name", MARKS)
def test_marks_in_charts_have_a_contrast_of_at_least_3(name, paper):
    background = getattr(theme.BY_NAME["bg"], paper)
    assert theme.contrast_ratio(getattr(theme.BY_NAME[name], paper), background) >= 3


def test_contrast_is_that_of_the_standard():
    assert theme.contrast_ratio("#000000", "#ffffff") == pytest.approx(21)
    assert theme.contrast_ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)   # the well-known near miss


@pytest.mark.parametrize("paper", ["light", "dark"])
@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_the_first_four_series_colours_stay_apart_for_every_reader(deficiency, paper):
    tokens = {token.light: token for token in theme.TOKENS}
    shown = [getattr(tokens[colour], paper) for colour in theme.CATEGORICAL[:4]]
    distances = [math.dist(_seen(a, deficiency), _seen(b, deficiency)) for a, b in itertools.combinations(shown, 2)]
    assert min(distances) > 0.08   # 0.02 is just noticeable side by side


def test_series_differ_without_colour_by_their_dash():
    assert len(theme.DASHES) == len(theme.DASH_SYMBOLS) == len(theme.CATEGORICAL)
    assert len({tuple(dash) for dash in theme.DASHES}) == len(theme.DASHES)


def test_the_two_sides_differ_in_lightness_on_paper():
    assert theme.contrast_ratio(theme.ACCENT, theme.CONTRAST) > 1.4


@pytest.mark.parametrize("paper", ["light", "dark"])
def test_the_sequential_steps_go_from_little_to_much_contrast(paper):
    background = getattr(theme.BY_NAME["bg"], paper)
    steps = [theme.contrast_ratio(getattr(theme.BY_NAME[f"seq-{n}"], paper), background) for n in range(1, 6)]
    assert steps == sorted(steps)
    assert all(b / a > 1.2 for a, b in itertools.pairwise(steps))


def test_no_two_tokens_share_a_light_value_since_the_drawing_is_translated_by_value():
    assert len({token.light for token in theme.TOKENS}) == len(theme.TOKENS)


def test_the_style_sheet_holds_exactly_the_colours_of_the_theme():
    css = (paths.BOOK / "_static" / "figure.css").read_text(encoding="utf-8")
    declared = re.findall(r"^ *(--chart-[\w-]+: .*;)$", css, re.MULTILINE)
    assert declared == [line.strip() for line in theme.css_variables().splitlines()]


def test_every_evidence_class_has_a_symbol_of_its_own():
    assert len(set(SYMBOL_PATHS.values())) == len(CLASSES) == len(OUTLINE_PATHS)


def test_more_series_than_can_be_told_apart_are_refused():
    with pytest.raises(ValueError, match="small multiples"):
        theme.colours([f"series {n}" for n in range(6)])


def test_a_given_colour_is_not_given_to_another_series():
    chosen = theme.colours(["a", "b"], {"b": theme.ACCENT})
    assert chosen == {"a": theme.CONTRAST, "b": theme.ACCENT}
