"""What moved between two editions, and why.

`compare` lines up two `numbers.json`. `what_moved` adds the causes, of four classes: *method* (code, chapter or lock of
dependencies), *parameter*, *source revision* (a row that stood in the old tables now reads otherwise or is gone) and *new
data* (a row with a new key). A cause is looked for only among the inputs of the number's own chapter, as the two receipts
list them. Where one class of input changed, it is the cause. Where several did, the chapter is run again with one class
changed at a time, in the order above, and each step's movement is that class's; the steps add up to the whole change.
"""

from __future__ import annotations

import contextlib
import csv
import itertools
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from analysis.publish.receipt import RELATIVE_TOLERANCE, ReceiptError, distance, load_receipt, tolerance
from analysis.registry.numbers import Number

CAUSES = ("method", "parameter", "source revision", "new data")
UNEXPLAINED = "none of its inputs changed"
UNKNOWN = "no receipt to tell"
KINDS = ("moved", "added", "removed", "within tolerance")
READ_BY_ALL = ("sources.csv", "corrections.csv")   # tables that a chapter needs besides those its receipt lists

Row = dict[str, str]
Numbers = Mapping[str, Mapping[str, Any]]     # id → at least value, low, high


class RebuildError(RuntimeError):
    """A chapter that could not be run from older inputs."""


class DiffError(ValueError):
    """Editions that cannot be compared; the message names the file."""


@dataclass(frozen=True)
class Change:
    """One number that is not the same in both editions. causes: (class, part of the change it made or None)."""

    id: str
    label: str
    unit: str
    page: str
    old: Mapping[str, Any] | None
    new: Mapping[str, Any] | None
    causes: tuple[tuple[str, float | None], ...] = ()

    @property
    def kind(self) -> str:
        if self.old is None or self.new is None:
            return "added" if self.old is None else "removed"
        return "moved" if distance(self.old, self.new) > tolerance(self.old) else "within tolerance"

    @property
    def change(self) -> float | None:
        """New minus old value, in the number's unit; None when it stands in one edition only."""
        return None if self.old is None or self.new is None else self.new["value"] - self.old["value"]

    def as_dict(self) -> dict[str, Any]:
        """The row of `diff --json`."""
        ends = {f"{name}_{end}": edition and edition[end] for name, edition in (("old", self.old), ("new", self.new))
                for end in ("value", "low", "high")}
        return {"id": self.id, "label": self.label, "unit": self.unit, "page": self.page, "kind": self.kind, **ends,
                "change": self.change, "causes": [{"class": name, "part": part} for name, part in self.causes]}


@dataclass(frozen=True)
class Inputs:
    """What a chapter is run from: rows by table, texts by parameter file, its parameters."""

    tables: Mapping[str, list[Row]]
    parameter_files: Mapping[str, str]
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Edition:
    """One edition to compare: its published numbers and, where they lie beside them, its receipt and inputs."""

    name: str
    numbers: Numbers
    receipt: Mapping[str, Any] | None
    tables: Mapping[str, list[Row]]
    parameter_files: Mapping[str, str]

    def parameters(self, slug: str) -> Mapping[str, Any]:
        """Parameters of the chapter `slug`, as the receipt lists them."""
        return self.receipt["chapters"].get(slug, {}).get("parameters", {})


def load_edition(file: Path) -> Edition:
    """Read an edition from its `numbers.json` or the folder that holds it, with `receipt.json` and `tables/` where present.

    Raises DiffError when it is not the published file.
    """
    file = file / "numbers.json" if file.is_dir() else file
    try:
        published = json.loads(file.read_text(encoding="utf-8"))
        numbers = {row["id"]: row for row in published["numbers"]}
        name = published["edition"]
    except OSError as error:
        raise DiffError(f"{file}: {error.strerror}; give the numbers.json of an edition, or its folder") from None
    except (ValueError, KeyError, TypeError):
        raise DiffError(f"{file}: not a published numbers.json") from None
    try:
        receipt = load_receipt(file.parent)
    except ReceiptError:
        receipt = None
    return Edition(name, numbers, receipt, *_read_inputs(file.parent / "tables"))


