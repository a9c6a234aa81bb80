"""The published studies as data: `data/studies/replication.yml`."""

from __future__ import annotations

from pathlib import Path

from analysis import paths
from analysis.data.safe_yaml import load_mapping


def load_studies(data_dir: Path | str | None = None) -> dict:
    """The content of `studies/replication.yml`: rows, not_reproduced, moments, unused_moments, backtest."""
    folders = [Path(data_dir)] if data_dir else []
    candidates = [*(folder / name for folder in folders for name in ("replication.yml", "studies/replication.yml")),
                  paths.DATA / "studies" / "replication.yml"]
    return load_mapping(next((path for path in candidates if path.is_file()), candidates[-1]))
