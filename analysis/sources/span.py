"""The months a refresh covers, both ends included."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from analysis.sources.errors import SourceError


@dataclass(frozen=True)
class Span:
    """From `first` to `last`, each as YYYY-MM."""

    first: str
    last: str

    def __post_init__(self) -> None:
        for month in (self.first, self.last):
            if not re.fullmatch(r"(19|20)\d\d-(0[1-9]|1[0-2])", month):
                raise SourceError(f"{month!r} is not a month.", "Write it as YYYY-MM, for example 2024-03.")
        if self.last < self.first:
            raise SourceError(f"--to {self.last} is before --from {self.first}.", "Exchange them.")

    def __contains__(self, month: str) -> bool:
        return self.first <= month <= self.last

    @property
    def years(self) -> list[int]:
        return list(range(int(self.first[:4]), int(self.last[:4]) + 1))

    def in_year(self, year: int) -> Span:
        """The part of the span that lies in `year`."""
        return Span(max(self.first, f"{year}-01"), min(self.last, f"{year}-12"))

    @property
    def months(self) -> list[str]:
        return [m for y in self.years for m in (f"{y}-{n:02d}" for n in range(1, 13)) if m in self]

    def whole_year(self, year: int) -> bool:
        return f"{year}-01" in self and f"{year}-12" in self


def this_month() -> str:
    return f"{date.today():%Y-%m}"