def edition_being_built(edition: str, numbers: Mapping[str, Number], receipt: Mapping[str, Any], tables: Path) -> Edition:
    """The edition that is about to be published, from the registry, its receipt and the folder of complete tables."""
    return Edition(edition, {n.id: n.contract("") for n in numbers.values()}, receipt, *_read_inputs(tables))


def _read_inputs(folder: Path) -> tuple[dict[str, list[Row]], dict[str, str]]:
    return (_TablesOf(folder),
            {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yml"))})


class _TablesOf(Mapping):
    """The tables of a folder, each read when it is asked for: most of them are the same in both editions and are not looked at."""

    def __init__(self, folder: Path) -> None:
        self._files = {path.name: path for path in sorted(folder.glob("*.csv"))}
        self._read: dict[str, list[Row]] = {}

    def __getitem__(self, name: str) -> list[Row]:
        if name not in self._read:
            self._read[name] = read_table(self._files[name])
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


def read_table(path: Path) -> list[Row]:
    """Rows of a published table; the apostrophe that keeps a spreadsheet from running a cell is taken off again."""
    from analysis.data.inert import as_text

    with path.open(encoding="utf-8", newline="") as file:
        return [{name: as_text(cell) for name, cell in row.items()} for row in csv.DictReader(file)]


def compare(old: Numbers, new: Numbers) -> list[Change]:
    """Every number that is not the same in both to nine digits, without causes: moved most (against its tolerance) first,
    then added, removed, and those within tolerance."""
    changes = []
    for id in [*new, *(id for id in old if id not in new)]:
        before, after = old.get(id), new.get(id)
        pairs = [(before, after)]
        if before and after and before["unit"] != after["unit"]:   # in another unit it is another number
            pairs = [(before, None), (None, after)]
        changes += [Change(id, (b or a)["label"], (b or a)["unit"], (b or a)["page"], a, b)
                    for a, b in pairs if a is None or b is None or not _same(a, b)]
    return sorted(changes, key=lambda c: (KINDS.index(c.kind), -_size(c)))


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return distance(one, other) <= RELATIVE_TOLERANCE * max(abs(one[end] or 0) for end in ("value", "low", "high"))


def _size(change: Change) -> float:
    if change.change is None:
        return 0.0
    return distance(change.old, change.new) / (tolerance(change.old) or 1e-12)


def what_moved(old: Edition, new: Edition, rebuild: Callable[[Inputs, str], Numbers] | None = None) -> list[Change]:
    """The changes between two editions with their causes.

    `rebuild(inputs, slug)` runs the chapter `slug` from `inputs` with the new edition's code and returns its numbers.
    Without it, or where it raises RebuildError, several causes of one number stand side by side without their parts.
    """
    changes = compare(old.numbers, new.numbers)
    if old.receipt is None or new.receipt is None:
        return [replace(change, causes=((UNKNOWN, None),)) for change in changes]
    by_chapter = {slug: changed_inputs(old, new, slug) for slug in {c.page for c in changes}}
    unclear = sorted({c.page for c in changes if c.kind != "within tolerance" and len(by_chapter[c.page]) > 1} if rebuild else ())

    def found(slug: str) -> list[tuple[str, Numbers]] | None:
        with contextlib.suppress(RebuildError):
            return _one_at_a_time(old, new, slug, by_chapter[slug], rebuild)
        return None

    with ThreadPoolExecutor(os.cpu_count()) as pool:   # each waits for a process of its own
        steps = dict(zip(unclear, pool.map(found, unclear), strict=True))
    return [replace(c, causes=_causes(c, by_chapter[c.page], steps.get(c.page))) for c in changes]


def changed_inputs(old: Edition, new: Edition, slug: str) -> tuple[str, ...]:
    """Classes of inputs of the chapter `slug` that differ between the editions, in the order of CAUSES."""
    receipts = (old.receipt, new.receipt)
    chapters = [receipt["chapters"].get(slug) for receipt in receipts]
    if None in chapters:
        return ("method",)

    def differ(section: str) -> list[str]:
        names = {name for chapter in chapters for name in chapter[section]}
        return [name for name in sorted(names) if receipts[0][section].get(name) != receipts[1][section].get(name)]

    found = set()
    if differ("code") or receipts[0]["lock"] != receipts[1]["lock"]:
        found.add("method")
    if differ("parameter_files") or chapters[0]["parameters"] != chapters[1]["parameters"]:
        found.add("parameter")
    for table in differ("tables"):
        found |= row_causes(table, old.tables.get(table, []), new.tables.get(table, []))
    return tuple(cause for cause in CAUSES if cause in found)


def row_causes(table: str, old: list[Row], new: list[Row]) -> set[str]:
    """Whether a table gained rows (new data), or rows it had read otherwise or are gone (source revision)."""
    if not old or not new:
        return {"source revision" if old else "new data"}
    shared = [name for name in old[0] if name in new[0]]   # a column that came, went or got another name is no revision of a row
    old, new = ([{name: row[name] for name in shared} for row in rows] for rows in (old, new))
    key = _key(table)
    before, after = {key(row): row for row in old}, {key(row): row for row in new}
    causes = {"new data"} if after.keys() - before.keys() else set()
    return causes | ({"source revision"} if any(after.get(k) != row for k, row in before.items()) else set())


def revised(table: str, old: list[Row], new: list[Row]) -> list[Row]:
    """The old table with its rows as they read in the new one: revisions without new data."""
    key = _key(table)
    known = {key(row) for row in old}
    return [row for row in new if key(row) in known]


def _key(table: str) -> Callable[[Row], tuple[str, ...]]:
    """The key of a table's row; of a table without a schema, the whole row."""
    from analysis.data.schemas import TABLES

    schema = TABLES.get(table.removesuffix(".csv"))
    return (lambda row: tuple(row.get(name, "") for name in schema.key)) if schema else (lambda row: tuple(row.values()))


def _one_at_a_time(old: Edition, new: Edition, slug: str, changed: tuple[str, ...], rebuild) -> list[tuple[str, Numbers]]:
    """The chapter's numbers after each class of input has been changed: the old edition first, the new one last."""
    # The new code may ask for a table, file or parameter that the old edition did not have: it gets the new one.
    before, now = old.parameters(slug), new.parameters(slug)
    read = {*new.receipt["chapters"][slug]["tables"], *READ_BY_ALL}
    tables = [{name: edition.tables[name] for name in edition.tables if name in read} for edition in (new, old)]
    first = Inputs({**tables[0], **tables[1]}, {**new.parameter_files, **old.parameter_files},
                   {name: before.get(name, value) for name, value in now.items()})
    second = replace(first, parameter_files=new.parameter_files, parameters=now)
    third = replace(second, tables={name: revised(name, first.tables[name], rows) for name, rows in tables[0].items()})
    after = {"method": first, "parameter": second, "source revision": third}
    return [("", old.numbers), *((cause, rebuild(after[cause], slug)) for cause in changed[:-1]), (changed[-1], new.numbers)]


def _causes(change: Change, changed: tuple[str, ...], steps: list[tuple[str, Numbers]] | None):
    if not changed:
        return ((UNEXPLAINED, None),)
    if len(changed) == 1:
        return ((changed[0], change.change),)
    if steps is None:
        return tuple((cause, None) for cause in changed)
    causes = []
    for (_, before), (cause, after) in itertools.pairwise(steps):
        one, other = before.get(change.id), after.get(change.id)
        if (one is None) != (other is None):
            causes.append((cause, None))
        elif one is not None and not _same(one, other):
            causes.append((cause, other["value"] - one["value"]))
    return tuple(causes) or ((UNEXPLAINED, None),)


def summary(changes: Iterable[Change]) -> str:
    """'3 moved, 1 added, 2 within tolerance', or 'no number moved'."""
    kinds = [change.kind for change in changes]
    return ", ".join(f"{kinds.count(kind)} {kind}" for kind in KINDS if kind in kinds) or "no number moved"
