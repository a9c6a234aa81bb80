"""What the book consists of: the pages of `_toc.yml`, and the pages that one notebook makes, one for each row of a table.

A notebook is such a template when its metadata say so::

    "one_page_for_each": {"table": "firms", "column": "slug", "parameter": "firm", "name": "firm"}

It is run by papermill once a row with `parameter` set to the row's `column`; the page is called `<notebook>-<value>`, and
`{{ parameter }}` in its text becomes the row's `name`. A new row is a new page without a change of code.
"""

from __future__ import annotations

import csv
import functools
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from analysis import paths

TEMPLATE = "one_page_for_each"


@dataclass(frozen=True)
class Made:
    """A page that a template makes: its slug, what papermill is given, and the words filled into its text."""

    slug: str
    parameters: Mapping[str, str]
    words: Mapping[str, str] = field(default_factory=dict)


def toc_files() -> list[str]:
    """Pages in reading order (names without endings), a template as the pages it makes."""
    return _listed(expanded_toc())


def expanded_toc() -> dict[str, Any]:
    """`_toc.yml` with every template replaced by the pages it makes."""
    def expand(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        found = []
        for entry in entries:
            made = made_by(entry["file"])
            found += [{"file": page.slug} for page in made] if made is not None else [
                {**entry, "sections": expand(entry["sections"])} if "sections" in entry else entry]
        return found

    toc = _toc()
    if "parts" in toc:
        return {**toc, "parts": [{**part, "chapters": expand(part["chapters"])} for part in toc["parts"]]}
    return {**toc, "chapters": expand(toc.get("chapters", []))}


def source_of(slug: str) -> Path:
    """The notebook in `book/` that the page `slug` is run from; for a page without one, where it would be."""
    own = paths.BOOK / f"{slug}.ipynb"
    return own if own.exists() or slug not in (made := _all_made()) else made[slug][0]


def given_to(slug: str) -> Mapping[str, str]:
    """The parameters that make the page `slug` of its template; none for other chapters."""
    return made[slug][1].parameters if slug in (made := _all_made()) else {}


def words_of(slug: str) -> Mapping[str, str]:
    """The words that the template of `slug` fills into its text, by name; none for other chapters."""
    return made[slug][1].words if slug in (made := _all_made()) else {}


def made_by(name: str) -> list[Made] | None:
    """The pages that the notebook `name` makes, in the order of the table; None when it is no template."""
    rule = _rule(f"{paths.BOOK}/{name}.ipynb")
    if rule is None:
        return None
    found = []
    for row in _rows(rule["table"], {rule["column"], rule["name"]}):
        value = row[rule["column"]]
        found.append(Made(f"{name}-{value.replace('_', '-')}", {rule["parameter"]: value}, {rule["parameter"]: row[rule["name"]]}))
    return found


def _all_made() -> dict[str, tuple[Path, Made]]:
    """Every page that a template makes, by slug, with its notebook; asked for hundreds of times in a build."""
    notebooks = _notebooks((paths.BOOK / "_toc.yml").read_bytes(), paths.BOOK)
    tables = {table for notebook in notebooks.values() if (rule := _rule(notebook)) for table in _places(rule["table"])}
    return _made(tuple(notebooks), paths.BOOK, tuple(map(_stamp, (*notebooks.values(), *sorted(tables)))))


@functools.lru_cache(maxsize=4)
def _notebooks(toc: bytes, book: Path) -> dict[str, str]:
    """Where the notebook of each page of the contents would be."""
    return {name: f"{book}/{name}.ipynb" for name in _listed(_parsed(toc))}


@functools.lru_cache(maxsize=4)
def _made(names: tuple[str, ...], book: Path, _stamps: tuple) -> dict[str, tuple[Path, Made]]:
    return {page.slug: (book / f"{name}.ipynb", page) for name in names for page in made_by(name) or ()}


def _rule(notebook: str) -> dict[str, str] | None:
    """What a notebook says of the pages it makes; None when it makes none, or is not there."""
    stamp = _stamp(notebook)
    return _rule_as_of(notebook, stamp) if stamp else None


@functools.lru_cache(maxsize=1024)
def _rule_as_of(notebook: str, _stamp: tuple[int, ...]) -> dict[str, str] | None:
    return json.loads(Path(notebook).read_bytes())["metadata"].get(TEMPLATE)


def _stamp(file: str | Path) -> tuple[int, ...]:
    """Changes when the file does, within the life of a process; empty when there is none."""
    try:
        found = os.stat(file)
    except OSError:
        return ()
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _rows(table: str, needed: set[str]) -> list[dict[str, str]]:
    """Rows of the complete table of this build, or of `data/` where no build has completed it with the columns of today."""
    for file in _places(table):
        if file.exists():
            with file.open(encoding="utf-8-sig", newline="") as stream:
                reader = csv.DictReader(stream)
                if needed <= set(reader.fieldnames or ()):
                    return list(reader)
    raise KeyError(f"{table}.csv has no columns {', '.join(sorted(needed))}")


def _places(table: str) -> tuple[Path, Path]:
    """Where the table may lie: complete, or as the project has it."""
    return paths.TABLES / f"{table}.csv", _own(table, paths.DATA)


@functools.cache
def _own(table: str, data: Path) -> Path:
    return next(data.rglob(f"{table}.csv"))


def _toc() -> dict[str, Any]:
    return _parsed((paths.BOOK / "_toc.yml").read_bytes())


@functools.lru_cache(maxsize=4)
def _parsed(toc: bytes) -> dict[str, Any]:
    return yaml.safe_load(toc)


def _listed(toc: Mapping[str, Any]) -> list[str]:
    def files(entries: list[dict[str, Any]]) -> Iterator[str]:
        for entry in entries:
            yield entry["file"]
            yield from files(entry.get("sections", []))

    parts = toc.get("parts", []) or [{"chapters": toc.get("chapters", [])}]
    return [toc["root"], *(file for part in parts for file in files(part["chapters"]))]
