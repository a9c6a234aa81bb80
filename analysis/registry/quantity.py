"""A quantity: what code knows of a number before a chapter gives it words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Quantity:
    """What code knows of a number: value, last day it describes, sources, interval of `level` per cent, class, unit.

    `cls` and `unit` may be left to the words; `words` fill the braces of id, label and method where they have a place for them;
    `digits` are the decimal places where the words state none.
    """

    value: float
    as_of: str
    sources: tuple[str, ...]
    low: float | None = None
    high: float | None = None
    level: float | None = None
    cls: str | None = None
    unit: str | None = None
    words: Mapping[str, object] = field(default_factory=dict)
    digits: int = 0
