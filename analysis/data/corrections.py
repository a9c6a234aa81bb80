"""Known upstream errors, corrected on the way in and never in the value itself.

Each correction names the value it expects upstream. When that value no longer stands there, the publisher may have fixed it,
and the correction is reported instead of applied. (The idea of data corrections with an expectation is Our World in Data's.)
"""

from __future__ import annotations

from pathlib import Path

from analysis.data.problems import Problem, shown
from analysis.data.reading import RawTable, read_raw
from analysis.data.schema import Table
from analysis.data.schemas import CORRECTIONS

SEPARATOR = " | "


def read_corrections(folder: Path) -> list[dict[str, str]]:
    """Rows of `corrections.csv` in `folder`, as text; none when there is no such file. Raises DataError when it cannot be read."""
    path = folder / "corrections.csv"
    if not path.exists():
        return []
    raw = read_raw(path, CORRECTIONS)
    return [dict(zip(raw.header, row, strict=True)) for row in raw.rows]


def row_key(header: list[str], row: list[str], schema: Table) -> str:
    """The locator of a row: the values of its key, joined."""
    return SEPARATOR.join(row[header.index(name)] for name in schema.key)


def correct_raw(raw: RawTable, schema: Table, corrections: list[dict[str, str]], *, upstream: bool = False) -> list[Problem]:
    """Apply to `raw`, in place, the corrections of its table; return what could not be applied.

    Tables in `_build/` are corrected already, so a correction that is in place is accepted, unless `upstream` says that `raw` is as
    published: then it means that the publisher has made the same correction.
    """
    mine = [c for c in corrections if c["table"] == schema.name]
    if not mine:
        return []
    places = {row_key(raw.header, row, schema): i for i, row in enumerate(raw.rows)}
    problems, dropped = [], set()
    for correction in mine:
        where = f"correction of {shown(correction['key'])}"
        i = places.get(correction["key"])
        if i is None:
            if correction["action"] == "drop" and not upstream:
                continue
            problems.append(Problem(raw.file, 0, correction["column"],
                                    f"{where}: no such row; remove the correction or mend its key"))
        elif correction["action"] == "drop":
            dropped.add(i)
        elif correction["column"] not in raw.header:
            problems.append(Problem(raw.file, 0, correction["column"],
                                    f"{where}: no such column; columns: {', '.join(raw.header)}"))
        else:
            j = raw.header.index(correction["column"])
            found = raw.rows[i][j]
            if found == correction["expected"]:
                raw.rows[i][j] = correction["value"]
            elif upstream or found != correction["value"]:
                problems.append(raw.problem(i, correction["column"],
                                        f"{where} expects {shown(correction['expected'])} upstream but finds {shown(found)}; "
                                        "the publisher may have fixed it: check it and remove the correction"))
    raw.rows = [row for i, row in enumerate(raw.rows) if i not in dropped]
    raw.origins = [origin for i, origin in enumerate(raw.origins) if i not in dropped]
    return problems
