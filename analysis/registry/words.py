"""Words of numbers as data: what a chapter's numbers are called and how they are printed, apart from the code that computes them.

`book/numbers/<chapter>.yml` holds one entry a number, or a family of numbers whose id has a part in braces::

    rules.limbo_days.core.{year}:
      label: Core limbo days, export side, {year}
      unit: days
      class: derived
      method: Sum over files of their days in limbo in the year
      figure: rules-limbo-days

Code gives the quantity (:class:`Quantity`) and what stands in the braces.
"""

from __future__ import annotations

import functools
import re
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analysis import paths
from analysis.data.problems import suggest
from analysis.data.safe_yaml import load_mapping
from analysis.registry.numbers import UNITS, Number, NumberError

EVIDENCE = Literal["reported", "derived", "estimated", "modelled", "judged"]
Entry = TypeVar("Entry", bound=BaseModel)


class Words(BaseModel):
    """The words of one number or family of numbers. `cls` (in the file `class`) may be left to the quantity."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: str = Field(min_length=1)
    unit: Literal[tuple(UNITS)]
    method: str = Field(min_length=1)
    cls: EVIDENCE | None = Field(default=None, alias="class")
    digits: int = Field(default=0, ge=0, le=6, strict=True)
    figure: str | None = None


@dataclass(frozen=True)
class Quantity:
    """What code knows of a number: value, last day it describes, sources, interval of `level` per cent, class, unit.

    `cls` and `unit` may be left to the words; `words` fill the braces of label and method where they have a place for them.
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


def load_words(file: Path, kind: type[Entry] = Words) -> dict[str, Entry]:
    """The words of a chapter by id pattern, each a `kind`. Raises NumberError with every problem of the file."""
    found, problems = {}, []
    for pattern, row in load_mapping(file).items():
        try:
            found[str(pattern)] = kind.model_validate(row)
        except ValidationError as error:
            problems += [f"{file.name}: {pattern}: {_said(one, kind)}" for one in error.errors()]
    if problems:
        raise NumberError("\n".join(problems))
    return found


@functools.lru_cache(maxsize=64)
def words_of(chapter: str) -> Mapping[str, Words]:
    """The words of the numbers of a chapter; none when it has no file of them."""
    file = words_file(chapter)
    return load_words(file) if file.exists() else {}


def words_file(chapter: str) -> Path:
    """Where the words of a chapter's numbers stand."""
    return paths.WORDS / f"{chapter}.yml"


def number(page: str, words: Mapping[str, Words], pattern: str, quantity: Quantity, given: Mapping[str, object]) -> Number:
    """The number of a page that `quantity` makes with the words of `pattern`, whose braces are filled from `given`.

    Raises NumberError for an unknown pattern, a brace that nothing fills, a word that has no place, a unit or class that differs
    from the stated one.
    """
    if pattern not in words:
        raise NumberError(f"number {pattern!r} has no words in {paths.WORDS.name}/{page}.yml{suggest(pattern, words)}")
    entry = words[pattern]
    texts = (pattern, entry.label, entry.method, entry.figure or "")
    if unused := sorted(set(given) - {name for text in texts for name in braces(text)}):
        raise NumberError(f"number {pattern!r}: no place for {', '.join(unused)}")
    for name, stated, of_quantity in (("unit", entry.unit, quantity.unit), ("class", entry.cls, quantity.cls)):
        if stated and of_quantity and stated != of_quantity:
            raise NumberError(f"number {pattern!r}: {name} {of_quantity!r} of the quantity is not {stated!r} of its words")
    fill = {**quantity.words, **given}
    try:
        id, label, method, figure = (text.format(**fill) for text in texts)
    except KeyError as error:
        raise NumberError(f"number {pattern!r}: nothing fills {{{error.args[0]}}}") from None
    return Number(
        id=id, label=label, value=float(quantity.value), unit=entry.unit, cls=quantity.cls or entry.cls or "",
        as_of=str(quantity.as_of)[:10], method=method, sources=tuple(quantity.sources), page=page, figure=figure or None,
        digits=entry.digits, **{end: None if (given_end := getattr(quantity, end)) is None else float(given_end)
                                for end in ("low", "high", "level")})


def slug(text: str) -> str:
    """A name as it stands in ids: lower case, joined by underscores, without what is added in brackets.

    >>> slug("Wolfspeed (Cree)"), slug("FY2026 H1")
    ('wolfspeed', 'fy2026_h1')
    """
    return re.sub(r"[^a-z0-9]+", "_", text.split(" (")[0].lower()).strip("_")


def braces(text: str) -> set[str]:
    """What stands in the braces of a text.

    >>> sorted(braces("{share:.0f} per cent in {year}"))
    ['share', 'year']
    """
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def _said(error: Mapping, kind: type[BaseModel]) -> str:
    name = ".".join(map(str, error["loc"])) or "entry"
    if error["type"] == "extra_forbidden":
        known = [field.alias or key for key, field in kind.model_fields.items()]
        return f"unknown field {name!r}{suggest(name, known)}"
    return f"{name}: {error['msg'][0].lower()}{error['msg'][1:]}"
