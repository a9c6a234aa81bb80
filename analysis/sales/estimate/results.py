"""Read what the estimate's step has written, without loading what fits it."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from analysis.sales import errors


def load_estimate(folder: str | Path) -> dict:
    """Tables by name (DataFrames), and `fit` or `checks` (the record of the run), as written by :mod:`.run`."""
    folder = Path(folder)
    if not folder.exists():
        raise errors.MissingFigureError(f"{folder} does not exist: run the step that writes it first")
    tables = {file.stem: pd.read_parquet(file) for file in sorted(folder.glob("*.parquet"))}
    return tables | {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.json"))}
