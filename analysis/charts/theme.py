"""One look for every chart: colours, type and the Vega-Lite configuration built on them.

Each colour is a *token*: a name, its value on light paper and its value on a dark screen. A chart is drawn with the
light values; in the page each of them is replaced by the CSS variable of its token (``--chart-accent`` …), so that one
drawing serves the light theme, the dark theme and print. Two tokens therefore never share a light value.

The series colours come in a fixed order. The first four stay apart for readers with protanopia, deuteranopia and
tritanopia and keep 4.5:1 against the paper, so that they may colour text; in black and white, the dash of a line and
the shape of a point say what the colour says (see :data:`DASHES`). Colour is never the only carrier of a meaning.

Contrast and relative luminance follow WCAG 2.2; colour-vision deficiency is checked in the tests with the matrices of
Machado, Oliveira and Fernandes (2009).
"""

from __future__ import annotations

from dataclasses import dataclass

WIDE_PX = 680     # drawn width of a figure on a desktop page
NARROW_PX = 340   # drawn width on a phone; shown at 288 px on the smallest screens


@dataclass(frozen=True)
class Token:
    """A colour by its role: the CSS variable's name and its values on light and dark background."""

    name: str
    light: str
    dark: str

    @property
    def css(self) -> str:
        """The CSS expression that follows the page's theme; the light value is the fallback."""
        return f"var(--chart-{self.name}, {self.light})"


TOKENS = (
    Token("bg", "#ffffff", "#14181e"),
    Token("ink", "#1d2530", "#e6e9ed"),
    Token("muted", "#55606e", "#a9b3bf"),
    Token("grid", "#e4e8ec", "#2a323c"),
    Token("axis", "#87919f", "#76818f"),
    Token("accent", "#16529b", "#6cabf7"),
    Token("contrast", "#c4420f", "#ff8352"),
    Token("neutral", "#6b7480", "#8f99a6"),
    Token("plum", "#5a1746", "#f3c1e4"),
    Token("teal", "#0b6b5e", "#2fd0bb"),
    Token("accent-soft", "#c3d7ee", "#27456b"),
    Token("contrast-soft", "#f6cfbd", "#6a3420"),
    Token("neutral-soft", "#d5dae0", "#3b444f"),
    Token("policy", "#b9a46a", "#8b7a45"),
    Token("seq-1", "#dfe9f5", "#1c2b40"),
    Token("seq-2", "#b0cbe8", "#244a78"),
    Token("seq-3", "#749fd0", "#3a74b8"),
    Token("seq-4", "#3a72b2", "#6ba6ea"),
    Token("seq-5", "#123e75", "#b9d8fb"),
)


def _hatch_of(token: Token) -> Token:
    """The mark of a hatch in a colour, one step beside it: never painted; the drawing puts a line pattern of the colour there."""
    light, dark = (f"#{int(value[1:], 16) + 1:06x}" for value in (token.light, token.dark))
    return Token(f"hatch-{token.name}", light, dark)


TOKENS += tuple(_hatch_of(token) for token in TOKENS if token.name in ("accent", "contrast", "neutral"))
BY_NAME = {token.name: token for token in TOKENS}

# Roles. Notebooks and chart forms use these names, never a value.
BACKGROUND = BY_NAME["bg"].light
INK = BY_NAME["ink"].light                # headings, values, direct labels
MUTED = BY_NAME["muted"].light            # axis labels, notes
GRID = BY_NAME["grid"].light              # gridlines: decoration, may be faint
AXIS = BY_NAME["axis"].light              # zero line, whiskers' rails
ACCENT = BY_NAME["accent"].light          # United States; the series the title speaks of
CONTRAST = BY_NAME["contrast"].light      # China, Huawei; the series set against it
NEUTRAL = BY_NAME["neutral"].light        # everything else
PLUM = BY_NAME["plum"].light
TEAL = BY_NAME["teal"].light
ACCENT_SOFT = BY_NAME["accent-soft"].light
CONTRAST_SOFT = BY_NAME["contrast-soft"].light
NEUTRAL_SOFT = BY_NAME["neutral-soft"].light
POLICY = BY_NAME["policy"].light          # policy dates
HATCH_ACCENT = BY_NAME["hatch-accent"].light
HATCH_CONTRAST = BY_NAME["hatch-contrast"].light
HATCH_NEUTRAL = BY_NAME["hatch-neutral"].light

