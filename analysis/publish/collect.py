"""Collect the chapters' numbers into the edition's registry, and refuse what may not be published."""

from __future__ import annotations

import csv
import functools
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from analysis import paths
from analysis.data.problems import suggest
from analysis.files import write_whole
from analysis.registry.numbers import Number, load_numbers

NUMERIC = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?")


class CollectError(ValueError):
    """Everything wrong with the collected numbers, one problem a line."""


def collect(slugs: Iterable[str], known_sources: set[str], runs: Path = paths.RUNS) -> dict[str, Number]:
    """All numbers of the given chapters by id. A number keeps its figure only where the figure's table holds its value.

    Raises CollectError when two chapters record one id, a source id is not in sources.csv, or a number points to a
    figure that no chapter shows.
    """
    found: dict[str, Number] = {}
    slugs = list(slugs)
    figures = {file.stem: file.with_suffix(".csv") for slug in slugs for file in (runs / slug / "figures").glob("*.json")}
    drawn = functools.cache(lambda figure: _values(figures[figure]))
    problems = []
    for slug in slugs:
        for number in load_numbers(runs / slug / "numbers.json").values():
            if number.id in found:
                problems.append(f"number {number.id!r} is recorded by {found[number.id].page!r} and by {slug!r}")
            if number.figure in figures and not _holds(drawn(number.figure), number):
                number = replace(number, figure=None)
            found[number.id] = number
            for source in number.sources:
                if source not in known_sources:
                    problems.append(f"{slug}: number {number.id!r} names source {source!r}, which is not in "
                                    f"sources.csv{suggest(source, known_sources)}")
            if number.figure is not None and number.figure not in figures:
                problems.append(f"{slug}: number {number.id!r} points to figure {number.figure!r}, which no chapter shows")
    if problems:
        raise CollectError("\n".join(problems))
    return found


def _values(table: Path) -> np.ndarray:
    """Every number in a figure's table."""
    with table.open(encoding="utf-8", newline="") as file:
        cells = (cell.replace(",", "").replace("−", "-") for row in csv.reader(file) for cell in row)
        return np.array([float(cell) for cell in cells if NUMERIC.fullmatch(cell)])


def _holds(values: np.ndarray, number: Number) -> bool:
    """Whether the value is among `values`, to the precision of print, in its unit or a thousand times larger or smaller."""
    tolerance = max(0.5 * 10.0**-number.digits, 0.005 * abs(number.value))
    return any((abs(values * scale - number.value) <= tolerance).any() for scale in (1, 1000, 0.001))


def write_registry(numbers: dict[str, Number], file: Path = paths.NUMBERS_FILE) -> None:
    """Write the registry for the site step, atomically."""
    write_whole(file, json.dumps([asdict(n) for n in numbers.values()], ensure_ascii=False, indent=1) + "\n")
