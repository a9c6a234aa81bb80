"""What is wrong with a table, said so that a person can act: `file:row:column: what is wrong, what was expected`."""

from __future__ import annotations

from dataclasses import dataclass

MAX_SHOWN = 60
MAX_LISTED = 12


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
        super().__init__("\n".join(map(str, self.problems)))


def shown(value: object) -> str:
    """A value as it may stand in a message: printable, quoted, shortened, on one line."""
    quoted = repr(str(value))
    return quoted if len(quoted) <= MAX_SHOWN else f"{quoted[:MAX_SHOWN]}…' ({len(str(value))} characters)"


def listed(allowed: tuple[str, ...]) -> str:
    """Allowed values as they stand in a message; of many, the first."""
    return ", ".join(allowed[:MAX_LISTED]) + (", …" if len(allowed) > MAX_LISTED else "")
