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
    if own.exists():
        return own
    return next((notebook for notebook, page in _all_made() if page.slug == slug), own)


def given_to(slug: str) -> Mapping[str, str]:
    """The parameters that make the page `slug` of its template; none for other chapters."""
    return next((page.parameters for _, page in _all_made() if page.slug == slug), {})


def words_of(slug: str) -> Mapping[str, str]:
    """The words that the template of `slug` fills into its text, by name; none for other chapters."""
    return next((page.words for _, page in _all_made() if page.slug == slug), {})


def made_by(name: str) -> list[Made] | None:
    """The pages that the notebook `name` makes, in the order of the table; None when it is no template."""
    notebook = paths.BOOK / f"{name}.ipynb"
    if not notebook.exists():
        return None
    rule = _rule(notebook.read_bytes())
    if rule is None:
        return None
    found = []
    for row in _rows(rule["table"], {rule["column"], rule["name"]}):
        value = row[rule["column"]]
        found.append(Made(f"{name}-{value.replace('_', '-')}", {rule["parameter"]: value}, {rule["parameter"]: row[rule["name"]]}))
    return found


def _all_made() -> Iterator[tuple[Path, Made]]:
    for name in _listed(_toc()):
        for page in made_by(name) or ():
            yield paths.BOOK / f"{name}.ipynb", page


@functools.lru_cache(maxsize=64)
def _rule(notebook: bytes) -> dict[str, str] | None:
    return json.loads(notebook)["metadata"].get(TEMPLATE)


def _rows(table: str, needed: set[str]) -> list[dict[str, str]]:
    """Rows of the complete table of this build, or of `data/` where no build has completed it with the columns of today."""
    for file in (paths.TABLES / f"{table}.csv", next(paths.DATA.rglob(f"{table}.csv"))):
        if file.exists():
            with file.open(encoding="utf-8-sig", newline="") as stream:
                reader = csv.DictReader(stream)
                if needed <= set(reader.fieldnames or ()):
                    return list(reader)
    raise KeyError(f"{table}.csv has no columns {', '.join(sorted(needed))}")


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
