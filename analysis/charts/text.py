"""How wide a text will be, so that a chart can leave room for it and keep labels apart.

Widths are those of Liberation Sans (metrically Arial), the font that vl-convert draws with; the reader's font may be a
little wider, so callers leave :data:`SAFETY`.
"""

from __future__ import annotations

import unicodedata

from analysis.charts.theme import TEXT_PX

SAFETY = 1.08   # system fonts of phones and desktops run up to about 8% wider than Arial

# Advance widths in thousandths of the font size (Liberation Sans, regular); other characters count as 600.
_WIDTHS: dict[str, int] = {}
for _width, _characters in {
    191: "'", 222: "ijl", 260: "|", 278: " !,./:;I[]\\ft", 333: "()-`r", 355: '"', 389: "*", 469: "^",
    500: "Jcksvxyz", 556: "#$0123456789L?_abdeghnopqu–", 584: "+<=>~−", 611: "FTZ", 667: "&ABEKPSVXY",
    722: "CDHNRUw", 778: "GOQ", 833: "Mm", 889: "%", 944: "W", 1000: "—…", 1015: "@",
}.items():
    _WIDTHS.update(dict.fromkeys(_characters, _width))


def text_width(text: str, size_px: float = TEXT_PX, bold: bool = False) -> float:
    """Width in px of one line of `text`, with room for a wider font.

    >>> round(text_width("2019", 10), 1)
    24.0
    """
    return sum(_advance(character) for character in text) / 1000 * size_px * SAFETY * (1.07 if bold else 1)


def _advance(character: str) -> int:
    if character in _WIDTHS:
        return _WIDTHS[character]
    if is_wide(character):
        return 1000
    return 0 if unicodedata.category(character) in ("Mn", "Cf") else 600


def is_wide(character: str) -> bool:
    """Whether a character takes a whole square, as those of Chinese, Japanese, Korean and most emoji do; lines may break there."""
    return unicodedata.east_asian_width(character) in "WF"


def widest(texts, size_px: float = TEXT_PX, bold: bool = False) -> float:
    """Width in px of the widest of `texts`; 0 when there are none."""
    return max((text_width(str(text), size_px, bold) for text in texts), default=0.0)


def wrap(text: str, width_px: float, size_px: float = TEXT_PX, bold: bool = False) -> list[str]:
    """`text` in lines no wider than `width_px`, broken at spaces and between wide characters, which are written without spaces; a
    longer single word stays whole.

    >>> wrap("one two three", 45, 13)
    ['one', 'two', 'three']
    """
    lines: list[str] = []
    for word in text.split():
        for place, piece in enumerate(_pieces(word)):
            longer = f"{lines[-1]}{'' if place else ' '}{piece}" if lines else ""
            if lines and text_width(longer, size_px, bold) <= width_px:
                lines[-1] = longer
            else:
                lines.append(piece)
    return lines or [""]


def _pieces(word: str) -> list[str]:
    """A word taken apart where a line may break in it: before and after each wide character, but not before a closing mark, and
    not between Korean syllables, whose words stand apart."""
    pieces: list[str] = []
    for character in word:
        closing = unicodedata.category(character) in ("Pe", "Pf", "Po", "Mn", "Cf", "Sk")
        if pieces and (closing or not (_breaks(character) or _breaks(pieces[-1][-1]))):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def _breaks(character: str) -> bool:
    return is_wide(character) and not "\uac00" <= character <= "\ud7a3"


def shortened(text: str, length: int) -> str:
    """`text` with at most `length` characters, cut after a word where there is one, and then ending in "…".

    >>> shortened("one two three", 9), shortened("一二三四五六七", 5)
    ('one two…', '一二三四…')
    """
    text = " ".join(text.split())
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    before = cut.rpartition(" ")[0] if text[length - 1] != " " else cut
    return f"{(before if len(before) > length / 2 else cut).rstrip()}…"


def balanced(text: str, width_px: float, size_px: float = TEXT_PX, bold: bool = False) -> list[str]:
    """:func:`wrap`, but with lines of about the same length instead of a short last one.

    >>> wrap("one two three four", 95), balanced("one two three four", 95)
    (['one two three', 'four'], ['one two', 'three four'])
    """
    lines = wrap(text, width_px, size_px, bold)
    narrowest = width_px
    while narrowest > 20 and len(wrap(text, narrowest - 10, size_px, bold)) == len(lines):
        narrowest -= 10
    return wrap(text, narrowest, size_px, bold)


def spread(positions: list[float], gap: float, low: float, high: float) -> list[float]:
    """Positions moved as little as needed so that neighbours are at least `gap` apart within [`low`, `high`].

    Order is kept. When the room does not suffice the gap shrinks evenly.

    >>> spread([10, 11, 50], 10, 0, 100)
    [5.5, 15.5, 50.0]
    """
    count = len(positions)
    if count == 0:
        return []
    if count > 1:
        gap = min(gap, (high - low) / (count - 1))
    order = sorted(range(count), key=lambda index: (positions[index], index))
    # Pool neighbours that would overlap; each pool is centred on the mean of what its members want.
    pools: list[list[float]] = []   # [sum of wanted first positions, members]
    for index in order:
        pools.append([positions[index], 1])
        while len(pools) > 1:
            (sum_a, n_a), (sum_b, n_b) = pools[-2], pools[-1]
            start_a, start_b = sum_a / n_a, sum_b / n_b
            if start_a + gap * n_a <= start_b:
                break
            pools[-2:] = [[sum_a + sum_b - gap * n_a * n_b, n_a + n_b]]
    placed: list[float] = []
    for total, members in pools:
        start = total / members
        placed += [start + gap * step for step in range(members)]
    # Keep inside, pushing from the ends.
    for rank in range(count):
        floor = low if rank == 0 else placed[rank - 1] + gap
        placed[rank] = max(placed[rank], floor)
    for rank in reversed(range(count)):
        ceiling = high if rank == count - 1 else placed[rank + 1] - gap
        placed[rank] = min(placed[rank], ceiling)
    result = [0.0] * count
    for rank, index in enumerate(order):
        result[index] = float(placed[rank])
    return result
