"""Compute what the record says of the model, and keep it as small tables (a step of the build graph): the studies reproduced, the
calibration with its draws, the back-test, and the limbo counted in the policy file.

The results of the policies (:mod:`analysis.model.results`) and the explorer take the calibrated draws from here and nothing else,
so that a new policy event that changes none of the draws changes nothing there.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from analysis.model import calibrated
from analysis.model.assessment import assess, load_tables
from analysis.model.counted_limbo import counted_limbo
from analysis.model.from_estimate import load_estimate
from analysis.model.replication import not_reproduced, replicate
from analysis.model.run import DEFAULT_DRAWS, DEFAULT_SEED, load_model
from analysis.model.studies import load_studies


def write_assessment(
    out_dir: Path | str,
    draws: int = DEFAULT_DRAWS,
    seed: int = DEFAULT_SEED,
    data_dir: Path | str | None = None,
    progress: Callable[[str], None] = lambda line: None,
) -> Path:
    """Write the tables (Parquet), the calibrated draws among them, and `meta.json` into `out_dir` and return it."""
    out = Path(out_dir)
    out.mkdir(parents=True, exist_ok=True)
    tables = load_tables(data_dir)
    model = load_model(data_dir, tables.policy_events, load_estimate())
    studies = load_studies(data_dir)
    found = assess(model, tables, studies, draws, seed)
    written = {
        "replication": replicate(studies, tables.published_results, model.parameters),
        "not_reproduced": not_reproduced(studies, tables.published_results),
        **{name: getattr(found, name) for name in
           ("parameters", "backtest", "scores", "decomposition", "multiplier", "placebo", "forecast_errors")},
        "moments": pd.concat([c.moments.assign(version=v) for v, c in found.calibrations.items()], ignore_index=True),
        "observations": found.realised.observations,
        calibrated.TABLE: calibrated.draws_table(found.calibrations["informed"].draws, model.parameters),
        "counted_limbo": counted_limbo(model, draws, seed),
    }
    for name, table in written.items():
        table.to_parquet(out / f"{name}.parquet", index=False)
        progress(f"{name}: {len(table)} rows")
    meta = {"calibration": {version: {"draws": c.size, "effective_draws": c.ess, "pareto_k": c.pareto_k}
                            for version, c in found.calibrations.items()}}
    (out / "meta.json").write_text(json.dumps(meta, indent=1) + "\n", encoding="utf-8")
    return out
