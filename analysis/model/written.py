"""Read what the build's long computations have written about the model: the assessment, and the results of the policies."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from analysis import paths


def load_model_results(artifacts: Path | None = None) -> dict:
    """The tables of both by name, and `meta`.

    artifacts: the folder that holds both; None means the build's. Raises FileNotFoundError naming the commands that make them.
    """
    folders = (paths.ARTIFACTS / "assessment", paths.ARTIFACTS / "model")
    results: dict = {"meta": {}}
    for folder in folders if artifacts is None else (artifacts / folder.name for folder in folders):
        if not (folder / "meta.json").is_file():   # written last
            raise FileNotFoundError(f"{folder} holds no results; make them with: python -m analysis assess-model, "
                                    "then python -m analysis model-results")
        results |= {path.stem: pd.read_parquet(path) for path in sorted(folder.glob("*.parquet"))}
        results["meta"] |= json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    return results
