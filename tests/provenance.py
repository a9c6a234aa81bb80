"""Which sources a published number rests on, found by experiment: when every source but those it names says something else, the
number must stay as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from analysis.registry.numbers import Number
from analysis.registry.recorder import Recorder

Tables = Mapping[str, pd.DataFrame]


def recorded(record: Callable, tables: Tables) -> dict[str, Number]:
    """What `record(page, tables)` records, by id."""
    page = Recorder("made-up", "sales", "huawei", "arguments")
    record(page, tables)
    return page.numbers


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
    for sources in sorted({frozenset(number.sources) for number in before.values()}, key=sorted):
        try:
            after = recorded(record, all_but(sources, tables))
        except (ValueError, LookupError):
            continue
        for id in (id for id, number in before.items() if frozenset(number.sources) == sources and id in after):
            tried += 1
            if abs(after[id].value - before[id].value) > 1e-9 * abs(before[id].value):
                wrong[id] = sources
    return wrong, tried
