"""Characters that nobody sees or that no text may hold: named by cell before a chapter, a font or a comparison meets them."""

from __future__ import annotations

import re
import unicodedata

BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# Joiners (U+200C, U+200D) and variation selectors belong to scripts and emoji, and stay.
HIDDEN = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u2060-\u2064\ufeff\U000e0001-\U000e007f]")
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
NONCHARACTER = re.compile(
    "[\ufdd0-\ufdef" + "".join(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF)) + "]"
)
LOST = "\ufffd"
ANY = re.compile("|".join(pattern.pattern for pattern in (BREAKS, HIDDEN, TURNING, NONCHARACTER)) + "|" + LOST)


def hidden_fault(text: str) -> str:
    """What is wrong with the characters of `text`, as the end of a message; "" when nothing is."""
    found = ANY.search(text)
    if found is None:
        return ""
    character = found[0]
    name = f"U+{ord(character):04X}" + (f" {unicodedata.name(character).lower()}" if unicodedata.name(character, "") else "")
    if BREAKS.match(character):
        return "holds a line break or control character, expected one line; is a quotation mark missing?"
    if character == LOST:
        return f"holds {name}, which stands where a character was lost, expected the character itself"
    if NONCHARACTER.match(character):
        return f"holds the noncharacter {name}, expected text"
    if TURNING.match(character):
        return f"holds {name}, which changes the order in which letters are shown, expected text without it"
    return f"holds the invisible {name}, expected only what can be seen"


def visible(text: str) -> str:
    """`text` without invisible characters and outer space, no-break spaces as spaces: how the name of a column is compared."""
    return " ".join(TURNING.sub("", HIDDEN.sub("", text)).split())
