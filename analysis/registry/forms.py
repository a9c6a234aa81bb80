"""How a number may be printed in a sentence: the part after the bar of {num}`id|form` in a page and of {id|form} in a claim."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from operator import attrgetter

from analysis.registry.numbers import Number


def moved(number: Number) -> str:
    """A change in words, which way and how far: 'fell by 12% (90% interval 3 to 20)', '… from a fall of 11 to a rise of 4)'."""
    return _movement(number, ("fell by", "rose by", "hardly moved"))


def moves(number: Number) -> str:
    """The same in the present tense."""
    return _movement(number, ("falls by", "rises by", "hardly moves"))


def opposite(number: Number) -> str:
    """The value with the other sign, for a sentence whose verb says the direction: a change of -18% as a loss of '18%'."""
    return _flipped(number).text


def dated(number: Number) -> str:
    """The value with the day on which it was so: '18 as of 26 October 2026'."""
    day = dt.date.fromisoformat(number.as_of)
    return f"{number.text} as of {day.day} {day:%B %Y}"


def _movement(number: Number, verbs: tuple[str, str, str]) -> str:
    fall, rise, nothing = verbs
    down = number.value < 0
    size = _flipped(number) if down else number
    level = not size.bare.strip("0.")   # nothing is left of it in the number's own rounding
    said = nothing if level else f"{fall if down else rise} {size.text}"
    if not number.interval:
        return said
    low, high = (replace(number, value=end, low=None, high=None, level=None, cls="derived") for end in (number.low, number.high))
    if low.value < 0 < high.value:
        return f"{said} ({number.level:g}% interval from a fall of {_flipped(low).bare} to a rise of {high.bare})"
    return f"{said} ({number.level:g}% interval {size.interval})"


def _flipped(number: Number) -> Number:
    low, high = (None if end is None else -end for end in (number.high, number.low))
    return replace(number, value=-number.value, low=low, high=high)


FORMS: dict[str, Callable[[Number], str]] = {
    "": attrgetter("text"), "interval": attrgetter("text_with_interval"), "bare": attrgetter("bare"),
    "bn": attrgetter("text_in_billions"), "moved": moved, "moves": moves, "opposite": opposite,
    "dated": dated,
}
"""Form → the text of a number in it."""
ALLOWED = ", ".join(form for form in FORMS if form)
