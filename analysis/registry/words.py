"""Words of numbers as data: what a chapter's numbers are called and how they are printed, apart from the code that computes them.

`book/numbers/<chapter>.yml` holds one entry a number, or a family of numbers whose id has a part in braces::

    rules.limbo_days.core.{year}:
      label: Core limbo days, export side, {year}
      unit: days
      class: derived
      method: Sum over files of their days in limbo in the year
      figure: rules-limbo-days

Code gives the quantity (:class:`analysis.registry.quantity.Quantity`) and what stands in the braces. A sentence that several
entries share stands once, under `texts`, and is named in braces by each.
"""

from __future__ import annotations

import functools
import re
import string
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from analysis import paths
from analysis.data.safe_yaml import load_mapping
from analysis.data.settings import checked
from analysis.registry.numbers import CLASSES, UNITS, Number, NumberError
from analysis.registry.quantity import Quantity

SHARED = "texts"
Entry = TypeVar("Entry", bound=BaseModel)


class Words(BaseModel):
    """The words of one number or family of numbers. `cls` (in the file `class`) and `digits` may be left to the quantity.

    A number that a source states names the row of `huawei_facts` (`fact`) and, where it is not the last of the row's period, the
    day (`as_of`); :mod:`analysis.registry.facts` records it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: str = Field(min_length=1)
    unit: Literal[tuple(UNITS)]
    method: str = Field(min_length=1)
    cls: Literal[CLASSES] | None = Field(default=None, alias="class")
    digits: int | None = Field(default=None, ge=0, le=6, strict=True)
    figure: str | None = None
    fact: str | None = None
    as_of: str | None = Field(default=None, pattern=r"^\d{4}-\d{2}-\d{2}$")


def load_words(file: Path, kind: type[Entry] = Words) -> dict[str, Entry]:
    """The words of a chapter by id pattern, each a `kind`. Raises NumberError with every problem of the file."""
    rows, found = load_mapping(file), {}
    shared = rows.pop(SHARED, {})
    if not isinstance(shared, dict) or not all(isinstance(text, str) for text in shared.values()):
        raise NumberError(f"{file.name}: {SHARED}: expected names with sentences")
    problems = [f"{file.name}: {SHARED}: no entry names {{{name}}}" for name in shared if f"{{{name}}}" not in str(rows)]
    for pattern, row in rows.items():
        entry, faults = checked(kind, _written_out(row, shared), f"{file.name}: {pattern}")
        problems += faults
        found[str(pattern)] = entry
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


def number(page: str, pattern: str, entry: Words, quantity: Quantity, given: Mapping[str, object]) -> Number:
    """The number of a page that `quantity` makes with `entry`, the words of `pattern`, whose braces are filled from `given`.

    Raises NumberError for a brace that nothing fills, a word that has no place, a unit or class that differs from the stated one.
    """
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
    digits, cls = quantity.digits if entry.digits is None else entry.digits, quantity.cls or entry.cls or ""
    ends = {end: None if (at := getattr(quantity, end)) is None else float(at) for end in ("value", "low", "high", "level")}
    if cls == "modelled":   # what a simulation leaves beside nought is noise
        ends = {end: 0.0 if at is not None and abs(at) < 0.5 * 10.0**-digits else at for end, at in ends.items()}
    return Number(id=id, label=label, unit=entry.unit, cls=cls, as_of=str(quantity.as_of)[:10], method=method, page=page,
                  sources=tuple(quantity.sources), figure=figure or None, digits=digits, **ends)


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


def _written_out(row: object, shared: Mapping[str, str]) -> object:
    """The row with shared texts in place of the braces that name them."""
    if not isinstance(row, dict):
        return row
    named = re.compile("|".join(rf"\{{{re.escape(name)}\}}" for name in shared) or r"(?!)")
    return {key: named.sub(lambda brace: shared[brace[0][1:-1]], value) if isinstance(value, str) else value
            for key, value in row.items()}
