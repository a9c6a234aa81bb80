"""Which sources a published number rests on, found by experiment: when every source but those it names says something else, the
number must stay as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

Tables = Mapping[str, pd.DataFrame]


class Recorded:
    """Stands where a chapter's page stands, and keeps what is recorded."""

    def __init__(self) -> None:
        self.values: dict[str, float] = {}
        self.sources: dict[str, frozenset[str]] = {}
        self.more: dict[str, dict] = {}

    def number(self, id: str, value: float, *, sources, **more) -> float:
        self.values[id], self.sources[id], self.more[id] = float(value), frozenset(sources), more
        return float(value)


def recorded(record: Callable, tables: Tables) -> Recorded:
    """What `record(page, tables)` records."""
    page = Recorded()
    record(page, tables)
    return page


def all_but(sources: frozenset[str], tables: Tables) -> dict[str, pd.DataFrame]:
    """The tables with every amount and share a hundredth higher where the row has another source; years and counts stay."""
    changed = {}
    for name, table in tables.items():
        other = ~table["source_id"].isin(sources)
        amounts = table.select_dtypes("float").columns.difference(["year", "months"])
        changed[name] = table.assign(**{column: table[column].where(~other, table[column] * 1.01) for column in amounts})
    return changed


def unnamed(record: Callable, tables: Tables) -> tuple[dict[str, frozenset[str]], int]:
    """Numbers that move although all the sources they name say the same as before, and how many numbers were put to the test.

    What a recorder refuses after the change (parts that no longer add up to their total) shows nothing and is not counted.
    """
    before = recorded(record, tables)
    wrong, tried = {}, 0
    for sources in sorted(set(before.sources.values()), key=sorted):
        try:
            after = recorded(record, all_but(sources, tables)).values
        except (ValueError, LookupError):
            continue
        for id in (id for id, named in before.sources.items() if named == sources and id in after):
            tried += 1
            if abs(after[id] - before.values[id]) > 1e-9 * abs(before.values[id]):
                wrong[id] = sources
    return wrong, tried
