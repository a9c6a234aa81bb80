"""Values a parameter may take, as its comment in the chapter states them in the brackets at its end.

People and the build read the same words:

    first_year: int = 2016     # first year shown (2010–2026)
    basis: str = "all"         # filings shown (all, billing, ship_to or hq)
    as_of: str = ""            # newest day the edition covers (2026-01-01–2035-12-31)

A range of ISO dates makes the parameter a day; its default may be empty, and is then left to the build. A parameter whose
comment ends without brackets may be anything of its type.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from analysis.data.problems import suggest

STATED = re.compile(r"\(([^()]*)\)$")
RANGE = re.compile(r"(\S+)–(\S+)")
CHOICE = re.compile(r"[\w.+-]+")
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
FORMS = "write (2010–2026), (2026-01-01–2026-12-31) or (a, b or c)"


@dataclass(frozen=True)
class Allowed:
    """A range with both ends, or choices; `text` is what people read."""

    text: str
    low: Any = None
    high: Any = None
    choices: tuple[Any, ...] = ()

    @property
    def is_day(self) -> bool:
        """Whether the values are days."""
        return isinstance(self.low, str)

    def problem(self, value: Any) -> str | None:
        """What is wrong with a value of the right type, as '…, expected …'; None when it is allowed."""
        if self.is_day and not is_day(value):
            return f"{value!r}, expected a day as YYYY-MM-DD ({self.text})"
        if self.choices and value not in self.choices:
            return f"{value!r}, expected {self.text}" + (suggest(value, self.choices) if isinstance(value, str) else "")
        if not self.choices and not self.low <= value <= self.high:
            return f"{value!r}, expected {self.text}"
        return None


def is_day(value: str) -> bool:
    """Whether `value` is a day of the calendar written YYYY-MM-DD."""
    if not ISO_DAY.fullmatch(value):
        return False
    try:
        dt.date.fromisoformat(value)
    except ValueError:
        return False
    return True


def split_comment(comment: str, kind: str) -> tuple[str, Allowed | None]:
    """The comment of a parameter of type `kind` as (what it means, what it may be).

    Raises ValueError when the brackets at its end hold neither a range nor choices of that type.
    """
    comment = comment.strip()
    stated = STATED.search(comment)
    if not stated:
        return comment, None
    return comment[: stated.start()].strip(), _read(stated[1].strip(), kind)


def _read(text: str, kind: str) -> Allowed:
    if found := RANGE.fullmatch(text):
        low, high = (_typed(end, kind, text) for end in found.groups())
        if kind == "str" and not (is_day(low) and is_day(high)):
            raise ValueError(f"({text}) is no range of days; {FORMS}")
        if not low <= high:
            raise ValueError(f"({text}) ends before it begins; {FORMS}")
        return Allowed(text, low, high)
    words = [word.strip() for word in re.split(r",|\bor\b", text)]
    if len(words) < 2 or not all(CHOICE.fullmatch(word) for word in words):
        raise ValueError(f"({text}) is neither a range nor a choice; {FORMS}")
    return Allowed(text, choices=tuple(_typed(word, kind, text) for word in words))


def _typed(word: str, kind: str, text: str) -> Any:
    types = {"int": int, "float": float, "str": str}
    try:
        return types[kind](word)
    except (KeyError, ValueError):
        raise ValueError(f"({text}) does not suit a parameter of type {kind}; {FORMS}") from None
