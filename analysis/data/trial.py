"""Try rows before they are put into a file: what would the check of the data say of them?"""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd

from analysis.data.checking import check


def problems_of(table: str, rows: pd.DataFrame) -> list[str]:
    """What is wrong with `rows` of the table `table` (as `load_table` gives them, changed) if they came as an overlay; one line a
    problem, as `file:row:column: what is wrong, what was expected`. Empty when they could be added as they are."""
    with tempfile.TemporaryDirectory() as folder:
        name = f"{table}.csv"
        rows.to_csv(Path(folder) / name, index=False)
        found = map(str, check(overlay=folder))
        return [line[line.index(name):] if name in line else line for line in found]
