"""Collect the chapters' numbers into the edition's registry, and refuse what may not be published."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from analysis import paths
from analysis.publish.numbers import Number, load_numbers


class CollectError(ValueError):
    """Everything wrong with the collected numbers, one problem a line."""


def collect(slugs: Iterable[str], known_sources: set[str], runs: Path = paths.RUNS) -> dict[str, Number]:
    """All numbers of the given chapters by id.

    Raises CollectError when two chapters record one id, a source id is not in sources.csv, or a number points to a
    figure that no chapter shows.
    """
    found: dict[str, Number] = {}
    figures = {file.stem for slug in slugs for file in (runs / slug / "figures").glob("*.json")}
    problems = []
    for slug in slugs:
        for number in load_numbers(runs / slug / "numbers.json").values():
            if number.id in found:
                problems.append(f"number {number.id!r} is recorded by {found[number.id].page!r} and by {slug!r}")
            found[number.id] = number
            for source in number.sources:
                if source not in known_sources:
                    near = difflib.get_close_matches(source, known_sources, n=1)
                    hint = f"; did you mean {near[0]!r}?" if near else ""
                    problems.append(f"{slug}: number {number.id!r} names source {source!r}, which is not in "
                                    f"sources.csv{hint}")
            if number.figure is not None and number.figure not in figures:
                problems.append(f"{slug}: number {number.id!r} points to figure {number.figure!r}, which no chapter shows")
    if problems:
        raise CollectError("\n".join(problems))
    return found


def write_registry(numbers: dict[str, Number], file: Path = paths.NUMBERS_FILE) -> None:
    """Write the registry for the site step, atomically."""
    scratch = file.with_name(f".{file.name}.tmp")
    scratch.write_text(json.dumps([asdict(n) for n in numbers.values()], ensure_ascii=False, indent=1) + "\n")
    scratch.replace(file)