CATEGORICAL = (ACCENT, CONTRAST, NEUTRAL, PLUM, TEAL)
DASHES = ([1, 0], [7, 3], [2, 2.5], [10, 3, 2, 3], [4, 2])   # same order; [1, 0] is an unbroken line
DASH_SYMBOLS = ("—", "- -", "···", "-·-", "– –")             # the same in text, for names above a plot
# From little to much. Use with stepped scales (threshold, quantize): CSS variables cannot be interpolated.
SEQ = tuple(BY_NAME[f"seq-{step}"].light for step in range(1, 6))
HATCHES = {"hatch-accent": "accent", "hatch-contrast": "contrast", "hatch-neutral": "neutral"}

# Text is measured in a font that vl-convert carries with it, so that a drawing is the same on every machine. The page
# sets the reader's own sans serif, of about the same width.
DRAWING_FONT = "Liberation Sans"
PAGE_FONT_STACK = "'Stalemate Sans', 'Helvetica Neue', Arial, Roboto, system-ui, sans-serif"

# 13 px at the drawn width of 340 px is still 11 px where the smallest screens show the drawing at 288 px.
TEXT_PX = 13
LINE_PX = 2.2
DOT_AREA_PX2 = 84


def soft(colour: str) -> str:
    """The tint of a series colour, for bands and fills that lie behind marks."""
    return {ACCENT: ACCENT_SOFT, CONTRAST: CONTRAST_SOFT}.get(colour, NEUTRAL_SOFT)


def hatch(colour: str) -> str:
    """The marker colour that is drawn as diagonal lines in `colour` (see :mod:`analysis.charts.svg`)."""
    return {ACCENT: HATCH_ACCENT, CONTRAST: HATCH_CONTRAST}.get(colour, HATCH_NEUTRAL)


def colours(names: list[str], given: dict[str, str] | None = None) -> dict[str, str]:
    """A colour for each series name: the given one, otherwise the next free one of the palette in order.

    Raises ValueError for more series than the palette can keep apart; draw small multiples instead.
    """
    given = given or {}
    free = iter([colour for colour in CATEGORICAL if colour not in given.values()])
    try:
        return {name: given.get(name) or next(free) for name in names}
    except StopIteration:
        raise ValueError(f"{len(names)} series are more than the {len(CATEGORICAL)} colours that can be told apart; "
                         "use small multiples") from None


def configuration() -> dict:
    """The Vega-Lite `config` object: quiet axes, no frame, no legend, text no smaller than :data:`TEXT_PX`."""
    text = {"font": DRAWING_FONT, "fontSize": TEXT_PX}
    return {
        "background": "transparent",   # the page shows through; the standalone image brings its own paper
        "font": DRAWING_FONT,
        "padding": 0,
        "view": {"stroke": None},
        "axis": {
            "domain": False, "ticks": False, "grid": True, "gridColor": GRID, "gridWidth": 1, "labelColor": MUTED,
            "labelFont": DRAWING_FONT, "labelFontSize": TEXT_PX, "labelPadding": 6, "titleColor": MUTED,
            "titleFont": DRAWING_FONT, "titleFontSize": TEXT_PX, "titleFontWeight": "normal", "tickColor": AXIS,
        },
        "axisX": {"grid": False, "domain": True, "domainColor": AXIS, "labelFlush": False},
        "axisY": {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "end"},
        "legend": {"disable": True},
        "header": {"labelColor": INK, "labelFont": DRAWING_FONT, "labelFontSize": TEXT_PX, "labelFontWeight": "bold",
                   "labelAnchor": "start", "labelPadding": 6, "title": None},
        "title": {"font": DRAWING_FONT, "fontSize": TEXT_PX, "color": INK, "anchor": "start"},
        "text": {**text, "color": INK},
        "line": {"color": ACCENT, "strokeWidth": LINE_PX, "strokeCap": "round", "strokeJoin": "round"},
        "rule": {"color": AXIS, "strokeWidth": 1.5},
        "bar": {"color": ACCENT},
        "area": {"color": ACCENT_SOFT},
        "point": {"filled": True, "color": ACCENT, "size": DOT_AREA_PX2, "opacity": 1},
        "circle": {"opacity": 1},
        "range": {"category": list(CATEGORICAL), "ordinal": list(SEQ)},
    }


def luminance(hex_colour: str) -> float:
    """Relative luminance, 0 (black) to 1 (white), of an ``#rrggbb`` colour. Source: WCAG 2.2."""
    channels = (int(hex_colour[start:start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast_ratio(one: str, other: str) -> float:
    """Contrast ratio, 1 to 21, between two ``#rrggbb`` colours. Source: WCAG 2.2, success criteria 1.4.3 and 1.4.11."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def css_variables() -> str:
    """The declarations of all tokens, one a line, as `figure.css` holds them: light and dark value by colour scheme."""
    painted = (token for token in TOKENS if token.name not in HATCHES)
    return "\n".join(f"  --chart-{token.name}: light-dark({token.light}, {token.dark});" for token in painted)
