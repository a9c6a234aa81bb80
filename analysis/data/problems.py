"""What is wrong with a table, said so that a person can act: `file:row:column: what is wrong, what was expected`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

MAX_SHOWN = 60
MAX_LISTED = 12
MAX_OF_A_KIND = 5
_VALUES = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|\d[\d.,:e+-]*")


@dataclass(frozen=True, order=True)
class Problem:
    """One fault. `row` is the row a spreadsheet shows (the header is 1), 0 when the whole file is meant."""

    file: str
    row: int
    column: str
    message: str

    def __str__(self) -> str:
        place = ":".join(part for part in (self.file, str(self.row) if self.row else "", self.column) if part)
        return f"{place}: {self.message}"


class DataError(ValueError):
    """Data that cannot be used; `problems` holds every fault found."""

    def __init__(self, problems: list[Problem]):
        self.problems = sorted(problems)
        super().__init__("\n".join(map(str, gathered(self.problems))))


def gathered(problems: Iterable[Problem], most: int = MAX_OF_A_KIND) -> list[Problem]:
    """The problems in order, but a kind that fills a file said once: at its first place, with its count.

    A kind is a message without its values, in one column, or in one file when it runs through more than `most` columns.
    """
    lines = list(problems)
    for by_column in (True, False):
        kinds: dict[tuple[str, ...], list[Problem]] = {}
        for problem in lines:
            kind = problem.file, problem.column if by_column else "", _VALUES.sub("…", problem.message)
            kinds.setdefault(kind, []).append(problem)
        lines = [line for same in kinds.values() for line in (_as_one(same, by_column) if len(same) > most else same)]
    return sorted(lines)


def _as_one(same: list[Problem], one_column: bool) -> list[Problem]:
    first, last = min(same), max(same)
    columns = "" if one_column else f" in {len({problem.column for problem in same})} columns"
    message = f"{first.message} ({len(same):,} such places{columns}, the last in row {last.row})"
    return [Problem(first.file, first.row, first.column, message)]


def shown(value: object) -> str:
    """A value as it may stand in a message: printable, quoted, shortened, on one line."""
    quoted = repr(str(value))
    return quoted if len(quoted) <= MAX_SHOWN else f"{quoted[:MAX_SHOWN]}…' ({len(str(value))} characters)"


def listed(allowed: tuple[str, ...]) -> str:
    """Allowed values as they stand in a message; of many, the first."""
    return ", ".join(allowed[:MAX_LISTED]) + (", …" if len(allowed) > MAX_LISTED else "")


def nearest(name: object, valid: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The valid name most like `name`, or None when none is near (`cutoff` from 0, anything, to 1, the same)."""
    return next(iter(difflib.get_close_matches(str(name), list(valid), n=1, cutoff=cutoff)), None)


def suggest(name: object, valid: Iterable[str], otherwise: str = "", cutoff: float = 0.6) -> str:
    """How a message about an unknown name goes on: "; did you mean 'x'?", or `otherwise` where no valid name is near."""
    near = nearest(name, valid, cutoff)
    return f"; did you mean {near!r}?" if near is not None else otherwise
