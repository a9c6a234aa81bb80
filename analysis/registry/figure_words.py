"""Words of figures as data: title, description, unit and notes of a chapter's figures, apart from the code that draws them.

`book/figures/<chapter>.yml` holds one entry a figure, or a family of figures whose id has a part in braces::

    estimate-from-{kind}:
      title: "From {kind} to the estimate: US${start:.0f} billion becomes {end:.0f}"
      description: Waterfall from {first} ({start:.1f}) to the estimate ({end:.1f}){largest}.
      unit: US$ billion, {year}
      clauses:
        largest: "; the largest step is {step}"

Code gives what stands in the braces, and which clauses hold; a clause that does not is left out.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping

from pydantic import BaseModel, ConfigDict, Field

from analysis import paths
from analysis.data.problems import suggest
from analysis.registry.numbers import NumberError
from analysis.registry.words import braces, load_words

SHOWN = ("title", "description", "unit", "note", "how_to_read")


class FigureWords(BaseModel):
    """The words of one figure or family of figures."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=1)
    description: str = Field(min_length=1)
    unit: str = Field(min_length=1)
    note: str = ""
    how_to_read: str = ""
    clauses: Mapping[str, str] = Field(default_factory=dict)


def figure_words(chapter: str, pattern: str, clauses: Iterable[str] = (), **given: object) -> dict[str, str]:
    """Id and words of a figure by the names of :class:`analysis.charts.Figure`'s fields, braces filled from `given`.

    Raises NumberError for an unknown pattern or clause, a brace that nothing fills, a word that has no place.
    """
    words = _words_of(chapter)
    if pattern not in words:
        raise NumberError(f"figure {pattern!r} has no words in {paths.FIGURE_WORDS.name}/{chapter}.yml{suggest(pattern, words)}")
    entry, clauses = words[pattern], set(clauses)
    texts = {"id": pattern, **{name: getattr(entry, name) for name in SHOWN}}
    used = {name for text in (*texts.values(), *entry.clauses.values()) for name in braces(text)}
    if unused := sorted((set(given) - used) | (clauses - set(entry.clauses))):
        raise NumberError(f"figure {pattern!r}: no place for {', '.join(unused)}")
    try:
        said = {name: text.format(**given) if name in clauses else "" for name, text in entry.clauses.items()}
        return {name: text.format(**given, **said) for name, text in texts.items()}
    except KeyError as error:
        raise NumberError(f"figure {pattern!r}: nothing fills {{{error.args[0]}}}") from None


@functools.lru_cache(maxsize=64)
def _words_of(chapter: str) -> Mapping[str, FigureWords]:
    file = paths.FIGURE_WORDS / f"{chapter}.yml"
    return load_words(file, FigureWords) if file.exists() else {}
