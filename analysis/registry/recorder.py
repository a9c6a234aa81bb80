"""The one recorder: takes each number of a page once, as a quantity with the words that its chapter gives it."""

from __future__ import annotations

from collections.abc import Mapping

from analysis import paths
from analysis.data.problems import suggest
from analysis.registry.numbers import Number, NumberError
from analysis.registry.quantity import Quantity
from analysis.registry.words import Words, number, words_of


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
        self._chapters = chapters or (page,)
        self.words: Mapping[str, Words] = {id: row for name in self._chapters for id, row in words_of(name).items()}

    def record(self, pattern: str, quantity: Quantity, /, **given: object) -> float:
        """Record what `quantity` and the words of `pattern` make, braces filled from `given`; returns the value.

        Raises NumberError when there are no words, words and quantity do not fit, or the number was recorded before.
        """
        if pattern not in self.words:
            files = " or ".join(f"{paths.WORDS.name}/{name}.yml" for name in self._chapters)
            raise NumberError(f"number {pattern!r} has no words in {files}{suggest(pattern, self.words)}")
        return self.take(number(self.slug, pattern, self.words[pattern], quantity, given))

    def take(self, made: Number) -> float:
        """Keep a number; raises NumberError when its id was recorded before on this page."""
        if made.id in self.numbers:
            raise NumberError(f"number {made.id!r} is recorded twice on page {self.slug!r}")
        self.numbers[made.id] = made
        return made.value
