"""How a table of `data/` is described: its columns, its key, what it points at.

A description is plain data, cheap to import. Everything else is made from it: typed loading, the checks, the Frictionless
data package and the dictionary page, so that they cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

KINDS = ("text", "number", "integer", "date")


@dataclass(frozen=True)
class Column:
    """One column: its name carries the unit where it has one (`revenue_usd_m`, `share_pct`).

    `kind` is one of KINDS; a number may be missing unless `required`, and so may a text ("") or a date.
    `pattern` is a regular expression that the whole text must match. Bounds are inclusive. `several` texts are separated by
    semicolons, and each of them must be allowed.
    """

    name: str
    kind: str
    description: str
    unit: str = ""
    required: bool = False
    allowed: tuple[str, ...] = ()
    minimum: float | str | None = None
    maximum: float | str | None = None
    pattern: str = ""
    several: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"{self.name}: kind {self.kind!r} is not one of {', '.join(KINDS)}")


@dataclass(frozen=True)
class Reference:
    """`column` of this table holds values of `target_column` in table `target`, or one of the words in `also`."""

    column: str
    target: str
    target_column: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One table: `name` is the file's stem, `folder` its place under `data/` ("" for the top)."""

    name: str
    folder: str
    title: str
    row: str                       # what one row is, as a sentence
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    references: tuple[Reference, ...] = ()
    read_first: str = ""           # the trap a reader must know before using the table
    may_be_empty: bool = False     # whether a header without rows is a complete table
    order: tuple[str, ...] = ()    # columns by which the rows of the file stand in order
    steady: tuple[str, ...] = ()   # what a row keeps of the one whose place it takes: code finds it by its key

    def __post_init__(self) -> None:
        unknown = {*self.key, *self.order, *self.steady, *(r.column for r in self.references)} - set(self.names)
        if unknown or len(set(self.names)) < len(self.columns):
            raise ValueError(f"table {self.name}: key or reference names {sorted(unknown)}, or a repeated column")

    @property
    def path(self) -> str:
        """Path under the data folder, with forward slashes."""
        return f"{self.folder}/{self.name}.csv" if self.folder else f"{self.name}.csv"

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        return self.columns[self.names.index(name)]
