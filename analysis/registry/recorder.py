"""The one recorder: takes each number of a page once, as a quantity with the words that its chapter gives it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis.registry.numbers import Number, NumberError
from analysis.registry.words import Quantity, Words, number, words_of


class Recorder:
    """Numbers of one page by id, each recorded once.

    Parameters
    ----------
    page: the slug of the page.
    chapters: whose words it knows (`book/numbers/<chapter>.yml`); by default those of the page itself.
    """

    def __init__(self, page: str, *chapters: str) -> None:
        self.slug = page
        self.numbers: dict[str, Number] = {}
        self.words: Mapping[str, Words] = {id: row for name in chapters or (page,) for id, row in words_of(name).items()}

    def record(self, pattern: str, quantity: Quantity, **given: object) -> float:
        """Record what `quantity` and the words of `pattern` make, braces filled from `given`; returns the value.

        Raises NumberError when words and quantity do not fit, or the number was recorded before.
        """
        return self.take(number(self.slug, self.words, pattern, quantity, given))

    def number(
        self, id: str, value: float, *, label: str, unit: str, cls: str, as_of: str, method: str,
        sources: Sequence[str], low: float | None = None, high: float | None = None, level: float | None = None,
        figure: str | None = None, digits: int = 0,
    ) -> float:
        """Record a number whose words are given with it; returns its value.

        Raises NumberError when the id was recorded before on this page, or a field is missing or contradicts the class.
        """
        return self.take(Number(
            id=id, label=label, value=float(value), unit=unit, cls=cls, as_of=str(as_of)[:10], method=method,
            sources=tuple(sources), page=self.slug, low=_float(low), high=_float(high), level=_float(level),
            figure=figure, digits=digits,
        ))

    def take(self, made: Number) -> float:
        """Keep a number; raises NumberError when its id was recorded before on this page."""
        if made.id in self.numbers:
            raise NumberError(f"number {made.id!r} is recorded twice on page {self.slug!r}")
        self.numbers[made.id] = made
        return made.value


def _float(value: float | None) -> float | None:
    return None if value is None else float(value)
